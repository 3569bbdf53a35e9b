"""Writes docs/licences.md: every package that is installed with VoiceVerse, and its licence."""

import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from tools.supply.locks import LOCKS, ROOT, Package, packages

FACTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
TARGET = ROOT / "docs" / "licences.md"
HEAD = """# Licences

VoiceVerse is under the MIT license. These packages are installed with it, pinned by their hashes in
`requirements/base.lock` and, for what may be left out, in `requirements/formats.lock` and
`requirements/neural.lock`. [NOTICE](../NOTICE) says more about those under the GPL and LGPL, and
about what some packages carry inside or were made of. `make licences` writes this page from what
the packages state themselves.

| package | version | licence | where |
|---|---|---|---|
"""


def licence_of(package: Package) -> str:
    """A package's licence; raises ValueError where nothing is known of it."""
    found = FACTS["unstated"].get(package.name) or _stated(package.name)
    if not found:
        raise ValueError(f"look up the licence of {package.name} and add it to licences.toml")
    return found


def _stated(name: str) -> str:
    """What the installed package states, as SPDX writes it where that is known; "" for nothing."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    if expression := told.get("License-Expression"):
        return expression
    classifiers = told.get_all("Classifier") or []
    named = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License :: ")]
    named = [name for name in named if name != "OSI Approved"]
    in_words = (told.get("License") or "").strip().partition("\n")[0]
    return " OR ".join(sorted({FACTS["spdx"].get(name, name) for name in named or [in_words]}))


def page() -> str:
    """The text of docs/licences.md."""
    rows = (
        f"| {package.name} | {package.version} | {licence_of(package)} "
        f"| {package.marker.replace('|', '') or 'everywhere'} |\n"
        for package in packages(*LOCKS)
    )
    return HEAD + "".join(rows)


def main() -> None:
    """Write the page."""
    TARGET.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
