"""Work on audio files: claimed under a lease, checkpointed, finished or failed."""

import json
from collections.abc import Sequence

from queries.base import Statements
from queries.groups import COLUMNS
from queries.leases import COUNTED, DUE, TRIED_ANEW, due
from queries.rows import AudioFile, Job, JobCounts, NewSegment
from storage.errors import LeaseLost, NotFound, WrongState

GONE = "The piece was deleted, or is being generated elsewhere."
IN_WORK = "status IN ('queued', 'speaking')"  # what idx_audio_work holds; say so to use it
SEGMENT = """INTO segments (file_id, position, text_start, text_end, start_ms, end_ms, byte_end,
        frame_end, words, spoken_by, said)
    VALUES (:file_id, :position, :text_start, :text_end, :start_ms, :end_ms, :byte_end,
        :frame_end, :words, :spoken_by, :said)"""
UNMARKED = {"spoken_by": "", "said": ""}  # a segment as its file's own voice said it, as written
# What can be claimed; the values are those of `due`, the present and the worker.
FREE = f"""(status = 'queued' AND {DUE}
    OR status = 'speaking' AND coalesce(lease_until_epoch, 0) < ? AND lease_owner IS NOT ?)"""
HELD_TRIES = 12  # about a minute
# What keeps one of its owner's places: what is spoken, and what waits for a cause to end, lest
# newer files take its place in the seconds until it is tried again. What may be at fault itself, as
# its process ends each time, keeps it for a while.
IN_PLACE = f"""NOT {FREE} AND (status = 'speaking' OR waits_for NOT IN ('', 'killed', 'memory')
    OR waits_for != '' AND waits <= {HELD_TRIES})"""


