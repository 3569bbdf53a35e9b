"""Neural voices: a page for admins, offers in the studio, and `flask voices`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.cli import AppGroup
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from common.errors import AppError
from services.neural_voices import Voices
from services.voice_catalogue import Offer
from services.voice_folders import InstalledVoice
from services.voice_progress import Progress
from speech.engines.piper import REMEDY, PiperEngine
from web import engine_facts, forms, voice_manager, voice_offers
from web.access import admin_only
from web.audio_responses import short_sound
from web.commands import one_sentence
from web.i18n import translate
from web.request_info import wants_json
from web.responses import page
from web.voice_manager import label, neural_voices

blueprint = Blueprint("voices", __name__, cli_group=None)
commands = AppGroup("voices", help="Install and remove neural voices.")
blueprint.cli.add_command(commands)


# Pages


@blueprint.get("/admin/voices")
@admin_only
def overview() -> Response:
    """The installed voices, what is on its way, and what can be installed.

    With `part=live` without what can be installed, for pages that look again and again.
    """
    if wants_json():
        return jsonify(
            installed=[voice.identifier for voice in neural_voices().installed()],
            under_way=[_json(progress) for progress in neural_voices().under_way()],
        )
    shown = engine_facts.all_engines() | voice_manager.context(
        request.args.get("language", ""), request.args.get("q", "")
    )
    if request.args.get("part") == "live":
        shown["offers"] = []
    return page("voices/voices.html", **shown)


@blueprint.post("/admin/voices")
@admin_only
def change() -> ResponseReturnValue:
    """Install, stop, forget or remove a voice, fetch the list, or take in what lies ready."""
    action = ACTIONS.get(request.form.get("action", ""))
    if action is None:
        raise forms.BadForm("action", _("You can install a voice, stop, discard or remove it."))
    flash(_outcome(lambda: action(neural_voices(), request.form.get("voice", ""))))
    language, search = (request.form.get(name) or None for name in ("language", "q"))
    return redirect(url_for("voices.overview", language=language, q=search), 303)


@blueprint.get("/admin/voices/<identifier>/sample.mp3")
@admin_only
def hear(identifier: str) -> ResponseReturnValue:
    """A recording of a voice that is not installed yet, from the server of the voices."""
    try:
        return short_sound(neural_voices().sample(identifier))
    except AppError as error:
        return _back_from_sound(error)


@blueprint.get("/admin/voices/offer")
@admin_only
def offer() -> Response:
    """The part of the studio that offers a voice for a text's language, or the browser's."""
    found = voice_offers.current(request.args.get("language", ""))
    return page("voices/_offer.html", voice_offer=found)


@blueprint.post("/admin/voices/offer")
@admin_only
def answer_offer() -> ResponseReturnValue:
    """Install the offered voice, use it in the studio, or turn the offer down."""
    action = OFFER_ACTIONS.get(request.form.get("action", ""))
    if action is None:
        raise forms.BadForm("action", _("You can install, use or dismiss a suggested voice."))
    return action(request.form.get("language", "")[:40])


def _outcome(action: Callable[[], str]) -> str:
    """What an action says when it is done, or why it was refused; raises that for JSON."""
    try:
        return action()
    except AppError as error:
        if wants_json():
            raise
        return translate(error.message)


def _back_from_sound(error: AppError) -> WerkzeugResponse:
    """The page with the sentence for a link that was followed; scripts get the error."""
    if request.headers.get("Sec-Fetch-Mode") != "navigate":
        raise error
    flash(translate(error.message))
    return redirect(url_for("voices.overview"), 303)


def _install_offered(language: str) -> WerkzeugResponse:
    answer = _to_studio()

    def start() -> str:
        best = neural_voices().start_best(language)
        voice_offers.remember(answer, language, best.identifier)
        return ""

    if refused := _outcome(start):
        flash(refused)
    return answer


def _use_offered(language: str) -> WerkzeugResponse:
    wanted = voice_offers.asked_for(language)
    answer = _to_studio(f"{PiperEngine.name}:{wanted}" if wanted else None)
    voice_offers.remember(answer, language, "")
    return answer


def _decline_offer(language: str) -> WerkzeugResponse:
    answer = _to_studio()
    voice_offers.remember(answer, language, "")
    return answer


def _to_studio(voice: str | None = None) -> WerkzeugResponse:
    if wants_json():
        return Response(status=204)
    return redirect(url_for("web.studio", voice=voice), 303)


OFFER_ACTIONS: dict[str, Callable[[str], WerkzeugResponse]] = {
    "install": _install_offered,
    "use": _use_offered,
    "decline": _decline_offer,
}


def _install(voices: Voices, name: str) -> str:
    voices.start(name)
    return _("Installing %(name)s…", name=label(name))


def _stop(voices: Voices, name: str) -> str:
    voices.stop(name)
    return _("Stopping the download. What has arrived is kept.")


def _forget(voices: Voices, name: str) -> str:
    voices.forget(name)
    return _("The partial download of %(name)s has been deleted.", name=label(name))


def _remove(voices: Voices, name: str) -> str:
    voices.remove(name)
    return _("%(name)s has been removed. Audio made with it stays.", name=label(name))


def _refresh(voices: Voices, _name: str) -> str:
    voices.refresh()
    return _("The list of voices is up to date.")


def _install_incoming(voices: Voices, _name: str) -> str:
    names = [label(voice.identifier) for voice in voices.install_from(voices.incoming)]
    return _("Installed: %(names)s.", names=", ".join(names))


ACTIONS: dict[str, Callable[[Voices, str], str]] = {
    "install": _install,
    "stop": _stop,
    "forget": _forget,
    "remove": _remove,
    "refresh": _refresh,
    "take_in": _install_incoming,
}


def _json(progress: Progress) -> dict[str, Any]:
    return {
        "voice": progress.identifier,
        "status": progress.status,
        "percent": progress.percent,
        "error": translate(progress.message) or None,
    }


# Commands


@commands.command("list")
@click.option("--language", default="", help="Only voices of a language, such as de or en-GB.")
@click.option("--refresh", is_flag=True, help="Fetch the server's list first.")
def list_voices(language: str, refresh: bool) -> None:
    """Show the installed voices and those that can be installed."""
    with one_sentence():
        if refresh:
            neural_voices().refresh()
    installed = neural_voices().installed()
    for voice in installed:
        if voice.language.startswith(language):
            licence = voice.licence or "licence not stated"
            click.echo(f"{voice.identifier}\t{_megabytes(voice.size)}\t{licence}\tinstalled")
    known = {voice.identifier for voice in installed}
    for offer in neural_voices().offers():
        if offer.identifier not in known and offer.language.startswith(language):
            click.echo(_line(offer))
    if PiperEngine.name in neural_voices().missing():
        click.echo(REMEDY, err=True)


def _line(offer: Offer) -> str:
    speakers = f"{offer.speakers} speaker" + ("s" if offer.speakers != 1 else "")
    licence = offer.licence or "licence: see its card"
    parts = (offer.identifier, _megabytes(offer.size), licence, offer.language_name)
    return "\t".join((*parts, offer.gender or speakers))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB"


@commands.command("install")
@click.argument("names", nargs=-1, required=True, metavar="NAME|FILE|FOLDER...")
def install_voices(names: tuple[str, ...]) -> None:
    """Install voices: by name from the list, or from files or folders of this machine."""
    for name in names:
        with one_sentence():
            voices = (
                neural_voices().install_from(Path(name)) if _is_path(name) else [_fetched(name)]
            )
        for voice in voices:
            licence = f" Its licence: {voice.licence}." if voice.licence else ""
            click.echo(f"{voice.identifier} has been installed.{licence}")


def _is_path(name: str) -> bool:
    return "/" in name or name.endswith(".onnx") or Path(name).is_dir()


def _fetched(name: str) -> InstalledVoice:
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
    click.echo(f"{name} has been removed.")
