"""One person, as admins look after them: use, limits, log-in, and how the account goes."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from accounts.errors import AccountError, RuleRefused
from common.errors import AppError
from queries.base import chosen
from queries.rows import User
from web import forms
from web.access import admin_only
from web.current_user import current_user, current_user_id
from web.formatting import count
from web.new_links import show_link
from web.request_info import visitor, wants_json
from web.responses import page, render_form_error
from web.services import services

blueprint = Blueprint("people", __name__)
SESSION = ("id", "device", "ip_address", "created_epoch", "last_seen_epoch")


@blueprint.get("/admin/people/<int:user_id>")
@admin_only
def show(user_id: int) -> Response:
    """What a person uses and may use, and where they are logged in; no titles and no texts."""
    found = _context(_person(user_id))
    if wants_json():
        return jsonify(
            **found["person"], use=asdict(found["use"]), limits=asdict(found["limits"]),
            sessions=[chosen(row, SESSION) for row in found["sessions"]],
        )  # fmt: skip
    return page("admin/person.html", **found)


@blueprint.post("/admin/people/<int:user_id>")
@admin_only
def change(user_id: int) -> ResponseReturnValue:
    """Let an account in or keep it out, change its role, end its sessions, or make a link."""
    action = ACTIONS.get(request.form.get("action", ""))
    user = _person(user_id)
    if action is None:
        raise forms.BadForm(
            "action",
            _("Choose what to do with the account: enable or disable it, or change its role."),
        )
    return action(user)


@blueprint.post("/admin/people/<int:user_id>/limits")
@admin_only
def set_limits(user_id: int) -> ResponseReturnValue:
    """Set what a person may keep, and have generated in a day."""
    user = _person(user_id)
    try:
        services().people.set_limits(current_user(), user, request.form, visitor())
    except AppError as error:
        return render_form_error("admin/person.html", error, **_context(user))
    return _done(user, _("Saved."))


@blueprint.get("/admin/people/<int:user_id>/merge")
@admin_only
def preview_merge(user_id: int) -> ResponseReturnValue:
    """What a merge would move, before anything is moved."""
    user = _person(user_id)
    try:
        target = services().people.merge_target(current_user(), user, request.args.get("into", ""))
    except AppError as error:
        return render_form_error("admin/person.html", error, failed="merge", **_context(user))
    use = services().people.use(user_id)
    return page("admin/merge.html", person=user, target=target, use=use)


@blueprint.post("/admin/people/<int:user_id>/merge")
@admin_only
def merge(user_id: int) -> ResponseReturnValue:
    """Move all that a person has to another account, and remove this one."""
    user, into = _person(user_id), request.form.get("into", "")
    try:
        moved = services().people.merge(current_user(), user, into, visitor())
    except (AccountError, RuleRefused) as error:
        return render_form_error("admin/person.html", error, failed="merge", **_context(user))
    files = ngettext("%(n)s piece", "%(n)s pieces", moved["files"], n=count(moved["files"]))
    flash(_("%(name)s was merged into %(into)s: %(files)s.", name=user["username"], into=into,
            files=files))  # fmt: skip
    return redirect(url_for("admin.overview"), 303)


@blueprint.post("/admin/people/<int:user_id>/delete")
@admin_only
def delete(user_id: int) -> ResponseReturnValue:
    """Delete an account with all that is in it, once its name was typed."""
    user = _person(user_id)
    try:
        services().people.delete(current_user(), user, request.form.get("confirm", ""), visitor())
    except AppError as error:
        return render_form_error("admin/person.html", error, failed="delete", **_context(user))
    flash(_("The account of %(name)s was deleted.", name=user["username"]))
    return redirect(url_for("admin.overview"), 303)


def _let_in(user: User) -> ResponseReturnValue:
    services().accounts.set_active(current_user(), user, True, visitor())
    return _done(user, _("%(name)s can log in again.", name=user["username"]))


def _keep_out(user: User) -> ResponseReturnValue:
    services().accounts.set_active(current_user(), user, False, visitor())
    return _done(user, _("%(name)s has been disabled.", name=user["username"]))


def _make_admin(user: User) -> ResponseReturnValue:
    services().accounts.set_admin(current_user(), user, True, visitor())
    return _done(user, _("%(name)s is now an admin.", name=user["username"]))


def _make_user(user: User) -> ResponseReturnValue:
    services().accounts.set_admin(current_user(), user, False, visitor())
    return _done(user, _("%(name)s is no longer an admin.", name=user["username"]))


def _reset(user: User) -> Response:
    token = services().accounts.create_reset(current_user(), user, visitor())
    return show_link(
        "admin/person.html",
        url_for("account.reset", token=token, _external=True),
        _(
            "Send this link only to %(name)s. It sets a new password once, expires in 24 "
            "hours, and is not shown again.",
            name=user["username"],
        ),
        **_context(user),
    )


def _forget_second_step(user: User) -> ResponseReturnValue:
    if user["id"] == current_user_id():
        raise forms.BadForm(
            "action", _("Turn off your own two-factor authentication on your account page.")
        )
    by = f"by {current_user()['username']}"
    services().two_factor.reset(user, visitor(), by)
    return _done(
        user,
        _(
            "Two-factor authentication and passkeys of %(name)s have been removed.",
            name=user["username"],
        ),
    )


def _end_session(user: User) -> ResponseReturnValue:
    number = forms.number(request.form.get("session_id", ""), "session_id")
    _end_sessions_of(user, number)
    return _done(user, _("The session has ended."))


def _end_sessions(user: User) -> ResponseReturnValue:
    _end_sessions_of(user, None)
    return _done(user, _("%(name)s has been logged out everywhere.", name=user["username"]))


def _end_sessions_of(user: User, session_id: int | None) -> None:
    if user["id"] == current_user_id():
        raise forms.BadForm("action", _("End your own sessions on your account page."))
    services().accounts.end_sessions_of(current_user(), user, visitor(), session_id)


ACTIONS: dict[str, Callable[[User], ResponseReturnValue]] = {
    "let_in": _let_in,
    "keep_out": _keep_out,
    "admin": _make_admin,
    "user": _make_user,
    "reset": _reset,
    "no_second_step": _forget_second_step,
    "end_session": _end_session,
    "end_sessions": _end_sessions,
}


def _person(user_id: int) -> User:
    user = services().db.get_user_by_id(user_id)
    if user is None:
        abort(404)
    return user


def _context(user: User) -> dict[str, Any]:
    accounts, user_id = services().accounts, user["id"]
    return {
        "person": services().db.get_person(user_id),
        "use": services().people.use(user_id),
        "limits": services().people.limits(user_id),
        "sessions": accounts.list_sessions(user_id),
        "second_step": services().two_factor.state(user_id),
        "passkeys": services().passkeys.of(user_id),
        "is_me": user_id == current_user_id(),
        "is_last_admin": accounts.is_last_admin(user_id),
    }


def _done(user: User, message: str) -> ResponseReturnValue:
    flash(message)
    # An admin who gave the role away can see this page no longer.
    me = services().db.get_user_by_id(current_user_id())
    if not (me and me["is_admin"]):
        return redirect(url_for("account.overview"), 303)
    return redirect(url_for("people.show", user_id=user["id"]), 303)
