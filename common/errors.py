"""Errors with a sentence for people, which keeps its template so that it can be translated."""


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
