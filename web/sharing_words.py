"""Words for whom a person's files are shared with, as lists and pages tell it."""

from collections.abc import Iterable

from flask_babel import gettext as _

from queries.rows import AudioFile
from web.current_user import signed_in
from web.services import services


def shared_with(files: Iterable[AudioFile]) -> dict[int, str]:
    """The people who may hear each of one's own files, by its number; others are left out."""
    user = signed_in()
    own = [file["id"] for file in files if user and file["owner_id"] == user["user_id"]]
    if not user or not own:
        return {}
    names: dict[int, list[str]] = {}
    for shared in services().db.list_shared_files(user["user_id"], own):
        names.setdefault(shared["file_id"], []).append(shared["listener"] or "")
    return {file_id: _words(people) for file_id, people in names.items()}


def _words(people: list[str]) -> str:
    """Whom something is shared with; everybody includes all who are named."""
    if "" in people:
        return _("Shared with everybody here")
    return _("Shared with %(names)s", names=", ".join(people))
