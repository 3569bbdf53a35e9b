"""The account that is signed in, as `web/access.py` found it before the view ran."""

from typing import cast

from flask import g

from queries.rows import Session


def current_user() -> Session:
    """The account that is signed in, with its session; for views that are not public."""
    return cast(Session, g.user)


def current_user_id() -> int:
    """The number of the account that is signed in; for views that are not public."""
    return current_user()["user_id"]


def signed_in() -> Session | None:
    """The account that is signed in, with its session; None where nobody is."""
    return cast("Session | None", g.get("user"))
