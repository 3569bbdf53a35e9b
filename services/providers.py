"""Providers: servers that speak, added by admins, as engines; their keys, and people's own."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypedDict

from accounts.encryption import DecryptionError, SecretBox
from common.errors import Message
from config import Config
from database import Database
from queries.providers import GONE, OwnKey, Provider, ProviderVersion
from services.provider_errors import (
    LimitReached,
    ProviderChanged,
    key_unreadable,
    own_key_needed,
    provider_off,
)
from services.provider_keys import ProviderKeys
from services.provider_settings import ProviderError, Settings, checked, checked_key
from services.provider_trials import Trial, try_engine
from speech.engine import Engine
from speech.engines.pinned_http import origin, refuse_forbidden
from speech.engines.provider_engine import PROTOCOLS, Provided
from speech.engines.voice_discovery import read_models, read_voices
from speech.errors import SpeechError
from speech.preview_sentences import sample
from speech.types import SpeechRequest
from storage.errors import NotFound

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LISTING_S = 15.0
MOST_OWN = 64  # engines of people's own keys that are kept ready


class OpenProvider(TypedDict):
    """A provider that a person may bring a key for; `tail` is the end of theirs."""

    id: int
    label: str
    host: str
    has_key: bool
    tail: str
    is_needed: bool


class Providers:
    """Keeps providers and makes their engines. One object serves all threads of a process.

    An engine lasts until its provider changes, in whichever process that is done.
    """

    def __init__(
        self,
        config: Config,
        db: Database,
        box: SecretBox | None = None,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self.db, self._now = db, now
        # A file of its own: a copy of the database holds no key that opens.
        self._keys = ProviderKeys(db, box or SecretBox(config.data_dir / "provider_key"))
        self._guard = threading.Lock()
        # By provider and person (None: everybody), with what it was made from.
        self._made: dict[tuple[int, int | None], tuple[tuple[int, str | None], Provided]] = {}

    # Engines

    def engines_for(self, user_id: int | None = None) -> tuple[Engine, ...]:
        """The engines in use, in order; those of a person speak on the person's own keys."""
        present = self.db.list_provider_versions()
        own = {}
        if user_id is not None and any(row["allows_own_keys"] for row in present):
            own = {row["provider_id"]: row for row in self.db.list_own_keys(user_id)}
        with self._guard:
            self._retire_others({row["id"]: row["version"] for row in present})
            found = (self._engine(row, user_id, own.get(row["id"])) for row in present)
            return tuple(engine for engine in found if engine)

    def why_not(self, name: str) -> SpeechError | None:
        """The error of a known provider that is switched off; None for any other."""
        row = self.db.get_provider_by_name(name)
        return provider_off(row["label"]) if row and not row["is_enabled"] else None

    def close(self) -> None:
        """Close every engine that nobody speaks through."""
        with self._guard:
            self._retire_others({})

    def _retire_others(self, versions: dict[int, int]) -> None:
        for place, (stamp, engine) in list(self._made.items()):
            if versions.get(place[0]) != stamp[0]:
                del self._made[place]
                engine.retire()

    def _engine(
        self, present: ProviderVersion, user_id: int | None, own: OwnKey | None
    ) -> Provided | None:
        """The engine of a provider, as it was made before or anew; None if it is gone meanwhile."""
        own = own if present["allows_own_keys"] else None
        is_own = own is not None
        place = (present["id"], user_id if is_own else None)
        stamp = (present["version"], own["sealed_key"] if own else None)
        made = self._made.get(place)
        if made and made[0] == stamp:
            return made[1]
        row = self.db.get_provider(present["id"])
        if row is None:
            return None
        engine = self._make(row, user_id if is_own else None, own)
        if made:
            made[1].retire()
        self._made[place] = (stamp, engine)
        self._forget_most_own()
        return engine

    def _forget_most_own(self) -> None:
        others = [place for place in self._made if place[1] is not None]
        for place in others[:-MOST_OWN]:
            self._made.pop(place)[1].retire()

    def _make(
        self, row: Provider, user_id: int | None = None, own: OwnKey | None = None
    ) -> Provided:
        """An engine from its row; one whose key does not open is there, and refuses to buy."""
        fault: Callable[[], SpeechError] | None = None
        key = ""
        try:
            key = self._keys.open_own(row, user_id, own) if own else self._keys.open(row)
        except DecryptionError:
            fault = partial(key_unreadable, row["label"], is_own=bool(own))
        if not own and row["allows_own_keys"] and not row["sealed_key"]:
            fault = partial(own_key_needed, row["label"])
        held = (*_server(row), own["sealed_key"] if own else row["sealed_key"])
        return _engine_of(
            row["name"],
            Settings.of(row),
            key,
            partial(
                self._check_budget, row["id"], row["label"], user_id if own else None, held, fault
            ),
            is_own=bool(own),
        )

    def _check_budget(
        self,
        provider_id: int,
        label: str,
        user_id: int | None,
        held: tuple[str | None, ...],
        fault: Callable[[], SpeechError] | None,
    ) -> None:
        """Raise why nothing may be bought now; asked before each purchase."""
        if fault:
            raise fault()
        row = self.db.get_provider(provider_id)
        if row is None or not row["is_enabled"]:
            raise provider_off(label)
        key = row["sealed_key"]
        if user_id is not None:
            own = self.db.get_own_key(user_id, provider_id)
            key = own["sealed_key"] if own and row["allows_own_keys"] else None
        if (*_server(row), key) != held:
            raise ProviderChanged(
                Message(
                    "The server or the key of {label} was changed meanwhile. The audio "
                    "generated so far is kept; try again.",
                    label=label,
                )
            )
        # What people pay themselves is not held to what the house wants to spend.
        if user_id is None and row["monthly_limit"]:
            self._check_limit(row, row["monthly_limit"])
        refuse_forbidden(row["base_url"])

    def _check_limit(self, row: Provider, limit: float) -> None:
        if self.spent(row) >= limit:
            raise LimitReached(
                Message(
                    "{label} has reached its limit of {limit} USD this month and pauses "
                    "until next month. The audio generated so far is kept; you can "
                    "continue with another voice.",
                    label=row["label"],
                    limit=f"{limit:g}",
                )
            )

    def spent(self, row: Provider) -> float:
        """The cost of a provider for everybody in this month, in USD."""
        now = self._now()
        return self.db.get_engine_cost(row["name"], now.year, now.month)

    # Storing

    def get(self, provider_id: int) -> Provider:
        """The row of a provider; raises NotFound."""
        row = self.db.get_provider(provider_id)
        if row is None:
            raise NotFound(GONE)
        return row

    def named(self, name: str) -> Provider:
        """The row of the provider of that name; raises NotFound."""
        row = self.db.get_provider_by_name(name)
        if row is None:
            raise NotFound(Message("There is no provider named {name}.", name=name[:80]))
        return row

    def add(
        self, name: str, settings: Settings, key: str = "", *, taken: frozenset[str] = frozenset()
    ) -> Provider:
        """Add a provider; `taken` are names of other engines. Raises ProviderError, BadAddress.

        Without a name, it gets one made from its label.
        """
        settings, key = checked(settings), checked_key(key)
        name = name.strip() or _name_from(settings.label)
        if not NAME.fullmatch(name):
            raise ProviderError(
                "name", "Use up to 40 lower-case letters, digits and hyphens, such as kokoro."
            )
        with self.db.transaction():
            if name in taken or self.db.get_provider_by_name(name):
                raise ProviderError(
                    "name", Message("The name {name} is taken. Choose another one.", name=name)
                )
            row = self.db.create_provider(name, settings.row())
            if key:
                self._keys.save_key(row, key)
            return self.get(row["id"])

    def change(self, provider_id: int, settings: Settings, key: str = "") -> bool:
        """Change a provider, all but its name; without `key` the one that is there stays.

        Returns whether keys had to go because the server is another one now: a key belongs to the
        scheme, host and port that it was given for. Raises NotFound, ProviderError, BadAddress.
        """
        settings, key = checked(settings), checked_key(key)
        with self.db.transaction():
            row = self.get(provider_id)
            is_other = origin(settings.base_url) != origin(row["base_url"])
            had_keys = is_other and bool(row["sealed_key"])
            if is_other:
                self.db.set_provider_key(provider_id, None)
                had_keys = bool(self.db.delete_own_keys_of(provider_id)) or had_keys
            row = self.db.update_provider(provider_id, settings.row())
            if key:
                self._keys.save_key(row, key)
        return had_keys

    def switch(self, provider_id: int, is_enabled: bool) -> Provider:
        """Switch a provider on or off; returns its row. Raises NotFound."""
        return self.db.update_provider(provider_id, {"is_enabled": int(is_enabled)})

    def drop_key(self, provider_id: int) -> None:
        """Forget the key of a provider; people's own stay. Raises NotFound."""
        self.db.set_provider_key(provider_id, None)

    def remove(self, provider_id: int) -> None:
        """Remove a provider with every key for it; files keep their sound. Raises NotFound."""
        self.db.delete_provider(provider_id)

    def move(self, provider_id: int, by: int) -> None:
        """Move a provider up (-1) or down (1) among the others. Raises NotFound."""
        with self.db.transaction():
            self.get(provider_id)
            ids = [row["id"] for row in self.db.list_providers()]
            place = ids.index(provider_id)
            ids.insert(max(0, place + by), ids.pop(place))
            self.db.order_providers(ids)

    # Asking the server

    def try_out(
        self, provider_id: int, text: str = "", voice: str = "", user_id: int | None = None
    ) -> Trial:
        """Have a provider speak a short sentence; raises SpeechError with what went wrong."""
        row = self.get(provider_id)
        key = self._keys.read(row) or self._keys.read_own(row, user_id)
        engine = _engine_of(row["name"], Settings.of(row), key)
        try:
            refuse_forbidden(row["base_url"])
            found = engine.voice(voice or engine.default_voice)
            request = SpeechRequest(text or sample(found.language, found.name), found.identifier)
            return try_engine(engine, request)
        finally:
            engine.close()

    def read_voices(self, provider_id: int) -> int:
        """Take over the voices that the server lists; returns how many. Raises SpeechError."""
        row = self.get(provider_id)
        timeout_s = min(LISTING_S, row["timeout_s"])
        found = read_voices(row["base_url"], self._keys.read(row), row["model"], timeout_s)
        self.db.update_provider(
            provider_id, {"voices": replace(Settings.of(row), voices=tuple(found)).row()["voices"]}
        )
        return len(found)

    def read_models(self, provider_id: int) -> list[str]:
        """The models that the server lists. Raises SpeechError."""
        row = self.get(provider_id)
        timeout_s = min(LISTING_S, row["timeout_s"])
        return read_models(row["base_url"], self._keys.read(row), timeout_s)

    # Keys

    def set_own_key(self, user_id: int, provider_id: int, key: str) -> Provider:
        """Keep a person's own key; returns the provider's row. Raises ProviderError, NotFound."""
        with self.db.transaction():
            row = self.get(provider_id)
            if not (row["allows_own_keys"] and row["is_enabled"]):
                raise NotFound(GONE)
            key = checked_key(key)
            if not key:
                raise ProviderError("own_key", "There is no key in the field. Paste yours there.")
            self._keys.save_own_key(row, user_id, key)
        return row

    def drop_own_key(self, user_id: int, provider_id: int) -> bool:
        """Forget a person's own key; False when there was none."""
        return self.db.delete_own_key(user_id, provider_id)

    def open_to(self, user_id: int) -> list[OpenProvider]:
        """The providers that a person may bring a key for: id, label, host, tail, is_needed."""
        tails = {row["provider_id"]: row["key_tail"] for row in self.db.list_own_keys(user_id)}
        return [
            {
                "id": row["id"],
                "label": row["label"],
                "host": row["base_url"].partition("://")[2].partition("/")[0],
                "has_key": row["id"] in tails,
                "tail": tails.get(row["id"], ""),
                "is_needed": not row["sealed_key"],
            }
            for row in self.db.list_providers()
            if row["allows_own_keys"] and row["is_enabled"]
        ]


def _name_from(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.casefold()).strip("-")[:40].rstrip("-")


def _server(row: Provider) -> tuple[str, str, str]:
    return row["protocol"], row["base_url"], row["model"]


def _engine_of(
    name: str,
    settings: Settings,
    key: str,
    budget_check: Callable[[], None] = lambda: None,
    *,
    is_own: bool = False,
) -> Provided:
    return PROTOCOLS[settings.protocol](
        budget_check=budget_check,
        is_own=is_own,
        api_key=key,
        base_url=settings.base_url,
        model=settings.model,
        voices=[list(voice) for voice in settings.voices],
        usd_per_million_characters=settings.price,
        parallel=settings.parallel,
        timeout_s=settings.timeout_s,
        longest_text=settings.longest_text,
        name=name,
        label=settings.label,
    )
