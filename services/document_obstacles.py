"""Obstacles to speaking a document that are known beforehand: a text too long, a limit reached."""

from common.errors import AppError, Message
from services.document_plans import Plan
from services.document_selection import ONE
from services.generation import BYTES_A_SECOND
from services.studio import Studio

BOOK_TOO_LONG = (
    "These chapters have {characters} characters; one audiobook can have up to {limit}. "
    "Select fewer chapters, or make one file per chapter."
)
CHAPTER_TOO_LONG = (
    "One of these chapters has {characters} characters; one file can have up to {limit}. Shorten "
    "that chapter or leave it out."
)


def find_obstacle(studio: Studio, owner_id: int, plan: Plan, shape: str) -> str:
    """Find why the chosen chapters would be refused now, as a sentence; "" where nothing would be.

    Nothing is promised: a limit may be reached by something else meanwhile.
    """
    if not plan.chosen:
        return ""
    limit, is_one = studio.config.max_characters, shape == ONE
    longest = plan.characters if is_one else max(each.characters for each in plan.chosen)
    if longest > limit:
        said = BOOK_TOO_LONG if is_one else CHAPTER_TOO_LONG
        return Message(said, characters=longest, limit=limit)
    try:
        studio.registry.get(plan.engine.name, owner_id).check_budget()
        studio.quotas.check(owner_id, plan.characters, int(plan.seconds * BYTES_A_SECOND))
    except AppError as error:
        return error.message
    return ""
