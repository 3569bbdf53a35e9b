"""Tokens of RTF: groups, control words, bytes of text; and the encodings that fonts stand for."""

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from documents.errors import TooLargeInside

MOST_TOKENS = 4_000_000
TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    r"|\\'(?P<code>[0-9a-fA-F]{2})"
    r"|\\(?P<sign>.)"
    r"|(?P<brace>[{}])"
    r"|(?P<text>[^\\{}\r\n]+)"
    r"|(?P<end>[\r\n]+|\\)",
    re.DOTALL,
)
CHARSETS = {
    77: "mac_roman", 78: "shift_jis", 79: "big5", 80: "euc_kr", 81: "mac_arabic", 83: "mac_greek",
    84: "mac_cyrillic", 85: "gb2312", 87: "mac_cyrillic", 88: "mac_turkish", 89: "mac_latin2",
    128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 255: "cp437",
}  # fmt: skip
CODE_PAGES = {936: "gb18030", 1361: "johab", 10000: "mac_roman", 10007: "mac_cyrillic"}
CODE_PAGES |= {10006: "mac_greek", 10029: "mac_latin2", 65001: "utf-8", 28591: "latin-1"}
WESTERN = "cp1252"
SYMBOLS = 2  # the charset of fonts that draw pictures


class Token(NamedTuple):
    """A token: "word" with its number, "sign", "open", "close", or bytes of "text"."""

    kind: str
    text: str
    number: int | None = None


def tokens(data: str) -> Iterator[Token]:
    """Split RTF, read as Latin-1, into tokens; raises TooLargeInside."""
    place = count = 0
    while found := TOKEN.match(data, place):
        place = found.end()
        count += 1
        if count > MOST_TOKENS:
            raise TooLargeInside
        kind = found.lastgroup
        if kind == "text":
            yield Token("text", found["text"])
        elif kind == "brace":
            yield Token("open" if found["brace"] == "{" else "close", "")
        elif kind == "code":
            yield Token("text", chr(int(found["code"], 16)))
        elif kind == "sign":
            yield Token("sign", found["sign"])
        elif kind in ("word", "number"):
            number = int(found["number"]) if found["number"] else None
            if found["word"] == "bin":
                place += max(0, number or 0)
            yield Token("word", found["word"], number)


def encoding_of(charset: int, otherwise: str) -> str:
    """Find the encoding of a font's charset; that of the document where it has none."""
    return CHARSETS.get(charset, otherwise)


def code_page(number: int) -> str:
    """Find the encoding of a code page, the western one for unknown ones."""
    name = CODE_PAGES.get(number, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return WESTERN
    return name
