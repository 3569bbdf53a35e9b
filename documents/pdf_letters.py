"""Letters of a PDF that its fonts do not name: the codes of TeX's fonts, and accents set over."""

import re
import unicodedata
from collections.abc import Callable
from typing import Protocol

from documents.pdf_figures import Box

LIGATURES = ("ff", "fi", "fl", "ffi", "ffl")
# The codes of TeX's text fonts before 1990 and of those after; the rest is as in Latin 1.
OLD_CODES = dict(enumerate(LIGATURES, 0x0B)) | dict(enumerate("ıȷ`´ˇ˘¯˚¸ßæœøÆŒØ", 0x10))
OLD_CODES |= {0x22: "”", 0x3C: "¡", 0x3E: "¿", 0x5C: "“", 0x5E: "ˆ", 0x7B: "–", 0x7C: "—"}
OLD_CODES |= {0x7D: "˝", 0x7E: "˜", 0x7F: "¨"}
NEW_CODES = dict(enumerate("“”„«»–—", 0x10)) | {0x17: "", 0x19: "ı", 0x1A: "ȷ", 0x7F: "-"}
NEW_CODES |= dict(enumerate(LIGATURES, 0x1B)) | {0xD7: "Œ", 0xDF: "ẞ", 0xF7: "œ", 0xFF: "ß"}
NEW_CODES |= dict(enumerate("ĂĄĆČĎĚĘĞĹĽŁŃŇŊŐŔŘŚŠŞŤŢŰŮŸŹŽŻĲİđ§", 0x80))
NEW_CODES |= dict(enumerate("ăąćčďěęğĺľłńňŋőŕřśšşťţűůÿźžżĳ¡¿£", 0xA0))
OLD_LIGATURE = re.compile(r"[^\W\d_][\x0b-\x0f]|[\x0b-\x0f][a-z]")
NEW_LIGATURE = re.compile(r"[^\W\d_][\x1b-\x1f]|[\x1b-\x1f][a-z]")

COMBINING = {
    "`": "\u0300", "´": "\u0301", "ˆ": "\u0302", "˜": "\u0303", "¯": "\u0304", "˘": "\u0306",
    "˙": "\u0307", "¨": "\u0308", "˚": "\u030a", "˝": "\u030b", "ˇ": "\u030c", "¸": "\u0327",
    "˛": "\u0328",
}  # fmt: skip
ACCENT = re.compile(f"[{''.join(COMBINING)}]")
UNDOTTED = {"ı": "i", "ȷ": "j"}
REACH = 12  # characters from an accent to its letter, which may be told before or after it

COMMONEST = frozenset("etaoinsr")  # two thirds of the letters of most languages, half of all
FEWEST_COMMONEST = 0.45
FEWEST_LETTERS = 0.7  # of what is no space
MOST_CAPITALS = 0.25
LONGEST_WORD = 14  # letters, on average
ENOUGH = 12  # letters


class Page(Protocol):
    """The characters of a page by index."""

    def box_of(self, place: int, /) -> Box: ...

    def is_unnamed(self, place: int, /) -> bool: ...


def is_a_language(text: str) -> bool:
    """Whether codes that no font gives letters for are those of the letters, as in TeX's fonts."""
    signs = sum(1 for sign in text if not sign.isspace())
    letters = [sign for sign in text if sign.isalpha()]
    if len(letters) < max(ENOUGH, FEWEST_LETTERS * signs):
        return False
    if sum(map(str.isupper, letters)) > max(MOST_CAPITALS * len(letters), 2 * ENOUGH):
        return False
    if len(letters) > LONGEST_WORD * len(text.split()):
        return False
    return sum(sign in COMMONEST for sign in letters) >= FEWEST_COMMONEST * len(letters)


def codes_of(text: str) -> dict[int, str]:
    """Tell by its ligatures which codes a text without named letters is written in."""
    old, new = len(OLD_LIGATURE.findall(text)), len(NEW_LIGATURE.findall(text))
    is_new = new > old or (new == old and any(sign > "\x7f" for sign in text))
    return NEW_CODES if is_new else OLD_CODES


def rewritten(line: str, first: int, page: Page, codes: dict[int, str]) -> tuple[str, list[int]]:
    """Write the letters that a line shows; returns them, and the characters they come from."""
    signs = list(line)
    for index, sign in enumerate(line):
        if ord(sign) in codes and page.is_unnamed(first + index):
            signs[index] = _decoded(line, index, codes)
    for index, sign in enumerate(signs):
        if sign and sign in COMBINING:
            _set_over(signs, index, lambda place: page.box_of(first + place))
    made = [(sign, first + index) for index, each in enumerate(signs) for sign in each]
    text = "".join(sign for sign, _ in made)
    start = len(text) - len(text.lstrip(" "))
    stop = len(text.rstrip(" "))
    return text[start:stop], [index for _, index in made[start:stop]]


def _decoded(line: str, index: int, codes: dict[int, str]) -> str:
    meant = codes[ord(line[index])]
    if line[index] >= " " and line[index] != "\x7f":
        return meant
    if meant in LIGATURES or not meant.isalpha():
        beside = line[max(0, index - 1) : index] + line[index + 1 : index + 2]
        is_text = any(map(str.isalpha, beside)) or meant not in LIGATURES
        return meant if is_text else ""  # a sign of a formula has the same code
    return meant


def _set_over(signs: list[str], index: int, box_of: Callable[[int], Box]) -> None:
    """Put an accent onto the letter that it stands over."""
    left, _, right, _ = box_of(index)
    middle = (left + right) / 2
    places = range(max(0, index - REACH), min(len(signs), index + REACH + 1))
    for place in sorted(places, key=lambda place: abs(place - index)):
        letter = UNDOTTED.get(signs[place], signs[place])
        if place == index or not letter.isalpha() or len(letter) > 1:
            continue
        box = box_of(place)
        made = unicodedata.normalize("NFC", letter + COMBINING[signs[index]])
        if box[0] <= middle <= box[2] and len(made) == 1:
            _close_up(signs, index, place)
            signs[place], signs[index] = made, ""
            return


def _close_up(signs: list[str], index: int, place: int) -> None:
    """Take away the spaces that stand between an accent and its letter, or are left by it."""
    low, high = sorted((index, place))
    if not "".join(signs[low + 1 : high]).strip():
        signs[low + 1 : high] = [""] * (high - low - 1)
    around = "".join(signs[max(0, index - 1) : index]), "".join(signs[index + 1 : index + 2])
    if around == (" ", " "):
        signs[index + 1] = ""
