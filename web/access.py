"""Who is asking: login by default, CSRF, the file or 404, and what every answer carries."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from threading import BoundedSemaphore, Event
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response

from accounts.accounts import Accounts
from accounts.errors import SecondStepOwed
from accounts.new_devices import NewDeviceAlerts
from accounts.passkeys import Passkeys
from accounts.signed_tokens import joined_device_tokens
from accounts.two_factor import SecondFactors, is_owed
from accounts.types import LoginResult, Visitor
from common.errors import Told
from config import ConfigError
from services.backoff import Notice
from storage.disk_reserve import Reserve
from storage.errors import DatabaseError
from web import security_headers
from web.body_quota import BodyQuota
from web.formatting import stored_number
from web.rate_limits import Rates, neighbourhood
from web.security_headers import STATIC
from web.server_interface import hanging_up
from web.session_watch import Sending, SessionWatch
from web.trusted_hosts import Hosts

View = TypeVar("View", bound=Callable[..., Any])

LARGEST_ROW = 2**63 - 1
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SESSION_COOKIE = "voiceverse"
DEVICE_COOKIE = "voiceverse_device"
DEVICE_COOKIE_S = 400 * 86400
THEME_COOKIE = "voiceverse_theme"
THEMES = ("light", "dark")
# Numbers of a piece, and what stands for one that was damaged.
NUMBERS = {
    **dict.fromkeys(("duration", "size", "cost", "character_count", "spoken_characters"), 0),
    "speed": 1,
}
# Logging in is slowed by account and address, and whoever looks after the machine may look often.
SLOWED_ELSEWHERE = ("web.login", "web.log_in", "watching.health", "watching.numbers")
PUT_DOWN_BYTES = 1 << 19  # larger requests go through the disk
UNKNOWN_BROWSER = "Unknown browser"
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
    ("Python", "Python"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(slots=True)
class Services:
    """What the views call; made once by create_app and kept in app.extensions["voiceverse"]."""

    config: Any
    db: Any
    store: Any
    registry: Any
    providers: Any
    studio: Any
    library: Any
    books: Any
    pronouncing: Any
    accounts: Accounts
    hosts: Hosts
    rates: Rates
    notice: Notice
    reserve: Reserve
    second_factors: SecondFactors
    passkeys: Passkeys
    devices: NewDeviceAlerts
    session_watch: SessionWatch
    live_listeners: BoundedSemaphore
    wake_worker: Callable[[], None]
    stopping: Event = field(default_factory=Event)
    body_quota: BodyQuota | None = None  # of the server that runs the app


class StaleForm(Told):
    """A form without the right CSRF token."""

    status = 403
    sentence = lazy_gettext(
        "This form is too old or came from another page. Reload it and try again; "
        "nothing was changed."
    )

    def __init__(self) -> None:
        super().__init__(self.sentence)


class UndeclaredRoute(ConfigError):
    """A route that does not say who may see it; the app does not start with one."""


class CookieSession(SecureCookieSessionInterface):
    """Flask's signed cookie, bound to this very host whenever the request came over https."""

    digest_method = staticmethod(hashlib.sha256)

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name(SESSION_COOKIE, request.is_secure)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def services() -> Services:
    """The services of the running app."""
    return current_app.extensions["voiceverse"]


def public(view: View) -> View:
    """Let anybody see this view."""
    view.audience = "public"
    return view


def user_only(view: View) -> View:
    """Show this view to everybody who has logged in."""
    view.audience = "user"
    return view


def admin_only(view: View) -> View:
    """Hide this view from everybody but admins."""
    view.audience = "admin"
    return view


def before_second_step(view: View) -> View:
    """Let this view be seen by a person who must set up a second step first, too."""
    view.is_before_second_step = True
    return view


def audience_of(view: Callable[..., Any]) -> str:
    """Who may see a view: "public", "user" or "admin"; "" when it does not say."""
    return getattr(view, "audience", "")


def check_declared(app: Flask) -> None:
    """Raise UndeclaredRoute for a route that does not say who may see it."""
    for rule in app.url_map.iter_rules():
        if not audience_of(app.view_functions[rule.endpoint]):
            raise UndeclaredRoute(
                f"The route {rule.rule} ({rule.endpoint}) does not say who may see it. Mark its "
                "view public, user_only or admin_only."
            )


def cookie_name(name: str, is_secure: bool) -> str:
    """What a cookie is called on a connection: over https no other host can set it."""
    return f"__Host-{name}" if is_secure else name


