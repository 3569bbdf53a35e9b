"""Makes documents whose chapters and spoken text are known, for tests and the benchmark."""

import random
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as DocxPart
from docx.oxml import parse_xml
from fpdf import FPDF

NAMES = (
    "harbour morning letter window street garden winter table market bridge island captain "
    "teacher paper silver lantern evening journey mountain village question answer kitchen "
    "corner shoulder orchard river cottage painter doctor engine copper feather meadow"
)
VERBS = "found carried opened followed painted remembered crossed watched repaired answered"
NOUNS, DOINGS = NAMES.split(), VERBS.split()
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a chapter should be: its level, its title and what is spoken."""

    level: int
    title: str
    spoken: str


def sentences(count: int, seed: int) -> str:
    """So many sentences, another lot for each seed."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        one, two, three = chance.sample(NOUNS, 3)
        made.append(f"The {one} {chance.choice(DOINGS)} a {two} near the {three}.")
    return " ".join(made)


def paragraphs(count: int, seed: int, size: int = 4) -> list[str]:
    """So many paragraphs of `size` sentences."""
    return [sentences(size, seed * 1000 + number) for number in range(count)]


def spoken(*blocks: str) -> str:
    """Paragraphs as they are composed."""
    return "\n\n".join(blocks)


def zipped(files: dict[str, str | bytes], first: str = "") -> bytes:
    """An archive; the entry named `first` is stored, as EPUB wants it."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            kind = zipfile.ZIP_STORED if name == first else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, kind)
    return made.getvalue()


CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
    '<rootfiles><rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)


def xhtml(body: str, title: str = "") -> str:
    """A page of a book."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>{title}</title></head><body>{body}</body></html>"
    )


