"""Names of files and groups: checked, and made up from texts."""

import re
import time

from common.errors import AppError, Message
from speech.text.markup import said_without_signs
from speech.text.titles import title_of

NAME_LENGTH = 200
GROUP_LENGTH = 100
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# They turn what follows around: a name would look like another, and so would its ending.
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
HEADING = re.compile(r"\s{0,99}(?:#{1,6} |<h[1-6]\b)", re.IGNORECASE)
LOOKED_AT = 20_000  # characters in which the signs of markup are looked for


class BadName(AppError):
    """A name or group that cannot be stored; `message` says why, `field` names its input."""

    status = 400

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def plain_name(name: str) -> str:
    """A name on one line, without signs that nobody sees and that turn others around."""
    return " ".join(CONTROL.sub(" ", TURNING.sub("", name)).split())


def check_name(name: str, field: str = "name") -> str:
    """A display name as it is stored; raises BadName with the remedy and its `field`."""
    cleaned = plain_name(name)
    if not cleaned:
        raise BadName("The name is empty. Enter a name of up to 200 characters.", field)
    if len(cleaned) > NAME_LENGTH:
        raise BadName(
            Message(
                "The name has {characters} characters. Shorten it to {limit} or fewer.",
                characters=len(cleaned),
                limit=NAME_LENGTH,
            ),
            field,
        )
    return cleaned


def check_group(category: str, field: str = "category") -> str:
    """A group's name as it is stored, or "" for none; raises BadName with its `field`."""
    cleaned = plain_name(category)
    if len(cleaned) > GROUP_LENGTH:
        raise BadName(
            Message(
                "The group name has {characters} characters. Shorten it to {limit}.",
                characters=len(cleaned),
                limit=GROUP_LENGTH,
            ),
            field,
        )
    return cleaned


def suggest_name(text: str, *, is_markup: bool = False) -> str:
    """A name from how a text begins; without its signs where it `is_markup`, by its heading."""
    said = said_without_signs(text[:LOOKED_AT]) if is_markup else text
    if is_markup and HEADING.match(text):
        said = said.strip().partition("\n")[0]
    return title_of(said) or time.strftime("Speech of %d %B %Y")
