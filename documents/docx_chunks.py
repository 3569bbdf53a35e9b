"""Files in other formats that a Word file takes into its text: pages of HTML and plain texts."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from documents.builder import Builder
from documents.docx_package import Package
from documents.encodings import decode
from documents.office_paragraphs import Paragraph
from documents.text_cleaning import one_line

PAGES = (".htm", ".html", ".xhtml")
BLANK_LINE = "\n\n"


@dataclass(slots=True)
class Page(Paragraph):
    """A page of HTML that stands between two paragraphs."""

    data: bytes = b""

    def tell(self, builder: Builder) -> None:
        """Tell a builder what the page holds."""
        from documents.html import parse
        from documents.html_walker import Flow

        if (body := parse(self.data, "").body) is not None:
            Flow(builder).walk(body)


def read_chunk(package: Package, name: str) -> list[Paragraph] | None:
    """Read the file that a relation names; None where it is in a format that is left out."""
    relation = package.relation(name)
    if relation is None or relation.target not in package.archive:
        return None
    suffix = PurePosixPath(relation.target.lower()).suffix
    if suffix in PAGES:
        return [Page([], "page", data=package.archive.read(relation.target))]
    if suffix != ".txt":
        return None
    text = decode(package.archive.read(relation.target)).text
    blocks = text.replace("\r\n", "\n").split(BLANK_LINE)
    return [Paragraph.of(one_line(block)) for block in blocks]
