"""Detection of a text's language from its letters and its commonest words."""

import re
from collections import Counter
from collections.abc import Iterable

SAMPLE = 20_000  # characters
FEWEST_WORDS = 20
SHARE = 0.12  # of all words: the commonest thirty of a language make up more
LEAD = 1.25  # times the runner-up

SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("bn", re.compile(r"[\u0980-\u09ff]")),
    ("ta", re.compile(r"[\u0b80-\u0bff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
)
COMMONEST = {
    "en": "the of and to in is that it was for on are as with his they be at this have from or "
    "had by not but what all were we when your can said there an which she how their if",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch "
    "es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce "
    "il sont avec son aux d'un cette d'une ont ses mais comme on tout nous sa",
    "es": "de la que el en y a los del se las por un para con no una su al es lo como más pero "
    "sus le ya o este sí porque esta entre cuando muy sin sobre también me hasta",
    "it": "di e il la che in un è per una sono da con non si del le della al dei nel più come ma "
    "anche gli alla i lo delle ha questo se dal ed era suo essere",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi "
    "ao ele das tem à seu sua ou ser quando muito há nos já está",
    "nl": "de en van het een in is dat op te zijn met voor niet aan er om ook als dan maar bij "
    "uit wordt naar door over ze hij heeft nog werd dit",
    "sv": "och i att det som en på är av för med den till inte om ett han men var jag sig från vi "
    "så kan när år under också efter eller nu sin",
    "da": "og i at det er en til af på der den for med ikke som de han var et har jeg om vi men "
    "sig fra kan eller så være blev ved også",
    "nb": "og i det er på som en til av for at med han ikke de den har var jeg om et men seg fra "
    "så vi kan være ble skal også etter",
    "pl": "w i na z się nie do to że jest o jak od po co za ale przez jego są był tak tego już "
    "tylko czy lub dla oraz które który",
    "cs": "a se v na je že o s z do i to k ve pro za by jsem ale si po jako podle od jeho který "
    "jsou také byl nebo tak",
    "tr": "ve bir bu da de için ile çok daha olarak ne gibi var kadar sonra o en ama değil ki her "
    "ben olan şey ya",
    "fi": "ja on ei että se oli hän mutta ovat kun niin myös joka kuin tai sen sitä jos mitä hänen "
    "minä ole vain jo nyt",
    "hu": "a az és hogy nem is egy ez volt meg de csak már ha mint vagy még azt el van ki ezt "
    "volna amely kell mert",
    "ro": "și de în a la cu pe nu un o că se este din mai care sau pentru să au fost ca ce sunt "
    "prin dar lui al după",
    "ru": "и в не на я что он с как это по но из у за к же от бы его то все так для о она вы был "
    "ее мы",
    "uk": "і в не на що я з у він як це та до за але його так від про по є вона для все й бо було "
    "ми",
    "bg": "на и в се да е за от с не по като са че но до ще това при които тя той към или му си",
    "ar": "في من على أن إلى ما لا هذا التي الذي عن مع كان هو هذه أو كل قد بعد",
    "fa": "و در به از که این را با است برای آن یک خود تا بر هم نیز شد می",
}
WORDS = {name: frozenset(words.split()) for name, words in COMMONEST.items()}
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def guessed(texts: Iterable[str]) -> str:
    """Guess the BCP 47 tag of the language of texts, "" where it is not clear."""
    sample = _sample(texts)
    letters = sum(map(str.isalpha, sample))
    if letters < FEWEST_WORDS:
        return ""
    for name, script in SCRIPTS:
        # Japanese is told by its syllables among Chinese signs, which are fewer.
        if len(script.findall(sample)) > letters * (0.1 if name == "ja" else 0.5):
            return name
    words = Counter(WORD.findall(sample.lower()))
    total = words.total()
    if total < FEWEST_WORDS:
        return ""
    counts = {name: sum(words[word] for word in common) for name, common in WORDS.items()}
    (best, most), (_, next_most) = Counter(counts).most_common(2)
    return best if most > SHARE * total and most > LEAD * next_most else ""


def _sample(texts: Iterable[str]) -> str:
    pieces, size = [], 0
    for text in texts:
        pieces.append(text[: SAMPLE - size])
        size += len(pieces[-1])
        if size >= SAMPLE:
            break
    return " ".join(pieces)
