"""Integrity of contents: what may be wrong in a database that SQLite itself finds whole.

Everything is read over a connection that cannot write. Rows that are wrong are named by a key.
"""

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage import sqlite_file
from storage.errors import translating_sqlite_errors

MOST_ROWS = 1000  # wrong ones of one kind
PROBED = 300  # files whose words are looked for, spread over all of them
PROBED_CHARACTERS = 4000
EARLIEST, LATEST = "1970-01-01 00:00:00", "2199-12-31 23:59:59"
LATEST_EPOCH = 7258118399
LARGEST_REAL = "1e15"  # no length, price or share is larger
TYPES = {
    "INTEGER": "'integer'",
    "REAL": "'real', 'integer'",
    "TEXT": "'text'",
    "BLOB": "'blob'",
}
# The chain of the security log tells of a time that was changed there.
PASSED_OVER = ("sqlite_", "audio_search", "security_logs")
# A word that both Python and the index take for one, whatever their Unicode.
WORD = re.compile(r"(?<![^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f])[A-Za-z]{3,20}"
                  r"(?![^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f])")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column that holds JSON of a kind; `name` is SQL for what its row is called."""

    table: str
    column: str
    kind: str
    name: str = "id"
    where: str = "true"


JSON = (
    Column("audio_files", "reading", "reading", "filename"),
    Column("drafts", "reading", "reading", "user_id"),
    Column("documents", "choices", "choices"),
    Column("documents", "content", "content"),
    Column("segments", "words", "words", "file_id || '/' || position", "words != ''"),
    Column("takes", "segments", "take"),
    Column("providers", "voices", "voices", "name"),
    Column("passkeys", "transports", "transports"),
    Column("exports", "options", "options"),
    Column("migrations", "report", "report", "plan_hash"),
)


class Examination:
    """Checks of a database of this release, all over one connection."""

    def __init__(self, connection: sqlite3.Connection):
        self._connection = connection

    def missing_parts(self) -> list[str]:
        """Tables, columns, indexes and triggers of the schema that are not there."""
        with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
            sqlite_file.create_schema(fresh)
            wanted, there = _parts(fresh), _parts(self._connection)
        return [part for part in wanted if part not in there]

    def unreadable_json(self, column: Column, is_right: Callable[[str], bool]) -> list[str]:
        """The names of the rows in which `is_right` does not hold for the JSON."""
        rows = self._connection.execute(
            f"SELECT {column.name}, {column.column} FROM {column.table} WHERE {column.where}"
        )
        wrong = (str(name) for name, text in rows if not is_right(text))
        return _first(wrong)

    def times(self) -> Iterator[tuple[str, str, str, list[str]]]:
        """Each column of times: table, column, SQL for what is wrong, names of rows where it is."""
        tables = self._rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT NULL")
        for (table,) in tables:
            if table.startswith(PASSED_OVER):
                continue
            keys = _keys(self._connection, table)
            for column in _columns(self._connection, table):
                if wrong := _wrong_time(column):
                    names = self._names(
                        f"SELECT {keys} FROM {table} WHERE {wrong} LIMIT {MOST_ROWS}"
                    )
                    yield table, column, wrong, names

    def types(self) -> Iterator[tuple[str, str, str, list[str]]]:
        """Each column with values of another type than its own that no other look tells of: table,
        column, SQL for what is wrong, names of rows."""
        told = {(each.table, each.column) for each in JSON}
        tables = self._rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT NULL")
        for (table,) in tables:
            if table.startswith(PASSED_OVER):
                continue
            wrong = {
                column: sql
                for _, column, kind, *_ in self._rows(f'PRAGMA table_info("{table}")')
                if (table, column) not in told and not _wrong_time(column)
                and (sql := _wrong_type(column, kind))
            }  # fmt: skip
            if not wrong or not self._rows(
                f"SELECT 1 FROM {table} WHERE {' OR '.join(wrong.values())} LIMIT 1"
            ):
                continue
            keys = _keys(self._connection, table)
            for column, sql in wrong.items():
                names = self._names(f"SELECT {keys} FROM {table} WHERE {sql} LIMIT {MOST_ROWS}")
                if names:
                    yield table, column, sql, names

    def default_of(self, table: str, column: str) -> str:
        """SQL for what a new row has in a column of numbers; empty where it has to be told."""
        for _, name, kind, is_needed, default, place in self._rows(f'PRAGMA table_info("{table}")'):
            if name == column and not place and kind.upper() in ("INTEGER", "REAL"):
                return default or ("" if is_needed else "NULL")
        return ""

    def search_faults(self) -> list[str]:
        """Differences between the search index and the files, in words; empty without any."""
        try:
            return self._lost_words() or self._broken_index()
        except sqlite3.DatabaseError as error:
            return [str(error)]

    def _lost_words(self) -> list[str]:
        """Files without a place in the index, places without a file, and words not found."""
        lost = self._names(
            """SELECT id FROM audio_files
               WHERE id NOT IN (SELECT id FROM audio_search_docsize)
               UNION ALL SELECT id FROM audio_search_docsize
               WHERE id NOT IN (SELECT id FROM audio_files)"""
        )
        return lost or self._names_by(self._probe)

    def _names_by(self, is_wrong: Callable[[int], bool]) -> list[str]:
        (count,) = self._rows("SELECT count(*) FROM audio_files")[0]
        step = max(1, count // PROBED)
        rows = self._rows(
            f"SELECT id FROM audio_files WHERE id % {step} = 0 ORDER BY id DESC LIMIT {2 * PROBED}"
        )
        return _first(str(number) for (number,) in rows if is_wrong(number))

    def _probe(self, number: int) -> bool:
        """Whether the first words of a file, and the mark of its owner, are not in the index."""
        row = self._rows(
            f"""SELECT owner_id, display_name,
                       CASE WHEN text_indexed THEN substr(text, 1, {PROBED_CHARACTERS}) ELSE '' END
                FROM audio_files WHERE id = ?""",
            number,
        )[0]
        wanted = [f'owner : "u{row[0]}"']
        for column, text in (("name", row[1]), ("text", row[2])):
            if not isinstance(text, str):  # told of by itself
                continue
            words = list(dict.fromkeys(WORD.findall(text[: PROBED_CHARACTERS - 30])))
            wanted += [f'{column} : "{word}"' for word in (*words[:2], *words[-2:])]
        found = self._rows(
            "SELECT 1 FROM audio_search WHERE audio_search MATCH ? AND rowid = ?",
            " AND ".join(wanted), number,
        )  # fmt: skip
        return not found

    def _broken_index(self) -> list[str]:
        """Read the whole index once: how often its words stand must be how many there are."""
        self._connection.execute(
            "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, audio_search, col)"
        )
        counted = dict(self._rows("SELECT col, sum(cnt) FROM temp.words GROUP BY col"))
        (count,) = self._rows("SELECT count(*) FROM audio_files")[0]
        owners = counted.get("owner", 0)
        return [] if owners == count else [f"{owners} of {count} files have words"]

    def segment_faults(self) -> Iterator[tuple[str, list[str]]]:
        """Kinds of faults in what is known of the sound of finished files, with their names."""
        for kind, sql in SEGMENT_FAULTS.items():
            yield kind, self._names(f"{sql} LIMIT {MOST_ROWS}")

    def _names(self, sql: str) -> list[str]:
        return [str(name) for (name,) in self._rows(sql)]

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()


# Files of releases before the segments have no engine, and none of these.
FINISHED = "status = 'ready' AND engine != ''"
SEGMENT_FAULTS = {
    "none": f"""SELECT filename FROM audio_files
        WHERE {FINISHED} AND duration > 0
          AND NOT EXISTS (SELECT 1 FROM segments WHERE file_id = audio_files.id)""",
    "gaps": f"""SELECT filename FROM audio_files WHERE {FINISHED} AND (EXISTS (
        SELECT 1 FROM (
            SELECT position, text_start, start_ms, byte_end,
                   row_number() OVER (ORDER BY position) - 1 AS nth,
                   lag(text_end, 1, 0) OVER (ORDER BY position) AS before_text,
                   lag(byte_end, 1, 0) OVER (ORDER BY position) AS before_bytes
            FROM segments WHERE file_id = audio_files.id)
        WHERE position != nth OR text_start != before_text OR byte_end < before_bytes)
        OR (SELECT max(text_end) FROM segments
            WHERE file_id = audio_files.id) < character_count)""",
    "outside": f"""SELECT filename FROM audio_files WHERE {FINISHED} AND EXISTS (
        SELECT 1 FROM segments WHERE file_id = audio_files.id
          AND (text_end > character_count OR byte_end > size))""",
}


@contextlib.contextmanager
def examination(path: Path) -> Iterator[Examination]:
    """Open a file to be examined; raises DatabaseError where it cannot be read."""
    with (
        translating_sqlite_errors(path),
        contextlib.closing(sqlite_file.connect_plain(path, "ro")) as connection,
    ):
        connection.row_factory = None
        connection.text_factory = lambda value: value.decode("utf-8", "surrogateescape")
        connection.execute("BEGIN")
        yield Examination(connection)


def _parts(connection: sqlite3.Connection) -> list[str]:
    found = []
    rows = connection.execute(
        """SELECT type, name, sql LIKE 'CREATE VIRTUAL%' FROM sqlite_schema WHERE sql NOT NULL
           ORDER BY type DESC, name"""
    )
    for kind, name, is_virtual in rows.fetchall():
        if name.startswith("sqlite_"):
            continue
        found.append(name)
        if kind == "table" and not is_virtual:
            found += [f"{name}.{column}" for column in _columns(connection, name)]
    return found


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")').fetchall()]


def _keys(connection: sqlite3.Connection, table: str) -> str:
    """SQL for what a row is called: its key."""
    rows = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    keys = sorted((place, name) for _, name, _, _, _, place in rows if place)
    return " || '/' || ".join(f'"{name}"' for _, name in keys) or "rowid"


def _wrong_time(column: str) -> str:
    """SQL for whether a column holds what no clock has shown; empty where it is no time."""
    if column.endswith("_epoch"):
        return (
            f"{column} NOT NULL AND (typeof({column}) NOT IN ('real', 'integer') "
            f"OR {column} NOT BETWEEN 0 AND {LATEST_EPOCH})"
        )
    if column == "day":
        return (
            "strftime('%d', julianday(printf('%04d-%02d-%02d', year, month, day))) "
            "IS NOT printf('%02d', day)"
        )
    if column.endswith("_at") or column in ("timestamp", "last_login"):
        return (
            f"{column} NOT NULL AND ({column} NOT BETWEEN '{EARLIEST}' AND '{LATEST}' OR "
            f"strftime('%Y-%m-%d %H:%M:%S', julianday({column})) IS NOT {column})"
        )
    return ""


def _wrong_type(column: str, kind: str) -> str:
    """SQL for whether a column holds another type than its own; empty where any will do."""
    kinds = TYPES.get(kind.upper())
    if kinds is None:
        return ""
    is_other = f'typeof("{column}") NOT IN ({kinds})'
    if "real" in kinds:
        is_other = f'({is_other} OR "{column}" NOT BETWEEN -{LARGEST_REAL} AND {LARGEST_REAL})'
    return f'("{column}" NOT NULL AND {is_other})'


def _first(names: Iterator[str]) -> list[str]:
    return [name for name, _ in zip(names, range(MOST_ROWS), strict=False)]
