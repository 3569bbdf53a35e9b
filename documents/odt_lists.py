"""Lists of an OpenDocument text: the number that each paragraph shows."""

from dataclasses import dataclass, field

from lxml import etree

from documents.odt_styles import TEXT, ListLevel, Styles, whole

ID = "{http://www.w3.org/XML/1998/namespace}id"
LARGEST = 1_000_000
LONGEST_LABEL = 60


@dataclass(slots=True)
class OpenList:
    """A list that is being read, at one of its levels; all levels share the counts."""

    style: str
    depth: int
    counts: dict[int, int]


@dataclass(slots=True)
class Item:
    """An item of a list; only its first paragraph shows the number."""

    of: OpenList
    start: str = ""
    is_counted: bool = False


@dataclass(slots=True)
class Lists:
    """Counts the items of all lists, and the headings."""

    styles: Styles
    _by_id: dict[str, dict[int, int]] = field(default_factory=dict)
    _last: dict[str, dict[int, int]] = field(default_factory=dict)
    _headings: dict[int, int] = field(default_factory=dict)

    def open(self, node: etree._Element, around: OpenList | None) -> OpenList:
        """Begin a list, or a level of the list around it."""
        style = node.get(f"{TEXT}style-name") or (around.style if around else "")
        goes_on = node.get(f"{TEXT}continue-numbering") == "true"
        if around:
            made = OpenList(style, around.depth + 1, around.counts)
            if not goes_on:
                _forget(made.counts, made.depth)
            return made
        continued = node.get(f"{TEXT}continue-list")
        counts = self._by_id.get(continued) if continued else None
        if counts is None:
            counts = self._last.get(style, {}) if goes_on else {}
        self._by_id[node.get(ID, "")] = self._last[style] = counts
        return OpenList(style, 1, counts)

    def count(self, item: Item, paragraph_style: str) -> str:
        """Count an item; returns the number that it shows, "" for dots."""
        if item.is_counted:
            return ""
        item.is_counted = True
        levels = self.styles.lists.get(item.of.style or paragraph_style, {})
        counts, depth = item.of.counts, item.of.depth
        if item.start:
            counts[depth] = whole(item.start, 1)
        else:
            _advance(counts, depth, levels.get(depth, ListLevel()))
        return _label(levels, counts, depth)

    def count_heading(self, level: int, start: str) -> str:
        """Count a heading; returns the number that it shows, "" where headings have none."""
        counts = self._headings
        if start:
            counts[level] = whole(start, 1)
        else:
            _advance(counts, level, self.styles.outline.get(level, ListLevel()))
        return _label(self.styles.outline, counts, level)


def _advance(counts: dict[int, int], depth: int, level: ListLevel) -> None:
    counts[depth] = min(counts[depth] + 1, LARGEST) if depth in counts else level.start
    _forget(counts, depth + 1)


def _forget(counts: dict[int, int], depth: int) -> None:
    for deeper in [each for each in counts if each >= depth]:
        del counts[deeper]


def _label(levels: dict[int, ListLevel], counts: dict[int, int], depth: int) -> str:
    level = levels.get(depth, ListLevel())
    if not level.shape:
        return ""
    first = max(1, depth - level.shown + 1)
    above = ((levels.get(each, ListLevel()), each) for each in range(first, depth + 1))
    numbers = (each.number(counts.get(place, each.start)) for each, place in above)
    made = f"{level.before}{'.'.join(filter(None, numbers))}{level.after}"
    return " ".join(made.split())[:LONGEST_LABEL]
