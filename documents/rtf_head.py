"""Head of an RTF file: its encoding, fonts, styles and properties."""

from dataclasses import dataclass, field

from documents.docx_styles import HEADING_NAME, NO_HEADING, Style
from documents.rtf_tokens import SYMBOLS, WESTERN, code_page, encoding_of

DEEPEST = 20  # styles based on one another
MOST_NAMED = 10_000
LONGEST = 1000  # characters of a name


@dataclass(slots=True)
class Font:
    """A font of the document: its name, and what its bytes stand for."""

    name: str = ""
    charset: int = 0
    encoding: str = ""


@dataclass(slots=True)
class Named:
    """A style of the document as it is written."""

    name: str = ""
    level: int | None = None
    below: int = -1


@dataclass(slots=True)
class Head:
    """What the head of the file gives, gathered word by word."""

    encoding: str = WESTERN
    default_font: int = -1
    properties: dict[str, str] = field(default_factory=dict)
    styles: dict[int, Style] = field(default_factory=dict)
    _fonts: dict[int, Font] = field(default_factory=dict)
    _font: Font = field(default_factory=Font)
    _named: dict[int, Named] = field(default_factory=dict)
    _style: Named = field(default_factory=Named)
    _is_mixed: bool = False

    def word(self, room: str, word: str, number: int) -> None:
        """Take a control word of the tables of fonts or styles."""
        if room == "fonts":
            self._font_word(word, number)
        elif word == "s" and len(self._named) < MOST_NAMED:
            self._style = self._named.setdefault(number, Named())
        elif word == "outlinelevel":
            self._style.level = number + 1 if 0 <= number < NO_HEADING else 0
        elif word == "sbasedon":
            self._style.below = number

    def text(self, room: str, text: str) -> None:
        """Take a piece of a font's or a style's name, or of a property."""
        if room == "fonts":
            self._font.name = (self._font.name + text.replace(";", "").strip())[:LONGEST]
        elif room == "styles":
            name, end, _ = text.partition(";")
            self._style.name = (self._style.name + name)[:LONGEST]
            if end:
                self._style = Named()
        else:
            self.properties[room] = (self.properties.get(room, "") + text)[:LONGEST]

    def _font_word(self, word: str, number: int) -> None:
        if word == "f" and len(self._fonts) < MOST_NAMED:
            self._font = self._fonts.setdefault(number, Font())
        elif word == "fcharset":
            self._font.charset = number
            self._is_mixed |= number > SYMBOLS
        elif word == "cpg":
            self._font.encoding = code_page(number)

    def end_styles(self) -> None:
        """Work out which styles are headings, each with what it takes from those below it."""
        self.styles = {number: self._resolved(number) for number in self._named}

    def _resolved(self, number: int) -> Style:
        name = self._named[number].name.strip()
        for _ in range(DEEPEST):
            style = self._named.get(number)
            if style is None:
                break
            found = HEADING_NAME.fullmatch(style.name.strip().partition(",")[0])
            if style.level is not None or found:
                level = style.level if style.level is not None else int(found[1]) if found else 0
                return Style(name, level)
            number = style.below
        return Style(name)

    def symbol_font(self, number: int) -> str:
        """Name of a font that draws pictures in the place of letters, "" for other fonts."""
        font = self._fonts.get(number)
        return font.name if font and font.charset == SYMBOLS else ""

    def encoding_of(self, number: int) -> str:
        """Find the encoding of the bytes in a font."""
        font = self._fonts.get(number) or self._fonts.get(self.default_font)
        if font is None:
            return self.encoding
        # Where fonts name other charsets, the western one is meant; else it may be any.
        usual = WESTERN if self._is_mixed and font.charset == 0 else self.encoding
        return font.encoding or encoding_of(font.charset, usual)
