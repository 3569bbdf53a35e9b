"""Imported documents: read once, looked through, spoken whole or in part."""

import json
from collections.abc import Sequence

from queries.base import Statements
from queries.groups import COLUMNS as FILE_COLUMNS
from queries.rows import AudioFile, Cover, DocumentRow
from storage.errors import NotFound

COLUMNS = """id, owner_id, title, author, language, source, origin, characters, choices, created_at,
    updated_at, cover_type"""
NO_DOCUMENT = "There is no such document in your library."


class DocumentQueries(Statements):
    """Imported documents. Each read and write names the owner."""

    def create_document(
        self,
        owner_id: int,
        *,
        title: str,
        author: str,
        language: str,
        source: str,
        origin: str,
        characters: int,
        content: str,
        cover: bytes | None = None,
        cover_type: str = "",
    ) -> DocumentRow:
        """Keep a document; `content` is JSON. Returns its row without content and cover."""
        return self.write_one(
            DocumentRow,
            f"""INSERT INTO documents (owner_id, title, author, language, source, origin,
                    characters, content, cover, cover_type)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING {COLUMNS}""",
            owner_id, title, author, language, source, origin, characters, content, cover,
            cover_type,
        )  # fmt: skip

    def get_document(self, document_id: int, owner_id: int) -> DocumentRow | None:
        """The owner's document, without content and cover."""
        return self.find(
            DocumentRow,
            f"SELECT {COLUMNS} FROM documents WHERE id = ? AND owner_id = ?",
            document_id,
            owner_id,
        )

    def get_document_content(self, document_id: int) -> str:
        """Contents of a document, as JSON."""
        return self.value("SELECT content FROM documents WHERE id = ?", document_id) or "{}"

    def get_document_cover(self, document_id: int) -> Cover | None:
        """The picture on the front: cover (bytes), cover_type; None where there is none."""
        return self.find(
            Cover,
            "SELECT cover, cover_type FROM documents WHERE id = ? AND cover IS NOT NULL",
            document_id,
        )

    def list_cover_dates(self, document_ids: Sequence[int]) -> dict[int, str]:
        """When each of these documents was changed last, for those that have a cover."""
        rows = self.rows(
            """SELECT id, updated_at FROM documents
               WHERE id IN (SELECT value FROM json_each(?)) AND cover_type != ''""",
            json.dumps(document_ids),
        )
        return {row["id"]: row["updated_at"] for row in rows}

    def list_documents(
        self, owner_id: int, *, limit: int = 50, before: tuple[str, int] | None = None
    ) -> list[DocumentRow]:
        """A page of the owner's documents, newest first; `before` is (created_at, id)."""
        place = "AND (created_at, id) < (?, ?)" if before else ""
        return self.list_of(
            DocumentRow,
            f"""SELECT {COLUMNS} FROM documents WHERE owner_id = ? {place}
                ORDER BY created_at DESC, id DESC LIMIT ?""",
            owner_id, *(before or ()), limit,
        )  # fmt: skip

    def find_earlier_document(
        self, row: DocumentRow, *, least: int, most: int
    ) -> DocumentRow | None:
        """Find the first document that its owner imported before `row` with the same in it.

        Its length is between `least` and `most` characters, and it has the same title and author,
        or the same contents, whatever it is called today.
        """
        return self.find(
            DocumentRow,
            f"""SELECT {COLUMNS} FROM documents INDEXED BY idx_documents_characters
                WHERE owner_id = ? AND characters BETWEEN ? AND ? AND id < ?
                    AND (title = ? COLLATE NOCASE AND author = ? COLLATE NOCASE
                        OR content = (SELECT content FROM documents WHERE id = ?))
                ORDER BY id LIMIT 1""",
            row["owner_id"], least, most, row["id"], row["title"], row["author"], row["id"],
        )  # fmt: skip

    def find_named_file(
        self, owner_id: int, name: str, *, least: int, most: int
    ) -> AudioFile | None:
        """Find the owner's newest file of that name and of `least` to `most` characters.

        Files in the bin are passed over.
        """
        return self.find(
            AudioFile,
            f"""SELECT {FILE_COLUMNS} FROM audio_files INDEXED BY idx_audio_name
                WHERE owner_id = ? AND display_name = ? COLLATE NOCASE AND deleted_at IS NULL
                    AND character_count BETWEEN ? AND ?
                ORDER BY id DESC LIMIT 1""",
            owner_id, name, least, most,
        )  # fmt: skip

    def update_document(
        self,
        document_id: int,
        owner_id: int,
        *,
        title: str | None = None,
        author: str | None = None,
        choices: str | None = None,
    ) -> DocumentRow:
        """Change what is given; `choices` is JSON. Raises NotFound."""
        row = self.write_found(
            DocumentRow,
            f"""UPDATE documents SET title = coalesce(?, title), author = coalesce(?, author),
                    choices = coalesce(?, choices), updated_at = CURRENT_TIMESTAMP
                WHERE id = ? AND owner_id = ? RETURNING {COLUMNS}""",
            title, author, choices, document_id, owner_id,
        )  # fmt: skip
        if row is None:
            raise NotFound(NO_DOCUMENT)
        return row

    def set_document_cover(
        self, document_id: int, owner_id: int, cover: bytes | None, cover_type: str = ""
    ) -> None:
        """Give a document another picture, or none. Raises NotFound."""
        if not self.write(
            """UPDATE documents SET cover = ?, cover_type = ?, updated_at = CURRENT_TIMESTAMP
               WHERE id = ? AND owner_id = ?""",
            cover, cover_type, document_id, owner_id,
        ).rowcount:  # fmt: skip
            raise NotFound(NO_DOCUMENT)

    def list_document_files(self, document_id: int, owner_id: int) -> list[AudioFile]:
        """The files that were made of a document, in its order, without those in the bin."""
        return self.list_of(
            AudioFile,
            f"""SELECT {FILE_COLUMNS} FROM audio_files INDEXED BY idx_audio_document
                WHERE document_id = ? AND owner_id = ? AND deleted_at IS NULL
                ORDER BY track, id""",
            document_id, owner_id,
        )  # fmt: skip

    def delete_document(self, document_id: int, owner_id: int) -> None:
        """Forget a document; what was spoken of it stays. Raises NotFound."""
        if not self.write(
            "DELETE FROM documents WHERE id = ? AND owner_id = ?", document_id, owner_id
        ).rowcount:
            raise NotFound(NO_DOCUMENT)
