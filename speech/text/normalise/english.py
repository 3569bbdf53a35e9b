"""English: what is written in figures, signs and abbreviations, in words."""

import re
from collections.abc import Iterator

from speech.text.normalise import words
from speech.text.normalise.codes import Codes
from speech.text.normalise.english_numbers import LANGUAGE, Numbers, figures, is_year, value
from speech.text.normalise.english_words import (
    ABBREVIATIONS,
    CODES,
    COUNTED,
    CURRENCIES,
    DENOMINATORS,
    MONTH_NAMES,
    MONTHS,
    NEVER_AT_THE_END,
    NEVER_GLUED,
    NUMBER_SIGNS,
    NUMBERED,
    RULERS,
    RULING,
    SCALES,
    TITLES,
    UNITS,
)
from speech.text.normalise.english_words import (
    LANGUAGE as WORDS,
)
from speech.text.normalise.formulas import Formulas
from speech.text.normalise.numbers import Numbers as SharedNumbers
from speech.text.normalise.rules import (
    DASH,
    END,
    FRACTION,
    FRACTION_SIGNS,
    MINUS,
    NUMERAL_ALONE,
    ROMAN,
    SPACE,
    START,
    Addresses,
    Rule,
    alternatives,
    roman,
    rule,
)

DAY_FIRST = ("en-gb", "en-au", "en-nz", "en-ie", "en-in", "en-za", "en-029")

NUMBER = r"(?:\d{1,3}(?:(?:[,\u00a0\u202f]\d{3}){1,5}|(?: 000){1,5})(?!\d)|\d{1,15})(?:\.\d{1,12})?"
AMOUNT = rf"(?:{NUMBER}|\d{{0,6}}[{''.join(FRACTION_SIGNS)}])"
SPAN = rf"(?P<minus>{MINUS})(?P<low>{AMOUNT})(?:{SPACE}{DASH}{SPACE}(?P<high>{AMOUNT}))?"
SCALE = rf"(?:{SPACE}(?P<scale>{alternatives(SCALES)}))?"
MONTH = rf"(?P<month>{alternatives(MONTHS)})\b\.?"
YEAR = r"[12]\d{3}"
DAY = r"(?:3[01]|[12]\d|0?[1-9])"
SUFFIX = r"(?:st|nd|rd|th)?"
HALF = r"(?P<half>[aApP])(?:\.[ ]?[mM]\.|[mM])(?!\w)"
SENTENCE_END = re.compile(r"[\"'”’)\]]{0,3}(?:\s{1,20}[\"'“‘(\[]{0,3}[A-Z]|\s{0,20}\Z)")
PHONE = (
    r"(?<![\w.,$€£/-])(?P<plus>\+?)(?P<rest>(?:\d{1,4}[ .-])?(?:\(\d{1,5}\)[ -]?)?"
    r"\d{2,8}(?:[ -]\d{2,8}){0,4})(?![\w-]|[.,/:]\d)"
)
US_PHONE = re.compile(r"(?:\d-)?(?:\d{3}-)?\d{3}-\d{4}")
NAMED_BEFORE = re.compile(r"(?:[A-Z][a-z]{1,20}|\d(?:st|nd|rd|th)) \Z")
ADDRESS_BEFORE = re.compile(
    r"\b(?:\d{1,5}[a-z]? (?:[A-Z][a-z]{1,20} ){1,3}|\d{1,3}(?:st|nd|rd|th) )\Z"
)


