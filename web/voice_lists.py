"""Voices as pages list them, by language; rendered once and cached while no voice changes."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from flask import g, get_template_attribute, request
from flask_babel import gettext as _
from markupsafe import Markup

from queries.rows import VoiceUsed
from speech.engine import Engine
from speech.engines.natural import NaturalEngine
from speech.errors import SpeechError
from speech.preview_sentences import sample
from speech.prices import expected_duration_s
from speech.registry import Registry
from speech.types import Voice
from web.formatting import money
from web.i18n import language, language_name, spoken, wanted_languages
from web.services import services
from web.voice_names import description, engine_label, option_name, shown_name
from web.voice_words import are_found, search_words

PRICED_CHARACTERS = 1000


class ListedVoice(NamedTuple):
    """A voice as lists show it; `words` are what it is found by."""

    voice: Voice
    name: str
    option: str
    description: str
    engine: str
    is_natural: bool
    price: str
    words: str

    @property
    def details(self) -> str:
        """What stands below the name; the engine in the box is told by the word "natural"."""
        engine = "" if self.voice.engine == NaturalEngine.name else self.engine
        return " · ".join(filter(None, (self.description, engine, self.price)))

    def to_json(self) -> dict[str, str | bool | None]:
        """The voice for other programs."""
        return {
            "key": self.voice.key,
            "name": self.name,
            "language": self.voice.language,
            "gender": self.voice.gender,
            "description": self.description,
            "engine": self.engine,
            "is_natural": self.is_natural,
            "price": self.price,
            "words": self.words,
        }


class SpokenLanguage(NamedTuple):
    """A language with its voices, natural ones first."""

    code: str
    name: str
    sentence: str
    voices: tuple[ListedVoice, ...]

    @property
    def has_natural(self) -> bool:
        """Whether one of the voices sounds like a person."""
        return self.voices[0].is_natural


def voices_of(engine: Engine) -> Sequence[Voice]:
    """The voices of an engine; none when it cannot say."""
    try:
        return engine.voices()
    except SpeechError:
        return ()


def voice_name(row: VoiceUsed) -> str:
    """The readable name of a row's voice; its identifier when it is no longer there."""
    return voice_names().get((row["engine"], row["voice"]), row["voice"])


def voice_names() -> dict[tuple[str, str], str]:
    """The readable names of the voices that are there, by engine and identifier."""
    return _voice_names(services().registry, state(), language())


def shown_voice(voice: Voice) -> str:
    """The readable name of a voice."""
    return voice_name({"engine": voice.engine, "voice": voice.identifier})


def spoken_languages(search: str = "") -> list[SpokenLanguage]:
    """Languages with voices: those of whoever asks, others with natural voices, then the rest.

    Only the voices that are found by the words of a search, such as "british female".
    """
    found = _languages(services().registry, state(), language())
    order = {code: place for place, code in enumerate(_near())}
    last = len(order)
    if search:
        found = list(_found(found, search))
    return sorted(found, key=lambda each: (order.get(each.code, last), not each.has_natural))


def _found(languages: Iterable[SpokenLanguage], search: str) -> Iterator[SpokenLanguage]:
    for each in languages:
        if voices := tuple(voice for voice in each.voices if are_found(search, voice.words)):
            yield each._replace(voices=voices)


def voice_list(search: str = "") -> Markup:
    """The voices under their languages, to be heard and chosen; those that a search finds."""
    if search:
        section = get_template_attribute("studio/_voices.html", "section")
        return Markup().join(map(section, spoken_languages(search)))
    sections = _sections(services().registry, state(), language(), request.script_root)
    return Markup().join(sections[each.code] for each in spoken_languages())


def voice_options(wanted: str) -> Markup:
    """Every voice in the order of `spoken_languages`, the wanted one chosen."""
    return _options(wanted, "")


def speaker_options(engine: str, wanted: str) -> Markup:
    """The voices that speakers of a text may have, the wanted one chosen: those of one engine."""
    return _options(wanted, engine)


def state() -> Hashable:
    """The state that the voices depend on, read once for each answer."""
    if "voices_state" not in g:
        g.voices_state = services().registry.state
    return g.voices_state


def _near() -> list[str]:
    """The languages to list first: those of whoever asks, then that of the default voice."""
    default = services().registry.resolve()[1]
    return list(dict.fromkeys((*wanted_languages(), spoken(default.language))))


