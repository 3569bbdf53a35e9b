"""Styles and lists of an OpenDocument text: what is hidden, how text looks, how lists count."""

from dataclasses import dataclass, replace

from lxml import etree

from documents.list_numbers import letters, roman

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
DEEPEST = 50  # styles based on one another
LATIN = "abcdefghijklmnopqrstuvwxyz"
BOLD = frozenset(("bold", "600", "700", "800", "900"))


@dataclass(frozen=True, slots=True)
class Look:
    """What a style says of its text; `size` in half points, `names` of it and of those below it."""

    names: frozenset[str] = frozenset()
    is_bold: bool = False
    is_hidden: bool = False
    is_centred: bool = False
    size: int = 0
    raising: str = ""
    list_style: str = ""


@dataclass(frozen=True, slots=True)
class ListLevel:
    """How a level of a list counts; `shape` is "" for no number, None for dots and pictures."""

    shape: str | None = None
    before: str = ""
    after: str = ""
    start: int = 1
    shown: int = 1  # levels in one number

    def number(self, count: int) -> str:
        """Write the number itself, without what stands before and after it."""
        if self.shape in ("i", "I"):
            made = roman(count)
        elif self.shape in ("a", "A"):
            made = letters(count, LATIN)
        else:
            made = str(count) if self.shape else ""
        return made.upper() if self.shape in ("I", "A") else made


class Styles:
    """Styles of a document, those of content.xml over those of styles.xml."""

    def __init__(self, roots: list[etree._Element]) -> None:
        self._written: dict[tuple[str, str], etree._Element] = {}
        self._made: dict[str, Look] = {}
        self._spans: dict[tuple[str, Look], Look] = {}
        self._levels: dict[str, int] = {}
        self.lists: dict[str, dict[int, ListLevel]] = {}
        self.outline: dict[int, ListLevel] = {}
        self.usual = Look()
        for root in roots:
            for style in root.iter(f"{STYLE}style"):
                key = style.get(f"{STYLE}family", ""), style.get(f"{STYLE}name", "")
                self._written[key] = style
            for style in root.iter(f"{STYLE}default-style"):
                if style.get(f"{STYLE}family") == "paragraph":
                    self.usual = _with(self.usual, style)
            for listed in root.iter(f"{TEXT}list-style"):
                self.lists[listed.get(f"{STYLE}name", "")] = _levels(listed)
            for outline in root.iter(f"{TEXT}outline-style"):
                self.outline = _levels(outline)

    def of_paragraph(self, name: str) -> Look:
        """Tell how paragraphs in a style look."""
        if name not in self._made:
            self._made[name] = self._resolve("paragraph", name, self.usual)
        return self._made[name]

    def of_span(self, name: str, around: Look) -> Look:
        """Tell how characters in a style look that stand in text which looks like `around`."""
        if not name:
            return around
        if (made := self._spans.get((name, around))) is None:
            made = self._spans[name, around] = self._resolve("text", name, around)
        return made

    def outline_level(self, name: str) -> int:
        """Level that a paragraph style has as a heading, 0 for none."""
        if name not in self._levels:
            self._levels[name] = self._outline_level(name)
        return self._levels[name]

    def _outline_level(self, name: str) -> int:
        for style in self._chain("paragraph", name):
            level = style.get(f"{STYLE}default-outline-level")
            if level is not None:
                return int(level) if level.isdecimal() and len(level) == 1 else 0
        return 0

    def _chain(self, family: str, name: str) -> list[etree._Element]:
        """The style of that name, and those it is based on, one after another."""
        chain: list[etree._Element] = []
        while (family, name) in self._written and len(chain) < DEEPEST:
            chain.append(self._written[family, name])
            name = chain[-1].get(f"{STYLE}parent-style-name", "")
        return chain

    def _resolve(self, family: str, name: str, look: Look) -> Look:
        chain = self._chain(family, name)
        for style in reversed(chain):
            look = _with(look, style)
        names = frozenset(style.get(f"{STYLE}name", "") for style in chain)
        return replace(look, names=names) if family == "paragraph" else look


def _with(look: Look, style: etree._Element) -> Look:
    text = style.find(f"{STYLE}text-properties")
    paragraph = style.find(f"{STYLE}paragraph-properties")
    listed = style.get(f"{STYLE}list-style-name")
    if listed is not None:
        look = replace(look, list_style=listed)
    if paragraph is not None and (align := paragraph.get(f"{FO}text-align")):
        look = replace(look, is_centred=align == "center")
    if text is None:
        return look
    weight, display = text.get(f"{FO}font-weight"), text.get(f"{TEXT}display")
    place = (text.get(f"{STYLE}text-position") or "").split()
    return replace(
        look,
        is_bold=look.is_bold if weight is None else weight in BOLD,
        is_hidden=look.is_hidden if display is None else display == "none",
        size=_half_points(text.get(f"{FO}font-size"), look.size),
        raising=_raising(place[0]) if place else look.raising,
    )


def _half_points(written: str | None, around: int) -> int:
    text = written or ""
    try:
        if text.endswith("pt"):
            return round(min(float(text[:-2]), 1000) * 2)
        if text.endswith("%"):
            return round(around * min(float(text[:-1]), 1000) / 100)
    except ValueError:
        pass
    return around


def _raising(place: str) -> str:
    if place.endswith("%"):
        place = "sub" if place.startswith("-") else ("super" if place != "0%" else "")
    return place if place in ("super", "sub") else ""


def _levels(listed: etree._Element) -> dict[int, ListLevel]:
    made = {}
    for level in listed:
        depth = level.get(f"{TEXT}level", "")
        if depth.isdecimal() and len(depth) <= 2:
            made[int(depth)] = _level(level)
    return made


def _level(node: etree._Element) -> ListLevel:
    if node.tag not in (f"{TEXT}list-level-style-number", f"{TEXT}outline-level-style"):
        return ListLevel()
    start, shown = node.get(f"{TEXT}start-value", "1"), node.get(f"{TEXT}display-levels", "1")
    return ListLevel(
        node.get(f"{STYLE}num-format", ""),
        node.get(f"{STYLE}num-prefix", ""),
        node.get(f"{STYLE}num-suffix", ""),
        whole(start, 1),
        whole(shown, 1),
    )


def whole(text: str, otherwise: int) -> int:
    """Read a whole number of at most six digits."""
    return int(text) if text.isdecimal() and len(text) <= 6 else otherwise
