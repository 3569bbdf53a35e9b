"""Kinds of answers that people wait for, whose times are counted."""

from flask import Request, Response

PAGE, SOUND, POSITION, REFUSED = KINDS = ("page", "sound", "position", "refused")
TIMED = {"web.audio": SOUND, "web.note_position": POSITION}
TOO_MUCH = 503
TELLING = ("monitoring.health",)  # answers 503 to tell of something


def kind_of_answer(request: Request, response: Response) -> str | None:
    """The kind of an answer; None where nobody waits for it, or it tells of a mistake."""
    if response.status_code == TOO_MUCH:
        return None if request.endpoint in TELLING else REFUSED
    if response.status_code >= 400:
        return None
    if request.method == "GET" and response.mimetype == "text/html":
        return PAGE
    return TIMED.get(request.endpoint or "")
