"""Usernames of a migration: replacements for those that today's rules would refuse.

A name is kept as it is where a person can still type it at the login, whatever its length and
letters. Only what the login itself would change (composed letters, outer blanks), what cannot be
shown (control characters) and what does not fit (150 characters) is changed; a name that then
belongs to somebody else gets a number.
"""

import hashlib
import unicodedata
from collections.abc import Collection

from common import usernames
from legacy.fields import LONGEST_USERNAME

UNNAMED = "unnamed"


class AccountNames:
    """Mapping of legacy names to usernames, never the same for two."""

    def __init__(self, taken: Collection[str] = ()):
        self._taken = set(taken)
        self._names: dict[str, str] = {}

    def __contains__(self, legacy: str) -> bool:
        return legacy in self._names

    def __getitem__(self, legacy: str) -> str:
        return self._names[legacy]

    def add(self, legacy: str) -> str:
        """Give the username for a legacy name; the same each time."""
        if legacy not in self._names:
            self._names[legacy] = self.free(_typeable(legacy))
        return self._names[legacy]

    def free(self, name: str) -> str:
        """Give the name, or the first free numbered one; it is taken from now on."""
        candidate, number = name, 1
        while candidate in self._taken:
            number += 1
            candidate = f"{name[:140]}-{number}"
        self._taken.add(candidate)
        return candidate

    def remarks(self) -> list[tuple[str, str]]:
        """List legacy name and sentence for each that was changed or breaks a rule of today."""
        spellings: dict[str, list[str]] = {}
        looks: dict[str, list[str]] = {}
        for name in self._names.values():
            spellings.setdefault(usernames.fold(name), []).append(name)
            looks.setdefault(usernames.look(name), []).append(name)
        found = []
        for legacy, name in self._names.items():
            alike = [other for other in spellings[usernames.fold(name)] if other != name]
            same_look = [other for other in looks[usernames.look(name)] if other != name]
            if name != legacy:
                found.append((legacy, f"the account is called '{name}'"))
            elif not usernames.is_well_formed(name) or usernames.is_mixed(name):
                found.append((legacy, "kept, though today's rule for new names would refuse it"))
            if alike:
                found.append(
                    (legacy, f"differs from '{alike[0]}' only in case or spelling; both are kept, "
                     "and each is reached only by its exact spelling")
                )  # fmt: skip
            elif same_look:
                found.append((legacy, f"looks like '{same_look[0]}'; both are kept"))
        return found


def _typeable(legacy: str) -> str:
    name = unicodedata.normalize("NFC", legacy)
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cs")).strip()
    if len(name) > LONGEST_USERNAME:
        mark = hashlib.sha256(legacy.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        name = f"{name[:130].rstrip()}~{mark}"
    return name or UNNAMED
