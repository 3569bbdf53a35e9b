"""Documents: taken in from files and web addresses, looked through, spoken, followed."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, flash, g, jsonify, redirect, request
from flask import url_for as to
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from common.errors import Told
from documents.types import RULES, Document
from services.document_selection import SHAPES, Choices, count_kinds, paragraphs
from services.documents import BETWEEN, COVER_BYTES, Books, Plan, Progress
from services.generation import check_group, check_name
from speech.text.speakers import SEARCHED
from web import forms, studio_page
from web.access import user_only
from web.file_state import file_json
from web.i18n import plural_forms, told
from web.refusal_log import note_refused
from web.request_info import wants_json
from web.responses import page, refusal
from web.services import services
from web.uploads import takes_files, takes_text, waits_in_line

PAGE_ROWS = 50
MOST_FILES = 100
COVER_AGE_S = 86400
ACTIONS = ("pause", "resume", "cancel", "retry")
ID = "<int(max=9223372036854775807):document_id>"
NUMBER = "<int(max=1000000):number>"
# The kinds of parts that a rule may leave out, as people call them.
LABELS = {
    "running_head": lazy_gettext("Running heads"),
    "running_foot": lazy_gettext("Running feet"),
    "page_number": lazy_gettext("Page numbers"),
    "note_mark": lazy_gettext("Footnote marks"),
    "note": lazy_gettext("Footnotes"),
    "hyphen": lazy_gettext("Hyphens at line ends"),
    "ligature": lazy_gettext("Ligatures"),
    "table": lazy_gettext("Tables"),
    "code": lazy_gettext("Program code"),
    "link": lazy_gettext("Web addresses"),
    "caption": lazy_gettext("Image captions"),
    "contents": lazy_gettext("Printed table of contents"),
    "navigation": lazy_gettext("Menus and page furniture"),
    "reference": lazy_gettext("Citation marks"),
    "mark": lazy_gettext("Numbers and times of captions"),
    "bullet": lazy_gettext("Bullets of lists"),
    "speaker": lazy_gettext("Names of speakers"),
    "heading": lazy_gettext("Headings"),
}

SOURCES = {"markdown": "MD", "plain": "TXT"}

blueprint = Blueprint("documents", __name__)


# The shelf


@blueprint.get("/documents")
@user_only
def shelf() -> Response:
    """What was imported, newest first, and the way to import more."""
    before = forms.cursor(request.args.get("before"))
    rows = services().db.list_documents(g.user["user_id"], limit=PAGE_ROWS + 1, before=before)
    older = forms.next_cursor(rows, PAGE_ROWS, "created_at")
    if wants_json():
        return jsonify(documents=[document_json(row) for row in rows[:PAGE_ROWS]], next=older)
    return _shelf(rows=rows[:PAGE_ROWS], older=older)


@blueprint.post("/documents")
@user_only
@takes_files
@waits_in_line
def add() -> Response:
    """Take in files and a web address; one that cannot be read leaves the others alone."""
    taken, refused = _take_in()
    if wants_json():
        return _taken_json(taken, refused)
    if refused:
        rows = services().db.list_documents(g.user["user_id"], limit=PAGE_ROWS)
        return _shelf(rows[:PAGE_ROWS], refused=refused, status=refused[0][1].status)
    one = taken[0]["id"] if len(taken) == 1 else None
    return redirect(_review_url(one) if one else to("documents.shelf"), 303)


def _take_in() -> tuple[list[dict], list[tuple[str, Any]]]:
    """The rows of what was read, and each name that was refused with its error."""
    files = [file for file in request.files.getlist("file") if file.filename]
    url = request.form.get("url", "").strip()
    if not files and not url:
        raise forms.BadForm("file", _("Choose a file, or give the address of a page."))
    if len(files) > MOST_FILES:
        raise forms.BadForm("file", _("At most %(n)s files can be sent at once.", n=MOST_FILES))
    books, owner_id = services().books, g.user["user_id"]
    taken, refused = [], []
    for file in files:
        try:
            file.stream.flush()
            taken.append(books.import_file(owner_id, Path(file.stream.name), file.filename))
        except Told as error:
            refused.append((_shown_name(file.filename), error))
        file.close()
    if url:
        try:
            taken.append(books.import_address(owner_id, url))
        except Told as error:
            refused.append((_shown_name(url), error))
    for _name, error in refused:
        note_refused(error)
    return taken, refused


def _taken_json(taken: list[dict], refused: list[tuple[str, Any]]) -> Response:
    answer = jsonify(
        documents=[document_json(row) for row in taken],
        errors=[
            {"name": name, "error": told(error.sentence), "status": error.status}
            for name, error in refused
        ],
        **({} if taken else {"error": told(refused[0][1].sentence)}),
    )
    answer.status_code = 201 if taken else refused[0][1].status
    if len(taken) == 1:
        answer.headers["Location"] = _review_url(taken[0]["id"])
    return answer


def _shelf(
    rows: list[dict], older: str | None = None, refused: Any = (), status: int = 200
) -> Response:
    return page(
        "documents/shelf.html",
        status,
        documents=rows,
        older=older,
        refused=refused,
        is_web_open=services().config.web_import == "on",
        most_megabytes=services().config.max_upload_mb,
    )


# One document


@blueprint.get(f"/documents/{ID}")
@user_only
def review(document_id: int) -> Response:
    """What will be spoken of a document, and what was made of it so far."""
    row = owned_document(document_id)
    if not wants_json():
        return _review(row)
    books = services().books
    plan = books.plan(row, books.choices(row))
    progress = books.progress(row)
    files = [file_json(file) for file in progress.files]
    known = {"plan": plan_json(plan), "progress": progress_json(progress), "files": files}
    return jsonify(**document_json(row), **known)


@blueprint.post(f"/documents/{ID}")
@user_only
@takes_text
def save(document_id: int) -> Response:
    """Keep what is wanted of a document; programs get the new plan."""
    row = owned_document(document_id)
    try:
        row, plan, base = _keep(row)
    except forms.ChangedMeanwhile as error:
        return refusal(error) if wants_json() else _review(owned_document(document_id), error)
    if wants_json():
        return jsonify(**document_json(row), plan=plan_json(plan), base=base)
    return redirect(_review_url(document_id), 303)


@blueprint.post(f"/documents/{ID}/speak")
@user_only
@takes_text
def speak(document_id: int) -> Response:
    """Have the ticked chapters spoken, as one audiobook or each by itself."""
    row = owned_document(document_id)
    try:
        row, _plan, _base = _keep(row)
        made = services().books.speak(row, services().books.choices(row))
    except Told as error:
        return refusal(error) if wants_json() else _review(owned_document(document_id), error)
    services().wake_worker()
    whole = made[0]["track"] == 0
    address = (
        to("files.show_file", filename=made[0]["filename"])
        if whole
        else _review_url(document_id, play=1)
    )
    if wants_json():
        return jsonify(url=address, files=[file_json(file) for file in made]), 202
    return redirect(address, 303)


@blueprint.post(f"/documents/{ID}/delete")
@user_only
def delete(document_id: int) -> Response:
    """Forget a document; what was spoken of it stays in the library."""
    row = owned_document(document_id)
    services().books.delete(row)
    if wants_json():
        return Response(status=204)
    flash(_("“%(name)s” was removed. What was spoken of it stays.", name=row["title"]))
    return redirect(to("documents.shelf"), 303)


@blueprint.get(f"/documents/{ID}/progress")
@user_only
def progress(document_id: int) -> Response:
    """How far what was made of a document is."""
    row = owned_document(document_id)
    return jsonify(progress_json(services().books.progress(row)))


@blueprint.post(f"/documents/{ID}/<action>")
@user_only
def steer(document_id: int, action: str) -> Response:
    """Pause, take up, stop or retry everything that is made of a document."""
    row, books = owned_document(document_id), services().books
    if action not in ACTIONS:
        abort(404)
    getattr(books, action)(row)
    services().wake_worker()
    if wants_json():
        return jsonify(progress_json(books.progress(row)))
    return redirect(_review_url(document_id), 303)


@blueprint.get(f"/documents/{ID}/cover")
@user_only
def cover(document_id: int) -> Response:
    """The picture on the front."""
    owned_document(document_id)
    found = services().db.get_document_cover(document_id)
    if found is None:
        abort(404)
    answer = Response(found["cover"], content_type=found["cover_type"])
    answer.headers["Cache-Control"] = f"private, max-age={COVER_AGE_S}"
    return answer


@blueprint.post(f"/documents/{ID}/cover")
@user_only
@takes_files
def set_cover(document_id: int) -> Response:
    """Give a document another picture, or none."""
    row, sent = owned_document(document_id), request.files.get("cover")
    picture = sent.read(COVER_BYTES + 1) if sent else None
    if not picture and "remove" not in request.form:
        raise forms.BadForm("cover", _("Choose a picture first."))
    services().books.keep_cover(row, None if "remove" in request.form else picture)
    if wants_json():
        return Response(status=204)
    return redirect(_review_url(document_id), 303)


# One chapter


@blueprint.get(f"/documents/{ID}/chapters/{NUMBER}")
@user_only
def chapter(document_id: int, number: int) -> Response:
    """A stretch of a chapter: its parts, which of them are spoken, where the next stretch is."""
    row = owned_document(document_id)
    books = services().books
    document, choices = books.contents(row), books.choices(row)
    _check_chapter(document, number)
    first = forms.number(request.args.get("from", "0"), "from")
    shown, following = paragraphs(document, choices, number, first)
    known = {
        "number": number,
        "title": choices.title(document, number),
        "is_edited": number in choices.texts,
        "next": following,
    }
    is_editing = "edit" in request.args
    if is_editing or wants_json():
        known["version"] = forms.version_of(*_written(choices, document, number))
    if wants_json():
        parts = [part for paragraph in shown for part in paragraph]
        return jsonify(**known, parts=[part._asdict() for part in parts])
    text = choices.text(document, number) if is_editing or known["is_edited"] else ""
    known |= {"first": first, "is_editing": is_editing, "labels": LABELS}
    return page("documents/chapter.html", document=row, paragraphs=shown, text=text, **known)


@blueprint.post(f"/documents/{ID}/chapters/{NUMBER}")
@user_only
@takes_text
def change_chapter(document_id: int, number: int) -> Response:
    """Speak a part or leave it out, or give a chapter a name and a text of its own."""
    row, books = owned_document(document_id), services().books
    document = books.contents(row)
    _check_chapter(document, number)
    try:
        row = books.change(row, lambda _row, now: _changed_chapter(now, document, number))
    except forms.ChangedMeanwhile as error:
        return _chapter_again(document_id, number, error)
    choices = books.choices(row)
    if wants_json():
        version = forms.version_of(*_written(choices, document, number))
        return jsonify(plan=plan_json(books.plan(row, choices)), version=version)
    is_written = "part" not in request.form
    place = {"from": request.form.get("from") or None, "kept": 1 if is_written else None}
    return redirect(to("documents.chapter", document_id=document_id, number=number, **place), 303)


def _changed_chapter(choices: Choices, document: Document, number: int) -> Choices:
    form = request.form
    if "part" not in form:
        forms.check_version(form, *_written(choices, document, number))
    elif number in choices.texts:
        raise forms.ChangedMeanwhile(
            _(
                "This chapter has been given a text of its own since you opened it. Reload the "
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
        name = check_name(title)
        choices = choices.with_title(
            number, None if name == document.chapters[number].title else name
        )
    if "text" in form and order.text != choices.text(document, number):
        choices = choices.with_text(number, order.text)
    return choices


def _written(choices: Choices, document: Document, number: int) -> tuple[str, str]:
    return choices.title(document, number), choices.text(document, number)


def _chapter_again(document_id: int, number: int, error: forms.ChangedMeanwhile) -> Response:
    """The form with what was typed, beside what somebody else made of the chapter."""
    if wants_json() or "part" in request.form:
        return refusal(error)
    row, books = owned_document(document_id), services().books
    document, choices = books.contents(row), books.choices(row)
    _title, other_text = other = _written(choices, document, number)
    return page(
        "documents/chapter.html",
        error.status,
        document=row,
        number=number,
        is_editing=True,
        is_edited=number in choices.texts,
        title=request.form.get("title", ""),
        text=forms.order(request.form).text,
        error=error,
        other_text=other_text,
        version=forms.version_of(*other),
        first=0,
    )


def _check_chapter(document: Document, number: int) -> None:
    if number >= len(document.chapters):
        abort(404)


# Reading what is sent, showing what is there


@blueprint.app_template_filter()
def source_name(row: dict[str, Any]) -> str:
    """What a document was: "PDF", "EPUB"."""
    return SOURCES.get(row["source"], row["source"].upper())


def owned_document(document_id: int) -> dict[str, Any]:
    """The signed-in person's document of that number; 404 when there is none."""
    row = services().db.get_document(document_id, g.user["user_id"])
    if row is None:
        abort(404)
    return row


