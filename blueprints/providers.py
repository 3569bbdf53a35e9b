"""Providers, for admins, and people's own keys: pages, and `flask providers`."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from flask import Blueprint, Response, abort, flash, jsonify, redirect, request, url_for
from flask.cli import AppGroup
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from accounts.types import Visitor
from common.errors import AppError
from queries.base import chosen
from queries.providers import Provider
from services.provider_settings import Settings
from services.provider_trials import Trial
from services.providers import Providers
from speech.engines.provider_engine import PROTOCOLS
from speech.errors import SpeechError
from web import forms
from web.access import admin_only, user_only
from web.commands import new_file, one_sentence, password_from_stdin
from web.current_user import current_user, current_user_id
from web.formatting import decimal, money
from web.notices import saved_at
from web.provider_form import NEW, PROTOCOL_NAMES, context, filled, saved, settings_from_form
from web.refusal_log import log_refusal
from web.refused_forms import form_on
from web.request_info import visitor, wants_json
from web.responses import error_response, page, render_form_error
from web.services import services

HASH = re.compile(r"[0-9a-f]{64}")

blueprint = Blueprint("providers", __name__, cli_group=None)
commands = AppGroup("providers", help="Manage speech servers.")
blueprint.cli.add_command(commands)


def providers() -> Providers:
    """The providers of this installation."""
    return services().providers


# Pages


@blueprint.get("/admin/providers")
@admin_only
def overview() -> Response:
    """The providers in their order, and a form to add one."""
    if wants_json():
        return jsonify(providers=[_json(row) for row in services().db.list_providers()])
    return page("providers/providers.html", form=NEW, **_list())


@blueprint.post("/admin/providers")
@admin_only
def add() -> ResponseReturnValue:
    """Add a provider."""
    try:
        row = _added(
            request.form.get("name", ""), settings_from_form(), request.form.get("key", "")
        )
    except AppError as error:
        return render_form_error("providers/providers.html", error, is_open=True, **_list())
    flash(_("%(label)s has been added. Test it with a sentence to see if it answers.", **_of(row)))
    return _to(row["id"])


@blueprint.get("/admin/providers/<int:provider_id>")
@admin_only
def show(provider_id: int) -> Response:
    """One provider: its settings, its voices, what it does when it is asked."""
    row, heard = providers().get(provider_id), request.args.get("heard", "")
    try:
        models = providers().read_models(provider_id) if "models" in request.args else []
    except SpeechError as error:
        log_refusal(error)
        return page("providers/provider.html", error.status, error=error, **filled(row))
    heard = heard if HASH.fullmatch(heard) else ""
    return page("providers/provider.html", models=models, heard=heard, **filled(row))


@blueprint.post("/admin/providers/<int:provider_id>")
@admin_only
def change(provider_id: int) -> ResponseReturnValue:
    """Change a provider, and its key if another one is given."""
    row, key = providers().get(provider_id), request.form.get("key", "")
    try:
        forms.check_version(request.form, saved(row))
        is_keyless = providers().change(provider_id, settings_from_form(row), key)
    except AppError as error:
        return render_form_error("providers/provider.html", error, **context(row))
    _log("provider_changed", row["name"])
    if key.strip():
        _log("provider_key_set", row["name"])
    elif is_keyless:
        _log("provider_key_removed", f"{row['name']}: the server changed")
        flash(_("This is a different server, so its keys have been deleted. Enter them again."))
    flash(_("Saved."))
    return _to(provider_id)


@blueprint.post("/admin/providers/<int:provider_id>/action")
@admin_only
def do(provider_id: int) -> ResponseReturnValue:
    """Switch, move, test or remove a provider, read its voices, or drop its key."""
    row = providers().get(provider_id)
    action = ACTIONS.get(request.form.get("action", ""))
    if action is None:
        raise forms.BadForm(
            "action", _("You can turn a provider on or off, move, test or remove it.")
        )
    try:
        return action(row)
    except AppError as error:
        if wants_json():
            return error_response(error)
        log_refusal(error)
        return page("providers/provider.html", error.status, error=error, **filled(row))


def _switch_on(row: Provider) -> ResponseReturnValue:
    providers().switch(row["id"], True)
    _log("provider_changed", f"{row['name']}: on")
    return _done(_("%(label)s is on.", **_of(row)))


def _switch_off(row: Provider) -> ResponseReturnValue:
    providers().switch(row["id"], False)
    _log("provider_changed", f"{row['name']}: off")
    return _done(_("%(label)s is off. Audio made with it stays.", **_of(row)))


def _up(row: Provider) -> ResponseReturnValue:
    providers().move(row["id"], -1)
    return _done("")


def _down(row: Provider) -> ResponseReturnValue:
    providers().move(row["id"], 1)
    return _done("")


def _remove(row: Provider) -> ResponseReturnValue:
    providers().remove(row["id"])
    _log("provider_removed", row["name"])
    return _done(_("%(label)s has been removed. Audio made with it stays.", **_of(row)))


def _drop_key(row: Provider) -> ResponseReturnValue:
    providers().drop_key(row["id"])
    _log("provider_key_removed", row["name"])
    flash(_("The key has been removed."))
    return _to(row["id"])


def _read_voices(row: Provider) -> ResponseReturnValue:
    count = providers().read_voices(row["id"])
    _log("provider_changed", f"{row['name']}: voices")
    if wants_json():
        return jsonify(voices=count)
    flash(_("%(label)s lists %(count)s voices. They have been imported.", count=count, **_of(row)))
    return _to(row["id"])


def _test(row: Provider) -> ResponseReturnValue:
    trial = providers().try_out(row["id"], voice=request.form.get("voice", ""), user_id=_me())
    mark = _kept(row, trial)
    if wants_json():
        sound = url_for("providers.sound", mark=mark)
        return jsonify(
            duration_s=trial.duration_s, first_sound_s=trial.first_sound_s, sound_url=sound
        )
    flash(
        _(
            "It works: %(length)s s of audio, the first of it after %(first)s s. %(cost)s",
            length=decimal(trial.duration_s),
            first=decimal(trial.first_sound_s),
            cost=_what_it_cost(trial),
        ).strip()
    )
    return _to(row["id"], heard=mark)


def _what_it_cost(trial: Trial) -> str:
    if trial.cost_usd is None:
        return _("The cost is unknown.")
    return _("It cost %(amount)s.", amount=money(trial.cost_usd)) if trial.cost_usd else ""


ACTIONS: dict[str, Callable[[Provider], ResponseReturnValue]] = {
    "on": _switch_on,
    "off": _switch_off,
    "up": _up,
    "down": _down,
    "remove": _remove,
    "drop_key": _drop_key,
    "voices": _read_voices,
    "test": _test,
}


@blueprint.get("/admin/providers/heard/<mark>.mp3")
@admin_only
def sound(mark: str) -> Response:
    """The sound that a provider spoke when it was tested."""
    found = services().studio.previews.store.read_whole(mark) if HASH.fullmatch(mark) else None
    if found is None:
        abort(404)
    return Response(found, content_type="audio/mpeg")


def _kept(row: Provider, trial: Trial) -> str:
    """Keep what was spoken where previews are, and count it as the admin's use."""
    if trial.cost_usd != 0:
        services().db.record_usage(
            _me(), len(trial.text), trial.cost_usd, engine=row["name"], voice=trial.voice
        )
    services().studio.previews.store.write(trial.digest(), [trial.mp3])
    return trial.digest()


