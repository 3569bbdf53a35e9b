"""CSRF: a token in every form, and where the browser says that a request was made."""

import hashlib
import hmac
import secrets
from functools import lru_cache

from flask import current_app, request, session
from flask_babel import lazy_gettext

from common.errors import AppError
from web.refusal_log import log_event


class StaleForm(AppError):
    """A form without the right CSRF token."""

    status = 403
    message = lazy_gettext(
        "This form has expired. Reload the page and try again; nothing was changed."
    )

    def __init__(self) -> None:
        super().__init__(self.message)


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


def check_csrf() -> None:
    """Raise StaleForm unless this was sent from a page of ours, made for this very session."""
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if hmac.compare_digest(given.encode(), csrf_token().encode()) and not is_from_elsewhere():
        return
    log_event("csrf_refused", f"{request.method} {request.path}")
    raise StaleForm


def is_from_elsewhere() -> bool:
    """Whether the browser says that a page of another site sent this."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and origin.partition("://")[2] != request.host