def set_cookie(answer: Response, name: str, value: str, age_s: int) -> None:
    """Give the browser a cookie that no script reads and no other site sends; "" takes it away."""
    answer.set_cookie(
        cookie_name(name, request.is_secure),
        value,
        max_age=age_s if value else 0,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def sent_cookie(name: str) -> str:
    """What the browser sent of a cookie that `set_cookie` gave it; "" for nothing."""
    return request.cookies.get(cookie_name(name, request.is_secure), "")


def sent_value(name: str) -> str:
    """What the form that was sent says; without one, what the address says."""
    sent = request.args if request.method in SAFE_METHODS else request.form
    return sent.get(name, "")


def is_overheard() -> bool:
    """Whether others on the way could read along: no https, and not on this very machine."""
    return not request.is_secure and not services().hosts.is_this_machine(request.host)


def wants_json() -> bool:
    """Whether the client would rather have JSON than a page."""
    accept = request.accept_mimetypes
    return accept["application/json"] > accept["text/html"]


def visitor() -> Visitor:
    """Where the current request comes from."""
    return Visitor(request.remote_addr or "", device_name(), g.request_id)


def device_name() -> str:
    """A readable name of the browser that asks, such as "Firefox on Linux"."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS if mark in agent), UNKNOWN_BROWSER)
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def listening_device() -> str:
    """What tells this browser apart from a person's others, with its readable name in front."""
    token = sent_cookie(DEVICE_COOKIE)
    return f"{device_name()}#{hashlib.sha256(token.encode()).hexdigest()[:8]}"


def device_label(device: str) -> str:
    """The readable name in what `listening_device` or `device_name` gave, for who reads it."""
    browser, on, system = device.partition("#")[0].partition(" on ")
    if browser in ("", UNKNOWN_BROWSER):
        browser = _("Unknown browser")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if on else browser


def theme() -> str:
    """The colours that this browser chose, "light" or "dark"; empty to follow the system."""
    chosen = sent_cookie(THEME_COOKIE)
    return chosen if chosen in THEMES else ""


def csp_nonce() -> str:
    """The mark that inline scripts of this answer carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def owned_file(filename: str) -> dict[str, Any]:
    """The signed-in person's file of that name; 404 when there is none, whoever has one."""
    row = services().db.get_audio_file(filename, g.user["user_id"])
    if row is None:
        abort(404)
    for name, default in NUMBERS.items():
        if row[name] is not None:  # a price that nobody knows
            row[name] = stored_number(row[name], default)
    return row


def csrf_token() -> str:
    """The token that forms of this session carry; starts an anonymous session if need be."""
    seed = session.get("login") or session.get("seed")
    if not seed:
        seed = session["seed"] = secrets.token_urlsafe(16)
    return _token_of(seed, current_app.secret_key)


@lru_cache(maxsize=512)
def _token_of(seed: str, key: bytes) -> str:
    # A page of the library carries it a hundred times.
    return hmac.new(key, f"csrf:{seed}".encode(), hashlib.sha256).hexdigest()


class RowNumber(IntegerConverter):
    """A number in an address: one that no row can have leads nowhere."""

    regex = r"\d{1,19}"

    def __init__(self, *args: Any, max: int = LARGEST_ROW, **options: Any) -> None:
        super().__init__(*args, max=max, **options)


def local_path(target: str | None) -> str:
    """The target if it is a path of this site, else the studio."""
    if not target or not re.match(r"/(?![/\\])", target) or re.search(r"[\x00-\x20\\]", target):
        return url_for("web.studio")
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else url_for("web.studio")


def let_in(result: LoginResult, target: str) -> Response:
    """Start the browser's session after a login and send it to a local path.

    While the second step is to be taken, send it there and remember the rest.
    """
    old = session.get("login")
    session.clear()
    if result.pending:
        session["pending"] = {"token": result.pending, "target": target, "old": old}
        return redirect(url_for("second_steps.step"), 303)
    session.permanent = True
    session["login"] = result.token
    return mark_browser(redirect(target, 303), result.device_token)


def mark_browser(answer: Response, mark: str) -> Response:
    """Make the browser one that is known to an account, beside those that know it already."""
    marks = joined_device_tokens(sent_cookie(DEVICE_COOKIE), mark)
    set_cookie(answer, DEVICE_COOKIE, marks, DEVICE_COOKIE_S)
    return answer


def guard(app: Flask) -> None:
    """Put every view of the app behind login and CSRF unless it opts out."""
    app.session_interface = CookieSession()
    public(app.view_functions["static"])
    app.before_request(_check_request)
    app.after_request(security_headers.add)
    app.after_request(_watch_over)


def _watch_over(answer: Response) -> Response:
    """Let an answer that takes a while to send end with the session that asked for it."""
    takes_a_while = answer.direct_passthrough or answer.is_streamed
    hang_up = takes_a_while and hanging_up(request.environ)
    if not hang_up or not g.get("user"):
        return answer
    # The server sends files by itself and closes them; of other answers it closes the whole.
    file = getattr(answer.response, "file", None)
    is_sent = (lambda: file.closed) if file else (lambda: False)
    sending = Sending(g.user["token_hash"], hang_up, is_sent)
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
    request.check_size()
    _check_rate(endpoint)
    view = current_app.view_functions[endpoint]
    audience = audience_of(view)
    if g.user is None and audience != "public":
        return _ask_to_log_in()
    if g.user and is_owed(g.user) and not _is_open_before(view):
        return _ask_for_second_step()
    if audience == "admin" and not g.user["is_admin"]:
        log_limit("admin_refused", "for admins")
        abort(404)
    if request.method not in SAFE_METHODS:
        services().reserve.look()
        if (request.content_length or 0) > PUT_DOWN_BYTES:
            services().store.check_space(request.content_length)
        _check_csrf()
    return None


def _tell_whose_it_is(token: str | None) -> None:
    """Let the browser know whose answer this is, so that it drops what it keeps for others."""
    if g.user:
        g.account_mark = services().accounts.browser_mark(g.user["user_id"])
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


def end_session_here() -> None:
    """Forget the session in this browser, with all that the browser stored for it."""
    session.pop("login", None)
    g.account_mark, g.has_left = security_headers.NOBODY, True


def _check_rate(endpoint: str) -> None:
    """Raise TooManyRequests for who asks for more than one may in a minute."""
    config, rates = services().config, services().rates
    if g.user:
        rates.take(("person", g.user["user_id"]), config.requests_per_minute)
        if request.method not in SAFE_METHODS:
            rates.take(("change", g.user["user_id"]), config.changes_per_minute, "changes")
    elif endpoint not in SLOWED_ELSEWHERE:
        rates.take(_neighbours(), config.strangers_per_minute, "strangers' requests")


def _neighbours() -> str:
    return neighbourhood(request.remote_addr or "")


def log_refused(event_type: str, details: str) -> None:
    """Note in the security log what was refused to whoever asks."""
    user = g.get("user") or {}
    services().db.log_security_event(
        event_type,
        user_id=user.get("user_id"),
        username=user.get("username"),
        ip_address=request.remote_addr,
        details=details[:200],
        success=False,
        request_id=g.get("request_id"),
    )


def log_limit(event_type: str, limit: str) -> None:
    """The same, for what may come in floods: the first of ten minutes, by person or address."""
    user = g.get("user")
    who = ("person", user["user_id"]) if user else _neighbours()
    if services().rates.is_first_refusal(who, limit):
        # Where the log cannot be written, the refusal stands all the same.
        with suppress(DatabaseError):
            log_refused(event_type, f"{limit}: {request.method} {request.path}")


def _ask_to_log_in() -> Response:
    if wants_json() or request.method not in SAFE_METHODS:
        abort(401)
    wanted = request.full_path.rstrip("?")
    return redirect(url_for("web.login", next=wanted if wanted != "/" else None), 303)


def _is_open_before(view: View) -> bool:
    g.is_held = True
    return audience_of(view) == "public" or getattr(view, "is_before_second_step", False)


def _ask_for_second_step() -> Response:
    if wants_json() or request.method not in SAFE_METHODS:
        raise SecondStepOwed
    return redirect(url_for("second_steps.overview"), 303)


def _check_csrf() -> None:
    """Raise StaleForm unless this was sent from a page of ours, made for this very session."""
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if hmac.compare_digest(given.encode(), csrf_token().encode()) and not _is_from_elsewhere():
        return
    log_refused("csrf_refused", f"{request.method} {request.path}")
    raise StaleForm


def _is_from_elsewhere() -> bool:
    """Whether the browser says that a page of another site sent this."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and origin.partition("://")[2] != request.host
