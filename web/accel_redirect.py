"""Stored files that a proxy in front sends: X-Accel-Redirect tells it where they lie.

`deploy/nginx.conf` and `deploy/Caddyfile` take the header for themselves and send the file in the
answer's place, with its other headers. Who may have it was decided before.
"""

import re
from io import RawIOBase
from typing import BinaryIO
from urllib.parse import quote

from flask import request

from config import Config, ConfigError
from storage.plain_files import let_group_pass, let_group_read
from web.services import services
from web.trusted_proxies import BY_PROXY

HEADER = "X-Accel-Redirect"
PROTECTED = "/protected/"  # what the proxies call the data folder
# Proxies hold these against marks of their own.
OTHER_CONDITIONS = ("If-Match", "If-Modified-Since", "If-Unmodified-Since")
# All proxies read this form of a range alike.
PLAIN_RANGE = re.compile(r"bytes=([0-9]{1,18}-[0-9]{0,18}|-[0-9]{1,18})")


def prepare(config: Config) -> None:
    """Let the group of this account through to the files that a proxy may send.

    Raises ConfigError.
    """
    if config.x_accel_redirect == "off":
        return
    if not config.trusted_proxies:
        raise ConfigError(
            "VOICEVERSE_X_ACCEL_REDIRECT is on, but no proxy is named. Name the one that sends "
            "files in VOICEVERSE_TRUSTED_PROXIES, such as 127.0.0.1."
        )
    try:
        for folder in (config.data_dir, config.audio_dir, config.exports_dir):
            folder.mkdir(mode=0o700, exist_ok=True)
            let_group_pass(folder)
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be opened to the proxy ({error.strerror}). Run VoiceVerse as the "
            "account that the data belongs to, or set VOICEVERSE_X_ACCEL_REDIRECT=off."
        ) from error


def location(file: BinaryIO | RawIOBase, path: str, *, takes_range: bool) -> str | None:
    """The value of the header for an open file at that path in the data folder.

    None where no proxy asks that sends files, where it could not read this one, or where it might
    answer otherwise than the app, which answers with a range if `takes_range`.
    """
    if services().config.x_accel_redirect == "off" or not request.environ.get(BY_PROXY):
        return None
    headers = request.headers
    if request.method != "GET" or any(name in headers for name in OTHER_CONDITIONS):
        return None
    wanted = headers.get("Range")
    if wanted is not None and not (takes_range and PLAIN_RANGE.fullmatch(wanted)):
        return None
    is_plain = quote(path) == path  # of what needs encoding, each makes something else
    return PROTECTED + path if is_plain and let_group_read(file.fileno()) else None
