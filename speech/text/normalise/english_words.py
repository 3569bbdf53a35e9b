"""English words for signs, units and abbreviations."""

from dataclasses import replace

from speech.text.normalise.language import Language

MONTHS = {
    "Jan": "January", "January": "January", "Feb": "February", "February": "February",
    "Mar": "March", "March": "March", "Apr": "April", "April": "April",
    "May": "May", "Jun": "June", "June": "June", "Jul": "July", "July": "July",
    "Aug": "August", "August": "August", "Sep": "September", "September": "September",
    "Oct": "October", "October": "October", "Nov": "November", "November": "November",
    "Dec": "December", "December": "December", "Sept": "September",
}  # fmt: skip

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
    "%": "percent|percent", "‰": "per mille|per mille",
    "km": "kilometre|kilometres", "m": "metre|metres",
    "cm": "centimetre|centimetres", "mm": "millimetre|millimetres",
    "µm": "micrometre|micrometres", "nm": "nanometre|nanometres",
    "mi": "mile|miles", "ft": "foot|feet",
    "yd": "yard|yards", "inches": "inch|inches",
    "kg": "kilogram|kilograms", "g": "gram|grams", "mg": "milligram|milligrams",
    "µg": "microgram|micrograms", "t": "tonne|tonnes", "lb": "pound|pounds",
    "lbs": "pound|pounds", "oz": "ounce|ounces",
    "l": "litre|litres", "L": "litre|litres", "ml": "millilitre|millilitres",
    "mL": "millilitre|millilitres", "cl": "centilitre|centilitres",
    "km/h": "kilometre per hour|kilometres per hour",
    "kph": "kilometre per hour|kilometres per hour",
    "mph": "mile per hour|miles per hour", "m/s": "metre per second|metres per second",
    "°C": "degree Celsius|degrees Celsius", "℃": "degree Celsius|degrees Celsius",
    "°F": "degree Fahrenheit|degrees Fahrenheit", "℉": "degree Fahrenheit",
    "°": "degree|degrees",
    "m²": "square metre|square metres", "km²": "square kilometre|square kilometres",
    "m2": "square metre|square metres", "km2": "square kilometre|square kilometres",
    "cm²": "square centimetre|square centimetres", "ha": "hectare|hectares",
    "m³": "cubic metre|cubic metres", "cm³": "cubic centimetre|cubic centimetres",
    "h": "hour|hours", "hr": "hour|hours", "hrs": "hour|hours",
    "min": "minute|minutes", "mins": "minute|minutes", "s": "second|seconds",
    "sec": "second|seconds", "secs": "second|seconds",
    "ms": "millisecond|milliseconds",
    "kB": "kilobyte|kilobytes", "KB": "kilobyte|kilobytes",
    "MB": "megabyte|megabytes", "GB": "gigabyte|gigabytes",
    "TB": "terabyte|terabytes", "Mbit/s": "megabit per second|megabits per second",
    "Hz": "hertz|hertz", "kHz": "kilohertz|kilohertz",
    "MHz": "megahertz|megahertz", "GHz": "gigahertz|gigahertz",
    "W": "watt|watts", "kW": "kilowatt|kilowatts", "MW": "megawatt|megawatts",
    "kWh": "kilowatt hour|kilowatt hours", "V": "volt|volts",
    "kV": "kilovolt|kilovolts", "mA": "milliampere|milliamperes",
    "kcal": "kilocalorie|kilocalories", "kJ": "kilojoule|kilojoules",
    "dB": "decibel|decibels", "px": "pixel|pixels", "hPa": "hectopascal",
}  # fmt: skip
MONTH_NAMES = tuple(dict.fromkeys(MONTHS.values()))
DENOMINATORS = {
    2: ("half", "halves"), 3: ("third", "thirds"), 4: ("quarter", "quarters"), 5: ("fifth",
    "fifths"),
    6: ("sixth", "sixths"), 7: ("seventh", "sevenths"), 8: ("eighth", "eighths"),
    9: ("ninth", "ninths"), 10: ("tenth", "tenths"), 16: ("sixteenth", "sixteenths"),
    100: ("hundredth", "hundredths"),
}  # fmt: skip

TITLES = {
    "Dr": "Doctor", "Mr": "Mister", "Mrs": "Missis", "Ms": "Miz", "Prof": "Professor",
    "Rev": "Reverend", "Gen": "General", "Col": "Colonel", "Capt": "Captain",
    "Cpt": "Captain", "Lt": "Lieutenant", "Sgt": "Sergeant", "Cpl": "Corporal", "Maj": "Major",
    "Gov": "Governor", "Sen": "Senator", "Rep": "Representative", "Pres": "President",
    "Hon": "Honourable", "Messrs": "Messieurs", "St": "Saint", "Mt": "Mount", "Ft": "Fort",
}  # fmt: skip

WEEKDAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Weds": "Wednesday",
    "Thu": "Thursday", "Thur": "Thursday", "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday",
    "Sun": "Sunday",
}  # fmt: skip
SHORT_MONTHS = {
    "Jan": "January", "Feb": "February", "Mar": "March", "Apr": "April", "Jun": "June",
    "Jul": "July", "Aug": "August", "Sep": "September", "Sept": "September", "Oct": "October",
    "Nov": "November", "Dec": "December",
}  # fmt: skip
# What tells that a short name with a dot is that of a day or a month.
DAYS_BEFORE = (
    r",? (?:\d|at\b|from\b|morning|afternoon|evening|night|noon|through\b|until\b"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))"
)
MONTHS_AFTER = (
    "[Ii]n|[Ff]rom|[Uu]ntil|[Tt]ill|[Ss]ince|[Bb]y|of|[Ee]arly|[Ll]ate|[Mm]id|[Ll]ast|[Nn]ext"
    "|through|to|[Dd]uring"
)

# What stands before a number: with a dot, or as a sign.
NUMBERED = {
    "No": "number", "no": "number", "Nos": "numbers", "nos": "numbers", "Nr": "number",
    "Vol": "volume", "vol": "volume", "Vols": "volumes", "vols": "volumes", "Ch": "chapter",
    "ch": "chapter", "Chap": "chapter", "chap": "chapter", "Fig": "figure", "fig": "figure",
    "Figs": "figures", "figs": "figures", "p": "page", "pp": "pages", "Sec": "section",
    "sec": "section", "Art": "article", "art": "article", "Eq": "equation", "eq": "equation",
    "Ex": "example", "Tab": "table",
}  # fmt: skip
NUMBER_SIGNS = {"№": "number", "§": "section", "§§": "sections", "#": "number"}

ABBREVIATIONS = {
    "E.g.": "For example", "I.e.": "That is", "e.g.": "for example", "e. g.": "for example",
    "i.e.": "that is", "i. e.": "that is",
    "etc.": "et cetera", "vs.": "versus", "cf.": "compare", "approx.": "approximately",
    "ca.": "circa", "et al.": "and others", "a.k.a.": "also known as", "viz.": "namely",
    "Jr.": "Junior", "Sr.": "Senior", "Inc.": "Incorporated", "Ltd.": "Limited",
    "Co.": "Company", "Corp.": "Corporation", "Bros.": "Brothers", "Ave.": "Avenue",
    "Blvd.": "Boulevard", "Rd.": "Road", "Hwy.": "Highway", "Dept.": "Department",
    "dept.": "department", "est.": "established", "max.": "maximum", "min.": "minimum",
    "incl.": "including", "excl.": "excluding", "resp.": "respectively", "Univ.": "University",
    "Assn.": "Association", "Tues.": "Tuesday", "Thurs.": "Thursday", "a.m.": "a m",
    "p.m.": "p m", "w/o": "without", "Vol.": "volume", "Chap.": "chapter",
}  # fmt: skip
NEVER_AT_THE_END = frozenset(
    ["Vol.", "Chap.", "e.g.", "e. g.", "i.e.", "i. e.", "vs.", "cf.", "approx.", "viz."]
)

# Words before a Roman numeral that is a number, and names before one that is a rank.
COUNTED = (
    "Chapter", "CHAPTER", "Part", "PART", "Book", "BOOK", "Volume", "VOLUME", "Act", "ACT",
    "Scene", "SCENE", "Section", "SECTION", "Article", "ARTICLE", "Appendix", "APPENDIX",
    "Figure", "Table", "World War", "Phase", "Type", "Class", "Level", "Episode", "EPISODE",
    "Title", "Unit", "Lesson", "Canto", "CANTO", "Letter", "LETTER", "Vol.", "vol.", "Chap.", "Bk.",
    "Bowl", "Mark",
    "Saturn", "Olympiad", "Grade", "Stage",
)  # fmt: skip
RULING = "King|Queen|Pope|Emperor|Empress|Tsar|Czar|Sultan|Kaiser|Prince|Duke"
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
RULERS = frozenset(RULER_NAMES.split())

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
    cents="{coins} and {cents}",
    scales=SCALES,
    units=UNITS,
    half="one half",
    denominators=DENOMINATORS,
    whole_and_part="{whole} and {part}",
    mixed=((r"\bone (?=eighth)", "an "), (r"\bone ", "a ")),
    around="about",
    formulas={
        "per": "per",
        "+": "plus", "-": "minus", "×": "times", "÷": "divided by", "/": "over", "=": "equals",
        "<": "less than", ">": "greater than", "≤": "less than or equal to",
        "≥": "greater than or equal to", "≠": "not equal to", "≈": "approximately equal to",
        "±": "plus or minus", "∞": "infinity", "π": "pi", "√": "square root of", "²": "squared",
        "³": "cubed", "^": "to the power of {n}",
    },
    compass={"N": "north", "S": "south", "E": "east", "W": "west"},
    angles=("degree|degrees", "minute|minutes", "second|seconds"),
    open_ends=(
        "No", "Nos", "[Vv]ols?", "Ch", "Chap", "[Ff]igs?", "Sec", "Art", "Eq", "p", "pp", "approx",
        "ca",
        "cf", "vs", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept?", "Oct", "Nov", "Dec",
        "incl",
        "est", "max", "min", "Mon", "Tues?", "Wed", "Thu(?:rs?)?", "Fri", r"e\.g", r"i\.e",
    ),
)  # fmt: skip
VARIETIES = {"en-us": replace(LANGUAGE, fixes=(*LANGUAGE.fixes, (" and ", " ")))}
