"""A small data folder, made without any speech: its people, its files, and what it holds."""

import hashlib
import random
from pathlib import Path

from config import Config
from database import Database
from storage import snapshots
from storage.audio_store import AudioStore
from storage.segment_store import SegmentStore, TakeStore

KEY = b"k" * 64


class Place:
    """A data folder in use; `close` before it is restored."""

    def __init__(self, folder: Path, **settings):
        self.data = folder / "data"
        self.config = Config(data_dir=self.data, min_free_mb=0, **settings)
        self.config.audio_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.data.chmod(0o700)
        self.store = AudioStore(self.config.audio_dir)
        self.open()

    def open(self) -> None:
        self.db = Database(self.config.database_path)

    def close(self) -> None:
        self.db.close()

    def fill(self, files: int = 3) -> "Place":
        """People, files, an unfinished one, bought sound, an earlier take, a key."""
        (self.data / "secret_key").write_bytes(KEY)
        (self.data / "secret_key").chmod(0o600)
        self.db.create_user("anna", "!")
        for number in range(files):
            self.add(f"{number}.mp3", noise(3000 + number, number))
        self.grow("growing.mp3", noise(5000, 77), recorded=4000)
        SegmentStore(self.config.segments_dir).write("ab" * 32, [noise(2000, 88)])
        TakeStore(self.data / "takes").write("cd" * 32, [noise(1000, 99)])
        return self

    def add(self, name: str, sound: bytes) -> None:
        """A ready file with its row."""
        digest = hashlib.sha256(sound).hexdigest()
        with self.store.write_part(name, 0) as part:
            part.write(sound)
            part.sync()
        self.store.finish(name)
        self.db.create_audio_file(
            1, name, name, voice="v", text=f"text of {name}", size=len(sound), sha256=digest
        )

    def grow(self, name: str, sound: bytes, recorded: int) -> None:
        """An unfinished file, of which so many bytes are recorded."""
        row = self.db.create_audio_file(1, name, name, voice="v", text="ab", status="queued")
        row = self.db.claim_job("w", now=1.0, lease_s=9.0)
        with self.store.write_part(name, 0) as part:
            part.write(sound)
        segment = {
            "position": 0, "text_start": 0, "text_end": 1, "start_ms": 0, "end_ms": 1,
            "byte_end": recorded, "frame_end": 1, "words": "",
        }  # fmt: skip
        self.db.checkpoint_job(row["id"], "w", [segment], duration=0.1)

    def contents(self) -> dict:
        """What must be the same after a restore: tables, and sound by name."""
        return contents(self.data)

    def bytes(self) -> dict[str, bytes]:
        """Every file of the data folder but locks and the logs of SQLite."""
        return {
            path.relative_to(self.data).as_posix(): path.read_bytes()
            for path in sorted(self.data.rglob("*"))
            if path.is_file() and not path.name.endswith(("lock", "-wal", "-shm"))
        }


def contents(data: Path) -> dict:
    """Rows by table and sound by name; of an unfinished file only what is recorded."""
    sounds = snapshots.list_sounds(data / "voiceverse.db")
    heard = {}
    for name, row in sounds.items():
        is_ready = row["status"] == "ready"
        path = data / "audio" / (name if is_ready else f"{name}.part")
        sound = path.read_bytes() if path.exists() else b""
        heard[name] = hashlib.sha256(sound if is_ready else sound[: row["bytes"]]).hexdigest()
    copy = data / "contents.db"
    snapshots.copy_out(data / "voiceverse.db", copy)
    tables = snapshots.fingerprint(copy)
    copy.unlink()
    return {"sounds": heard, "tables": tables}


def noise(length: int, seed: int) -> bytes:
    return random.Random(seed).randbytes(length)


def flip(path: Path, place: float, bit: int = 0) -> None:
    """Change one bit of a file; `place` from 0 to 1."""
    content = bytearray(path.read_bytes())
    content[min(int(place * len(content)), len(content) - 1)] ^= 1 << bit
    mode = path.stat().st_mode
    path.unlink()  # other names of the same file keep what they had
    path.write_bytes(bytes(content))
    path.chmod(mode)
