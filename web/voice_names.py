"""Names of voices as people read them: "Heart", American English, female."""

import re

from babel import Locale
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _

from speech.engine import Engine
from speech.types import Voice
from web.i18n import language, language_name
from web.voice_words import likely_region, region

ENGLISH = Locale("en")
NAME = re.compile(r"(?P<language>[^(]+?) ?(?:\((?P<variant>.*)\))?")
GENDERS = {"female": lazy_gettext("female"), "male": lazy_gettext("male")}
LABELS = {
    "Natural voices": lazy_gettext("Natural voices"),
    "Neural voices (Piper)": lazy_gettext("Neural voices (Piper)"),
    "Built-in voice (espeak-ng)": lazy_gettext("Built-in voice (espeak-ng)"),
}
DIALECTS = {
    "en-GB": lazy_gettext("British English"),
    "en-US": lazy_gettext("American English"),
    "pt-BR": lazy_gettext("Brazilian Portuguese"),
    "pt-PT": lazy_gettext("European Portuguese"),
}
# What espeak-ng writes in brackets behind a language.
VARIANTS = {
    "America": lazy_gettext("America"),
    "America, New York City": lazy_gettext("America, New York City"),
    "Balearic": lazy_gettext("Balearic"),
    "Belgium": lazy_gettext("Belgium"),
    "Brazil": lazy_gettext("Brazil"),
    "Caribbean": lazy_gettext("Caribbean"),
    "Central": lazy_gettext("Central"),
    "Classic": lazy_gettext("Classic"),
    "Classical": lazy_gettext("Classical"),
    "East Armenia": lazy_gettext("East Armenia"),
    "France": lazy_gettext("France"),
    "Great Britain": lazy_gettext("Great Britain"),
    "Latin America": lazy_gettext("Latin America"),
    "Latvia": lazy_gettext("Latvia"),
    "Mandarin, latin as English": lazy_gettext("Mandarin, latin as English"),
    "Mandarin, latin as Pinyin": lazy_gettext("Mandarin, latin as Pinyin"),
    "Cantonese, latin as Jyutping": lazy_gettext("Cantonese, latin as Jyutping"),
    "North-western": lazy_gettext("North-western"),
    "Northern": lazy_gettext("Northern"),
    "Portugal": lazy_gettext("Portugal"),
    "Received Pronunciation": lazy_gettext("Received Pronunciation"),
    "Scotland": lazy_gettext("Scotland"),
    "Shavian alphabet": lazy_gettext("Shavian alphabet"),
    "Southern": lazy_gettext("Southern"),
    "Spain": lazy_gettext("Spain"),
    "Switzerland": lazy_gettext("Switzerland"),
    "Valencian": lazy_gettext("Valencian"),
    "West Armenia": lazy_gettext("West Armenia"),
}
SAID_BY_LANGUAGE = ("Ancient", "Burmese", "Cantonese", "Irish", "Scottish", "Tai Yai")


def shown_name(voice: Voice, engine: Engine) -> str:
    """The name of a voice; one that is a language's is told in the language of the answer."""
    if not engine.names_languages or language() == "en":
        return voice.name
    found = NAME.fullmatch(voice.name)
    if found is None:
        return voice.name
    named, variant = found["language"], found["variant"] or ""
    code = voice.language.partition("-")[0]
    if (name := _own_name(code) or _by_english_name(named)) and variant in SAID_BY_LANGUAGE:
        return name
    if not variant:
        return name or named
    return f"{name or named} ({VARIANTS.get(variant, variant)})"


def description(voice: Voice, engine: Engine) -> str:
    """Language, accent and gender of a voice, where its name does not say them."""
    if engine.names_languages:
        return ""
    gender = GENDERS.get(voice.gender or "", "")
    return ", ".join(filter(None, (dialect(voice.language), str(gender))))


def option_name(voice: Voice, engine: Engine) -> str:
    """A voice in one line: "Heart · American English, female · natural".

    The engine is named where it speaks elsewhere, which may cost something.
    """
    natural = _("natural") if engine.is_natural else ""
    elsewhere = engine_label(engine) if engine.address else ""
    parts = (shown_name(voice, engine), description(voice, engine), natural, elsewhere)
    return " · ".join(filter(None, parts))


def engine_label(engine: Engine) -> str:
    """The name of an engine; those that come with VoiceVerse are translated."""
    return str(LABELS.get(engine.label, engine.label))


def dialect(tag: str) -> str:
    """The name of a language with its country, if that tells anything: "Brazilian Portuguese"."""
    code, country = tag.partition("-")[0], region(tag)
    if found := DIALECTS.get(f"{code}-{country}"):
        return str(found)
    name = language_name(code) or tag
    if not country or country == likely_region(code):
        return name
    locale = get_locale() or ENGLISH
    if own := locale.languages.get(f"{code}_{country}"):
        return own
    place = locale.territories.get(country)
    return f"{name} ({place})" if place else name


def _own_name(code: str) -> str:
    """The name of a language as Babel writes that very code."""
    return (get_locale() or ENGLISH).languages.get(code, "") or language_name(code)


def _by_english_name(name: str) -> str:
    """The name of the language that is called so in English."""
    code = next((code for code, english in ENGLISH.languages.items() if english == name), "")
    return language_name(code) if code else ""
