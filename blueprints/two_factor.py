"""The second step of a login: taking it, setting it up, giving it up."""

from typing import Any

import segno
from flask import Blueprint, Response, flash, g, jsonify, redirect, request, session
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from accounts.errors import TwoFactorExpired
from accounts.two_factor import is_owed
from common.errors import AppError
from web.access import allow_without_two_factor, public, user_only
from web.browser_session import PendingLogin, start_session
from web.cookies import DEVICE_COOKIE, sent_cookie
from web.csrf import csrf_token
from web.current_user import current_user, current_user_id, signed_in
from web.redirects import local_path
from web.refused_forms import form_on
from web.request_info import passkey_site, visitor, wants_json
from web.responses import page, render_form_error
from web.services import services

blueprint = Blueprint("two_factor", __name__)


# At the door


@blueprint.get("/login/second")
@public
def step() -> ResponseReturnValue:
    """The form for a code, after the password."""
    if signed_in():
        return redirect(to("web.studio"), 303)
    services().accounts.check_pending(pending()["token"])
    if wants_json():
        return jsonify(csrf_token=csrf_token())
    return page("two_factor/login_step.html", **_door_context())


@blueprint.post("/login/second")
@public
def take_step() -> ResponseReturnValue:
    """Check a code, or a recovery code, and start the session."""
    begun = pending()
    try:
        result = services().two_factor.sign_in(
            begun["token"],
            request.form.get("code", ""),
            visitor(),
            device_token=sent_cookie(DEVICE_COOKIE),
            old_token=begun["old"],
        )
    except TwoFactorExpired:
        raise
    except AppError as error:
        return render_form_error("two_factor/login_step.html", error, **_door_context())
    return start_session(result, local_path(begun["target"]))


def pending() -> PendingLogin:
    """The login whose second step is awaited; raises TwoFactorExpired."""
    begun = session.get("pending")
    if not begun:
        raise TwoFactorExpired
    return begun


def _door_context() -> dict[str, Any]:
    here = passkey_site()
    return {"has_passkey": here and services().passkeys.has_one(pending()["token"], here)}


# On the page of the account


@blueprint.get("/account/second-step")
@user_only
@allow_without_two_factor
def overview() -> Response:
    """The page of the second step: whether there is one, and what turns it on or off."""
    return page("two_factor/settings.html", **_context())


@blueprint.post("/account/second-step/start")
@user_only
@form_on("two_factor.overview")
@allow_without_two_factor
def start() -> ResponseReturnValue:
    """Make a secret and show it, until a code confirms it."""
    services().two_factor.start(current_user(), visitor())
    return redirect(to("two_factor.overview"), 303)


@blueprint.post("/account/second-step/confirm")
@user_only
@form_on("two_factor.overview")
@allow_without_two_factor
def confirm() -> Response:
    """Turn it on with the first code, and show the recovery codes, this once."""
    form = request.form
    codes = services().two_factor.confirm(
        current_user(), form.get("current", ""), form.get("code", ""), visitor()
    )
    current_user()["has_second_factor"], g.is_held = 1, False
    return _shown_once(codes)


@blueprint.post("/account/second-step/codes")
@user_only
@form_on("two_factor.overview")
def renew_codes() -> Response:
    """Make new recovery codes and show them, this once."""
    current = request.form.get("current", "")
    return _shown_once(services().two_factor.renew_codes(current_user(), current, visitor()))


@blueprint.post("/account/second-step/off")
@user_only
@form_on("two_factor.overview")
def turn_off() -> ResponseReturnValue:
    """Let the password alone suffice again."""
    services().two_factor.turn_off(current_user(), request.form.get("current", ""), visitor())
    flash(_("Two-factor authentication is off. All other sessions have ended."))
    return redirect(to("two_factor.overview"), 303)


def _shown_once(codes: list[str]) -> Response:
    if wants_json():
        return jsonify(recovery_codes=codes)
    return page("two_factor/recovery_codes.html", codes=codes)


def _context() -> dict[str, Any]:
    setup = services().two_factor.setup(current_user())
    return {
        "state": services().two_factor.state(current_user_id()),
        "is_owed": is_owed(current_user()),
        "setup": setup,
        "picture": setup and _picture(setup.address),
    }


def _picture(address: str) -> Markup:
    """A QR code, black on white in either theme, so that every camera reads it."""
    drawn = segno.make(address, error="m", micro=False)
    return Markup(  # noqa: S704 (drawn from modules alone; no text of a person is in it)
        drawn.svg_inline(omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    )
