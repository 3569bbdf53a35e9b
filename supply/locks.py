"""Reads the lock files: which packages, in which versions, with which hashes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements/base.lock", "requirements/formats.lock", "requirements/neural.lock")
PINNED = re.compile(r"([A-Za-z0-9][\w.-]*)==(\S+)(?:\s*;\s*(.*?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
UNKNOWN = "not stated"
# What the metadata of packages says in many words, as SPDX names it.
SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "LGPL": "LGPL-2.1-only",
    "MIT License": "MIT",
    "Zope Public License": "ZPL-2.1",
    "ZPL 2.1": "ZPL-2.1",
}


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned package; `marker` says where it is installed, empty for everywhere."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def packages(*names: str) -> list[Package]:
    """What lock files list, by name; raises ValueError for a line without a hash."""
    found = [package for name in names for package in _read((ROOT / name).read_text("utf-8"))]
    return sorted(set(found), key=lambda package: (package.name, package.version))


def _read(text: str) -> Iterator[Package]:
    for entry in re.split(r"\n(?=\S)", text.strip()):
        head = entry.splitlines()[0].strip()
        pinned = PINNED.fullmatch(head)
        hashes = tuple(sorted(HASH.findall(entry)))
        if not pinned or not hashes:
            raise ValueError(f"{head} is not pinned with hashes")
        yield Package(pinned[1], pinned[2], pinned[3] or "", hashes)


def licence(package: Package) -> str:
    """The licence that the installed package states, as SPDX writes it where that is known."""
    found = _installed(package.name)
    if found is None:
        return UNKNOWN
    told = found.metadata.get("License-Expression")
    if told:
        return told
    classifiers = found.metadata.get_all("Classifier") or []
    named = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License :: ")]
    named = [name for name in named if name != "OSI Approved"]
    stated = (found.metadata.get("License") or "").strip().partition("\n")[0]
    return " OR ".join(sorted({SPDX.get(name, name) for name in named or [stated or UNKNOWN]}))


def home(package: Package) -> str:
    """Where the package lives."""
    return f"https://pypi.org/project/{package.name}/{package.version}/"


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None
