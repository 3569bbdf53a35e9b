"""What a page says of a voice and the language of its text."""

from typing import Any, NamedTuple

from flask_babel import gettext as _

from queries.base import chosen
from queries.rows import AudioFile
from queries.voice_settings import VoiceSettings
from services.voice_fallback import VoiceChoice
from services.voice_memory import TextVoice, recognised, speaks
from speech.text.language import main_language
from web import forms
from web.current_user import current_user_id
from web.i18n import language_name
from web.services import services
from web.voice_names import shown_name


class VoiceNote(NamedTuple):
    """A sentence about a voice, with another voice that can be taken instead, if there is one."""

    sentence: str
    other: VoiceChoice | None = None


def voice_note(used: TextVoice, *, is_automatic: bool, shown: str = "") -> VoiceNote | None:
    """The note on the voice of a text; `shown` is the key of the voice that the page showed.

    None where the voice that was chosen, or shown, reads the language of the text.
    """
    language = language_name(used.language) if used.language else None
    if not language:
        return None
    if speaks(used.choice, used.language):
        if not is_automatic or shown in ("", used.choice.key):
            return None
        return VoiceNote(
            _(
                "%(language)s text, read by %(voice)s.",
                language=language,
                voice=short_label(used.choice),
            )
        )
    own = main_language(used.choice.voice.language)
    is_named = used.choice.engine.is_natural
    names = {
        "language": language,
        "voice": used.choice.voice.name if is_named else _("this voice"),
        "other": language_name(own) or own,
    }
    if is_automatic:
        return VoiceNote(_("No voice here reads %(language)s; %(voice)s reads %(other)s.", **names))
    other = services().studio.voice_memory.for_language(current_user_id(), used.language).choice
    return VoiceNote(
        _("This text looks %(language)s; %(voice)s reads %(other)s.", **names),
        other if speaks(other, used.language) else None,
    )


def file_note(row: AudioFile, sent: forms.Order) -> VoiceNote | None:
    """The note on the voice that a new file was given."""
    used, is_automatic = _used(row, sent)
    return voice_note(used, is_automatic=is_automatic, shown=sent.voice)


def file_voice_json(row: AudioFile, sent: forms.Order) -> dict[str, Any]:
    """The JSON of that voice: whether it was taken by the language, and what is to be said."""
    used, is_automatic = _used(row, sent)
    known = voice_json(used, is_automatic=is_automatic, shown=sent.voice)
    return chosen(known, ("language", "is_automatic", "voice_note"))


def _used(row: AudioFile, sent: forms.Order) -> tuple[TextVoice, bool]:
    choice = VoiceChoice(*services().registry.resolve(row["voice"], row["engine"]))
    is_automatic = not (sent.is_voice_chosen or sent.engine)
    return TextVoice(choice, language=recognised(sent.text)), is_automatic


def short_label(choice: VoiceChoice) -> str:
    """A voice as people know it: by its name, with its engine's where that is only a language's."""
    name = shown_name(choice.voice, choice.engine)
    return f"{name} ({choice.engine.name})" if choice.engine.names_languages else name


def voice_json(used: TextVoice, *, is_automatic: bool, shown: str = "") -> dict[str, Any]:
    """The JSON of a text's voice: key, pace, language, and what is to be said about them."""
    note = voice_note(used, is_automatic=is_automatic, shown=shown)
    other = note and note.other
    return {
        "language": used.language or None,
        "voice_key": used.choice.key,
        "is_automatic": is_automatic,
        "pace": forms.pace(used.speed, used.paragraph_pause_ms),
        "voice_note": note and note.sentence,
        "other_voice": other and {"key": other.key, "name": short_label(other)},
    }


def remembered(user_id: int) -> dict[str, Any]:
    """The voices of a person for the account's page: the one to start with, each language's."""
    memory = services().studio.voice_memory
    used = [
        {
            "code": row["language"],
            "name": language_name(row["language"]) or row["language"] or _("Other texts"),
            "voice": _label(memory.for_row(row), row),
            "speed": f"{row['speed']:g}",
        }
        for row in services().db.list_voice_settings(user_id)
    ]
    return {"default_voice": memory.default(user_id), "voices_used": used}


def remembered_json(user_id: int) -> dict[str, Any]:
    """The JSON of those voices."""
    default = services().studio.voice_memory.default(user_id)
    return {
        "default_voice": default and {"voice": default.choice.key, "speed": default.speed},
        "voices": services().db.list_voice_settings(user_id),
    }


def _label(choice: VoiceChoice | None, row: VoiceSettings) -> str:
    if choice:
        return short_label(choice)
    return row["voice"] or _("best voice available")
