"""What other processes do in the tests of the database: `children.py ROLE ARGUMENTS`."""

import os
import signal
import sqlite3
import sys
from pathlib import Path

from database import Database


def count(path: str, user_id: str, times: str) -> None:
    """Read, then write what was read plus one."""
    db = Database(path)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(times)):
        with db.transaction():
            seen = db.get_all_time_usage(int(user_id))["requests"]
            db.record_usage(int(user_id), seen + 1, 0.0)
    db.close()


def write(path: str, user_id: str, name: str) -> None:
    """Write two rows a transaction for ever and say each number that was acknowledged."""
    db = Database(path)
    number = 0
    while True:
        number += 1
        with db.transaction():
            for half in "ab":
                db.create_audio_file(
                    int(user_id), f"{name}-{number}-{half}", "n", voice="v", text="t" * 3000
                )
        print(number, flush=True)


def log_events(path: str, times: str) -> None:
    """Write events of the security log."""
    db = Database(path)
    for _ in range(int(times)):
        db.log_security_event("login")
    db.close()


def hold(path: str) -> None:
    """Hold a transaction until told to end."""
    db = Database(path)
    with db.transaction():
        print("held", flush=True)
        sys.stdin.readline()
    db.close()


def open_and_close(path: str) -> None:
    """Open a file that several processes open at the same moment."""
    print("ready", flush=True)
    sys.stdin.readline()
    db = Database(path)
    print(db.count_users(), flush=True)
    db.close()


def leave_log(path: str, *statements: str) -> None:
    """Commit to the log of any database and die before it is written back."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", *statements):
        connection.execute(statement).fetchall()
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at_each_step(source: str, folder: str) -> None:
    """Open copies of `source`, killed at the first, second, … step; print what each left."""
    content, step = Path(source).read_bytes(), 0
    while True:
        step += 1
        path = Path(folder) / f"step{step}" / "voiceverse.db"
        path.parent.mkdir()
        path.write_bytes(content)
        child = os.fork()
        if child == 0:
            _die_at(step)
            Database(path).close()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            print("done", os.WEXITSTATUS(status), path, flush=True)
            return
        print("killed", os.WTERMSIG(status), path, flush=True)


def _die_at(step: int) -> None:
    """Kill this process at the step-th statement, or call that changes a folder."""
    left = step

    def after(call):
        def wrapped(*arguments, **named):
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **named)

        return wrapped

    class Connection(sqlite3.Connection):
        execute = after(sqlite3.Connection.execute)
        close = after(sqlite3.Connection.close)

    connect = sqlite3.connect
    sqlite3.connect = lambda *arguments, **named: connect(*arguments, factory=Connection, **named)
    for name in ("open", "replace", "unlink", "fsync", "mkdir"):
        setattr(os, name, after(getattr(os, name)))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
