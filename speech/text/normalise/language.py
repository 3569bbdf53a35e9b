"""What a language gives to the rules: its words, their forms and the orders they stand in."""

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
    month_join: str = "{day} {month}"
    year_join: str = " {year}"
    day: str = "cardinal"  # or "first", whose first day is an ordinal, or a case of ordinals
    year_words: Mapping[str, str] = field(default_factory=dict)  # after a year, and their case
    weekdays: Mapping[str, str] = field(default_factory=dict)
    weekdays_after_to: Mapping[str, str] = field(default_factory=dict)
    day_join: str = ""  # pattern of a word between two short weekdays
    clocks: tuple[str, ...] = ()  # patterns with hour and minute, perhaps "named"
    clock_names: Mapping[str, str] = field(default_factory=dict)  # what is named, by case
    # Without and with minutes, and the same for one where it differs.
    hour: tuple[str, ...] = ("{hour}", "{hour} {minute}")
    hour_gender: str = ""
    hour_case: str = ""
    hour_case_after: Subs = ()
    minute_gender: str = ""
    is_zero_minute: bool = False  # "seven zero five"
    titles: Mapping[str, str] = field(default_factory=dict)
    numbered: Mapping[str, str] = field(default_factory=dict)
    abbreviations: Mapping[str, str] = field(default_factory=dict)
    never_last: frozenset[str] = frozenset()
    ordinals: Mapping[str, Subs] = field(default_factory=dict)
    special_ordinals: Mapping[int, str] = field(default_factory=dict)
    counted: tuple[str, ...] = ()
    # Patterns with a group "out", the numeral; the case of the ordinal, and what follows.
    centuries: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rulers: frozenset[str] = frozenset()
    ruler: str = "{ordinal}"
    ruler_cardinal_from: int = 1000
    half: str = ""
    denominators: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    whole_and_part: str = "{whole} {part}"
    whole_and_half: str = ""  # where it differs
    mixed: Subs = ()  # of the part after a whole number
    around: str = ""
    are_phones_pairs: bool = False
    formulas: Mapping[str, str] = field(default_factory=dict)
    compass: Mapping[str, str] = field(default_factory=dict)
    angles: tuple[str, str, str] | tuple[()] = ()
    # Patterns of what has a dot that ends no sentence before a number or a small letter, and of
    # what never ends one; "¦" is the dot with the gap, where more must follow.
    open_ends: tuple[str, ...] = ()
    always_open: tuple[str, ...] = ()
