"""The web app: create_app(), and the pages to come in, to write and to listen."""

from contextlib import ExitStack
from typing import Any

from flask import Blueprint, Flask, Response, flash, jsonify, redirect, request, session
from flask import url_for as to
from flask.typing import ResponseReturnValue

from accounts.rules import DAY_S
from backups import create, restore
from backups.errors import BackupError
from blueprints import (
    account,
    admin,
    backups,
    bookmarks,
    cli,
    covers,
    documents,
    downloads,
    files,
    health,
    imports,
    library,
    monitoring,
    new_devices,
    passkeys,
    people,
    playback,
    pronunciations,
    providers,
    read_along,
    reading_settings,
    retakes,
    sentences,
    share_links,
    sharing,
    site,
    studio,
    two_factor,
    usage,
    voice_fallback,
    voice_memory,
    voices,
)
from common.errors import AppError
from common.ip_address import networks
from config import (
    Config,
    ConfigError,
    load_secret_key,
    prepare_data_dir,
    refuse_lost_database,
)
from services.generation import Quote
from services.listening import heard
from speech.registry import Registry
from storage import snapshots
from storage.errors import DatabaseError
from web import (
    accel_redirect,
    audio_responses,
    commands,
    compression,
    etags,
    forms,
    i18n,
    request_log,
    responses,
    security_headers,
    studio_page,
    templating,
    uploads,
    voice_notes,
)
from web.access import (
    RowNumber,
    allow_without_two_factor,
    check_declared,
    guard,
    heard_file,
    public,
    user_only,
)
from web.browser_session import end_session_here, start_session
from web.cookies import DEVICE_COOKIE, SESSION_COOKIE, sent_cookie
from web.csrf import csrf_token
from web.current_user import current_user, current_user_id, signed_in
from web.device_names import listening_device
from web.engine_notices import notices, price_note
from web.file_state import file_json
from web.notices import prepare as prepare_notices
from web.redirects import local_path
from web.request_info import request_value, visitor, wants_json
from web.responses import page, render_form_error
from web.services import make_services, services
from web.translated_templates import TranslatedEnvironment
from web.trusted_proxies import TrustedProxies

BLUEPRINTS = (
    *(account, admin, backups, bookmarks, cli, covers, documents, downloads, files, health),
    *(imports, library, monitoring, new_devices, passkeys, people, playback, pronunciations),
    *(providers, read_along, reading_settings, retakes, sentences, share_links, sharing, site),
    *(studio, two_factor, usage, voice_fallback, voice_memory, voices),
)

web = Blueprint("web", __name__)


class VoiceVerse(Flask):
    """The app, which closes an answer that cannot be finished: it may hold a place or a file."""

    jinja_environment = TranslatedEnvironment

    def process_response(self, response: Response) -> Response:
        """Let every hook see the answer, and the session be written into it."""
        with ExitStack() as unless_done:
            unless_done.callback(response.close)
            finished = super().process_response(response)
            unless_done.pop_all()
        return finished


def create_app(config: Config | None = None, *, registry: Registry | None = None) -> Flask:
    """The app over its data folder, which is made when missing; starts no worker."""
    config = config or Config.load()
    try:
        return _create_app(config, registry)
    except (ConfigError, DatabaseError, BackupError) as error:
        if commands.is_command():  # some of which are there for just this
            return commands.app_without_data(config, error, backups.blueprint.cli.commands.values())
        raise


def _create_app(config: Config, registry: Registry | None) -> Flask:
    restore.complete(config)
    prepare_data_dir(config)
    accel_redirect.prepare(config)
    refuse_lost_database(config, is_empty=snapshots.is_empty(config.database_path))
    create.before_upgrade(config)
    key = load_secret_key(config, database_exists=snapshots.is_ours(config.database_path))
    app = VoiceVerse(__name__)
    app.request_class = uploads.Request
    app.url_map.converters["int"] = RowNumber
    # As Flask's guide wraps an app.
    proxies = networks(config.trusted_proxies)
    app.wsgi_app = TrustedProxies(app.wsgi_app, proxies)  # type: ignore[method-assign]
    app.wsgi_app = security_headers.FitHeaders(app)  # type: ignore[method-assign]
    largest = 4 * config.max_characters + uploads.FORM_BYTES
    app.config.update(
        SECRET_KEY=key,
        SESSION_COOKIE_NAME=SESSION_COOKIE,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=config.session_absolute_days * DAY_S,
        MAX_CONTENT_LENGTH=largest,  # of the longest form; each view has a limit of its own
    )
    app.extensions["voiceverse"] = make_services(config, key, registry)
    request_log.prepare(app)
    guard(app)
    i18n.prepare(app)
    responses.prepare(app)
    prepare_notices(app)
    templating.prepare(app)
    compression.prepare(app)
    etags.prepare(app)
    app.register_blueprint(web)
    for module in BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    check_declared(app)
    return app


# Coming in


@web.route("/setup", methods=("GET", "POST"))
@public
def setup() -> ResponseReturnValue:
    """Make the first account with the one-time link."""
    form, token = request.form, request_value("token")
    if request.method == "GET":
        services().accounts.check_setup_token(token)
        return page("login/setup.html", token=token, form={})
    try:
        result = services().accounts.create_owner(
            token, form.get("username", ""), form.get("password", ""), visitor()
        )
    except AppError as error:
        return render_form_error("login/setup.html", error, token=token)
    return start_session(result, to("web.studio"))


