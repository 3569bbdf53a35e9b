"""Redirects that stay on this site."""

import re
from urllib.parse import urlsplit

from flask import url_for


def local_path(target: str | None) -> str:
    """The target if it is a path of this site, else the studio."""
    if not target or not re.match(r"/(?![/\\])", target) or re.search(r"[\x00-\x20\\]", target):
        return url_for("web.studio")
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else url_for("web.studio")
