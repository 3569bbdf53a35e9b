"""Pages and JSON: the same answer in the form that the client wants, errors included."""

import json
import logging
import time
from collections.abc import Hashable, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    get_template_attribute,
    jsonify,
    render_template,
    request,
    url_for,
)
from flask.templating import Environment
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from common import transient_causes
from common.errors import Told
from documents.errors import FetchRefused
from services.voice_fallback import Speaker
from speech.engine import Engine
from speech.engines.pinned_http import ForbiddenAddress
from speech.errors import SpeechError
from speech.prices import CONFIGURED, Price
from speech.registry import Registry
from speech.types import Voice
from web.assets import Assets, gather
from web.audio_responses import UNFINISHED
from web.cookies import theme
from web.csrf import csrf_token
from web.device_names import device_label
from web.formatting import FILTERS, count, hour, iso_day, money, stored_number
from web.i18n import language, told
from web.refusal_log import log_limit, log_refused
from web.request_info import is_overheard, wants_json
from web.security_headers import csp_nonce
from web.services import services
from web.trusted_hosts import UntrustedHost

PRELOAD = Markup('<link rel="modulepreload" href="{}" nonce="{}" fetchpriority="{}">')
RUN = Markup('<script type="module" src="{}" nonce="{}" fetchpriority="{}"></script>')
HTML = "text/html; charset=utf-8"
WORKED_ON = (*UNFINISHED, "working")
LONGEST_VOICE = 200
ROW_COLUMNS = (
    *("filename", "display_name", "category", "voice", "engine", "status", "duration"),
    *("created_at", "spoken_characters", "character_count", "sha256"),
)
HIT_COLUMNS = ("phrase", "match_start", "match_length", "start_ms")
SENTENCES = {
    400: lazy_gettext(
        "That request could not be understood. Go back, reload the page and try again."
    ),
    401: lazy_gettext("Log in first."),
    403: lazy_gettext("This is not yours to do."),
    404: lazy_gettext(
        "There is nothing here. It may have been deleted, or it belongs to somebody else."
    ),
    405: lazy_gettext("This address cannot be used that way."),
    413: lazy_gettext(
        "That is more than fits: a text may have up to {limit} characters. Split it and send it "
        "in parts."
    ),
    500: lazy_gettext(
        "Something went wrong here. What you had is safe; the log of the server says more."
    ),
}
TITLES = {
    401: lazy_gettext("Log in first"),
    403: lazy_gettext("Not allowed"),
    404: lazy_gettext("Nothing here"),
    408: lazy_gettext("Too slow"),
    409: lazy_gettext("Not now"),
    413: lazy_gettext("Too much at once"),
    429: lazy_gettext("One moment"),
    503: lazy_gettext("Busy"),
    507: lazy_gettext("Nothing can be stored now"),
}
WAITING = {
    "disk": lazy_gettext("waiting: disk full"),
    "files": lazy_gettext("waiting: no inodes left"),
    "quota": lazy_gettext("waiting: disk quota"),
    "read_only": lazy_gettext("waiting: read-only disk"),
    "database": lazy_gettext("waiting: database locked"),
    "memory": lazy_gettext("waiting: out of memory"),
    "killed": lazy_gettext("waiting: stopped by the system"),
    "open_files": lazy_gettext("waiting: too many open files"),
    "processes": lazy_gettext("waiting: too many processes"),
}
LOOKS_S = 3.0  # within which the worker takes up what is due, where there is room

log = logging.getLogger("voiceverse.answers")


def page(template: str, status: int = 200, /, **context: Any) -> Response:
    """A rendered page."""
    return Response(render_template(template, **context), status, content_type=HTML)


def held_up(row: dict[str, Any]) -> transient_causes.Cause | None:
    """What an unfinished piece, change or download waits for, where that passes by itself."""
    code = row.get("waits_for", "")
    if row["status"] not in WORKED_ON:
        return None
    if (
        row["status"] in ("queued", "working")
        and (row.get("not_before_epoch") or 0) < time.time() - LOOKS_S
    ):
        code = ""  # the cause has ended, or is looked for when its turn comes
    if "worker_waits_for" not in g:
        g.worker_waits_for = services().notice.read()
    return transient_causes.BY_CODE.get(g.worker_waits_for or code)


def waiting_json(row: dict[str, Any]) -> dict[str, Any]:
    """The same for programs: a sentence, a few words for lists, and a code that stays."""
    cause = held_up(row)
    return {
        "waits_for": cause and _(cause.waiting),
        "waits_for_label": cause and str(WAITING[cause.code]),
        "waits_for_code": cause and cause.code,
    }


