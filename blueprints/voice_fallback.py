"""Fallback voices: which one speaks on, and what should happen by itself."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from services.voice_fallback import NEAREST, RULES
from web import forms
from web.access import owned_file, user_only
from web.current_user import current_user_id
from web.file_state import file_json, file_page
from web.notices import saved_at
from web.refused_forms import form_on
from web.request_info import wants_json
from web.services import services

blueprint = Blueprint("voice_fallback", __name__)


@blueprint.post("/files/<filename>/voice")
@user_only
@form_on("files.show_file")
def resume_with_voice(filename: str) -> ResponseReturnValue:
    """Let another voice speak the rest of a piece; with `always`, do so by itself from now on."""
    row, voice = owned_file(filename), request.form.get("voice", "")
    services().studio.generation.resume_with_voice(row["filename"], row["owner_id"], voice)
    if request.form.get("always"):
        services().db.set_fallback_rule(current_user_id(), NEAREST)
    services().wake_worker()
    if wants_json():
        return file_json(owned_file(filename)), 202
    return redirect(file_page(filename), 303)


@blueprint.post("/account/stand-in")
@user_only
@form_on("account.overview")
def choose_rule() -> ResponseReturnValue:
    """Remember what is to happen where a voice cannot speak."""
    rule = request.form.get("rule", "")
    if rule not in RULES:
        raise forms.BadForm("rule", _("Choose one of the three options."))
    services().db.set_fallback_rule(current_user_id(), rule)
    return saved_at("voice-fallback", _("Saved."))
