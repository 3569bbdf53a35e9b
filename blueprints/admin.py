"""Administration: people and invitations, the work in hand, storage, engines."""

import shutil
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from queries.rows import User
from speech.engine import Engine
from speech.errors import SpeechError
from speech.prices import Price
from storage.errors import NotFound
from web import forms
from web.access import admin_only
from web.current_user import current_user, current_user_id
from web.engine_notices import price_note
from web.formatting import money
from web.request_info import visitor
from web.responses import page
from web.services import services

blueprint = Blueprint("admin", __name__)


# People


@blueprint.get("/admin")
@admin_only
def overview() -> Response:
    """The accounts and the invitations."""
    return page("admin/people.html", **_people())


@blueprint.post("/admin/users/<int:user_id>")
@admin_only
def change_person(user_id: int) -> ResponseReturnValue:
    """Let an account in or keep it out, change its role, or make a link for a new password."""
    user = services().db.get_user_by_id(user_id)
    if user is None:
        abort(404)
    action = ACTIONS.get(request.form.get("action", ""))
    if action is None:
        raise forms.BadForm(
            "action",
            _("Choose what to do with the account: enable or disable it, or change its role."),
        )
    return action(user)


def _let_in(user: User) -> ResponseReturnValue:
    services().accounts.set_active(current_user(), user, True, visitor())
    return _done(_("%(name)s can log in again.", name=user["username"]))


def _keep_out(user: User) -> ResponseReturnValue:
    services().accounts.set_active(current_user(), user, False, visitor())
    return _done(_("%(name)s has been disabled.", name=user["username"]))


def _make_admin(user: User) -> ResponseReturnValue:
    services().accounts.set_admin(current_user(), user, True, visitor())
    return _done(_("%(name)s is now an admin.", name=user["username"]))


def _make_user(user: User) -> ResponseReturnValue:
    services().accounts.set_admin(current_user(), user, False, visitor())
    return _done(_("%(name)s is no longer an admin.", name=user["username"]))


def _reset(user: User) -> Response:
    token = services().accounts.create_reset(current_user(), user, visitor())
    return _link(
        url_for("account.reset", token=token, _external=True),
        _(
            "Send this link only to %(name)s. It sets a new password once, expires in 24 "
            "hours, and is not shown again.",
            name=user["username"],
        ),
    )


def _forget_second_step(user: User) -> ResponseReturnValue:
    if user["id"] == current_user_id():
        raise forms.BadForm(
            "action", _("Turn off your own two-factor authentication on your account page.")
        )
    by = f"by {current_user()['username']}"
    services().two_factor.reset(user, visitor(), by)
    return _done(
        _(
            "Two-factor authentication and passkeys of %(name)s have been removed.",
            name=user["username"],
        )
    )


ACTIONS: dict[str, Callable[[User], ResponseReturnValue]] = {
    "let_in": _let_in,
    "keep_out": _keep_out,
    "admin": _make_admin,
    "user": _make_user,
    "reset": _reset,
    "no_second_step": _forget_second_step,
}


@blueprint.post("/admin/second-step")
@admin_only
def ask_for_second_step() -> ResponseReturnValue:
    """Decide who must have a second step at login."""
    services().two_factor.set_rule(current_user(), request.form.get("rule", ""), visitor())
    return _done(_("Saved. It applies from now on."))


@blueprint.post("/admin/bought-sound")
@admin_only
def share_bought_sound() -> ResponseReturnValue:
    """Decide whether what one person bought is there for all."""
    rule = request.form.get("rule", "")
    services().studio.segment_cache.set_rule(rule)
    services().accounts.log("bought_sound_rule", current_user(), visitor(), rule)
    return _done(_("Saved. It applies from now on."))


@blueprint.post("/admin/invites")
@admin_only
def invite() -> Response:
    """Make an invitation and show its link, this once."""
    token = services().accounts.create_invite(current_user(), visitor())
    return _link(
        url_for("web.register", invite=token, _external=True),
        _(
            "Send this link to one person. It works once, expires in 7 days, and is not shown "
            "again."
        ),
    )


@blueprint.post("/admin/invites/revoke")
@admin_only
def revoke_invite() -> ResponseReturnValue:
    """Make an invitation worthless."""
    number = forms.number(request.form.get("id", ""))
    services().accounts.revoke_invite(current_user(), number, visitor())
    return _done(_("This invitation no longer works."))


def _link(link: str, note: str) -> Response:
    context = {"new_link": link, "link_note": note, "link_warning": _reach()}
    return page("admin/people.html", 201, **context, **_people())


