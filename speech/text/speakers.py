"""The names of speakers that a text seems to mark, as in `Anna: …`."""

import re
from collections import Counter

from speech.text.directives import LONGEST_NAME

SEARCHED = 400_000  # characters; who speaks later than that has spoken before
MOST_NAMES = 20
WORD = r"[^\W\d_][\w.'’-]{0,29}"
# The marks that `Cast` knows, for any name of up to four words.
LINE = re.compile(
    rf"^[ \t]{{0,20}}(?P<name>{WORD}(?:[ \t]{WORD}){{0,3}})[ \t]{{0,3}}"
    r"(?:\([^()\n\r]{1,60}\)[ \t]{0,3})?(?::(?=[\s\"'“”„«»‘’]|\Z)|：)",
    re.MULTILINE,
)


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# What stands before a colon, too, and is nobody: parts of recipes, letters, notes and tellings.
NOBODY = _words(
    "ingredients method directions instructions preparation serves yield servings equipment notes "
    "note nb ps tip tips hint warning caution important example examples summary abstract keywords "
    "introduction conclusion background results discussion contents sources references see also "
    "time times date place location venue when where who what why how from to cc bcc subject re fw "
    "fwd sent reply-to attachments address phone tel fax email e-mail web website url price cost "
    "total name title author chapter part section page act scene setting then now today tomorrow "
    "yesterday first second third finally later meanwhile suddenly but and so or yes no "
    "pros cons step steps task tasks todo "
    "zutaten zubereitung hinweis hinweise tipp tipps anmerkung beispiel zeit ort datum wann wo wer "
    "was warum wie von an betreff gesendet kopie telefon adresse preis name titel kapitel dann "
    "danach jetzt heute morgen gestern zuerst schließlich und aber inhalt quellen "
    "ingrédients préparation remarque exemple heure lieu de à objet envoyé puis alors ensuite "
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
    if sum(counted.values()) < 2:
        return []
    kept = {name for name, _ in counted.most_common(MOST_NAMES)}
    return [name for folded, name in written.items() if folded in kept]


def _is_nobody(name: str) -> bool:
    words = name.lower().split()
    return words[-1] in TELLING or all(word in NOBODY for word in words)
