"""Repairs of what is damaged: the search index, JSON, numbers, times."""

import contextlib
import sqlite3
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from queries.base import Statements
from queries.integrity import Column
from storage import sqlite_file

INDEX = ("audio_search_data", "audio_search_idx", "audio_search_docsize", "audio_search_config")
NOW = "strftime('%Y-%m-%d %H:%M:%S', 'now')"


class RepairQueries(Statements):
    """Repairs, for when nobody else is at work."""

    @abstractmethod
    def add_function(self, name: str, function: Callable[[Any], Any]) -> None:
        """Let SQL of this thread call a function of one value by a name."""

    def rebuild_search(self) -> None:
        """Make the index of words anew from the names and texts.

        Its tables are filled as those of a new one: one that is damaged empties itself no more.
        """
        with self.transaction():
            for table, rows in _new_index().items():
                self.write(f"DELETE FROM {table}")
                for row in rows:
                    self.write(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row)
            self.write(
                """INSERT INTO audio_search (rowid, owner, name, text)
                   SELECT id, 'u' || owner_id, display_name,
                          CASE text_indexed WHEN 1 THEN text ELSE '' END
                   FROM audio_files"""
            )

    def reset_json(self, column: Column, default: str, is_right: Callable[[object], bool]) -> None:
        """Put the default into every row of a column whose JSON is not right."""
        self.add_function("is_right", lambda text: bool(is_right(text)))
        self.write(
            f"""UPDATE {column.table} SET {column.column} = ?
                WHERE {column.where} AND NOT is_right({column.column})""",
            default,
        )

    def reset_numbers(self, table: str, column: str, wrong: str, default: str) -> None:
        """Put the default, SQL, into every row where `wrong` holds."""
        self.write(f'UPDATE {table} SET "{column}" = {default} WHERE {wrong}')

    def reset_times(self, table: str, column: str, wrong: str) -> None:
        """Put the present time into every row where `wrong`, SQL, holds; 0 into epochs, which ends
        what they bound; the first of the month into days."""
        value = "0" if column.endswith("_epoch") else "1" if column == "day" else NOW
        self.write(f"UPDATE {table} SET {column} = {value} WHERE {wrong}")


def _new_index() -> dict[str, list[tuple[object, ...]]]:
    """What the tables behind an index hold that has no words yet."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        sqlite_file.create_schema(fresh)
        return {table: fresh.execute(f"SELECT * FROM {table}").fetchall() for table in INDEX}
