"""What stands about a plain text: the licence and the notes of those who made the file."""

import re
from collections.abc import Iterator

START = re.compile(
    r"^[ \t]{0,20}\*\*\* ?START OF TH[^*\n]{1,300}(?:\n[^*\n]{1,300}){0,3}\*\*\*[^\n]*$"
    r"|^\*END\*? ?THE SMALL PRINT[^\n]*$",
    re.MULTILINE,
)
END = re.compile(
    r"^[ \t]{0,20}\*\*\* ?END OF TH[^*\n]{1,300}(?:\n[^*\n]{1,300}){0,3}\*\*\*[^\n]*$"
    r"|^[ \t]{0,20}(?:\*\*\* ?)?End of (?:the |this )?Project Gutenberg\b[^\n]*$",
    re.MULTILINE,
)
FIELD = re.compile(
    r"^(Title|Author|Language):[ \t]*(\S[^\n]{0,300}(?:\n[ \t]{2,20}\S[^\n]{0,300}){0,3})$",
    re.MULTILINE,
)
LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it",
    "portuguese": "pt", "dutch": "nl", "polish": "pl", "swedish": "sv", "danish": "da",
    "norwegian": "nb", "finnish": "fi", "hungarian": "hu", "czech": "cs", "russian": "ru",
    "greek": "el", "latin": "la", "chinese": "zh", "japanese": "ja", "esperanto": "eo",
}  # fmt: skip

PRODUCED = re.compile(
    r"[\[(]?(?:E-?text |This (?:e-?text|e-?book) (?:was )?)?"
    r"(?:Produced|Prepared|Transcribed|Scanned)"
    r"(?: and \w{4,12})? by\b",
    re.IGNORECASE,
)
TRANSCRIBER = re.compile(
    r"[\[({*+|\s=-]{0,20}(?:Transcriber(?:[’']?s|s[’'])? (?:End)?notes?|Anmerkungen? (?:zur|der) "
    r"(?:Transkription|Bearbeitung)|Note (?:sur la transcription|de transcription|(?:du|au) "
    r"transcripteur)|Notas? d(?:el|o) transcriptor|Nota del trascrittore|Opmerkingen van de "
    r"bewerker|Notas? de transcrição|Uwagi do wydania elektronicznego)\b",
    re.IGNORECASE,
)
MAKERS_BLOCKS = 12  # at the start, among which the file's makers name themselves
LAST_SHARE = 0.9  # of a text: notes of transcribers behind it go on to the end
HEADING_SIZE = 60


def frame(text: str) -> tuple[str, str, str]:
    """Split what Project Gutenberg puts before a text, the text, and the licence after it."""
    start = START.search(text)
    begin = start.end() if start else 0
    end = END.search(text, begin)
    if not start and not (end and "gutenberg" in end[0].lower()):
        return "", text, ""
    stop = end.start() if end else len(text)
    return text[:begin], text[begin:stop], text[stop:]


def fields(front: str) -> dict[str, str]:
    """Collect "Title", "Author" and "Language" (as a tag) from what stands before a text."""
    found = {name: " ".join(value.split()) for name, value in FIELD.findall(front)}
    if "Language" in found:
        found["Language"] = LANGUAGES.get(found["Language"].lower(), "")
    return found


def makers_notes(blocks: list[str]) -> Iterator[int]:
    """Number the blocks in which those who made the file speak of it."""
    for number, block in enumerate(blocks):
        if number < MAKERS_BLOCKS and PRODUCED.match(block.strip()):
            yield number
        elif TRANSCRIBER.match(block):
            yield number
            if number >= len(blocks) * LAST_SHARE:
                yield from range(number + 1, len(blocks))
                return
            if len(block.strip()) < HEADING_SIZE and number + 1 < len(blocks):
                yield number + 1