class JobQueries(Statements):
    """Work as worker and owner steer it. `now` is in seconds since 1970, `lease_s` in seconds."""

    def claim_job(
        self, worker: str, *, now: float, lease_s: float, per_user: int = 4
    ) -> Job | None:
        """Take the next file to speak: of the people with the fewest in work, the longest unserved.

        A file of this worker whose lease ran out stays its own: one of its threads is still on it.
        """
        free = (*due(now), now, worker)
        if not self.row(f"SELECT 1 FROM audio_files WHERE {IN_WORK} AND {FREE} LIMIT 1", *free):
            return None
        with self.transaction():
            row = self.write_found(
                Job,
                f"""UPDATE audio_files SET status = 'speaking', lease_owner = ?,
                        lease_until_epoch = ?, attempts = attempts + 1, not_before_epoch = NULL,
                        updated_at = CURRENT_TIMESTAMP
                    WHERE id = (
                        SELECT next.id FROM (
                            SELECT owner_id, id, row_number() OVER (
                                PARTITION BY owner_id ORDER BY queue_rank, id) AS place
                            FROM audio_files INDEXED BY idx_audio_work
                            WHERE {IN_WORK} AND {FREE}) AS next
                        LEFT JOIN (
                            SELECT owner_id, count(*) AS n
                            FROM audio_files INDEXED BY idx_audio_work
                            WHERE {IN_WORK} AND {IN_PLACE}
                            GROUP BY owner_id) AS busy
                            USING (owner_id)
                        JOIN users ON users.id = next.owner_id
                        WHERE next.place = 1 AND users.is_active AND coalesce(busy.n, 0) < ?
                        ORDER BY coalesce(busy.n, 0), users.last_claim_epoch, next.id LIMIT 1)
                    RETURNING {COLUMNS}""",
                worker, now + lease_s, *free, *free, per_user,
            )  # fmt: skip
            if row:
                self.write(
                    "UPDATE users SET last_claim_epoch = ? WHERE id = ?", now, row["owner_id"]
                )
            return row

    def release_jobs(self, workers: str) -> int:
        """Put back what workers whose name begins with `workers` left behind, and let what waits be
        tried at once; returns how many.
        """
        return self.write(
            f"""UPDATE audio_files SET status = 'queued', lease_owner = NULL,
                   lease_until_epoch = NULL, not_before_epoch = NULL
               WHERE {IN_WORK} AND (status = 'queued' AND not_before_epoch NOT NULL
                 OR status = 'speaking' AND substr(coalesce(lease_owner, ''), 1, ?) = ?)""",
            len(workers), workers,
        ).rowcount  # fmt: skip

    def park_job(self, file_id: int, worker: str) -> None:
        """Give an unfinished file back, as a worker does that is told to stop."""
        self.write(
            """UPDATE audio_files SET status = 'queued', lease_owner = NULL,
                   lease_until_epoch = NULL, attempts = max(0, attempts - 1)
               WHERE id = ? AND lease_owner = ?""",
            file_id, worker,
        )  # fmt: skip

    def wait_job(
        self, file_id: int, worker: str, waits_for: str, *, until: float, is_counted: bool = True
    ) -> None:
        """Give an unfinished file back until a cause has passed, to be tried again at `until`.

        `waits_for` is the cause's code. What the owner asked for meanwhile is done.
        """
        self.write(
            f"""UPDATE audio_files SET
                   status = coalesce(stop_requested, 'queued'),
                   error = CASE stop_requested WHEN 'cancelled' THEN 'Cancelled.'
                                               WHEN 'paused' THEN error END,
                   waits_for = CASE WHEN stop_requested IS NULL THEN ? ELSE '' END,
                   not_before_epoch = CASE WHEN stop_requested IS NULL THEN ? END,
                   waits = {COUNTED}, stop_requested = NULL, attempts = max(0, attempts - 1),
                   lease_owner = NULL, lease_until_epoch = NULL, updated_at = CURRENT_TIMESTAMP
               WHERE id = ? AND lease_owner = ?""",
            waits_for, until, waits_for, is_counted, is_counted, file_id, worker,
        )  # fmt: skip

    def extend_leases(self, worker: str, *, now: float, lease_s: float) -> int:
        """Renew the leases of all files of this worker; returns how many."""
        return self.write(
            f"""UPDATE audio_files SET lease_until_epoch = ?
               WHERE {IN_WORK} AND status = 'speaking' AND lease_owner = ?""",
            now + lease_s, worker,
        ).rowcount  # fmt: skip

    def checkpoint_job(
        self, file_id: int, worker: str, segments: Sequence[NewSegment], *, duration: float
    ) -> str | None:
        """Record spoken segments and the sound's length so far (s).

        Returns 'cancelled' or 'paused' when the owner asked for that. Raises LeaseLost when the
        file is gone or somebody else's.
        """
        with self.transaction():
            spoken = segments[-1]["text_end"] if segments else None
            row = self.write_row(
                """UPDATE audio_files SET spoken_characters = coalesce(?1, spoken_characters),
                       attempts = CASE WHEN ?1 IS NULL THEN attempts ELSE 0 END,
                       waits = CASE WHEN ?1 IS NULL THEN waits ELSE 0 END,
                       waits_for = CASE WHEN ?1 IS NULL THEN waits_for ELSE '' END,
                       duration = ?2, updated_at = CURRENT_TIMESTAMP
                   WHERE id = ?3 AND lease_owner = ?4
                   RETURNING stop_requested, owner_id, engine""",
                spoken, duration, file_id, worker,
            )  # fmt: skip
            if row is None:
                raise LeaseLost(GONE)
            known = self._count_characters(file_id, [part["position"] for part in segments])
            self.write_many(
                f"INSERT OR REPLACE {SEGMENT}",
                [UNMARKED | segment | {"file_id": file_id} for segment in segments],
            )
            characters = sum(part["text_end"] - part["text_start"] for part in segments) - known
            self.add_usage(row["owner_id"], file_id, row["engine"], characters=characters)
            return row["stop_requested"]

    def _count_characters(self, file_id: int, positions: list[int]) -> int:
        """Number of characters in the recorded segments among `positions`."""
        return self.value(
            """SELECT coalesce(sum(text_end - text_start), 0) AS n FROM segments
               WHERE file_id = ? AND position IN (SELECT value FROM json_each(?))""",
            file_id, json.dumps(positions),
        )  # fmt: skip

    def drop_segments(self, file_id: int, worker: str, from_position: int) -> None:
        """Forget segments whose sound did not survive; they are spoken, not counted, again."""
        with self.transaction():
            row = self.write_row(
                """UPDATE audio_files SET spoken_characters = coalesce(
                       (SELECT max(text_end) FROM segments WHERE file_id = ? AND position < ?), 0)
                   WHERE id = ? AND lease_owner = ? RETURNING owner_id, engine""",
                file_id, from_position, file_id, worker,
            )  # fmt: skip
            if row is None:
                raise LeaseLost(GONE)
            dropped = self.write_rows(
                """DELETE FROM segments WHERE file_id = ? AND position >= ?
                   RETURNING text_end - text_start AS characters""",
                file_id, from_position,
            )  # fmt: skip
            lost = sum(segment["characters"] for segment in dropped)
            self.add_usage(row["owner_id"], file_id, row["engine"], characters=-lost)

    def finish_job(
        self, file_id: int, worker: str, *, duration: float, size: int, sha256: str
    ) -> None:
        """Mark the file ready; `duration` in s, `size` in bytes. Raises LeaseLost."""
        changed = self.write(
            f"""UPDATE audio_files SET status = 'ready', error = NULL, needs_voice = 0,
                   {TRIED_ANEW}, duration = ?, size = ?,
                   sha256 = ?, spoken_characters = character_count, stop_requested = NULL,
                   queue_rank = 0,
                   attempts = 0, lease_owner = NULL, lease_until_epoch = NULL,
                   updated_at = CURRENT_TIMESTAMP
               WHERE id = ? AND lease_owner = ?""",
            duration, size, sha256, file_id, worker,
        ).rowcount  # fmt: skip
        if not changed:
            raise LeaseLost(GONE)

    def stop_job(
        self,
        file_id: int,
        worker: str,
        *,
        status: str,
        error: str | None,
        needs_voice: bool = False,
    ) -> None:
        """End the work as 'failed', 'cancelled' or 'paused'; what was spoken is kept.

        `needs_voice` says that another voice could go on.
        """
        self.write(
            f"""UPDATE audio_files SET status = ?1,
                    error = CASE ?1 WHEN 'paused' THEN coalesce(?2, error) ELSE ?2 END,
                    needs_voice = ?3, stop_requested = NULL, {TRIED_ANEW}, attempts = 0,
                    lease_owner = NULL, lease_until_epoch = NULL, updated_at = CURRENT_TIMESTAMP
                WHERE id = ?4 AND lease_owner = ?5""",
            status, error, int(needs_voice), file_id, worker,
        )  # fmt: skip

    def set_fallback_voice(self, file_id: int, worker: str, voice: str) -> None:
        """Let another voice, named by its key, continue a file. Raises LeaseLost."""
        changed = self.write(
            "UPDATE audio_files SET stand_in = ? WHERE id = ? AND lease_owner = ?",
            voice, file_id, worker,
        ).rowcount  # fmt: skip
        if not changed:
            raise LeaseLost(GONE)

    def resume_with_voice(self, filename: str, owner_id: int, voice: str) -> AudioFile:
        """Queue a stopped file again for another voice, or "" for its own.

        Raises NotFound, WrongState.
        """
        return self._change_state(
            filename, owner_id, ("failed", "cancelled", "paused"),
            f"""status = 'queued', error = NULL, needs_voice = 0, stop_requested = NULL,
                {TRIED_ANEW}, stand_in = ?""",
            "You can only resume a piece that failed, was cancelled or is paused.",
            voice,
        )  # fmt: skip

    def retry_job(self, filename: str, owner_id: int) -> AudioFile:
        """Queue a failed, cancelled or paused file again. Raises NotFound, WrongState."""
        return self._change_state(
            filename, owner_id, ("failed", "cancelled", "paused"),
            f"""status = 'queued', error = NULL, needs_voice = 0, stop_requested = NULL,
                {TRIED_ANEW}""",
            "You can only resume a piece that failed, was cancelled or is paused.",
        )  # fmt: skip

    def cancel_job(self, filename: str, owner_id: int) -> AudioFile:
        """Stop a file: at once while it waits, else at the worker's next checkpoint."""
        return self._change_state(
            filename, owner_id, ("queued", "speaking", "paused"),
            """stop_requested = CASE status WHEN 'speaking' THEN 'cancelled' END,
               error = CASE status WHEN 'speaking' THEN NULL ELSE 'Cancelled.' END,
               waits_for = CASE status WHEN 'speaking' THEN waits_for ELSE '' END,
               status = CASE status WHEN 'speaking' THEN status ELSE 'cancelled' END""",
            "You can only cancel a piece that is waiting or being generated.",
        )  # fmt: skip

    def pause_job(self, filename: str, owner_id: int) -> AudioFile:
        """Pause a file: at once while it waits, else at the worker's next checkpoint."""
        return self._change_state(
            filename, owner_id, ("queued", "speaking"),
            """stop_requested = CASE status WHEN 'speaking' THEN 'paused' END,
               waits_for = CASE status WHEN 'speaking' THEN waits_for ELSE '' END,
               status = CASE status WHEN 'queued' THEN 'paused' ELSE status END""",
            "You can only pause a piece that is waiting or being generated.",
        )  # fmt: skip

    def pause_work(self, owner_id: int, why: str) -> None:
        """Pause all that is made for a person: files, retakes, downloads.

        What waits is paused at once, what is in work at the worker's next look; `why` is shown.
        """
        with self.transaction():
            self.write(
                """UPDATE audio_files SET error = ?,
                       stop_requested = CASE status WHEN 'speaking'
                                        THEN coalesce(stop_requested, 'paused') END,
                       waits_for = CASE status WHEN 'speaking' THEN waits_for ELSE '' END,
                       status = CASE status WHEN 'queued' THEN 'paused' ELSE status END
                   WHERE owner_id = ? AND status IN ('queued', 'speaking')""",
                why, owner_id,
            )  # fmt: skip
            self.write(
                """UPDATE retakes SET is_paused = 1 WHERE status = 'queued' AND file_id IN (
                       SELECT id FROM audio_files WHERE owner_id = ?)""",
                owner_id,
            )
            self.write(
                """UPDATE exports SET is_paused = 1
                   WHERE status IN ('queued', 'working') AND owner_id = ?""",
                owner_id,
            )

    def speak_next(self, filename: str, owner_id: int) -> AudioFile:
        """Put a waiting file in front of all others of its owner."""
        return self._change_state(
            filename, owner_id, ("queued",),
            """queue_rank = (SELECT coalesce(min(queue_rank), 0) - 1
                             FROM audio_files AS other INDEXED BY idx_audio_work
                             WHERE other.status IN ('queued', 'speaking')
                               AND other.owner_id = audio_files.owner_id)""",
            "Only a waiting piece can be generated next.",
        )  # fmt: skip

    def _change_state(
        self,
        filename: str,
        owner_id: int,
        allowed: tuple[str, ...],
        change: str,
        refusal: str,
        *values: str,
    ) -> AudioFile:
        with self.transaction():
            row = self.row(
                """SELECT status FROM audio_files
                   WHERE filename = ? AND owner_id = ? AND deleted_at IS NULL""",
                filename, owner_id,
            )  # fmt: skip
            if row is None:
                raise NotFound("There is no such piece in your library.")
            if row["status"] not in allowed:
                raise WrongState(refusal)
            return self.write_one(
                AudioFile,
                f"""UPDATE audio_files SET {change}, updated_at = CURRENT_TIMESTAMP
                    WHERE filename = ? AND owner_id = ? RETURNING {COLUMNS}""",
                *values, filename, owner_id,
            )  # fmt: skip

    def get_stop_request(self, file_id: int, worker: str) -> str | None:
        """The stop that the owner asked for: 'cancelled', 'paused' or None. Raises LeaseLost."""
        row = self.row(
            "SELECT stop_requested FROM audio_files WHERE id = ? AND lease_owner = ?",
            file_id, worker,
        )  # fmt: skip
        if row is None:
            raise LeaseLost(GONE)
        return row["stop_requested"]

    def get_job_counts(self) -> JobCounts:
        """Numbers of files that wait and are being spoken: queued, speaking."""
        return self.one(
            JobCounts,
            f"""SELECT coalesce(sum(status = 'queued'), 0) AS queued,
                       coalesce(sum(status = 'speaking'), 0) AS speaking
                FROM audio_files WHERE {IN_WORK}""",
        )

    def list_unfinished(self, owner_id: int | None = None) -> list[AudioFile]:
        """Files that wait or are being spoken, in the queue's order; of one owner or of all."""
        return self.list_of(
            AudioFile,
            f"""SELECT {COLUMNS} FROM audio_files INDEXED BY idx_audio_work
                WHERE status IN ('queued', 'speaking') AND (? IS NULL OR owner_id = ?)
                ORDER BY queue_rank, id""",
            owner_id, owner_id,
        )  # fmt: skip
