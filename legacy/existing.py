"""Comparison of the plan with what the target holds already."""

import math
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from legacy.errors import Refused
from legacy.fields import shown
from legacy.records import (
    METADATA,
    PLAYBACKS,
    USAGE,
    USERS,
    Account,
    AudioFile,
    LegacyMonth,
    Note,
    Plan,
    UsageRow,
)
from legacy.times import LocalClock
from legacy.usage_ledger import allocate
from queries.legacy_import import FILLED, KnownFile, Migration, MigrationFile
from storage.earlier_release import NO_LOGIN

Fill = dict[str, Any]  # columns of a file that said nothing in the database


@dataclass(slots=True)
class Existing:
    """Content of the target before anything was written to it."""

    is_earlier_release: bool = False
    is_first: bool = True  # the app of today has not used it yet
    last_ids: dict[str, int] = field(default_factory=dict)
    users: dict[str, tuple[int, str]] = field(default_factory=dict)
    files: dict[str, KnownFile] = field(default_factory=dict)
    months: dict[str, tuple[int, int, float]] = field(default_factory=dict)
    played: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    has_admin: bool = False
    migrations: list[Migration] = field(default_factory=list)


def look_into(file: MigrationFile, *, is_new: bool, is_earlier_release: bool) -> Existing:
    """Read everything in the target that the plan has to agree with."""
    return Existing(
        is_earlier_release, is_new or is_earlier_release, file.last_ids(), file.users(),
        file.files(), file.months(),
        Counter(file.played()), file.has_admin(), file.migrations(),
    )  # fmt: skip


@dataclass(slots=True)
class Changes:
    """Changes to be written: only what the target does not hold yet."""

    accounts: list[Account]
    files: list[AudioFile]
    usage: list[UsageRow]
    fills: dict[str, Fill]  # filename → columns that said nothing in the database
    notes: list[Note]


def agree(plan: Plan, existing: Existing) -> Changes:
    """Subtract what is there from the plan; raises Refused where the two would clash."""
    if not existing.is_earlier_release:
        _refuse_clash(plan, existing)
    return _Agreement(plan, existing).changes()


def _refuse_clash(plan: Plan, existing: Existing) -> None:
    if existing.migrations:
        raise Refused(
            "The database already holds a migration of other JSON files, made at "
            f"{existing.migrations[0]['applied_at']} UTC; roll that one back first, or name "
            "another database with --db. Nothing was changed."
        )
    folded = {name.casefold() for name in existing.users}
    names = [account.name for account in plan.accounts if account.name.casefold() in folded]
    files = [file.filename for file in plan.files if file.filename in existing.files]
    for what, found in (("accounts", names), ("files", files)):
        if found:
            raise Refused(
                f"The database already has {what} of the same name ({_few(found)}); name a new "
                "database with --db, or set this one aside. Nothing was changed."
            )