def document_json(row: dict[str, Any]) -> dict[str, Any]:
    """What programs get to know about a document."""
    names = ("id", "title", "author", "language", "source", "origin", "characters", "created_at")
    return {name: row[name] for name in names} | {"url": _review_url(row["id"])}


def plan_json(plan: Plan) -> dict[str, Any]:
    """What speaking would take, in all and for each chapter; times in seconds, costs in USD."""
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
    }


def progress_json(progress: Progress) -> dict[str, Any]:
    """How far the files of a document are, for programs and the page's script."""
    states = ("queued", "speaking", "paused", "ready", "failed", "cancelled")
    return {
        "share": progress.share,
        "spoken_characters": progress.spoken,
        "characters": progress.characters,
        "cost_usd": progress.cost_usd,
        "left_s": progress.left_s,
        "states": {state: progress.count(state) for state in states},
    }


def _keep(row: dict[str, Any]) -> tuple[dict[str, Any], Plan, dict[str, str]]:
    """Keep what the form holds; returns the row, its plan, and what the form is made from now.

    A form that says what it was made from changes only what differs from that. Raises
    ChangedMeanwhile where a name was changed elsewhere; all the rest is kept then.
    """
    books: Books = services().books
    mine = _chosen(row, books.choices(row))
    plan = books.plan(row, mine)  # first, for it refuses voices and speeds that are none
    was = request.form.get("base")
    names, taken = {}, {}

    def change(_now: dict[str, Any], stored: Choices) -> Choices:
        chosen = _chosen(row, stored)
        return chosen.onto(Choices.from_json(was), stored) if was else chosen

    def rename(now: dict[str, Any]) -> dict[str, str | None]:
        for name in ("title", "author"):
            sent, old = request.form.get(name), request.form.get(f"{name}_was")
            is_same = sent is None or (old is not None and sent.split() == old.split())
            names[name] = None if is_same else sent
            if not is_same and old is not None and now[name] not in (old, sent.strip()):
                taken[name], names[name] = now[name], None
        return names

    row = books.change(row, change, rename)
    choices = books.choices(row)
    base = _base(mine, {name: row[name] for name, sent in names.items() if sent is not None})
    if taken:
        raise forms.ChangedMeanwhile(
            _(
                "“%(name)s” was entered in another tab or on another device, so your text is not "
                "saved yet. Enter yours again to replace it, or reload the page to keep it.",
                name=", ".join(taken.values()),
            ),
            base=_base(mine, taken),
        )
    return row, plan if choices == mine else books.plan(row, choices), base


