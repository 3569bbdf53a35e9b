"""Pronunciations: a person's dictionary, tried out, exported and imported, looked up."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, request
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from queries.base import chosen
from queries.pronunciations import Pronunciation
from services.pronunciations import (
    COLUMNS,
    TABLE_BYTES,
    AffectedFile,
    Pronunciations,
    checked_language,
    entry_of,
    table_rows,
)
from speech.text.pronunciation import LONGEST, Entry
from speech.types import Voice
from web import audio_responses, forms
from web.access import user_only
from web.current_user import current_user_id
from web.file_state import file_json
from web.formatting import money
from web.i18n import language_name
from web.refused_forms import form_on
from web.request_info import wants_json
from web.responses import page
from web.services import services
from web.studio_page import chosen_voice
from web.uploads import takes_files
from web.voice_lists import voices_of

ID = "<int(max=9223372036854775807):entry_id>"
OPTIONS = ("whole_word", "match_case", "phonemes")

blueprint = Blueprint("pronunciations", __name__)


@blueprint.get("/pronunciations")
@user_only
def dictionary() -> Response:
    """Every entry, and the form for another."""
    if wants_json():
        rows = services().db.list_pronunciations(current_user_id())
        return jsonify(pronunciations=[entry_json(row) for row in rows])
    return page("pronunciations/dictionary.html", **_context(request.args))


@blueprint.post("/pronunciations")
@user_only
@form_on("pronunciations.dictionary")
def add() -> ResponseReturnValue:
    """Keep a new entry."""
    row = _pronunciations().add(current_user_id(), _entry())
    if wants_json():
        return jsonify(entry_json(row)), 201, {"Location": _url(row)}
    flash(_("Added “%(word)s” to your dictionary.", word=row["pattern"]))
    return redirect(to("pronunciations.dictionary"), 303)


@blueprint.get(f"/pronunciations/{ID}")
@user_only
def entry(entry_id: int) -> Response:
    """One entry, to be changed and tried."""
    row = _pronunciations().get(current_user_id(), entry_id)
    if wants_json():
        return jsonify(entry_json(row))
    return page("pronunciations/entry.html", entry=row, version=_version(row), **_context(row))


@blueprint.post(f"/pronunciations/{ID}")
@user_only
@form_on("pronunciations.entry")
def change(entry_id: int) -> ResponseReturnValue:
    """Put what is sent in the place of an entry."""
    row = _pronunciations().get(current_user_id(), entry_id)
    forms.check_version(request.form, entry_json(row))
    row = _pronunciations().change(current_user_id(), entry_id, _entry())
    if wants_json():
        return jsonify(entry_json(row))
    flash(_("Changed “%(word)s”.", word=row["pattern"]))
    return redirect(to("pronunciations.dictionary"), 303)


@blueprint.post(f"/pronunciations/{ID}/delete")
@user_only
def remove(entry_id: int) -> ResponseReturnValue:
    """Forget an entry."""
    row = _pronunciations().get(current_user_id(), entry_id)
    _pronunciations().remove(current_user_id(), entry_id)
    if wants_json():
        return Response(status=204)
    flash(_("“%(word)s” is read as written again.", word=row["pattern"]))
    return redirect(to("pronunciations.dictionary"), 303)


@blueprint.get(f"/pronunciations/{ID}/changes")
@user_only
def changes(entry_id: int) -> Response:
    """The pieces whose text holds the word, each with its first place."""
    row = _pronunciations().get(current_user_id(), entry_id)
    after = forms.cursor(request.args.get("after"))
    found = _pronunciations().affected(current_user_id(), entry_of(row), after)
    following = found.after and f"{found.after[0]}.{found.after[1]}"
    if wants_json():
        return jsonify(files=[_affected_json(file) for file in found.files], next=following)
    return page("pronunciations/changes.html", entry=row, files=found.files, following=following)


# Trying


@blueprint.post("/pronunciations/try")
@user_only
@form_on("pronunciations.dictionary")
def hear() -> Response:
    """A sentence with the dictionary, and with the entry in the form, or without; or its price."""
    if request.form.get("act") == "quote":
        return _quoted()
    is_with = request.form.get("with", "1") != "0"
    sound = _pronunciations().hear(*_trial(), is_with=is_with)
    return audio_responses.short_sound(sound)


def _quoted() -> Response:
    asked = _trial()
    with_it, without = (
        _pronunciations().try_out(*asked, is_with=is_with) for is_with in (True, False)
    )
    trial = {
        "said": with_it.said,
        "cost_usd": with_it.cost_usd,
        "cost_without_usd": without.cost_usd,
        "told": _("Heard: “%(sentence)s”", sentence=with_it.said),
        "price": _(
            "with it: %(cost)s, without: %(other)s",
            cost=money(with_it.cost_usd),
            other=money(without.cost_usd),
        ),
    }
    if wants_json():
        return jsonify(trial)
    return page("pronunciations/dictionary.html", trial=trial, **_context(request.form))


def _trial() -> tuple[int, str, str, Entry | None]:
    """The person's id, the sentence, the voice, and the entry that is being written."""
    form = request.form
    written = _entry() if form.get("pattern", "").strip() else None
    sentence = form.get("sentence", "").strip() or (written.pattern if written else "")
    return current_user_id(), sentence, form.get("voice", "").strip(), written


