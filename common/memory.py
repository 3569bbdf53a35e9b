"""Memory that is left: of the machine, and of the share of it that this program may use."""

from pathlib import Path

LET_GO = ("inactive_file", "active_file", "slab_reclaimable")  # of memory.stat


def left_bytes() -> int | None:
    """Bytes that can still be had; None where the system does not tell."""
    left = [number for number in (_left_of_machine(), _left_of_group()) if number is not None]
    return min(left, default=None)


def _left_of_machine() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "MemAvailable":
                return int(value.split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        return None
    return None


def _left_of_group() -> int | None:
    """Bytes that the control group leaves; what it caches of files can be let go of."""
    try:
        group = Path("/proc/self/cgroup").read_text().strip().rpartition("::/")[2]
        folder = Path("/sys/fs/cgroup") / group
        if not (folder / "memory.max").exists():
            folder = Path("/sys/fs/cgroup")
        most = int((folder / "memory.max").read_text())
        used = int((folder / "memory.current").read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return most - used + sum(int(stat.get(name, 0)) for name in LET_GO)
    except (OSError, ValueError):
        return None
