"""English: what its numbers, signs and abbreviations are called."""

import re
from dataclasses import replace

from speech.text.normalise.language import Language, Phrase
from speech.text.normalise.rules import CLOCK, MINUTE, SECOND, SPACE, START, alternatives

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
SHORT_MONTHS = {name[:3]: place + 1 for place, name in enumerate(MONTHS) if name != "May"}
CURRENCIES = {
    "$": ("dollar|dollars", "cent|cents"), "US$": ("US dollar|US dollars", "cent|cents"),
    "A$": ("Australian dollar|Australian dollars", "cent|cents"),
    "C$": ("Canadian dollar|Canadian dollars", "cent|cents"), "€": ("euro|euros", "cent|cents"),
    "£": ("pound|pounds", "penny|pence"), "¥": ("yen", ""), "₹": ("rupee|rupees", "paisa|paise"),
    "₽": ("rouble|roubles", "kopeck|kopecks"), "₩": ("won", ""), "₺": ("lira", ""),
    "¢": ("cent|cents", ""), "CHF": ("Swiss franc|Swiss francs", ""),
}  # fmt: skip
CODES = {"USD": "US$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "CAD": "C$", "AUD": "A$"}
SCALES = {
    "k": "thousand", "K": "thousand", "thousand": "thousand", "m": "million", "M": "million",
    "mn": "million", "mln": "million", "million": "million", "b": "billion", "B": "billion",
    "bn": "billion", "billion": "billion", "tn": "trillion", "trillion": "trillion",
}  # fmt: skip

UNITS = {
    "%": "percent", "‰": "per mille", "km": "kilometre|kilometres", "m": "metre|metres",
    "cm": "centimetre|centimetres", "mm": "millimetre|millimetres", "µm": "micrometre|micrometres",
    "nm": "nanometre|nanometres", "mi": "mile|miles", "ft": "foot|feet", "yd": "yard|yards",
    "inches": "inch|inches", "kg": "kilogram|kilograms", "g": "gram|grams",
    "mg": "milligram|milligrams", "µg": "microgram|micrograms", "t": "tonne|tonnes",
    "lb": "pound|pounds", "lbs": "pound|pounds", "oz": "ounce|ounces", "l": "litre|litres",
    "L": "litre|litres", "ml": "millilitre|millilitres", "mL": "millilitre|millilitres",
    "cl": "centilitre|centilitres", "km/h": "kilometre per hour|kilometres per hour",
    "kph": "kilometre per hour|kilometres per hour", "mph": "mile per hour|miles per hour",
    "m/s": "metre per second|metres per second", "°C": "degree Celsius|degrees Celsius",
    "℃": "degree Celsius|degrees Celsius", "°F": "degree Fahrenheit|degrees Fahrenheit",
    "℉": "degree Fahrenheit", "°": "degree|degrees", "m²": "square metre|square metres",
    "km²": "square kilometre|square kilometres", "m2": "square metre|square metres",
    "km2": "square kilometre|square kilometres", "cm²": "square centimetre|square centimetres",
    "ha": "hectare|hectares", "m³": "cubic metre|cubic metres",
    "cm³": "cubic centimetre|cubic centimetres", "h": "hour|hours", "hr": "hour|hours",
    "hrs": "hour|hours", "min": "minute|minutes", "mins": "minute|minutes", "s": "second|seconds",
    "sec": "second|seconds", "secs": "second|seconds", "ms": "millisecond|milliseconds",
    "kB": "kilobyte|kilobytes", "KB": "kilobyte|kilobytes", "MB": "megabyte|megabytes",
    "GB": "gigabyte|gigabytes", "TB": "terabyte|terabytes",
    "Mbit/s": "megabit per second|megabits per second", "Hz": "hertz", "kHz": "kilohertz",
    "MHz": "megahertz", "GHz": "gigahertz", "W": "watt|watts", "kW": "kilowatt|kilowatts",
    "MW": "megawatt|megawatts", "kWh": "kilowatt hour|kilowatt hours", "V": "volt|volts",
    "kV": "kilovolt|kilovolts", "mA": "milliampere|milliamperes",
    "kcal": "kilocalorie|kilocalories", "kJ": "kilojoule|kilojoules", "dB": "decibel|decibels",
    "px": "pixel|pixels", "hPa": "hectopascal",
}  # fmt: skip
DENOMINATORS = {
    2: ("half", "halves"), 3: ("third", "thirds"), 4: ("quarter", "quarters"), 5: ("fifth",
    "fifths"),
    6: ("sixth", "sixths"), 7: ("seventh", "sevenths"), 8: ("eighth", "eighths"),
    9: ("ninth", "ninths"), 10: ("tenth", "tenths"), 16: ("sixteenth", "sixteenths"),
    100: ("hundredth", "hundredths"),
}  # fmt: skip

TITLES = {
    "Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missis", "Ms.": "Miz", "Prof.": "Professor",
    "Rev.": "Reverend", "Gen.": "General", "Col.": "Colonel", "Capt.": "Captain", "Cpt.": "Captain",
    "Lt.": "Lieutenant", "Sgt.": "Sergeant", "Cpl.": "Corporal", "Maj.": "Major",
    "Gov.": "Governor", "Sen.": "Senator", "Rep.": "Representative", "Pres.": "President",
    "Hon.": "Honourable", "Messrs.": "Messieurs", "St.": "Saint", "Mt.": "Mount", "Ft.": "Fort",
}  # fmt: skip

WEEKDAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Weds": "Wednesday",
    "Thu": "Thursday", "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday",
    "Sun": "Sunday",
}  # fmt: skip
DAYS_BEFORE = (
    r",? (?:\d|at\b|from\b|morning|afternoon|evening|night|noon|through\b|until\b"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))"
)
MONTHS_AFTER = (
    "[Ii]n|[Ff]rom|[Uu]ntil|[Tt]ill|[Ss]ince|[Bb]y|of|[Ee]arly|[Ll]ate|[Mm]id|[Ll]ast|[Nn]ext"
    "|through|to|[Dd]uring"
)

