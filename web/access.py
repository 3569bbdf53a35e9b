"""Access: login by default, the audience of each view, a person's own file or 404."""

import secrets
from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response

from accounts.errors import TwoFactorOwed
from accounts.two_factor import is_owed
from config import ConfigError
from queries.rows import AudioFile
from queries.shares import HeardFile
from web import security_headers
from web.browser_session import end_session_here
from web.cookies import CookieSession
from web.csrf import check_csrf
from web.current_user import current_user, current_user_id, signed_in
from web.formatting import stored_number
from web.refusal_log import log_limit, neighbours
from web.request_info import SAFE_METHODS, wants_json
from web.security_headers import STATIC
from web.server_interface import hanging_up
from web.services import services
from web.session_watch import Sending
from web.uploads import View, marked, present_request

Row = TypeVar("Row", bound=AudioFile)
LARGEST_ROW = 2**63 - 1
# Numbers of a piece, and what stands for one that was damaged.
NUMBERS = {
    **dict.fromkeys(("duration", "size", "cost", "character_count", "spoken_characters"), 0),
    "speed": 1,
}
# Logging in is slowed by account and address, and whoever looks after the machine may look often.
SLOWED_ELSEWHERE = ("web.login", "web.log_in", "monitoring.health", "monitoring.numbers")
PUT_DOWN_BYTES = 1 << 19  # larger requests go through the disk


class UndeclaredRoute(ConfigError):
    """A route that does not say who may see it; the app does not start with one."""


def public(view: View) -> View:
    """Let anybody see this view."""
    return marked(view, "audience", "public")


def user_only(view: View) -> View:
    """Show this view to everybody who has logged in."""
    return marked(view, "audience", "user")


def admin_only(view: View) -> View:
    """Hide this view from everybody but admins."""
    return marked(view, "audience", "admin")


def allow_without_two_factor(view: View) -> View:
    """Let this view be seen by a person who must set up a second step first, too."""
    return marked(view, "allows_without_two_factor", True)


def audience_of(view: Callable[..., Any]) -> str:
    """The audience of a view: "public", "user" or "admin"; "" when it declares none."""
    return getattr(view, "audience", "")


def check_declared(app: Flask) -> None:
    """Raise UndeclaredRoute for a route that does not say who may see it."""
    for rule in app.url_map.iter_rules():
        if not audience_of(app.view_functions[rule.endpoint]):
            raise UndeclaredRoute(
                f"The route {rule.rule} ({rule.endpoint}) does not say who may see it. Mark its "
                "view public, user_only or admin_only."
            )


def owned_file(filename: str) -> AudioFile:
    """The signed-in person's file of that name; 404 for one that is not there, or another's."""
    row = services().db.get_audio_file(filename, current_user_id())
    if row is None:
        abort(404)
    return with_numbers(row)


def heard_file(filename: str) -> HeardFile:
    """The file of that name that the signed-in person owns or may hear; 404 for any other."""
    row = services().sharing.heard(filename, current_user_id())
    if row is None:
        abort(404)
    return with_numbers(row)


def with_numbers(row: Row) -> Row:
    """The same row of a file, with a number for each that was damaged."""
    columns = cast("dict[str, Any]", row)
    for name, default in NUMBERS.items():
        if columns[name] is not None:  # a price that nobody knows
            columns[name] = stored_number(columns[name], default)
    return row


class RowNumber(IntegerConverter):
    """Converter for the number of a row in an address; one that no row can have is a 404."""

    regex = r"\d{1,19}"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_ROW, **options})


def guard(app: Flask) -> None:
    """Put every view of the app behind login and CSRF unless it opts out."""
    app.session_interface = CookieSession()
    public(app.view_functions["static"])
    app.before_request(_check_request)
    app.after_request(security_headers.add)
    app.after_request(_watch_over)


