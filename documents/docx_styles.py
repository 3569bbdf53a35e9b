"""Styles of a Word file: which paragraphs are headings, how text looks and what is hidden."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml import etree

from documents.docx_package import W, is_on, toggle, value, value_of

HEADING_WORDS = (
    "heading|überschrift|berschrift|titre|título|ttulo|titulo|titolo|títol|kop|rubrik|overskrift|"
    "otsikko|nagłówek|nagwek|заголовок|заглавие|标题|標題|見出し|제목|nadpis|címsor|cmsor|titlu|"
    "επικεφαλίδα|başlık|balk|naslov|antraštė|virsraksts|pealkiri|fyrirsögn|כותרת|عنوان|العنوان|"
    "tiêu đề|đầu đề|judul|หัวเรื่อง|शीर्षक"
)
HEADING_NAME = re.compile(rf"(?:{HEADING_WORDS}) ?([1-9])", re.IGNORECASE)
CONTENTS_NAME = re.compile(
    r"(?:toc|verzeichnis|tm|índice|sommario|inhopg|spis treści|оглавление|目录|目次|innehåll)\b.*\d"
    r"|toc ?heading|table of figures|table of authorities|index \d",
    re.IGNORECASE,
)
TITLES = (
    "title titel titre título titulo titolo tytuł название 标题 標題 表題 제목 název cím rubrik "
    "otsikko tittel"
)
CAPTIONS = "caption beschriftung légende leyenda didascalia bijschrift"
TITLE_NAMES, CAPTION_NAMES = frozenset(TITLES.split()), frozenset(CAPTIONS.split())
CODE_NAME = re.compile(r"\b(?:code|preformatted|listing|macro)\b", re.IGNORECASE)
STYLE, HIDDEN, BOLD = f"{W}rStyle", f"{W}vanish", f"{W}b"
SIZE, RAISING = f"{W}sz", f"{W}vertAlign"
NO_HEADING = 9  # this and deeper outline levels are running text


@dataclass(frozen=True, slots=True)
class Style:
    """A style with all that it takes from those it is based on.

    `level` is that of a heading from 1 on, 0 for none, None where nothing is said; `size` is in
    half points.
    """

    name: str = ""
    level: int | None = None
    list_number: str = ""
    list_level: str = ""
    is_hidden: bool | None = None
    is_bold: bool | None = None
    is_centred: bool | None = None
    size: int = 0
    raising: str = ""
    inherited: str = ""

    @property
    def kind(self) -> str:
        """Kind of the paragraphs in this style, as far as its name or its base tells."""
        own = _kind_of(self.name)
        return own if own != "text" else self.inherited or own


@lru_cache(1000)
def _kind_of(name: str) -> str:
    name = name.lower()
    if CONTENTS_NAME.match(name):
        return "contents"
    if name in TITLE_NAMES:
        return "title"
    if name in CAPTION_NAMES:
        return "caption"
    return "code" if CODE_NAME.search(name) else "text"


class Styles:
    """Styles of a document by their ids."""

    def __init__(self, root: etree._Element | None) -> None:
        self._written: dict[str, etree._Element] = {}
        self._made: dict[str, Style] = {}
        self._looks: dict[tuple[str | bool | None, ...], Style] = {}
        self._first = Style()
        self._usual = ""
        if root is None:
            return
        defaults = root.find(f"{W}docDefaults/{W}rPrDefault")
        if defaults is not None:
            self._first = _with(Style(), defaults)
        for style in root.iterfind(f"{W}style"):
            name = style.get(f"{W}styleId", "")
            self._written[name] = style
            is_default = style.get(f"{W}default") in ("1", "true", "on")
            if is_default and style.get(f"{W}type") == "paragraph":
                self._usual = name

    def of_paragraph(self, name: str) -> Style:
        """Style of a paragraph; one that is not defined may still be named as a heading is."""
        return self._resolve(name or self._usual, self._first)

    def of_run(self, name: str, properties: Mapping[str, etree._Element]) -> Style:
        """Style of characters with these properties in a paragraph of the style `name`."""
        own = value_of(properties.get(STYLE))
        hidden, bold = is_on(properties.get(HIDDEN)), is_on(properties.get(BOLD))
        size, raising = value_of(properties.get(SIZE)), value_of(properties.get(RAISING))
        key = (name, own, hidden, bold, size, raising)
        if (made := self._looks.get(key)) is None:
            around = self.of_paragraph(name)
            # It says nothing of what the paragraph's style decides.
            around = _over(around, self._resolve(own, Style())) if own else around
            made = self._looks[key] = _looking(around, hidden, bold, size, raising)
        return made

    def _resolve(self, name: str, first: Style) -> Style:
        chain: list[str] = []
        while name and name not in self._made and name not in chain and len(chain) < 50:
            chain.append(name)
            written = self._written.get(name)
            name = value(written, f"{W}basedOn") if written is not None else ""
        style = self._made.get(name, first)
        for each in reversed(chain):
            written = self._written.get(each)
            style = _with(style, written) if written is not None else _named(style, each)
            self._made[each] = style
        return style


def _named(style: Style, name: str) -> Style:
    found = HEADING_NAME.fullmatch(name.partition(",")[0])
    inherited = style.kind if style.kind in ("caption", "code") else ""
    return replace(
        style, name=name, inherited=inherited, level=int(found[1]) if found else style.level
    )


def _with(style: Style, written: etree._Element) -> Style:
    """Overlay a style with what another says that is based on it."""
    made = _named(style, value(written, f"{W}name"))
    level = outline(value(written, f"{W}pPr/{W}outlineLvl") or value(written, f"{W}outlineLvl"))
    if level is not None:
        made = replace(made, level=level)
    run, paragraph = written.find(f"{W}rPr"), written.find(f"{W}pPr")
    if run is not None:
        made = _with_run(made, run)
    if paragraph is not None:
        made = replace(
            made,
            list_number=value(paragraph, f"{W}numPr/{W}numId") or made.list_number,
            list_level=value(paragraph, f"{W}numPr/{W}ilvl") or made.list_level,
            is_centred=centred(value(paragraph, f"{W}jc"), made.is_centred),
        )
    return made


def _with_run(style: Style, properties: etree._Element) -> Style:
    hidden, bold = toggle(properties, "vanish"), toggle(properties, "b")
    return _looking(style, hidden, bold, value(properties, SIZE), value(properties, RAISING))


def _looking(
    style: Style, hidden: bool | None, bold: bool | None, size: str, raising: str
) -> Style:
    """Overlay a style with what is written of a run."""
    if hidden is None and bold is None and not size and not raising:
        return style
    return replace(
        style,
        is_hidden=style.is_hidden if hidden is None else hidden,
        is_bold=style.is_bold if bold is None else bold,
        size=int(size) if size.isdecimal() and len(size) < 5 else style.size,
        raising=raising or style.raising,
    )


def _over(style: Style, upper: Style) -> Style:
    """Overlay the style of a paragraph with that of characters in it."""
    return replace(
        style,
        is_hidden=style.is_hidden if upper.is_hidden is None else upper.is_hidden,
        is_bold=style.is_bold if upper.is_bold is None else upper.is_bold,
        size=upper.size or style.size,
        raising=upper.raising or style.raising,
    )


def centred(place: str, otherwise: bool | None) -> bool | None:
    """Whether a paragraph that is justified so is centred."""
    return place == "center" if place else otherwise


def outline(written: str) -> int | None:
    """Level of a heading from 1 on that is written so, 0 for running text, None for neither."""
    if not (written.isdecimal() and len(written) < 3):
        return None
    return int(written) + 1 if int(written) < NO_HEADING else 0
