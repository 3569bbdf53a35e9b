"""The pages of a document, and what programs get to know about it."""

from typing import Any

from flask import request
from flask import url_for as to
from flask_babel import lazy_gettext, ngettext

from common.errors import AppError
from documents.types import Document
from queries.base import chosen
from queries.rows import DocumentRow
from services import document_previews
from services.document_encodings import likely_encodings
from services.document_plans import BETWEEN, Plan
from services.document_progress import Progress
from services.document_selection import DocumentSelection, count_kinds, paragraphs
from services.document_twins import find_twin
from speech.text.speakers import SEARCHED
from web import forms, review_settings, studio_page
from web.document_form import base_of, written
from web.encoding_names import choices_of
from web.file_state import file_page
from web.i18n import plural_forms, translate
from web.services import services

# The kinds of parts that a rule may leave out, as people call them.
LABELS = {
    "running_head": lazy_gettext("Page headers"),
    "running_foot": lazy_gettext("Page footers"),
    "page_number": lazy_gettext("Page numbers"),
    "note_mark": lazy_gettext("Footnote numbers"),
    "note": lazy_gettext("Footnotes"),
    "hyphen": lazy_gettext("Hyphens at line ends"),
    "ligature": lazy_gettext("Ligatures"),
    "table": lazy_gettext("Tables"),
    "code": lazy_gettext("Program code"),
    "link": lazy_gettext("Web addresses"),
    "caption": lazy_gettext("Image captions"),
    "contents": lazy_gettext("Printed table of contents"),
    "navigation": lazy_gettext("Menus and page decoration"),
    "reference": lazy_gettext("Citation marks"),
    "mark": lazy_gettext("Caption numbers and times"),
    "bullet": lazy_gettext("Bullets and ornaments"),
    "front_matter": lazy_gettext("Title pages, imprints and licences"),
    "formula": lazy_gettext("Formulas as written"),
    "comment": lazy_gettext("Reader comments"),
    "teaser": lazy_gettext("Links to other stories and advertisements"),
    "sound": lazy_gettext("Sound descriptions"),
    "watermark": lazy_gettext("Watermarks"),
    "scan_mark": lazy_gettext("Page marks of scans"),
    "speaker": lazy_gettext("Speaker names"),
    "heading": lazy_gettext("Headings"),
}


def review_context(row: DocumentRow, error: AppError | None = None) -> dict[str, Any]:
    """The values that the page of a document shows, with what was typed where `error` says so."""
    documents = services().documents
    document, choices = documents.contents(row), documents.choices(row)
    progress = documents.progress(row)
    form: dict[str, Any] = {
        "voice": choices.voice,
        "speed": choices.speed,
        "category": choices.group,
    }
    form["reading"] = choices.reading
    names = {"title": row["title"], "author": row["author"]}
    base = base_of(choices, names)
    if isinstance(error, forms.ChangedMeanwhile):
        names |= {name: request.form[name] for name in names if name in request.form}
    return {
        "document": row,
        "choices": choices,
        "names": names,
        "base": base,
        "plan": documents.plan(row, choices),
        "progress": progress,
        "twin": None if progress.files else twin_json(row),
        "kinds": count_kinds(document),
        "labels": LABELS,
        "notes": document.notes,
        "encodings": encoding_choices(row),
        "error": error,
        "form": form,
        "ticked_forms": plural_forms(_ticked),
        **review_settings.context(document, choices, error),
        **studio_page.context(form, _first_text(document, choices)),
    }


def twin_json(row: DocumentRow) -> dict[str, Any] | None:
    """The JSON of what its owner has of the same book already; None where that is nothing."""
    twin = find_twin(services().db, row)
    if twin is None:
        return None
    known = twin._asdict()
    url = file_page(twin.filename) if twin.filename else review_url(known["document_id"])
    return known | {"url": url}


def encoding_choices(row: DocumentRow) -> list[tuple[str, str, bool]]:
    """The encodings that a document may be in: name, label for people, whether it was read in it.

    There are none where there is no doubt.
    """
    known = encoding_json(row)
    return choices_of(known["encodings"], known["encoding"]) if known["encoding"] else []


def chapter_context(
    row: DocumentRow, document: Document, choices: DocumentSelection, number: int
) -> dict[str, Any]:
    """The values that the page of a chapter shows, from `from` on, or to `edit` all of it."""
    known, shown = _stretch(document, choices, number)
    is_editing = "edit" in request.args
    version = forms.version_of(*written(choices, document, number))
    has_text = is_editing or known["is_edited"]
    return known | {
        "document": row,
        "paragraphs": shown,
        "text": choices.text(document, number) if has_text else "",
        "first": _first(),
        "is_editing": is_editing,
        "labels": LABELS,
        "version": version,
        **chapter_sums(row, document, choices, number),
    }


