"""Twins of documents: the same book imported before, or heard already."""

from typing import NamedTuple

from database import Database
from queries.rows import DocumentRow

NEARLY = 0.02  # the share by which two readings of one book may differ in length
BREAKS = 20  # characters that stand between chapters alone


class Twin(NamedTuple):
    """What is there of the same book: a document with its number, or a file with its filename."""

    name: str
    created_at: str
    document_id: int | None = None
    filename: str = ""


def find_twin(db: Database, row: DocumentRow) -> Twin | None:
    """Find what its owner has of the same book already: an earlier document, else a file.

    The contents decide, or title and author with nearly the same length.
    """
    length = row["characters"]
    slack = max(BREAKS, int(length * NEARLY))
    least, most = length - slack, length + slack
    if earlier := db.find_earlier_document(row, least=least, most=most):
        return Twin(earlier["title"], earlier["created_at"], document_id=earlier["id"])
    if file := db.find_named_file(row["owner_id"], row["title"], least=least, most=most):
        return Twin(file["display_name"], file["created_at"], filename=file["filename"])
    return None