NUMBERED = {
    "No.": "number", "no.": "number", "Nos.": "numbers", "nos.": "numbers", "Nr.": "number",
    "Vol.": "volume", "vol.": "volume", "Vols.": "volumes", "vols.": "volumes", "Ch.": "chapter",
    "ch.": "chapter", "Chap.": "chapter", "chap.": "chapter", "Fig.": "figure", "fig.": "figure",
    "Figs.": "figures", "figs.": "figures", "p.": "page", "pp.": "pages", "Sec.": "section",
    "sec.": "section", "Art.": "article", "art.": "article", "Eq.": "equation", "eq.": "equation",
    "Ex.": "example", "Tab.": "table", "№": "number", "§": "section", "§§": "sections",
    "#": "number",
}  # fmt: skip

ABBREVIATIONS = {
    "E.g.": "For example", "I.e.": "That is", "e.g.": "for example", "e. g.": "for example",
    "i.e.": "that is", "i. e.": "that is", "etc.": "et cetera", "vs.": "versus", "cf.": "compare",
    "approx.": "approximately", "ca.": "circa", "et al.": "and others", "a.k.a.": "also known as",
    "viz.": "namely", "Jr.": "Junior", "Sr.": "Senior", "Inc.": "Incorporated", "Ltd.": "Limited",
    "Co.": "Company", "Corp.": "Corporation", "Bros.": "Brothers", "Ave.": "Avenue",
    "Blvd.": "Boulevard", "Rd.": "Road", "Hwy.": "Highway", "Dept.": "Department",
    "dept.": "department", "est.": "established", "max.": "maximum", "min.": "minimum",
    "incl.": "including", "excl.": "excluding", "resp.": "respectively", "Univ.": "University",
    "Assn.": "Association", "Tues.": "Tuesday", "Thurs.": "Thursday", "a.m.": "a m", "p.m.": "p m",
    "w/o": "without", "Vol.": "volume", "Chap.": "chapter", "Dr.": "Doctor", "St.": "Saint",
}  # fmt: skip
NEVER_AT_THE_END = frozenset(
    ["Vol.", "Chap.", "e.g.", "e. g.", "i.e.", "i. e.", "vs.", "cf.", "approx.", "viz."]
)

