"""Selections from a document: by rules, chapters and single parts, with texts of people's own."""

import json
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple, Self

from documents.types import LEFT_OUT, RULES, TEXT, Document, compose
from speech.text.directives import ReadingOptions

ONE, EACH = "one", "each"
SHAPES = (ONE, EACH)
SHOWN_CHARACTERS = 30_000
# Their rules are followed without a word: a switch for each of them would hide the text.
LETTERS = frozenset({"hyphen", "ligature"})


@dataclass(frozen=True, slots=True)
class DocumentSelection:
    """Choices of a document: kinds left out, chapters skipped, and differences from the rules.

    Chapters and parts go by their number. `parts` says for single parts whether they are spoken,
    `texts` and `titles` stand in the place of a chapter's own. `voice`, `speed`, `group`,
    `shape` ("one" audiobook, or a file for "each" chapter) and `reading` (cast, pauses) are those
    chosen last.
    """

    left_out: frozenset[str] = LEFT_OUT
    skipped: frozenset[int] = frozenset()
    parts: Mapping[int, Mapping[int, bool]] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    titles: Mapping[int, str] = field(default_factory=dict)
    voice: str = ""
    speed: float = 1.0
    group: str = ""
    shape: str = ONE
    reading: ReadingOptions = field(default_factory=ReadingOptions)

    def text(self, document: Document, number: int) -> str:
        """The text of a chapter that is spoken."""
        if number in self.texts:
            return self.texts[number]
        return compose(document.chapters[number], self.left_out, self.parts.get(number, {}))

    def title(self, document: Document, number: int) -> str:
        """The title of a chapter."""
        return self.titles.get(number, document.chapters[number].title)

    def is_spoken(self, document: Document, number: int, part: int) -> bool:
        """Whether a part of a chapter is spoken, in a chapter that was not rewritten."""
        kind = document.chapters[number].parts[part].kind
        return self.parts.get(number, {}).get(part, kind not in self.left_out)

    # Changes: each returns other choices.

    def with_rules(self, spoken: Collection[str]) -> Self:
        """The choices with these kinds spoken, and all others left out."""
        return replace(self, left_out=frozenset(RULES) - frozenset(spoken))

    def with_chapters(self, document: Document, ticked: Collection[int]) -> Self:
        """The choices with these chapters spoken, and all others skipped."""
        return replace(self, skipped=frozenset(range(len(document.chapters))) - frozenset(ticked))

    def with_part(self, document: Document, number: int, part: int, is_spoken: bool) -> Self:
        """The choices with one part spoken or not, whatever the rule of its kind says."""
        kind = document.chapters[number].parts[part].kind
        own = {**self.parts.get(number, {}), part: is_spoken}
        if is_spoken == (kind not in self.left_out):
            del own[part]
        return replace(self, parts=_with(self.parts, number, own or None))

    def with_text(self, number: int, text: str | None) -> Self:
        """The choices with a chapter's own text, or with None the one that was read."""
        return replace(self, texts=_with(self.texts, number, text))

    def with_title(self, number: int, title: str | None) -> Self:
        """The choices with another title for a chapter, or with None the one that was read."""
        return replace(self, titles=_with(self.titles, number, title))

    def onto(self, base: Self, stored: Self) -> Self:
        """Apply to the stored choices what these differ in from `base`, without chapters.

        So two people, or one in two tabs, change different things without undoing each other's.
        """
        changed: dict[str, Any] = {}
        for name in ("left_out", "skipped"):
            mine, old, now = (getattr(choices, name) for choices in (self, base, stored))
            changed[name] = (now - (mine ^ old)) | (mine - old)
        for name in ("voice", "speed", "group", "shape", "reading"):
            mine, old = getattr(self, name), getattr(base, name)
            changed[name] = getattr(stored, name) if mine == old else mine
        return replace(stored, **changed)

    def without_chapters(self) -> Self:
        """The choices of the whole document alone."""
        return replace(self, parts={}, texts={}, titles={})

    # As JSON

    def to_json(self) -> str:
        """The choices as JSON, to be stored."""
        fields = asdict(self)
        fields |= {name: sorted(fields[name]) for name in ("left_out", "skipped")}
        return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` gave; what does not fit is passed over, so that it always opens."""
        try:
            fields = json.loads(text)
        except ValueError:
            fields = {}
        return cls(**dict(_read(fields))) if isinstance(fields, dict) else cls()


def count_kinds(document: Document) -> dict[str, int]:
    """Count the parts that each rule has in a document, in the order of the rules."""
    found: dict[str, int] = {}
    for chapter in document.chapters:
        for part in chapter.parts:
            if part.kind != TEXT:
                found[part.kind] = found.get(part.kind, 0) + 1
    return {kind: found[kind] for kind in RULES if kind in found}


class ShownRun(NamedTuple):
    """A part of a chapter to look at; `is_switch` where a rule may leave it out.

    `reading` is said in its place where it is not spoken as it is written, such as a formula.
    """

    part: int
    text: str
    kind: str
    glue: str
    is_spoken: bool
    is_switch: bool
    reading: str = ""


def paragraphs(
    document: Document, choices: DocumentSelection, number: int, first: int = 0
) -> tuple[list[list[ShownRun]], int | None]:
    """The parts of a chapter from `first` on, by paragraphs, and where the next stretch begins.

    A stretch has about 30,000 characters; there is none after the last one.
    """
    parts = document.chapters[number].parts
    found: list[list[ShownRun]] = []
    characters = 0
    for place in range(first, len(parts)):
        part = parts[place]
        if part.glue == "\n\n" or not found:
            if characters > SHOWN_CHARACTERS:
                return found, place
            found.append([])
        is_spoken = choices.is_spoken(document, number, place)
        is_letter = part.kind in LETTERS
        text = part.text if is_spoken or not is_letter else part.replaced_by or ""
        is_switch = part.kind != TEXT and not is_letter
        reading = part.replaced_by or "" if is_switch else ""
        found[-1].append(ShownRun(place, text, part.kind, part.glue, is_spoken, is_switch, reading))
        characters += len(text)
    return found, None


def _with(known: Mapping[int, Any], number: int, value: Any) -> dict[int, Any]:
    changed = {**known, number: value}
    if value is None:
        del changed[number]
    return changed


def _read(fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, read in READERS.items():
        if name in fields:
            with suppress(AttributeError, TypeError, ValueError):
                yield name, read(fields[name])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _speed(value: Any) -> float:
    speed = float(value)
    if not math.isfinite(speed):
        raise ValueError
    return speed


def _shape(value: Any) -> str:
    if value not in SHAPES:
        raise ValueError
    return value


def _numbered(read: Callable[[Any], Any]) -> Callable[[Any], dict[int, Any]]:
    return lambda value: {int(number): read(one) for number, one in value.items()}


def _reading(value: Any) -> ReadingOptions:
    found: ReadingOptions = {}
    if cast := {_text(name): _text(voice) for name, voice in value.get("cast", {}).items()}:
        found["cast"] = cast
    if "paragraph_pause_ms" in value:
        found["paragraph_pause_ms"] = int(value["paragraph_pause_ms"])
    return found


READERS: dict[str, Callable[[Any], Any]] = {
    "left_out": lambda kinds: frozenset(kinds) & frozenset(RULES),
    "skipped": lambda numbers: frozenset(map(int, numbers)),
    "parts": _numbered(_numbered(_truth)),
    "texts": _numbered(_text),
    "titles": _numbered(_text),
    "voice": _text,
    "speed": _speed,
    "group": _text,
    "shape": _shape,
    "reading": _reading,
}
