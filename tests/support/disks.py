"""Places for files that behave unlike others: in memory, or on a small disk of their own."""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY = Path("/dev/shm")


@contextmanager
def in_memory(otherwise: Path) -> Iterator[Path]:
    """A folder in memory where there is one: for tests of kills, not of power losses."""
    if not os.access(MEMORY, os.W_OK):
        yield otherwise
        return
    with tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def small(folder: Path, size: str, files: int = 0) -> Iterator[Path | None]:
    """A file system of that size, such as "40m", at a folder; None where mounting is refused.

    It holds so many files and folders, or any number.
    """
    folder.mkdir(exist_ok=True)
    options = f"size={size},nr_inodes={files}"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        is_mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        is_mounted = False
    if not is_mounted:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, leave: int) -> None:
    """Take up all the space around a folder but so many bytes, in a file named ballast."""
    free = shutil.disk_usage(folder).free
    with suppress(OSError):  # the program took some of it meanwhile: full is full
        (folder / "ballast").write_bytes(bytes(max(0, free - leave)))


@contextmanager
def filled(folder: Path, leave: int = 0) -> Iterator[None]:
    """All the space around a folder taken up, but so many bytes, until the block is left."""
    fill(folder, leave)
    try:
        yield
    finally:
        (folder / "ballast").unlink()


@contextmanager
def crowded(folder: Path) -> Iterator[None]:
    """No further file possible around a folder, though bytes are free, until the block is left."""
    crowd = folder / "crowd"
    crowd.mkdir()
    with suppress(OSError):
        for number in itertools.count():
            (crowd / str(number)).touch()
    try:
        yield
    finally:
        shutil.rmtree(crowd)
