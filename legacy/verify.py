"""Verification: the JSON read again and the database read back, record against record."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from legacy.audio import Sound, digest_of_stored
from legacy.errors import NotVerified
from legacy.existing import Changes, Existing, Playbacks
from legacy.fields import shown
from legacy.records import Plan
from legacy.writer import fill_for, owners_of
from queries.legacy_import import TABLES, AccountSums, MigrationFile
from storage.audio_store import AudioStore
from storage.errors import DatabaseError

BATCH = 2000
COST_TOLERANCE = 1e-12
Record = tuple[Any, ...]
Month = tuple[int, int, float]  # requests, characters, cost (USD)
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Proof:
    """Result of a verification: per table the count and a hash over all records."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    months: list[dict[str, Any]] = field(default_factory=list)
    accounts: dict[str, AccountSums] = field(default_factory=dict)
    sounds: int = 0


def digest_old_rows(file: MigrationFile, existing: Existing) -> dict[str, str]:
    """Hash the rows of each table that were there before."""
    digests = {}
    for table in TABLES:
        digest = hashlib.sha256()
        for row in file.old_rows(table, existing.last_ids[table]):
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
        digests[table] = digest.hexdigest()
    return digests


class Verifier:
    """Compares a sealed file with a plan that was made from a second reading of the JSON."""

    def __init__(self, path: Path, plan: Plan, existing: Existing, changes: Changes):
        self._path = path
        self._plan = plan
        self._existing = existing
        self._changes = changes
        self._proof = Proof()

    def verify(
        self, sounds: dict[str, Sound], old_digests: dict[str, str], progress: Progress
    ) -> Proof:
        """Verify everything but the sound itself; raises NotVerified at the first difference."""
        try:
            # SQLite's own checks need no Python: they run beside the comparison.
            with ThreadPoolExecutor(1) as pool:
                checked = pool.submit(_check, self._path)
                with closing(MigrationFile(self._path, read_only=True)) as file:
                    progress("Verifying records", 0, 0)
                    self._verify_records(file, sounds)
                    self._verify_old_rows(file, sounds, old_digests)
                    self._verify_months(file)
                    self._proof.accounts = file.account_sums()
                progress("Checking the file", 0, 0)
                faults = checked.result()
        except DatabaseError as error:
            raise NotVerified(error.message) from error
        if faults:
            raise NotVerified(f"The new database is not sound: {faults[0]}. Nothing was changed.")
        return self._proof

    # Records

    def _verify_records(self, file: MigrationFile, sounds: dict[str, Sound]) -> None:
        last = self._existing.last_ids
        names, files = file.user_names(), file.file_names()
        self._compare("users", self._expected_users(), file.read("users", last["users"]))
        self._compare(
            "audio_files", self._expected_files(sounds),
            file.read("audio_files", last["audio_files"]),
        )  # fmt: skip
        self._compare(
            "usage_stats", self._expected_usage(),
            (
                (names[user], files.get(filename), *rest)
                for user, filename, *rest in file.read("usage_stats", last["usage_stats"])
            ),
        )  # fmt: skip
        self._compare(
            "playback_history", self._expected_playbacks(),
            (
                (names[user], files.get(filename), name, played_at)
                for user, filename, name, played_at in file.read(
                    "playback_history", last["playback_history"]
                )
            ),
        )  # fmt: skip

    def _compare(self, table: str, expected: Iterable[Record], found: Iterable[Record]) -> None:
        """Compare the canonical text of each record on both sides; raises NotVerified."""
        digest, count = hashlib.sha256(), 0
        expected, found = iter(expected), iter(found)
        while True:
            wanted = list(islice(expected, BATCH))
            stored = list(islice(found, BATCH))
            if not wanted and not stored:
                break
            canonical = repr(wanted)
            if canonical != repr(stored):
                self._name_difference(table, wanted, stored)
            digest.update(canonical.encode())
            count += len(stored)
        self._proof.records[table] = {"count": count, "sha256": digest.hexdigest()}

    def _name_difference(self, table: str, wanted: list[Record], stored: list[Record]) -> None:
        pairs = zip(wanted, stored, strict=False)
        first = next((a for a, b in pairs if repr(a) != repr(b)), (wanted or stored)[-1])
        raise NotVerified(
            f"A record of {table} did not arrive as it was ({shown(repr(first[:3]))}). "
            "Nothing was changed; please report this."
        )

    def _expected_users(self) -> Iterator[Record]:
        for account in self._changes.accounts:
            yield (
                account.name, account.password_hash, account.created_at, 1, int(account.is_admin),
                None,
            )  # fmt: skip

    def _expected_files(self, sounds: dict[str, Sound]) -> Iterator[Record]:
        for file in self._changes.files:
            sound = sounds[file.filename]
            yield (
                file.filename, file.display_name, file.owner, file.voice, file.category,
                file.characters, file.cost, file.created_at, sound.duration_s, sound.size,
                sound.sha256, "failed" if sound.error else "ready",
            )  # fmt: skip

    def _expected_usage(self) -> Iterator[Record]:
        for row in self._changes.usage:
            year, month = map(int, row.month.split("-"))
            yield (
                row.account, row.filename, row.characters, row.cost, row.timestamp, year, month,
            )  # fmt: skip

    def _expected_playbacks(self) -> Iterator[Record]:
        owners, fallback = owners_of(self._plan, self._existing), self._plan.fallback
        records = [
            (owners[filename], filename, name) if filename in owners else (fallback, None, name)
            for filename, name in self._plan.playbacks.labels
        ]
        for number, played_at in Playbacks(self._plan, self._existing):
            yield *records[number], played_at

    # What was there before

    def _verify_old_rows(
        self, file: MigrationFile, sounds: dict[str, Sound], old_digests: dict[str, str]
    ) -> None:
        if digest_old_rows(file, self._existing) != old_digests:
            raise NotVerified(
                "A row that was in the database before was changed. Nothing was replaced; "
                "please report this."
            )
        if not self._existing.files:
            return
        stored = file.files()
        for name, row in self._existing.files.items():
            filled = fill_for(row, self._changes.fills.get(name, {}), sounds.get(name))
            if stored[name] != {**row, **filled}:
                self._name_difference("audio_files", [(name,)], [])

    # Sums

    def _verify_months(self, file: MigrationFile) -> None:
        """Compare each month's requests, characters and cost with what the older app counted."""
        sums = self._sum_months(file)
        for month in self._plan.months:
            requests, characters, costs = sums[month.month]
            cost = math.fsum(costs)
            held = self._existing.months.get(month.month, (0, 0, 0.0))
            wanted = (max(month.files, int(month.characters > 0 or month.cost > 0)),
                      month.characters, month.cost)  # fmt: skip
            if self._existing.is_earlier_release:
                wanted = (
                    max(wanted[0], held[0]), max(wanted[1], held[1]), max(wanted[2], held[2]),
                )  # fmt: skip
            else:
                wanted = (wanted[0] + held[0], wanted[1] + held[1], wanted[2] + held[2])
            self._compare_month(month.month, wanted, (requests, characters, cost))
            self._proof.months.append(
                {
                    "month": month.month,
                    "requests": requests, "characters": characters, "cost": cost,
                    "older_app": {"requests": month.files, "characters": month.characters,
                                  "cost": month.cost},
                }
            )  # fmt: skip

    def _sum_months(self, file: MigrationFile) -> dict[str, tuple[int, int, list[float]]]:
        sums: dict[str, tuple[int, int, list[float]]] = defaultdict(lambda: (0, 0, []))
        for _, _, characters, cost, _, year, month in file.read("usage_stats"):
            key = f"{year:04d}-{month:02d}"
            requests, so_far, costs = sums[key]
            costs.append(cost)
            sums[key] = (requests + 1, so_far + characters, costs)
        return sums

    def _compare_month(self, month: str, wanted: Month, found: Month) -> None:
        tolerance = max(COST_TOLERANCE, COST_TOLERANCE * wanted[2])
        # In a merge, a request more may be needed to carry characters that the database lacks.
        is_merged = self._existing.is_earlier_release and self._existing.months.get(month)
        requests_agree = found[0] == wanted[0] or (is_merged and found[0] == wanted[0] + 1)
        if not requests_agree or found[1] != wanted[1] or abs(found[2] - wanted[2]) > tolerance:
            raise NotVerified(
                f"The month {month} does not add up: {found} instead of {wanted}. Nothing was "
                "changed; please report this."
            )


def _check(path: Path) -> list[str]:
    with closing(MigrationFile(path, read_only=True)) as file:
        return file.check()


def verify_sounds(store: AudioStore, sounds: dict[str, Sound], progress: Progress) -> int:
    """Hash the sound files again where they now are; returns how many. Raises NotVerified."""
    checked = 0
    for number, (name, sound) in enumerate(sounds.items()):
        progress("Verifying sound", number + 1, len(sounds))
        if sound.sha256 is None:
            continue
        if digest_of_stored(store, name) != sound.sha256:
            raise NotVerified(
                f"{shown(name)} is not what was copied; check the disk. Nothing was changed."
            )
        checked += 1
    return checked