def epub(
    pages: dict[str, str],
    toc: Sequence[tuple[str, str]] | str = "",
    *,
    version: int = 3,
    beside: Sequence[str] = (),
    metadata: str = "",
    extra: dict[str, str | bytes] | None = None,
) -> bytes:
    """A book of pages by file name; `toc` is pairs of title and target, or a nav's own list."""
    manifest, spine = [], []
    for number, name in enumerate(pages):
        manifest.append(f'<item id="p{number}" href="{name}" media-type="application/xhtml+xml"/>')
        linear = ' linear="no"' if name in beside else ""
        spine.append(f'<itemref idref="p{number}"{linear}/>')
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
    }
    if toc and version == 3:
        listed = toc if isinstance(toc, str) else _nav_list(toc)
        files["OPS/nav.xhtml"] = xhtml(f'<nav epub:type="toc">{listed}</nav>')
        manifest.append(
            '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        )
    elif toc:
        files["OPS/toc.ncx"] = _ncx(toc)
        manifest.append('<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>')
    if extra and "OPS/cover.png" in extra:
        manifest.append(
            '<item id="cover" href="cover.png" properties="cover-image" media-type="image/png"/>'
        )
    files["OPS/book.opf"] = (
        f'<package xmlns="http://www.idpf.org/2007/opf" version="{version}.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Lantern</dc:title>'
        f"<dc:creator>Ada Holm</dc:creator><dc:language>en-gb</dc:language>{metadata}</metadata>"
        f"<manifest>{''.join(manifest)}</manifest>"
        f'<spine toc="ncx">{"".join(spine)}</spine></package>'
    )
    for name, page in pages.items():
        files[f"OPS/{name}"] = page if page.startswith("<?xml") else xhtml(page)
    return zipped(files | (extra or {}), "mimetype")


def _nav_list(toc: Sequence[tuple[str, str]]) -> str:
    lines = "".join(f'<li><a href="{target}">{title}</a></li>' for title, target in toc)
    return f"<ol>{lines}</ol>"


def _ncx(toc: Sequence[tuple[str, str]] | str) -> str:
    points = (
        f'<navPoint id="n{number}"><navLabel><text>{title}</text></navLabel>'
        f'<content src="{target}"/></navPoint>'
        for number, (title, target) in enumerate(toc)
    )
    return (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><navMap>'
        f"{''.join(points)}</navMap></ncx>"
    )


def saved(document: docx.document.Document) -> bytes:
    """The bytes of a Word document."""
    made = BytesIO()
    document.save(made)
    return made.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def add_footnotes(document: docx.document.Document, notes: dict[int, str]) -> None:
    """Give a Word document footnotes by number."""
    written = "".join(
        f'<w:footnote w:id="{number}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
        for number, text in notes.items()
    )
    part = DocxPart(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        f"<w:footnotes {W}>{written}</w:footnotes>".encode(),
        document.part.package,
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def add_xml(paragraph, xml: str) -> None:
    """Append an element, written without its namespace, to a paragraph or a body."""
    element = getattr(paragraph, "_p", paragraph)
    element.append(parse_xml(re.sub(r"<w:(\w+)", rf"<w:\1 {W}", xml, count=1)))


class Pdf:
    """A PDF with pages of wrapped lines, heads, feet, notes and columns."""

    def __init__(self, head: str = "", foot: str = "", size: int = 11) -> None:
        self.made = FPDF(format=(420, 595), unit="pt")
        self.made.set_auto_page_break(False)
        self._head, self._foot, self._size = head, foot, size
        self._y = 1e9
        self._notes: list[str] = []
        self.left, self.width = 60.0, 300.0

    def page(self) -> None:
        """Begin a page, with its head and its foot."""
        self.end_page()
        self.made.add_page()
        self.made.set_font("Times", size=9)
        number = self.made.page_no()
        if self._head:
            self.made.text(self.left, 30, self._head.format(page=number))
        if self._foot:
            self.made.text(200, 575, self._foot.format(page=number))
        self._y = 65.0

    def end_page(self) -> None:
        """Write the notes of the page."""
        self.made.set_font("Times", size=8)
        y = 550.0 - 10 * len(self._notes)
        for line in self._notes:
            self.made.text(self.left, y, line)
            y += 10
        self._notes = []

    def heading(self, text: str, size: int, level: int | None = None) -> None:
        """A heading in its own line; `level` puts it into the outline."""
        self._room(3 * size)
        self._y += size
        self.made.set_font("Times", "B", size)
        if level is not None:
            self.made.set_y(self._y - size)
            self.made.start_section(text, level)
        self.made.text(self.left, self._y, text)
        self._y += size

    def paragraph(
        self, text: str, font: str = "Times", *, indent: float = 0, after: float = 7
    ) -> None:
        """Wrapped lines, the first of them indented, with a little space after the last."""
        self.made.set_font(font, size=self._size)
        first, *words = text.split()
        line, room = first, self.width - indent
        for word in words:
            if self.made.get_string_width(f"{line} {word}") > room:
                self.line(line, font, indent)
                line, indent, room = word, 0.0, self.width
            else:
                line = f"{line} {word}"
        self.line(line, font, indent)
        self._y += after

    def with_font(self, font: Path, text: str) -> None:
        """A line in another font, which has more letters."""
        self.made.add_font("Other", fname=font)
        self.made.set_font("Other", size=8)
        self.made.text(self.left, self._y, text)

    def line(self, text: str, font: str = "Times", indent: float = 0) -> None:
        """One line; what stands between ^ and ^ is raised and small."""
        self._room(14)
        x = self.left + indent
        for number, piece in enumerate(text.split("^")):
            self.made.set_font(font, size=self._size if number % 2 == 0 else 7)
            self.made.text(x, self._y - (4 if number % 2 else 0), piece)
            x += self.made.get_string_width(piece)
        self._y += 14

    def space(self, height: float) -> None:
        """Leave room before what comes next."""
        self._y += height

    def row(self, cells: Sequence[str], step: float = 110) -> None:
        """The cells of a table's row."""
        self._room(14)
        self.made.set_font("Times", size=self._size)
        for number, cell in enumerate(cells):
            self.made.text(self.left + step * number, self._y, cell)
        self._y += 14

    def note(self, text: str) -> None:
        """A footnote on this page."""
        self._notes.append(text)

    def columns(self, left: Sequence[str], right: Sequence[str], *, by_row: bool) -> None:
        """Two columns of lines, written row by row or one column after the other."""
        self.made.set_font("Times", size=9)
        places = [(self.left, 80 + 12 * n, line) for n, line in enumerate(left)]
        others = [(self.left + 160, 80 + 12 * n, line) for n, line in enumerate(right)]
        order = places + others
        if by_row:
            order.sort(key=lambda place: place[1])
        for x, y, line in order:
            self.made.text(x, y, line)

    def lines_of(self, text: str, width: float, size: int) -> list[str]:
        """A text wrapped to a width in points."""
        self.made.set_font("Times", size=size)
        return self.made.multi_cell(width, size, text, dry_run=True, output="LINES", align="L")

    def bytes(self) -> bytes:
        """The finished document."""
        self.end_page()
        return bytes(self.made.output())

    def _room(self, height: float) -> None:
        if self._y + height > 540 - 10 * len(self._notes):
            self.page()


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """A file of that name and content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
