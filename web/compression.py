"""Compression of answers: static text once and then kept, pages as they are sent."""

import gzip
from functools import lru_cache
from pathlib import Path
from typing import IO, cast

from flask import Flask, Response, current_app, request

from web.security_headers import STATIC

KINDS = {
    "application/json",
    "application/manifest+json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
}
# Where things are and how long they last: what somebody could guess at is not in these answers.
MEASURES = {"read_along.segments"}
SMALLEST = 1000  # bytes; less is not worth the work
QUICK = 1


def prepare(app: Flask) -> None:
    """Let the app answer in gzip whoever asks for it."""
    app.after_request(_shrink)


def _shrink(response: Response) -> Response:
    if response.status_code != 200 or response.mimetype not in KINDS:
        return response
    response.vary.add("Accept-Encoding")
    if request.method == "HEAD" or not request.accept_encodings["gzip"]:
        return response
    if request.endpoint == "static":
        path = Path(current_app.static_folder or "", (request.view_args or {})["filename"])
        cast("IO[bytes]", response.response).close()  # the file
        response.direct_passthrough = False
        response.set_data(_kept(path, path.stat().st_mtime_ns))
    elif request.endpoint in STATIC:
        response.set_data(_small(response.get_data()))
    elif response.is_streamed or (request.is_secure and request.endpoint not in MEASURES):
        # Under TLS the length of a compressed page could give its secrets away, bit by bit.
        return response
    elif response.content_length is not None and response.content_length < SMALLEST:
        return response
    else:
        response.set_data(gzip.compress(response.get_data(), QUICK))
    response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=256)
def _kept(path: Path, _: int) -> bytes:
    return gzip.compress(path.read_bytes())


@lru_cache(maxsize=32)
def _small(content: bytes) -> bytes:
    return gzip.compress(content)
