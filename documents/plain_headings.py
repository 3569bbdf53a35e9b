"""Recognition of typed headings, such as "Chapter Twenty-One", and of scene breaks."""

import re
import unicodedata

from documents.heading_words import (
    LANGUAGES,
    OTHER_PARTS,
    PREFACES,
    STANDING_ALONE,
    HeadingWords,
    folded,
)
from documents.text_cleaning import is_ornament

LONGEST_HEADING = 100  # characters
SEPARATORS = 3  # looked at; what stands after more of them is no number of a chapter
MOST_WORDS = 6  # in the label of a chapter
SMALL_WORD = 3  # letters of the words that titles write small

LETTER_ORNAMENT = re.compile(r"[-~*]*\s*+(?:[oO0]\s*+){3}[-~*]*|(?:[xX]\s*+){3}")
SEPARATOR = re.compile(r"(?:\s?[.:–—]|\s-|-\s|--)[.:–—-]*+\s*+")
FRENCH_FIRST = ("Ier", "IER", "1er", "Ire", "1re")
DIGITS = re.compile(r"\d{1,3}")
NTH = re.compile(
    r"(\d{1,3}|[IVXLC]{1,8})(?:\.|st|nd|rd|th|er|re|ère|e|ème|º|ª|°|-?[яй])?", re.IGNORECASE
)
ROMAN = re.compile(
    r"(?=.)M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,4})|(?=.)x{0,3}(?:ix|iv|v?i{0,4})"
)
IN_HAN = re.compile(
    r"第\s?(?:[0-9０-９]{1,4}|[〇零一二三四五六七八九十百千两兩]{1,7})\s?"
    r"(?:(?P<part>[部卷編编篇巻冊册幕])|[章回节節話话場场])(?P<title>.*)"
)
IN_HANGUL = re.compile(r"제\s?\d{1,3}\s?(?:(?P<part>[부권편막])|[장화회절])(?P<title>.*)")
DECORATED = re.compile(
    r"(?:[\s=*~_|#•·+<\[(—–-]{1,20})(?P<bare>[\w\"“].*?)[\s=*~_|#•·+>\])—–-]{1,20}"
)
SPACED = re.compile(r"(?:\S {1,9}){3,60}\S\.?")
ROMAN_SIGNS = re.compile("[\u2160-\u217f]+")
OF_PREFACES = re.compile(
    r"(?:to|of|by|from|for|zu|zur|zum|des|der|von|de|du|d'|des|à|a|au|al|del|della|di|do|da|van|bij|"
    r"till|av|do|od|к|от) .{3,60}"
)
LONGEST_HAN_TITLE = 25  # characters
ENDS_OF_SENTENCES = "。！？，；、"
APPENDICES = (
    "appendix",
    "anhang",
    "annexe",
    "apendice",
    "appendice",
    "bijlage",
    "dodatek",
    "bilaga",
)
NAMES = STANDING_ALONE.union(APPENDICES, *(words.parts | words.chapters for words in LANGUAGES))
APPENDIX = re.compile(rf"(?:{'|'.join(APPENDICES)})(?: (?:[a-z]|\d{{1,2}}|[ivx]{{1,5}}))?")


def heading_level(line: str) -> int:
    """Tell whether a line is a typed heading: 1 for a part or book, 2 for a chapter, else 0."""
    line = line.strip()
    if not 1 < len(line) <= LONGEST_HEADING or line[-1] in ",;":
        return 0
    line = bare_heading(line)
    plain = folded(line).replace("’", "'").rstrip(".: ")
    if plain in OTHER_PARTS:
        return 2
    words = plain.replace(".", " ").replace(":", " ").replace("–", " ").replace("—", " ").split()
    if NAMES.isdisjoint(words) and line[:1] not in ("第", "제"):
        return 0
    return _named_level(line, plain) if line else 0


def _named_level(line: str, plain: str) -> int:
    """The level of a line that holds a name of parts or chapters."""
    if plain in STANDING_ALONE or APPENDIX.fullmatch(plain):
        return 2
    if (level := _label_level(line.rstrip(".: "))) or (level := _east_asian(line)):
        return level
    for found in list(SEPARATOR.finditer(line))[:SEPARATORS]:
        title, label = line[found.end() :], line[: found.start()]
        is_alone = folded(label) in STANDING_ALONE or APPENDIX.fullmatch(folded(label))
        level = 2 if is_alone else _label_level(label)
        if title and level:
            ends = line.endswith((".", "!", "?", "…"))
            is_sentence = title[0].islower() and (ends or is_alone)
            is_said = is_alone and ends and not line.isupper()
            return 0 if is_sentence or is_said else level
    first, _, second = line.partition(", ")
    if second and (level := _label_level(first)) and _label_level(second.rstrip(".: ")):
        return level
    word, _, rest = plain.partition(" ")
    if word in PREFACES and line[-1] not in ".!?…:" and OF_PREFACES.fullmatch(rest):
        return 2
    return _unparted(line)


