"""Sentences for people that remember their words and values, so that they can be told anew."""


class Sentence(str):
    """A text made of a template with {names} and values; whole numbers get separators.

    Whoever speaks another language than the template finds both in `template` and `values`.
    """

    template: str
    values: dict[str, str | int]

    def __new__(cls, template: str, **values: str | int) -> "Sentence":
        """The template with its values in place."""
        shown = {name: f"{v:,}" if isinstance(v, int) else v for name, v in values.items()}
        made = super().__new__(cls, template.format(**shown))
        made.template, made.values = template, values
        return made


class Told(Exception):
    """Something that cannot be done, told to whoever asked for it.

    `sentence` says what happened, what is safe and what to do; `status` is the HTTP status.
    `waits_for` is the code of the cause (see common/transient_causes.py) where that passes by
    itself; `tries` is how often work that met it is tried again at most, where each costs money.
    """

    status: int = 500
    waits_for: str = ""
    tries: int | None = None

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
