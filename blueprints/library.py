"""The library: search, groups, bin."""

import json
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from queries.base import chosen
from queries.rows import AudioFile, FoundFile, Group
from queries.search_query import leaves_out
from web import audio_responses, etags, forms
from web.access import LARGEST_ROW, user_only
from web.counted_pieces import COUNTED
from web.current_user import current_user_id
from web.file_selection import ticked, ticked_rows
from web.file_state import WORKED_ON, files_json, held_up
from web.formatting import local
from web.i18n import plural_forms
from web.redirects import return_path_of_many
from web.request_info import wants_json
from web.responses import page
from web.services import services
from web.voice_lists import voice_name

PAGE_ROWS = 50
SHELF_ROWS = 30  # of the page, which gets further ones as they are scrolled to
MOST_WATCHED = 100
LONGEST_SEARCH = 200
STATES = {
    "ready": lazy_gettext("Ready"),
    "queued": lazy_gettext("Waiting"),
    "speaking": lazy_gettext("Generating"),
    "failed": lazy_gettext("Failed"),
    "cancelled": lazy_gettext("Stopped"),
    "paused": lazy_gettext("Paused"),
}
# What is chosen, what is compared, whether the largest comes first, how it is called.
SORTS = {
    "newest": ("created", True, lazy_gettext("Newest first")),
    "oldest": ("created", False, lazy_gettext("Oldest first")),
    "name": ("name", False, lazy_gettext("By name")),
    "longest": ("duration", True, lazy_gettext("Longest first")),
    "shortest": ("duration", False, lazy_gettext("Shortest first")),
    "progress": ("progress", True, lazy_gettext("Listening progress")),
}
COLUMNS = {
    "created": "created_at",
    "name": "display_name",
    "duration": "duration",
    "progress": "progress_place",
}
HEARD = {
    "begun": lazy_gettext("In progress"),
    "new": lazy_gettext("Not started"),
    "finished": lazy_gettext("Finished"),
}

blueprint = Blueprint("library", __name__)


