"""Servers that speak, added by admins, and the keys that people brought for them."""

from typing import Any

from queries.base import Statements
from storage.errors import NotFound

COLUMNS = (
    "label", "protocol", "base_url", "model", "voices", "price", "parallel", "timeout_s",
    "longest_text", "monthly_limit", "allows_own_keys", "is_enabled",
)  # fmt: skip
GONE = "That provider is not there any more."


class Providers(Statements):
    """Providers in their order. Keys arrive here sealed; nothing here can read them."""

    def create_provider(self, name: str, values: dict[str, Any]) -> dict:
        """Add a provider behind the others; `values` are those of COLUMNS."""
        return self.write_row(
            f"""INSERT INTO providers (name, {", ".join(COLUMNS)}, position)
                VALUES (?, {", ".join("?" * len(COLUMNS))},
                        (SELECT coalesce(max(position), 0) + 1 FROM providers)) RETURNING *""",
            name, *(values[column] for column in COLUMNS),
        )  # fmt: skip

    def update_provider(self, provider_id: int, values: dict[str, Any]) -> dict:
        """Change a provider; `values` are some of COLUMNS. Raises NotFound."""
        named = [column for column in COLUMNS if column in values]
        changes = "".join(f"{column} = ?, " for column in named)
        row = self.write_row(
            f"UPDATE providers SET {changes} version = version + 1 WHERE id = ? RETURNING *",
            *(values[column] for column in named), provider_id,
        )  # fmt: skip
        if row is None:
            raise NotFound(GONE)
        return row

    def set_provider_key(
        self, provider_id: int, sealed_key: str | None, *, tail: str = "", origin: str = ""
    ) -> None:
        """Keep another key, or none; raises NotFound."""
        changed = self.write(
            """UPDATE providers SET sealed_key = ?, key_tail = ?, key_origin = ?,
                   version = version + 1 WHERE id = ?""",
            sealed_key, tail, origin, provider_id,
        ).rowcount  # fmt: skip
        if not changed:
            raise NotFound(GONE)

    def delete_provider(self, provider_id: int) -> None:
        """Remove a provider and every key for it; raises NotFound.

        Sound that it spoke before sound had owners is looked for in nobody's files any more.
        """
        with self.transaction():
            row = self.write_row("DELETE FROM providers WHERE id = ? RETURNING name", provider_id)
            if row is None:
                raise NotFound(GONE)
            self.write("DELETE FROM unsettled_segments WHERE engine = ?", row["name"])

    def order_providers(self, ids: list[int]) -> None:
        """Put the providers into this order."""
        with self.transaction():
            self.write_many(
                "UPDATE providers SET position = ? WHERE id = ?", list(enumerate(ids, 1))
            )

    def list_providers(self) -> list[dict]:
        """All providers in their order, with how many people have a key of their own: own_keys."""
        return self.rows(
            """SELECT *, (SELECT count(*) FROM provider_keys WHERE provider_id = providers.id)
                         AS own_keys
               FROM providers ORDER BY position, id"""
        )

    def list_provider_versions(self) -> list[dict]:
        """What tells whether anything changed: id, version, allows_own_keys of those in use."""
        return self.rows(
            """SELECT id, version, allows_own_keys FROM providers WHERE is_enabled = 1
               ORDER BY position, id"""
        )

    def get_provider(self, provider_id: int) -> dict | None:
        """The provider with that number."""
        return self.row("SELECT * FROM providers WHERE id = ?", provider_id)

    def get_provider_by_name(self, name: str) -> dict | None:
        """The provider whose engine has that name."""
        return self.row("SELECT * FROM providers WHERE name = ?", name)

    def get_engine_cost(self, engine: str, year: int, month: int) -> float:
        """What an engine has cost everybody in a month, in USD."""
        return self.value(
            """SELECT coalesce(sum(cost), 0.0) AS cost
               FROM usage_stats INDEXED BY idx_usage_engine
               WHERE engine = ? AND year = ? AND month = ?""",
            engine, year, month,
        )  # fmt: skip

    # Keys that people bring

    def set_own_key(self, user_id: int, provider_id: int, sealed_key: str, tail: str) -> None:
        """Keep a person's own key for a provider, in the place of an earlier one."""
        self.write(
            """INSERT INTO provider_keys (user_id, provider_id, sealed_key, key_tail)
               VALUES (?, ?, ?, ?) ON CONFLICT (user_id, provider_id)
               DO UPDATE SET sealed_key = excluded.sealed_key, key_tail = excluded.key_tail""",
            user_id, provider_id, sealed_key, tail,
        )  # fmt: skip

    def list_own_keys(self, user_id: int) -> list[dict]:
        """A person's keys: provider_id, sealed_key, key_tail."""
        return self.rows(
            "SELECT provider_id, sealed_key, key_tail FROM provider_keys WHERE user_id = ?", user_id
        )

    def get_own_key(self, user_id: int, provider_id: int) -> dict | None:
        """A person's key for a provider: sealed_key, key_tail."""
        return self.row(
            """SELECT sealed_key, key_tail FROM provider_keys
               WHERE user_id = ? AND provider_id = ?""",
            user_id, provider_id,
        )  # fmt: skip

    def delete_own_key(self, user_id: int, provider_id: int) -> bool:
        """Forget a person's key; False when there was none."""
        return bool(
            self.write(
                "DELETE FROM provider_keys WHERE user_id = ? AND provider_id = ?",
                user_id, provider_id,
            ).rowcount
        )  # fmt: skip

    def delete_own_keys_of(self, provider_id: int) -> int:
        """Forget everybody's own keys for a provider; returns how many."""
        return self.write("DELETE FROM provider_keys WHERE provider_id = ?", provider_id).rowcount
