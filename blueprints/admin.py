"""Administration: people and invitations, everybody's jobs, storage, who may come in."""

import shutil
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.house_rules import REGISTRATION
from common.errors import AppError
from queries.rows import FileOwner
from storage.errors import NotFound
from web import forms
from web.access import admin_only
from web.current_user import current_user
from web.new_links import show_link
from web.request_info import visitor, wants_json
from web.responses import page, render_form_error
from web.services import services

blueprint = Blueprint("admin", __name__)
PAGE_PEOPLE = 50


# People


@blueprint.get("/admin")
@admin_only
def overview() -> Response:
    """The accounts, those whose name holds `q`, and the invitations."""
    found = _people()
    if wants_json():
        return jsonify(people=found["people"], count=found["count"])
    return page("admin/people.html", **found)


@blueprint.post("/admin/invites")
@admin_only
def invite() -> Response:
    """Make an invitation and show its link, this once."""
    token = services().accounts.create_invite(current_user(), visitor())
    return show_link(
        "admin/people.html",
        url_for("web.register", invite=token, _external=True),
        _(
            "Send this link to one person. It works once, expires in 7 days, and is not shown "
            "again."
        ),
        **_people(),
    )


@blueprint.post("/admin/invites/revoke")
@admin_only
def revoke_invite() -> ResponseReturnValue:
    """Make an invitation worthless."""
    number = forms.number(request.form.get("id", ""))
    services().accounts.revoke_invite(current_user(), number, visitor())
    return _done(_("This invitation no longer works."))


def _people() -> dict[str, Any]:
    db, search = services().db, request.args.get("q", "").strip()[:100]
    after = (request.args.get("after", "")[:150], _number(request.args.get("from", "")))
    people = db.find_people(search, after=after, limit=PAGE_PEOPLE + 1)
    return {
        "people": people[:PAGE_PEOPLE],
        "more_after": people[PAGE_PEOPLE - 1] if len(people) > PAGE_PEOPLE else None,
        "is_later": bool(after[0]),
        "count": db.count_people(),
        "search": search,
        "invites": db.list_invites(),
        "now": services().accounts.now(),
        "registration": services().accounts.rules.registration,
    }


def _number(text: str) -> int:
    return forms.number(text, "from") if text else 0


def _done(message: str, endpoint: str = "admin.overview") -> ResponseReturnValue:
    flash(message)
    return redirect(url_for(endpoint), 303)


# Who may come in


@blueprint.get("/admin/security")
@admin_only
def security() -> Response:
    """Who may make an account, who must use two-factor, how far the security log goes back."""
    return page("admin/security.html", **_security())


@blueprint.post("/admin/security")
@admin_only
def save_security() -> ResponseReturnValue:
    """Change those rules; what the form leaves out stays."""
    try:
        _save_rules(REGISTRATION, "security_log_days")
        if "second_factor" in request.form:
            _save_second_factor(request.form["second_factor"])
    except AppError as error:
        return render_form_error("admin/security.html", error, **_security())
    return _done(_("Saved."), "admin.security")


def _save_second_factor(rule: str) -> None:
    if rule != services().two_factor.rule():
        services().two_factor.set_rule(current_user(), rule, visitor())


def _security() -> dict[str, Any]:
    rules = services().accounts.rules
    return {
        "rules": rules,
        "second_factor": services().two_factor.rule(),
        "without": services().db.count_without_second_factor(),
        "allows_links": services().sharing.allows_links,
    }


def _save_rules(*names: str) -> None:
    """Store those of the rules that the form holds, and tell the security log."""
    given = {name: request.form[name] for name in names if name in request.form}
    for name, value in services().accounts.rules.save(given).items():
        services().accounts.log("rule_changed", current_user(), visitor(), f"{name}: {value}")


# Jobs


@blueprint.get("/admin/jobs")
@admin_only
def jobs() -> Response:
    """The work of everybody, without names: being spoken, waiting, paused, failed."""
    db = services().db
    return page(
        "admin/jobs.html",
        running=db.list_work("speaking"),
        waiting=db.list_work("queued"),
        failed=db.list_failed(),
    )


@blueprint.post("/admin/jobs/<int:file_id>")
@admin_only
def change_job(file_id: int) -> ResponseReturnValue:
    """Cancel or pause somebody's job, put it before their others, or try it again."""
    work = services().db.get_work(file_id)
    if work is None:
        raise NotFound(_("That job no longer exists."))
    action = JOB_ACTIONS.get(request.form.get("action", ""))
    if action is None:
        raise forms.BadForm("action", _("You can cancel a job or try it again."))
    return _done(action(work), "admin.jobs")


def _retry(work: FileOwner) -> str:
    services().studio.generation.retry(work["filename"], work["owner_id"])
    services().wake_worker()
    return _("It is waiting to be generated.")


def _cancel(work: FileOwner) -> str:
    services().studio.generation.cancel(work["filename"], work["owner_id"])
    return _("Stopping. What has been generated so far is kept.")


def _pause(work: FileOwner) -> str:
    services().studio.generation.pause(work["filename"], work["owner_id"])
    return _("It is paused. Its owner can resume it.")


def _next(work: FileOwner) -> str:
    services().studio.generation.speak_next(work["filename"], work["owner_id"])
    return _("It will be generated before the owner’s other pieces.")


JOB_ACTIONS: dict[str, Callable[[FileOwner], str]] = {
    "retry": _retry,
    "cancel": _cancel,
    "pause": _pause,
    "next": _next,
}


# Storage


@blueprint.get("/admin/storage")
@admin_only
def storage() -> Response:
    """The storage: what takes how much room, and how much is left."""
    return page("admin/storage.html", **_storage())


@blueprint.post("/admin/storage")
@admin_only
def save_storage() -> ResponseReturnValue:
    """Change how long the bin keeps pieces."""
    try:
        _save_rules("bin_days")
    except AppError as error:
        return render_form_error("admin/storage.html", error, **_storage())
    return _done(_("Saved."), "admin.storage")


@blueprint.post("/admin/bought-sound")
@admin_only
def share_bought_sound() -> ResponseReturnValue:
    """Decide whether what one person bought is there for all."""
    rule = request.form.get("rule", "")
    services().studio.segment_cache.set_rule(rule)
    services().accounts.log("bought_sound_rule", current_user(), visitor(), rule)
    return _done(_("Saved. It applies from now on."), "admin.storage")


def _storage() -> dict[str, Any]:
    db, config = services().db, services().config
    return {
        "stats": db.get_stats(),
        "by_person": services().studio.quotas.storage_by_person(),
        "kept": db.get_cache_size(),
        "previews": services().studio.previews.store.total_size(),
        "database": config.database_path.stat().st_size,
        "free": shutil.disk_usage(config.data_dir).free,
        "rules": services().accounts.rules,
        "shares_bought_sound": services().studio.segment_cache.is_shared,
    }


@blueprint.get("/admin/engines")
@admin_only
def engines() -> ResponseReturnValue:
    """The page of engines, which is part of that of voices."""
    return redirect(url_for("voices.overview", _anchor="engines"), 301)