def _list() -> dict[str, Any]:
    rows = services().db.list_providers()
    return {
        "providers": [{**row, "spent": providers().spent(row)} for row in rows],
        "protocols": PROTOCOL_NAMES,
        "environment": _of_environment(),
    }


def _of_environment() -> list[dict[str, str]]:
    """The engines that the environment sets, which this page does not change."""
    config, registry = services().config, services().registry
    if not (config.openai_api_key or config.openai_base_url):
        return []
    fixed = [engine for engine in registry.engines if engine.name in registry.fixed_names]
    return [
        {"label": engine.label, "address": engine.address, "model": engine.model}
        for engine in fixed
        if engine.protocol
    ]


def _added(name: str, settings: Settings, key: str) -> Provider:
    row = providers().add(name, settings, key, taken=frozenset(services().registry.fixed_names))
    _log("provider_added", row["name"])
    if row["sealed_key"]:
        _log("provider_key_set", row["name"])
    return row


def _json(row: Provider) -> dict[str, Any]:
    shown = (
        *("id", "name", "label", "protocol", "base_url", "model", "price", "parallel"),
        *("timeout_s", "longest_text", "monthly_limit", "key_tail"),
    )
    flags = {
        "is_enabled": bool(row["is_enabled"]),
        "allows_own_keys": bool(row["allows_own_keys"]),
    }
    voices = [voice[0] for voice in Settings.of(row).voices]
    has_key = bool(row["sealed_key"])
    return chosen(row, shown) | flags | {"voices": voices, "has_key": has_key}


