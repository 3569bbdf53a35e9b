"""The ledger: what was spoken and what it cost."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NotRequired, TypedDict

from queries.base import Statements

Month = tuple[int, int]  # year, month
FIRST, LAST = (1970, 1), (9999, 12)
BATCH = 1000
# What use can be split by: the index that holds it for a month, the order of the parts.
SPLITS = {
    "day": ("year, month, day", "idx_usage_user_month", "year, month, day"),
    "voice": ("engine, voice", "idx_usage_voice", "characters_used DESC, engine, voice"),
    "category": ("category", "idx_usage_category", "characters_used DESC, category"),
    "engine": ("engine", "idx_usage_voice", "characters_used DESC, engine"),
}
# What was paid; NULL where nothing is known of it, for no price at all was known.
COST = "iif(max(is_unpriced) AND sum(cost) = 0, NULL, coalesce(sum(cost), 0.0)) AS cost"
MONTHS = "user_id = ? AND (year, month) >= (?, ?) AND (year, month) <= (?, ?)"


class UsageSum(TypedDict):
    """Sum of what was spoken; a `cost` (USD) of None where no price was known."""

    characters_used: int
    cost: float | None
    requests: int


class MonthUsage(UsageSum):
    """A month with use; `free_characters` are those of the engines that cost nothing."""

    year: int
    month: int
    free_characters: int


class SplitUsage(UsageSum):
    """A part of the use: of a day, a voice, a group or an engine."""

    year: NotRequired[int]
    month: NotRequired[int]
    day: NotRequired[int]
    engine: NotRequired[str]
    voice: NotRequired[str]
    category: NotRequired[str]


class UsageRow(TypedDict):
    """A row of the ledger."""

    id: int
    timestamp: str
    year: int
    month: int
    day: int
    engine: str
    voice: str
    category: str
    characters_used: int
    cost: float | None
    file_id: int | None


class UsageQueries(Statements):
    """Characters and money by person and month. Months are those of the machine's own clock."""

    def record_usage(
        self,
        user_id: int,
        characters_used: int,
        cost: float | None,
        *,
        file_id: int | None = None,
        engine: str = "",
        voice: str = "",
        category: str = "",
        timestamp: str | None = None,
    ) -> int:
        """Add a row to the ledger; returns its id.

        `timestamp` is UTC text, now when None; a `cost` of None is not known.
        """
        moment = _moment(timestamp)
        local = moment.astimezone()
        return self.insert(
            """INSERT INTO usage_stats (user_id, characters_used, cost, timestamp, month, year,
                                        day, file_id, engine, voice, category, is_unpriced)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                       ? OR EXISTS (SELECT 1 FROM unpriced_files WHERE file_id = ?))""",
            user_id, characters_used, cost or 0.0, moment.strftime("%Y-%m-%d %H:%M:%S"),
            local.month, local.year, local.day, file_id, engine, voice, category,
            cost is None, file_id,
        )  # fmt: skip

    def add_usage(
        self,
        user_id: int,
        file_id: int | None,
        engine: str,
        *,
        characters: int = 0,
        cost: float | None = 0.0,
    ) -> None:
        """Add to the file's row in the ledger, made with the first addition."""
        changed = self.write(
            """UPDATE usage_stats SET characters_used = max(0, characters_used + ?),
                   cost = cost + ?, is_unpriced = max(is_unpriced, ?) WHERE file_id = ?""",
            characters, cost or 0.0, cost is None, file_id,
        ).rowcount  # fmt: skip
        if not changed:
            file = self.row("SELECT voice, category FROM audio_files WHERE id = ?", file_id)
            self.record_usage(
                user_id, max(0, characters), cost, file_id=file_id, engine=engine, **(file or {})
            )

    def get_monthly_usage(self, user_id: int, year: int, month: int) -> UsageSum:
        """Use of one month: characters_used, cost (USD), requests."""
        return self.one(
            UsageSum,
            f"""SELECT coalesce(sum(characters_used), 0) AS characters_used,
                      {COST}, count(*) AS requests
               FROM usage_stats WHERE user_id = ? AND year = ? AND month = ?""",
            user_id, year, month,
        )  # fmt: skip

    def get_usage_by_month(
        self, user_id: int, free_engines: Sequence[str] = ()
    ) -> list[MonthUsage]:
        """Every month with use, newest first; the ledger is read once, whatever is asked of it."""
        return self.list_of(
            MonthUsage,
            f"""SELECT year, month, sum(characters_used) AS characters_used, {COST},
                       sum(requests) AS requests,
                       sum(iif(engine IN (SELECT value FROM json_each(?)), characters_used, 0))
                           AS free_characters
                FROM (SELECT year, month, engine, sum(characters_used) AS characters_used,
                             sum(cost) AS cost, max(is_unpriced) AS is_unpriced,
                             count(*) AS requests
                      FROM usage_stats INDEXED BY idx_usage_voice
                      WHERE user_id = ? GROUP BY year, month, engine)
                GROUP BY year, month ORDER BY year DESC, month DESC""",
            json.dumps([*free_engines]), user_id,
        )  # fmt: skip

    def get_all_time_usage(self, user_id: int) -> UsageSum:
        """Everything so far: characters_used, cost (USD), requests."""
        return self.one(
            UsageSum,
            f"""SELECT coalesce(sum(characters_used), 0) AS characters_used,
                      {COST}, count(*) AS requests
               FROM usage_stats WHERE user_id = ?""",
            user_id,
        )

    def get_usage_by(
        self, user_id: int, by: str, first: Month = FIRST, last: Month = LAST
    ) -> list[SplitUsage]:
        """Use from one month to another, split by "day", "voice", "category" or "engine".

        Days in their order (year, month, day), voices (engine, voice), groups and engines with the
        most used first; each with characters_used, cost (USD), requests.
        """
        columns, index, order = SPLITS[by]
        return self.list_of(
            SplitUsage,
            f"""SELECT {columns}, sum(characters_used) AS characters_used, {COST},
                       count(*) AS requests
                FROM usage_stats INDEXED BY {index} WHERE {MONTHS}
                GROUP BY {columns} ORDER BY {order}""",
            user_id, *first, *last,
        )  # fmt: skip

    def iterate_usage(
        self, user_id: int, first: Month | None = None, last: Month | None = None
    ) -> Iterator[UsageRow]:
        """The ledger from one month to another, oldest first, however long it is.

        Rows: timestamp, year, month, day, engine, voice, category, characters_used, cost, file_id.
        """
        after = 0
        while rows := self.list_of(
            UsageRow,
            f"""SELECT id, timestamp, year, month, day, engine, voice, category, characters_used,
                       iif(is_unpriced AND cost = 0, NULL, cost) AS cost, file_id
                FROM usage_stats INDEXED BY idx_usage_user
                WHERE {MONTHS} AND id > ? ORDER BY id LIMIT ?""",
            user_id, *(first or FIRST), *(last or LAST), after, BATCH,
        ):  # fmt: skip
            yield from rows
            after = rows[-1]["id"]


def _moment(timestamp: str | None) -> datetime:
    if timestamp is None:
        return datetime.now(UTC)
    return datetime.strptime(timestamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
