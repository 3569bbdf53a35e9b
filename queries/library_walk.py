"""Ways through one owner's files in one order, a page at a time, each by an index."""

from collections.abc import Mapping

# A sort order: what is compared, the index that holds it, the column of a row that says it.
SORTS = {
    "created": ("created_at", "idx_audio_owner", "created_at"),
    "name": ("display_name COLLATE NOCASE", "idx_audio_name", "display_name"),
    "duration": ("duration", "idx_audio_duration", "duration"),
    "characters": ("character_count", "idx_audio_characters", "character_count"),
    "progress": ("created_at", "idx_audio_owner", "progress_place"),
}
MATCHED = "id IN (SELECT rowid FROM audio_search WHERE audio_search MATCH ?)"
# Three lists one after another, which a person's progress puts files into, with what decides.
STAGES = ("begun", "new", "finished")
IN_STAGE = {
    "begun": "share > 0 AND finished_at IS NULL",
    "new": "share > 0",  # is not so
    "finished": "finished_at IS NOT NULL",
}
Place = tuple[str | float, int]


def stage_sql(stage: str) -> str:
    """Condition on a file that it is in a stage of the person whose number is the one value."""
    no = "NOT " if stage == "new" else ""
    return f"""{no}EXISTS (SELECT 1 FROM listening_progress WHERE user_id = ?
                AND file_id = audio_files.id AND {IN_STAGE[stage]})"""


class Walk:
    """A way through one owner's files in one order, from a place on."""

    is_probed = True  # whether the index is asked for single files; not where each time it gathers
    number = "id"  # the column that the index has beside its key

    def __init__(
        self,
        sort: str,
        descending: bool,
        owner_id: int,
        filters: Mapping[str, object],
        after: Place | None,
    ):
        self.sort, self.after = sort, after
        self.key, self.index, _ = SORTS[sort]
        direction, self.beyond = ("DESC", "<") if descending else ("ASC", ">")
        collation = " COLLATE NOCASE" if "NOCASE" in self.key else ""
        self.order = f"place{collation} {direction}, id {direction}"
        self.filters: dict[str, object] = {"owner_id = ?": owner_id, **filters}
        self._prepare(f"audio_files INDEXED BY {self.index}", "audio_files NOT INDEXED")

    def _prepare(self, table: str, table_by_id: str) -> None:
        where = " AND ".join(("deleted_at IS NULL", *self.filters))
        select = f"SELECT {self.number} AS id, {self.key} AS place FROM"
        self.select = f"{select} {table} WHERE {where}"
        self.select_by_id = f"{select} {table_by_id} WHERE {where}"
        self.values = [*self.filters.values()]

    def sql(self, limit: int) -> tuple[str, list[object]]:
        """The statement that reads the next files, and its values."""
        if self.after is None:
            return f"{self.select} ORDER BY {self.order} LIMIT ?", [*self.values, limit]
        # With the place given, the dates must not be what the index is entered by.
        same_place = self.select.replace("AND created_at", "AND +created_at")
        # Two ranges, because SQLite would walk through every file of the same place.
        key, place = self.key, self.after[0]
        parts = f"""{same_place} AND {key} = ? AND {self.number} {self.beyond} ?
                    UNION ALL {self.select} AND {key} {self.beyond} ?"""
        return (
            f"SELECT id, place FROM ({parts} ORDER BY {self.order} LIMIT ?)",
            [*self.values, place, self.after[1], *self.values, place, limit],
        )

    def search_sql(self, limit: int, match: str) -> tuple[str, list[object]]:
        """The statement that reads the next files among those that hold what is searched for."""
        return self._beyond(f"{self.select} AND {MATCHED}", match, limit)

    def among_sql(self, limit: int, ids: str) -> tuple[str, list[object]]:
        """The statement that reads the next files among a few, whose ids are given as JSON."""
        among = "id IN (SELECT value FROM json_each(?))"
        return self._beyond(f"{self.select_by_id} AND {among}", ids, limit)

    def _beyond(self, select: str, value: str, limit: int) -> tuple[str, list[object]]:
        values = [*self.values, value]
        if self.after is not None:
            # One range: to ask the index of words twice would cost more than to walk.
            place, key = self.after[0], self.key
            select += (
                f" AND {key} {self.beyond}= ?"
                f" AND ({key} {self.beyond} ? OR {self.number} {self.beyond} ?)"
            )
            values += [place, place, self.after[1]]
        return f"{select} ORDER BY {self.order} LIMIT ?", [*values, limit]


class StageWalk(Walk):
    """A way through the files that a person has begun or finished, by when they last heard them."""

    number = "file_id"

    def __init__(
        self,
        stage: str,
        descending: bool,
        owner_id: int,
        filters: Mapping[str, object],
        after: Place | None,
    ):
        self.stage = stage
        super().__init__("progress", descending, owner_id, filters, after)

    def _prepare(self, table: str, table_by_id: str) -> None:
        self.key = "saved_epoch"
        self.filters["user_id = ?"] = self.filters["owner_id = ?"]
        on = f"ON audio_files.id = file_id AND {IN_STAGE[self.stage]}"
        heard = f"listening_progress INDEXED BY idx_listening_{self.stage}"
        super()._prepare(
            f"{heard} CROSS JOIN audio_files {on}",
            f"audio_files NOT INDEXED CROSS JOIN listening_progress {on}",
        )


def by_progress(
    stages: tuple[str, ...],
    descending: bool,
    owner_id: int,
    filters: Mapping[str, object],
    after: Place | None,
) -> list[Walk]:
    """The ways through the stages, one after another, from a place of `progress_place` on."""
    order = STAGES if descending else STAGES[::-1]
    reached, place = _reached(after)
    walks: list[Walk] = []
    for stage in order[order.index(reached) if reached else 0 :]:
        start = place if stage == reached else None
        if stage not in stages:
            continue
        if stage == "new":
            untouched = {**filters, stage_sql("new"): owner_id}
            walks.append(Walk("progress", descending, owner_id, untouched, start))
        else:
            walks.append(StageWalk(stage, descending, owner_id, filters, start))
    return walks


def progress_place(stage: str, place: str | float) -> str:
    """Where a file stands among those of its stage, as one text that `by_progress` takes."""
    return f"{stage} {place}"


def _reached(after: Place | None) -> tuple[str | None, Place | None]:
    """The stage and the place in it; none where it is no such place."""
    if after is None:
        return None, None
    stage, _, place = str(after[0]).partition(" ")
    if stage not in STAGES:
        return None, None
    if stage == "new":
        return stage, (place, after[1])
    try:
        return stage, (float(place), after[1])
    except ValueError:
        return None, None
