"""Documents: taken in from files and web addresses, looked through, spoken, followed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, request
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from common.errors import AppError
from documents.recognition import find_program
from documents.types import Document
from exports.cover import drawing
from queries.rows import AudioFile, DocumentRow
from services import document_encodings, document_previews
from services.document_imports import Added
from services.documents import COVER_BYTES
from web import document_form, document_page, forms
from web.access import user_only
from web.current_user import current_user_id
from web.document_form import changed_chapter, written
from web.document_page import document_json, plan_json, progress_json, review_url
from web.file_state import files_json
from web.import_rows import added_json, waiting_rows
from web.refusal_log import log_refusal
from web.refused_forms import form_on
from web.request_info import wants_json
from web.responses import error_response, page
from web.services import services
from web.uploads import takes_files, takes_text, waits_in_line

PAGE_ROWS = 50
MOST_FILES = 100
COVER_AGE_S = 86400
ACTIONS = ("pause", "resume", "cancel", "retry")
ID = "<int(max=9223372036854775807):document_id>"
NUMBER = "<int(max=1000000):number>"

SOURCES = {"markdown": "MD", "plain": "TXT"}

blueprint = Blueprint("documents", __name__)


# The shelf


@blueprint.get("/documents")
@user_only
def shelf() -> Response:
    """The imported documents, newest first, and the way to import more."""
    before = forms.cursor(request.args.get("before"))
    rows = services().db.list_documents(current_user_id(), limit=PAGE_ROWS + 1, before=before)
    older = forms.next_cursor(rows, PAGE_ROWS, "created_at")
    if wants_json():
        return jsonify(documents=[document_json(row) for row in rows[:PAGE_ROWS]], next=older)
    return _shelf(rows=rows[:PAGE_ROWS], older=older)


@blueprint.post("/documents")
@user_only
@takes_files
@waits_in_line
@form_on("documents.shelf")
def add() -> ResponseReturnValue:
    """Take in files and a web address; one that cannot be read leaves the others alone."""
    added, refused = _import_sent()
    if any(each.waiting for each in added):
        services().wake_worker()
    if wants_json():
        return added_json(added, refused)
    if refused:
        return _shelf(_newest(), refused=refused, status=refused[0][1].status)
    one = added[0].document if len(added) == 1 else None
    return redirect(review_url(one["id"]) if one else to("documents.shelf"), 303)


def _import_sent() -> tuple[list[Added], list[tuple[str, AppError]]]:
    """What was read or waits to be, and each name that was refused with its error."""
    sent = request.files.getlist("file")
    files = [(file, file.filename) for file in sent if file.filename]
    url = request.form.get("url", "").strip()
    if not files and not url:
        raise forms.BadForm("file", _("Choose a file or enter the address of a web page."))
    if len(files) > MOST_FILES:
        raise forms.BadForm("file", _("You can upload at most %(n)s files at once.", n=MOST_FILES))
    imports, owner_id = services().documents.imports, current_user_id()
    added: list[Added] = []
    refused: list[tuple[str, AppError]] = []
    for file, filename in files:
        try:
            file.stream.flush()
            added.append(imports.import_file(owner_id, Path(file.stream.name), filename))
        except AppError as error:
            refused.append((_shown_name(filename), error))
        file.close()
    if url:
        try:
            added.append(imports.import_address(owner_id, url))
        except AppError as error:
            refused.append((_shown_name(url), error))
    for _name, refusal in refused:
        log_refusal(refusal)
    return added, refused


def _newest() -> list[DocumentRow]:
    return services().db.list_documents(current_user_id(), limit=PAGE_ROWS)


def _shelf(
    rows: list[DocumentRow],
    older: str | None = None,
    refused: Sequence[tuple[str, AppError]] = (),
    status: int = 200,
    error: AppError | None = None,
) -> Response:
    return page(
        "documents/shelf.html",
        error.status if error else status,
        error=error,
        documents=rows,
        older=older,
        refused=refused,
        waiting=waiting_rows(current_user_id()),
        is_web_open=services().config.web_import == "on",
        reads_scans=bool(find_program(services().config.tesseract)),
        most_megabytes=services().config.max_upload_mb,
    )


# One document


@blueprint.get(f"/documents/{ID}")
@user_only
def review(document_id: int) -> Response:
    """Review a document: what will be spoken of it, and what was made of it so far."""
    row = owned_document(document_id)
    if not wants_json():
        return _review(row)
    documents = services().documents
    plan = documents.plan(row, documents.choices(row))
    progress = documents.progress(row)
    files = files_json(progress.files)
    known = {"plan": plan_json(plan), "progress": progress_json(progress), "files": files}
    known |= document_page.encoding_json(row) | {"twin": document_page.twin_json(row)}
    return jsonify(**document_json(row), **known)


@blueprint.post(f"/documents/{ID}")
@user_only
@takes_text
def save(document_id: int) -> ResponseReturnValue:
    """Keep what is wanted of a document; programs get the new plan."""
    row = owned_document(document_id)
    try:
        row, plan, base = document_form.save(row)
    except AppError as error:
        return _refused(document_id, error)
    if wants_json():
        return jsonify(**document_json(row), plan=plan_json(plan), base=base)
    return redirect(review_url(document_id), 303)


@blueprint.post(f"/documents/{ID}/speak")
@user_only
@takes_text
def speak(document_id: int) -> ResponseReturnValue:
    """Have the ticked chapters spoken, as one audiobook or each by itself."""
    row = owned_document(document_id)
    try:
        row, _plan, _base = document_form.save(row)
        made = services().documents.speak(row, services().documents.choices(row))
    except AppError as error:
        return _refused(document_id, error)
    services().wake_worker()
    address = _made_url(document_id, made)
    if wants_json():
        return jsonify(url=address, files=files_json(made)), 202
    return redirect(address, 303)


def _made_url(document_id: int, made: list[AudioFile]) -> str:
    """The page of the one file that was made of a document, else the document's own."""
    if made[0]["track"] == 0:
        return to("files.show_file", filename=made[0]["filename"])
    return review_url(document_id, play=1)