def _base(choices: Choices, names: dict[str, str]) -> dict[str, str]:
    """What a form is made from: its fields `base`, `title_was`, `author_was`, where they change."""
    known = {f"{name}_was": value for name, value in names.items()}
    return {"base": choices.without_chapters().to_json()} | known


def _chosen(row: dict[str, Any], choices: Choices) -> Choices:
    """Choices changed by what the form holds."""
    form, document = request.form, services().books.contents(row)
    if "has_rules" in form:
        choices = choices.with_rules(_known(form.getlist("rule"), RULES, "rule"))
    if "has_chapters" in form:
        ticked = [forms.number(text, "chapter") for text in form.getlist("chapter")]
        known = range(len(document.chapters))
        choices = choices.with_chapters(document, _known(ticked, known, "chapter"))
    sent = forms.order(form)
    if "speed" in form:
        choices = replace(choices, speed=sent.speed)
    if "category" in form:
        choices = replace(choices, group=check_group(sent.category))
    if sent.reading or "speaker" in form:
        choices = replace(choices, reading=sent.reading)
    (shape,) = _known([form.get("as", choices.shape)], SHAPES, "as")
    return replace(choices, voice=sent.voice or choices.voice, shape=shape)


def _known(values: list[Any], known: Any, field: str) -> list[Any]:
    if all(value in known for value in values):
        return values
    raise forms.BadForm(field, _("The form names something that is not in this document."))


