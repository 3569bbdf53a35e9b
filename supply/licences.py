"""Writes docs/licences.md: every package that is installed with VoiceVerse, and its licence."""

from supply.locks import LOCKS, ROOT, UNKNOWN, Package, licence, packages

TARGET = ROOT / "docs" / "licences.md"
HEAD = """# Licences

VoiceVerse is under the MIT license. These packages are installed with it, pinned by their hashes in
`requirements/base.lock` and, for what may be left out, in `requirements/formats.lock` and
`requirements/neural.lock`. [NOTICE](../NOTICE) says more about those under
the GPL and LGPL, and about what some packages carry inside. `make licences` writes this page from
what the packages state themselves.

| package | version | licence | where |
|---|---|---|---|
"""
# Where a package states nothing, or not which one: what its own licence file says.
STATED = {
    "espeakng-loader": "GPL-3.0-or-later",
    "num2words": "LGPL-2.1-or-later",
    "pyasn1-modules": "BSD-2-Clause",
    "pypdfium2": "Apache-2.0 OR BSD-3-Clause",
}


def licence_of(package: Package) -> str:
    """A package's licence; raises ValueError where nothing is known of it."""
    found = STATED.get(package.name) or licence(package)
    if found == UNKNOWN:
        raise ValueError(f"look up the licence of {package.name} and add it to STATED")
    return found


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
