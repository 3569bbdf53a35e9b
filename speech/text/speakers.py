"""The names of speakers that a text seems to mark, as in `Anna: …`."""

import re
from collections import Counter

from speech.text.directives import LONGEST_NAME

SEARCHED = 400_000  # characters; who speaks later than that has spoken before
MOST_NAMES = 20
WORD = r"[^\W\d_][\w.'’-]{0,29}"
# The marks that `Cast` knows, for any name of up to four words.
LINE = re.compile(
    rf"^[ \t]{{0,20}}(?P<name>{WORD}(?:[ \t]{WORD}){{0,3}})[ \t]{{0,3}}:(?=[\s\"'“”„«»‘’]|\Z)",
    re.MULTILINE,
)


def find_speakers(text: str) -> list[str]:
    """Names in the order in which they first speak; none unless there are two, or one comes back.

    At most twenty, those that speak most often.
    """
    counted: Counter[str] = Counter()
    written: dict[str, str] = {}
    for found in LINE.finditer(text[:SEARCHED]):
        name = found["name"]
        if name[0].islower() or len(name) > LONGEST_NAME:
            continue
        counted[name.lower()] += 1
        written.setdefault(name.lower(), name)
    if sum(counted.values()) < 2:
        return []
    kept = {name for name, _ in counted.most_common(MOST_NAMES)}
    return [name for folded, name in written.items() if folded in kept]
