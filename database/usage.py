"""The ledger: what was spoken and what it cost."""

from datetime import UTC, datetime

from database.connection import Connection


class Usage(Connection):
    """Characters and money by person and month. Months are those of the machine's own clock."""

    def record_usage(
        self,
        user_id: int,
        characters_used: int,
        cost: float,
        *,
        file_id: int | None = None,
        engine: str = "",
        voice: str = "",
        category: str = "",
        timestamp: str | None = None,
    ) -> int:
        """Add a row to the ledger; `timestamp` is UTC text, now when None. Returns its id."""
        moment = _moment(timestamp)
        local = moment.astimezone()
        return self._write(
            """INSERT INTO usage_stats (user_id, characters_used, cost, timestamp, month, year,
                                        day, file_id, engine, voice, category)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            user_id, characters_used, cost, moment.strftime("%Y-%m-%d %H:%M:%S"),
            local.month, local.year, local.day, file_id, engine, voice, category,
        ).lastrowid  # fmt: skip

    def _add_usage(
        self,
        user_id: int,
        file_id: int | None,
        engine: str,
        *,
        characters: int = 0,
        cost: float = 0.0,
    ) -> None:
        """Add to the file's row in the ledger, made with the first addition."""
        changed = self._write(
            """UPDATE usage_stats SET characters_used = max(0, characters_used + ?),
                   cost = cost + ? WHERE file_id = ?""",
            characters, cost, file_id,
        ).rowcount  # fmt: skip
        if not changed:
            file = self._row("SELECT voice, category FROM audio_files WHERE id = ?", file_id)
            self.record_usage(
                user_id, max(0, characters), cost, file_id=file_id, engine=engine, **(file or {})
            )

    def get_monthly_usage(self, user_id: int, year: int, month: int) -> dict:
        """One month: characters_used, cost (USD), requests."""
        return self._row(
            """SELECT coalesce(sum(characters_used), 0) AS characters_used,
                      coalesce(sum(cost), 0.0) AS cost, count(*) AS requests
               FROM usage_stats WHERE user_id = ? AND year = ? AND month = ?""",
            user_id, year, month,
        )  # fmt: skip

    def get_usage_by_month(self, user_id: int) -> list[dict]:
        """Every month with use, newest first: year, month, characters_used, cost, requests."""
        return self._rows(
            """SELECT year, month, sum(characters_used) AS characters_used, sum(cost) AS cost,
                      count(*) AS requests
               FROM usage_stats WHERE user_id = ? GROUP BY year, month
               ORDER BY year DESC, month DESC""",
            user_id,
        )

    def get_all_time_usage(self, user_id: int) -> dict:
        """Everything so far: characters_used, cost (USD), requests."""
        return self._row(
            """SELECT coalesce(sum(characters_used), 0) AS characters_used,
                      coalesce(sum(cost), 0.0) AS cost, count(*) AS requests
               FROM usage_stats WHERE user_id = ?""",
            user_id,
        )


def _moment(timestamp: str | None) -> datetime:
    if timestamp is None:
        return datetime.now(UTC)
    return datetime.strptime(timestamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
