"""Segment cache: bought segments, their owners, the files that hold them, and which are to go."""

import json
from collections.abc import Sequence
from typing import NotRequired, TypedDict

from queries.base import Statements
from queries.groups import COLUMNS
from queries.rows import AudioFile


class CachedSegment(TypedDict):
    """A bought segment: its `cost` (USD), its owner; nobody's where `owner_id` is None."""

    content_hash: str
    engine: str
    cost: float
    size: int
    last_used_epoch: float
    owner_id: int | None
    fingerprint: str
    is_earlier: int


class ListedSegment(TypedDict):
    """A bought segment, for making room on the disk; `size` in bytes."""

    content_hash: str
    size: int


class Unsettled(TypedDict):
    """A person whose files, up to one, may hold segments from before they had owners."""

    owner_id: int
    engine: str
    last_file_id: int


class Order(TypedDict):
    """Order that a segment is bought for: a file, a retake of one, or a preview, without a file."""

    id: int | None
    owner_id: int
    engine: str
    voice: NotRequired[str]
    characters: NotRequired[int]
    is_sample: NotRequired[bool]
    is_retake: NotRequired[bool]


class SegmentCacheQueries(Statements):
    """Segments that cost money or time.

    `fingerprint` stands for all that made a sound, `content_hash` names it on disk: a person's own
    under a name of their own. An `owner_id` of None stands for nobody.
    """

    def find_cached_segment(self, owner_id: int, fingerprint: str) -> str | None:
        """The content hash of a sound that a person owns."""
        return self.value(
            "SELECT content_hash FROM kept_segments WHERE owner_id = ? AND fingerprint = ?",
            owner_id, fingerprint,
        )  # fmt: skip

    def list_lendable_segments(self, fingerprints: Sequence[str], *, is_shared: bool) -> list[str]:
        """The content hashes of a sound that anybody may take over: anyone's where it `is_shared`,
        that of nobody where there is but one account.
        """
        rows = self.rows(
            """SELECT content_hash FROM kept_segments
               WHERE fingerprint IN (SELECT value FROM json_each(?))
                 AND (? OR (owner_id IS NULL AND (SELECT count(*) FROM users) = 1))
                 AND content_hash NOT IN (SELECT content_hash FROM unwanted_segments)
               ORDER BY owner_id""",
            json.dumps(fingerprints), int(is_shared),
        )  # fmt: skip
        return [row["content_hash"] for row in rows]

    def get_cached_segment(self, content_hash: str) -> CachedSegment | None:
        """The row of a kept segment, whoever owns it."""
        return self.find(
            CachedSegment, "SELECT * FROM kept_segments WHERE content_hash = ?", content_hash
        )

    def give_segment(self, content_hash: str, owner_id: int, fingerprint: str) -> None:
        """Let a sound of nobody be somebody's."""
        with self.transaction():
            self.write(
                """UPDATE OR REPLACE kept_segments SET owner_id = ?, fingerprint = ?
                   WHERE content_hash = ?""",
                owner_id, fingerprint, content_hash,
            )  # fmt: skip
            self._want(content_hash)

    def copy_segment(self, source: str, target: str, owner_id: int, fingerprint: str) -> None:
        """Enter a copy of a sound for somebody who paid nothing for it."""
        with self.transaction():
            self.write(
                """INSERT OR REPLACE INTO kept_segments (content_hash, engine, cost, size,
                       last_used_epoch, owner_id, fingerprint)
                   SELECT ?, engine, 0, size, last_used_epoch, ?, ?
                   FROM kept_segments WHERE content_hash = ?""",
                target, owner_id, fingerprint, source,
            )  # fmt: skip
            self._want(target)

    def note_segment_use(self, content_hash: str, file_id: int | None) -> None:
        """Note that a file, if it is still there, holds a sound, which therefore stays."""
        with self.transaction():
            noted = self.write(
                """INSERT OR IGNORE INTO segment_uses (content_hash, file_id)
                   SELECT ?, id FROM audio_files WHERE id = ?""",
                content_hash, file_id,
            ).rowcount  # fmt: skip
            if noted:
                self._want(content_hash)

    def _want(self, content_hash: str) -> None:
        self.write("DELETE FROM unwanted_segments WHERE content_hash = ?", content_hash)

    # Purchases

    def begin_purchase(
        self, job: Order, content_hash: str, owner_id: int | None, fingerprint: str
    ) -> None:
        """Note what is being bought and for which file: it counts again, whatever was known."""
        with self.transaction():
            self.write(
                """DELETE FROM kept_segments
                   WHERE content_hash = ? OR (owner_id = ? AND fingerprint = ?)""",
                content_hash, owner_id, fingerprint,
            )  # fmt: skip
            self._want(content_hash)
            self.note_segment_use(content_hash, job["id"])

    def record_purchase(
        self,
        job: Order,
        content_hash: str,
        *,
        cost: float | None,
        size: int,
        now: float,
        fingerprint: str = "",
    ) -> bool:
        """Count a bought segment once, in the file and in the usage; False if counted before.

        Called when its sound is safely on disk, and again when a resume finds it there. A job
        without a file, such as a preview, and a retake have rows of their own in the ledger, in
        the month in which they are made: `characters`, `voice`. What `is_sample` belongs to nobody.
        A `cost` of None is not known, which file and usage remember.
        """
        with self.transaction():
            file = self.row("SELECT owner_id FROM audio_files WHERE id = ?", job["id"])
            payer_id = self.value("SELECT id FROM users WHERE id = ?", (file or job)["owner_id"])
            owner_id = None if job.get("is_sample") else payer_id
            is_left = payer_id is None or (job["id"] is not None and file is None)
            self._settle_use(content_hash, job, is_left=is_left)
            if self._touch_segment(content_hash, now):
                return False
            usd = cost or 0.0
            self._keep_segment(content_hash, job["engine"], usd, size, now, owner_id, fingerprint)
            if file:
                self.write("UPDATE audio_files SET cost = cost + ? WHERE id = ?", usd, job["id"])
            if file and cost is None:
                self.write("INSERT OR IGNORE INTO unpriced_files (file_id) VALUES (?)", job["id"])
            if file and not job.get("is_retake"):
                self.add_usage(file["owner_id"], job["id"], job["engine"], cost=cost)
            elif self.row("SELECT 1 FROM users WHERE id = ?", job["owner_id"]):
                self.record_usage(
                    job["owner_id"], job.get("characters", 0), cost, engine=job["engine"],
                    voice=job.get("voice", ""),
                )  # fmt: skip
            return True

    def _settle_use(self, content_hash: str, job: Order, *, is_left: bool) -> None:
        """Note the use of a sound; one whose file or owner went meanwhile is to go."""
        self.note_segment_use(content_hash, job["id"])
        if not is_left:
            self._want(content_hash)
            return
        self.write(
            """INSERT OR IGNORE INTO unwanted_segments (content_hash)
               SELECT ? WHERE NOT EXISTS (SELECT 1 FROM segment_uses WHERE content_hash = ?)""",
            content_hash, content_hash,
        )  # fmt: skip

    def _touch_segment(self, content_hash: str, now: float) -> bool:
        return bool(
            self.write(
                "UPDATE kept_segments SET last_used_epoch = ? WHERE content_hash = ?",
                now, content_hash,
            ).rowcount
        )  # fmt: skip

    def _keep_segment(
        self,
        content_hash: str,
        engine: str,
        cost: float,
        size: int,
        now: float,
        owner_id: int | None,
        fingerprint: str,
    ) -> None:
        """Enter a sound in the place of another one that its owner had for the same."""
        self.write(
            """INSERT OR IGNORE INTO unwanted_segments (content_hash)
               SELECT content_hash FROM kept_segments WHERE owner_id = ? AND fingerprint = ?""",
            owner_id, fingerprint or content_hash,
        )  # fmt: skip
        self.write(
            """INSERT OR REPLACE INTO kept_segments (content_hash, engine, cost, size,
                   last_used_epoch, owner_id, fingerprint) VALUES (?, ?, ?, ?, ?, ?, ?)""",
            content_hash, engine, cost, size, now, owner_id, fingerprint or content_hash,
        )  # fmt: skip

    # Leaving

    def forget_cached_segment(self, content_hash: str) -> None:
        """Forget a segment whose sound left the disk; buying it again counts again."""
        with self.transaction():
            self.write("DELETE FROM kept_segments WHERE content_hash = ?", content_hash)
            self._want(content_hash)

    def list_cached_segments(self) -> list[ListedSegment]:
        """All bought segments, the least recently used first: content_hash, size (bytes)."""
        return self.list_of(
            ListedSegment,
            """SELECT content_hash, size FROM kept_segments INDEXED BY idx_kept_last_used
               ORDER BY last_used_epoch, content_hash""",
        )

    def unwant_segment(self, content_hash: str) -> None:
        """Let a kept sound leave the disk."""
        self.write(
            "INSERT OR IGNORE INTO unwanted_segments (content_hash) VALUES (?)", content_hash
        )

    def list_unwanted_segments(
        self, after: str = "", *, is_start: bool = False, limit: int = 100
    ) -> list[str]:
        """The content hashes of sound that is to leave the disk, in order.

        What was not counted yet is told of at a start alone, and what was kept before sound had
        owners once everybody's files were looked through for it.
        """
        rows = self.rows(
            """SELECT u.content_hash FROM unwanted_segments u
               LEFT JOIN kept_segments k ON k.content_hash = u.content_hash
               WHERE u.content_hash > ? AND (? OR k.content_hash IS NOT NULL)
                 AND NOT (coalesce(k.is_earlier, 0)
                          AND EXISTS (SELECT 1 FROM unsettled_segments WHERE engine = k.engine))
               ORDER BY u.content_hash LIMIT ?""",
            after, int(is_start), limit,
        )  # fmt: skip
        return [row["content_hash"] for row in rows]

    def move_segments(self, from_id: int, into_id: int) -> None:
        """Give the sound of one account to another, which keeps its own where it has the same."""
        with self.transaction():
            self.write(
                """INSERT OR IGNORE INTO segment_uses (content_hash, file_id)
                   SELECT mine.content_hash, u.file_id FROM kept_segments theirs
                   JOIN segment_uses u ON u.content_hash = theirs.content_hash
                   JOIN kept_segments mine
                     ON mine.owner_id = ? AND mine.fingerprint = theirs.fingerprint
                   WHERE theirs.owner_id = ?""",
                into_id, from_id,
            )  # fmt: skip
            self.write(
                "UPDATE OR IGNORE kept_segments SET owner_id = ? WHERE owner_id = ?",
                into_id, from_id,
            )  # fmt: skip
            self.write(
                """INSERT INTO unsettled_segments (owner_id, engine, last_file_id)
                   SELECT ?, engine, last_file_id FROM unsettled_segments WHERE owner_id = ?
                   ON CONFLICT DO NOTHING""",
                into_id, from_id,
            )  # fmt: skip

    # Sound from before it had owners

    def list_unsettled(self, owner_id: int | None = None) -> list[Unsettled]:
        """People whose files were not yet looked through for earlier segments."""
        return self.list_of(
            Unsettled,
            """SELECT * FROM unsettled_segments
               WHERE ? IS NULL OR owner_id = ? ORDER BY owner_id, engine""",
            owner_id, owner_id,
        )  # fmt: skip

    def list_earlier_segments(self, engine: str) -> list[str]:
        """The content hashes of what an engine spoke before segments had owners."""
        rows = self.rows(
            """SELECT content_hash FROM kept_segments INDEXED BY idx_kept_earlier
               WHERE engine = ? AND is_earlier = 1""",
            engine,
        )
        return [row["content_hash"] for row in rows]

    def list_files_spoken_by(self, owner_id: int, engine: str, last_id: int) -> list[AudioFile]:
        """A person's files, in the bin or not, that an engine speaks or has spoken a part of."""
        return self.list_of(
            AudioFile,
            f"""SELECT {COLUMNS} FROM audio_files
                WHERE owner_id = ? AND id <= ?
                  AND (engine = ? OR stand_in LIKE ? || ':%' OR EXISTS (
                      SELECT 1 FROM segments INDEXED BY idx_segments_marked
                      WHERE file_id = audio_files.id AND (spoken_by != '' OR said != '')
                        AND spoken_by LIKE ? || ':%'))""",
            owner_id, last_id, engine, engine, engine,
        )  # fmt: skip

    def settle_segments(self, owner_id: int, engine: str) -> None:
        """Note that somebody's files were looked through."""
        self.write(
            "DELETE FROM unsettled_segments WHERE owner_id = ? AND engine = ?", owner_id, engine
        )
