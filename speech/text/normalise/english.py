"""English: what is written in figures, signs and abbreviations, in words."""

import re
from collections.abc import Iterator

from speech.text.normalise.amounts import Amounts
from speech.text.normalise.chains import chain
from speech.text.normalise.codes import Codes
from speech.text.normalise.english_words import (
    ABBREVIATIONS,
    COUNTED,
    DAYS_BEFORE,
    DENOMINATORS,
    LANGUAGE,
    MONTH_NAMES,
    MONTHS,
    MONTHS_AFTER,
    NEVER_AT_THE_END,
    NUMBER_SIGNS,
    NUMBERED,
    RULERS,
    RULING,
    SHORT_MONTHS,
    TITLES,
    UNITS,
    VARIETIES,
    WEEKDAYS,
)
from speech.text.normalise.formulas import Formulas
from speech.text.normalise.numbers import Numbers, full_year, is_year
from speech.text.normalise.rules import (
    DASH,
    END,
    FRACTION,
    FRACTION_SIGNS,
    HAS_DASH,
    HAS_GLYPH,
    HAS_PHONE,
    HAS_SIZE,
    MINUS,
    NUMERAL_ALONE,
    ROMAN,
    SPACE,
    START,
    TO_TIME,
    Addresses,
    Rule,
    alternatives,
    roman,
    rule,
)

DAY_FIRST = ("en-gb", "en-au", "en-nz", "en-ie", "en-in", "en-za", "en-029")

NUMBER = r"(?:\d{1,3}(?:(?:[,\u00a0\u202f]\d{3}){1,5}|(?: 000){1,5})(?!\d)|\d{1,15})(?:\.\d{1,12})?"
MONTH = rf"(?P<month>{alternatives(MONTHS)})\b\.?"
YEAR = r"[12]\d{3}"
DAY = r"(?:3[01]|[12]\d|0?[1-9])"
SUFFIX = r"(?:st|nd|rd|th)?"
PREPOSITION = r"(?:of|and|or|to|in|at|on|for|from|by|with|but|per|than|is|was|are|were|away)\b"
PRONOUN = r"(?:that|he|she|they|we|you|it|which|who|his|her|their|our|your|my|the|this)\b"
SURE_NUMERAL = re.compile(r"[IVX]{2,6}")  # "Rocky IV"; others are abbreviations
HALF = r"(?P<half>[aApP])(?:\.[ ]?[mM]\.|[mM])(?!\w)"
SENTENCE_END = re.compile(r"[\"'”’)\]]{0,3}(?:\s{1,20}[\"'“‘(\[]{0,3}[A-Z]|\s{0,20}\Z)")
PHONE = (
    r"(?<![\w.,$€£/-])(?P<plus>\+?)(?P<rest>(?:\d{1,4}[ .-])?(?:\(\d{1,5}\)[ -]?)?"
    r"\d{2,8}(?:[ -]\d{2,8}){0,4})(?![\w-]|[.,/:]\d)"
)
HAS_FEET = re.compile(r"\d['′]")
HAS_HALF = re.compile(r"\d ?[aApP]\.?[ ]?[mM]")
HAS_ATTRIBUTE = re.compile(r"(?:[ane]|each|very|he|his) \d")
HAS_DAY = re.compile(rf"(?:{alternatives(WEEKDAYS)})\b")
HAS_MONTH = re.compile(rf"(?:{alternatives(SHORT_MONTHS)})\.")
US_PHONE = re.compile(r"(?:\d-)?(?:\d{3}-)?\d{3}-\d{4}")
NAMED_BEFORE = re.compile(r"(?:[A-Z][a-z]{1,20}|\d(?:st|nd|rd|th)) \Z")
ADDRESS_BEFORE = re.compile(
    r"\b(?:\d{1,5}[a-z]? (?:[A-Z][a-z]{1,20} ){1,3}|\d{1,3}(?:st|nd|rd|th) )\Z"
)


