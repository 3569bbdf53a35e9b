"""The store: every SQL statement of VoiceVerse stands in this package and in the .sql files."""

from database.administration import Administration
from database.allowances import Allowances
from database.clocks import Clocks
from database.devices import Devices
from database.documents import Documents
from database.drafts import Drafts
from database.exports import Exports
from database.health import Health
from database.jobs import Jobs
from database.kept import KeptSegments
from database.library import Library
from database.passkeys import PasskeyRows
from database.playback import Playback
from database.pronunciations import Pronunciations
from database.providers import ProviderRows
from database.retakes import Retakes
from database.second_factors import SecondFactorRows
from database.security import SecurityLog
from database.segments import Segments
from database.usage import COST
from database.users import Users


class Database(
    Users,
    Library,
    Jobs,
    KeptSegments,
    Retakes,
    Segments,
    Documents,
    Pronunciations,
    ProviderRows,
    Exports,
    Playback,
    SecurityLog,
    Health,
    SecondFactorRows,
    PasskeyRows,
    Devices,
    Drafts,
    Administration,
    Allowances,
    Clocks,
):
    """A SQLite file with everything that VoiceVerse knows. Rows come back as dictionaries."""

    def get_stats(self) -> dict:
        """How much there is: users, files, characters, duration (s), size (bytes), cost (USD).

        Files in the bin count apart: binned_files, binned_size (bytes).
        """
        return self._row(
            f"""SELECT (SELECT count(*) FROM users) AS users,
                      coalesce(sum(deleted_at IS NULL), 0) AS files,
                      coalesce(sum(character_count) FILTER (WHERE deleted_at IS NULL), 0)
                          AS characters,
                      coalesce(sum(duration) FILTER (WHERE deleted_at IS NULL), 0.0) AS duration,
                      coalesce(sum(size) FILTER (WHERE deleted_at IS NULL), 0) AS size,
                      coalesce(sum(deleted_at IS NOT NULL), 0) AS binned_files,
                      coalesce(sum(size) FILTER (WHERE deleted_at IS NOT NULL), 0) AS binned_size,
                      (SELECT {COST} FROM usage_stats) AS cost
               FROM audio_files"""
        )

    def save_model_notices(self, engine: str, notices: dict[str, str]) -> None:
        """Keep what a provider says now: model → the day it ends (YYYY-MM-DD)."""
        with self.transaction():
            self._write("DELETE FROM model_notices WHERE engine = ?", engine)
            self._write_many(
                "INSERT INTO model_notices (engine, model, shutdown_date) VALUES (?, ?, ?)",
                [(engine, model, date) for model, date in notices.items()],
            )

    def list_model_notices(self) -> list[dict]:
        """Models with a known end: engine, model, shutdown_date, the nearest first."""
        return self._rows("SELECT * FROM model_notices ORDER BY shutdown_date, engine, model")

    def save_resting(self, engine: str, *, now: float, rest_s: float, error: str) -> None:
        """Note that an engine does not answer and is left alone for `rest_s` seconds from `now`."""
        self._write(
            """INSERT INTO resting_engines (engine, since_epoch, until_epoch, error)
               VALUES (?, ?, ?, ?)
               ON CONFLICT (engine) DO UPDATE SET until_epoch = excluded.until_epoch,
                   error = excluded.error""",
            engine, now, now + rest_s, error,
        )  # fmt: skip

    def forget_resting(self, engine: str) -> None:
        """Note that an engine answers again."""
        self._write("DELETE FROM resting_engines WHERE engine = ?", engine)

    def list_resting(self) -> list[dict]:
        """Engines that did not answer when last asked: engine, since_epoch, until_epoch, error."""
        return self._rows("SELECT * FROM resting_engines ORDER BY since_epoch")
