"""Base of all statements: how they reach SQLite, and what one noun's ask of another's."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from sqlite3 import Cursor
from typing import Any, TypeVar, cast

Row = dict[str, Any]
Values = Sequence[Any] | Mapping[str, Any]
Kind = TypeVar("Kind", bound=Mapping[str, object])


class Statements(ABC):
    """The statements of one noun. `database.Database` brings the methods that are missing here."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything inside, or nothing; inside another one it is a savepoint."""

    @abstractmethod
    def row(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, if any."""

    @abstractmethod
    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Every row of a query."""

    @abstractmethod
    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row; None where there is no row."""

    @abstractmethod
    def pieces(self, table: str, column: str, row_id: int, sizes: Iterable[int]) -> Iterator[str]:
        """A long text, read as far as it is asked for, in pieces of so many bytes."""

    @abstractmethod
    def write(self, sql: str, *values: Any) -> Cursor:
        """Run one statement in a transaction of its own, or in the one around it."""

    @abstractmethod
    def write_row(self, sql: str, *values: Any) -> Row | None:
        """Run one statement with RETURNING, of which at most one row is wanted."""

    @abstractmethod
    def write_rows(self, sql: str, *values: Any) -> list[Row]:
        """Run one statement with RETURNING."""

    @abstractmethod
    def write_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement once for each row of values."""

    # Rows of a kind: the statement's columns are those of the kind

    def find(self, kind: type[Kind], sql: str, *values: Any) -> Kind | None:
        """The first row of a query, if any."""
        return cast("Kind | None", self.row(sql, *values))

    def one(self, kind: type[Kind], sql: str, *values: Any) -> Kind:
        """The row of a query that always gives one, such as a sum."""
        (row,) = self.list_of(kind, sql, *values)
        return row

    def list_of(self, kind: type[Kind], sql: str, *values: Any) -> list[Kind]:
        """Every row of a query."""
        return cast("list[Kind]", self.rows(sql, *values))

    def write_one(self, kind: type[Kind], sql: str, *values: Any) -> Kind:
        """Run one statement whose RETURNING always gives a row, such as an INSERT."""
        return cast("list[Kind]", self.write_rows(sql, *values))[0]

    def write_found(self, kind: type[Kind], sql: str, *values: Any) -> Kind | None:
        """Run one statement with RETURNING, of which at most one row is wanted."""
        return cast("Kind | None", self.write_row(sql, *values))

    def insert(self, sql: str, *values: Any) -> int:
        """Run one INSERT; returns the number of the new row."""
        return self.write(sql, *values).lastrowid or 0

    # What nouns ask of each other

    @abstractmethod
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
        """Add a row to the ledger; returns its id. See queries/usage.py."""

    @abstractmethod
    def add_usage(
        self,
        user_id: int,
        file_id: int | None,
        engine: str,
        *,
        characters: int = 0,
        cost: float | None = 0.0,
    ) -> None:
        """Add to the file's row in the ledger. See queries/usage.py."""

    @abstractmethod
    def group_name(self, owner_id: int, name: str) -> str:
        """The spelling of a group's name in its owner's library. See queries/groups.py."""

    @abstractmethod
    def pause_work(self, owner_id: int, why: str) -> None:
        """Pause all that is made for a person. See queries/jobs.py."""

    @abstractmethod
    def move_segments(self, from_id: int, into_id: int) -> None:
        """Give the cached sound of one account to another. See queries/segment_cache.py."""

    @abstractmethod
    def move_bookmarks(self, from_id: int, into_id: int) -> None:
        """Give one account's bookmarks to another. See queries/bookmarks.py."""

    @abstractmethod
    def move_shares(self, from_id: int, into_id: int) -> None:
        """Give one account's shares and links to another. See queries/shares.py."""

    @abstractmethod
    def move_voice_settings(self, from_id: int, into_id: int) -> None:
        """Give one account's voice settings to another. See queries/voice_settings.py."""

    @abstractmethod
    def move_reading_settings(self, from_id: int, into_id: int) -> None:
        """Give one account's reading settings to another. See queries/reading_settings.py."""

    @abstractmethod
    def move_progress(self, from_id: int, into_id: int) -> None:
        """Give one account's progress in files to another. See queries/listening.py."""


def escape_like(text: str) -> str:
    """A text as LIKE finds it literally, with ESCAPE '\\'."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def chosen(row: Mapping[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    """Some columns of a row, in this order."""
    return {column: row[column] for column in columns}
