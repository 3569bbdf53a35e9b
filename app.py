"""The web app: create_app() and every route that people use."""

from contextlib import ExitStack
from threading import BoundedSemaphore, Event
from typing import Any

from flask import Blueprint, Flask, Response, abort, flash, g, jsonify, redirect, request, session
from flask import url_for as to
from flask_babel import gettext as _

from accounts.accounts import Accounts
from accounts.encryption import SecretBox
from accounts.new_devices import NewDeviceAlerts
from accounts.passkeys import Passkeys
from accounts.rules import DAY_S
from accounts.two_factor import SecondFactors
from backups import create, restore
from backups.errors import BackupError
from blueprints import (
    account,
    admin,
    cli,
    documents,
    downloads,
    monitoring,
    pronunciations,
    providers,
    read_along,
    retakes,
    site,
    two_factor,
    usage,
    voice_fallback,
    voices,
)
from blueprints import backups as keeping_room
from blueprints import library as library_room
from blueprints import new_devices as devices_room
from blueprints import passkeys as passkeys_room
from blueprints import playback as listening
from blueprints import studio as studio_room
from common.errors import Told
from common.ip_address import networks
from config import (
    Config,
    ConfigError,
    load_secret_key,
    prepare_data_dir,
    refuse_lost_database,
)
from database import Database
from services.backoff import Notice
from services.documents import Books
from services.generation import Studio
from services.library import Library
from services.pronunciations import Pronouncing
from services.providers import Providers
from speech.audio.captions import srt, webvtt
from speech.prices import expected_duration_s
from speech.registry import build_registry
from speech.text.speakers import find_speakers
from storage import snapshots
from storage.audio_store import AudioStore
from storage.disk_reserve import Reserve
from storage.errors import DatabaseError
from web import (
    audio_responses,
    compression,
    forms,
    i18n,
    request_log,
    responses,
    security_headers,
    uploads,
)
from web.access import (
    DEVICE_COOKIE,
    SESSION_COOKIE,
    RowNumber,
    Services,
    before_second_step,
    check_declared,
    csrf_token,
    end_session_here,
    guard,
    let_in,
    listening_device,
    local_path,
    owned_file,
    public,
    sent_cookie,
    sent_value,
    services,
    user_only,
    visitor,
    wants_json,
)
from web.formatting import spoken_length
from web.rate_limits import Rates
from web.responses import file_json, form_again, page
from web.session_watch import SessionWatch
from web.trusted_hosts import Hosts
from web.trusted_proxies import TrustedProxies

PAGE_ROWS = 50
SHOWN_CHARACTERS = 100_000

web = Blueprint("web", __name__)


class VoiceVerse(Flask):
    """The app, which closes an answer that cannot be finished: it may hold a place or a file."""

    def process_response(self, response: Response) -> Response:
        """Let every hook see the answer, and the session be written into it."""
        with ExitStack() as unless_done:
            unless_done.callback(response.close)
            finished = super().process_response(response)
            unless_done.pop_all()
        return finished


def create_app(config: Config | None = None, *, registry: Any = None) -> Flask:
    """The app over its data folder, which is made when missing; starts no worker."""
    config = config or Config.load()
    try:
        return _create_app(config, registry)
    except (ConfigError, DatabaseError, BackupError) as error:
        if keeping_room.is_command():  # some of which are there for just this
            return keeping_room.make_app(config, error)
        raise


