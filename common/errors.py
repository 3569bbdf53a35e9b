"""Errors with a sentence for people, which keeps its template so that it can be translated."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class Message(str):
    """Message to people, made of a template with {names} and values; whole numbers get separators.

    For translation, both stay in `template` and `values`.
    """

    template: str
    values: dict[str, str | int]

    def __new__(cls, template: str, **values: str | int) -> "Message":
        """Fill the values into the template."""
        shown = {name: f"{v:,}" if isinstance(v, int) else v for name, v in values.items()}
        made = super().__new__(cls, template.format(**shown))
        made.template, made.values = template, values
        return made


class AppError(Exception):
    """Base of errors that are shown to the user.

    `message` says what happened, what is safe and what to do; `status` is the HTTP status.
    `waits_for` is the code of the cause (see common/transient_causes.py) where that passes by
    itself; `tries` is how often work that met it is tried again at most, where each costs money.
    """

    status: int = 500
    waits_for: str = ""
    tries: int | None = None

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Mistakes(AppError):
    """Several fields of a form that cannot be used, told together; each of `mistakes` is an error.

    `field` names the first of them.
    """

    status = 400

    def __init__(self, mistakes: Sequence[AppError]) -> None:
        super().__init__(" ".join(str(mistake.message) for mistake in mistakes))
        self.mistakes = tuple(mistakes)
        self.field = str(getattr(mistakes[0], "field", ""))


class Checks:
    """Checks of a form that go on after a mistake, so that all of them are told at once."""

    def __init__(self) -> None:
        self._mistakes: list[AppError] = []

    @contextmanager
    def check(self) -> Iterator[None]:
        """Keep an error that is raised inside and names a field; others end the checks."""
        try:
            yield
        except AppError as error:
            if not getattr(error, "field", ""):
                raise
            self._mistakes.append(error)

    def finish(self) -> None:
        """Raise what was wrong: Mistakes, or the one error as it was."""
        if len(self._mistakes) == 1:
            raise self._mistakes[0]
        if self._mistakes:
            raise Mistakes(self._mistakes)
