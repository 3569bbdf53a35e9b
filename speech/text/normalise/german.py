"""German: what its numbers, signs and abbreviations are called."""

from dataclasses import replace

from speech.text.normalise.language import Language, Phrase
from speech.text.normalise.rules import CLOCK, END, MINUTE, SECOND, SPACE, START

MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
    "November", "Dezember",
)  # fmt: skip

# The coin and its hundredth part; neither has a plural after a number.
CURRENCIES = {
    "€": ("Euro", "Cent"), "EUR": ("Euro", "Cent"), "Euro": ("Euro", "Cent"),
    "$": ("Dollar", "Cent"), "US$": ("US-Dollar", "Cent"), "USD": ("US-Dollar", "Cent"),
    "Dollar": ("Dollar", "Cent"), "£": ("Pfund", "Pence"), "GBP": ("Pfund", "Pence"),
    "¥": ("Yen", ""), "JPY": ("Yen", ""), "CHF": ("Franken", "Rappen"),
    "Fr.": ("Franken", "Rappen"), "DM": ("f:Deutsche Mark", "Pfennig"), "¢": ("Cent", ""),
}  # fmt: skip
SCALES = {
    "Mio.": "f:Million|Millionen", "Mio": "f:Million|Millionen", "Million": "f:Million|Millionen",
    "Millionen": "f:Million|Millionen", "Mrd.": "f:Milliarde|Milliarden",
    "Mrd": "f:Milliarde|Milliarden", "Milliarde": "f:Milliarde|Milliarden",
    "Milliarden": "f:Milliarde|Milliarden", "Bio.": "f:Billion|Billionen", "Tsd.": "tausend",
    "Tausend": "tausend", "tausend": "tausend",
}  # fmt: skip
UNITS = {
    "%": "Prozent", "‰": "Promille", "km": "Kilometer", "m": "Meter", "cm": "Zentimeter",
    "mm": "Millimeter", "µm": "Mikrometer", "nm": "Nanometer", "dm": "Dezimeter",
    "mi": "f:Meile|Meilen", "kg": "Kilogramm", "g": "Gramm", "mg": "Milligramm", "µg": "Mikrogramm",
    "t": "f:Tonne|Tonnen", "oz": "f:Unze|Unzen", "l": "Liter", "L": "Liter", "ml": "Milliliter",
    "mL": "Milliliter", "cl": "Zentiliter", "hl": "Hektoliter", "km/h": "Kilometer pro Stunde",
    "m/s": "Meter pro Sekunde", "mph": "f:Meile pro Stunde|Meilen pro Stunde", "°C": "Grad Celsius",
    "℃": "Grad Celsius", "°F": "Grad Fahrenheit", "℉": "Grad Fahrenheit", "°": "Grad",
    "m²": "Quadratmeter", "m2": "Quadratmeter", "qm": "Quadratmeter", "km²": "Quadratkilometer",
    "km2": "Quadratkilometer", "cm²": "Quadratzentimeter", "ha": "Hektar", "m³": "Kubikmeter",
    "cm³": "Kubikzentimeter", "h": "f:Stunde|Stunden", "Std.": "f:Stunde|Stunden",
    "min": "f:Minute|Minuten", "Min.": "f:Minute|Minuten", "s": "f:Sekunde|Sekunden",
    "Sek.": "f:Sekunde|Sekunden", "sek": "f:Sekunde|Sekunden", "ms": "f:Millisekunde|Millisekunden",
    "Mio.": "f:Million|Millionen", "Mrd.": "f:Milliarde|Milliarden", "kB": "Kilobyte",
    "KB": "Kilobyte", "MB": "Megabyte", "GB": "Gigabyte", "TB": "Terabyte",
    "Mbit/s": "Megabit pro Sekunde", "Hz": "Hertz", "kHz": "Kilohertz", "MHz": "Megahertz",
    "GHz": "Gigahertz", "W": "Watt", "kW": "Kilowatt", "MW": "Megawatt",
    "kWh": "f:Kilowattstunde|Kilowattstunden", "V": "Volt", "kV": "Kilovolt",
    "PS": "Pferdestärke|PS", "kcal": "f:Kilokalorie|Kilokalorien", "kJ": "Kilojoule",
    "dB": "Dezibel", "hPa": "Hektopascal",
}  # fmt: skip

