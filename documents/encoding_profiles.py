"""Profiles of languages, by which the encoding of a text is guessed.

`letters` are those beyond ASCII, small ones, the most frequent first; `words` are short and
frequent ones. A text in the right encoding has them, one in a wrong encoding has others.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """A language in the encodings that its texts used to be in, the likeliest first."""

    language: str
    encodings: tuple[str, ...]
    letters: str
    words: frozenset[str]


def _profile(language: str, encodings: str, letters: str, words: str) -> Profile:
    return Profile(language, tuple(encodings.split()), letters, frozenset(words.split()))


WESTERN = "windows-1252 iso-8859-15 ibm850 ibm437 macintosh"
CENTRAL = "windows-1250 iso-8859-2 ibm852"
CYRILLIC = "windows-1251 koi8-r ibm866 iso-8859-5 x-mac-cyrillic"

PROFILES = (
    _profile("en", WESTERN, "éèïçñöüêà", "the of and to in a is that for it was with as his he on"),
    _profile(
        "de", WESTERN, "üäößé",
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es "
        "an er hat aus bei sie wird über",
    ),
    _profile(
        "fr", WESTERN, "éèàêçùâîôûëïœæÿ",
        "de la le et les des en un du une que est pour qui dans par sur au ne pas ce il sont à se",
    ),
    _profile(
        "es", WESTERN, "óíáéñúü¿¡ªº",
        "de la que el en y a los del se las por un para con no una su al es lo como más",
    ),
    _profile(
        "pt", WESTERN, "ãçáéíóêõúâàôüº",
        "de a o que e do da em um para é com não uma os no se na por mais as dos como ao das",
    ),
    _profile(
        "it", WESTERN, "èàòùéìî",
        "di e il la che in un a per è una sono con non si da del della le i al dei nel come",
    ),
    _profile(
        "ca", WESTERN, "àéóèíòúçïü·",
        "de la i a el que els les en per una del un amb dels no és les al seva aquest qui l d",
    ),
    _profile(
        "sq", WESTERN, "ëçêâ",
        "e të në dhe për që me një është së i nga ka si nuk ose do tij kjo",
    ),
    _profile("cy", WESTERN, "âôêîûïöá", "a y yn i yr o ar ac mae ei bod neb hawl gan neu"),
    _profile("ga", WESTERN, "áíéóú", "an na agus a ar i is go le do atá gach nó bhfuil de"),
    _profile(
        "af", WESTERN, "ëêéôèîïûö",
        "die en van in te vir is dat nie het om met op sal wat as hy aan deur elke n of",
    ),
    _profile(
        "nl", WESTERN, "ëéïèöüóáê",
        "de van het een en in is dat op te zijn met voor niet aan er om ook als die bij of",
    ),
    _profile(
        "sv", WESTERN, "äåöéüà",
        "och i att det som en på är av för med den till inte om ett han var jag ej har de",
    ),
    _profile(
        "da", WESTERN, "øåæéöäüóòôê",
        "og i at det er en til på som af for med den de ikke der har om et var han fra eller",
    ),
    _profile("fi", WESTERN, "äöåšž", "ja on ei se että oli hän joka kun niin tai ovat kuin myös"),
    _profile("is", WESTERN, "íðáæóþúöéý", "og að í á sem er til um við en fyrir með það ekki af"),
    _profile(
        "pl", CENTRAL, "łąęśżóćńź",
        "w i z na do nie się że jest to o jak za od po ma co przez dla lub są jego oraz jej tak a",
    ),
    _profile(
        "cs", CENTRAL, "íáěéřžčýšůúňťďóäöü",
        "a v se na je že o s z do i to k ve za by ale jako pro která jsou nebo si podle má od",
    ),
    _profile(
        "sk", CENTRAL, "áíčžýšéľúťňôäďóĺŕěřůöü",
        "a v sa na je že o s z do i to k vo za by ale ako pre ktorá sú alebo si podľa má od",
    ),
    _profile(
        "hu", CENTRAL, "áéóöőíüúűä",
        "a az és hogy nem is egy van ez meg csak de ha mint vagy már még volt el azt be ki minden",
    ),
    _profile(
        "ro", CENTRAL, "ăîşţâéöü",
        "de şi în a la cu pe nu o din care să este un mai pentru sau al ale ce se că prin orice",
    ),
    _profile(
        "hr", CENTRAL, "čšžćđ",
        "i u je na se da su za od s a o ne kao koji što iz ili bi ima ali po svoje "
        "to do in ki so ni v pri z",
    ),
    _profile(
        "tr", "windows-1254 iso-8859-9 ibm857", "ıişğüöçâîû",
        "ve bir bu da de için ile o ne çok gibi daha var ama en her olarak ya hakkı veya olan",
    ),
    _profile(
        "lt", "windows-1257 iso-8859-13", "ėšžųįūčąę",
        "ir kad yra į iš su ar kaip jo bet tai nuo apie už o tik ne turi jos teisę",
    ),
    _profile(
        "lv", "windows-1257 iso-8859-13", "āīēšūžņļčģķ",
        "un ir ar no par uz ka kas viņa vai tas bet tiesības to pie lai",
    ),
    _profile("et", "windows-1257 windows-1252 iso-8859-13", "äõüöšž",
        "ja on ei et see oma mis oli kui ning ta",
    ),
    _profile(
        "vi", "windows-1258", "\u0301\u0300\u0323đươâă\u0309ưêôáàéíóúèù\u0303ìòýãõ",
        "và của có được là trong cho không các người với một những này để đó khi",
    ),
    _profile(
        "ru", CYRILLIC, "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё«»№",
        "и в не на с что он я к по а как из от за у его но это же все так или для то бы о был",
    ),
    _profile(
        "uk", "windows-1251 koi8-u iso-8859-5", "оаниветірсклумдпязьбгйчхцжїюшєщфґ«»№",
        "і на в не з що до та як у за це від про або для має є й а його він при по так",
    ),
    _profile(
        "bg", CYRILLIC, "аиоетнрсвлкдпмзгяъбучцжщхшйюфь№",
        "и на да е се в от за с че по не са като или до при му си но има ще",
    ),
    _profile(
        "sr", "windows-1251 iso-8859-5", "аоиенрстјудвкмпљбзгјњцшчжћфђџх",
        "и у је на се да су за од са или не које као што о из по",
    ),
    _profile(
        "el", "windows-1253 iso-8859-7", "αοιετσνηυρπκμλςίόάέήδωγχθύφβώξζψϊϋΐΰ«»·",
        "και το να του η της με που για την από των τα ο στο είναι δεν σε οι τον τη στην θα ή",
    ),
    _profile(
        "he", "windows-1255 iso-8859-8",
        "יוהלאמרתבשנכעדחפקגםצטזסןךףץ\u05b8\u05b7\u05b4\u05b6\u05bc\u05b0",
        "של את על לא הוא זה עם כל או גם היא כי אם מה אני יש אל אין לו",
    ),
    _profile(
        "ar", "windows-1256 iso-8859-6", "اليمنوترهبدعكقفسةحجأشىطصخذضثغإزئءآظؤ،؟؛",
        "في من على أن إلى أو لا ما هذا كل عن التي مع لكل هو كان لم له قد",
    ),
    _profile(
        "fa", "windows-1256", "اینردهتموبسشکخزفلگعقحجپآصطچظغذضثژئ،؟",
        "و در به از که این را با است برای آن هر یا تا هم بر شد می",
    ),
    _profile(
        "th", "windows-874",
        "านรอกเงมยลวดทส\u0e31\u0e35\u0e48ต\u0e34\u0e49ปบคหแจพชไใขะโ\u0e47\u0e37ซธศ\u0e38\u0e39ผภญณษถ",
        "",
    ),
)  # fmt: skip

# East Asian languages: their encodings, and frequent signs of theirs.
HANGUL = "이다는에의을가고하지로은를한사기도리자인서시어대나그있니아해여수정게들라과보장부"
SIMPLIFIED = (
    "的一是不了人在有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后"
    "作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只"
)
TRADITIONAL = (
    "的一是不了人在有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後"
    "作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只"
)
