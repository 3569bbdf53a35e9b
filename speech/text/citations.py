"""Citation marks in a text, such as "[2]" in what was copied from an encyclopedia."""

import re
from collections.abc import Iterator

from speech.text.edit_map import Edit

_ASKING = (
    "(?:full |better source |additional |medical )?citations? needed|clarification needed"
    "|page needed|verification needed|failed verification|not in citation given|dubious"
    "|dubious – discuss|discuss|original research\\?|according to whom\\?|by whom\\?|for whom\\?"
    "|who\\?|when\\?|where\\?|which\\?|why\\?|how\\?|vague|weasel words|needs update|update"
    "|non-primary source needed|unreliable source\\?|self-published source\\?|dead link"
    "|permanent dead link|Beleg\\?|Belege fehlen|Einzelnachweis fehlt|Quelle fehlt|Quelle\\?"
    "|réf\\. nécessaire|réf\\. souhaitée|référence nécessaire|source insuffisante"
    "|précision nécessaire"
    "|cita requerida|fuente requerida|¿cuándo\\?|senza fonte|carece de fontes\\?|bron\\?"
    "|källa behövs|potrzebny przypis|источник не указан[^\\[\\]]{0,20}|要出典|来源请求"
)
NUMBER = r"[1-9]\d{0,2}"
_NAMED = r"(?:note|nb|n|notes?|Anm\.|Anmerkung|A|Note|N|nota|прим\.|注|註) ?\d{1,3}"
ASKING = re.compile(rf"\s?\[(?:{_ASKING})\]", re.IGNORECASE)
_EDIT = (
    r"\s?\[\s?(?:edit(?: source)?|bearbeiten|modifier|editar|modifica|bewerken|redigera|rediger"
    r"|edytuj|править|编辑|編集)(?:\s?\|\s?[^\[\]|\n]{1,40})?\s?\][ \t]?"
)
EDIT = re.compile(rf"{_EDIT}\Z", re.IGNORECASE)
EDIT_AT_END = re.compile(rf"(?<=\S){_EDIT}$", re.IGNORECASE | re.MULTILINE)
_ONE = rf"\[(?:{NUMBER}(?:\s?[,;–-]\s?{NUMBER}){{0,9}}|{_NAMED}|[a-z])\]"
MARK = re.compile(
    rf"(?<![\[\\])(?P<gap>\s?){_ONE}(?:\s?[,–-]?\s?{_ONE}){{0,19}}"
    r"(?::\s?\d{1,4}(?:[–-]\d{1,4})?(?!\w))?(?![\w(\[])"
)
LETTER = re.compile(r"\s?\[[a-z]\]")
STOPS = ".,;:!?…”»。，、；：！？」』"
FEWEST = 2  # marks after a sentence's or a clause's end, and the text is one with citations


def is_name_before(text: str, start: int) -> bool:
    """Whether a single letter stands before a place, as in x[2]."""
    return start < 2 or not text[start - 2].isalnum()


def edits(text: str) -> Iterator[Edit]:
    """Leave out the marks of a text that has several, and what asks for them."""
    if "[" not in text:
        return
    marks = [mark for mark in MARK.finditer(text) if mark.start() and not mark["gap"]]
    sure = sum(text[mark.start() - 1] in STOPS and not LETTER.fullmatch(mark[0]) for mark in marks)
    asking = list(ASKING.finditer(text))
    if sure < FEWEST and not asking:
        return
    for mark in marks:
        is_sure = text[mark.start() - 1] in STOPS
        if is_sure or (not is_name_before(text, mark.start()) and not LETTER.fullmatch(mark[0])):
            yield Edit(*mark.span(), "")
    for found in (*asking, *EDIT_AT_END.finditer(text)):
        yield Edit(*found.span(), "")