WEEKDAYS = {
    "Mo": "Montag", "Di": "Dienstag", "Mi": "Mittwoch", "Do": "Donnerstag", "Fr": "Freitag",
    "Sa": "Samstag", "So": "Sonntag",
}  # fmt: skip
DENOMINATORS = {
    number: (name, name)
    for number, name in {
        3: "Drittel", 4: "Viertel", 5: "Fünftel", 6: "Sechstel", 7: "Siebtel", 8: "Achtel",
        9: "Neuntel", 10: "Zehntel", 16: "Sechzehntel", 100: "Hundertstel",
    }.items()
}  # fmt: skip

TITLES = {
    "Dr.": "Doktor", "Prof.": "Professor", "Hr.": "Herr", "Hrn.": "Herrn", "Fr.": "Frau",
    "St.": "Sankt", "Dipl.": "Diplom", "Ing.": "Ingenieur", "Mag.": "Magister", "Frl.": "Fräulein",
}  # fmt: skip

NUMBERED = {
    "Nr.": "Nummer", "nr.": "Nummer", "Nrn.": "Nummern", "Abb.": "Abbildung", "Tab.": "Tabelle",
    "Kap.": "Kapitel", "Bd.": "Band", "S.": "Seite", "Abs.": "Absatz", "Art.": "Artikel",
    "Ziff.": "Ziffer", "Anm.": "Anmerkung", "Abschn.": "Abschnitt", "Z.": "Zeile", "No.": "Nummer",
    "Tel.": "Telefon", "§": "Paragraf", "§§": "Paragrafen", "№": "Nummer", "#": "Nummer",
}  # fmt: skip

ABBREVIATIONS = {
    "z. B.": "zum Beispiel", "z.B.": "zum Beispiel", "Z. B.": "Zum Beispiel",
    "Z.B.": "Zum Beispiel", "d. h.": "das heißt", "d.h.": "das heißt", "D. h.": "Das heißt",
    "D.h.": "Das heißt", "u. a.": "unter anderem", "u.a.": "unter anderem", "v. a.": "vor allem",
    "v.a.": "vor allem", "o. Ä.": "oder Ähnliches", "o.Ä.": "oder Ähnliches",
    "o. ä.": "oder ähnlich", "u. U.": "unter Umständen", "u.U.": "unter Umständen",
    "z. T.": "zum Teil", "z.T.": "zum Teil", "i. d. R.": "in der Regel", "i.d.R.": "in der Regel",
    "i. A.": "im Auftrag", "s. o.": "siehe oben", "s.o.": "siehe oben", "s. u.": "siehe unten",
    "s.u.": "siehe unten",
    "m. E.": "meines Erachtens", "z. Z.": "zur Zeit", "z. Zt.": "zur Zeit", "u. v. m.":
    "und vieles mehr", "usw.": "und so weiter", "u. s. w.": "und so weiter", "usf.":
    "und so fort", "etc.": "et cetera", "bzw.": "beziehungsweise", "bspw.": "beispielsweise",
    "ca.": "circa", "Ca.": "Circa", "evtl.": "eventuell", "ggf.": "gegebenenfalls",
    "inkl.": "inklusive", "exkl.": "exklusive", "zzgl.": "zuzüglich", "abzgl.": "abzüglich",
    "vgl.": "vergleiche", "Vgl.": "Vergleiche", "sog.": "sogenannte", "allg.": "allgemein",
    "max.": "maximal", "min.": "mindestens", "mind.": "mindestens", "geb.": "geboren",
    "gest.": "gestorben", "verh.": "verheiratet", "Jh.": "Jahrhundert", "Jhd.": "Jahrhundert",
    "Std.": "Stunden", "Min.": "Minuten", "Sek.": "Sekunden", "Mio.": "Millionen",
    "Mrd.": "Milliarden", "v. Chr.": "vor Christus", "v.Chr.": "vor Christus",
    "n. Chr.": "nach Christus", "n.Chr.": "nach Christus", "Aufl.": "Auflage", "Hrsg.":
    "Herausgeber", "Tel.": "Telefon", "Bhf.": "Bahnhof", "Hbf.": "Hauptbahnhof", "Pl.": "Platz",
    "Jan.": "Januar", "Feb.": "Februar", "Aug.": "August", "Sept.": "September", "Okt.": "Oktober",
    "Nov.": "November", "Dez.": "Dezember", "vs.": "versus", "zit.": "zitiert", "Abt.": "Abteilung",
    "Fa.": "Firma", "Ges.": "Gesellschaft", "jun.": "junior", "sen.": "senior", "ff.": "folgende",
    "f.": "folgende", "Anm.": "Anmerkung", "Abb.": "Abbildung",
}  # fmt: skip
NEVER_AT_THE_END = frozenset([
    "z. B.", "z.B.", "Z. B.", "Z.B.", "d. h.", "d.h.", "D. h.", "D.h.", "v. a.", "v.a.", "bzw.",
    "bspw.", "ca.", "Ca.", "evtl.", "ggf.", "inkl.", "exkl.", "zzgl.", "abzgl.", "vgl.", "Vgl.",
    "sog.", "allg.", "max.", "min.", "mind.", "vs.", "Fa.", "u. U.", "u.U.", "m. E.",
])  # fmt: skip

