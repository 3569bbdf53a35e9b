"""Builder of documents: collects what a reader finds, in order, and makes chapters of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain

from babel.core import get_global

from documents.errors import EmptyDocument, TooLargeInside
from documents.text_cleaning import is_ornament, one_line, parts_of
from documents.types import LEFT_OUT, Chapter, Document, TextRun

PARAGRAPH = "\n\n"
MOST_PARTS = 400_000
LONGEST_TITLE = 300
UNTITLED = LEFT_OUT - {"hyphen", "ligature", "link", "formula"}
JOINED = frozenset(("navigation", "contents"))
JOINED_SIZE = 2000  # characters
DEPTH = 2  # levels of headings that begin chapters; deeper ones stand in the text


@dataclass(slots=True)
class Stretch:
    """The parts from one heading to the next; level 0 is what comes before the first."""

    title: str
    level: int
    parts: list[TextRun] = field(default_factory=list)


class Builder:
    """Takes headings, paragraphs and what is left out; `document` makes chapters of them."""

    def __init__(self, *, chapters_given: bool = False, title_given: bool = False) -> None:
        self.title = self.author = self.language = ""
        self.cover: bytes | None = None
        self.cover_type = ""
        self.notes: list[str] = []
        self._chapters_given = chapters_given
        self.title_given = title_given
        self._stretches = [Stretch("", 0)]
        self._parts_left = MOST_PARTS

    def chapter(self, title: str, level: int) -> None:
        """Begin a chapter that the document's own table of contents names."""
        self._stretches.append(Stretch(one_line(title)[:LONGEST_TITLE], max(1, level)))

    def heading(self, parts: Iterable[TextRun], level: int) -> None:
        """Add a heading in the text; without a table of contents it may begin a chapter."""
        made = [_as_heading(part) for part in parts]
        shown = (_shown(part) for part in made if part.kind not in UNTITLED)
        title = one_line("".join(shown)) or one_line("".join(map(_shown, made)))
        if not title:
            return
        if not self._chapters_given:
            self._stretches.append(Stretch(title[:LONGEST_TITLE], level))
        self.parts(made)

    def paragraph(self, text: str, kind: str = "text", glue: str = PARAGRAPH) -> None:
        """Add a paragraph of plain text, or of a kind that has a rule."""
        if not text:
            return
        parts = self._stretches[-1].parts
        last = parts[-1] if parts else None
        if kind in JOINED and last and last.kind == kind and len(last.text) < JOINED_SIZE:
            # The lines of a menu are one thing to look at, not fifty.
            parts[-1] = replace(last, text=f"{last.text}\n{text}")
        else:
            self.parts(parts_of(text, glue, kind))

    def joined(self, text: str, kind: str, glue: str, *, is_same: bool) -> None:
        """Add a line that is left out; after one of the same kind it continues that."""
        parts = self._stretches[-1].parts
        last = parts[-1] if parts else None
        if is_same and last and last.kind == kind and len(last.text) < JOINED_SIZE:
            parts[-1] = replace(last, text=f"{last.text}{glue}{text}")
        else:
            self.paragraph(text, kind)

    def parts(self, parts: Iterable[TextRun]) -> None:
        """Add parts as they are."""
        made = list(parts)
        self._parts_left -= len(made)
        if self._parts_left < 0:
            raise TooLargeInside
        self._stretches[-1].parts += made

    def document(self, source: str, fallback_title: str) -> Document:
        """Make the document; raises EmptyDocument where there is nothing to say."""
        stretches = self._stretches
        if not any(_has_words(stretch.parts) for stretch in stretches):
            raise EmptyDocument
        if not self._chapters_given:
            stretches = self._by_headings(stretches)
        if len(stretches) > 1 and not _has_words(_spoken(stretches[0].parts)):
            stretches[1].parts = stretches[0].parts + stretches[1].parts
            stretches = stretches[1:]
        title = one_line(self.title)[:LONGEST_TITLE] or one_line(fallback_title)
        chapters = [
            Chapter(stretch.title or title, max(1, stretch.level), _merged(stretch.parts))
            for stretch in stretches
            if stretch.level or stretch.parts
        ]
        return Document(
            title=title,
            chapters=tuple(chapters),
            source=source,
            author=one_line(self.author)[:LONGEST_TITLE],
            language=language_tag(self.language),
            cover=self.cover,
            cover_type=self.cover_type if self.cover else "",
            notes=tuple(self.notes),
        )

    def _by_headings(self, stretches: list[Stretch]) -> list[Stretch]:
        """Headings of the two upper levels begin chapters; a single one on top is the title."""
        levels = [stretch.level for stretch in stretches if stretch.level]
        if not levels:
            return stretches
        top = min(levels)
        first = next(stretch.title for stretch in stretches if stretch.level)
        is_title = not self.title_given
        if levels.count(top) == 1 and levels[0] == top and len(levels) > 1 and is_title:
            self.title = self.title or first
            top = min(level for level in levels if level > top)
        deepest = sorted({level for level in levels if level >= top})[:DEPTH][-1]
        made: list[Stretch] = []
        for stretch in stretches:
            if made and stretch.level > deepest:
                made[-1].parts += stretch.parts
            elif stretch.level or stretch.parts:
                made.append(Stretch(stretch.title, _depth(stretch.level, top), stretch.parts))
        return made