# The table


@blueprint.get("/pronunciations.csv")
@user_only
def table() -> Response:
    """The dictionary as a table for other programs, and to be taken in elsewhere."""
    rows = services().db.list_pronunciations(current_user_id())
    return audio_responses.table("pronunciations", COLUMNS, table_rows(rows))


@blueprint.post("/pronunciations/import")
@user_only
@takes_files
@form_on("pronunciations.dictionary")
def import_table() -> ResponseReturnValue:
    """Add the entries of a table."""
    sent = request.files.get("table")
    if not sent or not sent.filename:
        raise forms.BadForm("table", _("Choose a table first."))
    number = _pronunciations().import_table(current_user_id(), sent.read(TABLE_BYTES + 1))
    if wants_json():
        return jsonify(taken_in=number)
    flash(ngettext("Imported %(num)s entry.", "Imported %(num)s entries.", number))
    return redirect(to("pronunciations.dictionary"), 303)


# Reading what is sent, showing what is there


def entry_json(row: Pronunciation) -> dict[str, Any]:
    """The JSON of an entry."""
    options = {name: bool(value) for name, value in chosen(row, OPTIONS).items()}
    return chosen(row, ("id", *COLUMNS)) | options | {"url": _url(row)}


def _version(row: Pronunciation) -> str:
    return forms.version_of(entry_json(row))


def _entry() -> Entry:
    """The entry in the form; raises BadPronunciation, several as Mistakes."""
    form = request.form
    language = checked_language(form.get("language", ""))
    return Entry(
        form.get("pattern", "").strip(),
        form.get("replacement", "").strip(),
        whole_word=_is_ticked("whole_word", "1"),
        case=_is_ticked("match_case"),
        language=language,
        phonemes=_is_ticked("phonemes"),
    )


def _is_ticked(name: str, default: str = "0") -> bool:
    # A box that is not ticked is not sent; the field before it says that it was there.
    return ([default, *request.form.getlist(name)])[-1] == "1"


def _context(form: Any) -> dict[str, Any]:
    voice = _voice(form)
    engine = services().registry.get(voice.engine)
    default = services().registry.default
    return {
        "form": form,
        "rows": services().db.list_pronunciations(current_user_id()),
        "spoken_languages": _languages(),
        "language_names": dict(_languages()),
        "chosen_voice": voice,
        "has_phonemes": default.takes_phonemes or bool(form.get("phonemes")),
        "has_price": engine.price().quote(1, 1.0) != 0,
        "longest": LONGEST,
    }


def _voice(form: Any) -> Voice:
    """The voice to try with: the one chosen, else the default or one of the entry's language."""
    registry = services().registry
    wanted, language = form.get("voice", ""), form.get("language", "").partition("-")[0]
    if wanted:
        return chosen_voice(wanted)
    engine, default = registry.resolve()
    if not language or default.language.partition("-")[0] == language:
        return default
    engines = [each for each in registry.engines if not registry.is_silent(each)]
    engines.sort(key=lambda each: (each is not engine, not each.is_natural))
    voices = (voice for each in engines for voice in voices_of(each))
    return next((v for v in voices if v.language.partition("-")[0] == language), default)


def _languages() -> list[tuple[str, str]]:
    voices = [v for engine in services().registry.engines for v in voices_of(engine)]
    codes = {voice.language.partition("-")[0] for voice in voices}
    named = ((code, language_name(code) or code) for code in codes)
    return sorted(named, key=lambda pair: pair[1].casefold())


def _affected_json(file: AffectedFile) -> dict[str, Any]:
    names = ("places", "phrase", "match_start", "match_length", "start_ms")
    return file_json(file) | chosen(file, names)


def _url(row: Pronunciation) -> str:
    return to("pronunciations.entry", entry_id=row["id"])


def _pronunciations() -> Pronunciations:
    return services().pronunciations
