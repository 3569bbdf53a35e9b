"""Downloads in other formats: asked for, made under a lease, kept while there is room."""

from collections.abc import Callable

from queries.groups import COLUMNS
from queries.leases import EXPORTS, IN_WORK, LET_GO, TRIED_ANEW, LeaseStatements
from queries.rows import AudioFile, Export
from storage.errors import LeaseLost


class ExportQueries(LeaseStatements):
    """Rows of `exports`. `now` is in seconds since 1970, `lease_s` in seconds."""

    def create_export(
        self,
        file: AudioFile,
        format: str,
        *,
        options: str,
        fingerprint: str,
        name: str,
        now: float,
    ) -> Export:
        """Ask for a download of a file's row, in place of earlier ones of that format.

        One with the same fingerprint that is there, or on its way, is returned instead; one that
        is paused goes on.
        """
        with self.transaction():
            same = self.find(
                Export,
                """SELECT * FROM exports WHERE file_id = ? AND format = ? AND fingerprint = ?
                   AND status != 'failed' ORDER BY id DESC LIMIT 1""",
                file["id"], format, fingerprint,
            )  # fmt: skip
            if same and same["is_paused"]:
                return self.write_one(
                    Export,
                    f"UPDATE exports SET is_paused = 0, {TRIED_ANEW} WHERE id = ? RETURNING *",
                    same["id"],
                )
            if same:
                return same
            self.write("DELETE FROM exports WHERE file_id = ? AND format = ?", file["id"], format)
            return self.write_one(
                Export,
                """INSERT INTO exports (file_id, owner_id, format, options, fingerprint, name,
                       created_epoch, last_used_epoch)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *""",
                file["id"], file["owner_id"], format, options, fingerprint, name, now, now,
            )  # fmt: skip

    def get_export(self, export_id: int, file_id: int) -> Export | None:
        """A download of that file."""
        return self.find(
            Export, "SELECT * FROM exports WHERE id = ? AND file_id = ?", export_id, file_id
        )

    def list_exports(self, file_id: int) -> list[Export]:
        """The downloads of a file, by format."""
        return self.list_of(
            Export, "SELECT * FROM exports WHERE file_id = ? ORDER BY format, id", file_id
        )

    def get_exported_file(self, file_id: int) -> AudioFile | None:
        """The ready file that a download is made of, whoever owns it; None in the bin."""
        return self.find(
            AudioFile,
            f"""SELECT {COLUMNS} FROM audio_files
                WHERE id = ? AND status = 'ready' AND deleted_at IS NULL""",
            file_id,
        )

    def count_waiting_exports(self, owner_id: int) -> int:
        """Number of a person's downloads that are being made, or wait for it."""
        return self.value(
            f"SELECT count(*) FROM exports WHERE {IN_WORK} AND owner_id = ? AND NOT is_paused",
            owner_id,
        )

    def has_export(self, name: str) -> bool:
        """Whether a download of that name is wanted; for reconciling the disk."""
        return self.row("SELECT 1 FROM exports WHERE name = ?", name) is not None

    def drop_missing_exports(self, is_there: Callable[[str], bool]) -> int:
        """Forget downloads that are called ready and are not on disk; returns how many."""
        with self.transaction():
            rows = self.rows("SELECT id, name FROM exports WHERE status = 'ready'")
            missing = [(row["id"],) for row in rows if not is_there(row["name"])]
            self.write_many("DELETE FROM exports WHERE id = ?", missing)
        return len(missing)

    def touch_export(self, export_id: int, now: float) -> None:
        """Note that a download is used."""
        self.write("UPDATE exports SET last_used_epoch = ? WHERE id = ?", now, export_id)

    def delete_export(self, export_id: int, file_id: int) -> str | None:
        """Forget a download, made or not; the name of what may be on the disk, or None."""
        row = self.write_row(
            "DELETE FROM exports WHERE id = ? AND file_id = ? RETURNING name", export_id, file_id
        )
        return row["name"] if row else None

    # The worker's side

    def claim_export(
        self, worker: str, *, now: float, lease_s: float, longest_s: float = 1e9
    ) -> Export | None:
        """Take the next download to make, of a file of at most `longest_s`; fair between people.

        One of this worker whose lease ran out stays its own, as with claim_job.
        """
        return self._claim(
            EXPORTS, Export, worker, now=now, lease_s=lease_s,
            fits="(SELECT duration FROM audio_files WHERE audio_files.id = file_id) <= ?",
            limits=(longest_s,),
        )  # fmt: skip

    def advance_export(
        self, export_id: int, worker: str, progress: float, *, now: float, lease_s: float
    ) -> bool:
        """Renew the lease and note how far it is (0 to 1); False where it is paused.

        Raises LeaseLost when nobody wants it.
        """
        row = self.write_row(
            """UPDATE exports SET progress = ?, lease_until_epoch = ?
               WHERE id = ? AND lease_owner = ? RETURNING is_paused""",
            progress, now + lease_s, export_id, worker,
        )  # fmt: skip
        if row is None:
            raise LeaseLost(EXPORTS.gone)
        return not row["is_paused"]

    def finish_export(self, export_id: int, worker: str, *, size: int, now: float) -> None:
        """Mark a download ready; `size` in bytes. Raises LeaseLost."""
        changes = f"""status = 'ready', progress = 1, size = ?, last_used_epoch = ?,
            waits_for = '', waits = 0, {LET_GO}"""
        self._update_claimed(EXPORTS, export_id, worker, changes, size, now)

    def drop_unused_exports(self, keep_bytes: int) -> list[str]:
        """Forget the downloads that were used longest ago, beyond `keep_bytes`; their names.

        The one that was used last stays, however large it is.
        """
        rows = self.rows(
            """SELECT id, name, size FROM exports WHERE status = 'ready'
               ORDER BY last_used_epoch DESC, id DESC"""
        )
        room, dropped = keep_bytes, []
        for row in rows:
            room -= row["size"]
            if room < 0 and row is not rows[0]:
                dropped.append(row)
        if dropped:
            self.write_many("DELETE FROM exports WHERE id = ?", [(row["id"],) for row in dropped])
        return [row["name"] for row in dropped]
