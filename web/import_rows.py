"""Imports that wait to be read, as pages and programs get them."""

import json
from typing import Any

from flask import Response, jsonify, url_for
from flask_babel import gettext as _

from common.errors import AppError, Message
from queries.rows import ImportRow
from services.document_imports import Added
from web.document_page import document_json
from web.i18n import translate
from web.services import services


def import_json(row: ImportRow) -> dict[str, Any]:
    """An import: its state, its place in line, and where the document is once it was read."""
    document_id = row["document_id"]
    place = services().documents.imports.place(row)
    return {
        "id": row["id"],
        "name": row["name"],
        "status": row["status"],
        "place": place,
        "page": row["page"],
        "pages": row["pages"],
        "error": _error(row) if row["status"] == "failed" else None,
        "state": state_of(row, place),
        "url": url_for("imports.show", import_id=row["id"]),
        "document_url": document_id and url_for("documents.review", document_id=document_id),
    }


def waiting_rows(owner_id: int) -> list[dict[str, Any]]:
    """What of a person's imports is no document yet, the oldest first."""
    return [import_json(row) for row in services().db.list_imports(owner_id)]


def added_json(added: list[Added], refused: list[tuple[str, AppError]]) -> Response:
    """The answer to what was sent: documents, what waits to be read, and what was refused."""
    documents = [document_json(each.document) for each in added if each.document]
    waiting = [import_json(each.waiting) for each in added if each.waiting]
    answer = jsonify(
        documents=documents,
        imports=waiting,
        errors=[
            {"name": name, "error": translate(error.message), "status": error.status}
            for name, error in refused
        ],
        **({} if added else {"error": translate(refused[0][1].message)}),
    )
    answer.status_code = 201 if documents else 202 if waiting else refused[0][1].status
    if len(added) == 1:
        answer.headers["Location"] = (documents or waiting)[0]["url"]
    return answer


def state_of(row: ImportRow, place: int) -> str:
    """What becomes of an import just now, in a sentence."""
    match row["status"]:
        case "queued" if place > 1:
            return _("Waiting: number %(place)s in line.", place=place)
        case "queued":
            return _("Next in line.")
        case "working" if row["page"]:
            return _(
                "Recognising text: page %(page)s of %(pages)s.",
                page=row["page"],
                pages=row["pages"],
            )
        case "working":
            return _("Reading…")
        case "failed":
            return _error(row)
    return _("Read.")


def _error(row: ImportRow) -> str:
    """Why an import failed."""
    try:
        stored = json.loads(row["error"] or "")
        return translate(Message(stored["text"], **stored["values"]))
    except (ValueError, KeyError, TypeError, IndexError):  # a damaged row
        return _("This document could not be read. Import it again.")
