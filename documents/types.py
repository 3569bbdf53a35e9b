"""Types of documents: chapters made of parts, and the rules for what is spoken."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self

from common.errors import Message

TEXT = "text"
GLUES = ("", " ", "\n", "\n\n")  # from the weakest to the strongest separation


@dataclass(frozen=True, slots=True)
class Rule:
    """Rule that leaves parts of a kind out unless somebody wants them; `label` is for people."""

    kind: str
    label: str
    is_left_out: bool


_RULES = (
    Rule("running_head", "Page headers", True),
    Rule("running_foot", "Page footers", True),
    Rule("page_number", "Page numbers", True),
    Rule("note_mark", "Footnote numbers", True),
    Rule("note", "Footnotes", True),
    Rule("hyphen", "Hyphens at line ends", True),
    Rule("ligature", "Ligatures", True),
    Rule("table", "Tables", True),
    Rule("code", "Program code", True),
    Rule("link", "Web addresses", True),
    Rule("caption", "Image captions", True),
    Rule("contents", "Printed table of contents", True),
    Rule("navigation", "Menus and page decoration", True),
    Rule("reference", "Citation marks", True),
    Rule("mark", "Caption numbers and times", True),
    Rule("bullet", "Bullets and ornaments", True),
    Rule("front_matter", "Title pages, imprints and licences", True),
    Rule("formula", "Formulas as written", True),
    Rule("comment", "Reader comments", True),
    Rule("teaser", "Links to other stories and advertisements", True),
    Rule("sound", "Sound descriptions", True),
    Rule("watermark", "Watermarks", True),
    Rule("scan_mark", "Page marks of scans", True),
    Rule("speaker", "Speaker names", False),
    Rule("heading", "Headings", False),
)
RULES: Mapping[str, Rule] = MappingProxyType({rule.kind: rule for rule in _RULES})
LEFT_OUT: frozenset[str] = frozenset(rule.kind for rule in _RULES if rule.is_left_out)
KINDS: frozenset[str] = frozenset({TEXT, *RULES})
INLINE = frozenset(
    {TEXT, "note_mark", "hyphen", "ligature", "link", "reference", "speaker", "bullet", "formula"}
)


@dataclass(frozen=True, slots=True)
class TextRun:
    """A piece of a chapter's source; `kind` is "text", or the rule that may leave it out.

    `glue` separates it from the part before: "" inside a word, " ", "\\n", or "\\n\\n" between
    paragraphs. `replaced_by` is spoken instead of `text` while the rule is on: the plain letters
    of a ligature, the hyphen of a compound that was broken at a line's end, a formula in words.
    """

    text: str
    kind: str = TEXT
    glue: str = ""
    replaced_by: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"There is no rule for parts of the kind {self.kind!r}.")
        if self.glue not in GLUES:
            raise ValueError(f"Parts are not separated by {self.glue!r}.")
        _refuse_others(str, self.text, "" if self.replaced_by is None else self.replaced_by)

    def to_dict(self) -> dict[str, str]:
        """Convert to a dictionary of the fields that differ from their defaults."""
        fields = {"text": self.text}
        if self.kind != TEXT:
            fields["kind"] = self.kind
        if self.glue:
            fields["glue"] = self.glue
        if self.replaced_by is not None:
            fields["replaced_by"] = self.replaced_by
        return fields

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """Make a part from what `to_dict` gave; raises TypeError or ValueError."""
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A titled stretch of a document; `level` is 1 for chapters, 2 for sections in them."""

    title: str
    level: int
    parts: tuple[TextRun, ...]

    def __post_init__(self) -> None:
        _refuse_others(str, self.title)
        _refuse_others(int, self.level)

    def to_dict(self) -> dict[str, Any]:
        """Convert to a dictionary for JSON."""
        parts = [part.to_dict() for part in self.parts]
        return {"title": self.title, "level": self.level, "parts": parts}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """Make one from what `to_dict` gave."""
        parts = tuple(TextRun(**part) for part in fields["parts"])
        return cls(fields["title"], fields["level"], parts)


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read; `language` is the BCP 47 tag that it gives itself, or "".

    `source` is the kind of file, such as "pdf".

    `cover` is an image of the type `cover_type`, such as "image/jpeg", or None and "". `notes`
    are sentences for people about what could not be read. `encoding` is the name of the one that
    the text was read in where another one may be right, else "".
    """

    title: str
    chapters: tuple[Chapter, ...]
    source: str
    author: str = ""
    language: str = ""
    cover: bytes | None = None
    cover_type: str = ""
    notes: tuple[str, ...] = ()
    encoding: str = ""

    def __post_init__(self) -> None:
        _refuse_others(str, self.title, self.source, self.author, self.language, self.cover_type)
        _refuse_others(str, self.encoding)

    def to_dict(self) -> dict[str, Any]:
        """Convert to a dictionary for JSON: the cover in base 64, notes as template and values."""
        return {
            "title": self.title,
            "author": self.author,
            "language": self.language,
            "source": self.source,
            "cover": base64.b64encode(self.cover).decode() if self.cover else None,
            "cover_type": self.cover_type,
            "notes": [_note_to_json(note) for note in self.notes],
            "encoding": self.encoding,
            "chapters": [chapter.to_dict() for chapter in self.chapters],
        }

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """Make one from what `to_dict` gave."""
        cover = fields["cover"]
        return cls(
            title=fields["title"],
            author=fields["author"],
            language=fields["language"],
            source=fields["source"],
            cover=base64.b64decode(cover) if cover else None,
            cover_type=fields["cover_type"],
            notes=tuple(Message(note["text"], **note["values"]) for note in fields["notes"]),
            encoding=fields.get("encoding", ""),
            chapters=tuple(Chapter.from_dict(chapter) for chapter in fields["chapters"]),
        )


def _refuse_others(kind: type, *values: Any) -> None:
    """Raise TypeError for values of another type: JSON may hold anything."""
    for value in values:
        if not isinstance(value, kind):
            raise TypeError(f"{values!r} is not of the type {kind.__name__}.")


def compose(
    chapter: Chapter,
    leave_out: frozenset[str] = LEFT_OUT,
    overrides: Mapping[int, bool] = MappingProxyType({}),
) -> str:
    """Compose the text of a chapter without the kinds that are left out.

    `overrides` says for single parts, by index, whether they are spoken. Parts that are spoken
    although a rule could leave them out stand as they do in the source.
    """
    pieces: list[str] = []
    before: TextRun | None = None
    waiting = ""
    for index, part in enumerate(chapter.parts):
        is_wanted = overrides.get(index, part.kind not in leave_out)
        spoken = part.text if is_wanted else part.replaced_by or ""
        if not spoken:
            # A paragraph still begins where the address that it began with is left out.
            if part.kind in INLINE or part.glue == " ":
                waiting = _stronger(waiting, part.glue)
            continue
        if before is not None:
            pieces.append(_separation(before, part, waiting))
        pieces.append(spoken)
        before, waiting = part, ""
    return "".join(pieces)


def _separation(before: TextRun, part: TextRun, waiting: str) -> str:
    glue = part.glue
    if waiting.startswith("\n") or part.text[:1].isalnum():
        glue = _stronger(waiting, glue)
    # A text goes on after a running head as if that were not there. Where the head is spoken,
    # the text after it stands as far from the head as the head from what came before.
    return glue if before.kind in INLINE else _stronger(before.glue, glue)


def _stronger(one: str, other: str) -> str:
    return max(one, other, key=GLUES.index)


def _note_to_json(note: str) -> dict[str, Any]:
    if isinstance(note, Message):
        return {"text": note.template, "values": note.values}
    return {"text": note.replace("{", "{{").replace("}", "}}"), "values": {}}
