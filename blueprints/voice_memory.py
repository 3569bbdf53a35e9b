"""Remembered voices: the one to start with, those of languages, the offer of a natural one."""

from flask import Blueprint, redirect, request
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from web import forms
from web.access import user_only
from web.current_user import current_user_id
from web.notices import saved_at
from web.refused_forms import form_on
from web.services import services

ANSWERS = ("use", "keep")

blueprint = Blueprint("voice_memory", __name__)


@blueprint.post("/account/voice")
@user_only
@form_on("account.overview")
def choose_default() -> ResponseReturnValue:
    """Start each text with a voice and a speed; without a voice, with what was last used."""
    sent = forms.order(request.form)
    services().studio.voice_memory.set_default(current_user_id(), sent.voice, sent.speed)
    return saved_at("voices", _("Saved."))


@blueprint.post("/account/voice/forget")
@user_only
@form_on("account.overview")
def forget() -> ResponseReturnValue:
    """Forget what was last used for a language."""
    language = request.form.get("language", "")
    if not services().db.delete_voice_settings(current_user_id(), language):
        raise forms.BadForm("language", _("No voice is remembered for this language."))
    return saved_at("voices", _("Removed from your history."))


@blueprint.post("/account/natural-voice")
@user_only
@form_on("web.studio")
def answer_natural_offer() -> ResponseReturnValue:
    """Take the natural voice for new texts, or keep the one used so far; asked once."""
    answer = request.form.get("answer", "")
    if answer not in ANSWERS:
        raise forms.BadForm("answer", _("Choose one of the two options."))
    services().studio.voice_memory.answer_natural_offer(
        current_user_id(), is_wanted=answer == "use"
    )
    return redirect(to("web.studio"), 303)
