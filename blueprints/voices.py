"""Neural voices: a page for admins, and `flask voices`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.cli import AppGroup
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from services.neural_voices import Voices
from services.voice_catalogue import Catalogue, Offer
from services.voice_progress import Progress
from speech.engines.piper import REMEDY, PiperEngine, is_installed
from speech.preview_sentences import sample
from web import forms
from web.access import admin_only
from web.audio_responses import short_sound
from web.commands import one_sentence
from web.request_info import wants_json
from web.responses import page
from web.services import services

blueprint = Blueprint("voices", __name__, cli_group=None)
commands = AppGroup("voices", help="Install and remove neural voices.")
blueprint.cli.add_command(commands)


def neural_voices() -> Voices:
    """The folder of neural voices of this installation."""
    return Voices(services().config, services().registry)


# Pages


@blueprint.get("/admin/voices")
@admin_only
def overview() -> Response:
    """The installed voices, what is on its way, and what can be installed in a language.

    With `part=live` without what can be installed, for pages that look again and again.
    """
    if wants_json():
        return jsonify(
            installed=[model.identifier for model in neural_voices().installed()],
            under_way=[_json(progress) for progress in neural_voices().under_way()],
        )
    context = _shown(request.args.get("language", ""))
    if request.args.get("part") == "live":
        context["offers"] = []
    return page("voices/voices.html", **context)


@blueprint.post("/admin/voices")
@admin_only
def change() -> ResponseReturnValue:
    """Install, stop, forget or remove a voice, fetch the list, or take in what lies ready."""
    action = ACTIONS.get(request.form.get("action", ""))
    if action is None:
        raise forms.BadForm("action", _("A voice can be installed, stopped, dropped or removed."))
    flash(action(neural_voices(), request.form.get("voice", "")))
    language = request.form.get("language", "")
    return redirect(url_for("voices.overview", language=language or None), 303)


@blueprint.get("/admin/voices/<identifier>/sample.mp3")
@admin_only
def hear(identifier: str) -> Response:
    """A recording of a voice that is not installed yet, from the server of the voices."""
    return short_sound(neural_voices().sample(identifier))


def _install(voices: Voices, name: str) -> str:
    voices.start(name)
    return _("%(name)s is on its way.", name=name)


def _stop(voices: Voices, name: str) -> str:
    voices.stop(name)
    return _("The download is being stopped; what came is kept.")


def _forget(voices: Voices, name: str) -> str:
    voices.forget(name)
    return _("What came of %(name)s is gone.", name=name)


def _remove(voices: Voices, name: str) -> str:
    voices.remove(name)
    return _("%(name)s is removed. Sound that was made with it stays.", name=name)


def _refresh(voices: Voices, _name: str) -> str:
    voices.refresh()
    return _("The list of voices is new.")


def _install_incoming(voices: Voices, _name: str) -> str:
    names = [model.identifier for model in voices.install_from(voices.incoming)]
    return _("Installed: %(names)s.", names=", ".join(names))


ACTIONS: dict[str, Callable[[Voices, str], str]] = {
    "install": _install,
    "stop": _stop,
    "forget": _forget,
    "remove": _remove,
    "refresh": _refresh,
    "take_in": _install_incoming,
}


def _shown(language: str) -> dict[str, Any]:
    voices = neural_voices()
    installed, catalogue = voices.installed(), voices.catalogue()
    languages = {offer.language: offer.language_name for offer in catalogue.offers}
    return {
        "installed": [
            {"model": model, "sentence": sample(model.language, model.name)} for model in installed
        ],
        "under_way": voices.under_way(),
        "offers": _offers(voices, catalogue, language, {model.identifier for model in installed}),
        "languages": languages,
        "chosen": language if language in languages else "",
        "as_of": catalogue.as_of,
        "engine": PiperEngine.name,
        "incoming": voices.incoming,
        "remedy": "" if is_installed() else REMEDY,
    }


def _offers(voices: Voices, catalogue: Catalogue, language: str, known: set[str]) -> list[Offer]:
    """The voices of a language, or all, that are not here yet."""
    known = known | {progress.identifier for progress in voices.under_way()}
    return [
        offer
        for offer in catalogue.offers
        if offer.identifier not in known and language in ("", offer.language)
    ]


def _json(progress: Progress) -> dict[str, Any]:
    return {
        "voice": progress.identifier,
        "status": progress.status,
        "percent": progress.percent,
        "error": progress.sentence or None,
    }


# Commands


@commands.command("list")
@click.option("--language", default="", help="Only voices of a language, such as de or en-GB.")
@click.option("--refresh", is_flag=True, help="Fetch the server's list first.")
def list_voices(language: str, refresh: bool) -> None:
    """Show the installed voices and those that can be installed."""
    with one_sentence():
        catalogue = neural_voices().refresh() if refresh else neural_voices().catalogue()
    installed = neural_voices().installed()
    for model in installed:
        if model.language.startswith(language):
            licence = model.licence or "licence not stated"
            click.echo(f"{model.identifier}\t{_megabytes(model.size)}\t{licence}\tinstalled")
    known = {model.identifier for model in installed}
    for offer in catalogue.offers:
        if offer.identifier not in known and offer.language.startswith(language):
            click.echo(_line(offer))
    if not is_installed():
        click.echo(REMEDY, err=True)


def _line(offer: Offer) -> str:
    speakers = f"{offer.speakers} speaker" + ("s" if offer.speakers != 1 else "")
    licence = offer.licence or "licence: see its card"
    parts = (offer.identifier, _megabytes(offer.size), licence, offer.language_name, speakers)
    return "\t".join(parts)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


@commands.command("install")
@click.argument("names", nargs=-1, required=True, metavar="NAME|FILE|FOLDER...")
def install_voices(names: tuple[str, ...]) -> None:
    """Install voices: by name from the list, or from files or folders of this machine."""
    for name in names:
        with one_sentence():
            models = (
                neural_voices().install_from(Path(name)) if _is_path(name) else [_fetched(name)]
            )
        for model in models:
            licence = f" Its licence: {model.licence}." if model.licence else ""
            click.echo(f"{model.identifier} is installed.{licence}")


def _is_path(name: str) -> bool:
    return "/" in name or name.endswith(".onnx") or Path(name).is_dir()


def _fetched(name: str) -> Any:
    with click.progressbar(length=100, label=name) as bar:
        shown = 0

        def tell(progress: Progress) -> None:
            nonlocal shown
            bar.update(progress.percent - shown)
            shown = progress.percent

        return neural_voices().install(name, tell)


@commands.command("remove")
@click.argument("name")
def remove_voice(name: str) -> None:
    """Remove an installed voice; sound that was made with it stays."""
    with one_sentence():
        neural_voices().remove(name)
    click.echo(f"{name} is removed.")
