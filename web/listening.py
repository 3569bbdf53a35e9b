"""How far the signed-in person is in pieces, as lists and programs say it."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from queries.listening import ListenedFile, Progress
from queries.rows import AudioFile
from services.sharing import as_told
from web.current_user import current_user_id, signed_in
from web.formatting import spoken_length, stored_number
from web.services import services

CONTINUED = 3


def progress_of(files: Iterable[AudioFile]) -> dict[int, Progress]:
    """How far the person is in each of these pieces, by its number; none where nobody is."""
    user = signed_in()
    if user is None:
        return {}
    found = services().db.list_progress(user["user_id"], [file["id"] for file in files])
    return {row["file_id"]: row for row in found}


def listening_json(progress: Progress | None) -> dict[str, Any]:
    """The JSON of it: what share was heard, in hundredths, and whether the piece is finished."""
    return {
        "heard": progress["share"] if progress else 0.0,
        "is_finished": bool(progress and progress["finished_at"]),
    }


def what_is_left(file: AudioFile, progress: Mapping[str, Any] | None) -> str:
    """What is still to be heard of a piece in words; empty where it has not begun."""
    if progress is None or not progress["share"]:
        return ""
    if progress["finished_at"]:
        return _("Finished")
    left_s = stored_number(file["duration"]) - stored_number(progress["position"])
    if file["status"] != "ready" or left_s <= 0:
        return _("In progress")
    return _("%(time)s left", time=spoken_length(left_s))


def begun_pieces() -> list[ListenedFile]:
    """The pieces that the person is in the middle of, the one heard last first."""
    user_id = current_user_id()
    found = services().db.list_begun(user_id, limit=CONTINUED)
    return [as_told(row, user_id) for row in found]
