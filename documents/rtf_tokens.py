"""Tokens of RTF: groups, control words, bytes of text; and the encodings that fonts stand for."""

import codecs
import re
from collections.abc import Iterator

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


# A kind with its text and number: "word", "sign", "open", "close", or bytes of "text".
Token = tuple[str, str, int | None]
OPEN: Token = ("open", "", None)
CLOSE: Token = ("close", "", None)


def tokens(data: str) -> Iterator[Token]:
    """Split RTF, read as Latin-1, into tokens; raises TooLargeInside."""
    place = count = 0
    while place < len(data):
        for found in TOKEN.finditer(data, place):
            count += 1
            if count > MOST_TOKENS:
                raise TooLargeInside
            kind = found.lastgroup
            if kind in ("word", "number"):
                word, written = found.group(1, 2)
                yield "word", word, int(written) if written else None
                if word == "bin" and written:
                    place = found.end() + max(0, int(written))
                    break
            elif kind == "text":
                yield "text", found["text"], None
            elif kind == "brace":
                yield OPEN if found["brace"] == "{" else CLOSE
            elif kind == "code":
                yield "text", chr(int(found["code"], 16)), None
            elif kind == "sign":
                yield "sign", found["sign"], None
        else:
            return


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
