"""Leases: work in line is claimed by a worker for some seconds, then given back or ended.

Exports, imports and retakes are alike in this. Audio files stop at checkpoints and can be
cancelled; what else it takes for that stands in queries/jobs.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from queries.base import Kind, Statements
from storage.errors import LeaseLost

LEASE_S = 30.0  # a claim, unless it is renewed
LONGEST_WAIT_S = 10.0  # a time further ahead comes from a clock that was wrong, and is not believed
DUE = "coalesce(not_before_epoch, -1) NOT BETWEEN ? AND ?"  # the values are those of `due`
# Tries count for one cause; the values are the cause's code, and twice whether the try counts.
COUNTED = "CASE waits_for WHEN ? THEN waits + ? ELSE ? END"
TRIED_ANEW = "waits_for = '', waits = 0, not_before_epoch = NULL"
LET_GO = "lease_owner = NULL, lease_until_epoch = NULL"
IN_WORK = "status IN ('queued', 'working')"  # what the indexes hold; say so to use them
# What can be claimed; the values are those of `due`, the present and the worker. What a worker's
# lease ran out of stays its own: one of its threads is still on it.
FREE = f"""{DUE} AND (lease_owner IS NULL
    OR coalesce(lease_until_epoch, 0) < ? AND lease_owner != ?)"""


def due(now: float) -> tuple[float, float]:
    """Values for DUE: work whose wait ends between these two times is not claimed."""
    return now, now + LONGEST_WAIT_S


@dataclass(frozen=True, slots=True)
class Line:
    """A table of work in line; `gone` is said where a lease is lost.

    The rest is SQL: `waiting` holds for what is in line, `owner` is whose a row is, `claimed` the
    status under a lease, and `restart` changes what begins anew with each try.
    """

    table: str
    gone: str
    index: str = ""
    waiting: str = IN_WORK
    owner: str = "owner_id"
    claimed: str = "'working'"
    restart: str = ""

    @property
    def turns(self) -> str:
        """SQL of the rows in line: of each person the first has turn 1, the second turn 2, …"""
        return f"""SELECT id, {self.owner} AS owner_id,
                row_number() OVER (PARTITION BY {self.owner} ORDER BY id) AS turn
            FROM {self.table} {self.index} WHERE {self.waiting}"""


EXPORTS = Line(
    "exports",
    gone="This download was cancelled.",
    index="INDEXED BY idx_exports_work",
    waiting=f"{IN_WORK} AND NOT is_paused",
    restart="progress = 0,",
)
IMPORTS = Line(
    "imports",
    gone="This import was cancelled.",
    index="INDEXED BY idx_imports_work",
    restart="page = 0,",
)
RETAKES = Line(
    "retakes",
    gone="The piece was changed or deleted meanwhile. Nothing was changed.",
    waiting="status = 'queued' AND NOT is_paused",
    owner="(SELECT owner_id FROM audio_files WHERE audio_files.id = file_id)",
    claimed="'queued'",
)


class LeaseStatements(Statements):
    """Statements of work in line. `now` is in seconds since 1970, `lease_s` in seconds."""

    def _claim(
        self,
        line: Line,
        kind: type[Kind],
        worker: str,
        *,
        now: float,
        lease_s: float,
        fits: str = "true",
        limits: Sequence[object] = (),
    ) -> Kind | None:
        """Claim the next row, fair between people; `fits` is SQL with the values `limits`."""
        free = (*due(now), now, worker)
        some = f"SELECT 1 FROM {line.table} WHERE {line.waiting} AND {FREE} LIMIT 1"
        if not self.row(some, *free):
            return None
        return self.write_found(
            kind,
            f"""UPDATE {line.table} SET status = {line.claimed}, lease_owner = ?,
                    lease_until_epoch = ?, attempts = attempts + 1, not_before_epoch = NULL
                WHERE id = (
                    SELECT line.id FROM ({line.turns}) AS line
                    JOIN {line.table} ON {line.table}.id = line.id
                    JOIN users ON users.id = line.owner_id
                    WHERE users.is_active AND {fits} AND {FREE}
                    ORDER BY line.turn, line.id LIMIT 1)
                RETURNING *""",
            worker, now + lease_s, *limits, *free,
        )  # fmt: skip

    def _update_claimed(
        self, line: Line, work_id: int, worker: str, changes: str, *values: object
    ) -> None:
        """Change a row that the worker has. Raises LeaseLost."""
        if not self._update_if_claimed(line, work_id, worker, changes, *values):
            raise LeaseLost(line.gone)

    def _update_if_claimed(
        self, line: Line, work_id: int, worker: str, changes: str, *values: object
    ) -> bool:
        changed = self.write(
            f"UPDATE {line.table} SET {changes} WHERE id = ? AND lease_owner = ?",
            *values, work_id, worker,
        ).rowcount  # fmt: skip
        return changed > 0

    def extend_work(self, line: Line, worker: str, *, now: float, lease_s: float) -> None:
        """Renew the leases of all work that the worker has."""
        held = f"{IN_WORK} AND lease_owner = ?"
        if self.row(f"SELECT 1 FROM {line.table} WHERE {held} LIMIT 1", worker):
            until = now + lease_s
            self.write(f"UPDATE {line.table} SET lease_until_epoch = ? WHERE {held}", until, worker)

    def park_work(self, line: Line, work_id: int, worker: str) -> None:
        """Give unfinished work back, as a worker does that is told to stop."""
        changes = f"{line.restart} status = 'queued', attempts = max(0, attempts - 1), {LET_GO}"
        self._update_if_claimed(line, work_id, worker, changes)

    def wait_work(
        self,
        line: Line,
        work_id: int,
        worker: str,
        waits_for: str,
        *,
        until: float,
        is_counted: bool = True,
    ) -> None:
        """Give work back until a cause has passed, to be tried again at `until`."""
        self._update_if_claimed(
            line, work_id, worker,
            f"""{line.restart} status = 'queued', attempts = max(0, attempts - 1), {LET_GO},
                waits_for = ?, not_before_epoch = ?, waits = {COUNTED}""",
            waits_for, until, waits_for, is_counted, is_counted,
        )  # fmt: skip

    def fail_work(self, line: Line, work_id: int, worker: str, error: str) -> bool:
        """Mark work failed; `error` says why. False where the worker does not have it any more."""
        changes = f"status = 'failed', error = ?, waits_for = '', waits = 0, {LET_GO}"
        return self._update_if_claimed(line, work_id, worker, changes, error)

    def release_work(self, line: Line, workers: str) -> int:
        """Put back what workers whose name begins with `workers` left behind, and let what waits be
        tried at once; returns how many.
        """
        return self.write(
            f"""UPDATE {line.table} SET status = 'queued', {LET_GO}, not_before_epoch = NULL
                WHERE {IN_WORK} AND (lease_owner IS NULL AND not_before_epoch NOT NULL
                  OR substr(lease_owner, 1, ?) = ?)""",
            len(workers), workers,
        ).rowcount  # fmt: skip
