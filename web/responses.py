"""Responses: pages, and refusals as JSON or as a page, whatever was raised."""

import logging
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from common import transient_causes
from common.errors import AppError
from web.formatting import count
from web.i18n import translate
from web.refusal_log import log_event, log_refusal
from web.refused_forms import is_in_form, mistakes_of, page_again, with_mistakes
from web.request_info import wants_json
from web.services import services
from web.trusted_hosts import UntrustedHost
from web.uploads import present_request

HTML = "text/html; charset=utf-8"
SENTENCES = {
    400: lazy_gettext(
        "That request could not be understood. Go back, reload the page and try again."
    ),
    401: lazy_gettext("Log in first."),
    403: lazy_gettext("You are not allowed to do that."),
    404: lazy_gettext(
        "There is nothing here. It may have been deleted, or it belongs to somebody else."
    ),
    405: lazy_gettext("This address cannot be used that way."),
    413: lazy_gettext("The text is too long: at most {limit} characters. Split it into parts."),
    500: lazy_gettext("Something went wrong. Your data is safe; the server log says more."),
}
TITLES = {
    401: lazy_gettext("Log in first"),
    403: lazy_gettext("Not allowed"),
    404: lazy_gettext("Nothing here"),
    408: lazy_gettext("Too slow"),
    409: lazy_gettext("Not now"),
    413: lazy_gettext("Too many requests"),
    429: lazy_gettext("Just a moment"),
    503: lazy_gettext("Busy"),
    507: lazy_gettext("Nothing can be saved right now"),
}

log = logging.getLogger("voiceverse.responses")


def prepare(app: Flask) -> None:
    """Let the app answer with a sentence to whatever is raised."""
    app.register_error_handler(AppError, refusal)
    app.register_error_handler(OSError, _held_up)
    app.register_error_handler(MemoryError, _held_up)
    app.register_error_handler(UntrustedHost, _strange_host)
    app.register_error_handler(HTTPException, _http_error)


def page(template: str, status: int = 200, /, **context: Any) -> Response:
    """A rendered page."""
    return Response(render_template(template, **context), status, content_type=HTML)


def refusal(error: AppError) -> Response:
    """The answer to what was refused: as JSON, at the form it came from, or on its own page."""
    again = "" if wants_json() else page_again(error)
    if not again:
        return error_response(error)
    return _form_again(again, error)


def error_response(error: AppError) -> Response:
    """The answer to anything refused: its sentence as JSON or on a page of its own."""
    status = error.status
    if wants_json():
        answer = jsonify(_error_json(error))
        answer.status_code = status
    else:
        title = str(TITLES.get(status) or _("That did not work"))
        answer = page("errors/error.html", status, title=title, sentence=translate(error.message))
    return _noted(answer, error)


def render_form_error(template: str, error: AppError, /, **context: Any) -> Response:
    """The form with what was typed and the sentence beside it; JSON for clients that want it."""
    if wants_json():
        return error_response(error)
    html = render_template(template, form=request.form, error=error, **context)
    return _form_again(with_mistakes(html, error), error)


def _form_again(html: str, error: AppError) -> Response:
    answer = Response(html, error.status, content_type=HTML)
    if is_in_form(html):  # so that a script can leave the form as it stands
        answer.headers["X-Refused-Form"] = "1"
    return _noted(answer, error)


def _error_json(error: AppError) -> dict[str, Any]:
    """The sentence, with the first field that is wrong and what else the error tells."""
    mistakes = mistakes_of(error)
    told: dict[str, Any] = {"error": " ".join(mistake.sentence for mistake in mistakes)}
    if field := next((mistake.field for mistake in mistakes if mistake.field), ""):
        told["field"] = field
    if len(mistakes) > 1:
        told["errors"] = {mistake.field: mistake.sentence for mistake in mistakes}
    return told | getattr(error, "found", {})


def _strange_host(error: UntrustedHost) -> Response:
    # A page of ours under another site's name would be that site's to read.
    if wants_json():
        return error_response(error)
    return Response(
        translate(error.message), error.status, content_type="text/plain; charset=utf-8"
    )


def _held_up(error: OSError | MemoryError) -> Response:
    """The answer to a full disk and the like, wherever it was met; raises any other error."""
    folder = services().config.data_dir
    if isinstance(error, MemoryError):
        cause: transient_causes.Cause | None = transient_causes.MEMORY
    else:
        cause = transient_causes.of_os_error(error, folder)
    if cause is None:
        raise error
    log.warning("%s %s: %r", request.method, request.path, error)
    return refusal(_Refused(cause.status, cause.refusal))


def _http_error(error: HTTPException) -> WerkzeugResponse:
    if error.code is None or error.code < 400:
        return error.get_response()
    limit = count(services().config.max_characters)
    known = SENTENCES.get(error.code)
    sentence = known.format(limit=limit) if known else error.description or ""
    if error.code == 413:
        log_event("request_too_large", f"{request.path}: {request.content_length} bytes")
        if present_request().takes_files:
            sentence = _("These files are too large together. Upload them one by one.")
        elif not present_request().takes_text:
            sentence = _("That is more than this form can hold. Nothing was changed.")
    answer = error_response(_Refused(error.code, sentence))
    if error.code == 405:
        answer.headers.extend(error.get_headers(request.environ))
        answer.headers["Content-Type"] = answer.content_type
    return answer


class _Refused(AppError):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _noted(answer: Response, error: AppError) -> Response:
    """The answer with how long to wait; the security log knows of limits that were reached."""
    log_refusal(error)
    seconds = getattr(error, "retry_after_s", None)
    if seconds:
        answer.headers["Retry-After"] = str(seconds)
    return answer
