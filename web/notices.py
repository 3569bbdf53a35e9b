"""Notices that are told once: above the next page, or at the form on the account page."""

from typing import Any

from flask import Flask, flash, message_flashed, redirect, session, url_for
from werkzeug.wrappers import Response

MOST_WAITING = 5


def prepare(app: Flask) -> None:
    """Keep only the latest notices: those that no page ever shows would fill the cookie."""
    message_flashed.connect(_drop_oldest, app)


def saved_at(part: str, told: str) -> Response:
    """Go back to a part of the account page, named by its id, and tell there what was done."""
    flash(told, part)
    return redirect(url_for("account.overview", _anchor=part), 303)


def _drop_oldest(_app: Flask, **_noted: Any) -> None:
    session["_flashes"] = session["_flashes"][-MOST_WAITING:]
