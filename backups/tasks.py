"""Tasks about backups that admins ask for in the browser: one at a time, in a small JSON file.

Whoever does one holds a lock meanwhile, so that a task whose process was killed is known as such.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from backups import files, status
from backups.errors import BackupUnderWay
from common.errors import Message
from config import Config
from storage.file_locks import FileLock

NAME = "task.json"
MAKE, CHECK, RESTORE = "make", "check", "restore"
WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
TIME = "%Y-%m-%d %H:%M:%S"
PATIENCE = timedelta(minutes=10)  # that was not begun by then does not surprise anybody later


@dataclass(frozen=True, slots=True)
class Task:
    """What was asked for last: `kind` and `state` as above, the `backup` that it is about."""

    kind: str = ""
    state: str = ""
    backup: str = ""
    by: str = ""  # the name of who asked
    at: str = ""  # UTC text
    aside: str = ""  # the folder in which a restore left the data of before
    asides: int = 0  # how many of those there were before
    failure: str = ""  # the sentence's template, in English
    values: dict[str, Any] | None = None

    @property
    def why(self) -> str:
        """Reason why it failed, as a sentence that can be translated."""
        return Message(self.failure, **(self.values or {})) if self.failure else ""

    @property
    def is_open(self) -> bool:
        """Whether it waits or is being done."""
        return self.state in (WAITING, RUNNING)


def read(config: Config) -> Task:
    """Read the last task as it stands now; an empty one where there is none."""
    task = _read(config)
    is_late = task.state == WAITING and _is_old(task)
    if is_late or (task.state == RUNNING and not _is_held(config)):
        what = "It did not start in time." if is_late else "It was interrupted."
        return _failed(task, f"{what} Nothing stored was harmed; try again.")
    return task


def ask(config: Config, kind: str, by: str, backup: str = "") -> Task:
    """Ask for a task; raises BackupUnderWay while another one is open."""
    files.make_folder(status.backups_folder(config))
    with _alone(config):
        if read(config).is_open:
            raise BackupUnderWay(
                "Another backup or restore is running. Wait until it is done, then try again."
            )
        return _write(config, Task(kind, WAITING, backup, by, f"{datetime.now(UTC):{TIME}}"))


def is_waiting(config: Config, *kinds: str) -> bool:
    """Whether a task of these kinds waits to be begun."""
    task = _read(config)
    return task.state == WAITING and task.kind in kinds and not _is_old(task)


@contextlib.contextmanager
def taking(config: Config, *kinds: str) -> Iterator[Task | None]:
    """Take up the task that waits, if it is of these kinds; what is raised within is noted."""
    lock = _lock(config, "running")
    if not lock.acquire():
        lock.close()
        yield None
        return
    try:
        if not is_waiting(config, *kinds):
            yield None
            return
        task = _write(config, replace(_read(config), state=RUNNING))
        try:
            yield task
        except Exception as error:
            end(config, task, error)
            raise
        if _read(config).state == RUNNING:
            end(config, task)
    finally:
        lock.release()
        lock.close()


def begin(config: Config, task: Task, **changes: Any) -> Task:
    """Note what a task that was taken up starts from."""
    return _write(config, replace(task, **changes))


def end(config: Config, task: Task, error: Exception | None = None, **changes: Any) -> Task:
    """Note how a task ended."""
    if error is None:
        return _write(config, replace(task, state=DONE, **changes))
    sentence = getattr(error, "message", "") or "It failed. See the server log."
    return _write(config, _failed(task, sentence))


def unsettled(config: Config) -> Task | None:
    """Find a restore that was begun and has no end, though nobody is at it."""
    task = _read(config)
    is_begun = task.kind == RESTORE and task.state == RUNNING
    return task if is_begun and not _is_held(config) else None


def _failed(task: Task, sentence: str) -> Task:
    template = getattr(sentence, "template", sentence.replace("{", "{{").replace("}", "}}"))
    return replace(task, state=FAILED, failure=template, values=getattr(sentence, "values", None))


def _is_old(task: Task) -> bool:
    return task.at < f"{datetime.now(UTC) - PATIENCE:{TIME}}"


def _path(config: Config) -> Path:
    return status.backups_folder(config) / NAME


def _read(config: Config) -> Task:
    try:
        content = json.loads(_path(config).read_text("utf-8"))
        known = {each.name: content[each.name] for each in fields(Task)}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Task()
    return Task(**known)


def _write(config: Config, task: Task) -> Task:
    files.write_whole(_path(config), json.dumps(asdict(task)).encode())
    return task


def _lock(config: Config, what: str) -> FileLock:
    return FileLock(status.backups_folder(config) / f".task-{what}.lock")


def _is_held(config: Config) -> bool:
    lock = _lock(config, "running")
    is_free = lock.acquire()
    if is_free:
        lock.release()
    lock.close()
    return not is_free


@contextlib.contextmanager
def _alone(config: Config) -> Iterator[None]:
    lock = _lock(config, "asking")
    try:
        if not lock.acquire(5.0):
            raise BackupUnderWay("Somebody else just asked for the same. Try again.")
        yield
    finally:
        lock.release()
        lock.close()
