"""The small install of the older app together with a database of the earlier release."""

import contextlib
import shutil
import sqlite3
from pathlib import Path

from tests.database import earlier_files
from tests.legacy.installs import make_small_install, mp3

# ann and one.mp3 are in both; the database adds bob's secret.mp3 and playbacks of its own.
MERGED = """
UPDATE users SET username = 'bob' WHERE id = 2;
UPDATE audio_files SET filename = 'secret.mp3' WHERE id = 7;
INSERT INTO usage_stats (id, user_id, characters_used, cost, timestamp, month, year) VALUES
    (9, 1, 100, 0.0015, '2025-01-02 12:00:00', 1, 2025);
"""


def make_both(root: Path) -> Path:
    """Returns the database, which is left with an open log, as by a kill."""
    make_small_install(root / "saved_audio")
    (root / "saved_audio" / "secret.mp3").write_bytes(mp3(5))
    data = root / "data"
    data.mkdir()
    scratch = earlier_files.make(root / "scratch.db")
    with contextlib.closing(sqlite3.connect(scratch)) as connection:
        connection.execute("PRAGMA journal_mode=WAL").fetchall()
        connection.executescript(MERGED)
        for suffix in ("", "-wal"):
            shutil.copyfile(f"{scratch}{suffix}", data / f"voiceverse.db{suffix}")
    scratch.unlink()
    return data / "voiceverse.db"
