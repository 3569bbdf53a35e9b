"""Health: signs of life, and numbers about everybody together."""

from typing import TypedDict

from queries.base import Statements
from queries.jobs import IN_WORK
from queries.usage import COST


class EngineUse(TypedDict):
    """Use of an engine: characters, and cost (USD)."""

    engine: str
    characters: int
    cost: float | None


class Numbers(TypedDict):
    """Numbers about everybody together; `waiting_since` in seconds since 1970."""

    files: dict[str, int]
    waiting_since: int | None
    failures: dict[str, int]
    use: list[EngineUse]
    users: int


class HealthQueries(Statements):
    """Signs of life. Times in seconds since 1970."""

    def beat(self, name: str, now: float) -> None:
        """Note that the process of that name is alive; raises where nothing can be written."""
        self.write(
            """INSERT INTO heartbeats (name, at_epoch) VALUES (?, ?)
               ON CONFLICT (name) DO UPDATE SET at_epoch = excluded.at_epoch""",
            name, now,
        )  # fmt: skip

    def get_heartbeat(self, name: str) -> float | None:
        """Time of the last sign of life of the process of that name; None without one."""
        return self.value("SELECT at_epoch FROM heartbeats WHERE name = ?", name)

    def get_numbers(self) -> Numbers:
        """Numbers of everybody together: files by status, the oldest waiting, failures, use.

        Files in the bin do not count. The cost is None where no price was known.
        """
        return {
            "files": {
                row["status"]: row["n"]
                for row in self.rows(
                    """SELECT status, count(*) AS n FROM audio_files INDEXED BY idx_audio_owner
                       WHERE deleted_at IS NULL GROUP BY status"""
                )
            },
            "waiting_since": self.value(
                f"""SELECT CAST(strftime('%s', min(updated_at)) AS INTEGER) FROM audio_files
                    WHERE {IN_WORK} AND status = 'queued'"""
            ),
            "failures": {
                row["engine"]: row["n"]
                for row in self.rows(
                    """SELECT engine, count(*) AS n FROM audio_files INDEXED BY idx_audio_failed
                       WHERE status = 'failed' AND deleted_at IS NULL GROUP BY engine"""
                )
            },
            "use": self.list_of(
                EngineUse,
                f"""SELECT engine, sum(characters_used) AS characters, {COST}
                    FROM usage_stats GROUP BY engine""",
            ),
            "users": self.value("SELECT count(*) FROM users WHERE is_active"),
        }

    def get_longest_wait(self) -> int | None:
        """Seconds that somebody has waited of whom nothing is being spoken; None without one.

        What waits for a cause to pass, such as a provider that is down, does not count.
        """
        return self.value(
            f"""SELECT max(0, strftime('%s', 'now') - strftime('%s', min(updated_at)))
                FROM audio_files AS waiting INDEXED BY idx_audio_work
                WHERE waiting.{IN_WORK} AND waiting.status = 'queued' AND waits_for = ''
                  AND NOT EXISTS (
                      SELECT 1 FROM audio_files AS spoken INDEXED BY idx_audio_work
                      WHERE spoken.{IN_WORK} AND spoken.status = 'speaking'
                        AND spoken.owner_id = waiting.owner_id)"""
        )
