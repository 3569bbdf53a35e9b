"""Paragraphs of a Word file as runs of text, with what they refer to: notes, boxes, pictures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from documents.docx_fields import Fields
from documents.docx_package import MC, M, Package, R, W, children_of, toggle
from documents.docx_styles import Style, Styles
from documents.office_paragraphs import Look, Run, lowered, raised
from documents.omml import linear, signs
from documents.symbol_fonts import OTHER, sign_of
from documents.text_cleaning import one_line

SKIPPED_NAMES = (
    "del moveFrom delText delInstrText pPr rPr rt rubyPr sdtPr sdtEndPr fldData ffData tblPr "
    "tblGrid tcPr trPr"
)
SKIPPED = frozenset(f"{W}{name}" for name in SKIPPED_NAMES.split())
COMMENT = f"{W}commentReference"
NOTES = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
BESIDE = {**NOTES, COMMENT: "comments"}
SIGNS = {
    f"{W}tab": " ",
    f"{W}ptab": " ",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "\xad",
}
RUN, RUN_PROPERTIES, FONTS = f"{W}r", f"{W}rPr", f"{W}rFonts"
LETTERS, CONTROL, FIELD = f"{W}t", f"{W}sdt", f"{W}fldSimple"
FIELD_MARK, INSTRUCTION, SYMBOL = f"{W}fldChar", f"{W}instrText", f"{W}sym"
FORMULAS = (f"{M}oMath", f"{M}oMathPara")
BOX = f"{W}txbxContent"
PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
VML = "{urn:schemas-microsoft-com:vml}"
CHECK_BOX = "{http://schemas.microsoft.com/office/word/2010/wordml}checkbox"
PRIVATE = re.compile("([\uf020-\uf0ff])")  # what fonts of pictures have in place of letters


@dataclass(slots=True)
class Found:
    """What a paragraph holds; `boxes` stand beside it, those in `first` before its text."""

    runs: list[Run] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    first: int = 0
    notes: list[tuple[str, str]] = field(default_factory=list)
    is_contents: bool = False
    is_bold: bool = True
    size: int = 0

    def look(self, *, is_centred: bool) -> Look:
        """Tell how the paragraph looks as a whole."""
        has_text = any(run.kind == "text" and run.text.strip() for run in self.runs)
        return Look(self.is_bold and has_text, is_centred, self.size)


class Runs:
    """Reads paragraphs one after another, because fields go on from one to the next."""

    def __init__(self, package: Package, styles: Styles, body: etree._Element) -> None:
        self._package = package
        self._styles = styles
        self._fields = Fields(body)

    def read(self, paragraph: etree._Element, style: str) -> Found:
        """Read a paragraph in the style of that name."""
        return _Walk(self._package, self._styles, self._fields, paragraph, style).found


class _Walk:
    """One walk through a paragraph; how deep it nests does not matter."""

    def __init__(
        self,
        package: Package,
        styles: Styles,
        fields: Fields,
        paragraph: etree._Element,
        style: str,
    ) -> None:
        self._package, self._styles, self._fields = package, styles, fields
        self._named = style
        self._around = styles.of_paragraph(style)
        self._style = self._around
        self._font = ""
        self._kinds = [""]
        self._lifted: list[str] = []
        self.found = Found()
        self._walk(paragraph)
        self._add(Run(""))

    def _walk(self, paragraph: etree._Element) -> None:
        waiting: list[tuple[etree._Element, Iterator[etree._Element]]] = [
            (paragraph, iter(paragraph))
        ]
        while waiting:
            above, children = waiting[-1]
            node = next(children, None)
            if node is None:
                waiting.pop()
                self._leave(above)
            elif node.tag in SKIPPED or not isinstance(node.tag, str):
                continue
            elif node.tag == RUN and (letters := _only_letters(node)) is not None:
                self._style, self._font = self._run_style(node)
                self._text(letters.text or "")
                self._style, self._font = self._around, ""
            elif node.tag == RUN or not self._tell(node):
                waiting.append((node, self._enter(node)))

    def _enter(self, node: etree._Element) -> Iterator[etree._Element]:
        """Begin an element that holds others."""
        if node.tag == RUN:
            self._style, self._font = self._run_style(node)
            mark = next((child for child in node if child.tag in NOTES), None)
            is_own = mark is not None and mark.get(f"{W}customMarkFollows") in ("1", "true", "on")
            self._kinds.append("note_mark" if is_own else "")
        elif node.tag == CONTROL:
            self._kinds.append(kind_of_control(node))
        elif node.tag == FIELD:
            self._fields.open(node.get(f"{W}instr", ""))
        elif node.tag == f"{MC}AlternateContent":
            return iter(alternative(node))
        return iter(node)

    def _leave(self, node: etree._Element) -> None:
        if node.tag in (RUN, CONTROL):
            self._kinds.pop()
        if node.tag == RUN:
            self._style, self._font = self._around, ""
        elif node.tag == FIELD:
            self._fields.close()

    def _run_style(self, run: etree._Element) -> tuple[Style, str]:
        properties = children_of(next(run.iterchildren(RUN_PROPERTIES), None))
        if not properties:
            return self._around, ""
        fonts = properties.get(FONTS)
        font = fonts.get(f"{W}ascii", "") if fonts is not None else ""
        return self._styles.of_run(self._named, properties), font

    def _tell(self, node: etree._Element) -> bool:
        """Take in an element that holds no others to be read; False for the rest."""
        tag = node.tag
        if tag == LETTERS:
            self._text(node.text or "")
        elif tag in SIGNS:
            is_page = node.get(f"{W}type") in ("page", "column")
            self._text(" " if is_page else SIGNS[tag])
        elif tag == FIELD_MARK:
            self._pass_field(node)
        elif tag == INSTRUCTION:
            self._fields.ask(node.text or "")
        elif tag in BESIDE:
            self._note(node)
        elif tag == SYMBOL:
            code = node.get(f"{W}char", "")
            self._symbol(node.get(f"{W}font", ""), int(code, 16) if _is_hex(code) else 0)
        elif tag in FORMULAS:
            self._formula(node)
        elif tag == BOX:
            self._box(node)
        else:
            return self._tell_picture(node)
        return True

    def _tell_picture(self, node: etree._Element) -> bool:
        tag = node.tag
        if tag == PICTURE:
            self._caption(node.get("descr") or node.get("title") or "")
        elif tag == DIAGRAM:
            self._caption(self._drawn_text(node.get(f"{R}dm", "")))
        elif tag == CHART:
            self._caption(self._drawn_text(node.get(f"{R}id", "")))
        elif tag == f"{VML}textpath":
            self._caption(node.get("string") or "")
        elif tag == f"{VML}shape" and node.get("alt"):
            self._caption(node.get("alt"))
            return False
        else:
            return False
        return True

    def _pass_field(self, mark: etree._Element) -> None:
        was_unseen = self._is_unseen
        chosen = self._fields.mark(mark)
        if chosen and not (was_unseen and self._is_unseen):
            self._plain(chosen)

    @property
    def _is_unseen(self) -> bool:
        return bool(self._style.is_hidden) or self._fields.is_asking

    def _text(self, text: str) -> None:
        if not text or self._is_unseen:
            return
        if text.isascii() or not PRIVATE.search(text):
            self._plain(text)
            return
        for piece in filter(None, PRIVATE.split(text)):
            if PRIVATE.fullmatch(piece):
                self._symbol(self._font or "Wingdings", ord(piece))
            else:
                self._plain(piece)

    def _plain(self, text: str) -> None:
        kind = self._fields.kind
        if text.strip():
            self.found.is_contents |= kind == "contents"
            self.found.is_bold &= bool(self._style.is_bold)
            self.found.size = max(self.found.size, self._style.size)
        kind = next((each for each in reversed(self._kinds) if each), kind)
        if kind and kind != "contents":
            self._add(Run(text, kind))
        elif self._style.raising == "superscript":
            self._lifted.append(text)
        else:
            self._add(lowered(text) if self._style.raising == "subscript" else Run(text))

    def _add(self, run: Run) -> None:
        """Add a run, after what was raised before it: a power may stand in several runs."""
        if self._lifted:
            last = self.found.runs[-1] if self.found.runs else Run("")
            before = last.text if last.kind == "text" else ""
            self.found.runs.append(raised("".join(self._lifted), before))
            self._lifted = []
        self.found.runs.append(run)

    def _symbol(self, font: str, code: int) -> None:
        if self._is_unseen:
            return
        sign = sign_of(font, code)
        self._add(Run(sign, "bullet" if sign == OTHER else "text"))

    def _note(self, node: etree._Element) -> None:
        if self._is_unseen:
            return
        self.found.notes.append((BESIDE[node.tag], node.get(f"{W}id", "")))
        if node.tag != COMMENT and not self._kinds[-1]:
            self._add(Run(node.get(f"{W}id", ""), "note_mark"))

    def _formula(self, node: etree._Element) -> None:
        reading = linear(node)
        text = reading or signs(node)
        if text and not self._is_unseen:
            self._add(Run(text, "formula", reading))

    def _box(self, node: etree._Element) -> None:
        if self._is_unseen:
            return
        self.found.boxes.append(node)
        if not any(run.text.strip() for run in self.found.runs if run.kind != "caption"):
            self.found.first += 1

    def _caption(self, text: str) -> None:
        if text and not self._is_unseen:
            self._add(Run(one_line(text), "caption"))

    def _drawn_text(self, relation: str) -> str:
        """The words of a diagram or a chart, which stand in a file of their own."""
        target = self._package.relation(relation)
        root = self._package.beside([target.target]) if target else None
        if root is None:
            return ""
        lines = (
            one_line("".join(node.text or "" for node in paragraph.iter(f"{DRAWN}t")))
            for paragraph in root.iter(f"{DRAWN}p")
        )
        return ", ".join(line for line in lines if line)


def _only_letters(run: etree._Element) -> etree._Element | None:
    """The letters of a run that holds nothing else, as most do; None for other runs."""
    size = len(run)
    if not 0 < size < 3 or run[-1].tag != LETTERS:
        return None
    return run[-1] if size == 1 or run[0].tag == RUN_PROPERTIES else None


def alternative(node: etree._Element) -> list[etree._Element]:
    """Choose what is read of content in several forms: the newest that says something."""
    for form in node:
        if form.tag in (f"{MC}Choice", f"{MC}Fallback") and _says_something(form):
            return [form]
    return []


def _says_something(form: etree._Element) -> bool:
    told = (f"{W}t", f"{M}t", PICTURE, DIAGRAM, CHART, f"{W}sym", f"{W}fldChar")
    return next(form.iter(*told), None) is not None


def kind_of_control(control: etree._Element) -> str:
    """Kind of what a content control shows: a box to tick, or words that ask for others."""
    properties = control.find(f"{W}sdtPr")
    if properties is None:
        return ""
    if properties.find(CHECK_BOX) is not None:
        return "bullet"
    return "navigation" if toggle(properties, "showingPlcHdr") else ""


def _is_hex(text: str) -> bool:
    return 0 < len(text) <= 4 and all(sign in "0123456789abcdefABCDEF" for sign in text)
