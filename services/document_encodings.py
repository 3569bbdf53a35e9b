"""Encodings of documents that were guessed: confirmed, or another one chosen."""

from documents.encoding_labels import LABELS, codec_of, name_of
from documents.types import Document
from queries.rows import DocumentRow
from services.document_errors import BadEncoding
from services.document_imports import clean_line, stored_fields
from services.document_selection import DocumentSelection
from services.documents import Documents
from services.file_names import NAME_LENGTH

TRIED_BYTES = 64_000
MOST_LOST = 0.02  # of the characters, in an encoding that may be the right one
NO_DOUBT = "The encoding of this document is known. Import it again to change it."
UNKNOWN = "There is no such encoding. Choose one from the list."


def likely_encodings(documents: Documents, row: DocumentRow) -> list[str]:
    """List the encodings that a document may be in, that which it was read in among them.

    There are none for a document whose encoding is in no doubt.
    """
    original = documents.db.get_document_original(row["id"])
    if original is None:
        return []
    head = original["content"][:TRIED_BYTES]
    return [name for name in LABELS if name == original["encoding"] or _can_be(head, name)]


def choose_encoding(documents: Documents, row: DocumentRow, label: str) -> DocumentRow:
    """Read a document again in another encoding; its names and choices stay where they fit.

    Raises BadEncoding, NotFound, ImportsBusy, NoSpace or a DocumentError.
    """
    name = name_of(label)
    if not name:
        raise BadEncoding(UNKNOWN)
    original = documents.db.get_document_original(row["id"])
    if original is None:
        raise BadEncoding(NO_DOUBT)
    old = documents.contents(row)
    document = documents.imports.reread(original, name)
    fields = stored_fields(document)
    if row["title"] != clean_line(old.title, NAME_LENGTH):
        fields["title"] = row["title"]
    choices = DocumentSelection.from_json(row["choices"])
    if _shape(old) != _shape(document):
        choices = choices.without_chapters()
    return documents.db.reread_document(
        row["id"], row["owner_id"], encoding=name, choices=choices.to_json(), **fields
    )


def confirm_encoding(documents: Documents, row: DocumentRow) -> None:
    """Take the encoding that a document was read in for the right one, and forget its file."""
    documents.db.forget_document_original(row["id"])


def _can_be(head: bytes, name: str) -> bool:
    text = head.decode(codec_of(name), "replace")
    return text.count("\ufffd") <= MOST_LOST * len(text) and "\0" not in text


def _shape(document: Document) -> list[list[str]]:
    """The kinds of the parts of each chapter: choices go by their numbers."""
    return [[part.kind for part in chapter.parts] for chapter in document.chapters]
