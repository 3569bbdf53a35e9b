"""Engines: which of their models end, and which do not answer for now."""

from typing import TypedDict

from queries.base import Statements


class ModelNotice(TypedDict):
    """A model whose end a provider has announced (YYYY-MM-DD)."""

    engine: str
    model: str
    shutdown_date: str
    seen_at: str


class RestingEngine(TypedDict):
    """An engine that did not answer and is left alone for a while."""

    engine: str
    since_epoch: float
    until_epoch: float
    error: str


class EngineQueries(Statements):
    """The ends that providers announce, and the rests of engines that failed."""

    def save_model_notices(self, engine: str, notices: dict[str, str]) -> None:
        """Keep what a provider says now: model → the day it ends (YYYY-MM-DD)."""
        with self.transaction():
            self.write("DELETE FROM model_notices WHERE engine = ?", engine)
            self.write_many(
                "INSERT INTO model_notices (engine, model, shutdown_date) VALUES (?, ?, ?)",
                [(engine, model, date) for model, date in notices.items()],
            )

    def list_model_notices(self) -> list[ModelNotice]:
        """Models with a known end: engine, model, shutdown_date, the nearest first."""
        return self.list_of(
            ModelNotice, "SELECT * FROM model_notices ORDER BY shutdown_date, engine, model"
        )

    def save_resting(self, engine: str, *, now: float, rest_s: float, error: str) -> None:
        """Note that an engine does not answer and is left alone for `rest_s` seconds from `now`."""
        self.write(
            """INSERT INTO resting_engines (engine, since_epoch, until_epoch, error)
               VALUES (?, ?, ?, ?)
               ON CONFLICT (engine) DO UPDATE SET until_epoch = excluded.until_epoch,
                   error = excluded.error""",
            engine, now, now + rest_s, error,
        )  # fmt: skip

    def forget_resting(self, engine: str) -> None:
        """Note that an engine answers again."""
        self.write("DELETE FROM resting_engines WHERE engine = ?", engine)

    def list_resting(self) -> list[RestingEngine]:
        """Engines that did not answer when last asked: engine, since_epoch, until_epoch, error."""
        return self.list_of(RestingEngine, "SELECT * FROM resting_engines ORDER BY since_epoch")
