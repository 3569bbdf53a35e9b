"""Cleaning of text, and parts for links, ligatures and soft hyphens."""

import re
from collections.abc import Iterator

from documents.types import TextRun

LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
    "\u0132": "IJ",
    "\u0133": "ij",
}
UNSPEAKABLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\ufff9-\uffff]"
)
NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028]")
LINK = re.compile(r"://|www\.", re.IGNORECASE)
SPECIAL = re.compile(
    r"(?P<link>[<(\[]?(?<![\w@.])(?:(?:https?|ftp)://|www\.)[^\s<>\"“”]+)"
    r"|(?P<ligature>[\ufb00-\ufb06\u0132\u0133])"
    r"|(?P<hyphen>\xad)",
    re.IGNORECASE,
)
WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LAST_WORD = re.compile(r"[^\W\d_]+\Z")
FIRST_WORD = re.compile(r"[^\W\d_]+")
COMPOUNDS = (
    "well self half ill ever high low long short full cross non quasi twenty thirty forty fifty "
    "sixty seventy eighty ninety mother father brother sister"
)
OF_COMPOUNDS = frozenset(COMPOUNDS.split())
TRAILING = ".,;:!?'’…"
BRACKETS = {"(": ")", "[": "]", "<": ">"}
LONGEST_ORNAMENT = 80  # characters
# Without letters and digits; sums of money, signs of mathematics, emoji and marks of a speaker who
# is lost for words say something.
ORNAMENT = re.compile(
    r"(?:(?![?!@%&$£¥€\u20a0-\u20cf\u2200-\u2216\u221a-\u22ff\u2600-\u2604\u2639-\u263b"
    r"\U0001f000-\U0001faff])[\W_])+"
)


def words_of(text: str) -> frozenset[str]:
    """Collect the words of a text in lower case, those with hyphens whole."""
    return frozenset(WORDS.findall(text.lower()))


def hyphen(before: str, after: str, words: frozenset[str]) -> TextRun:
    """Make a part of the hyphen at a line's end; spoken where the text shows that it belongs."""
    first, second = LAST_WORD.search(before.lower()), FIRST_WORD.match(after.lower())
    if not first or not second:
        return TextRun("-\n", "hyphen")
    is_one_word = first[0] + second[0] in words
    is_compound = f"{first[0]}-{second[0]}" in words or first[0] in OF_COMPOUNDS
    return TextRun("-\n", "hyphen", replaced_by="-" if is_compound and not is_one_word else None)


def clean(text: str) -> str:
    """Clean a text: plain line ends, no characters that mean nothing when spoken."""
    if text.isprintable():
        return text
    return UNSPEAKABLE.sub("", NEWLINES.sub("\n", text))


def one_line(text: str) -> str:
    """Put a text on one line, with single spaces."""
    return " ".join(clean(text).split())


def is_ornament(line: str) -> bool:
    """Tell whether a line holds nothing but signs such as "* * *" and "❦"."""
    return 0 < len(line) <= LONGEST_ORNAMENT and ORNAMENT.fullmatch(line) is not None


def parts_of(text: str, glue: str = "", kind: str = "text") -> Iterator[TextRun]:
    """Split a paragraph into parts: bare URLs, ligatures and soft hyphens by their own rules.

    Within a `kind` of its own only ligatures are told apart.
    """
    if text.isascii() and not LINK.search(text):
        if text:
            yield TextRun(text, kind, glue)
        return
    end = 0
    for found in SPECIAL.finditer(text):
        name = found.lastgroup or ""
        if kind != "text" and name != "ligature":
            continue
        start, stop = found.start(), _end_of(found)
        between = text[end:start]
        if between:
            is_apart = name == "link" and between.endswith(" ")
            yield TextRun(between.rstrip(" ") if is_apart else between, kind, glue)
            glue = " " if is_apart else ""
        yield TextRun(text[start:stop], name, glue, LIGATURES.get(found[0]))
        glue, end = "", stop
        if name == "link" and text[end : end + 1] == " ":
            glue, end = " ", end + 1
    if end < len(text):
        yield TextRun(text[end:], kind, glue)


def _end_of(found: re.Match[str]) -> int:
    """Find where a URL ends: not with the punctuation of the sentence around it."""
    if found.lastgroup != "link":
        return found.end()
    link = found[0]
    closing = BRACKETS.get(link[0], "")
    text = found.string
    if closing == ">" and text[found.end() : found.end() + 1] == ">":
        return found.end() + 1
    while link and (link[-1] in TRAILING or (link[-1] in ")]" and link[-1] != closing)):
        if link[-1] == ")" and link.count("(") >= link.count(")"):
            break
        link = link[:-1]
    return found.start() + len(link)
