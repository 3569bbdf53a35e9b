"""Lists of a Word file: the number that each paragraph shows."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from lxml import etree

from documents.docx_package import W, toggle, value
from documents.list_numbers import filled, written
from documents.text_cleaning import one_line

DEPTH = 9
LONGEST_LABEL = 60
LARGEST = 1_000_000


class Label(NamedTuple):
    """A number as it is shown; `glue` separates it from the text."""

    text: str
    glue: str


@dataclass(frozen=True, slots=True)
class Level:
    """How a level of a list counts; `restart` is the level that begins it anew, from 1 on.

    Without one, each upper level does; 0 is for none.
    """

    shape: str = "decimal"
    pattern: str = ""
    start: int = 1
    restart: int | None = None
    is_plain: bool = False
    suffix: str = ""
    style: str = ""


@dataclass(slots=True)
class Numbers:
    """A list: its levels, whose counters it shares with others of the same `owner`."""

    owner: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the paragraphs of all lists of a document."""

    def __init__(self, root: etree._Element | None) -> None:
        self._lists: dict[str, Numbers] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is not None:
            self._read(root)

    def style_level(self, number: str, style: str) -> int:
        """Find the level of a list that belongs to a paragraph style, 0 where none does."""
        found = self._lists.get(number)
        levels = found.levels.items() if found else ()
        return next((depth for depth, level in levels if level.style == style), 0)

    def count(self, number: str, depth: int) -> Label | None:
        """Count a paragraph; returns the number that it shows, None for dots and unknown lists."""
        found = self._lists.get(number)
        if found is None or not 0 <= depth < DEPTH:
            return None
        counts = self._counts.setdefault(found.owner, [None] * DEPTH)
        self._advance(found, number, depth, counts)
        level = found.levels.get(depth, Level())
        if level.shape in ("bullet", "none") and "%" not in level.pattern:
            return None
        numbers = []
        for upper in range(depth + 1):
            above, shown = found.levels.get(upper, Level()), counts[upper]
            shape = "decimal" if level.is_plain else above.shape
            numbers.append(written(above.start if shown is None else shown, shape))
        text = one_line(filled(level.pattern, numbers))[:LONGEST_LABEL]
        if not any(map(str.isalnum, text)):
            return None
        return Label(text, "" if level.suffix == "nothing" else " ")

    def _advance(self, found: Numbers, number: str, depth: int, counts: list[int | None]) -> None:
        level = found.levels.get(depth, Level())
        before = counts[depth]
        counts[depth] = level.start if before is None else min(before + 1, LARGEST)
        if (number, depth) not in self._begun:
            self._begun.add((number, depth))
            counts[depth] = found.starts.get(depth, counts[depth])
        for deeper in range(depth + 1, DEPTH):
            restart = found.levels.get(deeper, Level()).restart
            if restart is None or depth < restart:
                counts[deeper] = None

    def _read(self, root: etree._Element) -> None:
        shapes, links, named = {}, {}, {}
        for abstract in root.iterfind(f"{W}abstractNum"):
            name = abstract.get(f"{W}abstractNumId", "")
            shapes[name] = dict(map(_level, abstract.iterfind(f"{W}lvl")))
            links[name] = value(abstract, f"{W}numStyleLink")
            if style := value(abstract, f"{W}styleLink"):
                named[style] = name
        for num in root.iterfind(f"{W}num"):
            owner = value(num, f"{W}abstractNumId")
            # A list may take its levels from that of a list style.
            owner = named.get(links.get(owner, ""), owner)
            made = Numbers(owner, dict(shapes.get(owner, {})))
            for change in num.iterfind(f"{W}lvlOverride"):
                depth = _whole(change.get(f"{W}ilvl"), 0)
                if (written_anew := change.find(f"{W}lvl")) is not None:
                    made.levels[depth] = _level(written_anew)[1]
                if start := value(change, f"{W}startOverride"):
                    made.starts[depth] = _whole(start, 1)
                    level = made.levels.get(depth, Level())
                    made.levels[depth] = replace(level, start=made.starts[depth])
            self._lists[num.get(f"{W}numId", "")] = made


def _level(node: etree._Element) -> tuple[int, Level]:
    shape = next((each.get(f"{W}val", "") for each in node.iter(f"{W}numFmt")), "decimal")
    restart = value(node, f"{W}lvlRestart")
    level = Level(
        shape,
        value(node, f"{W}lvlText"),
        _whole(value(node, f"{W}start"), 1),
        _whole(restart, 0) if restart else None,
        bool(toggle(node, "isLgl")),
        value(node, f"{W}suff"),
        value(node, f"{W}pStyle"),
    )
    return _whole(node.get(f"{W}ilvl"), 0), level


def _whole(text: str | None, otherwise: int) -> int:
    is_number = text is not None and text.isdecimal() and len(text) <= 6
    return int(text) if text is not None and is_number else otherwise
