"""German: what is written in figures, signs and abbreviations, in words."""

import re
from collections.abc import Iterator

from speech.text.normalise.amounts import Amounts
from speech.text.normalise.chains import chain
from speech.text.normalise.codes import Codes
from speech.text.normalise.formulas import Formulas
from speech.text.normalise.german_words import (
    ABBREVIATIONS,
    COUNTED,
    GENITIVES,
    LANGUAGE,
    MONTH_NAMES,
    MONTHS,
    NEVER_AT_THE_END,
    NUMBERED,
    ORDINAL_NOUNS,
    RULERS,
    SENTENCE_STARTS,
    TITLES,
    WEEKDAYS,
)
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
    NAMED_NUMERAL,
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

THOUSANDS = r"[. \u00a0\u202f’']"
NUMBER = rf"(?:\d{{1,3}}(?:{THOUSANDS}\d{{3}}){{1,5}}(?!\d)|\d{{1,15}})(?:,\d{{1,12}})?"
MONTH = rf"(?P<month>{alternatives(MONTHS)})\b\.?"
YEAR = r"[12]\d{3}"
DAY = r"(?:3[01]|[12]\d|0?[1-9])"
SENTENCE_END = re.compile(r"[\"'”’“)\]]{0,3}(?:\s{1,20}[\"'„»‚(\[]{0,3}[A-ZÄÖÜ]|\s{0,20}\Z)")
PHONE = (
    r"(?<![\w.,$€/-])(?P<plus>\+?)(?P<rest>(?:\d{1,4}[ -])?(?:\(\d{1,5}\)[ -]?)?"
    r"\d{2,8}(?:[ /-]{1,3}\d{2,8}){0,4})(?![\w-]|[.,/:]\d)"
)
HAS_CLOCK = re.compile(r"\d ?(?:Uhr|h)\b")
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
        self._say = Numbers(LANGUAGE, tag)
        self.rules = (
            *Addresses(signs).rules,
            *Codes(self._say).rules,
            *self._dates(),
            *self._times(),
            *Amounts(self._say).rules,
            *self._shortened(),
            *Formulas(self._say).rules,
            *self._plain(),
        )

    def _dates(self) -> Iterator[Rule]:
        yield rule(
            rf"{START}(?P<year>\d{{4}})-(?P<m>\d\d)-(?P<day>\d\d)(?![\w-])", self._numeric, "-"
        )
        yield rule(
            rf"{START}(?P<day>{DAY})\.{SPACE}(?P<m>0?[1-9]|1[0-2])\.{SPACE}(?P<year>{YEAR}){END}",
            self._numeric,
        )
        yield rule(
            rf"{START}(?<!ersion )(?P<day>{DAY})\.(?P<m>0?[1-9]|1[0-2])\."
            r"(?P<year>\d\d)(?!\w|[.,:]\d)",
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
        yield chain(WEEKDAYS, "bis|und|oder", "bis")
        yield rule(rf"(?<!\w){MONTH} (?P<year>{YEAR}){END}", self._month_year)
        yield rule(r"(?<!\w)(?P<years>[12]\d{2}0|\d0)er(?P<case>n?)\b", self._decade)

    def _times(self) -> Iterator[Rule]:
        clock = r"(?P<hour>[01]?\d|2[0-4])[:.](?P<minute>[0-5]\d)(?:[:.](?P<second>[0-5]\d))?"
        yield rule(rf"{START}{clock}{SPACE}(?:Uhr|h)\b", self._time, HAS_CLOCK)
        yield rule(rf"{START}{clock.replace('[:.]', ':')}{END}", self._time, ":")
        yield rule(rf"{START}(?P<hour>[01]?\d|2[0-4]){SPACE}Uhr\b", self._time, "Uhr")
        yield rule(TO_TIME, lambda _found: " bis ", ":")
        yield rule(rf"{START}(?P<low>\d{{1,3}}) ?: ?(?P<high>\d{{1,3}}){END}", self._ratio, ":")

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
        yield rule(NAMED_NUMERAL, self._numeral, "I")
        yield rule(NUMERAL_ALONE, self._numeral, "")

    def _plain(self) -> Iterator[Rule]:
        yield rule(PHONE, self._phone, HAS_PHONE)
        yield rule(FRACTION, self._fraction, "/")
        yield rule(
            rf"(?<![\w.,/-])(?P<low>{NUMBER})(?:{DASH}| [–—] )(?P<high>{NUMBER})(?![\w/-]|[.,]\d)",
            self._range,
            HAS_DASH,
        )
        yield rule(r"(?<![\w.,/-])(?P<number>\d{1,4})\.(?=\s{1,3}(?P<next>\w{1,30}))", self._nth)
        yield rule(rf"{START}(?P<parts>\d{{1,4}}(?:\.\d{{1,4}}){{1,4}})(?!\w|[.,]\d)", self._dotted)
        yield rule(
            rf"{START}(?P<low>\d{{2,5}}) ?[x×] ?(?P<high>\d{{2,5}}){END}", self._by, HAS_SIZE
        )
        yield rule(
            rf"(?<![\w.,])(?P<low>\d{{0,6}}[{''.join(FRACTION_SIGNS)}])", self._glyph, HAS_GLYPH
        )
        yield rule(rf"{START}(?P<minus>{MINUS})(?P<low>{NUMBER}){END}", self._number)

    # Numbers

    def _nth_stem(self, number: str) -> str:
        """An ordinal without its ending: "fünft", "einundzwanzigst"."""
        return self._say.ordinal(number).removesuffix("e")

    def _number(self, found: re.Match[str]) -> str:
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
        are_years = is_year(low) and (is_year(high) or len(high) == 2)
        if "-" in found[0] and not are_years and not self._say.value(low) < self._say.value(high):
            return None  # a score, a part number
        say = self._say.year if are_years and is_year(high) else self._say.amount
        return f"{self._say.year(low) if are_years else say(low)} bis {say(high)}"

    def _ratio(self, found: re.Match[str]) -> str:
        return f"{self._say.amount(found['low'])} zu {self._say.amount(found['high'])}"

    def _by(self, found: re.Match[str]) -> str:
        return f"{self._say.amount(found['low'])} mal {self._say.amount(found['high'])}"

    def _dotted(self, found: re.Match[str]) -> str | None:
        parts = found["parts"].split(".")
        if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]):
            return None  # thousands
        return " Punkt ".join(map(self._say.amount, parts))

    def _fraction(self, found: re.Match[str]) -> str | None:
        part, of = int(found["part"]), int(found["of"])
        if (part, of) == (24, 7):
            return "vierundzwanzig sieben"
        if not (0 < part < of) or not self._say.fraction(part, of):
            return None
        return self._say.mixed(found["whole"] or "", part, of)

    def _phone(self, found: re.Match[str]) -> str | None:
        rest = found["rest"]
        count = sum(map(str.isdecimal, rest))
        is_phone = found["plus"] or "(" in rest or rest[0] == "0"
        if not is_phone or count < 6 or (rest.isdecimal() and not found["plus"]):
            return None
        groups = re.findall(r"\d{1,8}", rest)
        said = ", ".join(self._say.digits(group) for group in groups)
        return f"plus {said}" if found["plus"] else said

    # Dates and times

    def _day(self, found: re.Match[str], day: str) -> str:
        return self._nth_stem(day) + self._ending(found, "er")

    def _numeric(self, found: re.Match[str]) -> str | None:
        month, day = int(found["m"]), found["day"]
        if not (1 <= month <= 12 and 1 <= int(day) <= 31):
            return None
        year = full_year(found["year"])
        return f"{self._day(found, day)} {MONTH_NAMES[month - 1]} {self._say.year(year)}"

    def _day_of_month(self, found: re.Match[str]) -> str:
        year = f" {self._say.year(found['year'])}" if found["year"] else _stop(found)
        return f"{self._day(found, found['day'])} {MONTHS[found['month']]}{year}"

    def _days_of_month(self, found: re.Match[str]) -> str:
        year = f" {self._say.year(found['year'])}" if found["year"] else ""
        first, last = self._day(found, found["from"]), self._nth_stem(found["day"])
        return f"{first} bis {last}en {MONTHS[found['month']]}{year}"

    def _day_and_month(self, found: re.Match[str]) -> str:
        stop = "." if SENTENCE_END.match(found.string, found.end()) else ""
        return f"{self._day(found, found['day'])} {MONTH_NAMES[int(found['m']) - 1]}{stop}"

    def _month_year(self, found: re.Match[str]) -> str:
        return f"{MONTHS[found['month']]} {self._say.year(found['year'])}"

    def _decade(self, found: re.Match[str]) -> str:
        years = found["years"]
        said = self._say.year(years) if len(years) == 4 else self._say.cardinal(years)
        return f"{said}er{found['case']}"

    def _time(self, found: re.Match[str]) -> str:
        groups = found.groupdict()
        hour = str(int(found["hour"]))
        said = f"{'ein' if hour == '1' else self._say.cardinal(hour)} Uhr"
        if int(groups.get("minute") or 0):
            said += f" {self._say.cardinal(str(int(groups['minute'])))}"
        if groups.get("second"):
            said += f" und {self._say.cardinal(str(int(groups['second'])))} Sekunden"
        return said

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
        return self._say.cardinal(str(value)) if value else None

    def _ruler(self, found: re.Match[str]) -> str | None:
        value = roman(found["out"][:-1])
        if not value or found["name"] not in RULERS | GENITIVES:
            return None
        # "Ludwigs XIV." asks for "des Vierzehnten"; other cases are not to be seen.
        article, ending = ("des", "en") if found["name"] in GENITIVES else ("der", "e")
        return f"{article} {self._nth_stem(str(value)).capitalize()}{ending}{_stop(found)}"


def _stop(found: re.Match[str]) -> str:
    """A full stop where the dot of an abbreviation is also that of its sentence."""
    return "." if found[0].endswith(".") and SENTENCE_END.match(found.string, found.end()) else ""
