"""Words that headings are made of, by language: "chapter", "Teil", "twenty-first"."""

import unicodedata
from dataclasses import dataclass

ACCENTS = dict.fromkeys(range(0x300, 0x370)) | {ord("ı"): "i"}


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


def folded(text: str) -> str:
    """A text in small letters without accents, as headings in capitals often are."""
    text = text.lower()
    return text if text.isascii() else unicodedata.normalize("NFD", text).translate(ACCENTS)


def _language(
    parts: str, chapters: str, cardinals: str = "", ordinals: str = "", joints: str = ""
) -> HeadingWords:
    listed = (parts, chapters, cardinals, ordinals, joints)
    return HeadingWords(*(frozenset(folded(words).split()) for words in listed))


def _joined(stems: str, endings: str) -> str:
    """Every stem with every ending: "einund" and "zwanzig"; "-" is an ending of no letters."""
    ends = [ending.strip("-") for ending in endings.split()]
    return " ".join(stem + end for stem in stems.split() for end in ends)


ENGLISH = _language(
    parts="part book volume act",
    chapters="chapter chap ch section letter stave canto scene episode lesson day",
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
    parts="teil buch band bd akt aufzug",
    chapters="kapitel kap abschnitt szene auftritt brief gesang lektion tag",
    cardinals=f"eins eine {DE_UNITS} {DE_TEENS} {DE_TENS} {DE_COMPOUNDS}",
    ordinals=_joined(DE_ORDINALS, "e er es en"),
    joints="das der die",
)
FRENCH = _language(
    parts="partie livre tome acte volume",
    chapters="chapitre chap section scène lettre chant épisode leçon jour",
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
    parts="parte libro tomo acto volumen jornada",
    chapters="capítulo cap sección escena carta canto episodio lección día",
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
    chapters="capitolo cap sezione scena lettera canto episodio lezione giorno giornata",
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
    chapters="capítulo cap secção seção cena carta canto episódio lição dia",
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
    chapters="hoofdstuk afdeling scène tafereel brief zang les dag",
    cardinals=f"{NL_UNITS} {NL_TEENS} {NL_TENS} {NL_COMPOUNDS}",
    ordinals=(
        "eerste tweede derde vierde vijfde zesde zevende achtste negende laatste elfde "
        f"{_joined(NL_TEENS, 'de')} {_joined(f'{NL_TENS} {NL_COMPOUNDS}', 'ste')}"
    ),
    joints="het de",
)
POLISH = _language(
    parts="część księga tom akt",
    chapters="rozdział rozdz scena list pieśń lekcja dzień",
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
    chapters="kapitel kapitlet kap avsnitt scen scenen brev brevet lektion dag sången",
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
    chapters="глава гл раздел сцена явление письмо песнь урок день",
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
DANISH_AND_NORWEGIAN = _language(
    parts="del bog bok bind akt",
    chapters="kapitel kapittel kapitlet kap scene brev sang dag",
    cardinals=(
        "en et ett to tre fire fem seks syv sju otte åtte ni ti elleve tolv tretten fjorten femten "
        "seksten sytten atten nitten tyve tjue"
    ),
    ordinals=(
        "første anden andet annet andre tredje fjerde femte sjette syvende sjuende ottende åttende "
        "niende tiende ellevte tolvte trettende fjortende femtende sekstende syttende attende "
        "nittende tyvende tjuende sidste siste"
    ),
    joints="den det",
)
FINNISH = _language(
    parts="osa kirja näytös",
    chapters="luku kohtaus kirje",
    cardinals="yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen",
    ordinals=(
        "ensimmäinen toinen kolmas neljäs viides kuudes seitsemäs kahdeksas yhdeksäs kymmenes "
        "yhdestoista kahdestoista viimeinen"
    ),
)
HUNGARIAN = _language(
    parts="rész könyv kötet felvonás",
    chapters="fejezet jelenet levél",
    cardinals="egy kettő két három négy öt hat hét nyolc kilenc tíz tizenegy tizenkettő",
    ordinals=(
        "első második harmadik negyedik ötödik hatodik hetedik nyolcadik kilencedik tizedik "
        "tizenegyedik tizenkettedik utolsó"
    ),
)
TURKISH = _language(
    parts="kısım cilt kitap perde",
    chapters="bölüm sahne mektup",
    cardinals="bir iki üç dört beş altı yedi sekiz dokuz on yirmi otuz",
    ordinals=(
        "birinci ikinci üçüncü dördüncü beşinci altıncı yedinci sekizinci dokuzuncu onuncu ilk son"
    ),
)
ROMANIAN = _language(
    parts="partea cartea volumul actul",
    chapters="capitolul cap scena scrisoarea",
    cardinals="unu una doi două trei patru cinci șase şase șapte şapte opt nouă zece",
    ordinals="întâi întâia prima doua treia patra cincea",
    joints="al a",
)
GREEK = _language(
    parts="μέρος βιβλίο τόμος πράξη",
    chapters="κεφάλαιο κεφ σκηνή επιστολή",
    cardinals="ένα δύο τρία τέσσερα πέντε έξι επτά οκτώ εννέα δέκα",
    ordinals=_joined("πρώτ δεύτερ τρίτ τέταρτ πέμπτ έκτ έβδομ όγδο ένατ δέκατ", "ο η ος"),
)
UKRAINIAN = _language(
    parts="частина книга том дія",
    chapters="розділ глава сцена лист",
    cardinals="один два три чотири п'ять шість сім вісім дев'ять десять",
    ordinals="третій третя третє останній остання "
    + _joined("перш друг четверт п'ят шост сьом восьм дев'ят десят", "ий а е"),
)
OTHERS = _language(
    parts="llibre part acte liber phần quyển phan quyen bagian jilid الجزء القسم חלק भाग खंड ภาคที่",
    chapters=(
        "capítol escena caput chương hồi chuong bab الفصل الباب المشهد פרק अध्याय परिच्छेद บทที่ ตอนที่"
    ),
    cardinals=(
        "một hai ba bốn năm sáu bảy tám chín mười satu dua tiga empat lima enam tujuh delapan "
        "sembilan sepuluh एक दो तीन चार पाँच छह सात आठ नौ दस א ב ג ד ה ו ז ח ט י יא יב יג יד טו טז "
        "יז יח יט כ"
    ),
    ordinals=(
        "primer segon tercer quart primus primum secundus secundum tertius tertium quartus quartum "
        "pertama kedua ketiga keempat kelima الأول الأولى الثاني الثالث الرابع الخامس السادس "
        "السابع الثامن التاسع العاشر الحادي عشر الأخير "
        "ראשון שני שלישי רביעי חמישי שישי שביעי שמיני תשיעי עשירי पहला दूसरा तीसरा चौथा"
    ),
)
LANGUAGES = (
    ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, POLISH, SWEDISH, RUSSIAN, CZECH,
    DANISH_AND_NORWEGIAN, FINNISH, HUNGARIAN, TURKISH, ROMANIAN, GREEK, UKRAINIAN, OTHERS,
)  # fmt: skip

ALONE = (
    "preface foreword introduction prologue epilogue afterword conclusion appendix interlude "
    "prelude geleitwort vorrede vorspiel nachspiel zwischenspiel prélude intermède intermezzo "
    "предмова післямова пролог епілог esipuhe johdanto epilogi előszó utószó önsöz sonsöz "
    "πρόλογος επίλογος εισαγωγή مقدمة خاتمة "
    "vorwort einleitung prolog epilog nachwort anhang schluss avant-propos préface prologue "
    "épilogue postface prólogo epílogo introducción prefacio prefazione introduzione prologo "
    "epilogo postfazione prefácio introdução posfácio voorwoord inleiding proloog epiloog "
    "nawoord wstęp przedmowa posłowie zakończenie förord inledning efterord předmluva úvod doslov "
    "предисловие введение пролог эпилог послесловие заключение 序章 序言 前言 楔子 终章 終章 尾声 "
    "后记 後記 あとがき まえがき プロローグ エピローグ"
)
STANDING_ALONE = frozenset(folded(ALONE).split())
# Those that say more often: whose they are, of which edition, for whom.
PREFACES = STANDING_ALONE - frozenset(
    folded("introduction conclusion appendix interlude einleitung schluss zakończenie úvod").split()
)
_OTHER_PARTS = """
acknowledgements | acknowledgments | author's note | dedication | postscript | about the author
to the reader | note to the reader | list of characters | dramatis personae | danksagung | widmung
zum geleit | geleitwort | personen | remerciements | dédicace | au lecteur | note de l'auteur
personnages | agradecimientos | dedicatoria | al lector | nota del autor | personajes
ringraziamenti | dedica | al lettore | nota dell'autore | personaggi | agradecimentos | ao leitor
dankwoord | personages | podziękowania | od autora | osoby | tillägnan | personerna | от автора
"""
OTHER_PARTS = frozenset(folded(name.strip()) for name in _OTHER_PARTS.replace("\n", "|").split("|"))
