"""Remembered voices: the one to start with, those of languages, the offer of a natural one."""

from flask import Blueprint, flash, redirect, request
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from web import forms
from web.access import user_only
from web.current_user import current_user_id
from web.services import services

ANSWERS = ("use", "keep")

blueprint = Blueprint("voice_memory", __name__)


@blueprint.post("/account/voice")
@user_only
def choose_default() -> ResponseReturnValue:
    """Start each text with a voice and a speed; without a voice, with what was last used."""
    sent = forms.order(request.form)
    services().studio.voice_memory.set_default(current_user_id(), sent.voice, sent.speed)
    flash(_("Saved."))
    return redirect(to("account.overview"), 303)


@blueprint.post("/account/voice/forget")
@user_only
def forget() -> ResponseReturnValue:
    """Forget what was last used for a language."""
    language = request.form.get("language", "")
    if not services().db.delete_voice_settings(current_user_id(), language):
        raise forms.BadForm("language", _("No voice is remembered for this language."))
    flash(_("Removed from your history."))
    return redirect(to("account.overview"), 303)


@blueprint.post("/account/natural-voice")
@user_only
def answer_natural_offer() -> ResponseReturnValue:
    """Take the natural voice for new texts, or keep the one used so far; asked once."""
    answer = request.form.get("answer", "")
    if answer not in ANSWERS:
        raise forms.BadForm("answer", _("Choose one of the two options."))
    services().studio.voice_memory.answer_natural_offer(
        current_user_id(), is_wanted=answer == "use"
    )
    return redirect(to("web.studio"), 303)
