"""Files that are ticked on a page, to be moved, deleted, restored or packed together."""

from flask import request
from flask_babel import gettext as _

from queries.rows import AudioFile
from web import forms
from web.access import owned_file

MOST_AT_ONCE = 1000


def ticked() -> list[str]:
    """The names of the ticked files; raises BadForm when there are none."""
    names = request.form.getlist("filename")[:MOST_AT_ONCE]
    if not names:
        raise forms.BadForm("filename", _("Select at least one piece first."))
    return names


def ticked_rows() -> list[AudioFile]:
    """The pieces that were ticked; 404 when one of them is not there."""
    return [owned_file(name) for name in ticked()]
