"""Places for files that behave unlike others: in memory, or on a small disk of their own."""

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
def small(folder: Path, size: str) -> Iterator[Path | None]:
    """A file system of that size, such as "40m", at a folder; None where mounting is refused."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
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
