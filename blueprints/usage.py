"""History and usage: what was listened to, and what was spoken."""

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from queries.listening import RecentFile
from queries.playback import Listening
from queries.usage import MonthUsage
from services.sharing import as_told
from speech.prices import AS_OF, FREE, OPENAI_MODELS, SOURCE, total_cost
from web import audio_responses, forms
from web.access import user_only
from web.current_user import current_user, current_user_id
from web.device_names import device_label
from web.file_state import file_json
from web.redirects import local_path
from web.request_info import visitor, wants_json
from web.responses import page
from web.services import services

PAGE_ROWS = 50
# What local voices saved is counted at the price of this model.
REFERENCE_MODEL = "tts-1"
REFERENCE = OPENAI_MODELS[REFERENCE_MODEL]
NUMBERS = ("characters_used", "cost", "requests")
USAGE_COLUMNS = ("timestamp", "engine", "voice", "category", "characters_used", "cost")

blueprint = Blueprint("usage", __name__)


# History


@blueprint.get("/history")
@user_only
def history() -> Response:
    """The pieces that were listened to, the one heard last first: all, by name, or of one day."""
    search = request.args.get("q", "").strip()[:200]
    day = request.args.get("day", "").strip() or None
    rows = services().db.list_recent(
        current_user_id(),
        limit=PAGE_ROWS + 1,
        before=_heard_before(request.args.get("before")),
        search=search or None,
        since=forms.day_start(day),
        until=forms.day_start(day, days_later=1),
    )
    last = rows[PAGE_ROWS - 1] if len(rows) > PAGE_ROWS else None
    older = f"{last['saved_epoch']!r}:{last['id']}" if last else None
    rows = [as_told(row, current_user_id()) for row in rows[:PAGE_ROWS]]
    if wants_json():
        return jsonify(pieces=[_recent_json(row) for row in rows], next=older)
    return page("usage/recent.html", pieces=rows, older=older, search=search, day=day)


def _heard_before(text: str | None) -> tuple[float, int] | None:
    """The place in the list that an address names; None for the start."""
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,17})?):(\d{1,18})", text or "", re.ASCII)
    return (float(match[1]), int(match[2])) if match else None


def _recent_json(row: RecentFile) -> dict[str, Any]:
    return {
        **file_json(row),
        "position_s": row["position"],
        "heard_at": datetime.fromtimestamp(row["saved_epoch"], UTC).isoformat(timespec="seconds"),
        "device": device_label(row["device"] or ""),
    }


@blueprint.get("/history/plays")
@user_only
def plays() -> Response:
    """Every time that something was played, newest first: all, by name, or those of one day."""
    search = request.args.get("q", "").strip()[:200]
    day = request.args.get("day", "").strip() or None
    rows = services().db.get_playback_history(
        current_user_id(),
        limit=PAGE_ROWS + 1,
        before=forms.cursor(request.args.get("before")),
        search=search or None,
        since=forms.day_start(day),
        until=forms.day_start(day, days_later=1),
    )
    older = forms.next_cursor(rows, PAGE_ROWS, "played_at")
    devices = {device: device_label(device) for device in {row["device"] for row in rows}}
    rows = [row | {"device": devices[row["device"]]} for row in rows[:PAGE_ROWS]]
    if wants_json():
        return jsonify(listenings=[_listening_json(row) for row in rows], next=older)
    return page("usage/history.html", listenings=rows, older=older, search=search, day=day)


@blueprint.post("/history/forget")
@user_only
def forget() -> ResponseReturnValue:
    """Forget one listening."""
    number = forms.number(request.form.get("id", ""))
    if not services().db.delete_playback(current_user_id(), number):
        abort(404)
    if wants_json():
        return jsonify(forgotten=1)
    return redirect(local_path(request.form.get("next") or to("usage.plays")), 303)


@blueprint.post("/history/clear")
@user_only
def clear() -> ResponseReturnValue:
    """Forget every listening; the places where one stopped stay."""
    number = services().db.clear_history(current_user_id())
    services().accounts.log("history_cleared", current_user(), visitor())
    if wants_json():
        return jsonify(forgotten=number)
    flash(
        ngettext(
            "Removed %(num)s play from your history.",
            "Removed %(num)s plays from your history.",
            number,
        )
    )
    return redirect(to("usage.plays"), 303)


def _listening_json(row: Listening) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["display_name"],
        "filename": row["filename"],
        "played_at": row["played_at"],
        "position_s": row["position"],
        "duration_s": row["duration"],
        "device": row["device"],
    }


# Usage


@blueprint.get("/usage")
@user_only
def overview() -> Response:
    """Characters and cost of a month: against the last one, by day, by voice, by group."""
    numbers = _numbers(*forms.month(request.args.get("month")))
    if wants_json():
        return jsonify(**numbers, reference=_reference())
    days = calendar.monthrange(numbers["month"]["year"], numbers["month"]["month"])[1]
    return page("usage/usage.html", **numbers, reference=_reference(), days_in_month=days)


@blueprint.get("/usage.csv")
@user_only
def usage_csv() -> Response:
    """The ledger of one month, or of all, as a table for other programs."""
    wanted = request.args.get("month")
    month = forms.month(wanted) if wanted else None
    rows = services().db.iterate_usage(current_user_id(), month, month)
    return audio_responses.table(f"usage-{wanted}" if wanted else "usage", USAGE_COLUMNS, rows)


def _numbers(year: int, month: int) -> dict[str, Any]:
    db, user_id, chosen = services().db, current_user_id(), (year, month)
    months = db.get_usage_by_month(user_id, _free_engines())
    sums: list[Mapping[str, Any]] = [*months]
    known = {(row["year"], row["month"]): row for row in months}
    previous, following = _beside(year, month, -1), _beside(year, month, +1)
    return {
        "month": known.get(chosen, _unused(chosen)),
        "previous": known.get(previous, _unused(previous)),
        "following": _unused(following) if chosen < forms.month(None) else None,
        "by_day": db.get_usage_by(user_id, "day", chosen, chosen),
        "by_voice": db.get_usage_by(user_id, "voice", chosen, chosen),
        "by_group": db.get_usage_by(user_id, "category", chosen, chosen),
        "saved": _saved([known[chosen]] if chosen in known else []),
        "saved_ever": _saved(months),
        "months": months,
        "all_time": {name: total_cost(row[name] for row in sums) for name in NUMBERS},
    }


def _free_engines() -> list[str]:
    return [engine.name for engine in services().registry.engines if engine.price() == FREE]


def _saved(months: Sequence[MonthUsage]) -> dict[str, Any]:
    """Characters that free engines spoke, and what they would have cost elsewhere."""
    characters = sum(month["free_characters"] for month in months)
    price = REFERENCE.usd_per_million_characters or 0.0
    return {"characters": characters, "usd": characters * price / 1_000_000}


def _unused(chosen: tuple[int, int]) -> dict[str, Any]:
    return {"year": chosen[0], "month": chosen[1], **dict.fromkeys(NUMBERS, 0)}


def _beside(year: int, month: int, step: int) -> tuple[int, int]:
    ahead, month = divmod(month - 1 + step, 12)
    return year + ahead, month + 1


def _reference() -> dict[str, Any]:
    return {
        "usd": REFERENCE.usd_per_million_characters,
        "model": REFERENCE_MODEL,
        "as_of": AS_OF,
        "source": urlsplit(SOURCE).netloc,
    }