def _depth(level: int, top: int) -> int:
    if level == 0:
        return 0
    return 1 if level <= top else 2


def language_tag(written: str) -> str:
    """Write a language as BCP 47 does, "" where it is none: "EN_us" becomes "en-US"."""
    first, *rest = written.strip().replace("_", "-").split("-")
    if not (first.isascii() and first.isalpha() and 2 <= len(first) <= 3):
        return ""
    if first.lower() in ("und", "mul", "zxx"):
        return ""
    language = first.lower()
    # Books name theirs in three letters, too: "ger" is "de".
    known = get_global("language_aliases").get(language, language) if len(first) == 3 else language
    tag = [known if known.isalpha() else language]
    for subtag in rest[:3]:
        if not (subtag.isascii() and subtag.isalnum()):
            break
        if len(subtag) == 2:
            tag.append(subtag.upper())
        else:
            tag.append(subtag.title() if len(subtag) == 4 else subtag.lower())
    return "-".join(tag)


def _as_heading(part: TextRun) -> TextRun:
    return TextRun(part.text, "heading", part.glue) if part.kind == "text" else part


def _shown(part: TextRun) -> str:
    return part.glue + (part.text if part.replaced_by is None else part.replaced_by)


def _merged(parts: Iterable[TextRun]) -> tuple[TextRun, ...]:
    """The parts with the pieces of running text, such as the lines of a paragraph, as one."""
    made: list[TextRun] = []
    pieces: list[str] = []
    for part in parts:
        if pieces and part.kind == "text" and "\n" not in part.glue:
            pieces += (part.glue, part.text)
            continue
        if len(pieces) > 1:
            made[-1] = replace(made[-1], text="".join(pieces))
        made.append(part)
        pieces = [part.text] if part.kind == "text" else []
    if len(pieces) > 1:
        made[-1] = replace(made[-1], text="".join(pieces))
    return tuple(_with_ornaments(made))


def _with_ornaments(parts: list[TextRun]) -> Iterator[TextRun]:
    """The parts, what stands between scenes in place of a sentence as what it is."""
    following = chain((part.glue for part in parts[1:]), [PARAGRAPH])
    for part, after in zip(parts, following, strict=False):
        is_alone = part.kind == "text" and part.glue == after == PARAGRAPH
        yield replace(part, kind="bullet") if is_alone and is_ornament(part.text) else part


def _spoken(parts: Iterable[TextRun]) -> Iterable[TextRun]:
    return (part for part in parts if part.kind not in LEFT_OUT or part.replaced_by)


def _has_words(parts: Iterable[TextRun]) -> bool:
    return any(any(map(str.isalnum, part.text)) for part in parts)
