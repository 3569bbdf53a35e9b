"""German: what is written in figures, signs and abbreviations, in words."""

import re
from collections.abc import Iterator

from speech.text.normalise import words
from speech.text.normalise.codes import Codes
from speech.text.normalise.formulas import Formulas
from speech.text.normalise.german_words import (
    ABBREVIATIONS,
    COUNTED,
    CURRENCIES,
    DENOMINATORS,
    FEMININE,
    GENITIVES,
    MONTH_NAMES,
    MONTHS,
    NEVER_AT_THE_END,
    NUMBERED,
    ORDINAL_NOUNS,
    RULERS,
    SCALES,
    SENTENCE_STARTS,
    TITLES,
    UNITS,
)
from speech.text.normalise.german_words import (
    LANGUAGE as WORDS,
)
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

LANGUAGE = "de"
THOUSANDS = r"[. \u00a0\u202f’']"
NUMBER = rf"(?:\d{{1,3}}(?:{THOUSANDS}\d{{3}}){{1,5}}(?!\d)|\d{{1,15}})(?:,\d{{1,12}})?"
AMOUNT = rf"(?:{NUMBER}|\d{{0,6}}[{''.join(FRACTION_SIGNS)}])"
SPAN = rf"(?P<minus>{MINUS})(?P<low>{AMOUNT})(?:{SPACE}(?:{DASH}|bis){SPACE}(?P<high>{AMOUNT}))?"
SCALE = rf"(?:{SPACE}(?P<scale>{alternatives(SCALES)}))?"
MONTH = rf"(?P<month>{alternatives(MONTHS)})\b\.?"
YEAR = r"[12]\d{3}"
DAY = r"(?:3[01]|[12]\d|0?[1-9])"
SENTENCE_END = re.compile(r"[\"'”’“)\]]{0,3}(?:\s{1,20}[\"'„»‚(\[]{0,3}[A-ZÄÖÜ]|\s{0,20}\Z)")
PHONE = (
    r"(?<![\w.,$€/-])(?P<plus>\+?)(?P<rest>(?:\d{1,4}[ -])?(?:\(\d{1,5}\)[ -]?)?"
    r"\d{2,8}(?:[ /-]{1,3}\d{2,8}){0,4})(?![\w-]|[.,/:]\d)"
)
# What stands before an ordinal tells its ending.
BEFORE_N = re.compile(
    r"(?i)(?:\b(?:am|im|zum|vom|beim|ins|dem|den|des|einem|einen|eines|jedem|jeden|diesem|diesen"
    r"|seinem|seinen|seines|ihrem|ihren|ihres|meinem|meinen|unserem|unseren|seit|ab|bis"
    r"|bis zum|zur|beider|der beiden)|\b(?:in|an|auf|mit|von|zu|bei|nach|aus|seit|vor|während|ab"
    r"|neben|unter|über|hinter) (?:der|seiner|ihrer|meiner|einer|dieser|unserer|den|dem))\s\Z"
)
BEFORE_E = re.compile(r"(?i)\b(?:der|die|das|diese|dieses|dieser|jede|eine|ihre|seine|meine)\s\Z")
BEFORE_R = re.compile(r"(?i)\b(?:ein|kein|mein|sein|ihr|unser|jeder)\s\Z")


