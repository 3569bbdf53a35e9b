"""Security headers: what a browser may do with an answer, who may keep it, who may embed it."""

import logging
import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from flask import Flask, g, request
from werkzeug.wrappers import Response

STATIC = ("static", "site.joined")
# `script-src` is added for each answer, with its nonce.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        # The one style that Turbo brings along, for its progress bar.
        "style-src 'self' 'sha256-WAyOw4V+FqDc35lQPyRADLBWbuNK8ahvYEaQIYF1+Ps='",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
# For what people brought along: wherever it is opened, nothing in it runs or loads.
INERT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"
INERT_KINDS = ("text/plain", "text/csv", "text/vtt", "image/")
PERMISSIONS = ", ".join(
    (
        "autoplay=(self)",
        *(
            f"{feature}=()"
            for feature in (
                *("accelerometer", "camera", "display-capture", "encrypted-media", "fullscreen"),
                *("geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment"),
                *("picture-in-picture", "screen-wake-lock", "usb", "xr-spatial-tracking"),
            )
        ),
    )
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}
NOBODY = "none"  # in the header that tells the service worker whose answers these are
YEAR_S = 31_536_000
UNFIT = re.compile(r"[^\t -~]+")
ADDRESSES = ("content-location", "link", "location")

log = logging.getLogger("voiceverse.security_headers")

StartResponse = Callable[..., Callable[[bytes], object]]


class UnfitHeader(ValueError):
    """A header that no server can send."""


class FitHeaders:
    """Wraps the app so that only headers in printable ASCII leave: the server fails at others.

    Addresses are encoded. What else does not fit is left out and logged; in tests it raises.
    """

    def __init__(self, app: Flask) -> None:
        self._app, self._wsgi_app = app, app.wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""

        def start(
            status: str, headers: list[tuple[str, str]], *error: Any
        ) -> Callable[[bytes], object]:
            if not all(value.isascii() and value.isprintable() for _, value in headers):
                headers = list(self._mended(headers))
            return start_response(status, headers, *error)

        return self._wsgi_app(environ, start)

    def _mended(self, headers: list[tuple[str, str]]) -> Iterable[tuple[str, str]]:
        for name, value in headers:
            if not UNFIT.search(value):
                yield name, value
                continue
            if self._app.testing:
                raise UnfitHeader(f"{name}: {value!r}")
            log.error("the header %s is not sent as it is: it is not printable ASCII", name)
            if name.lower() in ADDRESSES:
                yield name, UNFIT.sub(lambda found: quote(found[0], errors="replace"), value)


def add(response: Response) -> Response:
    """Give an answer its headers."""
    headers = response.headers
    headers["Content-Security-Policy"] = _policy(response)
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)  # a view may tell other sites less, never more
    headers["X-Request-Id"] = g.get("request_id", "")
    if "account_mark" in g and not response.cache_control.public:
        headers["X-Account"] = g.account_mark
    if g.get("has_left"):
        headers["Clear-Site-Data"] = '"cache", "storage"'
    if request.is_secure:
        headers["Strict-Transport-Security"] = f"max-age={YEAR_S}; includeSubDomains"
    if request.endpoint in STATIC:
        is_versioned = "v" in request.args
        headers["Cache-Control"] = (
            f"public, max-age={YEAR_S}, immutable" if is_versioned else "public, max-age=86400"
        )
    else:
        headers.setdefault("Cache-Control", "private, no-store")
    return response


def _policy(response: Response) -> str:
    if request.endpoint not in STATIC and _is_somebodys(response):
        return INERT_POLICY
    nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
    return f"script-src 'self'{nonce}; {CONTENT_SECURITY_POLICY}"


def _is_somebodys(response: Response) -> bool:
    """Whether an answer is something that people brought along, as a file or as it is."""
    is_attached = response.headers.get("Content-Disposition", "").startswith("attachment")
    return is_attached or (response.mimetype or "").startswith(INERT_KINDS)


def csp_nonce() -> str:
    """The mark that inline scripts of this answer carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce
