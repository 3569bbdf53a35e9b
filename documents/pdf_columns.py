"""Order of the lines on a PDF's page: columns one after the other, rows from the top."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from documents.pdf_figures import Box
from documents.pdf_lines import GAP, LARGE, Line

COLUMN_LINES = 4
MANY_LINES = 8
COLUMN_FILL = 0.55  # of the widest line: what is less is no prose
COLUMN_WIDTH = 7  # of the size
CANDIDATES = 6
LOOKED_BACK = 8  # lines
ALIGNED = 3.0  # points
SAME_ROW = 0.5  # of the height of the smaller line
NO_SPACE = 0.12  # of the size
DEEPEST = 6  # walls on a page, one within the other
ACROSS = -1


@dataclass(slots=True)
class Block:
    """A box with the line that stands in it, if that is known."""

    box: Box
    line: Line | None = None


def walls(boxes: Sequence[Box]) -> list[float]:
    """Find the x of the walls between columns of prose, from the boxes of runs of text."""
    found: list[float] = []
    _in_order([Block(box) for box in boxes], found, 0, DEEPEST)
    return sorted(found)


def in_reading_order(lines: list[Line], *, has_columns: bool) -> list[Line]:
    """Sort a page's lines: by columns, then from the top; pieces of one row are joined."""
    if not has_columns:
        return _rows(lines)
    blocks = [Block((line.left, line.bottom, line.right, line.top), line) for line in lines]
    made: list[Line] = []
    for group in _in_order(blocks, [], 0, DEEPEST):
        made += _rows([block.line for block in group if block.line is not None])
    return made


def _in_order(
    blocks: list[Block], found: list[float], column: int, depth: int
) -> list[list[Block]]:
    """Group blocks in the order of reading; the walls that part them are added to `found`."""
    wall = _wall(blocks) if depth else None
    if wall is None:
        return [_in_column(blocks, column)]
    found.append(wall)
    groups: list[list[Block]] = []
    across: list[Block] = []
    left: list[Block] = []
    right: list[Block] = []
    for block in sorted(blocks, key=lambda block: -block.box[1]):
        is_across = block.box[0] < wall < block.box[2]
        if is_across and (left or right):
            groups += _in_order(left, found, column, depth - 1) if left else []
            groups += _in_order(right, found, int(wall), depth - 1) if right else []
            left, right = [], []
        elif not is_across and across:
            groups.append(_in_column(across, ACROSS))
            across = []
        (across if is_across else left if block.box[2] <= wall else right).append(block)
    groups += [_in_column(across, ACROSS)] if across else []
    groups += _in_order(left, found, column, depth - 1) if left else []
    groups += _in_order(right, found, int(wall), depth - 1) if right else []
    return groups


def _in_column(blocks: list[Block], column: int) -> list[Block]:
    for block in blocks:
        if block.line:
            block.line.column = column
    return blocks


def _wall(blocks: list[Block]) -> float | None:
    """The x of the wall that has most prose at both its sides, None where there is none."""
    if len(blocks) < 2 * COLUMN_LINES:
        return None
    boxes = sorted((block.box for block in blocks), key=lambda box: -box[1])
    starts = _starts_beside(boxes)
    best: tuple[int, float] = (0, 0.0)
    for place, count in starts.most_common(CANDIDATES):
        if count < COLUMN_LINES or count <= best[0]:
            break
        x = place * ALIGNED - 0.5
        best = max(best, (min(count, _side_by_side(boxes, x)), x))
    return best[1] if best[0] >= COLUMN_LINES else None