def _review(row: dict[str, Any], error: Any = None) -> Response:
    books = services().books
    document, choices = books.contents(row), books.choices(row)
    form = {"voice": choices.voice, "speed": choices.speed, "category": choices.group}
    form["reading"] = choices.reading
    names = {"title": row["title"], "author": row["author"]}
    base = _base(choices, names)
    if isinstance(error, forms.ChangedMeanwhile):
        names |= {name: request.form[name] for name in names if name in request.form}
    note_refused(error)
    return page(
        "documents/review.html",
        error.status if error else 200,
        document=row,
        choices=choices,
        names=names,
        base=base,
        plan=books.plan(row, choices),
        progress=books.progress(row),
        kinds=count_kinds(document),
        labels=LABELS,
        notes=document.notes,
        error=error,
        form=form,
        ticked_forms=plural_forms(_ticked),
        **studio_page.context(form, _first_text(document, choices)),
    )


def _first_text(document: Document, choices: Choices) -> str:
    """What is spoken first of a document, as far as speakers are looked for."""
    text = ""
    for number in range(len(document.chapters)):
        if len(text) < SEARCHED and number not in choices.skipped:
            text += choices.text(document, number) + BETWEEN
    return text


def _ticked(number: int) -> str:
    return ngettext("%(n)s chapter", "%(n)s chapters", number, n="%(n)s")


def _review_url(document_id: int, **query: Any) -> str:
    return to("documents.review", document_id=document_id, **query)


def _shown_name(name: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in name).strip()[:200]
