"""Plan of a migration: accounts, owners, and a usage ledger that adds up."""

import hashlib
import json
import math
from collections import Counter
from dataclasses import fields as fields_of
from operator import attrgetter

from legacy.errors import WrongUse
from legacy.fields import shown
from legacy.records import (
    METADATA,
    USAGE,
    USERS,
    Account,
    AudioFile,
    Legacy,
    LegacyFile,
    LegacyMonth,
    Note,
    Plan,
    UsageRow,
)
from legacy.times import LocalClock
from legacy.usage_ledger import allocate
from legacy.usernames import AccountNames
from storage.earlier_release import NO_LOGIN, PLACEHOLDER

PLACEHOLDER_CREATED = "1970-01-01 00:00:00"


def make_plan(legacy: Legacy, owner: str | None) -> Plan:
    """Plan everything that does not depend on the target; raises WrongUse for `owner`."""
    return _Planner(legacy, owner).plan()


class _Planner:
    """Makes the plan of one migration from the legacy records."""

    def __init__(self, legacy: Legacy, owner: str | None):
        self._legacy = legacy
        self._owner = owner
        self._names = AccountNames()
        self._clock = LocalClock()
        self._notes = list(legacy.notes)

    def plan(self) -> Plan:
        """Make the plan; raises WrongUse."""
        legacy = self._legacy
        for user in legacy.users:
            self._names.add(user.name)
        for file in legacy.files:
            if file.owner is not None:
                self._names.add(file.owner)
        fallback = self._fallback()
        files = [self._file(file, fallback) for file in legacy.files]
        files.sort(key=lambda file: (file.created_at, file.filename))
        usage = self._usage(files, fallback)
        accounts = self._accounts(files, usage, fallback)
        self._note_names()
        plan = Plan(
            accounts, files, usage, list(legacy.months), legacy.playbacks, fallback,
            self._heir(files, fallback), digest_of(sorted(legacy.digests.items())), "",
            self._notes, legacy.digests, legacy.entries, sum(legacy.sizes.values()),
        )  # fmt: skip
        plan.plan_hash = _hash_plan(plan)
        return plan

    def _note(self, kind: str, file: str, key: str, reason: str) -> None:
        self._notes.append(Note(kind, file, shown(key), reason))

    def _fallback(self) -> str:
        """The account for what names no owner: --owner, else the only user, else a placeholder."""
        if self._owner is not None:
            if self._owner not in self._names:
                raise WrongUse(
                    f"--owner {shown(self._owner)}: neither {USERS} nor {METADATA} knows that name."
                )
            return self._names[self._owner]
        if len(self._legacy.users) == 1:
            return self._names[self._legacy.users[0].name]
        return self._names.free(PLACEHOLDER)

    def _file(self, file: LegacyFile, fallback: str) -> AudioFile:
        if file.owner is None:
            self._note("owner", METADATA, file.filename, f"has no owner; goes to '{fallback}'")
        return AudioFile(
            file.filename, file.display_name, file.category, file.voice, file.characters,
            file.cost, fallback if file.owner is None else self._names[file.owner],
            self._clock.to_utc(file.epoch), file.month,
        )  # fmt: skip

    # Usage

    def _usage(self, files: list[AudioFile], fallback: str) -> list[UsageRow]:
        by_month: dict[str, list[AudioFile]] = {}
        for file in files:
            by_month.setdefault(file.month, []).append(file)
        known = {month.month: month for month in self._legacy.months}
        heir = self._heir(files, fallback)
        rows = []
        for key in sorted(known.keys() | by_month.keys()):
            of_month = by_month.get(key, [])
            month = known.get(key) or _month_of(key, of_month)
            if key not in known and self._legacy.months:
                self._note("usage", USAGE, key, f"the month is not in it; its {len(of_month)} "
                           "files count as their own entries say")  # fmt: skip
            noon = self._clock.to_utc(self._clock.to_epoch(f"{key}-01 12:00:00"))
            new, reasons = allocate(month, of_month, heir, noon)
            rows += new
            for reason in reasons:
                self._note("usage", USAGE, key, reason)
        self._compare_totals(files)
        return rows

    def _heir(self, files: list[AudioFile], fallback: str) -> str:
        """Find the account for usage of deleted files: --owner, else the owner of most files."""
        if self._owner is not None or not files:
            return fallback
        counted = Counter(file.owner for file in files)
        return min(counted, key=lambda name: (-counted[name], name))

    def _compare_totals(self, files: list[AudioFile]) -> None:
        """Say where the totals contradict the months, which win, and by how much."""
        sums = {
            "total_characters": sum(month.characters for month in self._legacy.months),
            "total_cost": math.fsum(month.cost for month in self._legacy.months),
            "files_generated": sum(month.files for month in self._legacy.months),
        }
        for key, total in self._legacy.totals.items():
            difference = total - sums[key]
            if abs(difference) > 1e-9:
                self._note("usage", USAGE, key, f"says {total:,}, the months add up to "
                           f"{sums[key]:,} ({-difference:+,.10g}); the months count")  # fmt: skip
        if self._legacy.months and len(files) != sums["files_generated"]:
            self._note("usage", METADATA, "", f"has {len(files)} files, the months count "
                       f"{sums['files_generated']}")  # fmt: skip

    # Accounts

    def _accounts(
        self, files: list[AudioFile], usage: list[UsageRow], fallback: str
    ) -> list[Account]:
        only = len(self._legacy.users) == 1
        accounts = [
            Account(
                self._names[user.name], user.password_hash, user.created_at,
                only and user.password_hash != NO_LOGIN, user.password_hash == NO_LOGIN,
            )
            for user in self._legacy.users
        ]  # fmt: skip
        have = {account.name for account in accounts}
        needed = {file.owner: file.created_at for file in reversed(files)}
        needed |= {row.account: row.timestamp for row in usage if row.account not in needed}
        if self._needs_fallback(fallback):
            needed.setdefault(fallback, PLACEHOLDER_CREATED)
        for name, created_at in sorted(needed.items()):
            if name not in have:
                accounts.append(Account(name, NO_LOGIN, created_at, False, True))
        return accounts

    def _needs_fallback(self, fallback: str) -> bool:
        """Whether a playback goes to the fallback, because its file is gone."""
        known = {file.filename for file in self._legacy.files}
        return any(filename not in known for filename, _ in self._legacy.playbacks.labels)

    def _note_names(self) -> None:
        for legacy, reason in self._names.remarks():
            self._note("owner", USERS, legacy, reason)


def _month_of(key: str, files: list[AudioFile]) -> LegacyMonth:
    return LegacyMonth(
        key, len(files), sum(file.characters for file in files),
        math.fsum(file.cost for file in files),
    )  # fmt: skip


def digest_of(value: object) -> str:
    """Compute the SHA-256 of a value as JSON, in hex."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def _hash_plan(plan: Plan) -> str:
    """Hash all that the plan will write."""
    digest = hashlib.sha256(plan.source_digest.encode())
    for kind, records in (
        (Account, plan.accounts),
        (AudioFile, plan.files),
        (UsageRow, plan.usage),
    ):
        values = attrgetter(*(field.name for field in fields_of(kind)))
        for record in records:
            digest.update(repr(values(record)).encode())
    digest.update(plan.playbacks.numbers)
    digest.update(plan.playbacks.epochs)
    for label in plan.playbacks.labels:
        digest.update(repr(label).encode())
    digest.update(plan.fallback.encode())
    return digest.hexdigest()
