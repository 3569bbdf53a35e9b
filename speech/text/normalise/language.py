"""What a language gives to the rules: its words, their forms and the orders they stand in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

Subs = tuple[tuple[str, str], ...]  # patterns with what stands there instead, applied in order


class Noun(NamedTuple):
    """Noun that is counted: its forms by number, and the gender that numbers agree with.

    Two forms are one and many; four are one, few, many and the form after decimals.
    """

    forms: tuple[str, ...]
    gender: str

    @property
    def many(self) -> str:
        """The form of a number that is not known."""
        return self.forms[min(2, len(self.forms) - 1)]


class Phrase(NamedTuple):
    """Something that only this language writes: its pattern, and a template of what is said.

    The groups of the pattern are the parts of the template, each said as its name tells (see
    `phrases`). It is left where `before` is not found in what stands before it. `subs` are made
    in what is said.
    """

    pattern: str
    said: str
    needs: str | re.Pattern[str] = ""  # as of rules; a phrase that needs nothing has figures
    before: str = ""
    subs: Subs = ()


def noun(written: str) -> Noun:
    """Read a noun from data, such as "f:heure|heures"; without a gender it is masculine."""
    gender, mark, forms = written.rpartition(":")
    return Noun(tuple(forms.split("|")), gender if mark else "m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """Words and forms of a language; what it does not give is left as it is written.

    Currencies are a sign with its coin and its hundredth part, both as `noun` reads them; units,
    scales and months go from what is written to what is said. Templates have the names of their
    parts in braces.
    """

    code: str
    point: str  # what the decimal mark is called
    minus: str = ""
    to: str = ""
    dot: str = "."
    decimal: str = ","
    separators: str = ". \u00a0\u202f’'"
    fixes: Subs = ()  # of what num2words says
    agreement: Mapping[str, Subs] = field(default_factory=dict)  # of a number, by gender
    cases: Mapping[str, Subs] = field(default_factory=dict)  # of an ordinal
    case_after: Subs = ()  # what stands before an ordinal, and its case
    # Where figures with a dot are ordinals: what stands round them, "\0" for them, and their case.
    dotted_ordinals: Subs = ()
    is_dot_ordinal: bool = True  # "5. kapitola" is left, where that says no more
    sentence_starts: frozenset[str] = frozenset()  # words after a sentence that ends in an ordinal
    after_to: Subs = ()  # of a number after "to" in a range, and after what is in `oblique`
    before_noun: Subs = ()  # what stands after a plain number, and the gender it tells
    oblique: str = ""  # pattern of what stands before such a number
    joined: Subs = ()  # of a number with its noun
    plural: str = "one"
    is_one_left: bool = False  # "1 €", where one takes a form that is not known
    are_decimals_digits: bool = False
    hundreds: str = ""  # in years such as "nineteen hundred"
    has_year_form: bool = False  # "twenty twenty-six", as num2words says it
    signs: Mapping[str, str] = field(default_factory=dict)  # of links and addresses
    currencies: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    cents: str = "{coins} {number}"
    scales: Mapping[str, str] = field(default_factory=dict)
    of_scale: tuple[str, str] = (" ", " ")  # before a consonant and a vowel
    units: Mapping[str, str] = field(default_factory=dict)
    months: tuple[str, ...] = ()
    short_months: Mapping[str, int] = field(default_factory=dict)
    other_months: Mapping[str, int] = field(default_factory=dict)  # other names of them
    month_dot: str = r"\."  # pattern of what stands after a short one
    date_signs: tuple[str, str] = ("./-", "./-")  # before years of four figures, and of two
    is_month_first: bool = False  # in "1/5/2026"
    month_join: str = "{day} {month}"
    written_join: str = ""  # of a month in letters, where it differs
    month_day: str = ""  # the same of "May 5"
    day_endings: str = "er|[º°]"  # pattern of what stands after a day in figures
    of_month: str = r" de |\. ?| "  # pattern between a day and its month
    year_join: str = " {year}"
    day: str = "cardinal"  # or "first", whose first day is an ordinal, or a case of ordinals
    day_after_to: str = ""  # the case after "to", where it differs
    year_words: Mapping[str, str] = field(default_factory=dict)  # after a year, and their case
    weekdays: Mapping[str, str] = field(default_factory=dict)
    weekdays_after_to: Mapping[str, str] = field(default_factory=dict)
    day_join: str = ""  # pattern of a word between two short weekdays
    month_words: str = ""  # the same of two short months with dots
    is_month_undotted: bool = False  # "Jan-Mar"
    clocks: tuple[str, ...] = ()  # patterns with hour, minute, second, "half" or "named"
    hour_letters: str = "hu"  # after which a dash is "to"
    clock_names: Mapping[str, str] = field(default_factory=dict)  # what is named, by case
    # Without and with minutes, and the same for one where it differs.
    hour: tuple[str, ...] = ("{hour}", "{hour} {minute}")
    hour_gender: str = ""
    hour_case: str = ""
    hour_case_after: Subs = ()
    minute_gender: str = ""
    zero_minute: str = ""  # before minutes below ten: "seven oh five"
    late_hour: str = ""  # without minutes, after noon and at midnight, where it differs
    and_seconds: str = ""
    halves: Mapping[str, str] = field(default_factory=dict)  # of the day
    phrases: tuple[Phrase, ...] = ()
    attributes: tuple[tuple[str, str, str], ...] = ()  # before, within and after "5-km"
    titles: Mapping[str, str] = field(default_factory=dict)
    between_titles: str = ""  # pattern of a word
    numbered: Mapping[str, str] = field(default_factory=dict)
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    never_last: frozenset[str] = frozenset()
    ordinals: Mapping[str, Subs] = field(default_factory=dict)
    special_ordinals: Mapping[int, str] = field(default_factory=dict)
    counted: tuple[str, ...] = ()
    # Patterns with a group "out", the numeral; the case of the ordinal, and what follows.
    centuries: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    not_numeral: str = r"(?!)"  # pattern after "I" where it is a word
    rulers: frozenset[str] = frozenset()
    ruling: str = ""  # pattern of a word that makes any name one of a ruler
    is_first_written: bool = True  # "Henry I", of the first one
    is_ruler_dotted: bool = False  # "Ludwig XIV."
    ruler: str = "{ordinal}"  # or "{Ordinal}", with a capital
    ruler_genitive: str = ""  # after a name with "s"
    queens: str = r"(?!)"  # pattern of names of women
    queen: Subs = ()  # of what is said of them
    ruler_cardinal_from: int = 1000
    half: str = ""
    denominators: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    whole_and_part: str = "{whole} {part}"
    whole_and_half: str = ""  # where it differs
    mixed: Subs = ()  # of the part after a whole number
    around: str = ""
    ratio: str = ""  # "3 to 1"
    by: str = ""  # between lengths, where it is not what "×" is in formulas
    not_fractions: frozenset[tuple[int, int]] = frozenset([(24, 7)])
    phones: str = r"(?!)"  # pattern of numbers without a sign of it
    are_phones_pairs: bool = False
    formulas: Mapping[str, str] = field(default_factory=dict)
    compass: Mapping[str, str] = field(default_factory=dict)
    angles: tuple[str, str, str] | tuple[()] = ()
    # Patterns of what has a dot that ends no sentence before a number or a small letter, and of
    # what never ends one; "¦" is the dot with the gap, where more must follow.
    open_ends: tuple[str, ...] = ()
    always_open: tuple[str, ...] = ()
