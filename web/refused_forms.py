"""Refused forms: the page that one was sent from, again, with what was typed and what is wrong."""

from collections.abc import Callable
from contextlib import closing
from typing import Any, cast
from urllib.parse import urlsplit

from flask import current_app, g, request, session, url_for
from flask.ctx import RequestContext
from flask.sessions import SessionMixin
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from common.errors import AppError
from web.access import refusal_to_show
from web.csrf import is_from_elsewhere
from web.html_forms import MARK, Mistake, Sent, filled
from web.i18n import translate
from web.redirects import local_path
from web.request_info import SAFE_METHODS
from web.uploads import View, marked

PAGE_FIELD = "form_page"
HIDDEN_VALUES = ("csrf_token", PAGE_FIELD)


def form_on(endpoint: str) -> Callable[[View], View]:
    """Name the page with the form that a view takes, for browsers that do not say it."""

    def mark(view: View) -> View:
        return marked(view, "form_endpoint", endpoint)

    return mark


def mistakes_of(error: AppError) -> list[Mistake]:
    """What is wrong, each with its field."""
    several: tuple[AppError, ...] = getattr(error, "mistakes", ()) or (error,)
    return [Mistake(getattr(each, "field", "") or "", translate(each.message)) for each in several]


def page_again(error: AppError) -> str:
    """The page of the form that was refused, with what is wrong at its fields; "" if there is none.

    A list whose filter is wrong is shown without it.
    """
    if not g.get("may_see_pages") or is_from_elsewhere():
        return ""
    if request.method in SAFE_METHODS:
        return _list_again(error)
    origin = _origin()
    html = origin and _shown(origin)
    if not html:
        return ""
    sent, mistakes = _sent(), mistakes_of(error)
    if hasattr(error, "found"):  # somebody else changed it: this form is made from their version
        sent.values.pop("version", None)
        mistakes[0] = mistakes[0]._replace(remedy=_other_version(origin))
    return filled(html, sent, mistakes, origin)


def _other_version(origin: str) -> Markup:
    link = Markup(' <a href="{}">{}</a>')
    return link.format(origin, _("Use the other version"))


def with_mistakes(html: str, error: AppError) -> str:
    """A page that was made for the form that is being refused, with what is wrong at its fields."""
    return filled(html, _sent(), mistakes_of(error))


def is_in_form(html: str) -> bool:
    """Whether a page tells what is wrong in the form that was refused, not just above the page."""
    return MARK in html


def _list_again(error: AppError) -> str:
    mistakes = mistakes_of(error)
    if not any(mistake.field and mistake.field in request.args for mistake in mistakes):
        return ""
    html = _shown(request.path)
    return filled(html, Sent(request.path, "get", _lists(request.args)), mistakes) if html else ""


def _sent() -> Sent:
    return Sent(request.script_root + request.path, "post", _lists(request.form))


def _lists(values: Any) -> dict[str, list[str]]:
    return {name: several for name, several in values.lists() if name not in HIDDEN_VALUES}


def _origin() -> str:
    """The path of the page that the form stood on; "" where nobody knows."""
    try:
        if named := request.form.get(PAGE_FIELD):
            return local_path(named)
        came_from = urlsplit(request.referrer or "")
    except (HTTPException, ValueError):  # too much was sent to be read; it is no address
        return ""
    if came_from.netloc == request.host and came_from.path != request.script_root + request.path:
        return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    view = current_app.view_functions[request.endpoint or ""]
    endpoint = getattr(view, "form_endpoint", "")
    if not endpoint:
        return came_from.path if came_from.netloc == request.host else ""
    names = {name for rule in current_app.url_map.iter_rules(endpoint) for name in rule.arguments}
    values = {name: value for name, value in (request.view_args or {}).items() if name in names}
    return url_for(endpoint, **values)


def _shown(target: str) -> str:
    """The HTML of a page of ours, as the present person sees it; "" where it cannot be shown."""
    path, _, query = target.partition("?")
    environ = request.environ | {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path.removeprefix(request.script_root),
        "QUERY_STRING": query,
        "CONTENT_LENGTH": "0",
        "HTTP_ACCEPT": "text/html",
    }
    environ = {key: value for key, value in environ.items() if not key.startswith("werkzeug.")}
    mine = cast(SessionMixin, session._get_current_object())  # type: ignore[attr-defined]
    with RequestContext(current_app._get_current_object(), environ, session=mine):  # type: ignore[attr-defined]
        try:
            return _html_here()
        except (AppError, HTTPException):
            return ""


def _html_here() -> str:
    if request.routing_exception:
        return ""
    view = current_app.view_functions[request.endpoint or ""]
    answer = refusal_to_show(view)
    if answer is None:
        shown: Any = view(**(request.view_args or {}))
        answer = current_app.make_response(shown)
    with closing(answer):
        is_page = answer.status_code == 200 and answer.mimetype == "text/html"
        return answer.get_data(as_text=True) if is_page else ""