COUNTED = (
    "Kapitel", "KAPITEL", "Teil", "TEIL", "Buch", "BUCH", "Band", "BAND", "Akt", "AKT", "Szene",
    "Abschnitt", "Artikel", "Anhang", "Abbildung", "Tabelle", "Weltkrieg", "Phase", "Typ", "Klasse",
    "Stufe", "Folge", "Lektion", "Brief", "Gesang",
)  # fmt: skip
RULER_NAMES = (
    "Heinrich Ludwig Karl Georg Eduard Jakob Wilhelm Elisabeth Richard Philipp Friedrich Leopold "
    "Napoleon Benedikt Pius Paul Gregor Klemens Leo Innozenz Alexander Nikolaus Katharina Otto "
    "Christian Gustav Iwan Peter Johannes Joseph Josef Ferdinand Franz Rudolf Maximilian Albrecht "
    "Konrad August Ramses Ptolemäus Kleopatra Dareios Xerxes Mehmed Murad Harald Olaf Alfons "
    "Charles Juan Carlos Felipe Margrethe Urban Sixtus Julius Bonifatius"
)

# Nouns that are counted in order, by the ending that an ordinal takes where nothing precedes.
FEMININE = (
    "Auflage|Klasse|Etage|Woche|Runde|Liga|Ausgabe|Symphonie|Sinfonie|Minute|Stunde|Division|Reihe"
    "|Seite|Szene|Generation|Staffel|Folge|Person|Stufe|Strophe|Armee|Straße|Hälfte|Halbzeit"
    "|Mannschaft|Etappe|Instanz|Saison|Ehe|Tochter|Frau"
)
NEUTER = (
    "Jahrhundert|Mal|Kapitel|Jahr|Semester|Lebensjahr|Buch|Schuljahr|Halbjahr|Quartal|Bild|Spiel"
    "|Gebot|Stockwerk|Obergeschoss|Untergeschoss|Jahrtausend|Tor|Bataillon|Kind"
)
MASCULINE = (
    "Platz|Stock|Rang|Tag|Monat|Weltkrieg|Geburtstag|Akt|Teil|Band|Bezirk|Versuch|Satz|Schritt"
    "|Spieltag|Lauf|Preis|Stern|Absatz|Kreis|Punkt|Mai|Januar|Advent|Sieg|Sohn|Gang"
)
# Who somebody is made: "Er wurde 2. Sieger."
OFFICE = (
    r"\w{0,20}(?i:vorsitzender|sieger|meister|gewinner|leiter|trainer|sprecher|vertreter|fahrer|läufer|spieler"
    r"|präsident|sekretär|minister|preisträger|direktor|assistent|lehrer)"
)
BECAME = "wurde|wird|werde|würde|als|bleibt|blieb"
GOES_ON = r"(?:[.!?,;:)]|\s(?:der|des|im|in|von|vom|bei|beim|und|am|auf|für|mit|aus|vor|hinter)\b)"
BEGINNINGS = "Aber|Als|Am|Da|Danach|Dann|Das|Der|Die|Doch|Er|Es|Ich|Im|In|Ist|Sie|Sind|So|Und|Wir"