def refusal(error: Any) -> Response:
    """The answer to anything refused: its sentence as JSON or on a page of its own."""
    status = error.status
    if wants_json():
        answer = jsonify(error=told(error.sentence), **getattr(error, "found", {}))
        answer.status_code = status
    else:
        title = str(TITLES.get(status) or _("That did not work"))
        answer = page("errors/error.html", status, title=title, sentence=told(error.sentence))
    return _noted(answer, error)


def form_again(template: str, error: Any, /, **context: Any) -> Response:
    """The form with what was typed and the sentence beside it; JSON for clients that want it."""
    if wants_json():
        return refusal(error)
    answer = page(template, error.status, form=request.form, error=error, **context)
    return _noted(answer, error)


def file_json(row: dict[str, Any]) -> dict[str, Any]:
    """What programs get to know about a piece: its state, numbers and addresses."""
    characters = row["character_count"]
    return {
        "id": row["id"],
        "filename": row["filename"],
        "name": row["display_name"],
        "category": row["category"],
        "status": row["status"],
        "progress": progress(row),
        "spoken_characters": row["spoken_characters"],
        "characters": characters,
        "duration": row["duration"],
        "cost": row["cost"],
        "cost_shown": money(row["cost"]),
        "error": row["error"] and told(row["error"]),
        **waiting_json(row),
        "voice": row["voice"],
        "engine": row["engine"],
        "speed": row["speed"],
        "size": row["size"],
        "version": version(row),
        "created_at": row["created_at"],
        "url": url_for("web.show_file", filename=row["filename"]),
        "audio_url": url_for("web.audio", filename=row["filename"]),
    }


def version(row: dict[str, Any]) -> str:
    """What changes whenever the sound of a finished piece does."""
    return (row["sha256"] or "")[:12]


def progress(row: dict[str, Any]) -> float:
    """How much of a piece has been spoken, 0 to 1."""
    if row["status"] == "ready":
        return 1.0
    return stored_number(row["spoken_characters"]) / max(1, stored_number(row["character_count"]))


def voice_name(row: dict[str, Any]) -> str:
    """The readable name of a row's voice; its identifier when it is no longer there."""
    names = _voice_names(services().registry, _state())
    return names.get((row["engine"], row["voice"]), row["voice"])


def rail() -> Markup:
    """The way around: the same on every page, but for the place that is marked in it."""
    user = g.user["username"], bool(g.user["is_admin"])
    return _rail(request.endpoint, *user, theme(), _told_apart_by())


def dock() -> Markup:
    """The player's place at the foot of every page, empty until something is played."""
    return _dock(g.user["user_id"], _told_apart_by())


def voice_options(wanted: str) -> Markup:
    """Every voice under the studio's headings, the wanted one chosen."""
    return _voice_options(services().registry, _state(), wanted[:LONGEST_VOICE], language(), "")


def speaker_options(engine: str, wanted: str) -> Markup:
    """The voices that speakers of a text may have, the wanted one chosen: those of one engine."""
    return _voice_options(services().registry, _state(), wanted[:LONGEST_VOICE], language(), engine)


def file_row(row: dict[str, Any], is_listed: bool = False, with_day: bool = False) -> Markup:
    """A piece as lists show it, with the phrase that a search found in it.

    One that `is_listed` can be ticked and has a menu.
    """
    cause = held_up(row)
    values = (*map(row.__getitem__, ROW_COLUMNS), cause and cause.code)
    hit = tuple(map(row.get, HIT_COLUMNS)) if row.get("phrase") is not None else None
    today = datetime.now().astimezone().date() if with_day else None
    return _file_row(_state(), values, hit, is_listed, today, _told_apart_by())


def file_page(filename: str) -> str:
    """The address of a piece's page."""
    return _file_page(filename, request.script_root)


def play_json(file: dict[str, Any], at_s: float | None = None) -> str:
    """A piece as the player wants it, from a place if given."""
    known = {name: file[name] for name in ("filename", "status")}
    known["duration"] = stored_number(file["duration"])
    known |= {"name": file["display_name"], "voice_name": voice_name(file)}
    known["version"] = version(file)
    if at_s is not None:
        known["at_s"] = at_s
    return json.dumps(known, ensure_ascii=False)


def play_data(file: dict[str, Any], at_s: float | None = None) -> Markup:
    """The attribute that makes anything play a piece when it is pressed, from a place if given."""
    return Markup('data-play="{}"').format(play_json(file, at_s))


def assets() -> Assets:
    """The static files of the running app."""
    return current_app.extensions["voiceverse_assets"]


