"""Commands of `flask`: how they end, what they read and write, and how they run without data."""

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup

from common.errors import AppError
from config import Config

CONFIG = "voiceverse_config"


def config() -> Config:
    """The settings, known even where the data cannot be opened."""
    return current_app.extensions[CONFIG]


def is_command() -> bool:
    """Whether the app is made for one of its commands, not to be served."""
    context = click.get_current_context(silent=True)
    return context is not None and isinstance(context.command, FlaskGroup)


class CannotWrite(AppError):
    """A file that was named on the command line cannot be written; `message` says why."""


@contextlib.contextmanager
def one_sentence() -> Iterator[None]:
    """End a command that cannot be done with exit code 1 and its sentence."""
    try:
        yield
    except AppError as error:
        click.echo(error.message, err=True)
        sys.exit(1)


def password_from_stdin() -> str:
    """The first line of standard input."""
    return sys.stdin.readline().rstrip("\r\n")


def ask_password() -> str:
    """A new password, typed twice without being shown."""
    return click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[Callable[[bytes], object]]:
    """A writer for a file, which takes its name when the block has ended well.

    Raises CannotWrite at once where that is not going to be possible.
    """
    part = path.with_name(path.name + ".part")
    with _translating_os_errors(path):
        if path.is_dir():
            raise CannotWrite(
                f"{path} is a folder. Name a file in it, such as {path / 'speech.mp3'}."
            )
        file = part.open("wb", buffering=0)

    def write(content: bytes) -> None:
        left = memoryview(content)
        with _translating_os_errors(path):
            while left:
                left = left[file.write(left) :]

    try:
        with file:
            yield write
        with _translating_os_errors(path):
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _translating_os_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise CannotWrite(
            f"There is no folder {path.parent}. Make it first, or choose another file."
        ) from None
    except PermissionError:
        raise CannotWrite(
            f"This account may not write to {path.parent}. Choose another folder."
        ) from None
    except OSError as error:
        raise CannotWrite(
            f"{path} cannot be written ({error.strerror}). Choose another file."
        ) from None


class _Group(click.Group):
    """The commands that work without data; for all others the reason why they do not."""

    error: AppError

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        found = super().get_command(context, name)
        if found is None:
            raise click.ClickException(str(self.error.message))
        return found


def app_without_data(config: Config, error: AppError, commands: Iterable[click.Command]) -> Flask:
    """An app with the commands alone that need no open database; `error` tells why it has none."""
    app = Flask(__name__)
    app.extensions[CONFIG] = config
    app.cli = _Group()
    app.cli.error = error
    for command in commands:
        app.cli.add_command(command)
    return app
