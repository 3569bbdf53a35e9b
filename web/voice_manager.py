"""The page of neural voices: what is installed, under way, and can be installed and searched."""

from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale
from flask_babel import gettext as _

from services.neural_voices import Voices
from services.voice_catalogue import NATURAL, Offer
from services.voice_choice import language_of
from services.voice_folders import InstalledVoice
from services.voice_progress import Progress
from speech.engines import natural_voices
from speech.engines.piper import PiperEngine
from speech.preview_sentences import sample
from web.i18n import language, language_name
from web.services import services
from web.voice_words import are_found, plain_words

LONGEST_SEARCH = 100


def neural_voices() -> Voices:
    """The folder of neural voices of this installation."""
    return Voices(services().config, services().registry)


def context(wanted: str, search: str) -> dict[str, Any]:
    """What the page shows of the voices of a language, or all, that fit the words."""
    voices = neural_voices()
    installed, missing, under_way = voices.installed(), voices.missing(), voices.under_way()
    known = {voice.identifier for voice in installed}
    known |= {progress.identifier for progress in under_way}
    offers = [offer for offer in voices.offers() if offer.identifier not in known]
    offers.sort(key=_rank)
    names = {offer.language: display_name(offer) for offer in voices.offers()}
    languages = dict(sorted(names.items(), key=lambda item: item[1].casefold()))
    chosen, search = wanted if wanted in languages else "", search[:LONGEST_SEARCH].strip()
    return {
        "bundled": [] if NATURAL in missing else [_bundled()],
        "installed": [_installed(voice, missing) for voice in installed],
        "under_way": [_under_way(progress, missing) for progress in under_way],
        "offers": [_offered(offer) for offer in offers if _fits(offer, chosen, search)],
        "languages": languages,
        "chosen": chosen,
        "search": search,
        "as_of": voices.catalogue().as_of,
        "incoming": voices.incoming,
        "lacks_natural": NATURAL in missing,
        "lacks_piper": PiperEngine.name in missing,
    }


def label(identifier: str) -> str:
    """What a voice is called on the page: Piper's by their whole names, which tell them apart."""
    return identifier.title() if identifier in natural_voices.VOICES else identifier


def display_name(voice: Offer | InstalledVoice) -> str:
    """The name of a voice's language and country, in the language of this answer."""
    try:
        name: str | None = Locale.parse(voice.language, sep="-").get_display_name(get_locale())
    except (ValueError, UnknownLocaleError):
        name = None
    return name or (voice.language_name if isinstance(voice, Offer) else voice.language)


def traits(voice: Offer | InstalledVoice) -> list[str]:
    """Words for how a voice sounds: its language, accent and sex, as far as they are known."""
    accents = {"en-GB": _("British accent"), "en-US": _("American accent")}
    sexes = {"female": _("female"), "male": _("male")}
    accent = accents.get(voice.language)
    spoken = [language_name("en"), accent] if accent else [display_name(voice)]
    return [*spoken, sexes[voice.gender]] if voice.gender in sexes else spoken


def _rank(offer: Offer) -> tuple[bool, bool, str]:
    """Natural voices first, then those of the reader's language, then by language."""
    is_foreign = language_of(offer.language) != language()
    return offer.engine != NATURAL, is_foreign, display_name(offer).casefold()


def _bundled() -> dict[str, Any]:
    heart = natural_voices.VOICES[natural_voices.DEFAULT]
    voice = InstalledVoice(
        engine=NATURAL,
        identifier=heart.name,
        name=heart.name.title(),
        language=heart.language,
        size=heart.size,
        gender=heart.gender,
    )
    return _installed(voice, frozenset())


def _installed(voice: InstalledVoice, missing: frozenset[str]) -> dict[str, Any]:
    is_natural = voice.engine == NATURAL
    return {
        "voice": voice,
        "label": label(voice.identifier),
        "traits": traits(voice),
        "shows_identifier": not is_natural,
        "sentence": sample(voice.language, voice.name),
        "can_be_heard": voice.engine not in missing,
    }


def _under_way(progress: Progress, missing: frozenset[str]) -> dict[str, Any]:
    is_natural = progress.identifier in natural_voices.VOICES
    engine = NATURAL if is_natural else PiperEngine.name
    return {
        "progress": progress,
        "label": label(progress.identifier),
        "can_go_on": engine not in missing,
    }


def _offered(offer: Offer) -> dict[str, Any]:
    is_natural = offer.engine == NATURAL
    return {
        "offer": offer,
        "label": label(offer.identifier),
        "traits": traits(offer),
        "has_recording": not is_natural,
    }


def _fits(offer: Offer, wanted: str, search: str) -> bool:
    """Whether each word of a search begins one of the offer's."""
    told = [offer.identifier, offer.name, offer.quality, offer.language, offer.language_name]
    told += [display_name(offer), offer.gender, *traits(offer)]
    words = " ".join(plain_words(" ".join(filter(None, told))))
    return wanted in ("", offer.language) and are_found(search, words)