def asset(name: str) -> str:
    """The address of a static file, its version included."""
    return assets().addresses[name]


def script(name: str, priority: str = "auto") -> Markup:
    """The tags of a joined script, and of the scripts that it needs."""
    known = assets()
    tags = [PRELOAD.format(need, csp_nonce(), priority) for need in known.needs[name]]
    return Markup("").join((*tags, RUN.format(known.addresses[name], csp_nonce(), priority)))


def price_note(price: Price) -> str:
    """Where a price comes from and of when it is; empty for what is free or not known."""
    if not price.source:
        return ""
    if price.source == CONFIGURED:
        return _("The price as it was entered here.") if price.quote(1_000_000, 1.0) else ""
    source = urlsplit(price.source).netloc or price.source
    if price.as_of and price.is_estimate:
        return _(
            "An estimate from the price of %(source)s, %(date)s.", source=source, date=price.as_of
        )
    if price.as_of:
        return _("The price of %(source)s, %(date)s.", source=source, date=price.as_of)
    if price.is_estimate:
        return _("An estimate from the price of %(source)s.", source=source)
    return _("The price of %(source)s.", source=source)


class Notice(NamedTuple):
    """What people should know of an engine; `heirs` are its voices with those that follow them."""

    engine: str
    sentence: str
    heirs: Sequence[tuple[Voice, Speaker]] = ()


def notices() -> list[Notice]:
    """The engines whose model ends within sixty days or has ended, and those that do not answer."""
    continuity = services().studio.continuity
    ending = [
        Notice(engine.name, _ending(engine, end), heirs)
        for engine, end, heirs in continuity.ending()
    ]
    labels = {engine.name: engine.label for engine in services().registry.engines}
    resting = [
        Notice(name, _resting(labels[name], row))
        for name, row in continuity.resting().items()
        if name in labels
    ]
    return ending + resting


def _ending(engine: Engine, end: date) -> str:
    values = {"model": engine.model, "engine": engine.label, "date": iso_day(end.isoformat())}
    days = (end - services().registry.today()).days
    if days <= 0:
        return _(
            "The model %(model)s (%(engine)s) ended on %(date)s. What you have spoken stays; other "
            "voices follow.",
            **values,
        )
    return ngettext(
        "The model %(model)s (%(engine)s) ends on %(date)s, tomorrow. What you have spoken stays; "
        "other voices follow.",
        "The model %(model)s (%(engine)s) ends on %(date)s, in %(num)s days. What you have spoken "
        "stays; other voices follow.",
        days,
        **values,
    )


def _resting(label: str, row: dict[str, Any]) -> str:
    return _(
        "%(engine)s does not answer since %(time)s: %(why)s It is asked again by itself; other "
        "voices work.",
        engine=label,
        time=hour(row["since_epoch"]),
        why=told(row["error"]),
    )


# What is rendered once and kept: most of a page's time would go into parts that never change.


def _state() -> Hashable:
    """What the voices depend on, looked at once for each answer."""
    if "voices_state" not in g:
        g.voices_state = services().registry.state
    return g.voices_state


def _told_apart_by() -> tuple[str, str, str]:
    """What else stands in the parts that are kept: the form token, the root, the language."""
    return csrf_token(), request.script_root, language()


@lru_cache(maxsize=512)
def _rail(here: str, username: str, is_admin: bool, theme: str, _: tuple[str, str, str]) -> Markup:
    return get_template_attribute("_rail.html", "rail")(here, username, is_admin, theme)


@lru_cache(maxsize=256)
def _dock(user_id: int, _: tuple[str, str, str]) -> Markup:
    return get_template_attribute("frame/_dock.html", "dock")(user_id)


@lru_cache(maxsize=64)
def _voice_options(
    registry: Registry, state: Hashable, wanted: str, tongue: str, engine: str
) -> Markup:
    options = get_template_attribute("studio/_voices.html", "options")
    groups = _voice_groups(registry, state, tongue)
    if engine:
        groups = [group for group in groups if group[1][0].engine == engine]
    return options(groups, wanted)


@lru_cache(maxsize=4096)
def _file_row(
    state: Hashable,
    values: tuple,
    hit: tuple | None,
    is_listed: bool,
    today: date | None,
    _: tuple[str, str, str],
) -> Markup:
    row = dict(zip((*ROW_COLUMNS, "waiting"), values, strict=True))
    row["waiting"] = row["waiting"] and WAITING[row["waiting"]]
    found = hit and dict(zip(HIT_COLUMNS, hit, strict=True))
    macro = get_template_attribute("files/_row.html", "row")
    return macro(row, is_listed, with_day=today is not None, hit=found)