class _Agreement:
    """Comparison of a plan with an existing database, note by note."""

    def __init__(self, plan: Plan, existing: Existing):
        self._plan = plan
        self._existing = existing
        self._notes: list[Note] = []

    def changes(self) -> Changes:
        """Compute what the plan has beyond the database; raises Refused."""
        plan, known = self._plan, self._existing.files
        return Changes(
            self._accounts(),
            [file for file in plan.files if file.filename not in known],
            self._usage(),
            {file.filename: self._fill(file) for file in plan.files if file.filename in known},
            self._notes,
        )

    def _note(self, file: str, key: str, reason: str, kind: str = "target") -> None:
        self._notes.append(Note(kind, file, shown(key), reason))

    def _accounts(self) -> list[Account]:
        new = []
        for account in self._plan.accounts:
            known = self._existing.users.get(account.name)
            if known is None:
                is_admin = account.is_admin and not self._existing.has_admin
                new.append(replace(account, is_admin=is_admin))
            elif account.password_hash not in (NO_LOGIN, known[1]):
                self._note(USERS, account.name, "is in both; the database's password counts")
            elif account.name == self._plan.fallback and account.is_placeholder:
                self._refuse_strange_fallback(account.name, known[1])
        counted = Counter(file.owner for file in self._plan.files)
        for account in new:
            self._note_account(account, counted[account.name])
        return new

    def _note_account(self, account: Account, files: int) -> None:
        if account.is_admin:
            self._note(USERS, account.name, "is the only user, so an admin", "owner")
        if account.is_placeholder:
            name = shlex.quote(account.name)
            self._note(
                METADATA, account.name,
                f"a placeholder for {files} files, which nobody can log in to. Give it a password "
                f"with: flask user password {name} or move everything with: flask user merge "
                f"{name} INTO", "owner",
            )  # fmt: skip

    def _refuse_strange_fallback(self, name: str, stored_hash: str) -> None:
        owned = any(file.owner == name for file in self._plan.files)
        if stored_hash != NO_LOGIN and not owned:
            raise Refused(
                f"What has no owner would go to '{name}', who is a person in the database; "
                "choose who gets it with --owner. Nothing was changed."
            )

    def _fill(self, file: AudioFile) -> Fill:
        """Columns to fill; where both speak, the database's word stays and is noted."""
        row: Mapping[str, Any] = self._existing.files[file.filename]
        theirs = {
            "display_name": file.display_name, "owner": file.owner, "voice": file.voice,
            "category": file.category, "character_count": file.characters, "cost": file.cost,
        }  # fmt: skip
        filled = {}
        for column, value in theirs.items():
            if not value or value == row[column]:
                continue
            if not row[column] and column in FILLED:
                filled[column] = value
            else:
                self._note(METADATA, file.filename, f"{column} is {shown(str(value))} here, "
                           f"{shown(str(row[column]))} in the database, which counts")  # fmt: skip
        return filled

    # Usage

    def _usage(self) -> list[UsageRow]:
        by_month: dict[str, list[UsageRow]] = {}
        for row in self._plan.usage:
            by_month.setdefault(row.month, []).append(row)
        rows = []
        for month, planned in sorted(by_month.items()):
            held = self._existing.months.get(month)
            if held is None or not self._existing.is_earlier_release:
                rows += planned
            else:
                rows += self._rest(month, planned, held)
        return rows

    def _rest(
        self, month: str, planned: list[UsageRow], held: tuple[int, int, float]
    ) -> list[UsageRow]:
        """Usage of a month that the older app counted beyond what the database holds of it."""
        wanted = (
            len(planned), sum(row.characters for row in planned),
            math.fsum(row.cost for row in planned),
        )  # fmt: skip
        if any(abs(a - b) > 1e-9 for a, b in zip(wanted, held, strict=True)):
            here, there = (
                f"{requests} requests, {characters:,} characters, {cost:.6f} USD"
                for requests, characters, cost in (wanted, held)
            )
            self._note(
                USAGE, month, f"is {here} here, {there} in the database; of each the larger counts"
            )
        cost = max(0, wanted[2] - held[2])
        rest = LegacyMonth(
            month,
            max(0, wanted[0] - held[0]),
            max(0, wanted[1] - held[1]),
            cost if cost > 1e-12 else 0.0,
        )
        new = [
            file for file in self._plan.files
            if file.month == month and file.filename not in self._existing.files
        ]  # fmt: skip
        clock = LocalClock()
        noon = clock.to_utc(clock.to_epoch(f"{month}-01 12:00:00"))
        return allocate(rest, new, self._plan.heir, noon)[0]


class Playbacks:
    """Playbacks that the target does not hold yet, oldest first; can be iterated again."""

    def __init__(self, plan: Plan, existing: Existing):
        self._plan = plan
        self._existing = existing

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Yield the number of a label and the UTC text."""
        legacy, to_utc = self._plan.playbacks, LocalClock().to_utc
        if self._held():
            return self._new_ones()
        return zip(reversed(legacy.numbers), map(to_utc, reversed(legacy.epochs)), strict=True)

    def _new_ones(self) -> Iterator[tuple[int, str]]:
        legacy, clock, held = self._plan.playbacks, LocalClock(), self._held()
        known = self._existing.files.keys() | {file.filename for file in self._plan.files}
        for number, epoch in zip(reversed(legacy.numbers), reversed(legacy.epochs), strict=True):
            filename = legacy.labels[number][0]
            key = filename if filename in known else None
            utc = clock.to_utc(epoch)
            # The earlier release wrote local times in some of its versions.
            same = next((t for t in (utc, clock.to_local(epoch)) if held[key, t] > 0), None)
            if same is None:
                yield number, utc
            else:
                held[key, same] -= 1

    def _held(self) -> Counter[tuple[str | None, str]]:
        is_merged = self._existing.is_earlier_release
        return Counter(self._existing.played) if is_merged else Counter()

    def count(self) -> int:
        """Number of playbacks."""
        if not self._held():
            return len(self._plan.playbacks)
        return sum(1 for _ in self)

    def note(self) -> list[Note]:
        """Make a note where some were there already."""
        held = len(self._plan.playbacks) - self.count()
        if not held:
            return []
        return [Note("target", PLAYBACKS, "", f"{held} of its entries are in the database already")]


def _few(names: list[str]) -> str:
    words = ", ".join(shown(name) for name in names[:3])
    return words if len(names) <= 3 else f"{words} and {len(names) - 3} more"
