"""The session of this browser: begun after a login, forgotten at its end."""

from typing import TypedDict

from flask import g, redirect, session, url_for
from werkzeug.wrappers import Response

from accounts.signed_tokens import joined_device_tokens
from accounts.types import LoginResult
from web import security_headers
from web.cookies import DEVICE_COOKIE, DEVICE_COOKIE_S, sent_cookie, set_cookie


class PendingLogin(TypedDict):
    """A login whose second step is awaited: the proof of the first, and what comes afterwards.

    `target` is the local path to go to, `old` the session that this browser had before.
    """

    token: str
    target: str
    old: str | None


def start_session(result: LoginResult, target: str) -> Response:
    """Start the browser's session after a login and send it to a local path.

    While the second step is to be taken, send it there and remember the rest.
    """
    old = session.get("login")
    session.clear()
    if result.pending:
        session["pending"] = PendingLogin(token=result.pending, target=target, old=old)
        return redirect(url_for("two_factor.step"), 303)
    session.permanent = True
    session["login"] = result.token
    return remember_device(redirect(target, 303), result.device_token)


def remember_device(answer: Response, mark: str) -> Response:
    """Make the browser one that is known to an account, beside those that know it already."""
    marks = joined_device_tokens(sent_cookie(DEVICE_COOKIE), mark)
    set_cookie(answer, DEVICE_COOKIE, marks, DEVICE_COOKIE_S)
    return answer


def end_session_here() -> None:
    """Forget the session in this browser, with all that the browser stored for it."""
    session.pop("login", None)
    g.account_mark, g.has_left = security_headers.NOBODY, True
