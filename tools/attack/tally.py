"""How many cases were tried, and what got through."""

from dataclasses import dataclass, field


@dataclass
class Tally:
    """The cases of one attack; it passes when `failures` stays empty."""

    cases: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    measured_ms: float | None = None
    unrun: str = ""  # why nothing was tried

    @property
    def verdict(self) -> str:
        """A word for the table."""
        if self.unrun:
            return "not run"
        return "FAILED" if self.failures or not self.cases else "pass"

    def count(self, kind: str) -> None:
        """One more case of a kind."""
        self.cases += 1
        self.by_kind[kind] = self.by_kind.get(kind, 0) + 1

    def expect(self, holds: bool, what: str) -> None:
        """Note what got through, unless it did not."""
        if not holds:
            self.failures.append(what)
