"""Guess of a text's encoding: the one that makes usual letters and words of its bytes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from documents.encoding_labels import codec_of
from documents.encoding_profiles import HANGUL, PROFILES, SIMPLIFIED, TRADITIONAL, Profile

SEARCHED = 4_000_000  # bytes
SAMPLE = 6_000  # bytes that are weighed: lines that hold some beyond ASCII
CUT_OFF = 4  # bytes of a character that the end of the sample may have cut

LEAST_SCORE = 0.5
LEAST_LEAD = 0.1  # of the first guess over the second, for each character that differs
LEAST_EVIDENCE = 0.7  # all that lead, by the root of how many characters differ
FEW_WORDS, LEAST_KNOWN = (
    8,
    0.07,
)  # share of the words of a language's text that are its frequent ones
LATER = 0.3  # of a character: what an encoding is behind one that is likelier for its language
FOREIGN = 0.3  # what a text loses that is mainly in Latin letters, in a language of others


RARE = ("ibm437", "ibm850", "ibm852", "ibm857", "macintosh", "x-mac-cyrillic")
RARE_LOSS = 0.1
QUOTES = frozenset("“”„‘’‚‹›«»–—…\xa0•·")
SIGNS = frozenset("©®™§°€£№¿¡ªº½¼²³×†‰¥")
WIDE_SIGNS = frozenset("，。、！？：；“”‘’（）「」『』《》〈〉【】…—－～・ー\u3000")
JAPANESE = ("shift_jis", "euc-jp")
FREQUENT = {
    "gb18030": SIMPLIFIED,
    "big5": TRADITIONAL,
    "utf-16le": SIMPLIFIED + TRADITIONAL,
    "utf-16be": SIMPLIFIED + TRADITIONAL,
}
EAST_ASIAN = (*FREQUENT, *JAPANESE, "euc-kr")
COMMON_LEADS = {"gb18030": ("gb2312", 0xD8), "big5": ("big5", 0xC7)}
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding that a text may be in; its score is about 1 where all that is seen is usual."""

    name: str
    text: str
    score: float
    count: int
    is_familiar: bool = True


class Reading:
    """A sample as one encoding reads it: what stands beside what, and how often each word."""

    def __init__(self, text: str) -> None:
        self.text = text
        pairs = Counter(zip(f" {text}", text, strict=False))
        self.pairs = [(*pair, times) for pair, times in pairs.items() if max(pair) > "\x7f"]
        self.plain = sum(map(str.isalpha, text.encode("ascii", "ignore").decode()))
        self.words = Counter(WORD.findall(text.lower()))

    def known(self, profile: Profile) -> float:
        """The share of the words that are frequent ones of a language."""
        known = sum(self.words[word] for word in profile.words)
        return known / self.words.total() if known else 0.0

    def is_familiar(self, profile: Profile) -> bool:
        """Whether a text of some length holds the frequent words of a language, if it has any."""
        is_short = self.words.total() < FEW_WORDS or not profile.words
        return is_short or self.known(profile) >= LEAST_KNOWN


def guess(data: bytes) -> tuple[str, bool]:
    """Guess the encoding of bytes that are not UTF-8; returns its name, and whether it is sure."""
    ranked = sorted(_guesses(data), key=lambda each: each.score, reverse=True)
    best = ranked[0]
    other = next((each for each in ranked if each.text != best.text), None)
    return best.name, best.is_familiar and best.score >= LEAST_SCORE and _leads(best, other)


def _leads(best: Guess, other: Guess | None) -> bool:
    """Whether the characters that two readings differ in tell them apart for sure."""
    if other is None:
        return True
    differing = best.count
    if len(best.text) == len(other.text):
        differing = sum(1 for one, two in zip(best.text, other.text, strict=True) if one != two)
    lead = (best.score - other.score) * best.count
    return lead >= LEAST_LEAD * differing and lead >= LEAST_EVIDENCE * differing**0.5


def fits(data: bytes, name: str) -> float:
    """Score how usual the text is that an encoding makes; 1 for one that nothing is known of."""
    profiles = [profile for profile in PROFILES if name in profile.encodings]
    if not profiles:
        return 1.0
    reading = Reading(_sample(data).decode(codec_of(name), "replace"))
    return max(_fit(reading, profile)[0] for profile in profiles)


def _sample(data: bytes) -> bytes:
    """Take lines that hold bytes beyond ASCII, those first that hold one not seen before."""
    telling: list[bytes] = []
    others: list[bytes] = []
    told = left = 0
    seen = set(range(0x80))
    for line in data[:SEARCHED].splitlines(keepends=True):
        if line.isascii():
            continue
        if told < SAMPLE and not seen.issuperset(line):
            telling.append(line[: SAMPLE - told])
            seen.update(telling[-1])
            told += len(telling[-1])
        elif left < SAMPLE:
            others.append(line)
            left += len(line)
    return b"".join((*telling, *others))[:SAMPLE]


