"""A natural voice for the text's language or the browser's, offered to admins with one press.

A cookie says, by language, which voice was asked for here, and which offers were turned down.
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from flask import request, session
from werkzeug.wrappers import Response

from services.neural_voices import Voices
from services.voice_catalogue import Offer
from services.voice_choice import language_of
from services.voice_progress import RUNNING, Progress
from speech.engines.piper import PiperEngine
from speech.engines.piper_models import IDENTIFIER, LANGUAGE
from speech.registry import Registry
from web.cookies import OFFERS_COOKIE, sent_cookie, set_cookie
from web.current_user import current_user
from web.i18n import language_name
from web.services import services
from web.voice_lists import state, voices_of
from web.voice_manager import neural_voices

COOKIE_S = 400 * 86400
MOST_LANGUAGES = 4  # of a text and a browser; further ones are rarely anybody's own
MOST_REMEMBERED = 20
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}")

State = Literal["offered", "running", "halted", "installed"]


@dataclass(frozen=True, slots=True)
class VoiceOffer:
    """An offer as the studio shows it; without `voice` the list must be fetched first."""

    state: State
    language: str
    language_name: str
    voice: Offer | None = None
    progress: Progress | None = None

    @property
    def key(self) -> str:
        """Name of the voice among all engines; empty while it is not known."""
        return f"{PiperEngine.name}:{self.voice.identifier}" if self.voice else ""


def current(text_language: str = "") -> VoiceOffer | None:
    """The offer for who looks at the studio: none to people who cannot install it.

    The language of the text that stands there comes before those of the browser.
    """
    if not current_user()["is_admin"]:
        return None
    asked, voices = remembered(), neural_voices()
    found = (_offer(voices, tag, asked) for tag in _languages(text_language, asked))
    return next(filter(None, found), None)


def remembered() -> dict[str, str]:
    """By language the voice that this browser asked for; "" where the offer was turned down."""
    sent = parse_qsl(sent_cookie(OFFERS_COOKIE)[:4000], keep_blank_values=True)
    return {
        code: identifier
        for code, identifier in sent[:MOST_REMEMBERED]
        if LANGUAGE_CODE.fullmatch(code) and IDENTIFIER.fullmatch(identifier or "none")
    }


def asked_for(tag: str) -> str:
    """The voice of a language that this browser asked for; empty without any."""
    return remembered().get(language_of(tag), "")


def remember(answer: Response, tag: str, identifier: str) -> None:
    """Let the browser remember a voice that was asked for, or "" for no offer any longer."""
    if LANGUAGE.fullmatch(tag):
        kept = {**remembered(), language_of(tag): identifier}
        set_cookie(answer, OFFERS_COOKIE, urlencode(kept), COOKIE_S)


def _languages(text_language: str, asked: dict[str, str]) -> list[str]:
    """The tags of the languages to look at: a text's, the reader's, those of voices asked for."""
    wished = [tag for tag, quality in request.accept_languages if quality > 0]
    tags = [text_language, session.get("language", ""), *wished]
    by_code: dict[str, str] = {}
    for tag in filter(LANGUAGE.fullmatch, tags):
        by_code[language_of(tag)] = max(by_code.get(language_of(tag), ""), tag, key=len)
    codes = list(by_code)[:MOST_LANGUAGES] + [code for code, wanted in asked.items() if wanted]
    return [by_code.get(code, code) for code in dict.fromkeys(codes)]


def _offer(voices: Voices, tag: str, asked: dict[str, str]) -> VoiceOffer | None:
    code = language_of(tag)
    wanted = asked.get(code)
    if wanted == "" or (not wanted and _is_spoken(code)):
        return None
    if PiperEngine.name in voices.missing() or not voices.may_have(tag):
        return None
    voice = voices.catalogue().find(wanted) if wanted else voices.best(tag)
    name = language_name(code) or code
    if voice is None:
        return None if _is_spoken(code) else VoiceOffer("offered", tag, name)
    under_way = {progress.identifier: progress for progress in voices.under_way()}
    progress = under_way.get(voice.identifier)
    if voices.has(voice.identifier):
        return VoiceOffer("installed", tag, name, voice)
    if progress is None:
        return VoiceOffer("offered", tag, name, voice)
    is_running = progress.status == RUNNING
    return VoiceOffer("running" if is_running else "halted", tag, name, voice, progress)


def _is_spoken(code: str) -> bool:
    """Whether a natural voice of the language is there."""
    return code in _spoken(services().registry, state())


@lru_cache(maxsize=4)
def _spoken(registry: Registry, _state: Hashable) -> frozenset[str]:
    natural = [engine for engine in registry.engines if engine.is_natural]
    return frozenset(language_of(voice.language) for each in natural for voice in voices_of(each))
