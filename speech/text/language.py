"""The language that a text is written in, or "not sure"; recognised offline, by py3langid.

A script that only one language is written in settles it; for others the model that comes in the
package weighs some 140 languages against each other. What is near in doubt is no answer.
"""

import re
import unicodedata
from functools import lru_cache

from speech.text.directives import PAUSE
from speech.text.language_model import MODEL, NO_LANGUAGE
from speech.text.scripts import script_of, scripts
from speech.text.speakers import LINE

START, PART = 400, 200  # characters that are looked at: the first ones, and two parts further on
SPREAD = 8  # parts all over a text, where those say nothing
MAINLY = 0.65  # of the letters, in one script
MOST_OTHERS = 0.25  # of a text, in sentences that are in another language than the whole

# The least lead of the first language over the second, by how many characters are there.
LEADS = ((60, 0.3), (40, 0.35), (20, 0.45), (0, 0.7))
LEAD_OF_CLOSE = 0.4
CLOSE = (frozenset(("bs", "hr", "sr")), frozenset(("id", "ms")))
# Those that a text in an older spelling, or in a dialect, may be taken for.
NEAR = (*CLOSE, frozenset(("da", "nb")), frozenset(("de", "lb", "nl")), frozenset(("en", "pcm")))
HAN_WEIGHT = 3  # letters that a Chinese character says as much as
LEAST_KANA = 0.1  # of a Japanese text's characters

SETTLED = {
    "ARMENIAN": "hy", "CHEROKEE": "chr", "GEORGIAN": "ka", "GREEK": "el", "GUJARATI": "gu",
    "GURMUKHI": "pa", "HANGUL": "ko", "HEBREW": "he", "KANNADA": "kn", "KHMER": "km", "LAO": "lo",
    "MALAYALAM": "ml", "ORIYA": "or", "SINHALA": "si", "TAMIL": "ta", "TELUGU": "te", "THAI": "th",
}  # fmt: skip
WEIGHED = ("LATIN", "CYRILLIC", "ARABIC", "DEVANAGARI", "BENGALI", "MYANMAR")
HAN, KANA = "CJK", ("HIRAGANA", "KATAKANA")

# Short sentences together, long ones cut: parts of which each shows its language.
SENTENCES = re.compile(r".{60,160}?(?:[.!?…।\n]|\Z)|.{1,160}", re.DOTALL)
WORD = re.compile(r"[^\W\d_]{2}")  # its beginning: letters by themselves are formulas

# Names that voices or the model have for a language, and the one that is used here.
ALIASES = {
    "arb": "ar", "ary": "ar", "arz": "ar", "ckb": "ku", "cmn": "zh", "gom": "kok", "gug": "gn",
    "hbo": "he", "hyw": "hy", "iw": "he", "nn": "nb", "no": "nb", "pes": "fa", "sdh": "ku",
    "swh": "sw", "uzs": "uz", "wuu": "zh", "zsm": "ms",
}  # fmt: skip
# Voices that read a language in letters that it is hardly ever written in.
UNUSUAL = {("en", "Shaw"), ("fa", "Latn"), ("zh", "Latn")}

# What stands in texts and is in no language: directives, markup, addresses.
NOISE = re.compile(
    rf"(?-i:{PAUSE})|<[^<>]{{1,200}}>|&#?[a-z0-9]{{1,8}};"
    r"|(?:https?://|www\.)[!-~]+|[!-?A-~]{1,64}@[!-~]+",
    re.IGNORECASE,
)


def recognise(text: str) -> str | None:
    """The language of a text, such as "de" (ISO 639); None where it is not sure or mixed.

    The beginning of a long text, such as a summary for others, may be in another language.
    """
    is_long = len(text) > SPREAD * PART
    return _recognised(_sample(text)) or (_recognised(_spread(text)) if is_long else None)


def _recognised(sample: str) -> str | None:
    prose = NOISE.sub(" ", LINE.sub(" ", sample))
    script = _main_script(prose)
    if script in SETTLED:
        return SETTLED[script]
    if script == HAN:
        return _of_han(prose)
    return _weighed(_letters(prose, (script,))) if script in WEIGHED else None