def bare_heading(line: str) -> str:
    """A line without the signs that adorn it on both sides, in single spaces, its letters joined.

    "=== C H A P T E R   I ===" is "CHAPTER I".
    """
    line = line.strip()
    if len(line) > LONGEST_HEADING:
        return line
    adorned = DECORATED.fullmatch(line)
    line = adorned["bare"] if adorned else line
    if SPACED.fullmatch(line) and "  " in line:
        line = "  ".join(word.replace(" ", "") for word in re.split(r" {2,}", line))
    if not line.isascii():
        line = unicodedata.normalize("NFC", line)
        line = ROMAN_SIGNS.sub(lambda sign: unicodedata.normalize("NFKC", sign[0]), line)
    return " ".join(line.split())


def is_label(line: str) -> bool:
    """Tell whether a line names a part or chapter by its number, and nothing else."""
    return _label_level(line.rstrip(".: ")) > 0


def stands_alone(line: str) -> bool:
    """Tell whether a line begins as prefaces, appendices and the like do, without a number."""
    words = folded(bare_heading(line)).split()
    return bool(words) and (
        words[0].rstrip(".:") in STANDING_ALONE.union(APPENDICES)
        or " ".join(words).rstrip(".:") in OTHER_PARTS
    )


def is_scene_break(line: str) -> bool:
    """Tell whether a line only parts scenes, as "* * *", "#" and "oOo" do."""
    return is_ornament(line) or LETTER_ORNAMENT.fullmatch(line.strip()) is not None


def _label_level(label: str) -> int:
    """The level of what names a part or chapter by its number, and nothing else."""
    written = label.replace("-", " ").replace("’", " ").split()
    words = [folded(word).rstrip(".") for word in written]
    if not 1 < len(words) <= MOST_WORDS:
        return 0
    for language in LANGUAGES:
        for level, names in ((1, language.parts), (2, language.chapters)):
            if words[0] in names and _counts(language, words[1:], written[1:]):
                return level
            if words[-1] in names and _orders(language, words[:-1], written[:-1]):
                return level
    return 0


def _counts(language: HeadingWords, words: list[str], written: list[str]) -> bool:
    """Whether the words after the name of a part or chapter are its number."""
    first = 1 if words[0] in language.joints else 0
    number = words[first:]
    if not number or number[-1] in language.joints:
        return False
    if len(number) == 1 and (DIGITS.fullmatch(number[0]) or ROMAN.fullmatch(written[-1])):
        return True
    if len(number) == 1 and written[-1] in FRENCH_FIRST:
        return True
    return all(word in language.cardinals | language.ordinals | language.joints for word in number)


def _orders(language: HeadingWords, words: list[str], written: list[str]) -> bool:
    """Whether the words before the name of a part or chapter say which one it is."""
    first = 1 if words[0] in language.joints else 0
    number = words[first:]
    if not number:
        return False
    nth = NTH.fullmatch(written[-1])
    if len(number) == 1 and nth and (nth[1].isdigit() or ROMAN.fullmatch(nth[1])):
        return True
    known = language.cardinals | language.ordinals | language.joints
    return number[-1] in language.ordinals and all(word in known for word in number)


def _east_asian(line: str) -> int:
    found = IN_HAN.fullmatch(line) or IN_HANGUL.fullmatch(line)
    if not found:
        return 0
    title = found["title"].strip()
    if len(title) > LONGEST_HAN_TITLE or any(sign in ENDS_OF_SENTENCES for sign in title):
        return 0
    if title and "\uac00" <= title[0] <= "\ud7a3" and not found["title"][0].isspace():
        return 0  # a particle: what follows is a sentence
    return 1 if found["part"] else 2


def _unparted(line: str) -> int:
    """The level of a heading whose title follows with nothing between: "CHAPTER I THE ROAD"."""
    words = line.split()
    for count in range(min(len(words) - 1, MOST_WORDS), 1, -1):
        title = words[count:]
        is_title = line.isupper() or (
            all(not word[0].islower() for word in title if len(word) > SMALL_WORD)
            and not title[0][0].islower()
            and line[-1] not in ".:…"
        )
        if is_title and (level := _label_level(" ".join(words[:count]))):
            return level
    return 0