def _log(event: str, details: str) -> None:
    services().accounts.log(event, current_user(), visitor(), details)


def _me() -> int:
    return current_user_id()


def _of(row: Provider) -> dict[str, str]:
    return {"label": row["label"]}


def _to(provider_id: int, **values: Any) -> ResponseReturnValue:
    return redirect(url_for("providers.show", provider_id=provider_id, **values), 303)


def _done(message: str) -> ResponseReturnValue:
    if message:
        flash(message)
    return redirect(url_for("providers.overview"), 303)


# A person's own keys


@blueprint.post("/account/keys/<int:provider_id>")
@user_only
@form_on("account.overview")
def own_key(provider_id: int) -> ResponseReturnValue:
    """Keep a key of one's own for a provider, or forget it."""
    if request.form.get("action") == "remove":
        if providers().drop_own_key(_me(), provider_id):
            _log("own_key_removed", providers().get(provider_id)["name"])
        return saved_at("keys", _("Your key has been removed."))
    row = providers().set_own_key(_me(), provider_id, request.form.get("own_key", ""))
    _log("own_key_set", row["name"])
    told = _("Audio from %(label)s is paid for with your key from now on.", **_of(row))
    return saved_at("keys", told)


# Commands


@commands.command("list")
def list_all() -> None:
    """Show the providers in their order."""
    for row in services().db.list_providers():
        state = "on" if row["is_enabled"] else "off"
        key = f"key … {row['key_tail']}" if row["sealed_key"] else "no key"
        click.echo("\t".join((row["name"], state, row["base_url"], row["model"], key)))


@commands.command("add")
@click.argument("name")
@click.argument("base_url")
@click.option("--label", default="", help="Name shown on pages; NAME if not given.")
@click.option("--model", default="tts-1", show_default=True)
@click.option("--protocol", default="speech", show_default=True, type=click.Choice([*PROTOCOLS]))
@click.option("--voice", "voices", multiple=True, help="One for each voice.")
@click.option("--price", type=float, help="USD per million characters; 0 if it is free.")
@click.option("--limit", "monthly_limit", type=float, help="USD a month.")
@click.option("--own-keys", "allows_own_keys", is_flag=True, help="People can use their own keys.")
@click.option("--key-stdin", is_flag=True, help="Read the key from standard input.")
def add_one(name: str, label: str, voices: tuple[str, ...], key_stdin: bool, **values: Any) -> None:
    """Add a provider: a server that speaks at BASE_URL, such as http://localhost:8880/v1."""
    key = password_from_stdin() if key_stdin else ""
    settings = Settings(label=label or name, voices=tuple((voice,) for voice in voices), **values)
    with one_sentence():
        row = providers().add(name, settings, key, taken=frozenset(services().registry.fixed_names))
    _log_here("provider_added", row["name"])
    click.echo(f"{row['name']} has been added.")


@commands.command("test")
@click.argument("name")
@click.option("--voice", default="", help="One of its voices.")
@click.option("--output", type=click.Path(path_type=Path), help="An MP3 file.")
def test_one(name: str, voice: str, output: Path | None) -> None:
    """Have a provider speak a sentence."""
    with one_sentence(), new_file(output) if output else nullcontext(len) as write:
        trial = providers().try_out(providers().named(name)["id"], voice=voice)
        write(trial.mp3)
    click.echo(f"{trial.duration_s:.1f} s of audio, the first after {trial.first_sound_s:.2f} s")


@commands.command("voices")
@click.argument("name")
def read_voices(name: str) -> None:
    """Take over the voices that a provider's server lists."""
    with one_sentence():
        count = providers().read_voices(providers().named(name)["id"])
    click.echo(f"{count} voices")


@commands.command("remove")
@click.argument("name")
def remove_one(name: str) -> None:
    """Remove a provider with its keys; sound that was made with it stays."""
    with one_sentence():
        row = providers().named(name)
        providers().remove(row["id"])
    _log_here("provider_removed", row["name"])
    click.echo(f"{name} has been removed.")


def _log_here(event: str, name: str) -> None:
    services().accounts.log(event, None, Visitor(), f"{name}, from the command line")
