"""Redirects that stay on this site."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import request, url_for


def local_path(target: str | None) -> str:
    """The target if it is a path of this site, else the studio."""
    if not target or not re.match(r"/(?![/\\])", target) or re.search(r"[\x00-\x20\\]", target):
        return url_for("web.studio")
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else url_for("web.studio")


def return_path(endpoint: str, **values: Any) -> str:
    """The path that a form wants to return to, else the endpoint's address."""
    target = request.form.get("next")
    return local_path(target) if target else url_for(endpoint, **values)


def return_path_of_many(endpoint: str) -> str:
    """The path to return to from a form over many files, whose own address is no page."""
    path = return_path(endpoint)
    return url_for(endpoint) if path.startswith("/files/bulk") else path
