"""Previews of chapters: their first sentences in the chosen voice, what these cost beforehand."""

from dataclasses import dataclass, replace

from common.errors import AppError
from queries.rows import DocumentRow
from services.document_errors import NothingChosen
from services.document_selection import DocumentSelection
from services.documents import Documents
from services.previews import PREVIEW_LENGTH
from speech.engine import Engine
from speech.text.script import Script
from speech.types import Voice, is_speakable

LOOKED_AT = 4 * PREVIEW_LENGTH  # characters, pauses and names of speakers among them
NOTHING = "There is nothing to hear in this chapter. Include some of its text first."


@dataclass(frozen=True, slots=True)
class ChapterPreview:
    """The words that a chapter begins with, and the voice that would speak them."""

    sentence: str
    engine: Engine
    voice: Voice


def find_preview(
    documents: Documents, row: DocumentRow, choices: DocumentSelection, number: int
) -> ChapterPreview:
    """Find what is heard of a chapter first. Raises NothingChosen or a SpeechError."""
    document = documents.contents(row)
    (engine, voice), _speed = documents.studio.voice_fallback.choose_for_text(
        row["owner_id"], choices.voice, choices.speed, language=row["language"]
    )
    sentence = opening(choices.text(document, number), voice.language)
    if not sentence:
        raise NothingChosen(NOTHING)
    return ChapterPreview(sentence, engine, voice)


def hear(
    documents: Documents,
    row: DocumentRow,
    choices: DocumentSelection,
    number: int,
    voice: str = "",
) -> bytes:
    """The beginning of a chapter as MP3, in another voice where one is named; paid for once.

    Raises NothingChosen, or whatever a preview raises.
    """
    chosen = replace(choices, voice=voice or choices.voice)
    found = find_preview(documents, row, chosen, number)
    studio = documents.studio
    return studio.previews.speak(
        row["owner_id"],
        found.voice.identifier,
        found.sentence,
        found.engine.name,
        studio.scripts.dictionary(row["owner_id"]),
    )


def cost_of(
    documents: Documents, row: DocumentRow, choices: DocumentSelection, number: int
) -> float | None:
    """The cost of hearing a chapter begin, in USD: 0 once it was paid, None when not known."""
    try:
        found = find_preview(documents, row, choices, number)
        studio = documents.studio
        return studio.previews.cost(
            row["owner_id"],
            found.voice.identifier,
            found.sentence,
            found.engine.name,
            studio.scripts.dictionary(row["owner_id"]),
        )
    except AppError:  # whoever presses the button is told
        return 0.0


def opening(text: str, language: str) -> str:
    """The first whole sentences of a text, as many as a preview may have; "" where there are none.

    A sentence that is longer by itself ends between two words.
    """
    said = ""
    for segment, utterance in Script(text[:LOOKED_AT], language=language).lines():
        if not utterance.is_speakable or segment.is_mark:
            continue
        sentence = " ".join(segment.text.split())
        longer = f"{said}{_end(said)} {sentence}".strip()
        if len(longer) > PREVIEW_LENGTH:
            break
        said = longer
    else:
        return said
    return said or _cut(sentence)


def _end(said: str) -> str:
    """The stop after a heading, which would otherwise run into the text."""
    return "." if said and said[-1].isalnum() else ""


def _cut(sentence: str) -> str:
    head = sentence[:PREVIEW_LENGTH]
    shorter = head.rpartition(" ")[0] or head
    return shorter if is_speakable(shorter) else head
