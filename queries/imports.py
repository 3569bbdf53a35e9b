"""Imports that wait in line to be read, and those that are read just now or could not be."""

from typing import TypedDict

from queries.leases import IMPORTS, IN_WORK, LET_GO, LeaseStatements
from queries.rows import ImportRow


class Upload(TypedDict):
    """A file that waits to be read: its name on the disk, and whose it is."""

    upload: str
    username: str


class ImportQueries(LeaseStatements):
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
            f"""WITH line AS ({IMPORTS.turns}), own AS (SELECT turn, id FROM line WHERE id = ?)
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
        found = self.row(f"SELECT 1 FROM imports WHERE upload = ? AND {IN_WORK}", upload)
        return found is not None

    def list_uploads(self, owner_id: int | None = None) -> list[Upload]:
        """The files that wait to be read, or are being read; of one person or of all."""
        return self.list_of(
            Upload,
            f"""SELECT upload, username FROM imports INDEXED BY idx_imports_work
                JOIN users ON users.id = owner_id
                WHERE {IN_WORK} AND (? IS NULL OR owner_id = ?)""",
            owner_id, owner_id,
        )  # fmt: skip

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
        return self._claim(
            IMPORTS, ImportRow, worker, now=now, lease_s=lease_s,
            fits="(? OR NOT is_long)", limits=(has_time,),
        )  # fmt: skip

    def advance_import(
        self, import_id: int, worker: str, page: int, pages: int, *, now: float, lease_s: float
    ) -> None:
        """Renew the lease and note which page is looked at. Raises LeaseLost."""
        changes = "page = ?, pages = ?, lease_until_epoch = ?"
        self._update_claimed(IMPORTS, import_id, worker, changes, page, pages, now + lease_s)

    def finish_import(self, import_id: int, worker: str, document_id: int) -> None:
        """Mark an import read, as the document of that id. Raises LeaseLost."""
        changes = f"status = 'ready', document_id = ?, waits_for = '', waits = 0, {LET_GO}"
        self._update_claimed(IMPORTS, import_id, worker, changes, document_id)
