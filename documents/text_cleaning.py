"""Cleaning of text: decoding of bytes, and parts for links, ligatures and soft hyphens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from documents.types import TextRun

BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
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
CUT_OFF = 4  # bytes of a character at the end of a piece that was cut

UNSPEAKABLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\ufff9-\uffff]"
)
NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028]")
SPACES = re.compile(r"[^\S\n]+")
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


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the encoding it was in; `lost` counts characters that could not be read."""

    text: str
    encoding: str
    lost: int = 0


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


def has_zeros(data: bytes) -> bool:
    """Whether there are NUL bytes where no encoding explains them: this is no text."""
    return b"\0" in data and not any(data.startswith(bom) for bom, _ in BOMS)


def decode(data: bytes, declared: str = "") -> Decoded:
    """Decode bytes by byte order mark, the declared encoding, UTF-8, else Windows-1252."""
    for bom, encoding in BOMS:
        if data.startswith(bom):
            text = data[len(bom) :].decode(encoding, "replace")
            return Decoded(text, encoding, text.count("\ufffd"))
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        is_cut = error.start > CUT_OFF and error.start >= len(data) - CUT_OFF
        if is_cut or _is_damaged_utf8(data):
            text = data.decode("utf-8", "replace")
            return Decoded(text, "utf-8", 0 if is_cut else text.count("\ufffd"))
    if declared:
        try:
            return Decoded(data.decode(declared), declared)
        except (LookupError, UnicodeDecodeError):
            pass
    text = data.decode("cp1252", "replace")
    return Decoded(text, "cp1252", text.count("\ufffd"))


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether this is UTF-8 with a few bad bytes, rather than another encoding."""
    bad = data.decode("utf-8", "replace").count("\ufffd")
    whole = sum(1 for sign in data.decode("utf-8", "ignore") if sign > "\x7f")
    return whole > 10 * bad


def clean(text: str) -> str:
    """Clean a text: plain line ends, no characters that mean nothing when spoken."""
    if text.isprintable():
        return text
    return UNSPEAKABLE.sub("", NEWLINES.sub("\n", text))


def one_line(text: str) -> str:
    """Put a text on one line, with single spaces."""
    return " ".join(clean(text).split())


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