POSSESSIVES = "ein|kein|mein|dein|sein|ihr|unser|eur"
OTHERS = r"(?:\d{1,3}\. (?:und|oder|bis|sowie) )?\0"  # "im 2. und 3. Stock"
DOTTED_ORDINALS = (
    (
        rf"(?i)(?:\b(?:am|im|zum|zur|vom|beim|ins|de[mns]|(?:jed|dies|jen|welch)e[mn]"
        rf"|(?:{POSSESSIVES})e[mnrs]|seit|ab|bis|beider|der beiden)|\b(?:in|an|auf|mit|von|zu|bei"
        rf"|nach|aus|seit|vor|während|ab|neben|unter|über|hinter) (?:d|dies|jed)(?:er|en|em))"
        rf"\s{OTHERS}",
        "en",
    ),
    (rf"\b(?:[Dd]|[Jj]ed|[Dd]ies)er\s{OTHERS}(?:{FEMININE})\b", "en"),
    (rf"(?i)\b(?:der|die|das|(?:dies|jed|jen|welch)e[rs]?|(?:{POSSESSIVES})e)\s{OTHERS}", "e"),
    (rf"\0(?:{FEMININE})\b", "e"),
    (rf"\0(?:{NEUTER})\b", "es"),
    (rf"\0(?:{MASCULINE})\b", "er"),
    (
        rf"\b(?i:{POSSESSIVES}|euer)\s{OTHERS}(?!(?:{BEGINNINGS})\b)",
        "er",
    ),
    (rf"\b(?:{BECAME})\s\0{OFFICE}{GOES_ON}", "er"),
    (rf"\b(?:{BECAME})\s\0(?:{OFFICE}in|\w{{0,20}}[Vv]orsitzende){GOES_ON}", "e"),
    (rf"\b(?:war|ist)\s\0{OFFICE}[.!?)]", "er"),
    (rf"\b(?:war|ist)\s\0{OFFICE}in[.!?)]", "e"),
    (r"\0[a-zäöüß]", "er"),
)

PHRASES = (
    Phrase(
        rf"{START}(?P<day>3[01]|[12]\d|0?[1-9])\.{SPACE}(?P<month>0?[1-9]|1[0-2])\.(?!\d)",
        "{day} {month}",
    ),
    Phrase(
        r"(?<!\w)(?:(?P<year>[12]\d\d0)|(?P<number>[1-9]0))er(?P<case>n?)\b",
        "{year}{number}er{case}",
    ),
    Phrase(r"(?<=[a-zäöüß])str\.", "straße", "str."),
    Phrase(r"(?<=[a-zäöüß][ -])Str\.", "Straße", "Str."),
)