@web.route("/register", methods=("GET", "POST"))
@public
def register() -> ResponseReturnValue:
    """Make an account, with an invitation where one is needed."""
    form, invite = request.form, request_value("invite") or None
    if request.method == "GET":
        services().accounts.check_registration(invite)
        return page("login/register.html", invite=invite, form={})
    try:
        result = services().accounts.register(
            invite, form.get("username", ""), form.get("password", ""), visitor()
        )
    except AppError as error:
        return render_form_error("login/register.html", error, invite=invite)
    return start_session(result, to("web.studio"))


@web.get("/login")
@public
def login() -> ResponseReturnValue:
    """The form to log in, or its token for programs."""
    if wants_json():
        return jsonify(csrf_token=csrf_token())
    target = local_path(request.args.get("next"))
    if signed_in():
        return redirect(target, 303)
    return page("login/login.html", next=target, form={}, **_ways_in())


@web.post("/login")
@public
def log_in() -> ResponseReturnValue:
    """Check the name and password and start a session."""
    target = local_path(request.form.get("next"))
    try:
        result = services().accounts.login(
            request.form.get("username", ""),
            request.form.get("password", ""),
            visitor(),
            device_token=sent_cookie(DEVICE_COOKIE),
            old_token=session.get("login"),
        )
    except AppError as error:
        return render_form_error("login/login.html", error, next=target, **_ways_in())
    return start_session(result, target)


@web.post("/logout")
@user_only
@allow_without_two_factor
def logout() -> ResponseReturnValue:
    """End the session."""
    services().accounts.logout(current_user(), visitor())
    session.clear()
    end_session_here()
    return redirect(to("web.login"), 303)


def _ways_in() -> dict[str, bool]:
    return {
        "is_set_up": services().accounts.is_set_up(),
        "is_open": services().accounts.rules.registration == "open",
    }


# Studio


@web.get("/", endpoint="studio")
@user_only
def show_studio() -> Response:
    """The page to write or paste on."""
    studio_page.warm()
    form = studio_page.start()
    return page("studio/studio.html", form=form, **studio_page.context(form))


@web.post("/quote")
@user_only
@uploads.takes_text
def quote() -> Response:
    """Quote a text: characters, segments, duration, price."""
    studio_page.warm()
    try:
        sent = forms.order(request.form)
        quoted = services().studio.generation.quote(
            sent.text, owner_id=current_user_id(), **sent.wanted()
        )
        obstacle = studio_page.obstacle(quoted)
    except AppError as error:
        return _studio_again(error)
    if wants_json():
        speakers = studio_page.speakers_of(sent.text, sent.reading)
        told = _quote_json(quoted, sent.voice)
        return jsonify(**told, speakers=speakers, obstacle=obstacle)
    context = studio_page.context(request.form)
    return page("studio/studio.html", form=request.form, quote=quoted, obstacle=obstacle, **context)


@web.post("/generate")
@user_only
@uploads.takes_text
def generate() -> ResponseReturnValue:
    """Take a text to be spoken and answer with the address of its page."""
    try:
        sent = forms.order(request.form)
        row = services().studio.generation.submit(
            current_user_id(), sent.text, name=sent.name, category=sent.category, **sent.wanted()
        )
    except AppError as error:
        return _studio_again(error)
    services().wake_worker()
    if request.form.get("is_draft"):
        services().db.delete_draft(current_user_id(), studio_page.known_drafts())
    address = to("files.show_file", filename=row["filename"])
    if wants_json():
        known = voice_notes.file_voice_json(row, sent)
        return jsonify(file_json(row) | known), 202, {"Location": address}
    if note := voice_notes.file_note(row, sent):
        flash(note.sentence)
    return redirect(address, 303)


def _studio_again(error: AppError) -> Response:
    context = {} if wants_json() else studio_page.context(request.form)
    return render_form_error("studio/studio.html", error, **context)


def _quote_json(quoted: Quote, shown: str) -> dict[str, Any]:
    return {
        "characters": quoted.characters,
        "segments": quoted.segments,
        "duration_s": quoted.duration_s,
        "cost_usd": quoted.cost_usd,
        "price_note": price_note(quoted.price),
        "notice": next(
            (note.sentence for note in notices() if note.engine == quoted.engine.name),
            None,
        ),
        "engine": quoted.engine.name,
        "voice": quoted.voice.name,
        "speed": quoted.speed,
        "markup": quoted.markup,
        "name": quoted.name,
        **voice_notes.voice_json(quoted.text_voice, is_automatic=quoted.is_automatic, shown=shown),
    }


# Listening


@web.get("/audio/<filename>")
@user_only
def audio(filename: str) -> Response:
    """The sound: live while it is made, from a second on if one is named; seekable once whole."""
    row, from_s = heard_file(filename), forms.seconds(request.args.get("from", "0"))
    return audio_responses.sound(row, from_s, audio_responses.listeners_own(filename))


@web.post("/playback/<filename>")
@user_only
def note_position(filename: str) -> ResponseReturnValue:
    """Note that a piece starts to play, or how far it came."""
    row, db, user_id = heard_file(filename), services().db, current_user_id()
    if "id" not in request.form:
        number = db.record_playback(user_id, row["id"], visitor().device)
        return jsonify(id=number), 201
    number = forms.number(request.form["id"])
    position_s = forms.seconds(request.form.get("position_s", ""))
    share = heard(row, position_s)
    db.save_position(user_id, row["id"], listening_device(), position_s, number, share=share)
    return Response(status=204)


if __name__ == "__main__":
    import sys

    from server.serve import main

    sys.exit(main(create_app))
