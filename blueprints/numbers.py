"""What was listened to and what was spoken: history and usage."""

from datetime import datetime

from flask import Blueprint, Response, g, request

import forms
from access import services
from answers import page

PAGE_ROWS = 50

blueprint = Blueprint("numbers", __name__)


@blueprint.get("/history")
def history() -> Response:
    """What was listened to, newest first."""
    rows = services().db.get_playback_history(
        g.user["user_id"],
        limit=PAGE_ROWS + 1,
        before=forms.cursor(request.args.get("before")),
    )
    older = forms.next_cursor(rows, PAGE_ROWS, "played_at")
    return page("history/history.html", listenings=rows[:PAGE_ROWS], older=older)


@blueprint.get("/usage")
def usage() -> Response:
    """Characters and cost by month."""
    db, user_id, now = services().db, g.user["user_id"], datetime.now().astimezone()
    months = db.get_usage_by_month(user_id)
    return page(
        "usage/usage.html",
        months=months,
        this_month=db.get_monthly_usage(user_id, now.year, now.month),
        all_time=db.get_all_time_usage(user_id),
        most=max((row["characters_used"] for row in months), default=0),
    )
