"""Raised and lowered figures of HTML: powers, formulas of chemistry, ordinals, marks of notes."""

import re
from typing import Any

from documents.html_kinds import NOTE_CLASSES, NOTE_TYPES, classes_of, types_of
from documents.text_cleaning import one_line

RAISED = str.maketrans("0123456789+-−–=()nikxyj", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿⁱᵏˣʸʲ")
LOWERED = str.maketrans("0123456789+-−–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₌₍₎")
POWER = re.compile(
    r"[+−–-]?(?:\d{1,4}[+−–-]?|\d{0,3}[nkxyij](?:[+−–-](?:\d{1,3}|[nkxyij]))?)|[+−–-]"
)
INDEX = re.compile(r"\d{1,4}|[+−–-]?\d{1,3}[+−–-]?")
SIGN_OF_NOTE = re.compile(r"\[?(?:\d{1,3}(?: ?[,–-] ?\d{1,3}){0,9}|[*†‡§]{1,3})\]?")
LETTER_OF_NOTE = re.compile(r"[a-h]")
UNIT_NAMES = (
    "m mm cm dm km µm μm nm in ft yd mi s ms sec min h kg g mol cd rad px ha Hz eV keV MeV GeV "
    "м км см мм дм с sin cos tan cot sec csc log ln det"
)
UNITS = frozenset(UNIT_NAMES.split())
LAST_WORD = re.compile(r"[^\W_]+\Z")
BRACKET = re.compile(r"[(\[][^()\[\]]{0,40}[)\]]\Z")
LONG_WORD = re.compile(r"[^\W\d_]{3}")
ELEMENT = re.compile(r"[A-Z][a-z]?")
TRADE = {"tm": "™", "sm": "℠", "r": "®"}
ISOTOPE = re.compile(r"[A-Z][a-z]?(?![a-z])")
EQUATION = re.compile(r"[=+×·*/<>]\s?[a-zA-Z]{1,3}\Z")
FRACTION = re.compile(r"\s*[/⁄∕]\s*\Z")


def raised(text: str, before: str, after: str, listed: frozenset[str]) -> tuple[str, str]:
    """Give the text and the kind of raised figures that are no link.

    `before` and `after` is what stands around them, `listed` the numbers that notes begin with.
    """
    base = before.rstrip()
    if text.isdecimal() and ISOTOPE.match(after) and (not base or base != before):
        return text.translate(RAISED), "text"  # ¹⁴C
    word = LAST_WORD.search(base)
    last = word[0] if word else ""
    is_close = base == before
    if POWER.fullmatch(text) and _is_base(base, last, text, listed, is_close=is_close):
        return text.translate(RAISED), "text"
    is_after_word = len(last) > 1 and last[-1:].isalpha()
    if SIGN_OF_NOTE.fullmatch(text) and base:
        return text, "note_mark"
    if LETTER_OF_NOTE.fullmatch(text) and is_after_word and text in listed:
        return text, "note_mark"
    if text.lower() in TRADE and is_after_word and text.isupper():
        return TRADE[text.lower()], "text"
    if text[:1].isalpha() and text.replace(".", "").isalpha():
        return text, "text"
    is_formula = len(text) < 20 and bool(last) and (len(last) == 1 or last[-1].isdecimal())
    return (f"^({text})" if is_formula else f" {text}"), "text"


def _is_base(base: str, last: str, power: str, listed: frozenset[str], *, is_close: bool) -> bool:
    """Whether figures raised after this are a power, rather than the mark of a note."""
    if not base:
        return False
    is_number = power.isdecimal()
    if not is_close:
        return last in UNITS and power in ("2", "3")
    if base[-1] in ")]":
        bracket = BRACKET.search(base)
        return bool(bracket) and not LONG_WORD.search(bracket[0] if bracket else "")
    if not last:
        return False
    if last.isdecimal():
        return not is_number or last == "10" or (power not in listed and len(last) < 4)
    if len(last) == 1 or last in UNITS or EQUATION.search(base[-8:]):
        return True
    if not is_number:
        return not power.isalpha()  # Ca²⁺, but Mme
    if last[-1].isdecimal():
        return power not in listed
    return bool(ELEMENT.fullmatch(last)) and len(power) == 3  # He³ is rather the mark of a note


def lowered(text: str, before: str) -> str:
    """Give the text of lowered figures: H₂O, x₁, and T max with the index as a word."""
    if FRACTION.search(before[-3:]) and text.isdecimal():
        return text
    if INDEX.fullmatch(text):
        return text.translate(LOWERED)
    letters = text.replace("+", "").replace("−", "").replace("-", "")
    is_index = len(text) <= 5 and before[-1:].isalpha() and letters.isalnum()
    return f" {text}" if is_index else text


def is_numerator(node: Any, text: str) -> bool:
    """Whether raised figures are the upper half of a fraction such as ¹/₂."""
    after = node.next
    if not text.isdecimal() or after is None or after.tag != "-text":
        return False
    return (after.text_content or "").strip() in ("/", "⁄", "∕") and (
        after.next is not None and after.next.tag == "sub"
    )


def listed_notes(root: Any) -> frozenset[str]:
    """Collect the numbers and signs that the notes of a page begin with."""
    found = set()
    for node in root.css("[class], [role], [epub\\:type]"):
        attributes = node.attributes
        is_note = classes_of(attributes) & NOTE_CLASSES or types_of(attributes) & NOTE_TYPES
        if is_note:
            found.update(_numbers(node))
    for mark in root.css("sup"):
        if is_at_start(mark):
            found.add(_bare(mark.text()))
    return frozenset(found - {""})


def _numbers(node: Any) -> set[str]:
    items = node.css("ol > li")
    if items:
        return {str(number) for number in range(1, min(len(items), 999) + 1)}
    first = one_line(node.text()[:400]).partition(" ")[0]
    return {_bare(first)}


def _bare(mark: str) -> str:
    mark = mark.strip().strip("[]().:")
    return mark if SIGN_OF_NOTE.fullmatch(mark) or LETTER_OF_NOTE.fullmatch(mark) else ""


def is_at_start(mark: Any) -> bool:
    """Whether a raised sign begins its paragraph, as in a list of notes."""
    before = mark.prev
    while before is not None and before.tag == "-text" and not (before.text_content or "").strip():
        before = before.prev
    above = mark.parent
    is_block = above is not None and above.tag in ("p", "div", "li", "dd")
    return before is None and is_block and bool(_bare(mark.text()))
