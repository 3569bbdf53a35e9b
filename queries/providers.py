"""Providers: servers that speak, added by admins, and people's own keys for them."""

from collections.abc import Mapping
from typing import TypedDict

from queries.base import Statements
from storage.errors import NotFound

COLUMNS = (
    "label", "protocol", "base_url", "model", "voices", "price", "parallel", "timeout_s",
    "longest_text", "monthly_limit", "allows_own_keys", "is_enabled",
)  # fmt: skip
GONE = "That provider no longer exists."


class ProviderValues(TypedDict):
    """Settings of a provider; `voices` is JSON, money USD."""

    label: str
    protocol: str
    base_url: str
    model: str
    voices: str
    price: float | None
    parallel: int
    timeout_s: float
    longest_text: int | None
    monthly_limit: float | None
    allows_own_keys: int
    is_enabled: int


class Provider(ProviderValues):
    """A server that speaks; `sealed_key` opens for `key_origin` alone."""

    id: int
    name: str
    position: int
    version: int
    sealed_key: str | None
    key_tail: str
    key_origin: str


class ListedProvider(Provider):
    """A provider, with how many people have a key of their own for it."""

    own_keys: int


class ProviderVersion(TypedDict):
    """Version of a provider, which tells whether anything of it changed."""

    id: int
    version: int
    allows_own_keys: int


class OwnKey(TypedDict):
    """A key that somebody brought for a provider, sealed."""

    sealed_key: str
    key_tail: str


class ListedOwnKey(OwnKey):
    """One of all keys of a person."""

    provider_id: int


class ProviderQueries(Statements):
    """Providers in their order. Keys arrive here sealed; nothing here can read them."""

    def create_provider(self, name: str, values: ProviderValues) -> Provider:
        """Add a provider behind the others; `values` are those of COLUMNS."""
        given: Mapping[str, object] = values
        return self.write_one(
            Provider,
            f"""INSERT INTO providers (name, {", ".join(COLUMNS)}, position)
                VALUES (?, {", ".join("?" * len(COLUMNS))},
                        (SELECT coalesce(max(position), 0) + 1 FROM providers)) RETURNING *""",
            name, *(given[column] for column in COLUMNS),
        )  # fmt: skip

    def update_provider(self, provider_id: int, values: Mapping[str, object]) -> Provider:
        """Change a provider; `values` are some of COLUMNS. Raises NotFound."""
        named = [column for column in COLUMNS if column in values]
        changes = "".join(f"{column} = ?, " for column in named)
        row = self.write_found(
            Provider,
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

    def list_providers(self) -> list[ListedProvider]:
        """All providers in their order, with how many people have a key of their own: own_keys."""
        return self.list_of(
            ListedProvider,
            """SELECT *, (SELECT count(*) FROM provider_keys WHERE provider_id = providers.id)
                         AS own_keys
               FROM providers ORDER BY position, id""",
        )

    def list_provider_versions(self) -> list[ProviderVersion]:
        """Versions of the providers in use: id, version, allows_own_keys."""
        return self.list_of(
            ProviderVersion,
            """SELECT id, version, allows_own_keys FROM providers WHERE is_enabled = 1
               ORDER BY position, id""",
        )

    def get_provider(self, provider_id: int) -> Provider | None:
        """The provider with that number."""
        return self.find(Provider, "SELECT * FROM providers WHERE id = ?", provider_id)

    def get_provider_by_name(self, name: str) -> Provider | None:
        """The provider whose engine has that name."""
        return self.find(Provider, "SELECT * FROM providers WHERE name = ?", name)

    def get_engine_cost(self, engine: str, year: int, month: int) -> float:
        """Cost of an engine for everybody in a month, in USD."""
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

    def list_own_keys(self, user_id: int) -> list[ListedOwnKey]:
        """A person's keys: provider_id, sealed_key, key_tail."""
        return self.list_of(
            ListedOwnKey,
            "SELECT provider_id, sealed_key, key_tail FROM provider_keys WHERE user_id = ?",
            user_id,
        )

    def get_own_key(self, user_id: int, provider_id: int) -> OwnKey | None:
        """A person's key for a provider: sealed_key, key_tail."""
        return self.find(
            OwnKey,
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
