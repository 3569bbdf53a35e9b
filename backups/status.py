"""Status of the backups: a small JSON file in their folder, for pages and the doctor."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from backups import files
from common.errors import Message
from config import Config

FOLDER = "backups"
NAME = "state.json"
MOST_ENDS = 30


@dataclass(frozen=True, slots=True)
class Record:
    """Status of the backups; times are UTC, 'YYYY-MM-DD HH:MM:SS', empty for never."""

    since: str = ""  # when backups were first thought of
    made_at: str = ""
    folder: str = ""
    size: int = 0  # bytes
    proven_at: str = ""  # the last backup that was restored and compared
    nightly_at: str = ""  # the last nightly one
    restored_at: str = ""
    restored_from: str = ""  # when the backup that was restored was made
    unsound: int = 0  # files whose sound was missing or damaged
    # Of the security log's chain, as backups saw it: [made_at, id, hash].
    ends: tuple[list[Any], ...] = ()
    failed_at: str = ""
    failure: str = ""  # the sentence, in English
    failure_template: str = ""
    failure_values: dict[str, str | int] | None = None

    @property
    def why(self) -> str:
        """Reason why the last attempt failed, as a sentence that can be translated."""
        if self.failure_template:
            return Message(self.failure_template, **(self.failure_values or {}))
        return self.failure


def backups_folder(config: Config) -> Path:
    """Folder of the backups inside the data folder."""
    return config.data_dir / FOLDER


def path(config: Config) -> Path:
    """Path of the status file."""
    return backups_folder(config) / NAME


def read(config: Config) -> Record:
    """Read the status; an empty one where it cannot be read."""
    return _read(config)[0]


def is_damaged(config: Config) -> bool:
    """Whether the file holds anything that is never written there."""
    return _read(config)[1]


def _read(config: Config) -> tuple[Record, bool]:
    try:
        content = json.loads(path(config).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Record(), False
    except (OSError, ValueError, RecursionError):
        return Record(), True
    if not isinstance(content, dict):
        return Record(), True
    known = {name: value for name, value in content.items() if name in KINDS}
    right = {name: value for name, value in known.items() if KINDS[name](value)}
    record = Record(**right)
    try:
        str(record.why)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return replace(record, failure_template="", failure_values=None), True
    return record, len(right) < len(known)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_time(value: Any) -> bool:
    try:
        return not value or datetime.fromisoformat(value).tzinfo is None
    except (ValueError, TypeError):
        return False


def _are_ends(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(map(_is_end, value))


def _is_end(value: Any) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 3:
        return False
    made_at, number, digest = value
    return _is_text(made_at) and _is_time(made_at) and _is_count(number) and _is_text(digest)


def _are_values(value: Any) -> bool:
    return value is None or isinstance(value, dict)


KINDS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("folder", "failure", "failure_template"), _is_text),
    **dict.fromkeys(("size", "unsound"), _is_count),
    **dict.fromkeys(
        ("since", "made_at", "proven_at", "nightly_at", "restored_at", "restored_from",
         "failed_at"),
        lambda value: _is_text(value) and _is_time(value),
    ),
    "ends": _are_ends,
    "failure_values": _are_values,
}  # fmt: skip


def note(config: Config, **changes: Any) -> Record:
    """Change the status on disk; returns the new one."""
    record = replace(read(config), **changes)
    files.make_folder(backups_folder(config))
    content = json.dumps(asdict(record), indent=1) + "\n"
    files.write_whole(backups_folder(config) / NAME, content.encode())
    return record


def note_end(config: Config, made_at: str, end: list[Any] | None) -> None:
    """Record the end of the security log's chain, [id, hash], when a backup was made."""
    if end:
        earlier = tuple(read(config).ends)[-MOST_ENDS + 1 :]
        note(config, ends=(*earlier, [made_at, *end]))


def note_failure(config: Config, sentence: str, at: str) -> Record:
    """Record why the last attempt failed."""
    template, values = getattr(sentence, "template", ""), getattr(sentence, "values", None)
    return note(
        config, failed_at=at, failure=str(sentence), failure_template=template,
        failure_values=values,
    )  # fmt: skip