def _reach() -> str:
    """Explain why nobody else can open a link that begins with this request's address; "" if they
    can."""
    hosts, host = services().hosts, request.host
    if not hosts.is_this_machine(host):
        return ""
    if hosts.is_this_machine(services().config.host):
        return _(
            "Nobody else can open this link, because VoiceVerse only listens on this "
            "machine. Set VOICEVERSE_HOST=0.0.0.0 or use a proxy, open VoiceVerse at its "
            "network address, and create a new link there."
        )
    return _(
        "Nobody else can open this link, because %(host)s means their own machine to "
        "them. Open VoiceVerse at the name or address that this machine has in the "
        "network, and create a new link there.",
        host=host,
    )


def _done(message: str, endpoint: str = "admin.overview") -> ResponseReturnValue:
    flash(message)
    # An admin who gave the role away can see this page no longer.
    user = services().db.get_user_by_id(current_user_id())
    return redirect(url_for(endpoint if user and user["is_admin"] else "account.overview"), 303)


def _people() -> dict[str, Any]:
    db = services().db
    return {
        "users": db.list_users(),
        "invites": db.list_invites(),
        "now": services().accounts.now(),
        "registration": services().config.registration,
        "second_step_rule": services().two_factor.rule(),
        "allows_links": services().sharing.allows_links,
        "shares_bought_sound": services().studio.segment_cache.is_shared,
    }


# Work


@blueprint.get("/admin/jobs")
@admin_only
def jobs() -> Response:
    """The work of everybody, without names: being spoken, waiting, failed."""
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
    """Cancel somebody's work, or try it again."""
    work = services().db.get_work(file_id)
    if work is None:
        raise NotFound(_("That job no longer exists."))
    if request.form.get("action") == "retry":
        services().studio.generation.retry(work["filename"], work["owner_id"])
        services().wake_worker()
        return _done(_("It is waiting to be generated."), "admin.jobs")
    if request.form.get("action") != "cancel":
        raise forms.BadForm("action", _("You can cancel a job or try it again."))
    services().studio.generation.cancel(work["filename"], work["owner_id"])
    return _done(_("Stopping. What has been generated so far is kept."), "admin.jobs")


# Storage and engines


@blueprint.get("/admin/storage")
@admin_only
def storage() -> Response:
    """The storage: what takes how much room, and how much is left."""
    db, config = services().db, services().config
    return page(
        "admin/storage.html",
        stats=db.get_stats(),
        by_person=services().studio.quotas.storage_by_person(),
        kept=db.get_cache_size(),
        previews=services().studio.previews.store.total_size(),
        database=config.database_path.stat().st_size,
        free=shutil.disk_usage(config.data_dir).free,
    )


@blueprint.get("/admin/engines")
@admin_only
def engines() -> Response:
    """Each engine: its voices, its key, its price, what went wrong last, what will end."""
    registry = services().registry
    return page(
        "admin/engines.html",
        engines=[_engine(engine) for engine in registry.engines],
        missing=registry.missing(),
    )


def _engine(engine: Engine) -> dict[str, Any]:
    db = services().db
    try:
        voices = len(engine.voices())
    except SpeechError:
        voices = 0
    return {
        "name": engine.name,
        "label": engine.label,
        "is_default": engine is services().registry.default,
        "model": engine.model,
        "address": engine.address,
        "voices": voices,
        "key": _key(engine),
        "price": _price(engine.price()),
        "resting": services().studio.voice_fallback.resting().get(engine.name),
        "notices": [row for row in db.list_model_notices() if row["engine"] == engine.name],
        "last_error": next(
            (row for row in db.list_failed(limit=500) if row["engine"] == engine.name), None
        ),
    }


def _key(engine: Engine) -> str:
    if not engine.address:
        return "none"
    provider = services().db.get_provider_by_name(engine.name)
    has_key = provider["sealed_key"] if provider else services().config.openai_api_key
    return "set" if has_key else "missing"


def _price(price: Price) -> str:
    if price.usd_per_million_characters is not None:
        amount = money(price.usd_per_million_characters)
        if not price.usd_per_million_characters:
            return amount
        shown = _("%(amount)s per million characters", amount=amount)
    elif price.is_known:
        shown = _(
            "%(text)s per million text tokens, %(audio)s per million audio tokens",
            text=money(price.usd_per_million_text_tokens),
            audio=money(price.usd_per_million_audio_tokens),
        )
    else:
        return _("unknown")
    return f"{shown}. {price_note(price)}"
