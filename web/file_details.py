"""The page of a file: its text part by part, its voices, exports, chapters, pending retake."""

from typing import Any, NamedTuple

from queries.rows import AudioFile, DeviatingSegment, Retake
from queries.users import WAS_DISABLED
from services.reading_settings import settings_of
from services.voice_fallback import VoiceChoice
from services.voice_spans import voice_spans
from speech.errors import SpeechError
from speech.prices import expected_duration_s
from web import audio_responses, export_menu, reading_text
from web.current_user import current_user_id
from web.listening import listening_json, progress_of
from web.services import services
from web.sharing_words import shared_with


class ShownVoices(NamedTuple):
    """The voices of a file, as its page shows them.

    `parts` are who spoke what and from when (ms), where more than one did; `otherwise` the
    sentences that were not said as written; `fallbacks` who could go on, where the voice cannot,
    each with its cost (USD).
    """

    parts: list[tuple[str, int]]
    otherwise: list[DeviatingSegment]
    fallbacks: list[tuple[VoiceChoice, float | None]]


def context(row: AudioFile) -> dict[str, Any]:
    """The values that the page of a file shows; raises BadForm for a `part` that is no number."""
    return {
        **listener_context(row),
        "groups": services().db.list_categories(current_user_id()),
        "downloads": export_menu.menu(row),
        "change": pending_retake(row),
        "voices": _voices(row),
        "shared": shared_with([row]).get(row["id"], ""),
    }


def listener_context(row: AudioFile) -> dict[str, Any]:
    """The values that whoever hears a file is shown of it; raises BadForm like `context`."""
    return {
        "file": row,
        "settings": settings_of(services().db, current_user_id()),
        "listened": listening_json(progress_of([row]).get(row["id"])),
        **reading_text.context(row),
        "expected_s": expected_duration_s(row["character_count"], row["speed"], row["engine"]),
        "has_sound": audio_responses.has_sound(row),
    }


def pending_retake(row: AudioFile) -> Retake | None:
    """The change of a piece that waits, is paused or failed, with its sentence."""
    change = services().db.get_retake(row["id"])
    if change and change["is_paused"] and change["status"] == "queued":
        return {**change, "status": "paused", "error": WAS_DISABLED}
    return change


def _voices(row: AudioFile) -> ShownVoices:
    marked = services().db.list_deviating_segments(row["id"])
    own = f"{row['engine']}:{row['voice']}"
    parts = voice_spans(marked, own, services().db.count_segments(row["id"]) if marked else 0)
    return ShownVoices(
        parts=[(voice_label(part.key), part.start_ms) for part in parts],
        otherwise=[segment for segment in marked if segment["said"]],
        fallbacks=_fallbacks(row) if row["needs_voice"] else [],
    )


def voice_label(key: str) -> str:
    """The label of a voice by its key; its identifier where it is no longer there."""
    try:
        return VoiceChoice(*services().registry.resolve(key)).label
    except SpeechError:
        return key.partition(":")[2]


def _fallbacks(row: AudioFile) -> list[tuple[VoiceChoice, float | None]]:
    """The voices that could speak the rest, each with its cost (USD)."""
    text = services().db.get_text(row["id"])
    rest = len(text) - row["spoken_characters"]
    return [
        (choice, _cost(choice, rest, row["speed"]))
        for choice in services().studio.voice_fallback.fallbacks_of_file(row, text)
    ]


def _cost(speaker: VoiceChoice, characters: int, speed: float) -> float | None:
    seconds = expected_duration_s(characters, speed, speaker.engine.name)
    return speaker.engine.price().quote(characters, seconds)