def chapter_sums(
    row: DocumentRow, document: Document, choices: DocumentSelection, number: int
) -> dict[str, Any]:
    """What a chapter takes, what its beginning costs to hear, and its neighbours' numbers."""
    documents = services().documents
    return {
        "planned": documents.plan_chapter(row, choices, number),
        "voice": choices.voice,
        "preview_usd": document_previews.cost_of(documents, row, choices, number),
        "neighbours": {
            "previous": number - 1 if number else None,
            "next": number + 1 if number + 1 < len(document.chapters) else None,
        },
    }


def chapter_json(
    row: DocumentRow, document: Document, choices: DocumentSelection, number: int
) -> dict[str, Any]:
    """A stretch of a chapter for programs: parts, what it takes, where the next stretch is."""
    known, shown = _stretch(document, choices, number)
    parts = [part._asdict() for paragraph in shown for part in paragraph]
    version = forms.version_of(*written(choices, document, number))
    sums = chapter_sums(row, document, choices, number)
    planned = sums["planned"]
    return known | {
        "parts": parts,
        "version": version,
        "characters": planned.characters,
        "seconds": planned.seconds,
        "cost_usd": planned.cost_usd,
        "preview_cost_usd": sums["preview_usd"],
    }


def _stretch(
    document: Document, choices: DocumentSelection, number: int
) -> tuple[dict[str, Any], list[list[Any]]]:
    shown, following = paragraphs(document, choices, number, _first())
    known = {
        "number": number,
        "title": choices.title(document, number),
        "is_edited": number in choices.texts,
        "next": following,
    }
    return known, shown


def _first() -> int:
    return forms.number(request.args.get("from", "0"), "from")


def document_json(row: DocumentRow) -> dict[str, Any]:
    """The JSON of a document."""
    names = ("id", "title", "author", "language", "source", "origin", "characters", "created_at")
    return chosen(row, names) | {"url": review_url(row["id"])}


def encoding_json(row: DocumentRow) -> dict[str, Any]:
    """The JSON of a doubtful encoding, with those that may be right; "" and none without doubt."""
    documents = services().documents
    return {
        "encoding": documents.db.get_document_encoding(row["id"]),
        "encodings": likely_encodings(documents, row),
    }


def plan_json(plan: Plan) -> dict[str, Any]:
    """The JSON of a plan, in all and for each chapter; times in seconds, costs in USD.

    `obstacle` says why the chosen chapters cannot be spoken now, where that is known.
    """
    chapters = [
        {
            "number": chapter.number,
            "title": chapter.title,
            "level": chapter.level,
            "characters": chapter.characters,
            "seconds": chapter.seconds,
            "cost_usd": chapter.cost_usd,
            "is_chosen": chapter.is_chosen,
            "is_empty": chapter.is_empty,
            "is_edited": chapter.is_edited,
        }
        for chapter in plan.chapters
    ]
    return {
        "chapters": chapters,
        "chosen": len(plan.chosen),
        "characters": plan.characters,
        "seconds": plan.seconds,
        "cost_usd": plan.cost_usd,
        "voice": plan.voice.key,
        "speed": plan.speed,
        "obstacle": translate(plan.obstacle) or None,
    }


def progress_json(progress: Progress) -> dict[str, Any]:
    """The JSON of how far a document's files are, for programs and the page's script."""
    states = ("queued", "speaking", "paused", "ready", "failed", "cancelled")
    return {
        "share": progress.share,
        "spoken_characters": progress.spoken,
        "characters": progress.characters,
        "cost_usd": progress.cost_usd,
        "left_s": progress.left_s,
        "states": {state: progress.count(state) for state in states},
    }


def review_url(document_id: int, **query: Any) -> str:
    """The address of a document's page."""
    return to("documents.review", document_id=document_id, **query)


def _first_text(document: Document, choices: DocumentSelection) -> str:
    """The text that is spoken first of a document, as far as speakers are looked for."""
    text = ""
    for number in range(len(document.chapters)):
        if len(text) < SEARCHED and number not in choices.skipped:
            text += choices.text(document, number) + BETWEEN
    return text


def _ticked(number: int) -> str:
    return ngettext("%(n)s chapter", "%(n)s chapters", number, n="%(n)s")
