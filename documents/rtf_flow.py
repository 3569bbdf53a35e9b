"""Paragraphs and tables of one flow of RTF: the text itself, a note or a text box."""

from dataclasses import dataclass, field

from documents.docx_styles import Style
from documents.office_paragraphs import Look, Paragraph, Run, is_layout, lowered, raised
from documents.office_paragraphs import table as table_of
from documents.rtf_head import Head


@dataclass(slots=True)
class Format:
    """How a paragraph is formatted; `level` is that of a heading, None where it is not given."""

    style: int = 0
    level: int | None = None
    is_centred: bool = False
    is_in_table: bool = False


@dataclass(slots=True)
class Flow:
    """Gathers runs into paragraphs, and those of tables into cells and rows."""

    head: Head
    paragraphs: list[Paragraph] = field(default_factory=list)
    format: Format = field(default_factory=Format)
    beside: list[Paragraph] = field(default_factory=list)
    _runs: list[Run] = field(default_factory=list)
    _label: list[str] = field(default_factory=list)
    _is_bold: bool = True
    _size: int = 0
    _kind: str = ""
    _cell: list[Paragraph] = field(default_factory=list)
    _row: list[list[Paragraph]] = field(default_factory=list)
    _rows: list[list[list[Paragraph]]] = field(default_factory=list)

    def add(
        self, run: Run, is_bold: bool = False, size: int = 0, raising: str = "", around: str = ""
    ) -> None:
        """Add a piece of the paragraph; `around` is the kind of what all of it stands in."""
        if run.kind == "text" and run.text.strip():
            self._is_bold &= is_bold
            self._size = max(self._size, size)
            self._kind = self._kind or around
        if run.kind == "text" and raising == "super":
            last = self._runs[-1] if self._runs else Run("")
            run = raised(run.text, last.text if last.kind == "text" else "")
        elif run.kind == "text" and raising == "sub":
            run = lowered(run.text)
        self._runs.append(run)

    @property
    def is_empty(self) -> bool:
        """Whether the paragraph has no text yet."""
        return not any(run.text.strip() for run in self._runs if run.kind != "caption")

    def put_beside(self, told: list[Paragraph], *, is_note: bool) -> None:
        """Put a note, or a text box, after the paragraph; a box that comes first before it."""
        if is_note or self.format.is_in_table or not self.is_empty:
            self.beside += told
        else:
            self.paragraphs += told

    def label(self, text: str) -> None:
        """Add to the number that a list shows before the paragraph."""
        self._label.append(text)

    def end_paragraph(self) -> None:
        """End the paragraph."""
        made = self._paragraph()
        if self.format.is_in_table:
            self._cell.append(made)
        else:
            self._end_table()
            self.paragraphs += [made, *self.beside]
            self.beside = []

    def end_cell(self) -> None:
        """End a cell of a table, and the paragraph in it."""
        self._cell += [self._paragraph(), *self.beside]
        self.beside = []
        self._row.append(self._cell)
        self._cell = []

    def end_row(self) -> None:
        """End a row of a table."""
        if self._runs:
            self.end_cell()
        if self._row:
            self._rows.append(self._row)
        self._row = []

    def end(self) -> list[Paragraph]:
        """End the flow; returns its paragraphs."""
        if self._runs or self.beside:
            self.format.is_in_table = self.format.is_in_table and bool(self._row or self._cell)
            self.end_paragraph()
        if self._cell:
            self.end_cell()
        self.end_row()
        self._end_table()
        return self.paragraphs

    def _paragraph(self) -> Paragraph:
        style = self.head.styles.get(self.format.style, Style())
        kind = self._kind or style.kind
        level = (style.level if self.format.level is None else self.format.level) or 0
        label = " ".join("".join(self._label).split())
        made = Paragraph(
            self._runs,
            kind,
            level if kind == "text" and not self.format.is_in_table else 0,
            label if any(map(str.isalnum, label)) else "",
            look=Look(self._is_bold and bool(self._runs), self.format.is_centred, self._size),
        )
        self._runs, self._label, self._kind = [], [], ""
        self._is_bold, self._size = True, 0
        return made

    def _end_table(self) -> None:
        if self._cell or self._row:
            self._row += [self._cell] if self._cell else []
            self._rows.append(self._row)
            self._cell, self._row = [], []
        if not self._rows:
            return
        cells = [cell for row in self._rows for cell in row]
        length = sum(len(paragraph.text) for cell in cells for paragraph in cell)
        if is_layout(len(cells), len(self._rows), length):
            self.paragraphs += (paragraph for cell in cells for paragraph in cell)
        else:
            self.paragraphs += table_of(self._rows)
        self._rows = []
