"""For admins: people, invitations, the work in hand, the disk."""

import shutil
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, request, url_for

import forms
from access import admin_only, services, visitor
from answers import page

blueprint = Blueprint("admin", __name__)


@blueprint.get("/admin")
@admin_only
def overview() -> Response:
    """Everything an admin looks after, on one page."""
    return page("admin/admin.html", **_context())


@blueprint.post("/admin/users/<int:user_id>/active")
@admin_only
def set_active(user_id: int) -> Response:
    """Let an account in again, or keep it out and end its sessions."""
    user = services().db.get_user_by_id(user_id)
    if user is None:
        abort(404)
    is_active = request.form.get("active") == "1"
    services().accounts.set_active(g.user, user, is_active, visitor())
    flash(f"{user['username']} {'may log in again' if is_active else 'is kept out now'}.")
    return redirect(url_for("admin.overview"), 303)


@blueprint.post("/admin/invites")
@admin_only
def invite() -> Response:
    """Make an invitation and show its link, this once."""
    token = services().accounts.create_invite(g.user, visitor())
    link = url_for("web.register", invite=token, _external=True)
    return page("admin/admin.html", 201, new_link=link, **_context())


@blueprint.post("/admin/invites/revoke")
@admin_only
def revoke_invite() -> Response:
    """Make an invitation worthless."""
    number = forms.number(request.form.get("id", ""))
    services().accounts.revoke_invite(g.user, number, visitor())
    flash("That invitation works no longer.")
    return redirect(url_for("admin.overview"), 303)


def _context() -> dict[str, Any]:
    db, config = services().db, services().config
    return {
        "users": db.list_users(),
        "invites": db.list_invites(),
        "now": services().accounts.now(),
        "jobs": db.get_job_counts(),
        "stats": db.get_stats(),
        "free_bytes": shutil.disk_usage(config.data_dir).free,
        "registration": config.registration,
    }
