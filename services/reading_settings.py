"""Reading settings: what one can choose between, and what holds for who has chosen nothing."""

from collections.abc import Mapping

from common.errors import AppError, Message
from database import Database
from queries.reading_settings import ReadingSettings

# The first of each is what holds until something else is chosen.
CHOICES: dict[str, tuple[str, ...]] = {
    "text_size": ("usual", "smaller", "larger", "largest"),
    "line_width": ("usual", "narrow", "wide"),
    "line_height": ("usual", "tight", "loose"),
    "typeface": ("serif", "sans"),
    "contrast": ("usual", "high"),
    "follows_voice": ("1", "0"),
}


class BadReadingSetting(AppError):
    """A setting that is not among the choices; `field` names it."""

    status = 400

    def __init__(self, field: str) -> None:
        super().__init__(
            Message("“{field}” cannot have that value. Choose one of those shown.", field=field)
        )
        self.field = field


def settings_of(db: Database, user_id: int) -> ReadingSettings:
    """How a person likes to read."""
    return db.get_reading_settings(user_id) or _checked({})


def save(db: Database, user_id: int, wanted: Mapping[str, str]) -> ReadingSettings:
    """Change the settings that are given, leave the others; raises BadReadingSetting."""
    with db.transaction():
        known = {name: str(value) for name, value in settings_of(db, user_id).items()}
        changed = _checked({**known, **{name: wanted[name] for name in CHOICES if name in wanted}})
        db.save_reading_settings(user_id, changed)
    return changed


def _checked(values: Mapping[str, str]) -> ReadingSettings:
    chosen = {name: values.get(name, choices[0]) for name, choices in CHOICES.items()}
    for name, value in chosen.items():
        if value not in CHOICES[name]:
            raise BadReadingSetting(name)
    return ReadingSettings(
        text_size=chosen["text_size"],
        line_width=chosen["line_width"],
        line_height=chosen["line_height"],
        typeface=chosen["typeface"],
        contrast=chosen["contrast"],
        follows_voice=int(chosen["follows_voice"]),
    )
