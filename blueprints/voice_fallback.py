"""When a voice cannot speak: who may go on, who did, and what should happen by itself."""

from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request
from flask import url_for as to
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from services.voice_fallback import ASK, FREE, NEAREST, RULES, Speaker, spoken_parts
from speech.errors import SpeechError
from speech.prices import expected_duration_s
from web import forms
from web.access import owned_file, user_only
from web.file_state import file_json, file_page
from web.request_info import wants_json
from web.services import services

RULE_NAMES = {
    ASK: lazy_gettext("Ask me"),
    NEAREST: lazy_gettext("Go on with the nearest voice, even if it costs something"),
    FREE: lazy_gettext("Go on with the nearest voice that is free"),
}

blueprint = Blueprint("voice_fallback", __name__)


@blueprint.post("/files/<filename>/voice")
@user_only
def go_on_with(filename: str) -> Response:
    """Let another voice speak the rest of a piece; with `always`, do so by itself from now on."""
    services().studio.go_on_with(filename, g.user["user_id"], request.form.get("voice", ""))
    if request.form.get("always"):
        services().db.set_stand_in_rule(g.user["user_id"], NEAREST)
    services().wake_worker()
    if wants_json():
        return file_json(owned_file(filename)), 202
    return redirect(file_page(filename), 303)


@blueprint.post("/account/stand-in")
@user_only
def choose_rule() -> Response:
    """Remember what is to happen where a voice cannot speak."""
    rule = request.form.get("rule", "")
    if rule not in RULES:
        raise forms.BadForm("rule", _("Choose one of the three."))
    services().db.set_stand_in_rule(g.user["user_id"], rule)
    flash(_("Saved."))
    return redirect(to("account.overview"), 303)


def rule_choice() -> dict[str, Any]:
    """What the account page shows of the choice."""
    rule = services().studio.continuity.rule(g.user["user_id"])
    return {"stand_in_rule": rule, "stand_in_rules": RULE_NAMES}


def told_of(row: dict[str, Any]) -> dict[str, Any]:
    """What a piece's page says of its voices.

    `parts` are who spoke what, where more than one did; `otherwise` the sentences that were not
    said as written; `heirs` who could go on, where the voice cannot.
    """
    marked = services().db.list_marked_segments(row["id"])
    own = f"{row['engine']}:{row['voice']}"
    parts = spoken_parts(marked, own, services().db.count_segments(row["id"]) if marked else 0)
    return {
        "parts": [(voice_label(part.key), part.start_ms) for part in parts],
        "otherwise": [segment for segment in marked if segment["said"]],
        "heirs": _heirs(row) if row["needs_voice"] else [],
    }


def voice_label(key: str) -> str:
    """What people read for the key of a voice, its identifier where it is no longer there."""
    try:
        return Speaker(*services().registry.resolve(key)).label
    except SpeechError:
        return key.partition(":")[2]


def _heirs(row: dict[str, Any]) -> list[tuple[Speaker, float | None]]:
    """Who could speak the rest, each with what that costs (USD)."""
    text = services().db.get_text(row["id"])
    rest = len(text) - row["spoken_characters"]
    return [
        (heir, _cost(heir, rest, row["speed"]))
        for heir in services().studio.continuity.heirs_of(row, text)
    ]


def _cost(speaker: Speaker, characters: int, speed: float) -> float | None:
    seconds = expected_duration_s(characters, speed, speaker.engine.name)
    return speaker.engine.price().quote(characters, seconds)