def _create_app(config: Config, registry: Any) -> Flask:
    restore.complete(config)
    prepare_data_dir(config)
    refuse_lost_database(config, is_empty=snapshots.is_empty(config.database_path))
    create.before_upgrade(config)
    key = load_secret_key(config, database_exists=snapshots.is_ours(config.database_path))
    app = VoiceVerse(__name__)
    app.request_class = uploads.Request
    app.url_map.converters["int"] = RowNumber
    app.wsgi_app = TrustedProxies(app.wsgi_app, networks(config.trusted_proxies))
    app.wsgi_app = security_headers.FitHeaders(app)
    largest = 4 * config.max_characters + uploads.FORM_BYTES
    app.config.update(
        SECRET_KEY=key,
        SESSION_COOKIE_NAME=SESSION_COOKIE,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=config.session_absolute_days * DAY_S,
        MAX_CONTENT_LENGTH=largest,  # of the longest form; each view has a limit of its own
    )
    app.extensions["voiceverse"] = _services(config, key, registry)
    request_log.prepare(app)
    guard(app)
    i18n.prepare(app)
    responses.prepare(app)
    compression.prepare(app)
    app.register_blueprint(web)
    for room in (
        *(admin, documents, downloads, site, library_room, listening, usage, cli, account),
        *(pronunciations, providers, read_along, retakes, voice_fallback, studio_room, voices),
        *(keeping_room, monitoring, two_factor, passkeys_room, devices_room),
    ):
        app.register_blueprint(room.blueprint)
    check_declared(app)
    return app


def _services(config: Config, key: bytes, registry: Any) -> Services:
    db, store = (
        Database(config.database_path),
        AudioStore(config.audio_dir, min_free_mb=config.min_free_mb),
    )
    providers_room = Providers(config, db)
    registry = registry or build_registry(config, providers_room)
    studio = Studio(config, db, store, registry)
    keeper = Accounts(db, config, key)
    stopping = Event()
    return Services(
        config=config,
        db=db,
        store=store,
        registry=registry,
        providers=providers_room,
        studio=studio,
        library=Library(studio),
        books=Books(db, studio, config),
        pronouncing=Pronouncing(studio),
        accounts=keeper,
        second_factors=SecondFactors(db, keeper, SecretBox(key)),
        passkeys=Passkeys(db, keeper),
        devices=NewDeviceAlerts(db, keeper),
        hosts=Hosts(config.trusted_hosts, config.host),
        rates=Rates(),
        notice=Notice(config.data_dir),
        reserve=Reserve(config.data_dir / "reserve", config.min_free_mb),
        session_watch=SessionWatch(keeper.find_open_sessions, stopping),
        live_listeners=BoundedSemaphore(max(1, config.live_listeners)),
        wake_worker=lambda: None,
        stopping=stopping,
    )


# Coming in


@web.route("/setup", methods=("GET", "POST"))
@public
def setup() -> Response:
    """Make the first account with the one-time link."""
    form, token = request.form, sent_value("token")
    if request.method == "GET":
        services().accounts.check_setup_token(token)
        return page("accounts/setup.html", token=token, form={})
    try:
        result = services().accounts.create_owner(
            token, form.get("username", ""), form.get("password", ""), visitor()
        )
    except Told as error:
        return form_again("accounts/setup.html", error, token=token)
    return let_in(result, to("web.studio"))


@web.route("/register", methods=("GET", "POST"))
@public
def register() -> Response:
    """Make an account, with an invitation where one is needed."""
    form, invite = request.form, sent_value("invite") or None
    if request.method == "GET":
        services().accounts.check_registration(invite)
        return page("accounts/register.html", invite=invite, form={})
    try:
        result = services().accounts.register(
            invite, form.get("username", ""), form.get("password", ""), visitor()
        )
    except Told as error:
        return form_again("accounts/register.html", error, invite=invite)
    return let_in(result, to("web.studio"))


@web.get("/login")
@public
def login() -> Response:
    """The form to log in, or its token for programs."""
    if wants_json():
        return jsonify(csrf_token=csrf_token())
    target = local_path(request.args.get("next"))
    if g.user:
        return redirect(target, 303)
    return page("accounts/login.html", next=target, form={}, **_ways_in())


@web.post("/login")
@public
def log_in() -> Response:
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
    except Told as error:
        return form_again("accounts/login.html", error, next=target, **_ways_in())
    return let_in(result, target)


@web.post("/logout")
@user_only
@before_second_step
def logout() -> Response:
    """End the session."""
    services().accounts.logout(g.user, visitor())
    session.clear()
    end_session_here()
    return redirect(to("web.login"), 303)


def _ways_in() -> dict[str, bool]:
    return {
        "is_set_up": services().accounts.is_set_up(),
        "is_open": services().config.registration == "open",
    }


# Studio