class English:
    """The rules for a variety of English, such as "en-GB"."""

    def __init__(self, tag: str) -> None:
        self._is_day_first = tag.lower().startswith(DAY_FIRST)
        self._say = Numbers(has_and=not tag.lower().startswith("en-us"))
        signs = {".": "dot", "@": "at", "_": "underscore", "-": "dash", "+": "plus", "/": "slash"}
        numbers = SharedNumbers(WORDS, tag)
        self.rules = (
            *Addresses(signs).rules,
            *Codes(numbers).rules,
            *self._dates(),
            *self._times(),
            *self._amounts(),
            *self._shortened(),
            *Formulas(numbers).rules,
            *self._plain(),
        )

    def _dates(self) -> Iterator[Rule]:
        yield rule(rf"{START}(?P<year>\d{{4}})-(?P<m>\d\d)-(?P<day>\d\d)(?![\w-])", self._numeric)
        yield rule(rf"{START}(?P<m>\d\d?)/(?P<day>\d\d?)/(?P<year>{YEAR})(?![\w/])", self._slashed)
        day_month = rf"{START}(?P<day>{DAY}){SUFFIX}(?: of)? {MONTH}(?:,? (?P<year>{YEAR}){END})?"
        yield rule(day_month, self._day_month)
        until = rf"(?:{SPACE}{DASH}{SPACE}(?P<until>{DAY}){SUFFIX}(?!\w))?"
        yield rule(
            rf"(?<!\w){MONTH} (?P<day>{DAY}){SUFFIX}(?![\w:]|[.,:]\d){until}"
            rf"(?:,? (?P<year>{YEAR}){END})?",
            self._month_day,
        )
        yield rule(rf"(?<!\w){MONTH},? (?P<year>{YEAR}){END}", self._month_year)
        yield rule(r"(?<![\w])(?P<years>['’]\d0|[12]\d{2}0|\d0)['’]?s\b", self._decade)

    def _times(self) -> Iterator[Rule]:
        clock = r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
        yield rule(rf"{START}{clock}(?![\w:]){SPACE}{HALF}", self._time)
        yield rule(rf"{START}{clock}{HALF}", self._time)
        yield rule(rf"{START}{clock}(?![\w:])", self._time)
        yield rule(
            rf"{START}(?P<hour>1[0-2]|0?[1-9])(?:\.(?P<minute>[0-5]\d))?{SPACE}{HALF}", self._time
        )
        yield rule(rf"{START}(?P<low>\d{{1,3}}):(?P<high>\d{{1,3}}){END}", self._ratio)

    def _amounts(self) -> Iterator[Rule]:
        sign = alternatives(CURRENCIES)
        money = rf"(?P<currency>{sign}){SPACE}{SPAN.replace('(?P<high>', f'(?:{sign})?(?P<high>')}"
        yield rule(
            rf"(?<!\w)(?P<sign>[-\u2212])(?P<currency>{sign})(?P<low>{NUMBER}){SCALE}{END}",
            self._money,
        )
        yield rule(rf"(?<!\w){money}{SCALE}{END}", self._money)
        code = alternatives([*CURRENCIES, *CODES])
        yield rule(rf"{START}{SPAN}{SCALE}{SPACE}(?P<currency>{code})(?![\w{{(])", self._money)
        yield rule(rf"(?<!\w)(?P<currency>{alternatives(CODES)}) {SPAN}{SCALE}{END}", self._money)
        unit = rf"(?P<unit>{alternatives(UNITS)})(?![\w°²³/]|\.\w)"
        yield rule(rf"{START}{SPAN}{SPACE}{unit}", self._measure)
        yield rule(rf"{START}(?P<feet>\d{{1,3}})['′] ?(?:(?P<inches>\d{{1,2}})[\"″])", self._feet)

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
        yield rule(PHONE, self._phone)
        yield rule(rf"{START}(?P<parts>\d{{1,4}}(?:\.\d{{1,4}}){{2,4}})(?!\w|\.\d)", self._dotted)
        yield rule(rf"{START}(?P<low>\d{{2,5}}) ?[x×] ?(?P<high>\d{{2,5}}){END}", self._by)
        yield rule(FRACTION, self._fraction)
        yield rule(r"(?<!\w)(?P<number>\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(?:st|nd|rd|th)\b", self._nth)
        yield rule(
            rf"(?<![\w.,/-])(?P<low>{NUMBER}){DASH}(?P<high>{NUMBER})(?![\w/-]|[.,]\d)", self._range
        )
        yield rule(
            rf"(?<![\w.,/-])(?P<low>{NUMBER}) [–—] ?(?P<high>{NUMBER})(?![\w/-]|[.,]\d)",
            self._range,
        )
        yield rule(rf"(?<![\w.,])(?P<low>\d{{0,6}}[{''.join(FRACTION_SIGNS)}])", self._glyph)
        yield rule(rf"{START}(?P<minus>{MINUS})(?P<low>{NUMBER}){END}", self._number)

    # Numbers

    def _span(self, found: re.Match[str]) -> str:
        groups = found.groupdict()
        minus = "minus " if groups.get("minus") or groups.get("sign") else ""
        high = f" to {self._say.amount(found['high'])}" if groups.get("high") else ""
        return f"{minus}{self._say.amount(found['low'])}{high}"

    def _number(self, found: re.Match[str]) -> str | None:
        number = found["low"]
        if found["minus"]:
            return f"minus {self._say.amount(number)}"
        if is_year(number):
            return self._say.year(number)
        if number.isdecimal() and len(number) > 9:
            return words.digits(number, LANGUAGE)
        return self._say.amount(number)

    def _glyph(self, found: re.Match[str]) -> str:
        return self._say.amount(found["low"])

    def _nth(self, found: re.Match[str]) -> str:
        return self._say.cardinal(found["number"].replace(",", ""), "ordinal")

    def _range(self, found: re.Match[str]) -> str | None:
        low, high = found["low"], found["high"]
        if is_year(low) and len(high) == 2 and high.isdecimal() and high > low[2:]:
            return f"{self._say.year(low)} to {self._say.cardinal(high)}"
        if "-" in found[0] and not value(low) < value(high):
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
        if len(parts) == 3 and len(parts[2]) == 4 and int(parts[1]) <= 12:
            return self._date(parts[0], parts[1], parts[2])
        return " point ".join(map(self._say.amount, parts))

    def _fraction(self, found: re.Match[str]) -> str | None:
        part, of = int(found["part"]), int(found["of"])
        if (part, of) in ((24, 7), (9, 11)):
            return f"{self._say.amount(found['part'])} {self._say.amount(found['of'])}"
        if not (0 < part < of) or (of > 10 and of not in DENOMINATORS):
            return None
        said = self._say.fraction(part, of)
        if found["whole"]:
            return f"{self._say.amount(found['whole'])} and {said}"
        return f"one {said.partition(' ')[2]}" if part == 1 else said

    def _phone(self, found: re.Match[str]) -> str | None:
        rest = found["rest"]
        is_marked = found["plus"] or "(" in rest or (rest[0] == "0" and not rest.isdecimal())
        if not (is_marked and _digits(rest) >= 6) and not US_PHONE.fullmatch(rest):
            return None
        groups = re.findall(r"\d{1,8}", rest)
        said = ", ".join(words.digits(group, LANGUAGE) for group in groups)
        return f"plus {said}" if found["plus"] else said

    # Dates and times

    def _date(self, day: str, month: str, year: str) -> str | None:
        if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
            return None
        name = MONTH_NAMES[int(month) - 1]
        nth = self._say.cardinal(str(int(day)), "ordinal")
        if self._is_day_first:
            return f"the {nth} of {name}, {self._say.year(year)}"
        return f"{name} {nth}, {self._say.year(year)}"

    def _numeric(self, found: re.Match[str]) -> str | None:
        return self._date(found["day"], found["m"], found["year"])

    def _slashed(self, found: re.Match[str]) -> str | None:
        month, day = found["m"], found["day"]
        if int(month) > 12 or (self._is_day_first and int(day) <= 12):
            month, day = day, month
        return self._date(day, month, found["year"])

    def _day_month(self, found: re.Match[str]) -> str:
        nth = self._say.cardinal(str(int(found["day"])), "ordinal")
        article = "" if found.string[: found.start()].lower().endswith("the ") else "the "
        year = f", {self._say.year(found['year'])}" if found["year"] else ""
        return f"{article}{nth} of {MONTHS[found['month']]}{year}"

    def _month_day(self, found: re.Match[str]) -> str:
        said = f"{MONTHS[found['month']]} {self._say.cardinal(str(int(found['day'])), 'ordinal')}"
        if found["until"]:
            said += f" to {self._say.cardinal(str(int(found['until'])), 'ordinal')}"
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

    def _money(self, found: re.Match[str]) -> str:
        sign, low = found["currency"], found["low"]
        one, many, cent, cents = CURRENCIES.get(sign) or CODES[sign]
        groups = found.groupdict()
        if groups.get("scale"):
            return f"{self._span(found)} {SCALES[groups['scale']]} {many}"
        whole, _, decimals = low.partition(".")
        if len(decimals) != 2 or not cent or groups.get("high"):
            is_one = low == "1" and not groups.get("high")
            return f"{self._span(found)} {one if is_one else many}"
        minus = "minus " if groups.get("minus") or groups.get("sign") else ""
        small = f"{self._say.cardinal(str(int(decimals)))} {cent if decimals == '01' else cents}"
        if not int(figures(whole)):
            return minus + small
        large = f"{minus}{self._say.amount(whole)} {one if whole == '1' else many}"
        return f"{large} and {small}" if int(decimals) else large

    def _measure(self, found: re.Match[str]) -> str | None:
        unit = found["unit"]
        if unit in NEVER_GLUED and found[0][-len(unit) - 1].isdecimal():
            return None
        one, many = UNITS[unit]
        is_one = found["low"] in ("1", "½") and not found["high"]
        return f"{self._span(found)} {one if is_one else many}"

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
        is_ruler = found["ruling"] or (found["name"] in RULERS and found["out"] != "I")
        return f"the {self._say.cardinal(str(value), 'ordinal')}" if value and is_ruler else None


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))


def _stop(found: re.Match[str]) -> str:
    """A full stop where the dot of an abbreviation is also that of its sentence."""
    return "." if found[0].endswith(".") and SENTENCE_END.match(found.string, found.end()) else ""