@lru_cache(maxsize=4096)
def _file_page(filename: str, _: str) -> str:
    return url_for("web.show_file", filename=filename)


@lru_cache(maxsize=8)
def _voice_names(registry: Registry, _: Hashable) -> dict[tuple[str, str], str]:
    return {
        (engine.name, voice.identifier): voice.name
        for engine in registry.engines
        for voice in voices_of(engine)
    }


@lru_cache(maxsize=8)
def _voice_groups(
    registry: Registry, _state: Hashable, _tongue: str
) -> list[tuple[str, list[Voice]]]:
    """The studio's headings, the voices of the default's language first; none that have ended."""
    spoken = registry.resolve()[1].language.partition("-")[0]
    groups = []
    for engine in registry.engines:
        if registry.has_ended(engine):
            continue
        near = [v for v in voices_of(engine) if v.language.partition("-")[0] == spoken]
        far = [v for v in voices_of(engine) if v not in near]
        label = engine.label
        if near:
            label = _("%(engine)s · more languages", engine=engine.label)
        groups += [(engine.label, near), (label, far)]
    return [group for group in groups if group[1]]


def voices_of(engine: Engine) -> Sequence[Voice]:
    """The voices of an engine; none when it cannot say."""
    try:
        return engine.voices()
    except SpeechError:
        return ()


class Templates(Environment):
    """Looks into rows first: they are dictionaries, and a page reads hundreds of their fields."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The field of a row, or what Jinja finds in anything else."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


def prepare(app: Flask) -> None:
    """Give the app its error answers, filters and the names that templates use."""
    app.jinja_environment = Templates
    app.register_error_handler(Told, refusal)
    app.register_error_handler(OSError, _held_up)
    app.register_error_handler(MemoryError, _held_up)
    app.register_error_handler(UntrustedHost, _strange_host)
    app.register_error_handler(HTTPException, _http_error)
    app.jinja_env.filters.update(
        FILTERS, device=device_label, held_up=held_up, progress=progress, voice_name=voice_name
    )
    app.jinja_env.globals.update(
        asset=asset,
        assets=assets,
        csp_nonce=csp_nonce,
        csrf_token=csrf_token,
        dock=dock,
        file_page=file_page,
        file_row=file_row,
        is_overheard=is_overheard,
        play_data=play_data,
        play_json=play_json,
        price_note=price_note,
        rail=rail,
        script=script,
        speaker_options=speaker_options,
        theme=theme,
        unfinished=UNFINISHED,
        voice_options=voice_options,
    )
    app.extensions["voiceverse_assets"] = gather(Path(app.static_folder), app.static_url_path)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _strange_host(error: UntrustedHost) -> Response:
    # A page of ours under another site's name would be that site's to read.
    if wants_json():
        return refusal(error)
    return Response(told(error.sentence), error.status, content_type="text/plain; charset=utf-8")


def _held_up(error: OSError | MemoryError) -> Response:
    """A full disk and the like, wherever it was met; anything else stays a fault."""
    folder = services().config.data_dir
    is_memory = isinstance(error, MemoryError)
    cause = transient_causes.MEMORY if is_memory else transient_causes.of_os_error(error, folder)
    if cause is None:
        raise error
    log.warning("%s %s: %r", request.method, request.path, error)
    return refusal(_Refused(cause.status, cause.refusal))


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()
    limit = count(services().config.max_characters)
    known = SENTENCES.get(error.code)
    sentence = known.format(limit=limit) if known else error.description or ""
    if error.code == 413:
        log_refused("request_too_large", f"{request.path}: {request.content_length} bytes")
        if request.takes_files:
            sentence = _("Together these files are too large. Send them one by one.")
        elif not request.takes_text:
            sentence = _("That is more than this form may hold. Nothing was changed.")
    answer = refusal(_Refused(error.code, sentence))
    if error.code == 405:
        answer.headers.extend(error.get_headers(request.environ))
        answer.headers["Content-Type"] = answer.content_type
    return answer


class _Refused:
    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        self.sentence = sentence


def note_refused(error: Any) -> None:
    """Write into the security log what was refused, where that is a limit or an address."""
    if limit := getattr(error, "limit", ""):
        log_limit("limit_reached", limit)
    elif isinstance(error, FetchRefused | ForbiddenAddress):
        log_limit("address_refused", "addresses")


def _noted(answer: Response, error: Any) -> Response:
    """The answer with how long to wait; the security log knows of limits that were reached."""
    note_refused(error)
    seconds = getattr(error, "retry_after_s", None)
    if seconds:
        answer.headers["Retry-After"] = str(seconds)
    return answer
