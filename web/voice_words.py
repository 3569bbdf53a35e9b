"""Words that voices are found by, in the interface's language, in English and in their own."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from babel import Locale
from babel.core import get_global

from speech.types import Voice
from web.i18n import SPOKEN_AS, WRITTEN_AS, spoken

# What Babel calls each language and country in the language itself; to load them all takes 90 MB.
OWN_NAMES = Path(__file__).with_name("own_language_names.json")
REGION = re.compile(r"[A-Z]{2}|[0-9]{3}")
NO_COUNTRIES = ("ca-BA", "ca-NW", "ca-VA", "ru-CL")  # regions and times, as espeak-ng writes them
OF_SEVERAL = ("en", "es", "pt")  # without a country they are not those of the likeliest
NATURAL = {"en": "natural", "de": "natürlich", "es": "natural", "fr": "naturelle"}
GENDERS: Mapping[str, Mapping[str, str]] = {
    "female": {
        "en": "female woman", "de": "weiblich Frau", "fr": "féminin femme", "es": "femenina mujer",
        "it": "femminile donna", "pt": "feminina mulher", "nl": "vrouwelijk vrouw",
        "sv": "kvinnlig kvinna", "da": "kvindelig kvinde", "nb": "kvinnelig kvinne",
        "fi": "nainen", "pl": "żeński kobieta", "cs": "ženský žena", "hu": "női nő",
        "ro": "feminin femeie", "tr": "kadın", "ru": "женский женщина", "uk": "жіночий жінка",
        "el": "γυναίκα", "cmn": "女声 女性", "ja": "女性", "ko": "여성", "hi": "महिला",
    },
    "male": {
        "en": "male man", "de": "männlich Mann", "fr": "masculin homme", "es": "masculina hombre",
        "it": "maschile uomo", "pt": "masculina homem", "nl": "mannelijk man",
        "sv": "manlig man", "da": "mandlig mand", "nb": "mannlig mann",
        "fi": "mies", "pl": "męski mężczyzna", "cs": "mužský muž", "hu": "férfi",
        "ro": "masculin bărbat", "tr": "erkek", "ru": "мужской мужчина", "uk": "чоловічий чоловік",
        "el": "άνδρας", "cmn": "男声 男性", "ja": "男性", "ko": "남성", "hi": "पुरुष",
    },
}  # fmt: skip
ACCENTS: Mapping[str, Mapping[str, str]] = {
    "029": {"en": "Caribbean", "de": "karibisch"},
    "419": {"en": "Latin American", "de": "lateinamerikanisch", "es": "latinoamericano"},
    "AR": {"en": "Argentinian", "de": "argentinisch", "es": "argentino"},
    "AT": {"en": "Austrian", "de": "österreichisch"},
    "AU": {"en": "Australian", "de": "australisch"},
    "BE": {"en": "Belgian", "de": "belgisch", "fr": "belge", "nl": "Vlaams"},
    "BR": {"en": "Brazilian", "de": "brasilianisch", "pt": "brasileiro"},
    "CA": {"en": "Canadian", "de": "kanadisch", "fr": "canadien"},
    "CH": {"en": "Swiss", "de": "schweizerisch", "fr": "suisse", "it": "svizzero"},
    "GB": {"en": "British", "de": "britisch"},
    "IE": {"en": "Irish", "de": "irisch"},
    "IN": {"en": "Indian", "de": "indisch"},
    "MX": {"en": "Mexican", "de": "mexikanisch", "es": "mexicano"},
    "NZ": {"en": "New Zealand", "de": "neuseeländisch"},
    "PT": {"en": "European", "de": "europäisch", "pt": "europeu"},
    "US": {"en": "American", "de": "amerikanisch"},
    "ZA": {"en": "South African", "de": "südafrikanisch"},
    "scotland": {"en": "Scottish", "de": "schottisch"},
}


def search_words(voice: Voice, shown: Iterable[str], language: str, *, is_natural: bool) -> str:
    """Everything that a voice is found by, plain, each word once.

    `shown` is what stands beside it, `language` that of the interface.
    """
    own = spoken(voice.language)
    languages = dict.fromkeys(("en", language, own))
    tables = [ACCENTS.get(part, {}) for part in voice.language.split("-")]
    tables.append(GENDERS.get(voice.gender or "", {}))
    if is_natural:
        tables.append(NATURAL)
    texts = [*shown, voice.identifier, voice.language, *_places(voice.language, language)]
    texts += [table[code] for table in tables for code in languages if code in table]
    return " ".join(dict.fromkeys(plain_words(" ".join(texts))))


def are_found(asked: str, words: str) -> bool:
    """Whether each word that was asked for begins one of the words of `search_words`."""
    return all(f" {word}" in f" {words}" for word in plain_words(asked))


def plain_words(text: str) -> list[str]:
    """The words of a text in small letters without their marks; scripts split a search so, too."""
    bare = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text)
        if not unicodedata.category(sign).startswith("M")
    )
    return re.findall(r"[^\W_]+", bare.lower())


def region(tag: str) -> str:
    """The country or region of a language tag, such as "GB"; empty where it names none."""
    parts = [] if tag in NO_COUNTRIES else tag.split("-")[1:]
    return next(filter(REGION.fullmatch, parts), "")


def likely_region(code: str) -> str:
    """The country that most speakers of a language live in, such as "DE" for "de"."""
    return str(get_global("likely_subtags").get(WRITTEN_AS.get(code, code), "")).rpartition("_")[2]


def _places(tag: str, language: str) -> Iterator[str]:
    """The names of a tag's language and country in the three languages."""
    code = tag.partition("-")[0]
    place = region(tag) or ("" if code in OF_SEVERAL else likely_region(code))
    for locale in map(Locale, dict.fromkeys(("en", language))):
        yield locale.languages.get(WRITTEN_AS.get(code, code), "")
        yield locale.languages.get(code, "")
        yield locale.territories.get(place, "")
    for own in {code, SPOKEN_AS.get(code, code), WRITTEN_AS.get(code, code)}:
        yield _own_names().get(own, "")
        yield _own_names().get(f"{own}-{place}", "")


@cache
def _own_names() -> dict[str, str]:
    """The languages and countries by tag, each in its own language."""
    names: dict[str, str] = json.loads(OWN_NAMES.read_text(encoding="utf-8"))
    return names
