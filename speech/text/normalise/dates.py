"""Dates, years, weekdays and times in words."""

import re
from collections.abc import Iterator

from speech.text.normalise.chains import chain
from speech.text.normalise.language import noun
from speech.text.normalise.numbers import Numbers, case_of, full_year, substituted
from speech.text.normalise.rules import (
    DASH,
    END,
    HAS_DASH,
    REACH,
    SPACE,
    START,
    TO_TIME,
    YEAR,
    Rule,
    alternatives,
    before,
    ends_sentence,
    rule,
)

DAY = r"(?:3[01]|[12]\d|0?[1-9])"


class Dates:
    """Says dates and times, with a language's words."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers, self._language = numbers, numbers.language
        language = numbers.language
        full = {name: place + 1 for place, name in enumerate(language.months)}
        full |= {name.capitalize(): place for name, place in full.items()}
        full.update(language.other_months)
        self._months = full | dict(language.short_months)
        if not full:
            self.rules: tuple[Rule, ...] = ()
            return
        short = alternatives(language.short_months) or "(?!)"
        self._month = rf"(?P<month>(?:{alternatives(full)})|(?:{short}){language.month_dot})(?!\w)"
        self.rules = (
            *self._date_rules(),
            *self._year_rules(),
            *self._short_rules(),
            *self._time_rules(),
        )

    def month(self, written: str) -> str:
        """The name of a month that is written in letters, short or not, or in figures."""
        written = written.removesuffix(".")
        if written.isdecimal():
            return self._language.months[int(written) - 1]
        is_short = written in self._language.short_months
        return self._language.months[self._months[written] - 1] if is_short else written

    def day(self, found: re.Match[str], day: str, case: str = "") -> str:
        """The day of a month, in a case or that of what stands before it."""
        kind, number = self._language.day, str(int(day))
        if kind == "cardinal" or (kind == "first" and number != "1"):
            return self._numbers.cardinal(number)
        around = before(found, REACH) + "\0"
        case = case or case_of(around, self._language.dotted_ordinals, kind)
        return self._numbers.ordinal(number, case)

    def _date_rules(self) -> Iterator[Rule]:
        language = self._language
        yield rule(
            rf"{START}(?P<year>\d{{4}})-(?P<m>\d\d)-(?P<day>\d\d)(?![\w-])", self._numeric, "-"
        )
        for signs, year in zip(language.date_signs, (YEAR, r"\d\d"), strict=True):
            version = r"(?<!ersion )(?<!ersione )(?<!ersión )" if year != YEAR else ""
            gap = rf"(?:(?<=\.){SPACE})?" if year == YEAR else ""
            yield rule(
                rf"{START}{version}(?P<day>\d\d?)(?P<sign>[{re.escape(signs)}]){gap}(?P<m>\d\d?)"
                rf"(?P=sign){gap}(?P<year>{year})(?![\w/]|(?P=sign)[\w-]|[.,:]\d)",
                self._numeric,
            )
        year = rf"(?:(?: de | del |,? )(?P<year>{YEAR}){END}(?! ?r\.| rok))?"
        if language.year_words:
            words = alternatives(language.year_words)
            year = rf"(?:(?: |, )(?P<year>{YEAR})(?: ?(?:{words})(?!\w))?{END})?"
        ending = rf"(?:{language.day_endings})?"
        first = rf"(?:(?P<from>{DAY})(?:{ending}|\.){SPACE}(?:{DASH}|{language.to}){SPACE})?"
        yield rule(
            rf"{START}{first}(?P<day>{DAY}){ending}(?:{language.of_month}){self._month}{year}",
            self._written,
        )
        if language.month_day:
            yield rule(
                rf"(?<!\w){self._month} (?P<day>{DAY}){ending}(?![\w:]|[.,:]\d)"
                rf"(?:{SPACE}{DASH}{SPACE}(?P<until>{DAY}){ending}(?!\w))?{year}",
                self._month_day,
            )

    def _year_rules(self) -> Iterator[Rule]:
        if words := self._language.year_words:
            yield rule(
                rf"{START}(?P<year>{YEAR}) ?(?P<word>{alternatives(words)})(?!\w)", self._year
            )
        else:
            yield rule(rf"(?<!\w){self._month},? (?P<year>{YEAR}){END}", self._month_year)

    def _short_rules(self) -> Iterator[Rule]:
        language = self._language
        if language.weekdays:
            yield chain(
                language.weekdays,
                language.day_join,
                language.to,
                language.weekdays_after_to,
                language.abbreviations,
            )
        names = {name: self.month(name) for name in language.short_months}
        if names and language.month_words:
            dotted = {f"{name}.": said for name, said in names.items()}
            yield chain(dotted, language.month_words, language.to)
        if language.is_month_undotted:
            yield chain(names, language.day_join, language.to)

    def _time_rules(self) -> Iterator[Rule]:
        for pattern in self._language.clocks:
            yield rule(pattern, self._time)
        yield rule(TO_TIME, self._until, ":")
        if letters := self._language.hour_letters:
            hours = rf"(?:(?<=\d[{letters}])|(?<=[{letters}]\d\d))(?P<out>{DASH})(?=\d)"
            yield rule(hours, self._until, HAS_DASH)
        if self._language.ratio:
            ratio = rf"{START}(?P<low>\d{{1,3}})(?: : |:)(?P<high>[1-9]\d{{0,2}}|0){END}(?!:)"
            yield rule(ratio, self._ratio, ":")

    def _numeric(self, found: re.Match[str]) -> str | None:
        day, month = int(found["day"]), int(found["m"])
        if found.groupdict().get("sign", ".") != ".":
            is_month_first = day < 13 if self._language.is_month_first else month > 12
            day, month = (month, day) if is_month_first else (day, month)
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        name = self._language.months[month - 1]
        said = self._language.month_join.format(day=self.day(found, str(day)), month=name)
        return self._with_year(said, full_year(found["year"]))

    def _written(self, found: re.Match[str]) -> str:
        language, month = self._language, self.month(found["month"])
        join = language.written_join or language.month_join
        last = self.day(found, found["day"], language.day_after_to if found["from"] else "")
        said = join.format(day=last, month=month)
        if found["from"]:
            first = join.partition("{day}")[0] + self.day(found, found["from"])
            said = f"{first} {language.to} {said}"
        article, _, rest = said.partition(" ")
        if before(found, len(article) + 1).lower() == f"{article} ":
            said = rest
        return self._with_year(said, found["year"]) + self._stop(found)

    def _month_day(self, found: re.Match[str]) -> str:
        month, day = self.month(found["month"]), self.day(found, found["day"])
        said = self._language.month_day.format(month=month, day=day)
        if found["until"]:
            said += f" {self._language.to} {self.day(found, found['until'])}"
        return self._with_year(said, found["year"])

    def _month_year(self, found: re.Match[str]) -> str:
        return f"{self.month(found['month'])} {self._numbers.year(found['year'])}"

    def _with_year(self, said: str, year: str | None) -> str:
        if not year:
            return said
        if words := self._language.year_words:
            return f"{said} {self._numbers.ordinal(year, 'genitive')} {next(iter(words.values()))}"
        return said + self._language.year_join.format(year=self._numbers.year(year))

    def _year(self, found: re.Match[str]) -> str:
        word, case = found["word"], "genitive"
        case = case_of(before(found, REACH), self._language.case_after, case)
        said = self._numbers.ordinal(found["year"], case if word != "rok" else "")
        return f"{said} {self._language.year_words[word]}{self._stop(found)}"

    def _time(self, found: re.Match[str]) -> str:
        language, groups = self._language, found.groupdict()
        case = case_of(before(found, REACH), language.hour_case_after, language.hour_case)
        hour, minute, half = int(groups["hour"]), groups.get("minute") or "0", groups.get("half")
        place = (2 if hour == 1 and len(language.hour) > 2 else 0) + (int(minute) > 0)
        template = language.hour[place]
        if not int(minute) and (hour > 12 or not hour):
            template = language.late_hour or template
        if half and not int(minute):
            template = "{hour}"
        said = template.format(hour=self._hour(str(hour), case), minute=self._minute(minute))
        if second := groups.get("second"):
            said += language.and_seconds.format(seconds=self._seconds(str(int(second))))
        if half:
            said += f" {language.halves[half.lower()]}{self._stop(found)}"
        return f"{language.clock_names[case]} {said}" if groups.get("named") else said

    def _hour(self, hour: str, case: str) -> str:
        if not case:
            return self._numbers.cardinal(hour, self._language.hour_gender)
        return self._numbers.ordinal(hour, case) if hour != "0" else self._numbers.cardinal(hour)

    def _minute(self, minute: str) -> str:
        zero = self._language.zero_minute if minute[0] == "0" else ""
        return zero + self._numbers.cardinal(str(int(minute)), self._language.minute_gender)

    def _seconds(self, second: str) -> str:
        counted = noun(self._language.units["s"])
        number = self._numbers.cardinal(second, counted.gender)
        return f"{number} {self._numbers.form(second, counted)}"

    def _ratio(self, found: re.Match[str]) -> str:
        low, high = self._numbers.amount(found["low"]), self._numbers.amount(found["high"])
        high = substituted(high, self._language.after_to)
        return f"{low} {self._language.ratio} {high}"

    def _until(self, _found: re.Match[str]) -> str:
        return f" {self._language.to} "

    @staticmethod
    def _stop(found: re.Match[str]) -> str:
        return "." if found[0].endswith(".") and ends_sentence(found) else ""
