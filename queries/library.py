"""Library: a person's files filtered, sorted and searched, a page at a time."""

import json
from collections.abc import Mapping
from typing import cast

from queries import library_walk, search_query
from queries.base import Row, Statements
from queries.groups import COLUMNS
from queries.library_walk import IN_STAGE, STAGES, Place, Walk, progress_place, stage_sql
from queries.rows import AudioFile, FoundFile, Phrase, VoiceUsed
from queries.shares import HEARD

FEW = 1000  # matches, of which a page is chosen by looking at all
NARROW = 2  # times as many, where the other way is to look up each file that was heard
NEAR = 500  # files looked at before the whole index of words is asked
PROBED = 64  # of these, where they have no order that the index knows
SEARCH_S = 0.2  # of processor time; rows after that come without a phrase, not later
NO_PHRASE: Phrase = {
    "phrase": None, "match_start": None, "match_length": None, "text_start": None, "start_ms": None,
}  # fmt: skip
FOUND = "SELECT rowid FROM audio_search WHERE audio_search MATCH ?"


class LibraryQueries(Statements):
    """Reads that stay quick however many files there are."""

    def get_library(
        self,
        owner_id: int,
        *,
        search: str | None = None,
        category: str | None = None,
        voice: str | None = None,
        engine: str | None = None,
        status: str | None = None,
        since: str | None = None,
        until: str | None = None,
        stage: str | None = None,
        sort: str = "created",
        descending: bool = True,
        limit: int = 50,
        after: Place | None = None,
    ) -> list[FoundFile]:
        """A page of the library; `after` is (the sort's column, id) of the last row seen.

        `since` is the first UTC text time wanted, `until` the first not wanted any more; `stage`
        is one of STAGES. By "progress" what has begun comes first, then what is new, then what is
        finished. With a search each row has the keys of `find_phrase`, None where only the name
        matched.
        """
        filters = {
            "category = ?": category, "voice = ?": voice, "engine = ?": engine,
            "status = ?": status, "created_at >= ?": since, "created_at < ?": until,
        }  # fmt: skip
        wanted = {sql: value for sql, value in filters.items() if value is not None}
        terms, budget = search_query.parse(search or ""), search_query.Budget(SEARCH_S)
        walks = _walks(sort, descending, owner_id, wanted, after, stage)
        match = search_query.match_expression({owner_id}, terms) if terms else None
        for walk in walks:
            walk.is_probed = not any(term.is_gathered for term in terms)
        few = self._few(owner_id, sort, stage, wanted, match)
        ids = self._walked(walks, match, few, limit)
        rows = cast("list[FoundFile]", self._in_order(ids))
        if sort == "progress":
            rows = self._with_places(owner_id, rows)
        if not terms:
            return rows
        found = self._phrases([row["id"] for row in rows], terms, budget)
        return [cast("FoundFile", {**row, **found[row["id"]]}) for row in rows]

    def get_heard_library(
        self,
        user_id: int,
        *,
        search: str | None = None,
        limit: int = 50,
        after: tuple[str, int] | None = None,
    ) -> list[FoundFile]:
        """A page of what others share with a person, newest first, found by name and text.

        `after` is (created_at, id) of the last row seen; each row has its `giver`, and with a
        search the keys of `find_phrase`.
        """
        terms, budget = search_query.parse(search or ""), search_query.Budget(SEARCH_S)
        place = "WHERE (created_at, id) < (?2, ?3)" if after else ""
        heard = self.rows(
            f"{HEARD} SELECT id, owner_id FROM heard {place} ORDER BY created_at DESC, id DESC",
            user_id, *(after or ()),
        )  # fmt: skip
        ids = [row["id"] for row in heard]
        if terms and ids:
            owners = {row["owner_id"] for row in heard}
            ids = self._matching(ids, search_query.match_expression(owners, terms))
        ids = ids[:limit]
        givers = self.rows(
            """SELECT f.id, username FROM json_each(?) each JOIN audio_files f ON f.id = each.value
               JOIN users ON users.id = f.owner_id""",
            json.dumps(ids),
        )
        names = {row["id"]: row["username"] for row in givers}
        found = self._phrases(ids, terms, budget) if terms else dict.fromkeys(ids, NO_PHRASE)
        rows = self._in_order(ids)
        told = ({**row, **found[row["id"]], "giver": names[row["id"]]} for row in rows)
        return [cast("FoundFile", each) for each in told]

    def get_library_version(self, owner_id: int) -> int:
        """The number that grows with whatever changes a list of these files.

        What is read afterwards is of this version, or of a later one. A library whose version was
        lost is at another one each time.
        """
        return self.value(
            """SELECT coalesce(
                   (SELECT version FROM library_versions WHERE owner_id = ?), random())""",
            owner_id,
        )

    def list_voices_used(self, owner_id: int) -> list[VoiceUsed]:
        """The voices that the owner's files were made with: engine, voice."""
        found: list[VoiceUsed] = []
        engine, voice = "", ""
        select = """SELECT engine, voice FROM audio_files INDEXED BY idx_audio_voice
                    WHERE owner_id = ? AND deleted_at IS NULL"""
        row = self.find(VoiceUsed, f"{select} ORDER BY engine, voice LIMIT 1", owner_id)
        while row:  # one look-up a voice, however many files
            found.append(row)
            engine, voice = row["engine"], row["voice"]
            row = self.find(
                VoiceUsed,
                f"{select} AND engine = ? AND voice > ? ORDER BY voice LIMIT 1",
                owner_id, engine, voice,
            ) or self.find(
                VoiceUsed,
                f"{select} AND engine > ? ORDER BY engine, voice LIMIT 1", owner_id, engine,
            )  # fmt: skip
        return found

    def find_phrase(self, file_id: int, search: str) -> Phrase:
        """Find what is searched for in a text, to show it and to play from there.

        phrase (about 80 characters), match_start and match_length in it, text_start (of the match,
        code points), start_ms (of the segment that holds it); all None where it does not.
        """
        terms, budget = search_query.parse(search), search_query.Budget(SEARCH_S)
        return self._phrases([file_id], terms, budget)[file_id].copy()

    def get_moment(self, file_id: int, place: int) -> int | None:
        """Start in the sound, in ms, of the segment that holds a place of the text."""
        return self.value(
            """SELECT start_ms FROM segments INDEXED BY idx_segments_text
               WHERE file_id = ? AND text_start <= ? ORDER BY text_start DESC LIMIT 1""",
            file_id, place,
        )  # fmt: skip

    def _phrases(
        self, ids: list[int], terms: list[search_query.Term], budget: search_query.Budget
    ) -> dict[int, Phrase]:
        """The result of `find_phrase` for each file; NO_PHRASE once the time is spent."""
        held: dict[search_query.Term, list[int]] = {}
        weighed = search_query.by_weight(terms)
        if budget.is_spent(0.5):  # where the search took long, so does every further question
            weighed = []
        found = dict.fromkeys(ids, NO_PHRASE)
        for file_id in ids:
            for term in weighed:
                if budget.is_spent():
                    break
                if self._is_in_text(file_id, term, ids, held):
                    found[file_id] = self._phrase(file_id, term, budget)
                    break
        return found

    def _is_in_text(
        self,
        file_id: int,
        term: search_query.Term,
        ids: list[int],
        held: dict[search_query.Term, list[int]],
    ) -> bool:
        """Whether the index has a term for a text; no other text is ever read."""
        expression = search_query.text_expression(term)
        if term.is_gathered or max(ids) - min(ids) < NEAR:  # asked once for the whole page
            if term not in held:
                held[term] = self._matching(ids, expression)
            return file_id in held[term]
        sql = "SELECT rowid FROM audio_search WHERE audio_search MATCH ? AND rowid = ?"
        return self.row(sql, expression, file_id) is not None

    def _phrase(self, file_id: int, term: search_query.Term, budget: search_query.Budget) -> Phrase:
        pieces = self.pieces("audio_files", "text", file_id, search_query.sizes())
        found = search_query.find_first(pieces, term, budget.is_spent)
        if found is None:
            return NO_PHRASE
        return {**found, "start_ms": self.get_moment(file_id, found["text_start"])}

    def _few(
        self,
        owner_id: int,
        sort: str,
        stage: str | None,
        filters: Mapping[str, object],
        match: str | None,
    ) -> list[int] | None:
        """Ids of all files that may be wanted, where these are known to be few."""
        if match is not None:
            found = self.rows(f"{FOUND} LIMIT ?", match, FEW + 1)
            if len(found) <= FEW:
                return [row["rowid"] for row in found]
        if sort == "progress":
            listed = self._narrowed(owner_id, filters)
        else:
            listed = self._listed(owner_id, stage)
        return self._matching(listed, match) if listed and match is not None else listed

    def _walked(
        self, walks: list[Walk], match: str | None, few: list[int] | None, limit: int
    ) -> list[int]:
        """Ids of the next files on these ways, one after another; among a few where these are."""
        ids: list[int] = []
        for walk in walks:
            wanted = limit - len(ids)
            if few is not None:
                ids += self._ids(*walk.among_sql(wanted, json.dumps(few)))
            elif match is None:
                ids += self._ids(*walk.sql(wanted))
            else:
                ids += self._search(walk, match, wanted)
            if len(ids) == limit:
                break
        return ids

    def _search(self, walk: Walk, match: str, limit: int) -> list[int]:
        """Ids of the next files with common words: the nearest files are looked at first."""
        near = self._ids(*walk.sql(NEAR))
        ids = self._near(walk, near, match, limit)
        if len(ids) == limit or len(near) < NEAR:
            return ids
        return self._ids(*walk.search_sql(limit, match))

    def _listed(self, owner_id: int, stage: str | None) -> list[int] | None:
        """Ids of what a person has begun or finished, where these are few."""
        if stage is None or stage == "new":
            return None
        ids = self._ids(
            f"""SELECT file_id AS id FROM listening_progress INDEXED BY idx_listening_{stage}
                WHERE user_id = ? AND {IN_STAGE[stage]} LIMIT ?""",
            [owner_id, FEW + 1],
        )
        return ids if len(ids) <= FEW else None

    def _narrowed(self, owner_id: int, filters: Mapping[str, object]) -> list[int] | None:
        """Ids of what filters leave over, where these are few; None without filters."""
        if not filters:
            return None
        conditions = " AND ".join(("owner_id = ? AND deleted_at IS NULL", *filters))
        ids = self._ids(
            f"""SELECT id FROM audio_files INDEXED BY idx_audio_owner
                WHERE {conditions} LIMIT ?""",
            [owner_id, *filters.values(), NARROW * FEW + 1],
        )
        return ids if len(ids) <= NARROW * FEW else None

    def _with_places(self, owner_id: int, files: list[FoundFile]) -> list[FoundFile]:
        """The files with where each stands in the order of progress."""
        heard = self.rows(
            """SELECT file_id, finished_at, saved_epoch FROM listening_progress
               WHERE user_id = ? AND file_id IN (SELECT value FROM json_each(?)) AND share > 0""",
            owner_id, json.dumps([file["id"] for file in files]),
        )  # fmt: skip
        places = {
            row["file_id"]: progress_place(
                "finished" if row["finished_at"] else "begun", row["saved_epoch"]
            )
            for row in heard
        }
        return [
            {**file, "progress_place": places.get(file["id"])
             or progress_place("new", file["created_at"])}
            for file in files
        ]  # fmt: skip

    def _near(self, walk: Walk, near: list[int], match: str, limit: int) -> list[int]:
        """Keep the ids of files that match, in their order, as long as that is cheap."""
        if walk.sort == "created" or len(near) < NEAR:  # their ids lie near each other, or are few
            return self._matching(near, match)[:limit]
        ids = self._probe(near[:PROBED], match) if walk.is_probed else []
        if ids and len(ids) < limit:
            needed = PROBED * limit * 4 // (3 * len(ids))  # a third more than at an even spread
            ids += self._probe(near[PROBED:needed], match) if needed < NEAR // 2 else []
        return ids[:limit]

    def _probe(self, ids: list[int], match: str) -> list[int]:
        """Keep the ids of files whose words match, in their order; asks the index for each."""
        rows = self.rows(
            f"{FOUND} AND rowid IN (SELECT value FROM json_each(?))", match, json.dumps(ids)
        )
        return _kept(ids, rows)

    def _matching(self, ids: list[int], match: str) -> list[int]:
        """Keep the ids of files whose words match, in their order; reads the index once."""
        if not ids:
            return []
        rows = self.rows(
            f"""{FOUND} AND rowid BETWEEN ? AND ?
                AND +rowid IN (SELECT value FROM json_each(?))""",
            match, min(ids), max(ids), json.dumps(ids),
        )  # fmt: skip
        return _kept(ids, rows)

    def _ids(self, sql: str, values: list[object]) -> list[int]:
        return [row["id"] for row in self.rows(sql, *values)]

    def _in_order(self, ids: list[int]) -> list[AudioFile]:
        rows = self.list_of(
            AudioFile,
            f"""SELECT {COLUMNS} FROM audio_files
                WHERE id IN (SELECT value FROM json_each(?))""",
            json.dumps(ids),
        )
        by_id = {row["id"]: row for row in rows}
        return [by_id[file_id] for file_id in ids if file_id in by_id]


def _walks(
    sort: str,
    descending: bool,
    owner_id: int,
    filters: Mapping[str, object],
    after: Place | None,
    stage: str | None,
) -> list[Walk]:
    """The ways through a library that one after another give it in an order."""
    if sort == "progress":
        stages = (stage,) if stage else STAGES
        return library_walk.by_progress(stages, descending, owner_id, filters, after)
    if stage:
        filters = {**filters, stage_sql(stage): owner_id}
    return [Walk(sort, descending, owner_id, filters, after)]


def _kept(ids: list[int], rows: list[Row]) -> list[int]:
    """Keep the ids that the index of words gave, in their order."""
    matching = {row["rowid"] for row in rows}
    return [file_id for file_id in ids if file_id in matching]