@blueprint.post(f"/documents/{ID}/delete")
@user_only
def delete(document_id: int) -> ResponseReturnValue:
    """Forget a document; what was spoken of it stays in the library."""
    row = owned_document(document_id)
    services().documents.delete(row)
    if wants_json():
        return Response(status=204)
    flash(_("Removed “%(name)s”. Pieces made from it stay.", name=row["title"]))
    return redirect(to("documents.shelf"), 303)


@blueprint.post(f"/documents/{ID}/encoding")
@user_only
@waits_in_line
def choose_encoding(document_id: int) -> ResponseReturnValue:
    """Read a document in another encoding, or take the guessed one for right."""
    row, documents = owned_document(document_id), services().documents
    try:
        if "right" in request.form:
            document_encodings.confirm_encoding(documents, row)
        else:
            row = document_encodings.choose_encoding(
                documents, row, request.form.get("encoding", "")
            )
    except AppError as error:
        return _refused(document_id, error)
    if wants_json():
        return jsonify(**document_json(row), **document_page.encoding_json(row))
    return redirect(review_url(document_id), 303)


@blueprint.get(f"/documents/{ID}/progress")
@user_only
def progress(document_id: int) -> Response:
    """The progress of a document's files."""
    row = owned_document(document_id)
    return jsonify(progress_json(services().documents.progress(row)))


@blueprint.post(f"/documents/{ID}/<action>")
@user_only
def steer(document_id: int, action: str) -> ResponseReturnValue:
    """Pause, take up, stop or retry everything that is made of a document."""
    row, documents = owned_document(document_id), services().documents
    if action not in ACTIONS:
        abort(404)
    getattr(documents, action)(row)
    services().wake_worker()
    if wants_json():
        return jsonify(progress_json(documents.progress(row)))
    return redirect(review_url(document_id), 303)


@blueprint.get(f"/documents/{ID}/cover")
@user_only
def cover(document_id: int) -> Response:
    """The picture on the front, drawn from the title where there is none."""
    row = owned_document(document_id)
    found = services().db.get_document_cover(document_id)
    if found:
        answer = Response(found["cover"], content_type=found["cover_type"])
    else:
        answer = Response(drawing(row["title"]), content_type="image/svg+xml")
    answer.headers["Cache-Control"] = f"private, max-age={COVER_AGE_S}"
    return answer


