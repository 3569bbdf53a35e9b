"""Jinja as the pages use it: its filters and functions."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, get_template_attribute, request, url_for
from markupsafe import Markup

from web.assets import asset, assets, gather, script
from web.audio_responses import UNFINISHED
from web.cookies import theme
from web.covers import cover_address
from web.csrf import csrf_token
from web.current_user import current_user
from web.device_names import device_label
from web.engine_notices import price_note
from web.file_rows import file_rows
from web.file_state import (
    addresses,
    file_page,
    held_up,
    play_data,
    play_json,
    progress,
)
from web.formatting import FILTERS
from web.i18n import language
from web.listening import begun_pieces, what_is_left
from web.piece_places import left_out, place_url, shown_bookmarks
from web.request_info import is_insecure
from web.security_headers import csp_nonce
from web.voice_lists import (
    shown_voice,
    speaker_options,
    voice_list,
    voice_name,
    voice_options,
)

PATHS = "voiceverse_paths"


def prepare(app: Flask) -> None:
    """Give templates their filters, and the functions that they call."""
    app.extensions[PATHS] = {}
    app.jinja_env.filters.update(
        FILTERS,
        device=device_label,
        held_up=held_up,
        progress=progress,
        shown_voice=shown_voice,
        voice_name=voice_name,
    )
    app.jinja_env.globals.update(
        addresses=addresses,
        asset=asset,
        begun_pieces=begun_pieces,
        cover_address=cover_address,
        assets=assets,
        csp_nonce=csp_nonce,
        csrf_token=csrf_token,
        file_page=file_page,
        file_rows=file_rows,
        is_insecure=is_insecure,
        place_url=place_url,
        play_data=play_data,
        play_json=play_json,
        price_note=price_note,
        rail=rail,
        script=script,
        shown_bookmarks=shown_bookmarks,
        left_out=left_out,
        speaker_options=speaker_options,
        theme=theme,
        unfinished=UNFINISHED,
        url_for=address,
        voice_list=voice_list,
        voice_options=voice_options,
        what_is_left=what_is_left,
    )
    app.extensions["voiceverse_assets"] = gather(
        Path(app.static_folder or ""), app.static_url_path or ""
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def address(endpoint: str, **values: Any) -> str:
    """An address as `url_for` makes it; one with nothing to fill in is made once."""
    if values:
        return url_for(endpoint, **values)
    paths: dict[str, str] = current_app.extensions[PATHS]
    if endpoint not in paths:
        paths[endpoint] = url_for(endpoint).removeprefix(request.script_root)
    return request.script_root + paths[endpoint]


def rail() -> Markup:
    """The navigation: the same on every page, but for the link to the present one."""
    user, asked = current_user(), (csrf_token(), request.script_root, language())
    return _rail(request.endpoint, user["username"], bool(user["is_admin"]), theme(), asked)


@lru_cache(maxsize=512)
def _rail(here: str, username: str, is_admin: bool, theme: str, _: tuple[str, str, str]) -> Markup:
    return get_template_attribute("_rail.html", "rail")(here, username, is_admin, theme)
