"""Files that documents were read from, kept while their encoding is in doubt."""

from queries.base import Statements
from queries.documents import COLUMNS, NO_DOCUMENT
from queries.rows import DocumentOriginal, DocumentRow
from storage.errors import NotFound


class DocumentOriginalQueries(Statements):
    """Originals of documents; they go with their document."""

    def keep_document_original(
        self, document_id: int, *, encoding: str, filename: str, content_type: str, content: bytes
    ) -> None:
        """Keep the file that a document was read from in that encoding."""
        self.write(
            """INSERT OR REPLACE INTO document_originals
                   (document_id, encoding, filename, content_type, content)
               VALUES (?, ?, ?, ?, ?)""",
            document_id, encoding, filename, content_type, content,
        )  # fmt: skip

    def get_document_encoding(self, document_id: int) -> str:
        """The encoding that a document was read in and that is in doubt; "" where none is."""
        found = self.value(
            "SELECT encoding FROM document_originals WHERE document_id = ?", document_id
        )
        return found or ""

    def get_document_original(self, document_id: int) -> DocumentOriginal | None:
        """The file that a document was read from; None where its encoding is in no doubt."""
        return self.find(
            DocumentOriginal,
            """SELECT encoding, filename, content_type, content FROM document_originals
               WHERE document_id = ?""",
            document_id,
        )

    def reread_document(
        self,
        document_id: int,
        owner_id: int,
        *,
        encoding: str,
        title: str,
        language: str,
        characters: int,
        content: str,
        choices: str,
    ) -> DocumentRow:
        """Put what was read in another encoding in the place of what was. Raises NotFound."""
        with self.transaction():
            row = self.write_found(
                DocumentRow,
                f"""UPDATE documents SET title = ?, language = ?, characters = ?, content = ?,
                        choices = ?, updated_at = CURRENT_TIMESTAMP
                    WHERE id = ? AND owner_id = ? RETURNING {COLUMNS}""",
                title, language, characters, content, choices, document_id, owner_id,
            )  # fmt: skip
            if row is None:
                raise NotFound(NO_DOCUMENT)
            self.write(
                "UPDATE document_originals SET encoding = ? WHERE document_id = ?",
                encoding,
                document_id,
            )
        return row

    def forget_document_original(self, document_id: int) -> None:
        """Forget the file that a document was read from: its encoding is right."""
        self.write("DELETE FROM document_originals WHERE document_id = ?", document_id)