class German:
    """The rules for German."""

    def __init__(self, tag: str) -> None:
        signs = {
            ".": "Punkt", "@": "ät", "_": "Unterstrich", "-": "Minus", "+": "plus",
            "/": "Schrägstrich",
        }  # fmt: skip
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
        yield rule(
            rf"{START}(?P<day>{DAY})\.{SPACE}(?P<m>0?[1-9]|1[0-2])\.{SPACE}(?P<year>{YEAR}){END}",
            self._numeric,
        )
        yield rule(
            rf"{START}(?P<from>{DAY})\.{SPACE}(?:{DASH}|bis){SPACE}(?P<day>{DAY})\. ?{MONTH}"
            rf"(?: (?P<year>{YEAR}){END})?",
            self._days_of_month,
        )
        yield rule(
            rf"{START}(?P<day>{DAY})\.{SPACE}{MONTH}(?: (?P<year>{YEAR}){END})?", self._day_of_month
        )
        yield rule(
            rf"{START}(?P<day>{DAY})\.{SPACE}(?P<m>0?[1-9]|1[0-2])\.(?!\d)", self._day_and_month
        )
        yield rule(rf"(?<!\w){MONTH} (?P<year>{YEAR}){END}", self._month_year)
        yield rule(r"(?<!\w)(?P<years>[12]\d{2}0|\d0)er(?P<case>n?)\b", self._decade)

    def _times(self) -> Iterator[Rule]:
        clock = r"(?P<hour>[01]?\d|2[0-4])[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?"
        yield rule(rf"{START}{clock}{SPACE}(?:Uhr|h)\b", self._time)
        yield rule(rf"{START}{clock.replace('[:.]', ':')}{END}", self._time)
        yield rule(rf"{START}(?P<hour>[01]?\d|2[0-4]){SPACE}Uhr\b", self._time)
        yield rule(rf"{START}(?P<low>\d{{1,3}}) ?: ?(?P<high>\d{{1,3}}){END}", self._ratio)

    def _amounts(self) -> Iterator[Rule]:
        sign = alternatives(CURRENCIES)
        span = SPAN.replace(r"(?:,\d{1,12})?", r"(?:,(?:\d{1,12}|[-–]{1,2}))?")
        yield rule(rf"{START}{span}{SCALE}{SPACE}(?P<currency>{sign})(?!\w)", self._money)
        yield rule(rf"(?<!\w)(?P<currency>{sign}){SPACE}{span}{SCALE}{END}", self._money)
        unit = rf"(?P<unit>{alternatives(UNITS)})(?![\w°²³/]|\.\w)"
        yield rule(rf"{START}{SPAN}{SPACE}{unit}", self._measure)

    def _shortened(self) -> Iterator[Rule]:
        yield rule(
            rf"(?<![\w.])(?:(?P<word>{alternatives(NUMBERED)})\.|(?P<sign>§§?|№|#)){SPACE}(?=\d)",
            self._numbered,
        )
        yield rule(
            rf"(?<![\w.])(?P<word>{alternatives(TITLES)})\.(?=\s?[A-ZÄÖÜ])", self._title, "."
        )
        yield rule(
            rf"(?<![\w.])(?P<word>{alternatives(ABBREVIATIONS)})(?!\w)", self._abbreviation, "."
        )
        yield rule(r"(?<=[a-zäöüß])str\.", self._street, "str.")
        yield rule(r"(?<=[\w-])(?<=[ -])Str\.", self._street, "Str.")
        yield rule(
            rf"(?<!\w)(?P<word>{alternatives(COUNTED)}) (?P<out>{ROMAN})(?![\w-]|\.\w)",
            self._numeral,
            "",
        )
        yield rule(
            rf"(?<!\w)(?P<name>[A-ZÄÖÜ][a-zäöüß]{{2,15}}) (?P<out>{ROMAN}\.)",
            self._ruler,
            ".",
        )
        yield rule(NUMERAL_ALONE, self._numeral, "")

    def _plain(self) -> Iterator[Rule]:
        yield rule(PHONE, self._phone)
        yield rule(FRACTION, self._fraction)
        yield rule(
            rf"(?<![\w.,/-])(?P<low>{NUMBER})(?:{DASH}| [–—] )(?P<high>{NUMBER})(?![\w/-]|[.,]\d)",
            self._range,
        )
        yield rule(r"(?<![\w.,/-])(?P<number>\d{1,4})\.(?=\s{1,3}(?P<next>\w{1,30}))", self._nth)
        yield rule(rf"{START}(?P<parts>\d{{1,4}}(?:\.\d{{1,4}}){{1,4}})(?!\w|[.,]\d)", self._dotted)
        yield rule(rf"{START}(?P<low>\d{{2,5}}) ?[x×] ?(?P<high>\d{{2,5}}){END}", self._by)
        yield rule(rf"(?<![\w.,])(?P<low>\d{{0,6}}[{''.join(FRACTION_SIGNS)}])", self._glyph)
        yield rule(rf"{START}(?P<minus>{MINUS})(?P<low>{NUMBER}){END}", self._number)

    # Numbers

    def _cardinal(self, number: str, form: str = "cardinal") -> str:
        return words.spelled(number, LANGUAGE, form)

    def _amount(self, written: str) -> str:
        """A number in figures, with separators or a fraction sign, in words."""
        sign = written[-1]
        if sign in FRACTION_SIGNS:
            whole, part = written[:-1], self._part(*FRACTION_SIGNS[sign])
            if whole and sign == "½":
                return self._and_a_half(whole)
            return f"{self._amount(whole)} {part}" if whole else part
        whole, _, decimals = written.partition(",")
        whole = "".join(filter(str.isdecimal, whole))
        is_code = len(whole) > 1 and whole[0] == "0"
        said = words.digits(whole, LANGUAGE) if is_code else self._cardinal(whole)
        if decimals.isdecimal():
            return f"{said} Komma {words.digits(decimals, LANGUAGE)}"
        return said

    def _one(self, written: str, noun: str) -> str:
        """A number before a noun: "ein Kilogramm", "eine Stunde", "einundzwanzig Stunden"."""
        if written != "1":
            return self._amount(written)
        return "eine" if noun in FEMININE else "ein"

    def _and_a_half(self, whole: str) -> str:
        return "eineinhalb" if whole == "1" else f"{self._amount(whole)}einhalb"

    def _part(self, part: int, of: int) -> str:
        if of == 2:
            return "ein halb"
        name = DENOMINATORS.get(of) or self._nth_stem(str(of)).removesuffix("t") + "tel"
        return f"{'ein' if part == 1 else self._cardinal(str(part))} {name}"

    def _nth_stem(self, number: str) -> str:
        """An ordinal without its ending: "fünft", "einundzwanzigst"."""
        return self._cardinal(str(int(number)), "ordinal").removesuffix("e")

    def _year(self, year: str) -> str:
        return self._cardinal(year, "year" if year < "2000" else "cardinal")

    def _number(self, found: re.Match[str]) -> str:
        number = found["low"]
        if found["minus"]:
            return f"minus {self._amount(number)}"
        if _is_year(number):
            return self._year(number)
        if number.isdecimal() and len(number) > 9:
            return words.digits(number, LANGUAGE)
        return self._amount(number)

    def _glyph(self, found: re.Match[str]) -> str:
        return self._amount(found["low"])

    def _ending(self, found: re.Match[str], alone: str) -> str:
        before = found.string[max(0, found.start() - 30) : found.start()]
        for pattern, ending in ((BEFORE_N, "en"), (BEFORE_E, "e"), (BEFORE_R, "er")):
            if pattern.search(before):
                return ending
        return alone

    def _nth(self, found: re.Match[str]) -> str | None:
        following = found["next"]
        ending = self._ending(found, "")
        is_known = following in ORDINAL_NOUNS
        if not (ending or is_known or following[0].islower()) or found["number"][0] == "0":
            return None
        if not ending:
            ending = ORDINAL_NOUNS.get(following, "er")
        stop = "." if following in SENTENCE_STARTS else ""
        return self._nth_stem(found["number"]) + ending + stop

    def _range(self, found: re.Match[str]) -> str | None:
        low, high = found["low"], found["high"]
        is_year = _is_year(low) and (_is_year(high) or len(high) == 2)
        if "-" in found[0] and not is_year and not _value(low) < _value(high):
            return None  # a score, a part number
        say = self._year if is_year and _is_year(high) else self._amount
        return f"{self._year(low) if is_year else say(low)} bis {say(high)}"

    def _ratio(self, found: re.Match[str]) -> str:
        return f"{self._amount(found['low'])} zu {self._amount(found['high'])}"

    def _by(self, found: re.Match[str]) -> str:
        return f"{self._amount(found['low'])} mal {self._amount(found['high'])}"

    def _dotted(self, found: re.Match[str]) -> str | None:
        parts = found["parts"].split(".")
        if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]):
            return None  # thousands
        return " Punkt ".join(map(self._amount, parts))

    def _fraction(self, found: re.Match[str]) -> str | None:
        part, of = int(found["part"]), int(found["of"])
        if (part, of) == (24, 7):
            return "vierundzwanzig sieben"
        if not (0 < part < of) or (of > 10 and of not in DENOMINATORS):
            return None
        said = self._part(part, of)
        if found["whole"]:
            whole = found["whole"]
            is_half = (part, of) == (1, 2)
            return self._and_a_half(whole) if is_half else f"{self._amount(whole)} {said}"
        return said

    def _phone(self, found: re.Match[str]) -> str | None:
        rest = found["rest"]
        count = sum(map(str.isdecimal, rest))
        is_phone = found["plus"] or "(" in rest or rest[0] == "0"
        if not is_phone or count < 6 or (rest.isdecimal() and not found["plus"]):
            return None
        groups = re.findall(r"\d{1,8}", rest)
        said = ", ".join(words.digits(group, LANGUAGE) for group in groups)
        return f"plus {said}" if found["plus"] else said

    # Dates and times

    def _day(self, found: re.Match[str], day: str) -> str:
        return self._nth_stem(day) + self._ending(found, "er")

    def _numeric(self, found: re.Match[str]) -> str | None:
        month, day = int(found["m"]), found["day"]
        if not (1 <= month <= 12 and 1 <= int(day) <= 31):
            return None
        return f"{self._day(found, day)} {MONTH_NAMES[month - 1]} {self._year(found['year'])}"

    def _day_of_month(self, found: re.Match[str]) -> str:
        year = f" {self._year(found['year'])}" if found["year"] else _stop(found)
        return f"{self._day(found, found['day'])} {MONTHS[found['month']]}{year}"

    def _days_of_month(self, found: re.Match[str]) -> str:
        year = f" {self._year(found['year'])}" if found["year"] else ""
        first, last = self._day(found, found["from"]), self._nth_stem(found["day"])
        return f"{first} bis {last}en {MONTHS[found['month']]}{year}"

    def _day_and_month(self, found: re.Match[str]) -> str:
        stop = "." if SENTENCE_END.match(found.string, found.end()) else ""
        return f"{self._day(found, found['day'])} {MONTH_NAMES[int(found['m']) - 1]}{stop}"

    def _month_year(self, found: re.Match[str]) -> str:
        return f"{MONTHS[found['month']]} {self._year(found['year'])}"

    def _decade(self, found: re.Match[str]) -> str:
        years = found["years"]
        said = self._year(years) if len(years) == 4 else self._cardinal(years)
        return f"{said}er{found['case']}"

    def _time(self, found: re.Match[str]) -> str:
        groups = found.groupdict()
        hour = str(int(found["hour"]))
        said = f"{'ein' if hour == '1' else self._cardinal(hour)} Uhr"
        if int(groups.get("minute") or 0):
            said += f" {self._cardinal(str(int(groups['minute'])))}"
        if groups.get("second"):
            said += f" und {self._cardinal(str(int(groups['second'])))} Sekunden"
        return said

    # Money and measures

    def _span(self, found: re.Match[str], noun: str) -> str:
        minus = "minus " if found["minus"] else ""
        high = f" bis {self._amount(found['high'])}" if found["high"] else ""
        low = self._amount(found["low"]) if high else self._one(found["low"], noun)
        return f"{minus}{low}{high}"

    def _money(self, found: re.Match[str]) -> str:
        coin, cent = CURRENCIES[found["currency"]]
        scale, (whole, _, decimals) = found["scale"], found["low"].partition(",")
        if scale:
            one, many = SCALES[scale]
            is_one = found["low"] == "1" and not found["high"]
            return f"{self._span(found, one)} {one if is_one else many} {coin}"
        if len(decimals) != 2 or not decimals.isdecimal() or not cent or found["high"]:
            return f"{self._span(found, coin)} {coin}"
        minus = "minus " if found["minus"] else ""
        small = self._one(str(int(decimals)), cent)
        if whole == "0":
            return f"{minus}{small} {cent}"
        large = f"{minus}{self._one(whole, coin)} {coin}"
        return f"{large} {self._cardinal(str(int(decimals)))}" if int(decimals) else large

    def _measure(self, found: re.Match[str]) -> str | None:
        unit = found["unit"]
        if unit == "s" and found[0][-2].isdecimal():
            return None
        one, many = UNITS[unit]
        is_one = found["low"] == "1" and not found["high"]
        return f"{self._span(found, one)} {one if is_one else many}"

    # Abbreviations

    def _numbered(self, found: re.Match[str]) -> str:
        if found["word"]:
            return f"{NUMBERED[found['word']]} "
        return {"§": "Paragraf ", "§§": "Paragrafen "}.get(found["sign"], "Nummer ")

    def _title(self, found: re.Match[str]) -> str:
        return TITLES[found["word"]]

    def _street(self, found: re.Match[str]) -> str:
        return ("Straße" if found[0][0] == "S" else "straße") + _stop(found)

    def _abbreviation(self, found: re.Match[str]) -> str:
        word = found["word"]
        return ABBREVIATIONS[word] + ("" if word in NEVER_AT_THE_END else _stop(found))

    def _numeral(self, found: re.Match[str]) -> str | None:
        value = roman(found["out"])
        return self._cardinal(str(value)) if value else None

    def _ruler(self, found: re.Match[str]) -> str | None:
        value = roman(found["out"][:-1])
        if not value or found["name"] not in RULERS | GENITIVES:
            return None
        # "Ludwigs XIV." asks for "des Vierzehnten"; other cases are not to be seen.
        article, ending = ("des", "en") if found["name"] in GENITIVES else ("der", "e")
        return f"{article} {self._nth_stem(str(value)).capitalize()}{ending}{_stop(found)}"


def _is_year(number: str) -> bool:
    return len(number) == 4 and number.isdecimal() and "1100" <= number <= "2099"


def _value(number: str) -> float:
    return float("".join(c for c in number if c.isdecimal() or c == ",").replace(",", "."))


def _stop(found: re.Match[str]) -> str:
    """A full stop where the dot of an abbreviation is also that of its sentence."""
    return "." if found[0].endswith(".") and SENTENCE_END.match(found.string, found.end()) else ""
