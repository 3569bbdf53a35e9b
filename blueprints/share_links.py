"""Links for people without an account: one piece to listen to, and nothing else."""

import re

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from queries.shares import LinkedFile
from services.sharing import Sharing
from web import audio_responses, forms
from web.access import public, with_numbers
from web.file_state import progress
from web.request_info import wants_json
from web.responses import page
from web.services import services

# The token stands in the address: no other site, no search engine and no cache is to learn of it.
UNSEEN = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "private, no-store",
}
# How a browser asks for all of the sound; some ask for two bytes first.
FROM_THE_START = re.compile(r"bytes=0-(\d{4,})?", re.ASCII)

blueprint = Blueprint("share_links", __name__)


@blueprint.get("/listen")
@public
def listen() -> Response:
    """The page of a link: the name of the piece, who shares it, and its sound."""
    row = _linked()
    if row is None:
        return _gone()
    _sharing().note_use(row, is_listen=False)
    has_sound = row["status"] in audio_responses.UNFINISHED or audio_responses.has_sound(row)
    return _unseen(page("sharing/listen.html", file=row, token=_token(), has_sound=has_sound))


@blueprint.get("/listen/sound")
@public
def sound() -> Response:
    """The sound of a link's piece, in ranges, or live while it is being generated."""
    row, token, sharing = _linked(), _token(), _sharing()
    if row is None:
        return _gone()
    if request.method == "GET" and _begins():
        sharing.note_use(row, is_listen=True)
    from_s = forms.seconds(request.args.get("from", "0"))
    return _unseen(audio_responses.sound(row, from_s, lambda: sharing.linked(token)))


@blueprint.get("/listen/state")
@public
def state() -> ResponseReturnValue:
    """How far a link's piece is: its status, the part that is ready (0 to 1), its length (s)."""
    row = _linked()
    if row is None:
        return _gone()
    told = {"status": row["status"], "progress": progress(row), "duration": row["duration"]}
    return _unseen(jsonify(told))


def _sharing() -> Sharing:
    return services().sharing


def _token() -> str:
    return request.args.get("token", "")


def _linked() -> LinkedFile | None:
    row = _sharing().linked(_token())
    return with_numbers(row) if row else None


def _begins() -> bool:
    """Whether the sound is asked for from its beginning, as when somebody starts to listen."""
    asked = request.headers.get("Range")
    return asked is None or FROM_THE_START.fullmatch(asked) is not None


def _gone() -> Response:
    """One answer for links that never were, have expired or were withdrawn."""
    if wants_json():
        abort(404)
    return _unseen(page("sharing/gone.html", 404))


def _unseen(answer: Response) -> Response:
    answer.headers.update(UNSEEN)
    return answer