LANGUAGE = Language(
    code="de",
    point="Komma",
    minus="minus",
    to="bis",
    dot="Punkt",
    are_decimals_digits=True,
    signs={".": "Punkt", "@": "ät", "_": "Unterstrich", "-": "Minus", "+": "plus",
    "/": "Schrägstrich"},
    agreement={"m": ((r"\Aeins\Z", "ein"),), "f": ((r"\Aeins\Z", "eine"),)},
    hundreds="hundert",
    currencies=CURRENCIES,
    scales=SCALES,
    units=UNITS,
    cases={"e": (), **{f"e{end}": ((r"\Z", end),) for end in "nrs"}},
    dotted_ordinals=DOTTED_ORDINALS,
    is_dot_ordinal=False,
    sentence_starts=frozenset(BEGINNINGS.split("|")),
    months=MONTHS,
    short_months={name[:3]: place + 1 for place, name in enumerate(MONTHS) if name != "Mai"}
    | {"Sept": 9},
    other_months={"Jänner": 1, "Feber": 2},
    month_dot=r"\.?",
    date_signs=(".", "."),
    day_endings="(?!)",
    of_month=rf"\.{SPACE}",
    day="er",
    day_after_to="en",
    weekdays=WEEKDAYS,
    day_join="bis|und|oder",
    clocks=(
        rf"{CLOCK}[:.]{MINUTE}(?:[:.](?P<second>[0-5]\d))?{SPACE}(?:Uhr|h)\b",
        rf"{CLOCK}:{MINUTE}{SECOND}{END}",
        rf"{CLOCK}{SPACE}Uhr\b",
    ),
    hour_letters="",
    hour=("{hour} Uhr", "{hour} Uhr {minute}"),
    hour_gender="m",
    and_seconds=" und {seconds}",
    phrases=PHRASES,
    titles=TITLES,
    numbered=NUMBERED,
    abbreviations=ABBREVIATIONS,
    never_last=NEVER_AT_THE_END,
    counted=COUNTED,
    rulers=frozenset(RULER_NAMES.split()),
    is_ruler_dotted=True,
    ruler="der {Ordinal}",
    ruler_genitive="des {Ordinal}n",
    queens="(?:Elisabeth|Katharina|Kleopatra|Margrethe)s?",
    queen=((r"\Ader\b", "die"), (r"\Ades\b", "der")),
    ratio="zu",
    month_words="und|oder|bis",
    half="ein halb",
    denominators=DENOMINATORS,
    whole_and_half="{whole}einhalb",
    around="etwa",
    formulas={
        "per": "pro", "+": "plus", "-": "minus", "×": "mal", "÷": "geteilt durch", "/": "durch",
        "=": "gleich", "<": "kleiner als", ">": "größer als", "≤": "kleiner oder gleich",
        "≥": "größer oder gleich", "≠": "ungleich", "≈": "ungefähr gleich", "±": "plus minus",
        "∞": "unendlich", "π": "Pi", "√": "Wurzel aus", "²": "Quadrat", "³": "hoch drei",
        "^": "hoch {n}",
    },
    compass={"N": "Nord", "S": "Süd", "E": "Ost", "O": "Ost", "W": "West"},
    angles=("Grad", "f:Minute|Minuten", "f:Sekunde|Sekunden"),
    open_ends=(
        "Nr", "Abb", "Bd", "Kap", "Tab", "Abs", "Art", "Aufl", "ca", "evtl", "ggf", "inkl", "bzw",
        "vgl", "bspw", "sog", "allg", "Mio", "Mrd", "Std", "Tel", "max", "min", r"z\. ?B",
        r"d\. ?h",
        r"u\. ?a",
        r"v\. ?a", r"o\. ?g",
    ),
    always_open=(
        r"(?i:am|im|zum|vom|beim|dem|den|des|der|die|das|einem|einen|eines|eine|ein|seit|ab|bis|jeder"
        r"|jede|jedes|und|oder|dieser|ins|ihr|sein|ihre|seine|ihrem|seinem|ihren|seinen|mein|meine)"
        r" \d{1,3}",
        rf"\d{{1,3}}¦(?:{FEMININE}|{NEUTER}|{MASCULINE})(?!\w)",
        rf"(?:{BECAME}) \d{{1,3}}¦{OFFICE}(?:in)?{GOES_ON}",
        rf"(?:war|ist) \d{{1,3}}¦{OFFICE}(?:in)?[.!?)]",
    ),
)  # fmt: skip
VARIETIES = {"de-at": replace(LANGUAGE, months=("Jänner", *MONTHS[1:]), other_months={"Januar": 1})}
