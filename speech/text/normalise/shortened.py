"""Abbreviations, titles and Roman numerals in words."""

import re
from collections.abc import Iterator, Mapping

from speech.text.normalise.numbers import Numbers, case_of, substituted
from speech.text.normalise.rules import (
    CAPITAL,
    HAS_CENTURY,
    HAS_NUMERAL,
    NUMERAL_ALONE,
    REACH,
    SPACE,
    Rule,
    alternatives,
    before,
    dotted,
    ends_sentence,
    roman,
    rule,
    word_rule,
)

NAME = rf"{CAPITAL}[^\W\d_]{{2,15}}"
PARTICLE = r"(?:de|den|der|van|von|da|di|del|della|do|dos|das|af) "
BEGINNING = re.compile(r"(?:\A|[.!?:…\n(\"„“«‚‘•–-])\s{0,3}\Z")  # of a sentence
NUMERAL = r"(?:[IVX]{2,9}|[VX]|I(?!\w))"


class Shortened:
    """Says abbreviations and numerals, with a language's words."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers, self._language = numbers, numbers.language
        written = self._written = self._language.abbreviations
        # "f." is a word, "F." is somebody's name.
        self._abbreviations = _with_capitals({w: s for w, s in written.items() if len(w) > 2})
        self._abbreviations |= written
        self._numbered = _with_capitals(self._language.numbered)
        self._never_last = {
            form for word in self._language.never_last for form in (word, _capitalised(word))
        }
        self.rules = (*self._numeral_rules(), *self._abbreviation_rules())

    def _abbreviation_rules(self) -> Iterator[Rule]:
        if self._numbered:
            yield rule(
                rf"(?<![\w.])(?P<word>{alternatives(self._numbered)}){SPACE}(?=\d)", self._number
            )
        if titles := self._language.titles:
            between = self._language.between_titles or "(?!)"
            name = rf"\s{{1,2}}(?:{CAPITAL}|{PARTICLE}|(?:{between})\b)|{CAPITAL}[^\W\d_A-Z]"
            title = rf"(?<![\w.])(?P<word>{alternatives(titles)})(?={name})"
            yield word_rule(title, self._title, dotted(titles))
        if words := self._abbreviations:
            pattern = rf"(?<![\w.])(?P<word>{alternatives(words)})(?!\w)"
            yield word_rule(pattern, self._abbreviation, dotted(words))

    def _numeral_rules(self) -> Iterator[Rule]:
        for century, (case, after) in self._language.centuries.items():
            yield word_rule(century, _Century(self._numbers, case, after), HAS_CENTURY)
        if counted := self._language.counted:
            names = alternatives([*counted, *(word.capitalize() for word in counted)])
            not_numeral = rf"(?!(?<= I){self._language.not_numeral})"
            yield word_rule(
                rf"(?<!\w)(?:{names}) (?P<out>[IVXLCDM]{{1,9}})(?!\w|[.-]\w){not_numeral}",
                self._numeral,
                HAS_NUMERAL,
            )
        if self._language.rulers:
            ruling = rf"(?:(?P<ruling>{self._language.ruling or '(?!)'}) )?"
            dot = r"\.?" if self._language.is_ruler_dotted else ""
            yield word_rule(
                rf"(?<!\w){ruling}(?P<name>{NAME}) (?P<out>(?P<numeral>{NUMERAL}){dot})"
                r"(?!\w|\.\w|-[IVX\d])",
                self._named,
                HAS_NUMERAL,
            )
        yield word_rule(NUMERAL_ALONE, self._numeral, HAS_NUMERAL)

    def _number(self, found: re.Match[str]) -> str:
        return f"{self._numbered[found['word']]} "

    def _title(self, found: re.Match[str]) -> str:
        return self._language.titles[found["word"]]

    def _abbreviation(self, found: re.Match[str]) -> str | None:
        word = found["word"]
        is_last = word.endswith(".") and ends_sentence(found)
        if is_last and word not in self._written and not self._is_beginning(found):
            return None  # a name, such as "Max."
        stop = "." if is_last and word not in self._never_last else ""
        return self._abbreviations[word] + stop

    def _is_beginning(self, found: re.Match[str]) -> bool:
        """Whether a sentence begins with an abbreviation that ends none."""
        is_within = found["word"] in self._never_last and found.end() < len(found.string)
        return is_within and BEGINNING.search(before(found, 4)) is not None

    def _numeral(self, found: re.Match[str]) -> str | None:
        value = roman(found["out"])
        return self._numbers.cardinal(str(value)) if value else None

    def _named(self, found: re.Match[str]) -> str | None:
        numeral, language = found["numeral"], self._language
        value, dot = roman(numeral), found["out"][len(numeral) :]
        if not value:
            return None
        ruler = self._ruler(found["name"], numeral, found["ruling"])
        if not ruler or (language.is_ruler_dotted and not dot):
            return self._numbers.cardinal(str(value)) + dot if len(numeral) > 1 else None
        if value >= language.ruler_cardinal_from:
            return self._numbers.cardinal(str(value)) + dot
        ordinal = self._numbers.ordinal(str(value))
        stop = dot if ends_sentence(found) else ""
        said = ruler.format(ordinal=ordinal, Ordinal=ordinal.capitalize())
        if re.fullmatch(language.queens, found["name"]):
            said = substituted(said, language.queen)
        return said + stop

    def _ruler(self, name: str, numeral: str, ruling: str | None) -> str:
        """The template of a ruler's name, "" where a name is nobody's who ruled."""
        language = self._language
        is_named = language.is_first_written or numeral != "I"
        if ruling or (name in language.rulers and is_named):
            return language.ruler
        is_genitive = name.endswith("s") and name[:-1] in language.rulers
        return language.ruler_genitive if is_genitive else ""


class _Century:
    """Says the numeral of a century or the like, in its case, with what follows it."""

    def __init__(self, numbers: Numbers, case: str, after: str) -> None:
        self._numbers, self._case, self._after = numbers, case, after

    def __call__(self, found: re.Match[str]) -> str | None:
        groups = found.groupdict()
        value = roman(groups.get("numeral") or found["out"])
        if not value:
            return None
        if self._case == "cardinal":
            return self._numbers.cardinal(str(value))
        language, ending = self._numbers.language, groups.get("ending") or ""
        case = self._case and case_of(before(found, REACH), language.case_after, self._case)
        subs = next((s for p, s in language.ordinals.items() if re.fullmatch(p, ending)), ())
        stop = "." if found[0].endswith(".") and ends_sentence(found) else ""
        return substituted(self._numbers.ordinal(str(value), case), subs) + self._after + stop


def _with_capitals(words: Mapping[str, str]) -> dict[str, str]:
    return {_capitalised(word): _capitalised(said) for word, said in words.items()} | dict(words)


def _capitalised(word: str) -> str:
    return word[:1].upper() + word[1:]