@web.get("/")
@user_only
def studio() -> Response:
    """The page to write or paste on."""
    form = studio_room.start()
    return page("studio/studio.html", form=form, **studio_room.context(form))


@web.post("/quote")
@user_only
@uploads.takes_text
def quote() -> Response:
    """What a text would take: characters, segments, duration, price."""
    try:
        sent = forms.order(request.form)
        asked = sent.text, sent.voice, sent.speed, sent.engine
        known = {"owner_id": g.user["user_id"], "reading": sent.reading}
        quoted = services().studio.quote(*asked, **known)
    except Told as error:
        return _studio_again(error)
    if wants_json():
        return jsonify(**_quote_json(quoted), speakers=find_speakers(sent.text))
    context = studio_room.context(request.form)
    return page("studio/studio.html", form=request.form, quote=quoted, **context)


@web.post("/generate")
@user_only
@uploads.takes_text
def generate() -> Response:
    """Take a text to be spoken and answer with the address of its page."""
    try:
        sent = forms.order(request.form)
        row = services().studio.submit(g.user["user_id"], **sent._asdict())
    except Told as error:
        return _studio_again(error)
    services().wake_worker()
    if request.form.get("is_draft"):
        services().db.delete_draft(g.user["user_id"], studio_room.known_drafts())
    address = to("web.show_file", filename=row["filename"])
    if wants_json():
        return jsonify(file_json(row)), 202, {"Location": address}
    return redirect(address, 303)


def _studio_again(error: Any) -> Response:
    context = {} if wants_json() else studio_room.context(request.form)
    return form_again("studio/studio.html", error, **context)


def _quote_json(quoted: Any) -> dict[str, Any]:
    return {
        "characters": quoted.characters,
        "segments": quoted.segments,
        "duration_s": quoted.duration_s,
        "cost_usd": quoted.cost_usd,
        "price_note": responses.price_note(quoted.price),
        "notice": next(
            (note.sentence for note in responses.notices() if note.engine == quoted.engine.name),
            None,
        ),
        "engine": quoted.engine.name,
        "voice": quoted.voice.name,
        "speed": quoted.speed,
    }


# Library


@web.get("/library")
@user_only
def library() -> Response:
    """The pieces of a group, a voice, a time, or those that hold what is searched for."""
    return library_room.shelf(library_room.wanted())


@web.get("/files/<filename>")
@user_only
def show_file(filename: str) -> Response:
    """A piece: its text, what it cost, what can be done with it."""
    row = owned_file(filename)
    if wants_json():
        return jsonify(**file_json(row), length_shown=spoken_length(row["duration"]))
    part = max(1, forms.number(request.args.get("part", "1"), "part"))
    first = (part - 1) * SHOWN_CHARACTERS
    text = services().db.get_text(row["id"])
    return page(
        "files/file.html",
        file=row,
        text=text[first : first + SHOWN_CHARACTERS],
        first=first,
        next_part=part + 1 if len(text) > first + SHOWN_CHARACTERS else None,
        expected_s=expected_duration_s(row["character_count"], row["speed"], row["engine"]),
        groups=services().db.list_categories(g.user["user_id"]),
        has_sound=audio_responses.has_sound(row),
        downloads=downloads.menu(row),
        change=retakes.change_of(row),
        chapters=services().db.get_chapters(row["id"]),
        voices=voice_fallback.told_of(row),
    )


@web.get("/files/<filename>/text")
@user_only
def text(filename: str) -> Response:
    """The whole text of a piece, plain."""
    row = owned_file(filename)
    answer = Response(services().db.get_text(row["id"]), mimetype="text/plain")
    return audio_responses.named(answer, row["display_name"], ".txt", kind="inline")


@web.post("/files/<filename>/rename")
@user_only
def rename(filename: str) -> Response:
    """Give a piece another name."""
    name, was = request.form.get("name", ""), request.form.get("name_was")
    known = owned_file(filename)["display_name"]
    if was is not None and known not in (was, name.strip()):
        raise forms.ChangedMeanwhile(
            _(
                "This piece was renamed to “%(name)s” meanwhile, so “%(yours)s” is not saved. "
                "Reload the page, then rename it again if you want to.",
                name=known,
                yours=name,
            )
        )
    services().studio.rename(filename, g.user["user_id"], name=name)
    return _done(_("Renamed."), filename)