def _options(wanted: str, engine: str) -> Markup:
    """Options under the languages of whoever asks, then all the others; the wanted one chosen."""
    made = _grouped(services().registry, state(), language(), tuple(_near()), engine)
    if wanted and ":" not in wanted:
        wanted = _keys(services().registry, state(), engine).get(wanted, wanted)
    value = Markup('value="{}"').format(wanted)
    return made.replace(value, value + Markup(" selected"), 1)


@lru_cache(maxsize=64)
def _grouped(
    registry: Registry, state: Hashable, tongue: str, near: tuple[str, ...], engine: str
) -> Markup:
    made = _language_options(registry, state, tongue, engine)
    first = [code for code in near if code in made]
    others = [made[each.code][1] for each in spoken_languages() if each.code in made.keys() - first]
    group = Markup('<optgroup label="{}">{}</optgroup>').format
    groups = [group(*made[code]) for code in first]
    if others:
        label = _("More languages") if first else _("All languages")
        groups.append(group(label, Markup().join(others)))
    return Markup("\n").join(groups)


@lru_cache(maxsize=16)
def _keys(registry: Registry, _: Hashable, engine: str) -> dict[str, str]:
    """The key of each identifier: that of the first engine which has it."""
    engines = [each for each in registry.engines if engine in ("", each.name)]
    return {v.identifier: v.key for each in reversed(engines) for v in voices_of(each)}


@lru_cache(maxsize=8)
def _voice_names(registry: Registry, _state: Hashable, _tongue: str) -> dict[tuple[str, str], str]:
    return {
        (engine.name, voice.identifier): shown_name(voice, engine)
        for engine in registry.engines
        for voice in voices_of(engine)
    }


@lru_cache(maxsize=32)
def _language_options(
    registry: Registry, state: Hashable, tongue: str, engine: str
) -> dict[str, tuple[str, Markup]]:
    """The name of each language, and the options of its voices."""
    options = get_template_attribute("studio/_voices.html", "options")
    made = {}
    for each in _languages(registry, state, tongue):
        voices = [found for found in each.voices if engine in ("", found.voice.engine)]
        if voices:
            made[each.code] = (each.name, options(voices))
    return made


@lru_cache(maxsize=8)
def _sections(registry: Registry, state: Hashable, tongue: str, _root: str) -> dict[str, Markup]:
    section = get_template_attribute("studio/_voices.html", "section")
    return {each.code: section(each) for each in _languages(registry, state, tongue)}


@lru_cache(maxsize=8)
def _languages(registry: Registry, _state: Hashable, tongue: str) -> list[SpokenLanguage]:
    """The languages by name, with voices of engines that have not ended."""
    listed: dict[str, list[ListedVoice]] = {}
    for engine in registry.engines:
        if registry.has_ended(engine):
            continue
        price = _price(engine)
        for voice in voices_of(engine):
            listed.setdefault(spoken(voice.language), []).append(
                _listed(voice, engine, price, tongue)
            )
    found = [_spoken_language(code, voices) for code, voices in listed.items()]
    return sorted(found, key=lambda each: each.name.casefold())


def _spoken_language(code: str, voices: Iterable[ListedVoice]) -> SpokenLanguage:
    ordered = sorted(voices, key=lambda each: not each.is_natural)
    first = ordered[0]
    name = language_name(code) or first.name.partition(" (")[0]
    return SpokenLanguage(
        code, name, sample(first.voice.language, first.voice.name), tuple(ordered)
    )


def _listed(voice: Voice, engine: Engine, price: str, tongue: str) -> ListedVoice:
    name, told, label = shown_name(voice, engine), description(voice, engine), engine_label(engine)
    shown = (name, voice.name, told, label, engine.label)
    return ListedVoice(
        voice=voice,
        name=name,
        option=option_name(voice, engine),
        description=told,
        engine=label,
        is_natural=engine.is_natural,
        price=price,
        words=search_words(voice, shown, tongue, is_natural=engine.is_natural),
    )


def _price(engine: Engine) -> str:
    length_s = expected_duration_s(PRICED_CHARACTERS, 1, engine.name)
    usd = engine.price().quote(PRICED_CHARACTERS, length_s)
    if not usd:
        return money(usd)
    return _("%(amount)s per 1,000 characters", amount=money(usd))
