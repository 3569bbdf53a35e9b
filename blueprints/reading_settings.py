"""Reading settings: how texts look to a person, on every device."""

from flask import Blueprint, flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from services import reading_settings
from web.access import user_only
from web.current_user import current_user_id
from web.redirects import return_path
from web.request_info import wants_json
from web.services import services

blueprint = Blueprint("reading_settings", __name__)


@blueprint.get("/account/reading")
@user_only
def show() -> ResponseReturnValue:
    """How the person likes to read, for programs; others find it on the page of a piece."""
    settings = reading_settings.settings_of(services().db, current_user_id())
    return jsonify(settings) if wants_json() else redirect(return_path("library.overview"), 303)


@blueprint.post("/account/reading")
@user_only
def save() -> ResponseReturnValue:
    """Change how texts look; what is not sent stays."""
    settings = reading_settings.save(services().db, current_user_id(), request.form)
    if wants_json():
        return jsonify(settings)
    flash(_("Saved."))
    return redirect(return_path("library.overview"), 303)