@web.post("/files/<filename>/move")
@user_only
def move(filename: str) -> Response:
    """Put a piece into another group, or into none."""
    services().studio.rename(filename, g.user["user_id"], category=request.form.get("category", ""))
    return _done(_("Moved."), filename)


@web.post("/files/<filename>/delete")
@user_only
def delete(filename: str) -> Response:
    """Put a piece into the bin."""
    return library_room.bin_files([filename])


@web.post("/files/<filename>/retry")
@user_only
def retry(filename: str) -> Response:
    """Speak on where a piece failed or was cancelled."""
    services().studio.retry(filename, g.user["user_id"])
    services().wake_worker()
    return _done("", filename)


@web.post("/files/<filename>/cancel")
@user_only
def cancel(filename: str) -> Response:
    """Stop speaking; what was spoken is kept."""
    services().studio.cancel(filename, g.user["user_id"])
    return _done("", filename)


@web.post("/files/<filename>/pause")
@user_only
def pause(filename: str) -> Response:
    """Let a piece rest until it is spoken on."""
    services().studio.pause(filename, g.user["user_id"])
    return _done("", filename)


@web.post("/files/<filename>/next")
@user_only
def speak_next(filename: str) -> Response:
    """Put a waiting piece before the others."""
    services().studio.speak_next(filename, g.user["user_id"])
    return _done(_("It is the next one to be spoken."), filename)


@web.post("/files/bulk")
@user_only
def bulk() -> Response:
    """Delete or move every ticked piece."""
    rows, action = library_room.ticked_rows(), request.form.get("action")
    names = [row["filename"] for row in rows]
    if action == "delete":
        return library_room.bin_files(names)
    if action == "move":
        return library_room.move_files(names, request.form.get("category", ""))
    raise forms.BadForm("action", _("Ticked pieces can be moved or deleted."))


def _done(message: str, filename: str) -> Response:
    if wants_json():
        return jsonify(file_json(owned_file(filename)))
    if message:
        flash(message)
    return redirect(_back("web.show_file", filename=filename), 303)


def _back(endpoint: str, **values: Any) -> str:
    target = request.form.get("next")
    return local_path(target) if target else to(endpoint, **values)


# Listening


@web.get("/audio/<filename>")
@user_only
def audio(filename: str) -> Response:
    """The sound: live while it is made, from a second on if one is named; seekable once whole."""
    return audio_responses.sound(owned_file(filename), forms.seconds(request.args.get("from", "0")))


@web.get("/download/<filename>")
@user_only
def download(filename: str) -> Response:
    """The sound as a file to keep, named like the piece."""
    row = owned_file(filename)
    return audio_responses.download(row, row["display_name"], artist=responses.voice_name(row))


@web.get("/captions/<filename>.vtt")
@user_only
def captions(filename: str) -> Response:
    """Captions in WebVTT, from what has been spoken so far."""
    return downloads.captions(filename, webvtt, ".vtt", "text/vtt")


@web.get("/captions/<filename>.srt")
@user_only
def subtitles(filename: str) -> Response:
    """The same captions as SubRip."""
    return downloads.captions(filename, srt, ".srt", "application/x-subrip")


@web.post("/playback/<filename>")
@user_only
def playback(filename: str) -> Response:
    """Note that a piece starts to play, or how far it came."""
    row, db, user_id = owned_file(filename), services().db, g.user["user_id"]
    if "id" not in request.form:
        number = db.record_playback(user_id, row["id"], visitor().device)
        return jsonify(id=number), 201
    number = forms.number(request.form["id"])
    position_s = forms.seconds(request.form.get("position_s", ""))
    if not db.update_playback_position(user_id, number, position_s):
        abort(404)
    db.save_position(user_id, row["id"], listening_device(), position_s)
    return Response(status=204)


if __name__ == "__main__":
    import sys

    from server.serve import main

    sys.exit(main(create_app))
