"""Backups that are made while others write, restored elsewhere and compared by content."""

import hashlib
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from database import snapshots
from keeping import backing, restoring
from tests.serving import wait_until

LOAD = Path(__file__).with_name("load.py")


class Load:
    """Processes that add, change and delete files; what they have said so far."""

    def __init__(self, folder: Path, processes: int):
        self.lines: list[str] = []
        self._processes = [
            subprocess.Popen(
                [sys.executable, LOAD, folder, f"writer{number}"], stdout=subprocess.PIPE, text=True
            )
            for number in range(processes)
        ]
        self._readers = [threading.Thread(target=self._read, args=(p,)) for p in self._processes]
        for reader in self._readers:
            reader.start()

    def _read(self, process):
        for line in process.stdout:
            self.lines.append(line.strip())

    def said(self, deed: str) -> set[str]:
        return {line.split()[1] for line in list(self.lines) if line.startswith(deed)}

    def __enter__(self):
        wait_until(lambda: len(self.lines) > 30, "the load")
        return self

    def __exit__(self, *_):
        for process in self._processes:
            process.kill()
        for process, reader in zip(self._processes, self._readers, strict=True):
            process.wait()
            reader.join()
            process.stdout.close()


def back_up_under_load(place, tmp_path, times):
    with Load(tmp_path, 2) as load:
        for number in range(times):
            added = load.said("added")
            made = backing.make(place.config)
            gone = load.said("deleting")
            fresh = replace(place.config, data_dir=tmp_path / f"restored{number}")
            restoring.restore(fresh, made.folder)
            sounds = snapshots.list_sounds(fresh.database_path)
            assert made.manifest.unsound == []
            assert added - gone - set(sounds) == set()
            for name, row in sounds.items():
                if row["status"] == "ready":
                    sound = (fresh.audio_dir / name).read_bytes()
                    assert hashlib.sha256(sound).hexdigest() == row["sha256"], name
            before = len(load.lines)
            wait_until(lambda before=before: len(load.lines) > before, "more work")


def test_backups_under_load_are_whole(place, tmp_path):
    back_up_under_load(place, tmp_path, 2)


@pytest.mark.slow
def test_forty_backups_under_load_are_all_whole(place, tmp_path):
    back_up_under_load(place, tmp_path, 40)
