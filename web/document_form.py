"""The forms of a document: its names, what is chosen of it, the text of a chapter."""

from dataclasses import replace
from typing import Any

from flask import request
from flask_babel import gettext as _

from documents.types import RULES, Document
from queries.base import chosen
from queries.rows import DocumentRow
from services.document_plans import Plan
from services.document_selection import SHAPES, DocumentSelection
from services.file_names import check_group, check_name
from speech.types import is_speakable
from web import forms
from web.services import services


def save(row: DocumentRow) -> tuple[DocumentRow, Plan, dict[str, str]]:
    """Save what the form holds; returns the row, its plan, and what the form is made from now.

    A form that says what it was made from changes only what differs from that. Raises
    ChangedMeanwhile where a name was changed elsewhere; all the rest is saved then.
    """
    documents = services().documents
    mine = _chosen(row, documents.choices(row))
    plan = documents.plan(row, mine)  # first, for it refuses voices and speeds that are none
    was = request.form.get("base")
    names: dict[str, str | None] = {}
    taken: dict[str, str] = {}

    def change(_now: DocumentRow, stored: DocumentSelection) -> DocumentSelection:
        chosen = _chosen(row, stored)
        return chosen.onto(DocumentSelection.from_json(was), stored) if was else chosen

    def rename(now: DocumentRow) -> dict[str, str | None]:
        for name, present in (("title", now["title"]), ("author", now["author"])):
            sent, old = request.form.get(name), request.form.get(f"{name}_was")
            names[name] = None
            if sent is None or (old is not None and sent.split() == old.split()):
                continue
            if old is not None and present not in (old, sent.strip()):
                taken[name] = present
            else:
                names[name] = sent
        return names

    row = documents.change(row, change, rename)
    choices = documents.choices(row)
    changed = [name for name, sent in names.items() if sent is not None]
    base = base_of(mine, chosen(row, changed))
    if taken:
        raise forms.ChangedMeanwhile(
            _(
                "“%(name)s” was added in another tab or on another device, so your entry "
                "was not saved. Enter yours again to replace it, or reload the page to "
                "keep it.",
                name=", ".join(taken.values()),
            ),
            base=base_of(mine, taken),
        )
    return row, plan if choices == mine else documents.plan(row, choices), base


def base_of(choices: DocumentSelection, names: dict[str, str]) -> dict[str, str]:
    """The form's origin: fields `base`, `title_was`, `author_was`, the names where they change."""
    known = {f"{name}_was": value for name, value in names.items()}
    return {"base": choices.without_chapters().to_json()} | known


def _chosen(row: DocumentRow, choices: DocumentSelection) -> DocumentSelection:
    """Return the choices changed by what the form holds."""
    form, document = request.form, services().documents.contents(row)
    was = choices
    if "has_rules" in form:
        choices = choices.with_rules(_known(form.getlist("rule"), RULES, "rule"))
    if "has_chapters" in form:
        ticked = [forms.number(text, "chapter") for text in form.getlist("chapter")]
        known = range(len(document.chapters))
        silent = _silent(was, document)
        choices = choices.with_chapters(document, [*_known(ticked, known, "chapter"), *silent])
    sent = forms.order(form)
    if "speed" in form:
        choices = replace(choices, speed=1.0 if sent.speed is None else sent.speed)
    if "category" in form:
        choices = replace(choices, group=check_group(sent.category))
    if sent.reading or "speaker" in form:
        choices = replace(choices, reading=sent.reading)
    (shape,) = _known([form.get("as", choices.shape)], SHAPES, "as")
    return replace(choices, voice=sent.voice or choices.voice, shape=shape)


def _silent(choices: DocumentSelection, document: Document) -> list[int]:
    """Chapters that are wanted but left out whole by the rules: their box cannot be ticked."""
    return [
        number
        for number in range(len(document.chapters))
        if number not in choices.skipped and not is_speakable(choices.text(document, number))
    ]


def _known(values: list[Any], known: Any, field: str) -> list[Any]:
    if all(value in known for value in values):
        return values
    raise forms.BadForm(field, _("The form names something that is not in this document."))


def changed_chapter(
    choices: DocumentSelection, document: Document, number: int
) -> DocumentSelection:
    """Return the choices changed by the form of a chapter; raises ChangedMeanwhile or BadForm."""
    form = request.form
    if "part" not in form:
        forms.check_version(form, *written(choices, document, number))
    elif number in choices.texts:
        raise forms.ChangedMeanwhile(
            _(
                "The text of this chapter has been edited since you opened it. Reload the "
                "page to see it."
            )
        )
    if "original" in form:
        return choices.with_text(number, None).with_title(number, None)
    if "part" in form:
        part = forms.number(form["part"], "part")
        if part >= len(document.chapters[number].parts):
            raise forms.BadForm("part", _("There is no such part in this chapter."))
        was_spoken = choices.is_spoken(document, number, part)
        wanted = form["spoken"] == "1" if "spoken" in form else not was_spoken
        return choices.with_part(document, number, part, wanted)
    order = forms.order(form)
    title = form.get("title", "").strip()
    if title:
        name = check_name(title, "title")
        choices = choices.with_title(
            number, None if name == document.chapters[number].title else name
        )
    if "text" in form and order.text != choices.text(document, number):
        choices = choices.with_text(number, order.text)
    return choices


def written(choices: DocumentSelection, document: Document, number: int) -> tuple[str, str]:
    """The title and text of a chapter, from which its form is made."""
    return choices.title(document, number), choices.text(document, number)