class English:
    """The rules for a variety of English, such as "en-GB"."""

    def __init__(self, tag: str) -> None:
        self._is_day_first = tag.lower().startswith(DAY_FIRST)
        self._say = Numbers(VARIETIES.get(tag.lower()[:5], LANGUAGE), tag)
        signs = {".": "dot", "@": "at", "_": "underscore", "-": "dash", "+": "plus", "/": "slash"}
        self.rules = (
            *Addresses(signs).rules,
            *Codes(self._say).rules,
            *self._dates(),
            *self._times(),
            *self._amounts(),
            *self._shortened(),
            *Formulas(self._say).rules,
            *self._plain(),
        )

    def _dates(self) -> Iterator[Rule]:
        yield rule(
            rf"{START}(?P<year>\d{{4}})-(?P<m>\d\d)-(?P<day>\d\d)(?![\w-])", self._numeric, "-"
        )
        slashed = rf"{START}(?P<m>\d\d?)/(?P<day>\d\d?)/(?P<year>{YEAR}|\d\d)(?![\w/])"
        yield rule(slashed, self._slashed, "/")
        day_month = rf"{START}(?P<day>{DAY}){SUFFIX}(?: of)? {MONTH}(?:,? (?P<year>{YEAR}){END})?"
        yield rule(day_month, self._day_month)
        until = rf"(?:{SPACE}{DASH}{SPACE}(?P<until>{DAY}){SUFFIX}(?!\w))?"
        yield rule(
            rf"(?<!\w){MONTH} (?P<day>{DAY}){SUFFIX}(?![\w:]|[.,:]\d){until}"
            rf"(?:,? (?P<year>{YEAR}){END})?",
            self._month_day,
        )
        yield rule(rf"(?<!\w){MONTH},? (?P<year>{YEAR}){END}", self._month_year)
        yield chain(WEEKDAYS, "to|through|thru|and|or", "to")
        yield chain(SHORT_MONTHS, "to|through|thru", "to")
        yield chain({f"{name}.": said for name, said in SHORT_MONTHS.items()}, "and|or", "to")
        day = rf"(?<!\w)(?P<word>{alternatives(WEEKDAYS)})"
        yield rule(
            rf"{day}(?:\.(?={DAYS_BEFORE})|(?=,? {DAY}{SUFFIX} (?:of )?{MONTH}))",
            self._day,
            HAS_DAY,
        )
        yield rule(rf"(?<=\b[Oo]n ){day}\.", self._day, HAS_DAY)
        month = rf"(?P<out>(?P<word>{alternatives(SHORT_MONTHS)})\.)"
        yield rule(rf"(?<!\w)(?:{MONTHS_AFTER}) {month}(?!\w)", self._short_month, HAS_MONTH)
        yield rule(r"(?<![\w])(?P<years>['’]\d0|[12]\d{2}0|\d0)['’]?s\b", self._decade)

    def _times(self) -> Iterator[Rule]:
        clock = r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
        yield rule(rf"{START}{clock}(?![\w:]){SPACE}{HALF}", self._time, ":")
        yield rule(rf"{START}{clock}{HALF}", self._time, ":")
        yield rule(rf"{START}{clock}(?![\w:])", self._time, ":")
        yield rule(
            rf"{START}(?P<hour>1[0-2]|0?[1-9])(?:\.(?P<minute>[0-5]\d))?{SPACE}{HALF}",
            self._time,
            HAS_HALF,
        )
        yield rule(TO_TIME, lambda _found: " to ", ":")
        yield rule(rf"{START}(?P<low>\d{{1,3}}):(?P<high>\d{{1,3}}){END}", self._ratio, ":")

    def _amounts(self) -> Iterator[Rule]:
        unit = alternatives(unit for unit in UNITS if unit[0].isalpha() or unit[0] == "°")
        number = self._say.pattern
        yield rule(
            rf"(?<!\w)(?:[Aa]n?|[Oo]ne|[Ee]very|[Ee]ach) (?P<out>(?P<low>{number})[ \u00a0-]?"
            rf"(?P<unit>{unit}))(?=[ -](?!{PREPOSITION})[a-z]{{3,}})",
            self._attribute,
            HAS_ATTRIBUTE,
        )
        yield rule(
            rf"(?<!\w)(?:[Tt]he|[Tt]his) (?P<out>(?P<low>{number})(?P<unit>{unit}))"
            rf"(?= (?!{PREPOSITION}|{PRONOUN})[a-z]{{3,}})",
            self._attribute,
            HAS_ATTRIBUTE,
        )
        yield rule(
            rf"{START}(?P<low>{number})-(?P<unit>{unit})(?= [a-z]{{3}})", self._attribute, "-"
        )
        yield from Amounts(self._say).rules
        yield rule(
            rf"{START}(?P<feet>\d{{1,3}})['′] ?(?:(?P<inches>\d{{1,2}})[\"″])", self._feet, HAS_FEET
        )

    def _shortened(self) -> Iterator[Rule]:
        yield rule(
            rf"(?<![\w.])(?:(?P<word>{alternatives(NUMBERED)})\.|(?P<sign>{alternatives(NUMBER_SIGNS)}))"
            rf"{SPACE}(?=\d)",
            self._numbered,
        )
        yield rule(r"(?<![\w.])(?P<word>St|Dr)\.", self._saint_or_street, ".")
        yield rule(
            rf"(?<![\w.])(?P<word>{alternatives(TITLES)})\.(?=\s?(?:[A-Z]|and\b|or\b))",
            self._title,
            ".",
        )
        yield rule(
            rf"(?<![\w.])(?P<word>{alternatives(ABBREVIATIONS)})(?!\w)", self._abbreviation, "."
        )
        one = r"I(?!\s(?!(?:of|and|or|to|in|is|was|by|the|began|begins|ended|ends)\b)[a-z])"
        yield rule(
            rf"(?<!\w)(?P<word>{alternatives(COUNTED)}) (?P<out>[IVXLCDM]{{2,9}}|[VXLCDM]|{one})"
            r"(?![\w.-]\w|\w)",
            self._numeral,
            "",
        )
        yield rule(
            rf"(?<!\w)(?:(?P<ruling>{RULING}) )?(?P<name>[A-Z][a-z]{{2,15}}) (?P<out>{ROMAN})"
            r"(?!\w)",
            self._ruler,
            "",
        )
        yield rule(NUMERAL_ALONE, self._numeral, "")

    def _plain(self) -> Iterator[Rule]:
        yield rule(PHONE, self._phone, HAS_PHONE)
        yield rule(rf"{START}(?P<parts>\d{{1,4}}(?:\.\d{{1,4}}){{2,4}})(?!\w|\.\d)", self._dotted)
        yield rule(
            rf"{START}(?P<low>\d{{2,5}}) ?[x×] ?(?P<high>\d{{2,5}}){END}", self._by, HAS_SIZE
        )
        yield rule(FRACTION, self._fraction, "/")
        yield rule(r"(?<!\w)(?P<number>\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(?:st|nd|rd|th)\b", self._nth)
        yield rule(
            rf"(?<![\w.,/-])(?P<low>{NUMBER}){DASH}(?P<high>{NUMBER})(?![\w/-]|[.,]\d)",
            self._range,
            HAS_DASH,
        )
        yield rule(
            rf"(?<![\w.,/-])(?P<low>{NUMBER}) [–—] ?(?P<high>{NUMBER})(?![\w/-]|[.,]\d)",
            self._range,
            HAS_DASH,
        )
        yield rule(
            rf"(?<![\w.,])(?P<low>\d{{0,6}}[{''.join(FRACTION_SIGNS)}])", self._glyph, HAS_GLYPH
        )
        yield rule(rf"{START}(?P<minus>{MINUS})(?P<low>{NUMBER}){END}", self._number)

    # Numbers

    def _number(self, found: re.Match[str]) -> str | None:
        number = found["low"]
        if found["minus"]:
            return f"minus {self._say.amount(number)}"
        if is_year(number):
            return self._say.year(number)
        if number.isdecimal() and len(number) > 9:
            return self._say.digits(number)
        return self._say.amount(number)

    def _glyph(self, found: re.Match[str]) -> str:
        return self._say.amount(found["low"])

    def _nth(self, found: re.Match[str]) -> str:
        return self._say.ordinal(found["number"].replace(",", ""))

    def _range(self, found: re.Match[str]) -> str | None:
        low, high = found["low"], found["high"]
        if is_year(low) and len(high) == 2 and high.isdecimal() and high > low[2:]:
            return f"{self._say.year(low)} to {self._say.cardinal(high)}"
        if "-" in found[0] and not self._say.value(low) < self._say.value(high):
            return None  # a score, a part number
        if is_year(low) and is_year(high):
            return f"{self._say.year(low)} to {self._say.year(high)}"
        return f"{self._say.amount(low)} to {self._say.amount(high)}"

    def _ratio(self, found: re.Match[str]) -> str:
        return f"{self._say.amount(found['low'])} to {self._say.amount(found['high'])}"

    def _by(self, found: re.Match[str]) -> str:
        return f"{self._say.amount(found['low'])} by {self._say.amount(found['high'])}"

    def _dotted(self, found: re.Match[str]) -> str | None:
        parts = found["parts"].split(".")
        if len(parts) > 2 and parts[0] != "0" and all(len(part) == 3 for part in parts[1:]):
            return self._say.cardinal("".join(parts))  # thousands, as others write them
        if len(parts) == 3 and len(parts[2]) == 4 and int(parts[1]) <= 12:
            return self._date(parts[0], parts[1], parts[2])
        return " point ".join(map(self._say.amount, parts))

    def _fraction(self, found: re.Match[str]) -> str | None:
        part, of = int(found["part"]), int(found["of"])
        if (part, of) in ((24, 7), (9, 11)):
            return f"{self._say.amount(found['part'])} {self._say.amount(found['of'])}"
        if not (0 < part < of) or of not in DENOMINATORS:
            return None
        return self._say.mixed(found["whole"] or "", part, of)

    def _phone(self, found: re.Match[str]) -> str | None:
        rest = found["rest"]
        is_marked = found["plus"] or "(" in rest or (rest[0] == "0" and not rest.isdecimal())
        if not (is_marked and _digits(rest) >= 6) and not US_PHONE.fullmatch(rest):
            return None
        groups = re.findall(r"\d{1,8}", rest)
        said = ", ".join(self._say.digits(group) for group in groups)
        return f"plus {said}" if found["plus"] else said

    # Dates and times

    def _date(self, day: str, month: str, year: str) -> str | None:
        if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
            return None
        name = MONTH_NAMES[int(month) - 1]
        nth = self._say.ordinal(str(int(day)))
        if self._is_day_first:
            return f"the {nth} of {name}, {self._say.year(year)}"
        return f"{name} {nth}, {self._say.year(year)}"

    def _numeric(self, found: re.Match[str]) -> str | None:
        return self._date(found["day"], found["m"], found["year"])

    def _slashed(self, found: re.Match[str]) -> str | None:
        month, day, year = found["m"], found["day"], found["year"]
        year = full_year(year)
        if int(month) > 12 or (self._is_day_first and int(day) <= 12):
            month, day = day, month
        return self._date(day, month, year)

    def _day(self, found: re.Match[str]) -> str:
        return WEEKDAYS[found["word"]] + _stop(found)

    def _short_month(self, found: re.Match[str]) -> str:
        return SHORT_MONTHS[found["word"]] + _stop(found)

    def _day_month(self, found: re.Match[str]) -> str:
        nth = self._say.ordinal(str(int(found["day"])))
        article = (
            ""
            if found.string[max(0, found.start() - 4) : found.start()].lower() == "the "
            else "the "
        )
        year = f", {self._say.year(found['year'])}" if found["year"] else ""
        return f"{article}{nth} of {MONTHS[found['month']]}{year}"

    def _month_day(self, found: re.Match[str]) -> str:
        said = f"{MONTHS[found['month']]} {self._say.ordinal(found['day'])}"
        if found["until"]:
            said += f" to {self._say.ordinal(found['until'])}"
        return f"{said}, {self._say.year(found['year'])}" if found["year"] else said

    def _month_year(self, found: re.Match[str]) -> str:
        return f"{MONTHS[found['month']]} {self._say.year(found['year'])}"

    def _decade(self, found: re.Match[str]) -> str | None:
        years = found["years"].lstrip("'’")
        if len(years) == 2 and years < "20":
            return None
        said = self._say.year(years) if len(years) == 4 else self._say.cardinal(years)
        return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"

    def _time(self, found: re.Match[str]) -> str:
        groups = found.groupdict()
        hour, minute, half = int(found["hour"]), int(groups["minute"] or 0), groups.get("half")
        said = self._say.cardinal(str(hour))
        if minute:
            said += f" {'oh ' if minute < 10 else ''}{self._say.cardinal(str(minute))}"
        elif not half:
            said += " o'clock" if 0 < hour <= 12 else " hundred"
        if groups.get("second"):
            said += f" and {self._say.cardinal(str(int(groups['second'])))} seconds"
        if half:
            said += f" {half.lower()} m" + _stop(found)
        return said

    # Money and measures

    def _attribute(self, found: re.Match[str]) -> str:
        one = UNITS[found["unit"]].partition("|")[0]
        return f"{self._say.amount(found['low'])} {one}"

    def _feet(self, found: re.Match[str]) -> str:
        feet, inches = found["feet"], found["inches"]
        return (
            f"{self._say.amount(feet)} {'foot' if feet == '1' else 'feet'} "
            f"{self._say.amount(inches)} {'inch' if inches == '1' else 'inches'}"
        )

    # Abbreviations

    def _numbered(self, found: re.Match[str]) -> str:
        word = NUMBERED[found["word"]] if found["word"] else NUMBER_SIGNS[found["sign"]]
        return f"{word} "

    def _title(self, found: re.Match[str]) -> str:
        return TITLES[found["word"]]

    def _saint_or_street(self, found: re.Match[str]) -> str:
        word = found["word"]
        before = found.string[max(0, found.start() - 80) : found.start()]
        is_named = re.match(r"\s?[A-Z]", found.string[found.end() : found.end() + 2])
        is_address = ADDRESS_BEFORE.search(before) and (word == "St" or not before.endswith("th "))
        if is_address or (not is_named and NAMED_BEFORE.search(before)):
            return {"St": "Street", "Dr": "Drive"}[word] + _stop(found)
        return TITLES[word]

    def _abbreviation(self, found: re.Match[str]) -> str:
        word = found["word"]
        return ABBREVIATIONS[word] + ("" if word in NEVER_AT_THE_END else _stop(found))

    def _numeral(self, found: re.Match[str]) -> str | None:
        value = roman(found["out"])
        return self._say.cardinal(str(value)) if value else None

    def _ruler(self, found: re.Match[str]) -> str | None:
        value = roman(found["out"])
        if not value:
            return None
        if found["ruling"] or (found["name"] in RULERS and found["out"] != "I"):
            return f"the {self._say.ordinal(str(value))}"
        return self._say.cardinal(str(value)) if SURE_NUMERAL.fullmatch(found["out"]) else None


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))


def _stop(found: re.Match[str]) -> str:
    """A full stop where the dot of an abbreviation is also that of its sentence."""
    return "." if found[0].endswith(".") and SENTENCE_END.match(found.string, found.end()) else ""