def _watch_over(answer: Response) -> Response:
    """Let an answer that takes a while to send end with the session that asked for it."""
    # The server sends files by itself and closes them; of other answers it closes the whole.
    file = getattr(answer.response, "file", None)
    is_read = isinstance(file, BytesIO)
    takes_a_while = not is_read and (answer.direct_passthrough or answer.is_streamed)
    hang_up = takes_a_while and hanging_up(request.environ)
    user = signed_in()
    if not hang_up or user is None:
        return answer
    is_sent = (lambda: file.closed) if file else (lambda: False)
    sending = Sending(user["token_hash"], hang_up, is_sent)
    forget = services().session_watch.add(sending)
    answer.call_on_close(forget)
    return answer


def _check_request() -> Response | None:
    g.request_id = secrets.token_hex(8)
    g.user = None
    services().hosts.check(request.host)
    endpoint = request.endpoint
    if endpoint is None or endpoint in STATIC:
        return None
    token = session.get("login")
    if token:
        g.user = services().accounts.authenticate(token)
    _tell_whose_it_is(token)
    present_request().check_size()
    _check_rate(endpoint)
    if answer := refusal_to_show(current_app.view_functions[endpoint]):
        return answer
    g.may_see_pages = True
    if request.method not in SAFE_METHODS:
        services().reserve.look()
        length = request.content_length or 0
        if length > PUT_DOWN_BYTES:
            services().store.check_space(length)
        check_csrf()
    return None


def refusal_to_show(view: Callable[..., Any]) -> Response | None:
    """The answer to whom a view is not for; None for everybody else; raises TwoFactorOwed."""
    audience, user = audience_of(view), signed_in()
    if user is None and audience != "public":
        return _ask_to_log_in()
    if user and is_owed(user) and not _is_open_without_two_factor(view):
        return _ask_for_second_step()
    if audience == "admin" and not current_user()["is_admin"]:
        log_limit("admin_refused", "for admins")
        abort(404)
    return None


def _tell_whose_it_is(token: str | None) -> None:
    """Let the browser know whose answer this is, so that it drops what it keeps for others."""
    if user := signed_in():
        g.account_mark = services().accounts.browser_mark(user["user_id"])
        return
    g.account_mark = security_headers.NOBODY
    if not token:
        return
    g.has_left = True
    # What a page asks for by itself may be answered after somebody logged in beside it: only pages
    # that are gone to change the cookie. A form's token was made from the cookie that came with it.
    if request.method in SAFE_METHODS and _is_gone_to():
        end_session_here()


def _is_gone_to() -> bool:
    """Whether the browser says that it opens a page, rather than a script asking for one."""
    if mode := request.headers.get("Sec-Fetch-Mode"):
        return mode == "navigate"
    # Over plain HTTP, and in older browsers, this comes with pages that are gone to and no others.
    return "Upgrade-Insecure-Requests" in request.headers


def _check_rate(endpoint: str) -> None:
    """Raise TooManyRequests for who asks for more than one may in a minute."""
    config, rates = services().config, services().rates
    if user := signed_in():
        rates.take(("person", user["user_id"]), config.requests_per_minute)
        if request.method not in SAFE_METHODS:
            rates.take(("change", user["user_id"]), config.changes_per_minute, "changes")
    elif endpoint not in SLOWED_ELSEWHERE:
        rates.take(neighbours(), config.strangers_per_minute, "strangers' requests")


def _ask_to_log_in() -> Response:
    if wants_json() or request.method not in SAFE_METHODS:
        abort(401)
    wanted = request.full_path.rstrip("?")
    return redirect(url_for("web.login", next=wanted if wanted != "/" else None), 303)


def _is_open_without_two_factor(view: Callable[..., Any]) -> bool:
    g.is_held = True
    return audience_of(view) == "public" or getattr(view, "allows_without_two_factor", False)


def _ask_for_second_step() -> Response:
    if wants_json() or request.method not in SAFE_METHODS:
        raise TwoFactorOwed
    return redirect(url_for("two_factor.overview"), 303)
