"""What belongs to a person: the account, its sessions, the security log."""

from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, request
from flask import url_for as to

import forms
from access import services, visitor
from answers import REFUSALS, form_again, page

PAGE_ROWS = 50

blueprint = Blueprint("people", __name__)


@blueprint.get("/account")
def account() -> Response:
    """The password and the open sessions."""
    return page("account/account.html", form={}, **_account_context())


@blueprint.post("/account/password")
def change_password() -> Response:
    """Change the password and end every other session."""
    form = request.form
    try:
        services().accounts.change_password(
            g.user, form.get("current", ""), form.get("password", ""), visitor()
        )
    except REFUSALS as error:
        return form_again("account/account.html", error, **_account_context())
    flash("Your password is changed. Every other session has ended.")
    return redirect(to("people.account"), 303)


@blueprint.post("/account/sessions")
def revoke_sessions() -> Response:
    """End one session, or all but this one."""
    chosen = request.form.get("session_id", "")
    if chosen == "others":
        services().accounts.revoke_other_sessions(g.user, visitor())
        flash("Every other session has ended.")
    elif services().accounts.revoke_session(g.user, forms.number(chosen), visitor()):
        flash("That session has ended.")
    else:
        abort(404)
    return redirect(to("people.account"), 303)


def _account_context() -> dict[str, Any]:
    return {"sessions": services().accounts.list_sessions(g.user["user_id"])}


@blueprint.get("/security")
def security() -> Response:
    """The security log: one's own events; everybody's for admins."""
    show_all = bool(g.user["is_admin"]) and request.args.get("whose") != "mine"
    before = request.args.get("before")
    event_type = request.args.get("event", "").strip()[:50]
    rows = services().db.get_security_logs(
        user_id=None if show_all else g.user["user_id"],
        event_type=event_type or None,
        before_id=forms.number(before) if before else None,
        limit=PAGE_ROWS + 1,
    )
    older = rows[PAGE_ROWS - 1]["id"] if len(rows) > PAGE_ROWS else None
    return page(
        "security/security.html",
        events=rows[:PAGE_ROWS],
        older=older,
        show_all=show_all,
        event_type=event_type,
    )
