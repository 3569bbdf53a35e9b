"""Cookies: what they are called, how they are given and read back."""

import hashlib

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.wrappers import Response

SESSION_COOKIE = "voiceverse"
DEVICE_COOKIE = "voiceverse_device"
DEVICE_COOKIE_S = 400 * 86400
THEME_COOKIE = "voiceverse_theme"
OFFERS_COOKIE = "voiceverse_voice_offers"
THEMES = ("light", "dark")


class CookieSession(SecureCookieSessionInterface):
    """Flask's signed cookie, bound to this very host whenever the request came over https."""

    digest_method = staticmethod(hashlib.sha256)
    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        # The key is the same for as long as the app runs.
        self._serializer = self._serializer or super().get_signing_serializer(app)
        return self._serializer

    def get_cookie_name(self, app: Flask) -> str:
        return cookie_name(SESSION_COOKIE, request.is_secure)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def cookie_name(name: str, is_secure: bool) -> str:
    """The name of a cookie on a connection: over https no other host can set it."""
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
    """The value that the browser sent of a cookie from `set_cookie`; "" for none."""
    return request.cookies.get(cookie_name(name, request.is_secure), "")


def theme() -> str:
    """The colours that this browser chose, "light" or "dark"; empty to follow the system."""
    chosen = sent_cookie(THEME_COOKIE)
    return chosen if chosen in THEMES else ""
