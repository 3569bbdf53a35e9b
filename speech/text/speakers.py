"""The names of speakers that a text seems to mark, as in `Anna: …`."""

import re
from collections import Counter

from speech.text.directives import LONGEST_NAME, SPEAKER

SEARCHED = 400_000  # characters; who speaks later than that has spoken before
MOST_NAMES = 20
# A word of a name: letters with their marks, points, hyphens, apostrophes and figures.
WORD = r"[^\W\d_][^\s!-&(-,/:-@\[-`{-\x7f“”„«»…—–：，。（）［］]{0,29}"
NUMBER = r"#?\d{1,2}"
FIRST = rf"(?:\d{{1,2}}(?:st|ST|nd|ND|rd|RD|th|TH|er|ER|e|E|[.ºª])[ \t]{{1,2}})?{WORD}"
JOINT = r"(?:[ \t\u00a0]|[ \t]?[&+/,][ \t]?)"
LINE = re.compile(
    SPEAKER.replace("NAMES", rf"{FIRST}(?:{JOINT}(?:{WORD}|{NUMBER})){{0,4}}?"), re.MULTILINE
)
COUNTED = re.compile(r"#?\d{1,2}(?:[.ºª]|[a-z]{1,2})?|[ivx]{1,4}")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Words of names that are written small: "of", "von", "and".
SMALL = _words(
    "a aan af al and av d da das de dei del della den der des di die do du e ed el en et i la le "
    "les of och og ten ter the und van vom von y z zu zum zur"
)
# What stands before a colon, too, and is nobody: parts of recipes, letters, notes and tellings.
NOBODY = _words(
    "ingredients method directions instructions preparation serves yield servings equipment notes "
    "note nb ps tip tips hint warning caution important example examples summary abstract keywords "
    "introduction conclusion background results discussion contents sources references see also "
    "time times date place location venue when where who what why how from to cc bcc subject re fw "
    "fwd sent reply-to attachments address phone tel fax email e-mail web website url price cost "
    "total name title author chapter part section page act scene setting then now today tomorrow "
    "yesterday first second third finally later meanwhile suddenly but and so or yes no "
    "pros cons step steps task tasks todo question problem solution exercise lesson figure table "
    "item option version volume book week day night month year monday tuesday wednesday thursday "
    "friday saturday sunday update edit error info debug status result conclusions agenda "
    "topic goal however therefore thus next last today's cut fade in out "
    "zutaten zubereitung hinweis hinweise tipp tipps anmerkung beispiel zeit ort datum wann wo wer "
    "was warum wie von an betreff gesendet kopie telefon adresse preis name titel kapitel dann "
    "danach jetzt heute morgen gestern zuerst schließlich und aber inhalt quellen achtung warnung "
    "wichtig frage antwort aufgabe lösung schritt bild abbildung tabelle tag woche seite szene akt "
    "teil montag dienstag mittwoch donnerstag freitag samstag sonntag ergebnis fazit nachtrag "
    "beschluss tagesordnung top "
    "ingrédients préparation remarque exemple heure lieu de à objet envoyé puis alors ensuite "
    "question attention étape chapitre scène acte figure tableau jour semaine "
    "pregunta paso capítulo escena acto atención domanda passo capitolo scena avviso attenzione "
    "pergunta passo exemplo ingredientes preparo aviso uwaga pytanie przykład składniki rozdział "
    "vraag let opmerking voorbeeld ingrediënten bereiding stap hoofdstuk obs fråga exempel "
    "внимание примечание вопрос пример время место дата кому от тема глава "
    "ingredientes preparación elaboración nota ejemplo hora lugar fecha para asunto enviado luego "
    "entonces ingredienti preparazione esempio ora luogo data da oggetto poi allora"
)
# Who a telling says is speaking, as in “He said: …”, is no name in a list of speakers.
TELLING = _words(
    "said says say asked asks replied replies answered answers added wrote writes thought thinks "
    "shouted whispered continued continues sagte sagt fragte fragt antwortete rief schrieb meinte "
    "dit demanda répondit dijo preguntó respondió disse rispose"
)


def find_speakers(text: str) -> list[str]:
    """Names in the order in which they first speak; none unless there are two, or one comes back.

    At most twenty, those that speak most often.
    """
    counted: Counter[str] = Counter()
    written: dict[str, str] = {}
    for found in LINE.finditer(text[:SEARCHED]):
        name = found["name"]
        if name[0].islower() or len(name) > LONGEST_NAME or _is_nobody(name):
            continue
        counted[name.lower()] += 1
        written.setdefault(name.lower(), name)
    for folded, name in written.items():
        if counted[folded] == 1 and _is_doubtful(name):
            del counted[folded]
    if sum(counted.values()) < 2:
        return []
    kept = {name for name, _ in counted.most_common(MOST_NAMES)}
    return [name for folded, name in written.items() if folded in kept]


def _is_nobody(name: str) -> bool:
    words = [word for word in name.lower().split() if not COUNTED.fullmatch(word)]
    return not words or words[-1] in TELLING or all(word in NOBODY for word in words)


def _is_doubtful(name: str) -> bool:
    """Whether this may be the beginning of a sentence, an item or a place: it has to come back."""
    words = name.split()
    if "," in name and not name.isupper():
        return True
    is_item = words[0][:-1].isdigit() and words[0][-1] == "."
    return is_item or any(word[0].islower() and word not in SMALL for word in words)
