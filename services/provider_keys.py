"""Keys of providers, and people's own: sealed for one server, opened where one is spoken with."""

from accounts.encryption import DecryptionError, SecretBox
from database import Database
from queries.providers import OwnKey, Provider
from services.provider_errors import key_unreadable
from services.provider_settings import tail
from speech.engines.pinned_http import origin


class ProviderKeys:
    """Seals and opens keys. One object serves all threads of a process."""

    def __init__(self, db: Database, box: SecretBox):
        self.db, self._box = db, box

    def save_key(self, row: Provider, key: str) -> None:
        """Store the key of a provider, for the server that it has now."""
        sealed = self._box.encrypt(key, _context(row))
        place = origin(row["base_url"])
        self.db.set_provider_key(row["id"], sealed, tail=tail(key), origin=place)

    def save_own_key(self, row: Provider, user_id: int, key: str) -> None:
        """Store a person's own key for a provider."""
        sealed = self._box.encrypt(key, _own_context(row, user_id))
        self.db.set_own_key(user_id, row["id"], sealed, tail(key))

    def open(self, row: Provider) -> str:
        """The key of a provider, "" for none; raises DecryptionError."""
        return self._box.decrypt(row["sealed_key"], _context(row)) if row["sealed_key"] else ""

    def open_own(self, row: Provider, user_id: int | None, own: OwnKey) -> str:
        """A person's own key from its row; raises DecryptionError."""
        return self._box.decrypt(own["sealed_key"], _own_context(row, user_id or 0))

    def read(self, row: Provider) -> str:
        """The key of a provider, "" for none; raises KeyUnreadable."""
        try:
            return self.open(row)
        except DecryptionError as error:
            raise key_unreadable(row["label"]) from error

    def read_own(self, row: Provider, user_id: int | None) -> str:
        """A person's own key for a provider, "" for none; raises KeyUnreadable."""
        own = self.db.get_own_key(user_id, row["id"]) if user_id is not None else None
        try:
            return self.open_own(row, user_id, own) if own else ""
        except DecryptionError as error:
            raise key_unreadable(row["label"], is_own=True) from error


def _context(row: Provider) -> str:
    return f"provider:{row['id']}:{origin(row['base_url'])}"


def _own_context(row: Provider, user_id: int) -> str:
    return f"own key:{user_id}:{_context(row)}"
