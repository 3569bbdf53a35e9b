"""Sharing with people here: the panel of a piece or a group, what one shares and what one hears."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, request
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from common.errors import AppError
from queries.base import chosen
from queries.search_query import leaves_out
from services.sharing import LINK_DAYS, USUAL_DAYS, Shareable
from web import forms
from web.access import admin_only, owned_file, user_only
from web.current_user import current_user, current_user_id
from web.file_state import files_json
from web.redirects import return_path
from web.request_info import visitor, wants_json
from web.responses import page, render_form_error
from web.services import services

PAGE_ROWS = 50
LONGEST_SEARCH = 200
LINK_COLUMNS = ("id", "created_at", "expires_epoch", "last_used_epoch", "listens")

blueprint = Blueprint("sharing", __name__)


@blueprint.app_template_global("heard_count")
def heard_count() -> int:
    """The number of pieces that others share with the signed-in person."""
    return services().db.count_heard_files(current_user_id())


@blueprint.app_template_global("shares_anything")
def shares_anything() -> bool:
    """Whether the signed-in person shares anything, or has made a link."""
    return services().db.count_shares(current_user_id()) > 0


# One piece, one group


@blueprint.get("/files/<filename>/share")
@user_only
def show_file(filename: str) -> Response:
    """The panel of a piece: who may hear it, and its links."""
    return _panel(**_of_file(filename))


@blueprint.post("/files/<filename>/share")
@user_only
def share_file(filename: str) -> ResponseReturnValue:
    """Let somebody, or everybody here, hear a piece."""
    what = Shareable(file_id=owned_file(filename)["id"])
    return _shared(what, to("sharing.show_file", filename=filename), lambda: _of_file(filename))


@blueprint.post("/files/<filename>/share/links")
@user_only
def create_link(filename: str) -> ResponseReturnValue:
    """Make a link for somebody without an account and show it, this once."""
    row, days = owned_file(filename), request.form.get("days", "")
    try:
        lasts = forms.number(days, "days") if days else None
        token = services().sharing.create_link(current_user(), row["id"], lasts, visitor())
    except AppError as error:
        return render_form_error("sharing/share.html", error, **_of_file(filename))
    link = to("share_links.listen", token=token, _external=True)
    if wants_json():
        return jsonify(link=link), 201
    return page("sharing/share.html", 201, new_link=link, **_of_file(filename))


@blueprint.get("/library/groups/share")
@user_only
def show_group() -> Response:
    """The panel of a group: who may hear all that is and comes into it."""
    return _panel(**_of_group(request.args.get("group", "")))


@blueprint.post("/library/groups/share")
@user_only
def share_group() -> ResponseReturnValue:
    """Let somebody, or everybody here, hear a group."""
    name = request.form.get("group", "")
    what = services().sharing.group(current_user_id(), name)
    return _shared(what, to("sharing.show_group", group=what.category), lambda: _of_group(name))


def _shared(what: Shareable, address: str, panel: Any) -> ResponseReturnValue:
    """Share something as the form says, and show its panel again."""
    name = None if request.form.get("everybody") == "1" else request.form.get("listener", "")
    try:
        services().sharing.share(current_user(), what, name, visitor())
    except AppError as error:
        return render_form_error("sharing/share.html", error, **panel())
    if wants_json():
        return jsonify(_panel_json(panel())), 201
    return redirect(address, 303)


def _panel(**context: Any) -> Response:
    return jsonify(_panel_json(context)) if wants_json() else page("sharing/share.html", **context)


def _of_file(filename: str) -> dict[str, Any]:
    """The values of a piece's panel; the piece may be heard because of its group, too."""
    row, db, user_id = owned_file(filename), services().db, current_user_id()
    of_group = db.list_shares(user_id, category=row["category"]) if row["category"] else []
    return {
        "name": row["display_name"],
        "file": row,
        "group": row["category"],
        "shares": db.list_shares(user_id, file_id=row["id"]),
        "group_shares": of_group,
        "links": db.list_share_links(user_id, row["id"]),
        **_choices(),
    }


def _of_group(name: str) -> dict[str, Any]:
    group = services().sharing.group(current_user_id(), name).category
    shares = services().db.list_shares(current_user_id(), category=group)
    return {"name": group, "file": None, "group": group, "shares": shares, **_choices()}


def _choices() -> dict[str, Any]:
    return {
        "known": services().db.list_listeners(current_user_id()),
        "now": services().accounts.now(),
        "allows_links": services().sharing.allows_links,
        "link_days": LINK_DAYS,
        "usual_days": USUAL_DAYS,
        "is_near": services().hosts.is_this_machine(request.host),
    }


def _panel_json(context: dict[str, Any]) -> dict[str, Any]:
    shares = [chosen(share, ("id", "listener", "created_at")) for share in context["shares"]]
    links = [chosen(link, LINK_COLUMNS) for link in context.get("links", [])]
    return {"name": context["name"], "shares": shares, "links": links}


# Everything that one shares


@blueprint.get("/library/shared-by-me")
@user_only
def mine() -> Response:
    """All that the person shares, and all their links."""
    db, user_id = services().db, current_user_id()
    shares, links = db.list_shares(user_id), db.list_share_links(user_id)
    if wants_json():
        names = ("filename", "display_name", "category")
        told = ("id", "listener", "created_at", *names)
        return jsonify(
            shares=[chosen(share, told) for share in shares],
            links=[chosen(link, (*LINK_COLUMNS, *names[:2])) for link in links],
        )
    return page("sharing/mine.html", shares=shares, links=links, **_choices())


@blueprint.post("/library/shares/<int:share_id>/stop")
@user_only
def stop(share_id: int) -> ResponseReturnValue:
    """Stop sharing something; it is gone for its listeners with their next request."""
    services().sharing.withdraw(current_user(), share_id, visitor())
    return _stopped(_("No longer shared."))


@blueprint.post("/library/links/<int:link_id>/revoke")
@user_only
def revoke(link_id: int) -> ResponseReturnValue:
    """Let a link lead nowhere from now on."""
    services().sharing.revoke_link(current_user(), link_id, visitor())
    return _stopped(_("The link no longer works."))


def _stopped(sentence: str) -> ResponseReturnValue:
    if wants_json():
        return Response(status=204)
    flash(sentence)
    return redirect(return_path("sharing.mine"), 303)


# What others share


@blueprint.get("/library/shared-with-me")
@user_only
def heard() -> Response:
    """What others share with the person, newest first, searched by name and text."""
    search, after = request.args.get("q", "")[:LONGEST_SEARCH], request.args.get("after")
    rows = services().sharing.heard_library(
        current_user_id(),
        search=search.lstrip() or None,
        limit=PAGE_ROWS + 1,
        after=forms.cursor(after),
    )
    more = forms.next_cursor(rows, PAGE_ROWS, "created_at")
    if wants_json():
        return jsonify(files=files_json(rows[:PAGE_ROWS]), next=more)
    shown = {"files": rows[:PAGE_ROWS], "more": more, "search": search.strip()}
    return page("sharing/heard.html", is_cut=leaves_out(search), is_paged=bool(after), **shown)


# The rule


@blueprint.post("/admin/links")
@admin_only
def allow_links() -> ResponseReturnValue:
    """Decide whether people may make links for listeners without an account."""
    services().sharing.allow_links(current_user(), request.form.get("rule", ""), visitor())
    flash(_("Saved."))
    return redirect(return_path("admin.security"), 303)