class Wanted(NamedTuple):
    """A query of the library, as it stands in the address."""

    search: str
    group: str
    is_loose: bool
    voice: str
    state: str
    since: str
    until: str
    sort: str

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but a group is asked for."""
        return any((self.search, self.voice, self.state, self.since, self.until))

    def query(self, **changes: Any) -> dict[str, Any]:
        """The parts of an address that asks for the same but for the changes."""
        parts = {
            "q": self.search,
            "group": self.group,
            "loose": "1" if self.is_loose else "",
            "voice": self.voice,
            "state": self.state,
            "since": self.since,
            "until": self.until,
            "sort": "" if self.sort == "newest" else self.sort,
            **changes,
        }
        return {name: value for name, value in parts.items() if value}


def wanted() -> Wanted:
    """The query in the address of this request; raises BadForm for a day that is none."""
    args = request.args
    state, sort = args.get("state", ""), args.get("sort", "")
    return Wanted(
        search=args.get("q", "").strip()[:LONGEST_SEARCH],
        group=args.get("group", "").strip(),
        is_loose=bool(args.get("loose")),
        voice=args.get("voice", "").strip()[:LONGEST_SEARCH],
        state=state if state in STATES or state in HEARD else "",
        since=args.get("since", ""),
        until=args.get("until", ""),
        sort=sort if sort in SORTS else "newest",
    )


def query_page(wanted: Wanted, limit: int = PAGE_ROWS) -> tuple[list[FoundFile], str | None]:
    """A page of the rows wanted, and the place where the next page starts."""
    sort, is_descending, _name = SORTS[wanted.sort]
    engine, _colon, voice = wanted.voice.rpartition(":")
    rows = services().db.get_library(
        current_user_id(),
        # The last word of a search may go on, for it may still be typed.
        search=request.args.get("q", "").lstrip()[:LONGEST_SEARCH] or None,
        category="" if wanted.is_loose else wanted.group or None,
        voice=voice or None,
        engine=engine or None,
        status=wanted.state if wanted.state in STATES else None,
        stage=wanted.state if wanted.state in HEARD else None,
        since=forms.day_start(wanted.since),
        until=forms.day_start(wanted.until, 1),
        sort=sort,
        descending=is_descending,
        limit=limit + 1,
        after=_place(request.args.get("after")),
    )
    more = None
    if len(rows) > limit:
        last = rows[limit - 1]
        more = json.dumps([*chosen(last, (COLUMNS[sort], "id")).values()], ensure_ascii=False)
    return rows[:limit], more


def _place(text: str | None) -> tuple[Any, int] | None:
    """The place that `query_page` gave, from the address; None for the start."""
    try:
        value, file_id = json.loads(text or "")
        str(value).encode()  # raises for half a character
    except (ValueError, TypeError, RecursionError):
        return None
    is_place = isinstance(value, str | int | float) and type(file_id) is int
    numbers = [each for each in (value, file_id) if isinstance(each, int)]
    is_place = is_place and all(abs(number) <= LARGEST_ROW for number in numbers)
    return (value, file_id) if is_place else None


@blueprint.get("/library")
@user_only
def overview() -> Response:
    """The pieces of a group, a voice, a time, or those that hold what is searched for."""
    return _list() if wants_json() else _shelf(wanted())


def _list() -> Response:
    """The JSON of what is wanted; 304 for a client that has it."""
    state = etags.library_state()
    if unchanged := etags.unchanged(state):
        return unchanged
    asked = wanted()
    _groups(asked)
    rows, more = query_page(asked)
    is_cut = leaves_out(request.args.get("q", ""))
    answer = jsonify(files=_found_json(rows), next=more, is_cut=is_cut)
    # A search ends after some time, found or not; what holds up unfinished work passes by itself;
    # which piece was heard last changes with each place that is saved.
    is_timeless = (
        not asked.search
        and asked.sort != "progress"
        and all(row["status"] not in WORKED_ON for row in rows)
    )
    return etags.tag(answer, state) if is_timeless else answer


def _shelf(wanted: Wanted) -> Response:
    """The page of what is wanted."""
    groups = _groups(wanted)
    rows, more = query_page(wanted, SHELF_ROWS)
    return page(
        "library/library.html",
        files=rows,
        is_cut=leaves_out(request.args.get("q", "")),
        more=more,
        wanted=wanted,
        groups=groups,
        voices=_voices_used(),
        states=HEARD | STATES,
        sorts={key: label for key, (_sort, _way, label) in SORTS.items()},
        **{name: plural_forms(text_of) for name, text_of in COUNTED.items()},
    )


def _found_json(rows: list[FoundFile]) -> list[dict[str, Any]]:
    listed = files_json(rows)
    for row, found in zip(rows, listed, strict=True):
        if row.get("phrase") is not None:
            names = ("phrase", "match_start", "match_length", "text_start", "start_ms")
            found["match"] = chosen(row, names)
    return listed


def _groups(wanted: Wanted) -> list[Group]:
    """The groups of the library; 404 where the one that is wanted is not among them."""
    groups = services().db.list_groups(current_user_id())
    names = [group["name"].casefold() for group in groups]
    if wanted.group and wanted.group.casefold() not in names:
        abort(404)
    return groups


def _voices_used() -> list[tuple[str, str]]:
    used = services().db.list_voices_used(current_user_id())
    named = [(f"{row['engine']}:{row['voice']}", voice_name(row)) for row in used]
    return sorted(named, key=lambda pair: pair[1].casefold())


# Groups


@blueprint.post("/library/groups")
@user_only
def create_group() -> ResponseReturnValue:
    """Make an empty group."""
    name = services().library.create_group(current_user_id(), request.form.get("name", ""))
    return _done(_("Created the group “%(name)s”.", name=name), {"group": name}, group=name)


@blueprint.post("/library/groups/rename")
@user_only
def rename_group() -> ResponseReturnValue:
    """Give a group another name."""
    old, new = request.form.get("group", ""), request.form.get("name", "")
    name = services().library.rename_group(current_user_id(), old, new)
    return _done(_("Renamed."), {"group": name}, group=name)


@blueprint.post("/library/groups/delete")
@user_only
def delete_group() -> ResponseReturnValue:
    """Remove a group; its pieces stay, or go to the bin with it."""
    name, with_files = request.form.get("group", ""), request.form.get("with_files") == "1"
    count = services().library.delete_group(current_user_id(), name, with_files=with_files)
    if not with_files:
        return _done(
            _("Removed the group “%(name)s”. Its pieces are still here.", name=name),
            {"moved": count},
        )
    sentence = ngettext(
        "Removed the group “%(name)s”; its piece is in the bin.",
        "Removed the group “%(name)s”; its %(num)s pieces are in the bin.",
        count,
        name=name,
    )
    return _done(sentence, {"deleted": count})


def _done(sentence: str, answer: dict[str, Any], **query: Any) -> ResponseReturnValue:
    if wants_json():
        return jsonify(answer)
    flash(sentence)
    return redirect(to("library.overview", **query), 303)


# The bin


@blueprint.get("/library/bin")
@user_only
def show_bin() -> Response:
    """The deleted pieces, and when they will be gone."""
    days = services().library.bin_days
    rows = services().db.list_bin(
        current_user_id(), limit=PAGE_ROWS + 1, before=forms.cursor(request.args.get("before"))
    )
    more = forms.next_cursor(rows, PAGE_ROWS, "deleted_at")
    files: list[dict[str, Any]] = [
        {**row, "goes_on": _goes_on(row, days)} for row in rows[:PAGE_ROWS]
    ]
    if wants_json():
        names = ("filename", "display_name", "category", "deleted_at")
        listed = [chosen(file, names) | {"goes_on": f"{file['goes_on']}"} for file in files]
        return jsonify(files=listed, next=more)
    return page("library/bin.html", files=files, more=more, days=days)


def _goes_on(row: AudioFile, days: int) -> date | str:
    since = row["deleted_at"] or ""
    when = local(since)
    try:
        return when.date() + timedelta(days=days) if when else since
    except OverflowError:
        return since


@blueprint.post("/library/restore")
@user_only
def restore() -> ResponseReturnValue:
    """Take pieces out of the bin."""
    count = services().library.restore(current_user_id(), ticked())
    return _back_to_bin(
        ngettext("Restored %(num)s piece.", "Restored %(num)s pieces.", count), restored=count
    )


@blueprint.post("/library/purge")
@user_only
def purge() -> ResponseReturnValue:
    """Delete pieces of the bin for good."""
    count = services().library.delete_for_good(current_user_id(), ticked())
    sentence = ngettext(
        "Deleted %(num)s piece for good.", "Deleted %(num)s pieces for good.", count
    )
    return _back_to_bin(sentence, purged=count)


def _back_to_bin(sentence: str, **answer: int) -> ResponseReturnValue:
    if wants_json():
        return jsonify(answer)
    flash(sentence)
    return redirect(return_path_of_many("library.show_bin"), 303)


# Many at once


@blueprint.post("/library/zip")
@user_only
def download_zip() -> Response:
    """The sound of the ticked pieces as one file, made while it is sent."""
    pieces = services().library.zip(ticked_rows())
    answer = Response(pieces, content_type="application/zip")
    return audio_responses.named(answer, "VoiceVerse", ".zip")


@blueprint.get("/library/states")
@user_only
def states() -> Response:
    """The states of pieces that are being made, many in one answer, and which are gone.

    Each `seen`, such as "queued:1200:disk", says what is known of the `file` in the same place;
    only what has changed since is told. `only=gone` asks for no states at all.
    """
    sharing, user_id = services().sharing, current_user_id()
    names = request.args.getlist("file")[:MOST_WATCHED]
    seen = dict(zip(names, request.args.getlist("seen"), strict=False))
    rows = {name: sharing.heard(name, user_id) for name in names}
    found = [row for name, row in rows.items() if row and _state(row) != seen.get(name)]
    if request.args.get("only") == "gone":
        found = []
    return jsonify(
        files=files_json(found),
        gone=[name for name, row in rows.items() if row is None],
    )


def _state(row: AudioFile) -> str:
    cause = held_up(row)
    return f"{row['status']}:{row['spoken_characters']}:{cause.code if cause else ''}"
