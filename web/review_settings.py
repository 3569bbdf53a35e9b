"""The settings of a document's review, in one line and folded: what is set beside the chapters."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from common.errors import AppError
from documents.types import Document
from services.document_selection import ONE, DocumentSelection, count_kinds
from services.file_names import BadName
from speech.errors import SpeechError
from web import forms
from web.formatting import count
from web.i18n import plural_forms
from web.studio_page import chosen_voice
from web.voice_lists import shown_voice


def context(
    document: Document, choices: DocumentSelection, error: AppError | None
) -> dict[str, Any]:
    """The values that the folded settings show; they lie open where one of them was refused."""
    return {
        "settings_line": _line(document, choices),
        "is_setting_refused": isinstance(error, forms.BadForm | SpeechError | BadName),
        "left_out_forms": plural_forms(_left_out),
    }


def _line(document: Document, choices: DocumentSelection) -> list[str]:
    shape = _("one audiobook") if choices.shape == ONE else _("one file per chapter")
    said = [shown_voice(chosen_voice(choices.voice)), f"{choices.speed:g}×", shape, choices.group]
    if kinds := count_kinds(document):
        number = sum(kind in choices.left_out for kind in kinds)
        said.append(_left_out(number, count(number)) if number else _("nothing left out"))
    return [each for each in said if each]


def _left_out(number: int, shown: str = "%(n)s") -> str:
    return ngettext("%(n)s thing left out", "%(n)s things left out", number, n=shown)
