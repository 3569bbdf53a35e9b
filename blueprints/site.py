"""The site around the pages: colours, language, and the app as a thing to install."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from web import forms, i18n
from web.access import allow_without_two_factor, public, user_only
from web.assets import asset, assets
from web.cookies import THEME_COOKIE, THEMES, set_cookie
from web.redirects import local_path
from web.request_info import wants_json
from web.responses import page

COOKIE_S = 400 * 86400
PAPER = "#faf7f0"
ICONS = (
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/maskable-512.png", "512x512", "maskable"),
)
SHELL_KINDS = (".css", ".js", ".woff2", ".png", ".svg")

blueprint = Blueprint("site", __name__)


@blueprint.post("/theme")
@user_only
@allow_without_two_factor
def choose_theme() -> ResponseReturnValue:
    """Remember light or dark; anything else goes back to what the system says."""
    theme = request.form.get("theme", "")
    answer = _done()
    set_cookie(answer, THEME_COOKIE, theme if theme in THEMES else "", COOKIE_S)
    return answer


@blueprint.post("/language")
@user_only
@allow_without_two_factor
def choose_language() -> ResponseReturnValue:
    """Read the pages in another language; an empty choice follows the browser."""
    code = request.form.get("language", "")
    if code and code not in i18n.LANGUAGES:
        raise forms.BadForm("language", _("VoiceVerse is not available in that language yet."))
    i18n.choose(code)
    return _done()


@blueprint.get("/static/joined/<name>")
@public
def joined(name: str) -> Response:
    """Scripts or sheets that were joined into one."""
    text = assets().joined.get(f"joined/{name}")
    if text is None:
        abort(404)
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    return Response(text, content_type=f"{kind}; charset=utf-8")


@blueprint.get("/offline")
@user_only
def offline() -> Response:
    """The page of files that this device keeps for times without a network."""
    return page("site/offline.html")


@blueprint.get("/whose")
@user_only
@allow_without_two_factor
def whose() -> Response:
    """An empty answer whose header tells the service worker who is logged in."""
    return Response(status=204)


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """The manifest by which systems install VoiceVerse as an app."""
    answer = jsonify(_manifest())
    answer.content_type = "application/manifest+json"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


def _manifest() -> dict[str, Any]:
    return {
        "id": "/",
        "name": "VoiceVerse",
        "short_name": "VoiceVerse",
        "description": _("Turns text into speech and keeps it for you."),
        "lang": i18n.language(),
        "dir": i18n.direction(),
        "start_url": url_for("web.studio"),
        "scope": url_for("web.studio"),
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [_icon(*icon) for icon in ICONS],
    }


@blueprint.get("/worker.js")
@public
def worker() -> Response:
    """The service worker, with the addresses of the shell that it keeps."""
    shell = assets().shell(SHELL_KINDS)
    source = Path(current_app.static_folder or "", "js/offline/service_worker.js")
    script = source.read_text(encoding="utf-8")
    body = f"const SHELL = {current_app.json.dumps(shell)};\n{script}"
    answer = Response(body, content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _icon(name: str, sizes: str, purpose: str) -> dict[str, Any]:
    return {"src": asset(name), "sizes": sizes, "type": "image/png", "purpose": purpose}


def _done() -> WerkzeugResponse:
    if wants_json():
        return Response(status=204)
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:  # it is no address
        return redirect(local_path(None), 303)
    is_ours = came_from.netloc == request.host
    path = f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    return redirect(local_path(path if is_ours else None), 303)
