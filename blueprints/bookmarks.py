"""Bookmarks of a piece: a list of sentences with notes, and finding words in its text."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from queries.bookmarks import Bookmark, ListedBookmark
from queries.rows import AudioFile
from services.find_text import Found, TextMatch, find
from web import forms
from web.access import heard_file, user_only
from web.current_user import current_user_id
from web.piece_places import ShownBookmark, place_url, shown_bookmarks
from web.request_info import wants_json
from web.responses import page
from web.services import services

ID = "<int(max=9223372036854775807):bookmark_id>"
MATCHES = 200  # of a page

blueprint = Blueprint("bookmarks", __name__)


@blueprint.get("/files/<filename>/bookmarks")
@user_only
def listed(filename: str) -> Response:
    """A person's bookmarks in a piece, in the order of its text."""
    row = heard_file(filename)
    shown = shown_bookmarks(row)
    if wants_json():
        return jsonify(bookmarks=[_json(row, bookmark) for bookmark in shown])
    return page("files/bookmarks.html", file=row, bookmarks=shown)


@blueprint.post("/files/<filename>/bookmarks")
@user_only
def add(filename: str) -> ResponseReturnValue:
    """Mark the sentence at a place of the text, with a note or without."""
    row, form = heard_file(filename), request.form
    place = forms.number(form.get("at", ""), "at")
    bookmark = services().bookmarks.add(current_user_id(), row, place, form.get("note", ""))
    return _done(row, bookmark, _("Bookmark added."), 201)


@blueprint.post(f"/files/<filename>/bookmarks/{ID}")
@user_only
def change(filename: str, bookmark_id: int) -> ResponseReturnValue:
    """Write another note to a bookmark."""
    row, note = heard_file(filename), request.form.get("note", "")
    bookmark = services().bookmarks.change(current_user_id(), row, bookmark_id, note)
    return _done(row, bookmark, _("Note saved."), 200)


@blueprint.post(f"/files/<filename>/bookmarks/{ID}/delete")
@user_only
def remove(filename: str, bookmark_id: int) -> ResponseReturnValue:
    """Delete a bookmark."""
    row = heard_file(filename)
    services().bookmarks.remove(current_user_id(), row, bookmark_id)
    return _done(row, None, _("Bookmark deleted."), 204)


def _done(
    row: AudioFile, bookmark: Bookmark | None, message: str, status: int
) -> ResponseReturnValue:
    if wants_json():
        if bookmark is None:
            return Response(status=status)
        shown = next(each for each in shown_bookmarks(row) if each.row["id"] == bookmark["id"])
        return jsonify(_json(row, shown)), status
    flash(message)
    return redirect(url_for("bookmarks.listed", filename=row["filename"]), 303)


def _json(row: AudioFile, shown: ShownBookmark) -> dict[str, Any]:
    bookmark: ListedBookmark = shown.row
    return {
        "id": bookmark["id"],
        "text_start": bookmark["text_start"],
        "note": bookmark["note"],
        "words": shown.words,
        "start_ms": bookmark["start_ms"],
        "created_at": bookmark["created_at"],
        "url": place_url(row, bookmark["text_start"]),
    }


# Finding words


@blueprint.get("/files/<filename>/find")
@user_only
def find_text(filename: str) -> Response:
    """Places of a piece's text where some words stand, whatever their capitals and accents.

    `from` takes the `next` of the page before.
    """
    row, query = heard_file(filename), request.args.get("q", "")
    first = forms.number(request.args.get("from") or "0", "from")
    found = find(services().db.get_text(row["id"]), query, first=first, limit=MATCHES)
    if wants_json():
        return jsonify(_found_json(row, query, first, found))
    moments = [services().db.get_moment(row["id"], match.start) for match in found.matches]
    return page(
        "files/find.html", file=row, query=query, found=found, moments=moments, place_url=place_url
    )


def _found_json(row: AudioFile, query: str, first: int, found: Found) -> dict[str, Any]:
    return {
        "query": query,
        "count": found.total,
        "is_more": found.is_more,
        "first": first,
        "next": found.next,
        "matches": [_match_json(row, match) for match in found.matches],
    }


def _match_json(row: AudioFile, match: TextMatch) -> dict[str, Any]:
    return {
        "text_start": match.start,
        "before": match.before,
        "match": match.match,
        "after": match.after,
        "url": place_url(row, match.start),
    }
