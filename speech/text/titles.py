"""A name for a text from how it begins; static/js/studio/suggested_name.js has the same rule."""

import re
import unicodedata

LONGEST = 60
LOOKED_AT = 2000
SHORTEST_CUT = 20  # a cut before that cuts the long word, or the row without spaces, that follows
MARKS = re.compile(
    r"\[pause[^\]]{0,20}\]|[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", re.IGNORECASE
)
LEADING = re.compile(r"^(?:[#>*+•–—-]+ )+")
# A full stop after a short word may be an abbreviation's, after a number an ordinal's.
SENTENCE_END = re.compile(
    r"(?:[!?…]|(?<=[^\W\d_]{4})\.)[\"'”’»)\]]{0,3}(?= [^a-zäöü])|[。！？।][”’」』)]{0,3}"
)
LOOSE_END = " ,;:-–—([{<«“„\"'"
OPENING = {'"': '"', "“": "”", "„": "“", "«": "»", "»": "«", "‘": "’", "‚": "‘", "「": "」"}
JOINER = "\u200d"


def title_of(text: str) -> str:
    """Make a title of a text's beginning, up to a sentence's end or, with “…”, a word's."""
    head = text[:LOOKED_AT]
    line = LEADING.sub("", " ".join(MARKS.sub(" ", head).split()))
    if len(line) <= LONGEST and len(text) <= LOOKED_AT:
        return _unquoted(line.rstrip(" ,;:-–—"))
    ends = [found.end() for found in SENTENCE_END.finditer(line[: LONGEST + 2])]
    ends = [end for end in ends if 4 <= end <= LONGEST]
    if ends:
        return _unquoted(line[: ends[-1]])
    cut = _cluster_start(line, LONGEST - 1)
    space = line.rfind(" ", 0, cut + 1)
    if space >= SHORTEST_CUT:
        cut = space
    name = _unquoted(line[:cut].rstrip(LOOSE_END))
    return f"{name}…" if name else ""


def _unquoted(name: str) -> str:
    """Drop a quotation mark at the start whose other half was left out."""
    if name and OPENING.get(name[0], name[0]) not in name[1:] and name[0] in OPENING:
        return name[1:].lstrip()
    return name


def _cluster_start(line: str, place: int) -> int:
    """The nearest place up to this one that parts no character from its marks."""
    while 0 < place < len(line) and (
        unicodedata.category(line[place])[0] == "M"
        or "\U0001f3fb" <= line[place] <= "\U0001f3ff"
        or JOINER in line[place - 1 : place + 1]
    ):
        place -= 1
    return place or LONGEST - 1
