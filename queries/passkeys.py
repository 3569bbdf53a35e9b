"""Passkeys, and the questions that they answered."""

from collections.abc import Mapping
from typing import TypedDict, Unpack

from queries.base import Statements

COLUMNS = (
    "user_id", "credential_id", "user_handle", "rp_id", "public_key", "sign_count", "transports",
    "name",
)  # fmt: skip


class NewPasskey(TypedDict):
    """The public half of a key that lets its owner in, as it is entered."""

    user_id: int
    credential_id: str
    user_handle: str
    rp_id: str
    public_key: bytes
    sign_count: int
    transports: str
    name: str


class Passkey(NewPasskey):
    """A passkey that is known."""

    id: int
    created_at: str
    last_used_epoch: float | None


class PasskeyQueries(Statements):
    """The public halves of the keys that let people in."""

    def add_passkey(self, **values: Unpack[NewPasskey]) -> int | None:
        """Keep a passkey, all COLUMNS of it; its number, or None when it is known already."""
        given: Mapping[str, object] = values
        row = self.write_row(
            f"""INSERT INTO passkeys ({", ".join(COLUMNS)})
                VALUES ({", ".join("?" * len(COLUMNS))})
                ON CONFLICT (credential_id) DO NOTHING RETURNING id""",
            *(given[column] for column in COLUMNS),
        )
        return row["id"] if row else None

    def list_passkeys(self, user_id: int, rp_id: str | None = None) -> list[Passkey]:
        """The account's passkeys, the oldest first; those of one site if it is named."""
        where, values = ("AND rp_id = ?", (rp_id,)) if rp_id is not None else ("", ())
        return self.list_of(
            Passkey,
            f"SELECT * FROM passkeys WHERE user_id = ? {where} ORDER BY id",
            user_id,
            *values,
        )

    def get_passkey(self, credential_id: str) -> Passkey | None:
        """The passkey of that identifier, whoever owns it."""
        return self.find(Passkey, "SELECT * FROM passkeys WHERE credential_id = ?", credential_id)

    def use_passkey(self, passkey_id: int, sign_count: int, now: float) -> bool:
        """Note a use; False when the key's own counter has not grown, as with a copy of it."""
        return bool(
            self.write(
                """UPDATE passkeys SET sign_count = ?, last_used_epoch = ?
                   WHERE id = ? AND (sign_count < ? OR (sign_count = 0 AND ? = 0))""",
                sign_count, now, passkey_id, sign_count, sign_count,
            ).rowcount
        )  # fmt: skip

    def rename_passkey(self, user_id: int, passkey_id: int, name: str) -> bool:
        """Give one of the account's passkeys another name; False when it has no such."""
        return bool(
            self.write(
                "UPDATE passkeys SET name = ? WHERE id = ? AND user_id = ?",
                name, passkey_id, user_id,
            ).rowcount
        )  # fmt: skip

    def delete_passkey(self, user_id: int, passkey_id: int) -> bool:
        """Forget one of the account's passkeys; False when it has no such."""
        return bool(
            self.write(
                "DELETE FROM passkeys WHERE id = ? AND user_id = ?", passkey_id, user_id
            ).rowcount
        )

    def delete_passkeys(self, user_id: int) -> int:
        """Forget all of the account's passkeys; returns how many."""
        return self.write("DELETE FROM passkeys WHERE user_id = ?", user_id).rowcount

    def use_challenge(self, challenge_hash: str, *, expires: float, now: float) -> bool:
        """Use a question up; False when it was answered before. Forgets those that expired."""
        with self.transaction():
            self.write("DELETE FROM used_challenges WHERE expires_epoch <= ?", now)
            return bool(
                self.write(
                    """INSERT INTO used_challenges (challenge_hash, expires_epoch)
                       VALUES (?, ?) ON CONFLICT (challenge_hash) DO NOTHING""",
                    challenge_hash, expires,
                ).rowcount
            )  # fmt: skip
