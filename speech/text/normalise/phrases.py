"""What is peculiar to a language, found and said as its data tell."""

import re

from speech.text.normalise.dates import Dates
from speech.text.normalise.language import Phrase, noun
from speech.text.normalise.numbers import Numbers, substituted
from speech.text.normalise.rules import Rule, before, ends_sentence, rule, word_rule

REACH = 80  # characters before a match that a phrase may ask for


class Phrases:
    """Says the phrases of a language.

    Parts named after a unit are numbers with it; "weekday" and "month" are names, "day" is a day in
    figures, "year" and "number" what they say, and others stay.
    """

    def __init__(self, numbers: Numbers, dates: Dates) -> None:
        self._numbers, self._dates = numbers, dates
        self.rules: tuple[Rule, ...] = tuple(map(self._rule, numbers.language.phrases))

    def _rule(self, phrase: Phrase) -> Rule:
        preceding = re.compile(phrase.before)

        def say(found: re.Match[str]) -> str | None:
            if not preceding.search(before(found, REACH)):
                return None
            parts = {name: self._part(found, name) for name in found.groupdict()}
            stop = "." if found[0].endswith(".") and ends_sentence(found) else ""
            return substituted(phrase.said.format_map(parts), phrase.subs) + stop

        return (word_rule if phrase.needs else rule)(phrase.pattern, say, phrase.needs)

    def _part(self, found: re.Match[str], name: str) -> str:
        written, language = found[name] or "", self._numbers.language
        if not written:
            return ""
        if name in language.units:
            counted = noun(language.units[name])
            form = self._numbers.form(written, counted)
            return f"{self._numbers.amount(written, counted.gender)} {form}"
        match name:
            case "weekday":
                return language.weekdays[written]
            case "month":
                return self._dates.month(written)
            case "day":
                return self._dates.day(found, written)
            case "year":
                return self._numbers.year(written)
            case "number":
                return self._numbers.amount(written)
        return written
