"""Retakes of finished files, the takes that they replaced, and the chapters of files."""

import json
from collections.abc import Sequence

from queries.jobs import SEGMENT, UNMARKED
from queries.leases import RETAKES, TRIED_ANEW
from queries.retake_places import ListedTake, ReplacedTake, RetakePlaces, Take
from queries.rows import (
    AudioFile,
    Chapter,
    ChapterStart,
    ClaimedRetake,
    NewSegment,
    NewSound,
    Retake,
    Shift,
    WholeFile,
)
from storage.errors import LeaseLost, NotFound, WrongState

ROOM = 1 << 40  # more than any file has segments: they pass through there when they move


class RetakeQueries(RetakePlaces):
    """Changes to files, one at a time each. `now` is in seconds since 1970."""

    def create_retake(
        self,
        row: AudioFile,
        *,
        text_start: int,
        text_end: int,
        text: str = "",
        take_id: int = 0,
        stand_in: str = "",
        fresh: str = "",
        further: Sequence[tuple[int, int]] = (),
    ) -> Retake:
        """Ask for a change to a file's segments: a new text, or an earlier take. Raises WrongState.

        Without either they are left out. One that failed or is paused is replaced by the new one.
        `stand_in` is the key of another voice than the file's own, `fresh` what tells the sound
        from any that is cached. `further` are spans before it, to be spoken after it as they stand.
        """
        with self.transaction():
            self.forget_retake(row["id"])
            retake = self.write_one(
                Retake,
                """INSERT INTO retakes
                       (file_id, sha256, text_start, text_end, text, take_id, stand_in, fresh)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *""",
                row["id"], row["sha256"], text_start, text_end, text, take_id or None, stand_in,
                fresh,
            )  # fmt: skip
            self.write_many(
                "INSERT INTO retake_spans (retake_id, text_start, text_end) VALUES (?, ?, ?)",
                [(retake["id"], *span) for span in further],
            )
            return retake

    def get_retake(self, file_id: int) -> Retake | None:
        """The change of a file that waits, is made, or failed."""
        return self.find(Retake, "SELECT * FROM retakes WHERE file_id = ?", file_id)

    def claim_retake(self, worker: str, *, now: float, lease_s: float) -> ClaimedRetake | None:
        """Take up the next change, with its file as `file`; None when there is none.

        One of this worker whose lease ran out stays its own, as with claim_job.
        """
        row = self._claim(RETAKES, Retake, worker, now=now, lease_s=lease_s)
        return row and self._with_file(row)

    def get_claimed_retake(self, retake_id: int, worker: str) -> ClaimedRetake | None:
        """A change that the worker has, with its file; None once all of it is made."""
        row = self.find(
            Retake, "SELECT * FROM retakes WHERE id = ? AND lease_owner = ?", retake_id, worker
        )
        return row and self._with_file(row)

    def _with_file(self, row: Retake) -> ClaimedRetake | None:
        file = self.find(WholeFile, "SELECT * FROM audio_files WHERE id = ?", row["file_id"])
        return {**row, "file": file} if file else None  # it was deleted, and the change with it

    def has_retakes(self, owner_id: int) -> bool:
        """Whether a person's files are being changed, or wait for it."""
        found = self.row(
            """SELECT 1 FROM retakes JOIN audio_files ON audio_files.id = retakes.file_id
               WHERE audio_files.owner_id = ? AND retakes.status = 'queued'
                 AND (NOT retakes.is_paused OR retakes.lease_owner IS NOT NULL) LIMIT 1""",
            owner_id,
        )
        return found is not None

    def is_retake_paused(self, retake_id: int, worker: str) -> bool:
        """Whether a change that is being made is to rest. Raises LeaseLost when it is gone."""
        row = self.row(
            "SELECT is_paused FROM retakes WHERE id = ? AND lease_owner = ?", retake_id, worker
        )
        if row is None:
            raise LeaseLost(RETAKES.gone)
        return bool(row["is_paused"])

    def resume_retake(self, file_id: int) -> None:
        """Let a paused change be made after all. Raises WrongState."""
        if not self.write(
            f"""UPDATE retakes SET is_paused = 0, {TRIED_ANEW}
               WHERE file_id = ? AND is_paused AND status = 'queued'""",
            file_id,
        ).rowcount:
            raise WrongState("This piece has no paused re-recording.")

    def forget_retake(self, file_id: int) -> None:
        """Take a change that failed or is paused off the file's page. Raises WrongState.

        One that a worker still has stays until it gives it back: its number would be given again.
        """
        with self.transaction():
            self.write(
                """DELETE FROM retakes WHERE file_id = ?
                   AND (status = 'failed' OR is_paused AND lease_owner IS NULL)""",
                file_id,
            )
            if self.row("SELECT 1 FROM retakes WHERE file_id = ?", file_id):
                raise WrongState("This piece is being changed. Wait a moment, then try again.")

    def finish_retake(
        self,
        retake: ClaimedRetake,
        worker: str,
        *,
        text: str,
        segments: Sequence[NewSegment],
        shift: Shift,
        take: ReplacedTake | None,
        file: NewSound,
        before: NewSegment | None = None,
    ) -> None:
        """Enter a change whose sound lies ready: all or nothing. Raises LeaseLost.

        `segments` take the place of those in the retake's span; what follows moves by `shift`
        (position, text, ms, bytes, frames); `take` is what was replaced, None where an earlier one
        returns to where it was left out; `file` holds duration (s), size and sha256 of the new
        sound; `before` is the segment before the span, where its borders have moved.
        """
        with self.transaction():
            self._enter_sound(retake, worker, text, file)
            start, end = retake["text_start"], retake["text_end"]
            if take is None:
                end = start  # nothing stands there
            self._move_segments(retake["file_id"], start, end, shift)
            self._enter_segments(retake["file_id"], segments, before)
            if take is None:
                self._put_back(retake, segments)
            else:
                self._enter_take(retake, segments, take, len(text))
            if segments and not retake["take_id"]:
                self._record_use(retake, segments)
            self._end_or_go_on(retake, text, file["sha256"])

    def _enter_sound(self, retake: ClaimedRetake, worker: str, text: str, file: NewSound) -> None:
        changed = self.write(
            """UPDATE audio_files SET text = ?, character_count = ?, spoken_characters = ?,
                   duration = ?, size = ?, sha256 = ?, updated_at = CURRENT_TIMESTAMP
               WHERE id = ? AND sha256 = ? AND status = 'ready'
                 AND EXISTS (SELECT 1 FROM retakes WHERE id = ? AND lease_owner = ?)""",
            text, len(text), len(text), file["duration"], file["size"], file["sha256"],
            retake["file_id"], retake["sha256"], retake["id"], worker,
        ).rowcount  # fmt: skip
        if not changed:
            raise LeaseLost(RETAKES.gone)

    def _enter_segments(
        self, file_id: int, segments: Sequence[NewSegment], before: NewSegment | None
    ) -> None:
        self.write_many(
            f"INSERT {SEGMENT}", [UNMARKED | segment | {"file_id": file_id} for segment in segments]
        )
        if before:
            self.write(
                """UPDATE segments SET text_end = ?, frame_end = ?, byte_end = ?
                   WHERE file_id = ? AND position = ?""",
                before["text_end"], before["frame_end"], before["byte_end"], file_id,
                before["position"],
            )  # fmt: skip

    def _enter_take(
        self, retake: ClaimedRetake, segments: Sequence[NewSegment], take: ReplacedTake, length: int
    ) -> None:
        """Keep what was replaced, and move what is behind it in a text now of that length."""
        file_id, start, end = retake["file_id"], retake["text_start"], retake["text_end"]
        gap = None
        if segments:
            new_end = segments[-1]["text_end"]
            self._move_replaced(file_id, start, end, new_end)
        else:
            start = new_end = start + take["kept"]
            gap = self._move_left_out(file_id, retake["text_start"], end, take["kept"])
            self._settle_marks(file_id, start, length)
        self.write(
            """INSERT INTO takes
                   (file_id, text_start, text_end, text, content_hash, segments, gap, kept)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            file_id, start, new_end, take["text"], take["content_hash"],
            json.dumps(take["segments"]), gap, take["kept"],
        )  # fmt: skip

    def _put_back(self, retake: ClaimedRetake, segments: Sequence[NewSegment]) -> None:
        """Forget the take that stands in the text again, and move what is behind it."""
        file_id = retake["file_id"]
        take = self.get_take(file_id, retake["take_id"] or 0)
        self.write("UPDATE retakes SET take_id = NULL WHERE id = ?", retake["id"])
        self.write("DELETE FROM takes WHERE id = ?", take["id"])
        start, new_end = segments[0]["text_start"], segments[-1]["text_end"]
        self._move_put_back(file_id, start, take["text_start"], new_end, take["gap"] or 0)

    def _record_use(self, retake: ClaimedRetake, segments: Sequence[NewSegment]) -> None:
        row = retake["file"]
        cost = None if row.get("cost", 0.0) is None else 0.0  # what was bought counts apart
        self.record_usage(
            row["owner_id"], segments[-1]["text_end"] - retake["text_start"], cost,
            engine=row["engine"], voice=row["voice"], category=row["category"],
        )  # fmt: skip

    def _end_or_go_on(self, retake: ClaimedRetake, text: str, sha256: str) -> None:
        """Forget a change that is made, or turn to its next span, which stands before it."""
        span = self.write_row(
            """DELETE FROM retake_spans WHERE retake_id = ?1 AND text_start =
                   (SELECT max(text_start) FROM retake_spans WHERE retake_id = ?1)
               RETURNING text_start, text_end""",
            retake["id"],
        )
        if span is None:
            self.write("DELETE FROM retakes WHERE id = ?", retake["id"])
            return
        start, end = span["text_start"], span["text_end"]
        self.write(
            """UPDATE retakes SET sha256 = ?, text_start = ?, text_end = ?, text = ?, attempts = 1
               WHERE id = ?""",
            sha256, start, end, text[start:end], retake["id"],
        )  # fmt: skip

    def _move_segments(self, file_id: int, start: int, end: int, shift: Shift) -> None:
        self.write(
            "DELETE FROM segments WHERE file_id = ? AND text_start >= ? AND text_start < ?",
            file_id, start, end,
        )  # fmt: skip
        self.write(
            """UPDATE segments SET position = position + ? + ?, text_start = text_start + ?,
                   text_end = text_end + ?, start_ms = start_ms + ?, end_ms = end_ms + ?,
                   byte_end = byte_end + ?, frame_end = frame_end + ?
               WHERE file_id = ? AND text_start >= ?""",
            ROOM, shift["position"], shift["text"], shift["text"], shift["ms"], shift["ms"],
            shift["bytes"], shift["frames"], file_id, end,
        )  # fmt: skip
        self.write(
            "UPDATE segments SET position = position - ? WHERE file_id = ? AND position >= ?",
            ROOM, file_id, ROOM,
        )  # fmt: skip

    def list_takes(self, file_id: int) -> list[ListedTake]:
        """Earlier takes of parts of a file, the newest first."""
        return self.list_of(
            ListedTake,
            """SELECT id, text_start, text_end, text, made_at, gap
               FROM takes WHERE file_id = ? ORDER BY id DESC""",
            file_id,
        )

    def get_take(self, file_id: int, take_id: int) -> Take:
        """One earlier take of a file. Raises NotFound."""
        row = self.find(Take, "SELECT * FROM takes WHERE id = ? AND file_id = ?", take_id, file_id)
        if row is None:
            raise NotFound("There is no such take.")
        return row

    def list_take_hashes(self, owner_id: int, filename: str | None = None) -> set[str]:
        """Hashes of the frames of all earlier takes of a file, or of all files of its owner."""
        values: list[object] = [owner_id]
        which = "f.owner_id = ?"
        if filename is not None:
            which, values = ("f.filename = ? AND f.owner_id = ?", [filename, owner_id])
        rows = self.rows(
            f"""SELECT DISTINCT t.content_hash
                FROM audio_files f JOIN takes t ON t.file_id = f.id WHERE {which}""",
            *values,
        )
        return {row["content_hash"] for row in rows}

    def is_take_wanted(self, content_hash: str) -> bool:
        """Whether any take refers to these frames; for sweeping the disk."""
        return self.row("SELECT 1 FROM takes WHERE content_hash = ?", content_hash) is not None

    # Chapters

    def add_chapters(self, file_id: int, chapters: Sequence[tuple[str, int]]) -> None:
        """Give a new file its chapters: title, and where it begins in the text."""
        self.write_many(
            "INSERT INTO chapters (file_id, position, title, text_start) VALUES (?, ?, ?, ?)",
            [(file_id, place, title, start) for place, (title, start) in enumerate(chapters)],
        )

    def get_chapters(self, file_id: int) -> list[Chapter]:
        """Chapters: position, title, text_start, text_end, start_ms, end_ms (None until spoken)."""
        rows = self.list_of(
            ChapterStart,
            """SELECT position, title, text_start,
                      (SELECT start_ms FROM segments
                       WHERE file_id = chapters.file_id AND text_start >= chapters.text_start
                       ORDER BY text_start LIMIT 1) AS start_ms
               FROM chapters WHERE file_id = ? ORDER BY position""",
            file_id,
        )
        whole = self.row(
            "SELECT character_count, duration, status FROM audio_files WHERE id = ?", file_id
        )
        if not rows or whole is None:
            return []
        end_ms = round(whole["duration"] * 1000) if whole["status"] == "ready" else None
        ends = [(row["text_start"], row["start_ms"]) for row in rows[1:]]
        ends.append((whole["character_count"], end_ms))
        return [
            {**row, "text_end": text_end, "end_ms": chapter_end_ms}
            for row, (text_end, chapter_end_ms) in zip(rows, ends, strict=True)
        ]