COUNTED = (
    "Chapter", "CHAPTER", "Part", "PART", "Book", "BOOK", "Volume", "VOLUME", "Act", "ACT", "Scene",
    "SCENE", "Section", "SECTION", "Article", "ARTICLE", "Appendix", "APPENDIX", "Figure", "Table",
    "World War", "Phase", "Type", "Class", "Level", "Episode", "EPISODE", "Title", "Unit", "Lesson",
    "Canto", "CANTO", "Letter", "LETTER", "Vol.", "vol.", "Chap.", "Bk.", "Bowl", "Mark", "Saturn",
    "Olympiad", "Grade", "Stage",
)  # fmt: skip
RULER_NAMES = (
    "Henry Louis Charles George Edward James William Elizabeth Richard Philip Frederick Leopold "
    "Napoleon Benedict Pius Paul Gregory Clement Leo Innocent Alexander Nicholas Catherine "
    "Christian Gustav Ivan Peter John Robert Mary Joseph Ferdinand Francis Otto Wilhelm Ramses "
    "Rameses Ptolemy Cleopatra Darius Xerxes Mehmed Murad Haakon Harald Olav Alfonso Umberto "
    "Margrethe Felipe Albert Victor Emmanuel Franz Thutmose Tuthmosis Amenhotep Seti Ramesses "
    "Sargon Artaxerxes Cyrus Mithridates Antiochus Seleucus Justinian Theodosius Constantine "
    "Sigismund Casimir Stephen Henri Carlos Juan Pedro Philippe Baldwin Edmund Ethelred Harold "
    "Suleiman Selim Bayezid Hassan Abdullah Hussein Faisal Urban Sixtus Julius Boniface Eugene "
    "Celestine Honorius Basil Michael Frederik Carl Karl Oscar Tutankhamun Psamtik Nero Andrew"
)

PREPOSITION = r"(?:of|and|or|to|in|at|on|for|from|by|with|but|per|than|is|was|are|were|away)\b"
PRONOUN = r"(?:that|he|she|they|we|you|it|which|who|his|her|their|our|your|my|the|this)\b"
HALF = r"(?P<half>[aApP])(?:\.[ ]?[mM]\.|[mM])(?!\w)"
DAY = rf"(?<!\w)(?P<weekday>{alternatives(WEEKDAYS)})"
SHORT_MONTH = rf"(?P<out>(?P<month>{alternatives(SHORT_MONTHS)})\.)"
DATE = rf",? \d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{alternatives((*MONTHS, *SHORT_MONTHS))})\b"
HAS_DAY = re.compile(rf"(?:{alternatives(WEEKDAYS)})(?:\.|,? \d)")
HAS_MONTH = re.compile(rf"(?:{alternatives(SHORT_MONTHS)})\.")
NUMBERED_NAME = r"\b\d{1,5}[a-z]? (?:[A-Z][a-z]{1,20} ){1,3}\Z"
NTH = r"\d(?:st|nd|rd|th) \Z"
NAME = rf"[A-Z][a-z]{{1,20}} \Z|{NTH}"

PHRASES = (
    Phrase(rf"{DAY}(?:\.(?={DAYS_BEFORE})|(?={DATE}))", "{weekday}", HAS_DAY),
    Phrase(rf"(?<=\b[Oo]n ){DAY}\.", "{weekday}", HAS_DAY),
    Phrase(rf"(?<!\w)(?:{MONTHS_AFTER}) {SHORT_MONTH}(?!\w)", "{month}", HAS_MONTH),
    Phrase(
        r"(?<!\w)(?:(?P<year>[12]\d\d0)|['’]?(?P<number>[2-9]0))['’]?s\b",
        "{year}{number}s",
        subs=((r"ys\Z", "ies"),),
    ),
    Phrase(
        rf"{START}(?P<ft>\d{{1,3}})['′] ?(?P<inches>\d{{1,2}})[\"″]",
        "{ft} {inches}",
        re.compile(r"\d['′]"),
    ),
    Phrase(r"(?<![\w.])St\.", "Street", "St.", rf"{NUMBERED_NAME}|{NTH}"),
    Phrase(r"(?<![\w.])St\.(?!\s?[A-Z])", "Street", "St.", NAME),
    Phrase(r"(?<![\w.])Dr\.", "Drive", "Dr.", NUMBERED_NAME),
    Phrase(r"(?<![\w.])Dr\.(?!\s?[A-Z])", "Drive", "Dr.", NAME),
)

