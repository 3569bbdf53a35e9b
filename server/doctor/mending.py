"""Repair of the database: the search index, and columns that no page could read."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from backups import restore
from common import stored_json
from common.errors import Message
from config import Config
from database import Database
from queries import integrity
from queries.integrity import Column, examination
from queries.integrity_repair import RepairQueries
from server.doctor.contents import is_read
from storage import sqlite_file


class Wrong(NamedTuple):
    """What is broken: the search index, columns of JSON, of times and of numbers."""

    is_search_broken: bool
    columns: list[Column]
    times: list[tuple[str, str, str]]
    numbers: list[tuple[str, str, str, str]]


class RepairedDatabase(Database, RepairQueries):
    """Database under repair; for when no other process is at work."""


def mend(config: Config) -> list[str]:
    """Mend what is broken, after a copy; what was done, in sentences. Raises BackupError or
    DatabaseError, and then nothing was changed."""
    with restore.nobody_at_work(config.data_dir):
        wrong = _find(config)
        if not any(wrong):
            return []
        db = RepairedDatabase(config.database_path)
        try:
            kept = sqlite_file.dated_sibling(config.database_path, "before-mending")
            db.backup(kept)
            with db.transaction():
                done = list(_mend(db, *wrong))
        finally:
            db.close()
    return [*done, Message("The previous database is in {path}.", path=str(kept))]


def _find(config: Config) -> Wrong:
    """Whether the search index is broken, columns of JSON, of times and of numbers."""
    with examination(config.database_path) as look:
        columns = [column for column in integrity.JSON if column.kind in stored_json.DEFAULTS]
        return Wrong(
            bool(look.search_faults()),
            [each for each in columns if look.unreadable_json(each, _reader(each.kind))],
            [(table, column, sql) for table, column, sql, names in look.times() if names],
            [
                (table, column, sql, default)
                for table, column, sql, _names in look.types()
                if (default := look.default_of(table, column))
            ],
        )


def _mend(
    db: RepairedDatabase,
    is_search_broken: bool,
    columns: list[Column],
    times: list[tuple[str, str, str]],
    numbers: list[tuple[str, str, str, str]],
) -> Iterator[str]:
    for each in columns:
        default = "" if each.kind == "words" else stored_json.DEFAULTS[each.kind]
        db.reset_json(each, default, _reader(each.kind))
        where = f"{each.table}.{each.column}"
        yield Message("{column} was reset where it was damaged.", column=where)
    for table, column, sql, default in numbers:
        db.reset_numbers(table, column, sql, default)
        where = f"{table}.{column}"
        yield Message("{column} was reset where it was damaged.", column=where)
    for table, column, sql in times:
        db.reset_times(table, column, sql)
        where = f"{table}.{column}"
        yield Message("{column} was reset where it held impossible times.", column=where)
    if is_search_broken:
        db.rebuild_search()
        yield "The search index was rebuilt."


def _reader(kind: str) -> Callable[[object], bool]:
    return lambda text: is_read(kind, text)
