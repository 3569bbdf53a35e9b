"""The `flask` commands for accounts and speech."""

from pathlib import Path

import click
from flask import Blueprint
from flask.cli import AppGroup

from accounts.errors import AccountError
from accounts.types import Visitor
from queries.rows import User
from speech.audio.encoding import Mp3Stream
from speech.audio.id3 import id3_tag
from speech.errors import SpeechError
from speech.text.segments import split
from speech.types import SpeechRequest
from web.commands import ask_password, new_file, one_sentence, password_from_stdin
from web.services import services

blueprint = Blueprint("cli", __name__, cli_group=None)
users = AppGroup("user", help="Manage accounts from this machine.")
blueprint.cli.add_command(users)


def existing_user(name: str) -> User:
    """The account of that name; raises AccountError."""
    user = services().db.get_user(name)
    if user is None:
        raise AccountError(f"There is no account named {name}.")
    return user


@users.command("add")
@click.argument("name")
@click.option("--admin", is_flag=True, help="Make the account an admin.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(name: str, admin: bool, password_stdin: bool) -> None:
    """Make an account."""
    password = password_from_stdin() if password_stdin else ask_password()
    with one_sentence():
        user = services().accounts.add_user(name, password, is_admin=admin)
    click.echo(f"{user['username']} can log in now.")


@users.command("list")
def list_users() -> None:
    """Show all accounts."""
    for user in services().db.list_users():
        role = "admin" if user["is_admin"] else "user"
        state = "" if user["is_active"] else " disabled"
        click.echo(
            f"{user['username']}\t{role}{state}\tlast login: {user['last_login'] or 'never'}"
        )


@users.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def set_password(name: str, password_stdin: bool) -> None:
    """Set the password of an account and end its sessions."""
    with one_sentence():
        user = existing_user(name)
        password = password_from_stdin() if password_stdin else ask_password()
        services().accounts.set_password(user, password)
    click.echo(f"{user['username']} has a new password. All sessions have ended.")


@users.command("disable")
@click.argument("name")
def disable_user(name: str) -> None:
    """Keep an account out and end its sessions; its files stay."""
    with one_sentence():
        services().accounts.set_active_from_machine(existing_user(name), False)
    click.echo(f"{name} has been disabled.")


@users.command("enable")
@click.argument("name")
def enable_user(name: str) -> None:
    """Let a disabled account in again."""
    with one_sentence():
        services().accounts.set_active_from_machine(existing_user(name), True)
    click.echo(f"{name} can log in again.")


@users.command("second-factor")
@click.argument("name")
@click.option("--off", is_flag=True, help="Forget it and the passkeys, and end all sessions.")
def second_factor(name: str, off: bool) -> None:
    """Tell whether an account has a second step at login, or take it away."""
    with one_sentence():
        user = existing_user(name)
        if off:
            services().two_factor.reset(user, Visitor(), "from the command line")
    state = services().two_factor.state(user["id"])
    passkeys = len(services().passkeys.of(user["id"]))
    shown = "on" if state["is_on"] else "off"
    click.echo(f"{user['username']}\ttwo-factor: {shown}\tpasskeys: {passkeys}")


@users.command("merge")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="INTO")
def merge_users(source: str, target: str) -> None:
    """Move the files, usage and history of FROM to INTO, and remove FROM."""
    with one_sentence():
        moved = services().accounts.merge(existing_user(source), existing_user(target))
    counts = ", ".join(f"{count} {kind}" for kind, count in moved.items())
    click.echo(f"Merged {source} into {target}: {counts}.")


@blueprint.cli.command("speak")
@click.argument("text")
@click.option("--voice", default="", help="A voice, such as gmw/en-US or openai:nova.")
@click.option("--speed", default=1.0, show_default=True, help="1 is the voice's normal speed.")
@click.option("--output", required=True, type=click.Path(path_type=Path))
def speak(text: str, voice: str, speed: float, output: Path) -> None:
    """Speak TEXT into an MP3 file, without an account."""
    with one_sentence():
        if output.suffix.lower() != ".mp3":
            raise SpeechError(f"{output} must end with .mp3, the only format.")
        with new_file(output) as write:
            sound, duration_s = spoken(text, voice, speed, output.stem)
            write(sound)
    click.echo(f"{output}: {duration_s:.1f} s")


def spoken(text: str, voice: str, speed: float, title: str) -> tuple[bytes, float]:
    """The speech of a text as an MP3 with that title, and its length in s."""
    studio = services().studio
    quote = studio.generation.quote(text, voice, speed)
    engine, stream, frames = quote.engine, Mp3Stream(quote.engine.sample_rate), []
    segments = split(
        text,
        language=quote.voice.language,
        first=engine.first_segment_characters,
        target=engine.segment_characters,
        limit_bytes=engine.segment_bytes,
    )
    try:
        for segment in segments:
            if segment.is_speakable:
                request = SpeechRequest(segment.text, quote.voice.identifier, speed)
                frames += [stream.feed(chunk.pcm) for chunk in engine.speak(request)]
    finally:
        engine.close()
    frames.append(stream.finish())
    sound = b"".join(frames)
    tag = id3_tag(title=title, artist=quote.voice.name)
    whole = tag + stream.final_header(len(sound)) + sound
    return whole, stream.position / engine.sample_rate
