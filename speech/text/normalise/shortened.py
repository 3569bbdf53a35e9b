"""Abbreviations, titles and Roman numerals in words."""

import re
from collections.abc import Iterator, Mapping

from speech.text.normalise.numbers import Numbers, case_of, substituted
from speech.text.normalise.rules import (
    CAPITAL,
    NUMERAL_ALONE,
    REACH,
    SPACE,
    Rule,
    alternatives,
    ends_sentence,
    roman,
    rule,
)

NAME = rf"{CAPITAL}[^\W\d_]{{2,15}}"
PARTICLE = r"(?:de|den|der|van|von|da|di|del|della|do|dos|das|af) "
NUMERAL = r"(?:[IVX]{2,9}|[VX]|I(?!\w))"


class Shortened:
    """Says abbreviations and numerals, with a language's words."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers, self._language = numbers, numbers.language
        self._abbreviations = _with_capitals(self._language.abbreviations)
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
            yield rule(
                rf"(?<![\w.])(?P<word>{alternatives(titles)})(?=\s{{1,2}}(?:{CAPITAL}|{PARTICLE}))",
                self._title,
                "",
            )
        for has_stop in (True, False):
            words = [word for word in self._abbreviations if ("." in word) == has_stop]
            if words:
                pattern = rf"(?<![\w.])(?P<word>{alternatives(words)})(?!\w)"
                yield rule(pattern, self._abbreviation, "." if has_stop else "")

    def _numeral_rules(self) -> Iterator[Rule]:
        for century, (case, after) in self._language.centuries.items():
            yield rule(century, _Century(self._numbers, case, after), "")
        if counted := self._language.counted:
            names = alternatives([*counted, *(word.capitalize() for word in counted)])
            yield rule(
                rf"(?<!\w)(?:{names}) (?P<out>[IVXLCDM]{{1,9}})(?![\w-]|\.\w)", self._numeral, ""
            )
        if self._language.rulers:
            yield rule(
                rf"(?<!\w)(?P<name>{NAME}) (?P<out>{NUMERAL})(?![\w-]|\.\w)", self._named, ""
            )
        yield rule(NUMERAL_ALONE, self._numeral, "")

    def _number(self, found: re.Match[str]) -> str:
        return f"{self._numbered[found['word']]} "

    def _title(self, found: re.Match[str]) -> str:
        return self._language.titles[found["word"]]

    def _abbreviation(self, found: re.Match[str]) -> str:
        word = found["word"]
        is_last = word.endswith(".") and word not in self._never_last
        stop = "." if is_last and ends_sentence(found) else ""
        return self._abbreviations[word] + stop

    def _numeral(self, found: re.Match[str]) -> str | None:
        value = roman(found["out"])
        return self._numbers.cardinal(str(value)) if value else None

    def _named(self, found: re.Match[str]) -> str | None:
        numeral = found["out"]
        value = roman(numeral)
        if not value:
            return None
        if found["name"] not in self._language.rulers:
            return self._numbers.cardinal(str(value)) if len(numeral) > 1 else None
        cardinal = self._numbers.cardinal(str(value))
        if value >= self._language.ruler_cardinal_from:
            return cardinal
        return self._language.ruler.format(ordinal=self._numbers.ordinal(str(value)))


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
        before = found.string[max(0, found.start() - REACH) : found.start()]
        case = self._case and case_of(before, language.case_after, self._case)
        subs = next((s for p, s in language.ordinals.items() if re.fullmatch(p, ending)), ())
        stop = "." if found[0].endswith(".") and ends_sentence(found) else ""
        return substituted(self._numbers.ordinal(str(value), case), subs) + self._after + stop


def _with_capitals(words: Mapping[str, str]) -> dict[str, str]:
    return {_capitalised(word): _capitalised(said) for word, said in words.items()} | dict(words)


def _capitalised(word: str) -> str:
    return word[:1].upper() + word[1:]
