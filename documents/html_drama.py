"""Plays in HTML: who speaks, in tables, in lists of definitions, and at the start of paragraphs."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from documents.html_kinds import BLOCKS, Attributes, classes_of, types_of
from documents.html_text import text_of
from documents.text_cleaning import one_line

SPEAKER_TYPES = frozenset(("z3998:persona", "persona"))
SPEAKER_CLASSES = frozenset(
    (
        "speaker",
        "speaker-name",
        "speakername",
        "persona",
        "personaname",
        "charname",
        "dialogue-name",
        "character-name",
        "charactername",
        "sprecher",
    )
)
BLOCK_CLASSES = SPEAKER_CLASSES | {"character", "personnage", "personaje", "personaggio"}
NAME_TAGS = frozenset(("b", "strong", "span", "i", "em"))
DIRECTION_TYPES = frozenset(("z3998:stage-direction", "stage-direction"))
SMALL_CAPITALS = frozenset(("smcap", "sc", "smallcaps", "small-caps", "smallcap"))
LONGEST_NAME = 40
NAME = re.compile(r"[^\W\d_][\w.'’-]{0,29}(?: [^\W\d_][\w.'’-]{0,29}){0,3}")
ENDING = " .:,;–—-"
AFTER_NAME = re.compile(r"\s*(?:[.:]\s*[–—]?|[–—])?\s*")
DIRECTION = re.compile(r"[(\[,]")
MOST_ROWS = 9999
FEWEST = 4  # speeches that show that names begin the paragraphs of a text


class Row(NamedTuple):
    """Row of a table: its first cell, None where that of the row `above` spans it, and the rest."""

    name: Any
    cells: list[Any]
    above: int


class Drama:
    """What in a page are names of speakers; looks through the page once."""

    def __init__(self, root: Any) -> None:
        self._names: set[int] = set()
        self._speeches: set[int] = set()
        self._going_on: set[int] = set()
        self._lists: set[int] = set()
        for table in root.css("table"):
            self._look_at_table(table)
        for listed in root.css("dl"):
            self._look_at_list(listed)
        self._look_at_paragraphs(root.css("p"))

    def is_play(self, table: Any) -> bool:
        """Whether the rows of a table are speeches."""
        return table.mem_id in self._lists

    def is_speech(self, node: Any) -> bool:
        """Whether the paragraphs in an element are one speech."""
        return node.mem_id in self._speeches

    def goes_on(self, node: Any) -> bool:
        """Whether an element goes on with what the speaker before it says."""
        return node.mem_id in self._going_on

    def is_name(self, node: Any, tag: str, attributes: Attributes) -> bool:
        """Whether an element holds the name of who speaks next, and no more."""
        if node.mem_id in self._names:
            return True
        classes = SPEAKER_CLASSES if tag in NAME_TAGS else BLOCK_CLASSES
        if not attributes or tag == "body" or not _is_called_speaker(attributes, classes):
            return False
        if tag in NAME_TAGS and not _begins_speech(node, attributes):
            return False
        return 0 < len(one_line(node.text()[:400])) <= LONGEST_NAME

    def _look_at_table(self, table: Any) -> None:
        if table.css_first("td table, th table") is not None:
            return
        rows = list(_rows(table))
        named = [row for row in rows if row.name is not None and _is_persona(row.name)]
        if not named and _are_speeches(rows):
            named = [row for row in rows if row.name is not None and text_of(row.name)]
        if not named:
            return
        self._lists.add(table.mem_id)
        self._names.update(row.name.mem_id for row in named)
        speakers = {row.name.mem_id for row in named}
        for row in rows:
            if row.name is None and row.above not in speakers:
                continue
            self._speeches.update(cell.mem_id for cell in row.cells)
            if row.name is None:
                self._going_on.update(cell.mem_id for cell in row.cells[:1])

    def _look_at_list(self, listed: Any) -> None:
        terms = [text_of(term) for term in listed.css("dt")]
        if not _repeats(terms) or not all(len(term) <= LONGEST_NAME for term in terms):
            return
        self._names.update(term.mem_id for term in listed.css("dt"))
        self._speeches.update(speech.mem_id for speech in listed.css("dd"))

    def _look_at_paragraphs(self, paragraphs: list[Any]) -> None:
        found: dict[int, str] = {}
        for paragraph in paragraphs:
            first = _first_element(paragraph)
            if first is not None and (name := _written_name(first)):
                found[first.mem_id] = name
        names = list(found.values())
        if len(names) >= FEWEST and _repeats(names) and len(names) * 3 >= len(paragraphs):
            self._names.update(found)


def name_of(node: Any) -> tuple[str, str]:
    """Write a speaker's name with a colon, as texts do, and what is said beside the name."""
    text = text_of(node)
    cut = DIRECTION.search(text)
    at = min(cut.start() if cut else len(text), _start_of_direction(node, text))
    name, beside = text[:at].strip(ENDING), text[at:].strip(ENDING)
    if not name:
        return "", text
    return f"{name}:", f"({beside})" if beside and beside[0].isalnum() else beside


