"""Reads the lock files: which packages, in which versions, with which hashes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = ("requirements/base.lock", "requirements/formats.lock", "requirements/neural.lock")
PINNED = re.compile(r"([A-Za-z0-9][\w.-]*)==(\S+)(?:\s*;\s*(.*?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned package; `marker` says where it is installed, empty for everywhere."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def packages(*names: str) -> list[Package]:
    """What lock files list, by name; raises ValueError for a line without a hash.

    Of a package that several list, where the first of them has it installed.
    """
    found: dict[tuple[str, str], Package] = {}
    for name in names:
        for package in _read((ROOT / name).read_text("utf-8")):
            found.setdefault((package.name, package.version), package)
    return [found[key] for key in sorted(found)]


def _read(text: str) -> Iterator[Package]:
    for entry in re.split(r"\n(?=\S)", text.strip()):
        head = entry.splitlines()[0].strip()
        pinned = PINNED.fullmatch(head)
        hashes = tuple(sorted(HASH.findall(entry)))
        if not pinned or not hashes:
            raise ValueError(f"{head} is not pinned with hashes")
        yield Package(pinned[1], pinned[2], pinned[3] or "", hashes)


def home(package: Package) -> str:
    """Where the package lives."""
    return f"https://pypi.org/project/{package.name}/{package.version}/"
