"""Voices for the speakers of a text: each one that nobody else there has."""

from collections.abc import Iterable, Sequence

from services.voice_fallback import VoiceChoice
from speech.text.language import main_language, matches


def suggest(
    choice: VoiceChoice, cast: Sequence[tuple[str, str]], new: Iterable[str]
) -> list[tuple[str, str]]:
    """A cast in which `new` speakers without a voice have one, by its key.

    They are of the engine and the language of `choice`, which reads the rest of the text, and so
    is what is given in place of another engine's. Where there are not enough, the last speakers
    stay without.
    """
    own = {name for voice in choice.engine.voices() for name in (voice.key, voice.identifier)}
    taken = {choice.voice.key, *(voice for _, voice in cast)}
    language = main_language(choice.voice.language)
    free = iter(
        voice.key
        for voice in choice.engine.voices()
        if matches(voice.language, language) and not taken & {voice.key, voice.identifier}
    )
    names = set(new)

    def settled(name: str, voice: str) -> str:
        is_open = name in names if not voice else voice not in own
        return next(free, "") if is_open else voice

    return [(name, settled(name, voice)) for name, voice in cast]