def settled(named: str, text: str) -> str:
    """The tag of a text's language: the one it is named with, unless it is surely in another.

    Pages are often named "en" by the program that made them. A tag stands where the text is in that
    language, or in one that the model does not know or hardly tells from it.
    """
    found = recognise(text)
    language = main_language(named)
    if not language or found is None:
        return named or found or ""
    is_weighed = language in map(main_language, MODEL.languages())
    is_near = any({language, found} <= near for near in NEAR)
    return found if found != language and is_weighed and not is_near else named


def matches(voice_language: str, recognised: str) -> bool:
    """Whether a voice with a language tag, such as "pt-BR", reads texts in that language."""
    parts = voice_language.replace("_", "-").split("-")
    language = main_language(voice_language)
    return language == main_language(recognised) and not any(
        (language, part) in UNUSUAL for part in parts[1:]
    )


def main_language(tag: str) -> str:
    """The language of a tag as `recognise` names it: "zh" for "cmn-Hans", "en" for "en-GB"."""
    first = tag.replace("_", "-").partition("-")[0].lower()
    return ALIASES.get(first, first)


def _sample(text: str) -> str:
    """The start of a text and two parts further on: a book may begin in another language."""
    if len(text) <= START + 2 * PART:
        return text
    places = (START + (len(text) - START) // 3, START + (len(text) - START) * 2 // 3)
    return "\n".join((text[:START], *(text[place : place + PART] for place in places)))


def _spread(text: str) -> str:
    """Parts from all over a text, each as long as the others."""
    step = len(text) // SPREAD
    return "\n".join(text[place : place + PART] for place in range(0, SPREAD * step, step))


def _main_script(prose: str) -> str:
    """The script that nearly all letters are in, kana counted with Han; "" for none."""
    counted = scripts(prose)
    letters = counted.total()
    counted[HAN] += sum(counted.pop(kana, 0) for kana in KANA)
    script, most = max(counted.items(), key=lambda pair: pair[1])
    return script if letters and WORD.search(prose) and most >= MAINLY * letters else ""


def _of_han(prose: str) -> str | None:
    """Japanese where there is kana, else a language of China; None where there is hardly any."""
    counted = scripts(prose)
    kana = sum(counted[name] for name in KANA) / (counted[HAN] + sum(counted[k] for k in KANA))
    if kana >= LEAST_KANA:
        return "ja"
    return None if kana else _surest(_letters(prose, (HAN,)), HAN_WEIGHT)


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """A character as the model is to see it: digits, emoji and controls are in no language."""
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return character if category[0] in "LMP" or character == "\n" else " "


def _letters(prose: str, kept: tuple[str, ...]) -> str:
    """The lines in those scripts, with their punctuation, one space between words."""
    lines = "".join(_plain(each) for each in prose if script_of(each) in ("", *kept)).splitlines()
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _weighed(prose: str) -> str | None:
    """The language of a text as the model sees it, unless too much of it is in another."""
    language = _surest(prose)
    if language is None:
        return None
    parts = SENTENCES.findall(prose)
    others = sum(len(part) for part in parts if _surest(part) not in (language, None))
    return language if others <= MOST_OTHERS * len(prose) else None


def _surest(prose: str, weight: int = 1) -> str | None:
    """The first language in the model's order, if it leads clearly enough for that length."""
    shares: dict[str, float] = {}
    for name, share in MODEL.rank(prose):
        name = ALIASES.get(name, name)
        shares[name] = shares.get(name, 0.0) + share
    first, second = sorted(shares, key=shares.__getitem__, reverse=True)[:2]
    lead = next(lead for least, lead in LEADS if len(prose) * weight >= least)
    if any({first, second} <= close for close in CLOSE):
        lead = max(lead, LEAD_OF_CLOSE)
    return first if first != NO_LANGUAGE and shares[first] - shares[second] >= lead else None
