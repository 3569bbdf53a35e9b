"""Tables on standard output, and the lines that are held against a target."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """One number and what it has to reach; `is_met` is None where there is no target."""

    what: str
    measured: str
    target: str
    is_met: bool | None


@dataclass(slots=True)
class Report:
    """Collects lines while topics run, and prints them at the end."""

    lines: list[Line] = field(default_factory=list)

    def at_most(self, what: str, value: float, limit: float, unit: str) -> None:
        self._add(what, f"{value:,.4g} {unit}", f"≤ {limit:,g} {unit}", value <= limit)

    def at_least(self, what: str, value: float, limit: float, unit: str) -> None:
        self._add(what, f"{value:,.4g} {unit}", f"≥ {limit:,g} {unit}", value >= limit)

    def _add(self, what: str, measured: str, target: str, is_met: bool | None) -> None:
        self.lines.append(Line(what, measured, target, is_met))

    def summary(self) -> bool:
        """Print every line with its target; whether all were met."""
        words = {True: "met", False: "MISSED", None: ""}
        rows = [(line.what, line.measured, line.target, words[line.is_met]) for line in self.lines]
        table("Against the targets", ("", "measured", "target", ""), rows)
        return all(line.is_met is not False for line in self.lines)


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as a Markdown table, first column left, others right."""
    cells = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(3, *(len(row[i]) for row in cells)) for i in range(len(heads))]
    print(f"\n{title}\n")
    for number, row in enumerate(cells):
        _print_row(row, widths)
        if number == 0:
            _print_row(["-" * widths[0], *("-" * (w - 1) + ":" for w in widths[1:])], widths)
    print(flush=True)


def _print_row(row: Sequence[str], widths: Sequence[int]) -> None:
    first = row[0].ljust(widths[0])
    rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    print("| " + " | ".join((first, *rest)) + " |")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
