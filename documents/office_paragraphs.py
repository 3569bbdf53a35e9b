"""Paragraphs of office documents, as the readers of Word, ODT and RTF hand them to a builder."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from documents.builder import PARAGRAPH, Builder
from documents.text_cleaning import clean, one_line, parts_of
from documents.types import TextRun

LAYOUT_CELL = 200  # characters in a cell: more on average, and the table is there for the looks
BESIDE = frozenset(("note", "caption", "comment"))  # kinds that stand beside a table or a note

BLANKS = re.compile(r"[^\S\n\xa0]+")
RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
RAISED_NUMBER = re.compile(r"[+\-−]?\d{1,3}|n")
MARK = re.compile(r"[\[(]?\d{1,3}(?:[,–-] ?\d{1,3}){0,9}[\])]?|[*†‡§¶]{1,3}")
LOWERED_NUMBER = re.compile(r"[\d+\-−=()]{1,6}")
LAST_LETTERS = re.compile(r"[^\W\d_]{1,9}\Z")
LAST_DIGITS = re.compile(r"\d{1,9}\Z")
UNITS = frozenset(["km", "cm", "mm", "dm", "nm", "µm", "ft", "yd", "mi", "qm", "mc"])
NO_AUTHOR = re.compile(
    r"(?:python-docx|docx4j|phpword|apache poi|openxml sdk|html2docx|pandoc|libreoffice"
    r"|openoffice.*|microsoft office.*|microsoft word|windows.user|user|admin|administrator|owner"
    r"|author|unknown|benutzer|unbekannt|utilisateur|usuario)",
    re.IGNORECASE,
)
NO_TITLE = re.compile(
    r"microsoft word\b.*|(?:word )?(?:document|dokument|documento?|документ|文档|文書)[ _-]?\d*"
    r"|(?:normal|template|untitled|unnamed|unbenannt|sans titre|sin título|без имени|title|titel)"
    r"[ _-]?\d*|.*\.(?:docx?|docm|dotx?|dotm|odt|fodt|ott|rtf|txt|pdf|html?|pages|wpd)",
    re.IGNORECASE,
)


class Run(NamedTuple):
    """A piece of a paragraph; `reading` is spoken instead of a text of its own kind."""

    text: str
    kind: str = "text"
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a whole paragraph looks; `size` in half points, 0 where it is not known."""

    is_bold: bool = False
    is_centred: bool = False
    size: int = 0


PLAIN = Look()


@dataclass(slots=True)
class Paragraph:
    """A paragraph; `kind` may be "title", `level` is that of a heading, 0 for none.

    `label` is the number that a list or a heading shows before the text. `text` is all that the
    paragraph shows, whether it is spoken or not.
    """

    runs: list[Run]
    kind: str = "text"
    level: int = 0
    label: str = ""
    label_glue: str = " "
    look: Look = PLAIN
    parts: list[TextRun] = field(init=False)
    text: str = field(init=False)

    def __post_init__(self) -> None:
        if all(run.kind == "text" for run in self.runs):
            said = BLANKS.sub(" ", clean("".join([run.text for run in self.runs]))).strip()
            self.parts = list(parts_of(said, PARAGRAPH))
        else:
            self.parts = _parts([run for run in self.runs if run.kind != "caption"])
        if self.label and self.parts:
            first = self.parts[0]
            rest = TextRun(first.text, first.kind, self.label_glue, first.replaced_by)
            self.parts[:1] = [TextRun(self.label, "text", PARAGRAPH), rest]
        if len(self.parts) == 1:
            self.text = self.parts[0].text.strip("\n")
        else:
            self.text = "".join([part.glue + part.text for part in self.parts]).strip("\n")

    @classmethod
    def of(cls, text: str, kind: str = "text") -> Self:
        """Make a paragraph of one text."""
        return cls([Run(text)], kind)

    @property
    def spoken(self) -> str:
        """What the paragraph says where it stands in a cell: neither marks nor other signs."""
        shown = (
            part.glue + (part.text if part.kind == "text" else part.replaced_by or "")
            for part in self.parts
        )
        return one_line("".join(shown))

    def tell(self, builder: Builder) -> None:
        """Tell a builder this paragraph, and the captions of the pictures in it."""
        text = self.text
        if self.kind == "title":
            if not builder.title:
                builder.title = one_line(text)
            builder.title_given = True
            builder.parts(_told_as(self.parts, "heading"))
        elif self.level:
            builder.heading(self.parts, self.level)
        elif self.kind != "text":
            builder.paragraph(text, self.kind)
        else:
            builder.parts(self.parts)
        for run in self.runs:
            if run.kind == "caption":
                builder.paragraph(run.text, "caption")


