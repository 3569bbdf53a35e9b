"""The account of a person: password, sessions, everything as a file, the security log."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, request, session
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from common.errors import AppError
from queries.base import chosen
from queries.security_log import EventFilters, SecurityEvent
from services.voice_fallback import ASK, FREE, NEAREST
from web import audio_responses, forms, voice_notes
from web.access import public, user_only
from web.browser_session import end_session_here, start_session
from web.cookies import DEVICE_COOKIE, sent_cookie
from web.current_user import current_user, current_user_id
from web.formatting import EVENTS, event_name
from web.notices import saved_at
from web.refused_forms import form_on
from web.request_info import request_value, visitor, wants_json
from web.responses import page, render_form_error
from web.services import services

PAGE_ROWS = 50
EVENT_COLUMNS = ("timestamp", "event_type", "username", "ip_address", "details", "success")
OUTCOMES = {"done": True, "refused": False}
FALLBACK_RULES = {
    ASK: lazy_gettext("Ask me"),
    NEAREST: lazy_gettext("Continue with the nearest voice, even if it is paid"),
    FREE: lazy_gettext("Continue with the nearest free voice"),
}

blueprint = Blueprint("account", __name__)


# The account


@blueprint.get("/account")
@user_only
def overview() -> Response:
    """How it looks, how it sounds, what keeps it safe, and what is stored."""
    if wants_json():
        return jsonify(_account_json())
    return page("account/account.html", **_account_context())


@blueprint.post("/account/password")
@user_only
@form_on("account.overview")
def change_password() -> ResponseReturnValue:
    """Change the password and end every other session."""
    form = request.form
    services().accounts.change_password(
        current_user(), form.get("current", ""), form.get("password", ""), visitor()
    )
    return saved_at("password", _("Your password has been changed. All other sessions have ended."))


@blueprint.post("/account/sessions")
@user_only
@form_on("account.overview")
def revoke_sessions() -> ResponseReturnValue:
    """End one session, or all but this one."""
    chosen = request.form.get("session_id", "")
    if chosen == "others":
        services().accounts.revoke_other_sessions(current_user(), visitor())
        told = _("All other sessions have ended.")
    elif services().accounts.revoke_session(current_user(), forms.number(chosen), visitor()):
        told = _("That session has ended.")
    else:
        abort(404)
    return saved_at("sessions", told)


@blueprint.get("/account/export")
@user_only
def export() -> Response:
    """Everything that is the person's, as one ZIP that is made while it is sent."""
    services().accounts.log("data_exported", current_user(), visitor())
    answer = Response(services().library.export(current_user_id()), content_type="application/zip")
    name = f"VoiceVerse {current_user()['username']} {datetime.now().astimezone():%Y-%m-%d}"
    return audio_responses.named(answer, name, ".zip")


@blueprint.post("/account/delete")
@user_only
@form_on("account.overview")
def leave() -> Response:
    """Delete the account with all that is in it."""
    services().accounts.close(current_user(), request.form.get("leave_password", ""), visitor())
    services().library.delete_user(current_user_id())
    services().accounts.log("user_deleted", None, visitor(), name=current_user()["username"])
    name = current_user()["username"]
    g.user = None
    session.clear()
    end_session_here()
    return page("account/deleted.html", name=name)


@blueprint.route("/reset", methods=("GET", "POST"))
@public
def reset() -> ResponseReturnValue:
    """Set a new password with a link that an admin made."""
    token = request_value("token")
    name = services().accounts.check_reset(token)["username"]
    if request.method == "GET":
        return page("account/reset_password.html", token=token, username=name)
    try:
        result = services().accounts.reset_password(
            token,
            request.form.get("password", ""),
            visitor(),
            device_token=sent_cookie(DEVICE_COOKIE),
        )
    except AppError as error:
        return render_form_error("account/reset_password.html", error, token=token, username=name)
    return start_session(result, to("web.studio"))


def _account_context() -> dict[str, Any]:
    return {
        "sessions": services().accounts.list_sessions(current_user_id()),
        "own_keys": services().providers.open_to(current_user_id()),
        "is_last_admin": services().accounts.is_last_admin(current_user_id()),
        "second_step": services().two_factor.state(current_user_id()),
        "passkeys": services().passkeys.of(current_user_id()),
        "fallback_rule": services().studio.voice_fallback.rule(current_user_id()),
        "fallback_rules": FALLBACK_RULES,
        **voice_notes.remembered(current_user_id()),
    }


def _account_json() -> dict[str, Any]:
    shown = ("id", "device", "ip_address", "created_epoch", "last_seen_epoch")
    return {
        "username": current_user()["username"],
        "is_admin": bool(current_user()["is_admin"]),
        **voice_notes.remembered_json(current_user_id()),
        "sessions": [
            chosen(row, shown) | {"is_this": row["id"] == current_user()["session_id"]}
            for row in services().accounts.list_sessions(current_user_id())
        ],
    }


# The security log


@blueprint.get("/security")
@user_only
def security() -> Response:
    """The security log: one's own events; everybody's for admins."""
    before = request.args.get("before")
    rows = services().db.get_security_logs(
        **_wanted(), before_id=forms.number(before) if before else None, limit=PAGE_ROWS + 1
    )
    older = rows[PAGE_ROWS - 1]["id"] if len(rows) > PAGE_ROWS else None
    rows = rows[:PAGE_ROWS]
    if wants_json():
        return jsonify(events=[_event_json(row) for row in rows], next=older)
    return page("account/security_log.html", events=rows, older=older, **_sieve_context())


@blueprint.get("/security.csv")
@user_only
def security_csv() -> Response:
    """All those events as a table for other programs."""
    services().accounts.log("log_exported", current_user(), visitor())
    rows = services().db.iterate_security_logs(**_wanted())
    return audio_responses.table("security", EVENT_COLUMNS, rows)


def _sieve() -> dict[str, str | None]:
    names = ("whose", "person", "event", "outcome", "since", "until")
    return {name: request.args.get(name, "").strip()[:50] or None for name in names}


def _wanted() -> EventFilters:
    """Which events to look for; others' only for admins."""
    sieve = _sieve()
    whose: int | None = current_user_id()
    if current_user()["is_admin"] and sieve["whose"] != "mine":
        whose = forms.number(sieve["person"], "person") if sieve["person"] else None
    return {
        "user_id": whose,
        "event_type": sieve["event"],
        "success": OUTCOMES.get(sieve["outcome"] or ""),
        "since": forms.day_start(sieve["since"], field="since"),
        "until": forms.day_start(sieve["until"], days_later=1, field="until"),
    }


def _sieve_context() -> dict[str, Any]:
    sieve = _sieve()
    is_everybody = current_user()["is_admin"] and sieve["whose"] != "mine"
    return {
        "sieve": sieve,
        "is_sieved": any(value for name, value in sieve.items() if name != "whose"),
        "people": services().db.list_users() if is_everybody else [],
        "event_types": sorted(
            ((name, event_name(name)) for name in EVENTS), key=lambda pair: pair[1].casefold()
        ),
    }


def _event_json(row: SecurityEvent) -> dict[str, Any]:
    shown = ("id", *EVENT_COLUMNS)
    return chosen(row, shown) | {"success": bool(row["success"])}
