"""The studio's draft, its voices and how they sound."""

import json

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _

from services.speaker_voices import suggest
from services.voice_fallback import VoiceChoice
from speech.preview_sentences import sample
from web import forms
from web.access import user_only
from web.current_user import current_user_id
from web.request_info import wants_json
from web.responses import page
from web.services import services
from web.studio_page import cast_of, chosen_voice, known_drafts
from web.uploads import takes_text
from web.voice_lists import spoken_languages

blueprint = Blueprint("studio", __name__)


@blueprint.post("/draft")
@user_only
@takes_text
def save_draft() -> Response:
    """Save what is being written as the draft; an empty text and name forget it.

    A page that says which versions of the draft it knows (`known`) is told of another one.
    """
    sent, known = forms.order(request.form), known_drafts()
    if not sent.text and not sent.name:
        services().db.delete_draft(current_user_id(), known)
    elif (other := _save_draft(sent, known)) is not None:
        raise forms.ChangedMeanwhile(
            _(
                "There is a newer draft from another tab or device, so this one was not "
                "saved. Save this one instead, or reload the page to use the other."
            ),
            version=other,
        )
    return Response(status=204)


def _save_draft(sent: forms.Order, known: list[str] | None) -> str | None:
    """Save a draft; returns the version of a newer one that is in its way."""
    return services().db.save_draft(
        current_user_id(),
        sent.text,
        name=sent.name[:200],
        voice=sent.voice[:200],
        speed=1.0 if sent.speed is None else sent.speed,
        category=sent.category[:100],
        reading=json.dumps(sent.reading, ensure_ascii=False),
        version=request.form.get("version", "")[:40],
        is_voice_chosen=sent.is_voice_chosen,
        is_pace_chosen=sent.is_pace_chosen,
        known=known,
    )


@blueprint.get("/voices")
@user_only
def voices() -> Response:
    """Every voice under its language, or those that are searched for, to be heard and chosen."""
    search = request.args.get("q", "").strip()[:200]
    if wants_json():
        listed = [voice.to_json() for each in spoken_languages(search) for voice in each.voices]
        return jsonify(voices=listed)
    return page("studio/voices.html", search=search)


@blueprint.post("/preview")
@user_only
def preview() -> Response:
    """A voice in a short sentence; made once, then kept."""
    engine, voice = services().registry.resolve(request.form.get("voice", ""))
    sentence = request.form.get("sentence", "").strip() or sample(voice.language, voice.name)
    sound = services().studio.previews.speak(
        current_user_id(), voice.identifier, sentence, engine.name
    )
    return Response(sound, content_type="audio/mpeg")


@blueprint.post("/speakers")
@user_only
@takes_text
def speakers() -> Response:
    """The part of the page that gives the speakers of a text their voices.

    Speakers that were not listed before are suggested voices of their own.
    """
    sent = forms.order(request.form)
    cast, voice = cast_of(sent.text, sent.reading), chosen_voice(sent.voice)
    new = {name for name, _voice in cast} - set(request.form.getlist("speaker"))
    speakers = suggest(VoiceChoice(*services().registry.resolve(voice.key)), cast, new)
    return page("studio/_speakers.html", speakers=speakers, chosen_voice=voice)