def _guesses(data: bytes) -> Iterator[Guess]:
    sample = _sample(data)
    readings: dict[str, Reading] = {}
    for profile in PROFILES:
        for place, name in enumerate(profile.encodings):
            if name not in readings:
                readings[name] = Reading(sample.decode(codec_of(name), "replace"))
            reading = readings[name]
            score, count = _fit(reading, profile)
            score -= RARE_LOSS if name in RARE else LATER * place / (count + 10)
            yield Guess(name, reading.text, score, count, reading.is_familiar(profile))
    for name in EAST_ASIAN:
        text = _of_several_bytes(data[:SAMPLE] if name.startswith("utf") else sample, name)
        if text:
            yield Guess(name, text, *_east_asian_fit(text, name))


def _of_several_bytes(sample: bytes, name: str) -> str:
    """The sample in an encoding of several bytes a sign; "" where too much of it is none."""
    codec = codec_of(name)
    try:
        return sample.decode(codec)
    except UnicodeDecodeError as error:
        if error.start >= len(sample) - CUT_OFF:
            return sample[: error.start].decode(codec, "ignore")
    text = sample.decode(codec, "replace")
    return text if text.count("\ufffd") * 50 < len(text) else ""


def _fit(reading: Reading, profile: Profile) -> tuple[float, int]:
    """How well a reading fits a language, and by how many characters."""
    weights = _weights(profile.letters)
    total, count = 0.0, 0
    for before, sign, times in reading.pairs:
        if sign > "\x7f":
            count += times
            total += times * _points(before, sign, weights)
        elif before > "\x7f" and sign.isalpha():
            total -= times * _misfit(before)
    if not count:
        return 0.0, 0
    share = reading.known(profile)
    is_foreign = _misfit(profile.letters[0]) and reading.plain > 4 * count
    return 0.8 * total / count + min(0.3, share) - (FOREIGN if is_foreign else 0.0), count


@lru_cache(maxsize=64)
def _weights(letters: str) -> dict[str, float]:
    return {letter: 1.0 - 0.8 * rank / len(letters) for rank, letter in enumerate(letters)}


def _points(before: str, sign: str, weights: dict[str, float]) -> float:
    """What a sign beyond ASCII says for a language, after the sign before it."""
    kind, kind_before = _kind(sign), _kind(before)
    points = weights.get(sign.lower())
    if points is None:
        points = {"q": 0.8, "s": 0.0, "x": -1.5, "c": -2.0}.get(kind, -0.7)
    if (kind == "u" and kind_before == "l") or (kind == "c" and kind_before in "lu"):
        points -= 1.0
    if kind in "sx" and kind_before in "lu":
        points -= 0.5 if kind == "s" else 1.0
    if sign in "„‚" and kind_before in "lu":
        points -= 1.0
    if before < "\x80" and before.isalpha():
        points -= _misfit(sign)
    return points


@lru_cache(maxsize=8192)
def _kind(sign: str) -> str:
    """ "l" and "u" for letters, "m" marks, "q" quotes, "s" signs, "c" controls, "x" others."""
    if sign < "\x80":
        return "u" if sign.isupper() else "l" if sign.isalpha() else " "
    if sign in QUOTES:
        return "q"
    if sign in SIGNS:
        return "s"
    category = unicodedata.category(sign)
    if category in ("Lu", "Lt"):
        return "u"
    if sign == "\ufffd":
        return "c"
    return {"L": "l", "M": "m", "C": "c"}.get(category[0], "x")


@lru_cache(maxsize=8192)
def _misfit(sign: str) -> float:
    """How odd a sign is beside a letter of ASCII: as one of another script, or none at all."""
    kind = _kind(sign)
    if kind in "lu":
        return 0.0 if unicodedata.name(sign, "").startswith("LATIN") else 1.0
    return 0.5 if kind in "sx" else 0.0


def _east_asian_fit(text: str, name: str) -> tuple[float, int]:
    total, count = 0.0, 0
    for (before, sign), times in Counter(zip(f" {text}", text, strict=False)).items():
        if sign > "\x7f":
            count += times
            total += times * _east_asian_points(sign, name)
            if before < "\x80" and before.isalpha():
                total -= 0.7 * times
        elif before > "\x7f" and sign.isalpha():
            total -= 0.7 * times
    return (total / count if count else 0.0), count


@lru_cache(maxsize=8192)
def _east_asian_points(sign: str, name: str) -> float:
    if sign in WIDE_SIGNS:
        return 0.9
    if "\u4e00" <= sign <= "\u9fff":
        return _points_of_han(sign, name)
    if "\u3041" <= sign <= "\u30fe":
        return 0.0 if name in COMMON_LEADS or name == "euc-kr" else 1.3
    if "\uac00" <= sign <= "\ud7a3":
        common = 0.7 if _is_in(sign, "euc-kr") else -1.0
        return 1.6 if sign in HANGUL else common
    return 0.2 if sign in QUOTES else -1.0


def _points_of_han(sign: str, name: str) -> float:
    if sign in FREQUENT.get(name, ""):
        return 1.8
    if name == "euc-kr":
        return -0.3
    if name in COMMON_LEADS:
        codec, last = COMMON_LEADS[name]
        is_common = _is_in(sign, codec) and sign.encode(codec)[0] < last
        return 0.5 if is_common else -0.5
    return 0.3


def _is_in(sign: str, codec: str) -> bool:
    try:
        return bool(sign.encode(codec))
    except UnicodeEncodeError:
        return False
