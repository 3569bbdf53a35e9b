"""Names of browsers, as people read them and as places in a sound are kept for them."""

import hashlib

from flask import request
from flask_babel import gettext as _

from web.cookies import DEVICE_COOKIE, sent_cookie

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


def device_name() -> str:
    """A readable name of the browser that asks, such as "Firefox on Linux"."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS if mark in agent), UNKNOWN_BROWSER)
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def listening_device() -> str:
    """The name of this browser, with a mark that tells it apart from a person's others."""
    token = sent_cookie(DEVICE_COOKIE)
    return f"{device_name()}#{hashlib.sha256(token.encode()).hexdigest()[:8]}"


def device_label(device: str) -> str:
    """The readable name in what `listening_device` or `device_name` gave, for who reads it."""
    browser, on, system = device.partition("#")[0].partition(" on ")
    if browser in ("", UNKNOWN_BROWSER):
        browser = _("Unknown browser")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if on else browser