@blueprint.post(f"/documents/{ID}/cover")
@user_only
@takes_files
def set_cover(document_id: int) -> ResponseReturnValue:
    """Give a document another picture, or none."""
    row, sent = owned_document(document_id), request.files.get("cover")
    picture = sent.read(COVER_BYTES + 1) if sent else None
    if not picture and "remove" not in request.form:
        raise forms.BadForm("cover", _("Choose a picture first."))
    services().documents.save_cover(row, None if "remove" in request.form else picture)
    if wants_json():
        return Response(status=204)
    return redirect(review_url(document_id), 303)


def _refused(document_id: int, error: AppError) -> Response:
    if wants_json():
        return error_response(error)
    return _review(owned_document(document_id), error)


def _review(row: DocumentRow, error: AppError | None = None) -> Response:
    context = document_page.review_context(row, error)
    if error:
        log_refusal(error)
    return page("documents/review.html", error.status if error else 200, **context)


# One chapter


@blueprint.get(f"/documents/{ID}/chapters/{NUMBER}")
@user_only
def chapter(document_id: int, number: int) -> Response:
    """A stretch of a chapter: its parts, which of them are spoken, where the next stretch is."""
    row, documents = owned_document(document_id), services().documents
    document, choices = documents.contents(row), documents.choices(row)
    _check_chapter(document, number)
    if wants_json():
        return jsonify(document_page.chapter_json(row, document, choices, number))
    context = document_page.chapter_context(row, document, choices, number)
    return page("documents/chapter.html", **context)


@blueprint.post(f"/documents/{ID}/chapters/{NUMBER}")
@user_only
@takes_text
def change_chapter(document_id: int, number: int) -> ResponseReturnValue:
    """Speak a part or leave it out, or give a chapter a name and a text of its own."""
    row, documents = owned_document(document_id), services().documents
    document = documents.contents(row)
    _check_chapter(document, number)
    try:
        row = documents.change(row, lambda _row, now: changed_chapter(now, document, number))
    except forms.ChangedMeanwhile as error:
        return _chapter_again(document_id, number, error)
    choices = documents.choices(row)
    if wants_json():
        version = forms.version_of(*written(choices, document, number))
        return jsonify(plan=plan_json(documents.plan(row, choices)), version=version)
    return redirect(_place_after(document_id, document, number), 303)


@blueprint.post(f"/documents/{ID}/chapters/{NUMBER}/preview")
@user_only
def hear_chapter(document_id: int, number: int) -> Response:
    """How a chapter begins, as sound, in a `voice` or the chosen one; made once, then kept."""
    row, documents = owned_document(document_id), services().documents
    _check_chapter(documents.contents(row), number)
    voice = request.form.get("voice", "")
    sound = document_previews.hear(documents, row, documents.choices(row), number, voice)
    return Response(sound, content_type="audio/mpeg")


def _place_after(document_id: int, document: Document, number: int) -> str:
    """The address that follows a change of a chapter: its own, or that of the one to `go` to."""
    place: dict[str, Any] = {"from": request.form.get("from") or None}
    if "go" in request.form:
        number, place = forms.number(request.form["go"], "go"), {}
        _check_chapter(document, number)
    elif "part" not in request.form:
        place["kept"] = 1
    return to("documents.chapter", document_id=document_id, number=number, **place)


def _chapter_again(document_id: int, number: int, error: forms.ChangedMeanwhile) -> Response:
    """The form with what was typed, beside what somebody else made of the chapter."""
    if wants_json() or "part" in request.form:
        return error_response(error)
    row, documents = owned_document(document_id), services().documents
    document, choices = documents.contents(row), documents.choices(row)
    _title, other_text = other = written(choices, document, number)
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
        **document_page.chapter_sums(row, document, choices, number),
    )


def _check_chapter(document: Document, number: int) -> None:
    if number >= len(document.chapters):
        abort(404)


# What is there


@blueprint.app_template_filter()
def source_name(row: DocumentRow) -> str:
    """The kind of source of a document: "PDF", "EPUB"."""
    return SOURCES.get(row["source"], row["source"].upper())


def owned_document(document_id: int) -> DocumentRow:
    """The signed-in person's document of that number; 404 when there is none."""
    row = services().db.get_document(document_id, current_user_id())
    if row is None:
        abort(404)
    return row


def _shown_name(name: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in name).strip()[:200]