LANGUAGE = Language(
    code="en",
    point="point",
    minus="minus",
    to="to",
    dot="point",
    decimal=".",
    separators=",\u00a0\u202f",
    are_decimals_digits=True,
    fixes=((",", ""),),
    has_year_form=True,
    currencies=CURRENCIES | {code: CURRENCIES[sign] for code, sign in CODES.items()},
    signs={".": "dot", "@": "at", "_": "underscore", "-": "dash", "+": "plus", "/": "slash"},
    cents="{coins} and {cents}",
    scales=SCALES,
    units=UNITS,
    attributes=(
        (
            r"(?<!\w)(?:[Aa]n?|[Oo]ne|[Ee]very|[Ee]ach) ",
            r"[ \u00a0-]?",
            rf"[ -](?!{PREPOSITION})[a-z]{{3,}}",
        ),
        (r"(?<!\w)[Tt](?:he|his) ", "", rf" (?!{PREPOSITION}|{PRONOUN})[a-z]{{3,}}"),
        (START, "-", r" [a-z]{3}"),
    ),
    months=MONTHS,
    short_months=SHORT_MONTHS | {"Sept": 9},
    month_dot=r"\.?",
    date_signs=("/.-", "/"),
    is_month_first=True,
    month_join="{month} {day}",
    written_join="the {day} of {month}",
    month_day="{month} {day}",
    day_endings="st|nd|rd|th",
    of_month=" of | ",
    year_join=", {year}",
    day="ordinal",
    is_dot_ordinal=False,
    weekdays=WEEKDAYS,
    day_join="to|through|thru|and|or",
    month_words="and|or",
    is_month_undotted=True,
    clocks=(
        rf"{CLOCK}:{MINUTE}{SECOND}(?:{SPACE}{HALF}|(?!\w|:\w))",
        rf"{START}(?P<hour>1[0-2]|0?[1-9])(?:\.{MINUTE})?{SPACE}{HALF}",
    ),
    hour_letters="",
    hour=("{hour} o'clock", "{hour} {minute}"),
    late_hour="{hour} hundred",
    zero_minute="oh ",
    and_seconds=" and {seconds}",
    halves={"a": "a m", "p": "p m"},
    phrases=PHRASES,
    titles=TITLES,
    between_titles="and|or",
    numbered=NUMBERED,
    abbreviations=ABBREVIATIONS,
    never_last=NEVER_AT_THE_END,
    ordinals={"st|nd|rd|th": ()},
    counted=COUNTED,
    not_numeral=r"\s(?!(?:of|and|or|to|in|is|was|by|the|began|begins|ended|ends)\b)[a-z]",
    rulers=frozenset(RULER_NAMES.split()),
    ruling="King|Queen|Pope|Emperor|Empress|Tsar|Czar|Sultan|Kaiser|Prince|Duke",
    is_first_written=False,
    ruler="the {ordinal}",
    ratio="to",
    by="by",
    not_fractions=frozenset([(24, 7), (9, 11)]),
    phones=r"(?:\d-)?(?:\d{3}-)?\d{3}-\d{4}",
    half="one half",
    denominators=DENOMINATORS,
    whole_and_part="{whole} and {part}",
    mixed=((r"\bone (?=eighth)", "an "), (r"\bone ", "a ")),
    around="about",
    formulas={
        "per": "per", "+": "plus", "-": "minus", "×": "times", "÷": "divided by", "/": "over",
        "=": "equals", "<": "less than", ">": "greater than", "≤": "less than or equal to",
        "≥": "greater than or equal to", "≠": "not equal to", "≈": "approximately equal to",
        "±": "plus or minus", "∞": "infinity", "π": "pi", "√": "square root of", "²": "squared",
        "³": "cubed", "^": "to the power of {n}",
    },
    compass={"N": "north", "S": "south", "E": "east", "W": "west"},
    angles=("degree|degrees", "minute|minutes", "second|seconds"),
    open_ends=(
        "No", "Nos", "[Vv]ols?", "Ch", "Chap", "[Ff]igs?", "Sec", "Art", "Eq", "p", "pp", "approx",
        "ca", "cf", "vs", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept?", "Oct", "Nov",
        "Dec", "incl", "est", "max", "min", "Mon", "Tues?", "Wed", "Thu(?:rs?)?", "Fri", r"e\.g",
        r"i\.e",
    ),
)  # fmt: skip
DAY_FIRST = replace(LANGUAGE, is_month_first=False, month_join="the {day} of {month}")
VARIETIES = {
    "en-us": replace(LANGUAGE, fixes=(*LANGUAGE.fixes, (" and ", " "))),
    **dict.fromkeys(("en-gb", "en-au", "en-nz", "en-ie", "en-in", "en-za", "en-029"), DAY_FIRST),
}
