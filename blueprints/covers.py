"""Covers: the picture of each piece, drawn from its name where it has no other."""

from flask import Blueprint, Response, request

from exports.cover import cover, drawing
from queries.rows import AudioFile
from web.access import heard_file, user_only
from web.covers import book_cover_date, cover_version
from web.security_headers import YEAR_S
from web.services import services

blueprint = Blueprint("covers", __name__)


@blueprint.get("/covers/<filename>")
@user_only
def show(filename: str) -> Response:
    """The cover of a piece: that of its book, or an SVG."""
    row = heard_file(filename)
    return _book_cover(row) or _kept(row, drawing(row["display_name"]).encode(), "image/svg+xml")


@blueprint.get("/artwork/<filename>")
@user_only
def artwork(filename: str) -> Response:
    """The same for the system's own controls, which show no SVG: a PNG where it is drawn."""
    row = heard_file(filename)
    return _book_cover(row) or _kept(row, *cover(row["display_name"]))


def _book_cover(row: AudioFile) -> Response | None:
    found = None
    if book_cover_date(row) and row["document_id"]:
        found = services().db.get_document_cover(row["document_id"])
    return _kept(row, found["cover"], found["cover_type"]) if found else None


def _kept(row: AudioFile, picture: bytes, media_type: str) -> Response:
    """A picture that the browser keeps for good where its address names this very one."""
    answer = Response(picture, content_type=media_type)
    is_named = request.args.get("v") == cover_version(row)
    how_long = f"max-age={YEAR_S}, immutable" if is_named else "no-cache"
    answer.headers["Cache-Control"] = f"private, {how_long}"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
