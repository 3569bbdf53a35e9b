"""Text for the natural voices, which read English alone: what they read, and what others must.

Nothing of a text is passed over: signs that have no sound of their own become their names, letters
that no English word has become those next to them, and runs of another script are another voice's.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from speech.text.edit_map import Edit, Edited
from speech.text.scripts import script_of
from speech.types import DRAWING, is_speakable

LONGEST_RUN = 30  # the lexicon spells longer words from memory, and forgets their ends
BRACKETS = str.maketrans("[]", "()")  # between which phonemes would stand
PLAIN_LETTERS = {
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T",
    "ŋ": "n", "Ŋ": "N", "ĸ": "k", "ſ": "s", "ƒ": "f", "ə": "e", "ẞ": "s",
}  # fmt: skip
LANGUAGES = {
    "LATIN": "en", "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar", "HEBREW": "he", "CJK": "cmn",
    "BOPOMOFO": "cmn", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko",
    "DEVANAGARI": "hi", "BENGALI": "bn", "GUJARATI": "gu", "GURMUKHI": "pa", "TAMIL": "ta",
    "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml", "ORIYA": "or", "SINHALA": "si",
    "THAI": "th", "GEORGIAN": "ka", "ARMENIAN": "hy", "ETHIOPIC": "am", "MYANMAR": "my",
    "CHEROKEE": "chr",
}  # fmt: skip
OTHER_SCRIPT = "und"  # of letters whose language nobody here reads
JAPANESE_SIGNS = "ja"


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a text in one script: it begins at `start`; `said` is what to say for it.

    `language` is "en" for what the natural voices read, else that of a voice for the script.
    """

    start: int
    language: str
    said: Edited

    def place(self, index: int) -> int:
        """The place in the whole text of an index into what is said."""
        return self.start + self.said.original(index)

    def place_end(self, index: int) -> int:
        """The place in the whole text where what ends at an index of what is said ends."""
        return self.start + self.said.original_end(index)


def runs(text: str, phonemes: Sequence[tuple[int, int]] = ()) -> Iterator[Run]:
    """Yield the runs of a text in which there is anything to say, in order.

    The places of phonemes, start and end, are English, whatever their signs are.
    """
    for start, end, language in _cut(text, phonemes):
        piece = text[start:end]
        if language == "en":
            inside = [(a - start, b - start) for a, b in phonemes if start <= a < end]
            said = Edited(_readable(piece), _named(piece, inside))
        else:
            said = Edited(piece)
        if is_speakable(said.text):
            yield Run(start, language, said)


def _cut(text: str, phonemes: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """Where each run begins and ends, with its language; signs go with the letters before them."""
    languages = [script_language(letter) for letter in text]
    for start, end in phonemes:
        languages[start:end] = ["en"] * (end - start)
    if JAPANESE_SIGNS in languages:
        languages = ["ja" if each == "cmn" else each for each in languages]
    begin, language = 0, ""
    for index, own in enumerate(languages):
        if own and language and own != language:
            yield begin, index, language
            begin = index
        language = own or language
    if begin < len(text):
        yield begin, len(text), language or "en"


def script_language(letter: str) -> str:
    """A language for the script of a letter; "en" for Latin, "" for what belongs to no script."""
    script = script_of(letter)
    return LANGUAGES.get(script, OTHER_SCRIPT) if script else ""


def _readable(text: str) -> str:
    """A text of the same length, in letters and signs that the lexicon knows."""
    text = text.translate(BRACKETS)
    return text if text.isascii() and text.isprintable() else "".join(map(_plain, text))


@cache
def _plain(sign: str) -> str:
    if unicodedata.category(sign) in ("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"):
        return " "
    plain = PLAIN_LETTERS.get(sign, sign)
    if plain == sign and sign > "\u00ff":
        composed = unicodedata.normalize("NFKD", sign)
        plain = composed[0] if composed[0].isalnum() and composed[0].isascii() else sign
    return plain


def _named(text: str, phonemes: Sequence[tuple[int, int]]) -> Iterator[Edit]:
    """Names for signs that are said, brackets for round ones, and spaces in overlong words."""
    run = 0
    for index, sign in enumerate(text):
        if any(start <= index < end for start, end in phonemes):
            run = 0
            continue
        run = run + 1 if sign.isalnum() else 0
        if name := _name(sign):
            yield Edit(index, index + 1, f" {name} ")
        elif run > LONGEST_RUN:
            yield Edit(index, index, " ")
            run = 1


@cache
def _name(sign: str) -> str:
    """What a picture or sign is called; "" for what is read, or passed over, as it is."""
    if sign.isascii() or unicodedata.category(sign) not in ("So", "Sm"):
        return ""
    if ord(sign) in DRAWING or sign in "©®™°":
        return ""
    return unicodedata.name(sign, "").lower().replace("-", " ")
