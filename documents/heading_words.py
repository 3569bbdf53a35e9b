"""Words that headings are made of, by language: "chapter", "Teil", "twenty-first"."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeadingWords:
    """What a language calls parts and chapters, and its words for their numbers.

    `joints` stand before and between numbers: "the", "and".
    """

    parts: frozenset[str]
    chapters: frozenset[str]
    cardinals: frozenset[str]
    ordinals: frozenset[str]
    joints: frozenset[str]


def _language(
    parts: str, chapters: str, cardinals: str, ordinals: str, joints: str = ""
) -> HeadingWords:
    return HeadingWords(
        *(frozenset(words.split()) for words in (parts, chapters, cardinals, ordinals, joints))
    )


def _joined(stems: str, endings: str) -> str:
    """Every stem with every ending: "einund" and "zwanzig"; "-" is an ending of no letters."""
    ends = [ending.strip("-") for ending in endings.split()]
    return " ".join(stem + end for stem in stems.split() for end in ends)


ENGLISH = _language(
    parts="part book volume act",
    chapters="chapter section letter stave canto scene episode",
    cardinals=(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
        "ninety hundred"
    ),
    ordinals=(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth "
        "thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth hundredth last final"
    ),
    joints="the and",
)
DE_UNITS = "ein zwei drei vier fünf sechs sieben acht neun"
DE_TEENS = "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"
DE_TENS = "zwanzig dreißig dreissig vierzig fünfzig sechzig siebzig achtzig neunzig hundert"
DE_COMPOUNDS = _joined(_joined(DE_UNITS, "und"), DE_TENS)
DE_ORDINALS = (
    "erst zweit dritt viert fünft sechst siebent siebt acht neunt letzt "
    f"{_joined(DE_TEENS, 't')} {_joined(f'{DE_TENS} {DE_COMPOUNDS}', 'st')}"
)
GERMAN = _language(
    parts="teil buch band akt aufzug",
    chapters="kapitel abschnitt szene auftritt brief gesang",
    cardinals=f"eins eine {DE_UNITS} {DE_TEENS} {DE_TENS} {DE_COMPOUNDS}",
    ordinals=_joined(DE_ORDINALS, "e er es en"),
    joints="das der die",
)
FRENCH = _language(
    parts="partie livre tome acte volume",
    chapters="chapitre section scène lettre chant épisode",
    cardinals=(
        "un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
        "seize vingt vingts trente quarante cinquante soixante cent"
    ),
    ordinals="premier première second seconde dernier dernière "
    + _joined(
        "un deux trois quatr cinqu six sept huit neuv dix onz douz treiz quatorz quinz seiz vingt "
        "trent quarant cinquant soixant cent",
        "ième",
    ),
    joints="le la et",
)
SPANISH = _language(
    parts="parte libro tomo acto volumen",
    chapters="capítulo sección escena carta canto episodio",
    cardinals=(
        "uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
        "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés "
        "veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve treinta cuarenta "
        "cincuenta sesenta setenta ochenta noventa cien ciento"
    ),
    ordinals="primer tercer "
    + _joined(
        "primer segund tercer cuart quint sext séptim octav noven décim undécim duodécim "
        "decimotercer decimocuart decimoquint decimosext decimoséptim decimoctav decimonoven "
        "vigésim trigésim cuadragésim quincuagésim últim",
        "o a",
    ),
    joints="el la y",
)
IT_TENS = "vent trent quarant cinquant sessant settant ottant novant"
ITALIAN = _language(
    parts="parte libro tomo atto volume",
    chapters="capitolo sezione scena lettera canto episodio",
    cardinals=(
        "uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
        "quindici sedici diciassette diciotto diciannove venti cento "
        f"{_joined('venti', 'due tré tre quattro cinque sei sette nove')} "
        + _joined(IT_TENS, "a uno otto adue atré atre aquattro acinque asei asette anove")
    ),
    ordinals=_joined(
        "prim second terz quart quint sest settim ottav non decim undicesim dodicesim tredicesim "
        "quattordicesim quindicesim sedicesim diciassettesim diciottesim diciannovesim ultim "
        "ventiduesim ventitreesim ventiquattresim venticinquesim ventiseiesim ventisettesim "
        f"ventinovesim {_joined(IT_TENS, 'esim unesim ottesim')}",
        "o a",
    ),
    joints="il la e",
)
PORTUGUESE = _language(
    parts="parte livro tomo ato acto volume",
    chapters="capítulo secção seção cena carta canto episódio",
    cardinals=(
        "um uma dois duas três quatro cinco seis sete oito nove dez onze doze treze catorze "
        "quatorze quinze dezasseis dezesseis dezassete dezessete dezoito dezanove dezenove vinte "
        "trinta quarenta cinquenta sessenta setenta oitenta noventa cem cento"
    ),
    ordinals=_joined(
        "primeir segund terceir quart quint sext sétim oitav non décim vigésim trigésim "
        "quadragésim quinquagésim últim",
        "o a",
    ),
    joints="o a e",
)
NL_UNITS = "een één twee drie vier vijf zes zeven acht negen"
NL_TEENS = "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien"
NL_TENS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd"
NL_COMPOUNDS = _joined(_joined(NL_UNITS, "en ën"), NL_TENS)
DUTCH = _language(
    parts="deel boek bedrijf",
    chapters="hoofdstuk afdeling scène brief zang",
    cardinals=f"{NL_UNITS} {NL_TEENS} {NL_TENS} {NL_COMPOUNDS}",
    ordinals=(
        "eerste tweede derde vierde vijfde zesde zevende achtste negende laatste elfde "
        f"{_joined(NL_TEENS, 'de')} {_joined(f'{NL_TENS} {NL_COMPOUNDS}', 'ste')}"
    ),
    joints="het de",
)
POLISH = _language(
    parts="część księga tom akt",
    chapters="rozdział scena list pieśń",
    cardinals=(
        "jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście "
        "trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście "
        "dwadzieścia trzydzieści czterdzieści pięćdziesiąt"
    ),
    ordinals=_joined(
        "pierwsz drug trzec trzeci czwart piąt szóst siódm ósm dziewiąt dziesiąt jedenast dwunast "
        "trzynast czternast piętnast szesnast siedemnast osiemnast dziewiętnast dwudziest "
        "trzydziest czterdziest pięćdziesiąt ostatn ostatni",
        "- y a e i",
    ),
)
SV_UNITS = "en ett två tre fyra fem sex sju åtta nio"
SV_TENS = "tjugo trettio fyrtio femtio sextio sjuttio åttio nittio"
SV_ORDINALS = "första andra tredje fjärde femte sjätte sjunde åttonde nionde"
SWEDISH = _language(
    parts="del delen bok boken akt akten",
    chapters="kapitel kapitlet avsnitt scen scenen brev brevet",
    cardinals=(
        f"{SV_UNITS} tio elva tolv tretton fjorton femton sexton sjutton arton nitton {SV_TENS} "
        f"{_joined(SV_TENS, SV_UNITS)}"
    ),
    ordinals=(
        f"{SV_ORDINALS} tionde elfte tolfte trettonde fjortonde femtonde sextonde sjuttonde "
        f"artonde nittonde sista {_joined(SV_TENS, f'nde {SV_ORDINALS}')}"
    ),
    joints="det den",
)
RUSSIAN = _language(
    parts="часть книга том акт действие",
    chapters="глава раздел сцена явление письмо песнь",
    cardinals=(
        "один одна одно два две три четыре пять шесть семь восемь девять десять одиннадцать "
        "двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать "
        "девятнадцать двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"
    ),
    ordinals="последняя последний последнее "
    + _joined(
        "перв втор трет четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат "
        "четырнадцат пятнадцат шестнадцат семнадцат восемнадцат девятнадцат двадцат тридцат "
        "сороков пятидесят",
        "ый ой ий ая ое ья ье",
    ),
)
CZECH = _language(
    parts="část kniha díl svazek dějství",
    chapters="kapitola oddíl výstup scéna dopis",
    cardinals="jedna dvě tři čtyři pět šest sedm osm devět deset jedenáct dvanáct",
    ordinals="první třetí poslední "
    + _joined(
        "druh čtvrt pát šest sedm osm devát desát jedenáct dvanáct třináct čtrnáct patnáct "
        "šestnáct sedmnáct osmnáct devatenáct dvacát třicát",
        "ý á é",
    ),
)
LANGUAGES = (
    ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, POLISH, SWEDISH, RUSSIAN, CZECH,
)  # fmt: skip

ALONE = (
    "preface foreword introduction prologue epilogue afterword conclusion appendix interlude "
    "vorwort einleitung prolog epilog nachwort anhang schluss avant-propos préface prologue "
    "épilogue postface prólogo epílogo introducción prefacio prefazione introduzione prologo "
    "epilogo postfazione prefácio introdução posfácio voorwoord inleiding proloog epiloog "
    "nawoord wstęp przedmowa posłowie zakończenie förord inledning efterord předmluva úvod doslov "
    "предисловие введение пролог эпилог послесловие заключение 序章 序言 前言 楔子 终章 終章 尾声 "
    "后记 後記 あとがき まえがき プロローグ エピローグ"
)
STANDING_ALONE = frozenset(ALONE.split())
