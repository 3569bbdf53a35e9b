"""Shutdown dates of providers' models, and the voices nearest to those that end.

The dates are those of OpenAI's deprecations page, which the `openai` package repeats.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from speech.types import ModelNotice, Voice

AS_OF = "2026-11"
SOURCE = "https://developers.openai.com/api/docs/deprecations"
AHEAD_DAYS = 60
SPEECH_ENDS = date(2027, 1, 6)
FIRST_REALTIME_ENDS = date(2027, 1, 20)
ENDS: Mapping[str, date] = {
    "tts-1": SPEECH_ENDS,
    "tts-1-1106": SPEECH_ENDS,
    "tts-1-hd": SPEECH_ENDS,
    "tts-1-hd-1106": SPEECH_ENDS,
    "gpt-4o-mini-tts": SPEECH_ENDS,
    "gpt-4o-mini-tts-2025-03-20": SPEECH_ENDS,
    "gpt-4o-mini-tts-2025-12-15": SPEECH_ENDS,
    "gpt-realtime": FIRST_REALTIME_ENDS,
    "gpt-realtime-2025-08-28": FIRST_REALTIME_ENDS,
    "gpt-realtime-mini": FIRST_REALTIME_ENDS,
    "gpt-realtime-mini-2025-12-15": FIRST_REALTIME_ENDS,
}
# As they sound; the provider names none.
GENDERS: Mapping[str, str | None] = {
    "alloy": None, "ash": "male", "ballad": "male", "cedar": "male", "coral": "female",
    "echo": "male", "fable": None, "marin": "female", "nova": "female", "onyx": "male",
    "sage": "female", "shimmer": "female", "verse": "male",
}  # fmt: skip
# The nearest by ear to the three that no later model has.
NEAREST = {"fable": "ballad", "nova": "coral", "onyx": "cedar"}
ACCENTS = {"fable": "en-GB"}  # the others sound American
LAST = ("espeak",)  # engines that any other voice comes before

Distance = tuple[bool, bool, bool, bool, bool, bool, int, str]


def end_of(model: str) -> date | None:
    """The day on which OpenAI ends a model; None where no end is known."""
    return ENDS.get(model)


def has_ended(model: str, today: date) -> bool:
    """Whether a model of OpenAI has ended by a day."""
    end = ENDS.get(model)
    return end is not None and end <= today


def notice(model: str, shutdown: date) -> ModelNotice:
    """Make the notice about the end of a model."""
    sentence = f"The provider ends the model {model} on {shutdown.isoformat()}."
    return ModelNotice(model, sentence, shutdown)


def notices(today: date, ahead_days: int = AHEAD_DAYS) -> list[ModelNotice]:
    """The known models that end within so many days or have ended, the nearest end first."""
    horizon = today + timedelta(days=ahead_days)
    known = sorted(ENDS.items(), key=lambda item: (item[1], item[0]))
    return [notice(model, end) for model, end in known if end <= horizon]


def nearest_voices(
    engine: str,
    voice: str,
    voices: Iterable[Voice],
    *,
    language: str = "",
    gender: str | None = None,
    last: Collection[str] = LAST,
) -> list[tuple[str, str]]:
    """The nearest voice of each other engine, as (engine, voice): those most alike first.

    `voices` are all that there are, `language` is what the text is in (else the voice's own, else
    English), `gender` what is known of the voice, if it is not among `voices` any more, and
    `last` are the engines that any other voice comes before.
    """
    voices = list(voices)
    old = next((v for v in voices if (v.engine, v.identifier) == (engine, voice)), None)
    language = language or (old.language if old else "en")
    gender = gender or (old.gender if old else None) or GENDERS.get(voice)
    best: dict[str, tuple[Distance, Voice]] = {}
    for candidate in voices:
        if candidate.engine == engine or not _speaks(candidate, language):
            continue
        rank = _distance(candidate, voice, language, gender)
        if candidate.engine not in best or rank < best[candidate.engine][0]:
            best[candidate.engine] = (rank, candidate)
    # Where voices are as near as each other, the one whose engine stands first.
    nearest = sorted(best.values(), key=lambda item: (item[1].engine in last, item[0][:-1]))
    return [(found.engine, found.identifier) for _, found in nearest]


def speaks_every_language(voice: Voice) -> bool:
    """Whether it is one of the provider's voices: they are listed as English, of no country."""
    return voice.identifier in GENDERS and voice.language == "en"


def _speaks(voice: Voice, language: str) -> bool:
    return _first(voice.language) == _first(language) or speaks_every_language(voice)


def _distance(voice: Voice, old: str, language: str, gender: str | None) -> Distance:
    """Distance of two voices as a sort key, what matters most first."""
    return (
        voice.identifier != old,
        voice.identifier != NEAREST.get(old),
        _first(voice.language) != _first(language),
        bool(gender and voice.gender and voice.gender != gender),
        bool(gender and not voice.gender),
        voice.language.lower() != language.lower(),
        len(voice.language),  # "en" before "en-029"
        voice.identifier,
    )


def _first(language: str) -> str:
    return language.partition("-")[0].lower()
