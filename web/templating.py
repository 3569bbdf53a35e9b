"""Jinja as the pages use it: filters, functions, and parts that are rendered once and cached."""

from collections.abc import Hashable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, get_template_attribute, request
from markupsafe import Markup

from queries.rows import FoundFile
from web.assets import asset, assets, gather, script
from web.audio_responses import UNFINISHED
from web.cookies import theme
from web.csrf import csrf_token
from web.current_user import current_user, current_user_id
from web.device_names import device_label
from web.engine_notices import price_note
from web.file_state import (
    WAITING,
    file_page,
    held_up,
    play_data,
    play_json,
    progress,
)
from web.formatting import FILTERS
from web.i18n import language
from web.request_info import is_insecure
from web.security_headers import csp_nonce
from web.voice_lists import (
    shown_voice,
    speaker_options,
    state,
    voice_list,
    voice_name,
    voice_options,
)

ROW_COLUMNS = (
    *("filename", "display_name", "category", "voice", "engine", "status", "duration"),
    *("created_at", "spoken_characters", "character_count", "sha256"),
)
HIT_COLUMNS = ("phrase", "match_start", "match_length", "start_ms")


def prepare(app: Flask) -> None:
    """Give templates their filters, and the functions that they call."""
    app.jinja_env.filters.update(
        FILTERS,
        device=device_label,
        held_up=held_up,
        progress=progress,
        shown_voice=shown_voice,
        voice_name=voice_name,
    )
    app.jinja_env.globals.update(
        asset=asset,
        assets=assets,
        csp_nonce=csp_nonce,
        csrf_token=csrf_token,
        dock=dock,
        file_page=file_page,
        file_row=file_row,
        is_insecure=is_insecure,
        play_data=play_data,
        play_json=play_json,
        price_note=price_note,
        rail=rail,
        script=script,
        speaker_options=speaker_options,
        theme=theme,
        unfinished=UNFINISHED,
        voice_list=voice_list,
        voice_options=voice_options,
    )
    app.extensions["voiceverse_assets"] = gather(
        Path(app.static_folder or ""), app.static_url_path or ""
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


# Parts that are rendered once and cached: most of a page's time would go into what never changes.


def rail() -> Markup:
    """The navigation: the same on every page, but for the link to the present one."""
    user = current_user()["username"], bool(current_user()["is_admin"])
    return _rail(request.endpoint, *user, theme(), _cache_key())


def dock() -> Markup:
    """The player's dock at the foot of every page, empty until something is played."""
    return _dock(current_user_id(), _cache_key())


def file_row(row: FoundFile, is_listed: bool = False, with_day: bool = False) -> Markup:
    """A piece as lists show it, with the phrase that a search found in it.

    One that `is_listed` can be ticked and has a menu.
    """
    cause = held_up(row)
    values = (*map(row.__getitem__, ROW_COLUMNS), cause and cause.code)
    hit = tuple(map(row.get, HIT_COLUMNS)) if row.get("phrase") is not None else None
    today = datetime.now().astimezone().date() if with_day else None
    return _file_row(state(), values, hit, is_listed, today, _cache_key())


def _cache_key() -> tuple[str, str, str]:
    """The other values in cached parts: the form token, the root, the language."""
    return csrf_token(), request.script_root, language()


@lru_cache(maxsize=512)
def _rail(here: str, username: str, is_admin: bool, theme: str, _: tuple[str, str, str]) -> Markup:
    return get_template_attribute("_rail.html", "rail")(here, username, is_admin, theme)


@lru_cache(maxsize=256)
def _dock(user_id: int, _: tuple[str, str, str]) -> Markup:
    return get_template_attribute("site/_dock.html", "dock")(user_id)


@lru_cache(maxsize=4096)
def _file_row(
    state: Hashable,
    values: tuple[Hashable, ...],
    hit: tuple[Hashable, ...] | None,
    is_listed: bool,
    today: date | None,
    _: tuple[str, str, str],
) -> Markup:
    row: dict[str, Any] = dict(zip((*ROW_COLUMNS, "waiting"), values, strict=True))
    row["waiting"] = row["waiting"] and WAITING[row["waiting"]]
    found = hit and dict(zip(HIT_COLUMNS, hit, strict=True))
    macro = get_template_attribute("files/_row.html", "row")
    return macro(row, is_listed, with_day=today is not None, hit=found)
