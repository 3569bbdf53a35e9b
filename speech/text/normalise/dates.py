"""Dates, years, weekdays and times in words."""

import re
from collections.abc import Iterator

from speech.text.normalise.chains import chain
from speech.text.normalise.numbers import Numbers, case_of, full_year
from speech.text.normalise.rules import (
    DASH,
    END,
    HAS_DASH,
    REACH,
    SPACE,
    START,
    TO_TIME,
    Rule,
    alternatives,
    ends_sentence,
    rule,
)

YEAR = r"[12]\d{3}"
DAY = r"(?:3[01]|[12]\d|0?[1-9])"


class Dates:
    """Says dates and times, with a language's words."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers, self._language = numbers, numbers.language
        short = {f"{name}.": month for name, month in self._language.short_months.items()}
        full = {name: place + 1 for place, name in enumerate(self._language.months)}
        self._months = short | full | {name.capitalize(): n for name, n in full.items()}
        if not self._months:
            self.rules: tuple[Rule, ...] = ()
            return
        self.rules = (
            *self._date_rules(),
            *self._year_rules(),
            *self._weekday_rules(),
            *self._time_rules(),
        )

    def _date_rules(self) -> Iterator[Rule]:
        yield rule(
            rf"{START}(?P<year>\d{{4}})-(?P<m>\d\d)-(?P<day>\d\d)(?![\w-])", self._numeric, "-"
        )
        numeric = rf"{START}(?P<day>\d\d?)(?P<sep>[./-])(?P<m>\d\d?)(?P=sep)"
        yield rule(rf"{numeric}(?P<year>{YEAR})(?![\w/-]|[.,]\d)", self._numeric)
        yield rule(
            rf"(?<!ersion )(?<!ersione )(?<!ersión ){numeric}(?P<year>\d\d)(?![\w/-]|[.,]\d)",
            self._numeric,
        )
        month = rf"(?P<month>{alternatives(self._months)})(?!\w)"
        year = rf"(?:(?: de | del |,? )(?P<year>{YEAR}){END}(?! ?r\.| rok))?"
        if self._language.year_words:
            words = alternatives(self._language.year_words)
            year = rf"(?:(?: |, )(?P<year>{YEAR})(?: ?(?:{words})(?!\w))?{END})?"
        first = rf"(?:(?P<from>{DAY})\.?{SPACE}(?P<to>{DASH}|{self._language.to}){SPACE})?"
        yield rule(
            rf"{START}{first}(?P<day>{DAY})(?:er|[º°])?(?: de |\. ?| ){month}{year}", self._written
        )

    def _year_rules(self) -> Iterator[Rule]:
        if words := self._language.year_words:
            yield rule(
                rf"{START}(?P<year>{YEAR}) ?(?P<word>{alternatives(words)})(?!\w)", self._year
            )

    def _weekday_rules(self) -> Iterator[Rule]:
        language = self._language
        if language.weekdays:
            yield chain(
                language.weekdays,
                language.day_join,
                language.to,
                language.weekdays_after_to,
                language.abbreviations,
            )

    def _time_rules(self) -> Iterator[Rule]:
        for pattern in self._language.clocks:
            yield rule(pattern, self._time)
        yield rule(TO_TIME, self._until, ":")
        hours = rf"(?:(?<=\d[hu])|(?<=[hu]\d\d))(?P<out>{DASH})(?=\d)"
        yield rule(hours, self._until, HAS_DASH)

    def _numeric(self, found: re.Match[str]) -> str | None:
        month, day, year = int(found["m"]), found["day"], found["year"]
        if not (1 <= month <= 12 and 1 <= int(day) <= 31):
            return None
        return self._date(found, day, month, full_year(year))

    def _written(self, found: re.Match[str]) -> str:
        stop = "." if found[0].endswith(".") and not found["year"] and ends_sentence(found) else ""
        said = self._date(found, found["day"], self._months[found["month"]], found["year"])
        if found["from"]:
            first = self._day(found["from"])
            said = f"{first} {self._language.to} {said}"
        return said + stop

    def _date(self, found: re.Match[str], day: str, month: int, year: str | None) -> str:
        name = self._language.months[month - 1]
        said = self._language.month_join.format(day=self._day(day), month=name)
        if not year:
            return said
        if words := self._language.year_words:
            return f"{said} {self._numbers.ordinal(year, 'genitive')} {next(iter(words.values()))}"
        return said + self._language.year_join.format(year=self._numbers.year(year))

    def _day(self, day: str) -> str:
        kind, number = self._language.day, str(int(day))
        if kind == "cardinal" or (kind == "first" and number != "1"):
            return self._numbers.cardinal(number)
        return self._numbers.ordinal(number, kind)

    def _year(self, found: re.Match[str]) -> str:
        before = found.string[max(0, found.start() - REACH) : found.start()]
        word = found["word"]
        case = case_of(before, self._language.case_after, "genitive") if word != "rok" else ""
        said = f"{self._numbers.ordinal(found['year'], case)} {self._language.year_words[word]}"
        return f"{said}." if word.endswith(".") and ends_sentence(found) else said

    def _time(self, found: re.Match[str]) -> str:
        language, groups = self._language, found.groupdict()
        before = found.string[max(0, found.start() - REACH) : found.start()]
        case = case_of(before, language.hour_case_after, language.hour_case)
        minute = groups.get("minute") or "0"
        place = 2 if int(groups["hour"]) == 1 and len(language.hour) > 2 else 0
        said = language.hour[place + (int(minute) > 0)].format(
            hour=self._hour(str(int(groups["hour"])), case), minute=self._minute(minute)
        )
        return f"{language.clock_names[case]} {said}" if groups.get("named") else said

    def _hour(self, hour: str, case: str) -> str:
        if not case:
            return self._numbers.cardinal(hour, self._language.hour_gender)
        return self._numbers.ordinal(hour, case) if hour != "0" else self._numbers.cardinal(hour)

    def _minute(self, minute: str) -> str:
        if self._language.is_zero_minute and minute[0] == "0":
            return self._numbers.digits(minute)
        return self._numbers.cardinal(str(int(minute)), self._language.minute_gender)

    def _until(self, _found: re.Match[str]) -> str:
        return f" {self._language.to} "
