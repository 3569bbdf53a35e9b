"""Passkeys: signing in with one; adding, naming and removing them on the page of the account."""

from flask import Blueprint, Response, abort, flash, jsonify, request, session
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from accounts.errors import PasskeyRefused
from accounts.passkeys import Question, Site
from web.access import public, user_only
from web.browser_session import PendingLogin, start_session
from web.cookies import DEVICE_COOKIE, sent_cookie
from web.current_user import current_user
from web.notices import saved_at
from web.redirects import local_path
from web.refused_forms import form_on
from web.request_info import passkey_site, visitor
from web.services import services

blueprint = Blueprint("passkeys", __name__)
blueprint.add_app_template_global(passkey_site)


# At the door


@blueprint.post("/login/passkey/question")
@public
def ask() -> Response:
    """The question that a passkey is to sign, as JSON; after a password, for that account alone."""
    return _asked(services().passkeys.ask_to_sign_in(_site(), _begun()["token"]))


@blueprint.post("/login/passkey")
@public
def sign_in() -> ResponseReturnValue:
    """Check what a passkey signed and start the session; the way on as JSON."""
    begun = _begun()
    result = services().passkeys.sign_in(
        session.pop("question", None),
        request.form.get("answer", ""),
        _site(),
        visitor(),
        pending=begun["token"],
        device_token=sent_cookie(DEVICE_COOKIE),
        old_token=begun["old"],
    )
    target = local_path(begun["target"] or request.form.get("next"))
    return _as_json(start_session(result, target), target)


def _as_json(answer: WerkzeugResponse, target: str) -> WerkzeugResponse:
    """Turn a redirect into JSON with its target as `url`, for the script that asked."""
    answer.status_code, answer.data = 200, jsonify(url=target).data
    answer.content_type = "application/json"
    del answer.headers["Location"]
    return answer


def _begun() -> PendingLogin:
    """The login whose second step this is; empty where the passkey is the only step."""
    alone: PendingLogin = {"token": "", "target": "", "old": session.get("login")}
    return session.get("pending", alone) if request.form.get("step") == "second" else alone


# On the page of the account


@blueprint.post("/account/passkeys/question")
@user_only
def ask_to_add() -> Response:
    """The question that a new passkey is made from, as JSON, for who gave the password."""
    current = request.form.get("current", "")
    return _asked(services().passkeys.ask_to_add(current_user(), current, _site(), visitor()))


@blueprint.post("/account/passkeys")
@user_only
def add() -> Response:
    """Keep the passkey that the browser made."""
    form, asked = request.form, session.pop("question", None)
    services().passkeys.add(
        current_user(), asked, form.get("answer", ""), form.get("name", ""), _site(), visitor()
    )
    flash(_("Passkey added. You can log in with it from now on."), "passkeys")
    return jsonify(url=to("account.overview"))


@blueprint.post("/account/passkeys/<int:passkey_id>/name")
@user_only
@form_on("account.overview")
def rename(passkey_id: int) -> ResponseReturnValue:
    """Call a passkey something else."""
    if not services().passkeys.rename(current_user(), passkey_id, request.form.get("name", "")):
        abort(404)
    return saved_at("passkeys", _("Renamed."))


@blueprint.post("/account/passkeys/<int:passkey_id>/remove")
@user_only
@form_on("account.overview")
def remove(passkey_id: int) -> ResponseReturnValue:
    """Forget a passkey, for who gives the password."""
    current = request.form.get("current", "")
    if not services().passkeys.remove(current_user(), passkey_id, current, visitor()):
        abort(404)
    return saved_at("passkeys", _("That passkey no longer works."))


def _site() -> Site:
    here = passkey_site()
    if here is None:
        raise PasskeyRefused
    return here


def _asked(question: Question) -> Response:
    session["question"] = question.asked
    return jsonify(question.options)
