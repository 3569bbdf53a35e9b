"""The best voice of a language, and the languages that have one at all."""

from collections.abc import Iterable

from services.voice_catalogue import Offer

# By how they sound and what their licences allow; where none is listed, `_rank` decides.
BEST = {
    "ca": ("ca_ES-upc_ona-medium",),
    "cs": ("cs_CZ-jirka-medium",),
    "da": ("da_DK-talesyntese-medium",),
    "de": ("de_DE-thorsten-medium",),
    "en": ("en_US-ljspeech-medium", "en_GB-alba-medium", "en_US-amy-medium"),
    "es": ("es_ES-davefx-medium", "es_ES-sharvard-medium", "es_MX-ald-medium"),
    "fi": ("fi_FI-harri-medium",),
    "fr": ("fr_FR-siwis-medium", "fr_FR-upmc-medium", "fr_FR-siwis-low"),
    "hu": ("hu_HU-anna-medium",),
    "it": ("it_IT-paola-medium",),
    "nl": ("nl_BE-nathalie-medium", "nl_NL-ronnie-medium", "nl_NL-pim-medium"),
    "no": ("no_NO-talesyntese-medium",),
    "pl": ("pl_PL-gosia-medium", "pl_PL-darkman-medium"),
    "pt": ("pt_BR-faber-medium",),
    "ru": ("ru_RU-irina-medium", "ru_RU-denis-medium", "ru_RU-dmitri-medium"),
    "sv": ("sv_SE-nst-medium",),
    "uk": ("uk_UA-ukrainian_tts-medium",),
    "vi": ("vi_VN-vais1000-medium",),
    "zh": ("zh_CN-huayan-medium",),
}
# Languages that Piper's public list has voices for; asked only while no list was fetched.
SPOKEN = frozenset(
    (
        *("ar", "ca", "cs", "cy", "da", "de", "el", "en", "es", "fa", "fi", "fr", "hu", "is"),
        *("it", "ka", "kk", "lb", "lv", "ne", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl"),
        *("sr", "sv", "sw", "tr", "uk", "vi", "zh"),
    )
)
SAME = {"nb": "no", "nn": "no", "cmn": "zh"}
QUALITIES = ("medium", "high", "low", "x_low")


def language_of(tag: str) -> str:
    """The language of a tag without its region: "de" of "de-AT"."""
    code = tag.replace("_", "-").partition("-")[0].lower()
    return SAME.get(code, code)


def best_offer(offers: Iterable[Offer], tag: str) -> Offer | None:
    """The best voice for who reads a language, such as "de" or "es-MX"; None without any."""
    fitting = [offer for offer in offers if language_of(offer.language) == language_of(tag)]
    return min(fitting, key=lambda offer: _rank(offer, tag), default=None)


def is_the_best(offer: Offer) -> bool:
    """Whether no list could have a better voice of the language than this one."""
    return offer.identifier in BEST.get(language_of(offer.language), (offer.identifier,))[:1]


def _rank(offer: Offer, tag: str) -> tuple[bool, int, bool, int, str]:
    known = BEST.get(language_of(tag), ())
    is_known = offer.identifier in known
    is_abroad = "-" in tag and offer.language.lower() != tag.lower()
    quality = QUALITIES.index(offer.quality) if offer.quality in QUALITIES else len(QUALITIES)
    place = known.index(offer.identifier) if is_known else len(known)
    return is_abroad, place, offer.speakers > 1, quality, offer.identifier
