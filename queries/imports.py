"""Imports that wait in line to be read, and those that are read just now or could not be."""

from queries.base import Statements
from queries.jobs import COUNTED, DUE, due
from queries.rows import ImportRow
from storage.errors import LeaseLost

GONE = "This import is not wanted any more."
IN_WORK = "status IN ('queued', 'working')"  # what idx_imports_work holds; say so to use it
# What can be taken up; the values are those of DUE, the present and the worker.
FREE = f"""(status = 'queued' AND {DUE}
    OR status = 'working' AND coalesce(lease_until_epoch, 0) < ? AND lease_owner IS NOT ?)"""
# Each person's first import, then each one's second, and so on.
IN_LINE = f"""SELECT id, owner_id, is_long, row_number() OVER (PARTITION BY owner_id ORDER BY id)
    AS turn FROM imports INDEXED BY idx_imports_work WHERE {IN_WORK}"""


class ImportQueries(Statements):
    """Rows of `imports`. `now` is in seconds since 1970, `lease_s` in seconds."""

    def create_import(
        self,
        owner_id: int,
        *,
        name: str,
        origin: str,
        content_type: str,
        upload: str,
        is_long: bool,
        now: float,
    ) -> ImportRow:
        """Put what lies in the file `upload` in line; `name` is what its owner calls it."""
        return self.write_one(
            ImportRow,
            """INSERT INTO imports (owner_id, name, origin, content_type, upload, is_long,
                   created_epoch)
               VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *""",
            owner_id, name, origin, content_type, upload, is_long, now,
        )  # fmt: skip

    def get_import(self, import_id: int, owner_id: int) -> ImportRow | None:
        """The owner's import."""
        return self.find(
            ImportRow, "SELECT * FROM imports WHERE id = ? AND owner_id = ?", import_id, owner_id
        )

    def list_imports(self, owner_id: int) -> list[ImportRow]:
        """The owner's imports that are not documents yet, the oldest first."""
        return self.list_of(
            ImportRow,
            """SELECT * FROM imports WHERE owner_id = ? AND status != 'ready' ORDER BY id""",
            owner_id,
        )

    def get_import_place(self, import_id: int) -> int:
        """The place in line, from 1; 0 where it is not in line."""
        return self.value(
            f"""WITH line AS ({IN_LINE}), own AS (SELECT turn, id FROM line WHERE id = ?)
                SELECT count(*) FROM line, own WHERE (line.turn, line.id) <= (own.turn, own.id)""",
            import_id,
        )

    def count_waiting_imports(self, owner_id: int) -> int:
        """Number of a person's imports that are being read, or wait for it."""
        return self.value(
            f"SELECT count(*) FROM imports WHERE {IN_WORK} AND owner_id = ?", owner_id
        )

    def has_import(self, upload: str) -> bool:
        """Whether the file `upload` waits to be read; for reconciling the disk."""
        return self.row("SELECT 1 FROM imports WHERE upload = ?", upload) is not None

    def delete_import(self, import_id: int, owner_id: int) -> str | None:
        """Forget an import in whatever state; returns the name of its file, or None."""
        row = self.write_row(
            "DELETE FROM imports WHERE id = ? AND owner_id = ? RETURNING upload",
            import_id,
            owner_id,
        )
        return row["upload"] if row else None

    def drop_read_imports(self, before: float) -> int:
        """Forget imports that became documents before that time; returns how many."""
        return self.write(
            "DELETE FROM imports WHERE status = 'ready' AND created_epoch < ?", before
        ).rowcount

    # The worker's side

    def claim_import(
        self, worker: str, *, now: float, lease_s: float, has_time: bool = True
    ) -> ImportRow | None:
        """Take the next import to read, fair between people; short ones alone unless `has_time`."""
        values = (*due(now), now, worker)
        if not self.row(f"SELECT 1 FROM imports WHERE {IN_WORK} AND {FREE} LIMIT 1", *values):
            return None
        return self.write_found(
            ImportRow,
            f"""UPDATE imports SET status = 'working', lease_owner = ?, lease_until_epoch = ?,
                    attempts = attempts + 1, not_before_epoch = NULL
                WHERE id = (
                    SELECT line.id FROM ({IN_LINE}) AS line
                    JOIN imports ON imports.id = line.id
                    JOIN users ON users.id = line.owner_id
                    WHERE users.is_active AND (? OR NOT line.is_long) AND {FREE}
                    ORDER BY line.turn, line.id LIMIT 1)
                RETURNING *""",
            worker, now + lease_s, has_time, *values,
        )  # fmt: skip

    def advance_import(
        self, import_id: int, worker: str, page: int, pages: int, *, now: float, lease_s: float
    ) -> None:
        """Renew the lease and note which page is looked at. Raises LeaseLost."""
        changed = self.write(
            """UPDATE imports SET page = ?, pages = ?, lease_until_epoch = ?
               WHERE id = ? AND lease_owner = ?""",
            page, pages, now + lease_s, import_id, worker,
        ).rowcount  # fmt: skip
        if not changed:
            raise LeaseLost(GONE)

    def extend_imports(self, worker: str, *, now: float, lease_s: float) -> None:
        """Renew the leases of a worker."""
        held = f"{IN_WORK} AND status = 'working' AND lease_owner = ?"
        if self.row(f"SELECT 1 FROM imports WHERE {held} LIMIT 1", worker):
            self.write(
                f"UPDATE imports SET lease_until_epoch = ? WHERE {held}", now + lease_s, worker
            )

    def finish_import(self, import_id: int, worker: str, document_id: int) -> None:
        """Mark an import read, as the document of that id. Raises LeaseLost."""
        changed = self.write(
            """UPDATE imports SET status = 'ready', document_id = ?, lease_owner = NULL,
                   lease_until_epoch = NULL, waits_for = '', waits = 0
               WHERE id = ? AND lease_owner = ?""",
            document_id, import_id, worker,
        ).rowcount  # fmt: skip
        if not changed:
            raise LeaseLost(GONE)

    def fail_import(self, import_id: int, worker: str, error: str) -> None:
        """Mark an import failed; `error` is JSON of the sentence that says why."""
        self.write(
            """UPDATE imports SET status = 'failed', error = ?, lease_owner = NULL,
                   lease_until_epoch = NULL, waits_for = '', waits = 0
               WHERE id = ? AND lease_owner = ?""",
            error, import_id, worker,
        )  # fmt: skip

    def park_import(self, import_id: int, worker: str) -> None:
        """Give an import back, as a worker does that is told to stop."""
        self.write(
            """UPDATE imports SET status = 'queued', lease_owner = NULL, lease_until_epoch = NULL,
                   page = 0, attempts = max(0, attempts - 1)
               WHERE id = ? AND lease_owner = ?""",
            import_id, worker,
        )  # fmt: skip

    def wait_import(
        self,
        import_id: int,
        worker: str,
        waits_for: str,
        *,
        until: float,
        is_counted: bool = True,
    ) -> None:
        """Give an import back until a cause has passed, to be tried again at `until`."""
        self.write(
            f"""UPDATE imports SET status = 'queued', waits_for = ?, not_before_epoch = ?,
                   waits = {COUNTED}, attempts = max(0, attempts - 1), page = 0,
                   lease_owner = NULL, lease_until_epoch = NULL
               WHERE id = ? AND lease_owner = ?""",
            waits_for, until, waits_for, is_counted, is_counted, import_id, worker,
        )  # fmt: skip

    def release_imports(self, workers: str) -> int:
        """Put back what workers whose name begins with `workers` left behind; returns how many."""
        return self.write(
            f"""UPDATE imports SET status = 'queued', lease_owner = NULL, lease_until_epoch = NULL,
                    not_before_epoch = NULL
                WHERE {IN_WORK} AND (status = 'queued' AND not_before_epoch NOT NULL
                  OR status = 'working' AND substr(lease_owner, 1, ?) = ?)""",
            len(workers), workers,
        ).rowcount  # fmt: skip