def _start_of_direction(node: Any, text: str) -> int:
    """Where in the text of a name its stage direction in an element of its own begins."""
    for inner in node.css("i, em, span, small"):
        if inner.mem_id == node.mem_id or not types_of(inner.attributes) & DIRECTION_TYPES:
            continue
        at = text.find(text_of(inner))
        return at if at > 0 else len(text)
    return len(text)


def without_ending(text: str) -> str:
    """Cut off the stop, colon or dash between a name and its speech."""
    return text[AFTER_NAME.match(text[:40]).end() :]  # type: ignore[union-attr]  # matches nothing, too


def _begins_speech(node: Any, attributes: Attributes) -> bool:
    """Whether a name within a paragraph is that of its speaker, not one in a stage direction."""
    if node.parent is None or node.parent.tag not in BLOCKS:
        return False
    return bool(classes_of(attributes) & SPEAKER_CLASSES) or _is_ended(node)


def _is_ended(node: Any) -> bool:
    """Whether a name ends, or is followed, as names before speeches are."""
    after = node.next
    text = (after.text_content or "").lstrip() if after is not None and after.tag == "-text" else ""
    return one_line(node.text()[:200])[-1:] in (".", ":") or text[:1] in (".", ":", "—", "–")


def _is_directed(node: Any) -> bool:
    """Whether a direction in brackets stands between a name and its speech."""
    text = (node.next.text_content or "").lstrip() if node.next.tag == "-text" else ""
    return text[:1] in ("(", "[")


def _is_called_speaker(attributes: Attributes, classes: frozenset[str] = SPEAKER_CLASSES) -> bool:
    return bool(types_of(attributes) & SPEAKER_TYPES or classes_of(attributes) & classes)


def _is_persona(cell: Any) -> bool:
    inner = cell.child
    while inner is not None and inner.tag == "-text":
        inner = inner.next
    is_called = _is_called_speaker(cell.attributes) or (
        inner is not None
        and not (inner.tag or "-").startswith("-")
        and _is_called_speaker(inner.attributes)
    )
    return is_called and 0 < len(one_line(cell.text()[:400])) <= 2 * LONGEST_NAME


def _rows(table: Any) -> Iterator[Row]:
    above, left = 0, 0
    for row in table.css("tr"):
        cells = row.css("td, th")
        if left and cells:
            yield Row(None, cells, above)
        elif cells:
            above, left = cells[0].mem_id, _span(cells[0], "rowspan")
            yield Row(cells[0], cells[1:], above)
        left = max(0, left - 1)


def _span(cell: Any, direction: str) -> int:
    """How many rows or columns a cell spans; 0 says all to the end."""
    written = (cell.attributes.get(direction) or "").strip()[:4]
    return (int(written) or MOST_ROWS) if written.isdecimal() else 1


def _are_speeches(rows: list[Row]) -> bool:
    """Whether the rows look like speeches: names that come back, and sentences beside them."""
    rows = [row for row in rows if row.name is None or _span(row.name, "colspan") == 1]
    if len(rows) < FEWEST or not all(map(_is_pair, rows)):
        return False
    names = [text_of(row.name).strip(ENDING) for row in rows if row.name is not None]
    names = [name for name in names if name]
    if not _repeats(names) or not all(map(NAME.fullmatch, names)):
        return False
    speeches = [text_of(row.cells[0]) for row in rows]
    said = sum(1 for speech in speeches if speech.rstrip("\"'”’»)")[-1:] in (*".!?…—",))
    return len(names) * 2 >= len(rows) and said * 3 >= len(rows) * 2


def _is_pair(row: Row) -> bool:
    return len(row.cells) == 1 and (row.name is None or row.name.tag != "th")


def _repeats(names: list[str]) -> bool:
    """Whether names come back as those of speakers do; a glossary may have one word twice."""
    counted = Counter(name.lower() for name in names if name)
    return len(counted) > 1 and len(counted) * 4 <= len(names) * 3


def _first_element(paragraph: Any) -> Any:
    node = paragraph.child
    while node is not None and node.tag == "-text" and not (node.text_content or "").strip():
        node = node.next
    return None if node is None or (node.tag or "-").startswith("-") else node


def _written_name(node: Any) -> str:
    """The name in an element such as <b>ANNA.</b>, "" where it is none."""
    if node.tag not in NAME_TAGS or node.next is None:
        return ""
    is_marked = node.tag in ("b", "strong") or classes_of(node.attributes) & SMALL_CAPITALS
    text = one_line(node.text()[:200])
    if not is_marked or len(text) > LONGEST_NAME:
        return ""
    name = text.rstrip(ENDING)
    is_ended = _is_ended(node) or _is_directed(node)
    return name if is_ended and NAME.fullmatch(name) and name[0].isupper() else ""
