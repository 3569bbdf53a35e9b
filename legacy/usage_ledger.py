"""Usage ledger of a month: rows whose sum is exactly what the older app counted."""

import math

from legacy.records import AudioFile, LegacyMonth, UsageRow


def allocate(
    month: LegacyMonth, files: list[AudioFile], heir: str, noon: str
) -> tuple[list[UsageRow], list[str]]:
    """Allocate a month's usage to rows; returns them, and sentences about what did not agree.

    A row for each file that still exists, then rows for what was deleted, under `heir` at `noon`
    (UTC text). Where the files alone exceed the month, the month wins: the latest rows shrink.
    """
    rows, characters, cost = [], month.characters, month.cost
    for file in files[: month.files]:
        own_characters, own_cost = min(file.characters, characters), min(file.cost, max(cost, 0.0))
        characters -= own_characters
        cost -= own_cost
        rows.append(
            UsageRow(
                file.owner, file.filename, own_characters, own_cost, file.created_at, month.month
            )
        )
    reasons = _compare(month, files)
    missing = month.files - len(rows)
    if missing == 0 and (characters > 0 or month.cost - _sum(rows) > 1e-12):
        if rows:
            rows[-1] = _raised(rows[-1], characters, month.cost - _sum(rows))
            reasons.append("has more characters or cost than its files; its last file carries them")
        else:
            missing = 1
            reasons.append("counts characters or cost but no file; they stand as one request")
    return rows + _remainder(month, missing, characters, rows, heir, noon), reasons


def _remainder(
    month: LegacyMonth, missing: int, characters: int, rows: list[UsageRow], heir: str, noon: str
) -> list[UsageRow]:
    """Make `missing` rows of what is left, shared out evenly."""
    if not missing:
        return []
    each, more = divmod(characters, missing)
    cost = max(0.0, month.cost - _sum(rows))
    shares = [cost / missing] * (missing - 1)
    shares.append(max(0.0, cost - math.fsum(shares)))
    return [
        UsageRow(heir, None, each + (number < more), share, noon, month.month)
        for number, share in enumerate(shares)
    ]


def _raised(row: UsageRow, characters: int, cost: float) -> UsageRow:
    return UsageRow(
        row.account, row.filename, row.characters + characters, row.cost + max(0.0, cost),
        row.timestamp, row.month,
    )  # fmt: skip


def _sum(rows: list[UsageRow]) -> float:
    return math.fsum(row.cost for row in rows)


def _compare(month: LegacyMonth, files: list[AudioFile]) -> list[str]:
    """Compare a month with its files; more in the month only means deleted files."""
    characters = sum(file.characters for file in files) - month.characters
    cost = math.fsum(file.cost for file in files) - month.cost
    excess = []
    if len(files) > month.files:
        excess.append(f"{len(files) - month.files} files")
    if characters > 0:
        excess.append(f"{characters:,} characters")
    if cost > 1e-9:
        excess.append(f"{cost:.6f} USD")
    if not excess:
        return []
    return [f"counts {' and '.join(excess)} less than the files of that month; the month counts"]
