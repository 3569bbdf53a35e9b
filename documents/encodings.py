"""Decoding of texts: by their mark, by what they or their server declare, else by a guess."""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass

from common.errors import Message
from documents.encoding_guess import fits, guess
from documents.encoding_labels import codec_of, name_of

BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32le"),
    (b"\x00\x00\xfe\xff", "utf-32be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)
WIDE = ("utf-16le", "utf-16be", "utf-32le", "utf-32be")
CUT = "unexpected end of data"  # what Python says of a character whose end is missing
HEAD = 64 * 1024  # bytes in which a declaration is looked for
MOST_LOST = 0.02  # of the bytes beyond ASCII, in a text whose encoding is declared rightly
MISFIT = 0.3  # a declared encoding that fits less is doubted
LEAST_TEXT = 0.97  # of the characters of UTF-16 without a mark
ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b$(D")
TWICE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]")
FEWEST_TWICE, FEWEST_WHOLE = 2, 2
SPACE_OR_TEXT = bytes((9, 10, 13, *range(0x20, 0x7F)))

META = re.compile(
    rb"<meta\b[^<>]{0,1000}?\bcharset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})", re.IGNORECASE
)
XML = re.compile(rb"\s{0,99}<\?xml\b[^<>]{0,200}?\bencoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the name of the encoding it was in; `lost` counts unreadable characters.

    `is_sure` is False where the encoding was guessed and another one may be right.
    """

    text: str
    encoding: str
    lost: int = 0
    is_sure: bool = True

    def notes(self) -> tuple[str, ...]:
        """Say what could not be read, in a sentence for people; nothing where all could."""
        if not self.lost:
            return ()
        if self.lost == 1:
            return (Message("One character could not be read."),)
        return (Message("{count} characters could not be read.", count=self.lost),)


def decode(data: bytes, declared: str = "") -> Decoded:
    """Decode bytes by byte order mark, as UTF-8, by the declared label, else by a guess."""
    if found := _marked(data):
        return found
    data = data.rstrip(b"\0")  # as disks fill up the last block
    try:
        return _once(data.decode())
    except UnicodeDecodeError as error:
        whole = data[: error.start]
        is_cut = error.reason == CUT and not whole.isascii()
        if is_cut or _is_damaged_utf8(data):
            text = data.decode("utf-8", "replace")
            return Decoded(text, "utf-8", 0 if is_cut else text.count("\ufffd"))
    name = name_of(declared)
    if name in ("", "utf-8", *WIDE):
        return _decoded(data, *guess(data))
    return _doubted(data, _decoded(data, name))


def decode_markup(data: bytes, charset: str = "") -> Decoded:
    """Decode HTML or XML; `charset` is what its server said, which stands above the page's own."""
    return decode(data, charset or declared_in(data))


def declared_in(data: bytes) -> str:
    """Find the label that HTML or XML gives for its own encoding, "" where there is none."""
    head = data[:HEAD]
    found = XML.match(head) or META.search(head)
    return found[1].decode("ascii", "replace") if found else ""


def decode_as(data: bytes, name: str) -> Decoded:
    """Decode bytes in the encoding of that name, which somebody chose and may choose anew."""
    return _decoded(data, name, is_sure=False)


def is_binary(data: bytes) -> bool:
    """Tell whether there are NUL bytes that no encoding explains: this is no text."""
    return b"\0" in data.rstrip(b"\0") and _marked(data) is None


def outline(head: bytes) -> str:
    """Decode the beginning of a file so far that its format can be told: markup is in ASCII."""
    if found := _marked(head):
        return found.text
    try:
        return head.decode()
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace")


def _marked(data: bytes) -> Decoded | None:
    """Decode what its first bytes, or its form, show to be UTF-16 or of another plain kind."""
    for bom, name in BOMS:
        if data.startswith(bom):
            return _decoded(data[len(bom) :], name)
    if b"\0" in data:
        if found := _utf32(data):
            return found
        name = "" if len(data) % 2 else _order_of_utf16(data[:HEAD])
        return _decoded(data, name) if name else None
    if b"\x1b" in data and data.isascii() and any(escape in data for escape in ESCAPES):
        return _decoded(data, "iso-2022-jp")
    return None


def _utf32(data: bytes) -> Decoded | None:
    """Decode UTF-32 without a mark: hardly anything else is valid in it."""
    for name in ("utf-32le", "utf-32be") if len(data) % 4 == 0 else ():
        with suppress(UnicodeDecodeError):
            text = data.decode(codec_of(name))
            return Decoded(text, name) if _is_text(text[:HEAD]) else None
    return None


def _once(text: str) -> Decoded:
    """The text, or what it was before a program took its UTF-8 for Windows-1252: "Ã¼" for "ü"."""
    if text.isascii() or len(TWICE.findall(text[:HEAD])) < FEWEST_TWICE:
        return Decoded(text, "utf-8")
    signs = {sign for sign in text if sign > "\x7f"}
    try:
        table = {ord(sign): _byte_of_1252(sign) for sign in signs}
        original = text.translate(table).encode("latin-1").decode()
    except UnicodeError:
        return Decoded(text, "utf-8")
    return Decoded(original, "utf-8", is_sure=False)


def _byte_of_1252(sign: str) -> int:
    """The byte of a sign in Windows-1252, as the web reads it; raises UnicodeEncodeError."""
    return ord(sign) if "\x80" <= sign <= "\x9f" else sign.encode("cp1252")[0]


def _order_of_utf16(head: bytes) -> str:
    """The order of UTF-16 without a mark: its spaces and line ends show it. "" if it is none."""
    for name, low, high in (("utf-16le", 0, 1), ("utf-16be", 1, 0)):
        lows, highs = head[low::2], head[high::2]
        plain = sum(
            1 for sign, zero in zip(lows, highs, strict=True) if not zero and sign in SPACE_OR_TEXT
        )
        if plain < 2 or plain * 50 < len(lows) or plain < 0.9 * head.count(0):
            continue
        text = head.decode(codec_of(name), "replace")
        if _is_text(text):
            return name
    return ""


def _is_text(text: str) -> bool:
    """Whether nearly all characters are ones that are written."""
    good = sum(1 for sign in text if sign in "\n\r\t" or unicodedata.category(sign)[0] != "C")
    return good >= len(text) * LEAST_TEXT and "\0" not in text


def _decoded(data: bytes, name: str, is_sure: bool = True) -> Decoded:
    text = data.decode(codec_of(name), "replace")
    if name == "windows-1258":
        text = unicodedata.normalize("NFC", text)  # it writes the tones of vowels by themselves
    return Decoded(text, name, text.count("\ufffd"), is_sure)


def _doubted(data: bytes, declared: Decoded) -> Decoded:
    """What is declared, unless it makes no sense and another encoding surely does."""
    beyond = len(data) - len(data.translate(None, bytes(range(0x80, 0x100))))
    is_lost = declared.lost > max(1, beyond * MOST_LOST)
    if not is_lost and fits(data, declared.encoding) >= MISFIT:
        return declared
    name, is_sure = guess(data)
    guessed = _decoded(data, name, is_sure=False)
    is_better = is_sure and guessed.text != declared.text
    return guessed if is_better or (is_lost and guessed.lost * 2 < declared.lost) else declared


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether this is UTF-8 with a few bad bytes, rather than another encoding."""
    bad = data.decode("utf-8", "replace").count("\ufffd")
    whole = sum(1 for sign in data.decode("utf-8", "ignore") if sign > "\x7f")
    return whole > 10 * bad or (whole > FEWEST_WHOLE and whole > 2 * bad)
