"""Where a sentence goes on across what only looks like its end."""

import re
from functools import cache

from speech.text.normalise.registry import language_of

BORDER = "¦"  # in a pattern of data: a full stop, the gap and the border behind it
GAP = r"\.\s{1,3}\x00"
LOOK_AHEAD = 30
LOOK_BACK = 40
NEVER = re.compile(r"(?!)")


def goes_on(before: str, after: str, language: str) -> bool:
    """Whether a sentence continues across a border that only looks like its end."""
    is_open, is_always_open = _ends(language)
    around = f"{before[-LOOK_BACK:]}\0{after[:LOOK_AHEAD]}"
    if after and is_always_open.search(around):
        return True
    goes_on_small = after[:1].islower() or after[:1].isdecimal() or after[:1] == "("
    return goes_on_small and is_open.search(around) is not None


@cache
def _ends(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What ends no sentence if a number or a small letter follows, and what never ends one."""
    words = language_of(language)
    if words is None:
        return NEVER, NEVER
    return _pattern(words.open_ends), _pattern(words.always_open)


def _pattern(ends: tuple[str, ...]) -> re.Pattern[str]:
    if not ends:
        return NEVER
    marked = (end if BORDER in end else end + BORDER for end in ends)
    return re.compile(rf"(?<!\w)(?:{'|'.join(marked)})".replace(BORDER, GAP))
