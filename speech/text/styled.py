"""Styled letters and rows of emoji: letters as they are in words, a row of equal emoji once."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from speech.text.edit_map import Edit, Edited

# What of a block is a letter or digit in other clothes; signs of punctuation stay as they are.
WIDE = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
HALF_WIDTH = "\uff61-\uff9f\uffa0-\uffdc"
MATHEMATICAL = "\U0001d400-\U0001d7ff"
CIRCLED = "\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189"
RAISED = (
    "\u02b0-\u02b8\u02e1-\u02e3\u1d2c-\u1d2e\u1d30-\u1d3a\u1d3c-\u1d4d\u1d4f-\u1d5b\u1d9c\u1da0"
    "\u1dbb\u2071\u207f\u2c7d\u00aa\u00ba"
)
SMALL_CAPITALS = dict(
    zip(
        "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ",
        "abcdefghijklmnopqrstuvwyz",
        strict=True,
    )
)
SMALL = "".join(SMALL_CAPITALS)
EMOJI = "\u231a-\u23ff\u25fb-\u25fe\u2600-\u2604\u2607-\u27bf\u2b1b\u2b1c\U0001f000-\U0001faff"
JOINERS = "\u200d\ufe0f\U0001f3fb-\U0001f3ff"
ONE = (
    r"(?:[\U0001f1e6-\U0001f1ff]{2}"
    rf"|[{EMOJI}][\ufe0f\U0001f3fb-\U0001f3ff]{{0,2}}+\u20e3?"
    rf"(?:\u200d[{EMOJI}\u2640\u2642\u2695\u2764][\ufe0f\U0001f3fb-\U0001f3ff]{{0,2}}+){{0,8}}+"
    r"[\U000e0020-\U000e007f]{0,20}+)"
)


@cache
def _pattern() -> re.Pattern[str]:
    letterlike = "".join(
        chr(number)
        for number in range(0x2100, 0x2140)
        if unicodedata.decomposition(chr(number)).startswith("<font>")
    )
    return re.compile(
        rf"(?P<plain>[{WIDE}{MATHEMATICAL}{letterlike}\u212c-\u2134]+|[{HALF_WIDTH}]+)"
        rf"|(?P<circled>[{CIRCLED}]{{2,}}+(?!\ufe0f))"
        rf"|(?P<raised>[{RAISED}]{{2,}})"
        rf"|(?<!\w)(?P<small>[{SMALL}sxqo]{{3,}}+)(?!\w)"
        rf"|(?P<one>{ONE})(?P<row>(?:[ \t]?(?P=one)(?![{JOINERS}]))+)"
    )


STYLED = re.compile(
    "[\u00aa\u00ba\u02b0-\u02e3\u1d00-\u1dbf\u2071\u207f\u2100-\u213f\u24b6-\u24e9\u2c7d\ua730\ua731"
    f"\ua7af\uff10-\uffdc{MATHEMATICAL}{EMOJI}]"
)


def styled(text: str) -> Edited:
    """The text with plain letters for styled ones, and one emoji for a row of equal ones."""
    if text.isascii() or not STYLED.search(text):
        return Edited(text)
    return Edited(text, _edits(text))


def _edits(text: str) -> Iterator[Edit]:
    for found in _pattern().finditer(text):
        kind = found.lastgroup
        if kind == "row":
            yield Edit(found.start("row"), found.end(), "")
            continue
        said = _small(found[0]) if kind == "small" else _plain(found[0])
        if said != found[0]:
            yield Edit(found.start(), found.end(), said)


def _plain(letters: str) -> str:
    return unicodedata.normalize("NFKC", "".join(map(_unboxed, letters)))


def _unboxed(letter: str) -> str:
    """The letter on a dark ground, which Unicode tells of no other way."""
    number = ord(letter)
    for first in (0x1F150, 0x1F170):
        if first <= number < first + 26:
            return chr(ord("A") + number - first)
    return letter


def _small(letters: str) -> str:
    """A word in small capitals; phonetic writing, which has some of their signs, stays."""
    sure = sum("\u1d00" <= letter <= "\u1d22" for letter in letters)
    return "".join(SMALL_CAPITALS.get(each, each) for each in letters) if sure else letters
