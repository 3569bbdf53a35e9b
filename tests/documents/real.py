"""Real books that Debian packages ship in several formats: what one says, the others must say."""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

from documents.read import read
from documents.types import Document, compose
from tests.documents.scoring import Score, alike

POLICY = Path("/usr/share/doc/debian-policy")
REFERENCE = Path("/usr/share/developers-reference")
NUMBER = re.compile(
    r"^(?:(?:Chapter|Appendix)\s+)?(?:\d+|[A-Z])(?:\.\d+)*\.?\s+(?=\S)", re.MULTILINE
)
DEPTH = 2  # pages have chapters of two levels, books of three


@dataclass(frozen=True, slots=True)
class Pair:
    """A book, and the same one in another format."""

    package: str
    book: Path
    other: Path

    @property
    def is_here(self) -> bool:
        "Whether the package has been installed."
        return self.book.exists() and self.other.exists()


PAIRS = (
    Pair("debian-policy", POLICY / "policy.epub", POLICY / "policy.pdf.gz"),
    Pair(
        "developers-reference",
        REFERENCE / "developers-reference.epub",
        REFERENCE / "developers-reference.pdf",
    ),
    Pair(
        "developers-reference",
        REFERENCE / "developers-reference.epub",
        REFERENCE / "developers-reference.html",
    ),
)
ALONE = (
    (Path("/usr/share/doc/libtasn1-doc/libtasn1.pdf"), "1 Introduction", 20),
    (Path("/usr/share/doc/shared-mime-info/shared-mime-info-spec.pdf"), "1. Introduction", 20),
    (POLICY / "fhs" / "fhs-3.0.html", "Dedication", 60),
    (Path("/usr/share/doc/nettle-dev/nettle.html"), "Nettle", 12),
    (POLICY / "policy.html" / "ch-source.html", "4. Source packages", 18),
)


def opened(path: Path, folder: Path) -> Document:
    """The document at a path, unpacked into a folder first where Debian packed it."""
    name = path.name.removesuffix(".gz")
    copy = folder / name
    copy.write_bytes(gzip.decompress(path.read_bytes()) if name != path.name else path.read_bytes())
    return read(copy, name)


def compared(pair: Pair, folder: Path) -> Score:
    """How much of the book's chapters and of their text the other format has, too."""
    book, other = (_texts(opened(path, folder)) for path in (pair.book, pair.other))
    common = [title for title in book if title in other]
    size = sum(len(book[title]) for title in common)
    same = sum(len(book[title]) * alike(book[title], other[title]) for title in common)
    return Score(len(common) / len(book), same / max(1, size), size)


def _texts(document: Document) -> dict[str, str]:
    """The text of each chapter by its title without numbers, sections in their chapters."""
    found: dict[str, str] = {}
    title = ""
    for chapter in document.chapters[1:]:
        if chapter.level <= DEPTH or not title:
            title = NUMBER.sub("", chapter.title)
        found[title] = f"{found.get(title, '')}{NUMBER.sub('', compose(chapter))}\n\n"
    return found
