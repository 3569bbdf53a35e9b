import subprocess
from pathlib import Path

import pytest

from database import Database
from tests.support import processes
from tests.support.disks import in_memory


@pytest.fixture
def tmp_path(tmp_path):
    """A folder in memory where there is one: kills are tested here, not power losses."""
    with in_memory(tmp_path) as folder:
        yield folder


@pytest.fixture
def path(tmp_path):
    return tmp_path / "voiceverse.db"


@pytest.fixture
def db(path):
    database = Database(path)
    yield database
    database.close()


@pytest.fixture
def user(db):
    return db.create_user("ann", "hash")


@pytest.fixture
def make_file(db, user):
    """Add a file with as little as a test cares to say."""

    def make(filename="a.mp3", owner=user, **values):
        values = {"display_name": filename, "voice": "v"} | values
        return db.create_audio_file(owner["id"], filename, **values)

    return make


@pytest.fixture
def start_child():
    """Start children.py in a process of its own: its role, then arguments."""
    started = []

    def start(role, *arguments):
        process = processes.start(Path(__file__).with_name("children.py"), role, *arguments)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def small_disk(tmp_path):
    """Mount a file system of so many bytes; skipped where that is refused."""
    mounted = []

    def mount(size):
        folder = tmp_path / f"disk{len(mounted)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except FileNotFoundError:
            pytest.skip("there is no mount command here")
        if done.returncode:
            pytest.skip("mounting a small disk is not allowed here")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "-l", folder], check=False)


@pytest.fixture
def fill():
    """Use up a disk to the last byte; returns the file to remove."""

    def fill_disk(folder):
        ballast = folder / "ballast"
        with ballast.open("wb", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while file.write(bytes(size)):
                        pass
                except OSError:
                    continue
        return ballast

    return fill_disk
