"""Imports that wait in line: their places, and taking them out of it."""

from flask import Blueprint, Response, abort, jsonify, redirect
from flask import url_for as to
from flask.typing import ResponseReturnValue

from web.access import user_only
from web.current_user import current_user_id
from web.import_rows import import_json, waiting_rows
from web.request_info import wants_json
from web.services import services

ID = "<int(max=9223372036854775807):import_id>"

blueprint = Blueprint("imports", __name__)


@blueprint.get("/documents/imports")
@user_only
def line() -> Response:
    """The person's imports that are not documents yet."""
    return jsonify(imports=waiting_rows(current_user_id()))


@blueprint.get(f"/documents/imports/{ID}")
@user_only
def show(import_id: int) -> ResponseReturnValue:
    """The state of an import; browsers are led to the document, or to the line."""
    row = services().db.get_import(import_id, current_user_id())
    if row is None:
        abort(404)
    if wants_json():
        return jsonify(import_json(row))
    if row["document_id"]:
        return redirect(to("documents.review", document_id=row["document_id"]))
    return redirect(to("documents.shelf"))


@blueprint.post(f"/documents/imports/{ID}/delete")
@user_only
def delete(import_id: int) -> ResponseReturnValue:
    """Take an import out of the line, or forget that it failed."""
    services().documents.imports.forget(import_id, current_user_id())
    if wants_json():
        return Response(status=204)
    return redirect(to("documents.shelf"), 303)