def _starts_beside(boxes: list[Box]) -> Counter[int]:
    """Count the left edges of what stands to the right of something, in steps of `ALIGNED`."""
    starts: Counter[int] = Counter()
    for index, box in enumerate(boxes):
        left, bottom, _, top = box
        for other in boxes[max(0, index - LOOKED_BACK) : index + LOOKED_BACK]:
            height = min(top - bottom, other[3] - other[1])
            if other[2] < left - 0.5 * height and min(top, other[3]) - max(bottom, other[1]) > 0:
                starts[int(left // ALIGNED)] += 1
                break
    return starts


def _side_by_side(boxes: list[Box], x: float) -> int:
    """How many lines of prose stand at the smaller side of a wall, 0 where that is none."""
    best = 0
    left: list[Box] = []
    right: list[Box] = []
    for box in [*boxes, (x - 1, 0.0, x + 1, 0.0)]:
        if not box[0] < x < box[2]:
            (left if box[2] <= x else right).append(box)
            continue
        if min(len(left), len(right)) > best and _are_columns(left, right):
            best = min(len(left), len(right))
        left, right = [], []
    return best


def _are_columns(left: list[Box], right: list[Box]) -> bool:
    is_even = abs(len(left) - len(right)) <= 1
    low = max(min(box[1] for box in side) for side in (left, right)) - 1
    high = min(max(box[3] for box in side) for side in (left, right)) + 1
    left = [box for box in left if low < box[3] and box[1] < high]
    right = [box for box in right if low < box[3] and box[1] < high]
    if min(len(left), len(right)) < COLUMN_LINES:
        return False
    if is_even and len(left) == len(right) < MANY_LINES and _rows_match(left, right):
        return False
    return _is_prose(left) and _is_prose(right)


def _rows_match(left: list[Box], right: list[Box]) -> bool:
    """Whether these are the rows of a table rather than two columns."""
    return all(abs(one[1] - other[1]) < 1 for one, other in zip(left, right, strict=True))


def _is_prose(boxes: list[Box]) -> bool:
    widths = [box[2] - box[0] for box in boxes]
    size = median(box[3] - box[1] for box in boxes)
    return median(widths) >= max(COLUMN_FILL * max(widths), COLUMN_WIDTH * size)


def _rows(lines: list[Line]) -> list[Line]:
    """The lines from the top, the pieces of each row joined."""
    if all(
        line.bottom - after.top > -SAME_ROW * min(_height(line), _height(after))
        for line, after in pairwise(lines)
    ):
        return lines
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.bottom):
        row = next((row for row in rows[:-3:-1] if _is_in_row(row, line)), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    return [line for row in rows for line in _joined(row)]


def _height(line: Line) -> float:
    return line.top - line.bottom


def _is_in_row(row: list[Line], line: Line) -> bool:
    for other in row[-LOOKED_BACK:]:
        small, large = sorted((_height(line), _height(other)))
        overlap = min(line.top, other.top) - max(line.bottom, other.bottom)
        if large < LARGE * small and overlap >= SAME_ROW * small:
            return True
    return False


def _joined(row: list[Line]) -> list[Line]:
    if len(row) == 1:
        return row
    if not any(unicodedata.bidirectional(line.text[0]) in ("R", "AL") for line in row):
        row.sort(key=lambda line: line.left)
    made = [row[0]]
    for line in row[1:]:
        last = made[-1]
        size = max(last.size, line.size)
        gap = line.left - last.right
        if any(
            line.text == other.text and abs(line.left - other.left) < 0.5 * size for other in made
        ):
            continue  # struck twice to look bold
        if gap < -0.5 * size:
            made.append(line)
            continue
        _append(last, line, gap)
    return made


def _append(line: Line, after: Line, gap: float) -> None:
    """Join a piece of a row to the one before it."""
    space = "" if gap < NO_SPACE * max(line.size, after.size) else " "
    shift = len(line.text) + len(space)
    line.cells += after.cells - (gap <= GAP * line.size)
    if len(after.text) > len(line.text):
        line.size = after.size
    line.text = f"{line.text}{space}{after.text}"
    line.marks += [(start + shift, stop + shift) for start, stop in after.marks]
    line.right = max(line.right, after.right)
    line.bottom = min(line.bottom, after.bottom)
    line.top = max(line.top, after.top)
    line.is_bold &= after.is_bold
    line.is_fixed &= after.is_fixed
    line.is_broken = after.is_broken
    line.is_field |= after.is_field