def is_layout(cells: int, rows: int, length: int) -> bool:
    """Whether a table only arranges a page: it has one column, or its cells are full of prose."""
    return cells <= rows or length > LAYOUT_CELL * cells


def table(rows: Iterable[Iterable[Iterable[Paragraph]]], kind: str = "table") -> list[Paragraph]:
    """Make one paragraph of a table, with a line for each row; notes and captions come after."""
    lines: list[str] = []
    beside: list[Paragraph] = []
    for row in rows:
        cells: list[str] = []
        for cell in row:
            told = list(cell)
            cells.append(" ".join(p.spoken for p in told if p.kind not in BESIDE and p.parts))
            beside += (p for p in told if p.kind in BESIDE)
            captions = (run.text for p in told for run in p.runs if run.kind == "caption")
            beside += (Paragraph.of(text, "caption") for text in captions)
        lines.append(", ".join(cell for cell in cells if cell))
    return [Paragraph.of("\n".join(line for line in lines if line), kind), *beside]


def note(told: list[Paragraph], kind: str = "note") -> list[Paragraph]:
    """Make one paragraph of a note, or of a comment; what it refers to itself comes after."""
    text = "\n".join(p.text.strip() for p in told if p.kind not in BESIDE and p.parts)
    return [Paragraph.of(text, kind), *(p for p in told if p.kind in BESIDE)]


def raised(text: str, before: str) -> Run:
    """Make a run of raised text: a power, the end of an ordinal, or the mark of a note."""
    sign = text.strip()
    if RAISED_NUMBER.fullmatch(sign) and _takes_power(before, sign):
        return Run(text.translate(RAISED))
    if MARK.fullmatch(sign) and before.strip():
        return Run(text, "note_mark")
    return Run(text)


def lowered(text: str) -> Run:
    """Make a run of lowered text: the number in a chemical formula becomes a sign of its own."""
    return Run(text.translate(LOWERED) if LOWERED_NUMBER.fullmatch(text.strip()) else text)


def title_from(text: str) -> str:
    """Title that a file's properties give, "" where a program has filled in its own words."""
    title = one_line(text)
    return "" if NO_TITLE.fullmatch(title) else title


def author_from(text: str) -> str:
    """Author that a file's properties give, "" where a program has filled in its own name."""
    author = one_line(text)
    return "" if NO_AUTHOR.fullmatch(author) else author


def _takes_power(before: str, sign: str) -> bool:
    """Whether what stands before a raised number is a number, a unit or a letter by itself."""
    is_small = sign in ("2", "3")
    if digits := LAST_DIGITS.search(before[-10:]):
        return len(digits[0]) <= 3 or not sign.isdecimal()
    if before.endswith((")", "]")):
        return is_small or not sign.isdecimal()
    letters = LAST_LETTERS.search(before[-10:])
    if not letters:
        return False
    is_unit = letters[0].lower() in UNITS and is_small
    return len(letters[0]) == 1 or not sign.isdecimal() or is_unit


def _told_as(parts: list[TextRun], kind: str) -> list[TextRun]:
    return [TextRun(part.text, kind, part.glue) if part.kind == "text" else part for part in parts]


def _parts(runs: list[Run]) -> list[TextRun]:
    parts: list[TextRun] = []
    gathered: list[str] = []
    glue = PARAGRAPH
    for text, kind, reading in [*runs, Run("", "end")]:
        if kind == "text":
            gathered.append(text)
            continue
        said = BLANKS.sub(" ", clean("".join(gathered)))
        gathered = []
        said = said if parts else said.lstrip()
        said = said.rstrip() if kind == "end" else said
        # Where what follows is not spoken, the space before it goes with it.
        is_apart = kind != "end" and not reading and said.endswith(" ")
        if said := (said[:-1] if is_apart else said):
            if parts and not glue and said.startswith(" "):
                said, glue = said[1:], " "
            parts += parts_of(said, glue)
            glue = ""
        glue = " " if is_apart and parts else glue
        if text.strip():
            parts.append(TextRun(clean(text), kind, glue, reading))
            glue = ""
    return parts
