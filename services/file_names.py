"""Names of files and groups: checked, and made up from texts."""

import re
import time

from common.errors import AppError, Message
from speech.text.titles import title_of

NAME_LENGTH = 200
GROUP_LENGTH = 100
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class BadName(AppError):
    """A name or group that cannot be stored; `message` says why and what to do."""

    status = 400


def check_name(name: str) -> str:
    """A display name as it is stored; raises BadName with the remedy."""
    cleaned = " ".join(CONTROL.sub(" ", name).split())
    if not cleaned:
        raise BadName("The name is empty. Give the file a name of up to 200 characters.")
    if len(cleaned) > NAME_LENGTH:
        raise BadName(
            Message(
                "The name has {characters} characters. Shorten it to {limit} or fewer.",
                characters=len(cleaned),
                limit=NAME_LENGTH,
            )
        )
    return cleaned


def check_group(category: str) -> str:
    """A group's name as it is stored, or "" for none; raises BadName."""
    cleaned = " ".join(CONTROL.sub(" ", category).split())
    if len(cleaned) > GROUP_LENGTH:
        raise BadName(
            Message(
                "The group's name has {characters} characters. Shorten it to {limit}.",
                characters=len(cleaned),
                limit=GROUP_LENGTH,
            )
        )
    return cleaned


def suggest_name(text: str) -> str:
    """A name from how a text begins."""
    return title_of(text) or time.strftime("Speech of %d %B %Y")
