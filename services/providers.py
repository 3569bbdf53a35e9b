"""Providers: servers that speak, added by admins, as engines; their keys, and people's own."""

import hashlib
import re
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from accounts.encryption import DecryptionError, SecretBox
from common.errors import Sentence
from config import Config
from database import Database
from queries.providers import GONE
from services.provider_settings import ProviderError, Settings, checked, checked_key, tail
from speech.audio.encoding import Mp3Stream
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


class ProviderStopped(SpeechError):
    """Nothing may be bought from a provider now, though others may speak."""

    status = 409
    is_voice_gone = True


class ProviderOff(ProviderStopped):
    """An admin switched the provider off, or removed it."""


class ProviderChanged(ProviderStopped):
    """The provider's server or key was changed while it was in use."""

    retryable = True


class LimitReached(ProviderStopped):
    """The provider has cost as much as it may in a month."""


class OwnKeyNeeded(ProviderStopped):
    """The provider speaks on people's own keys alone, and this person has brought none."""


class KeyUnreadable(ProviderStopped):
    """The key of a provider cannot be opened."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A sentence that a provider spoke: its sound as MP3, and how long it took, in seconds."""

    text: str
    voice: str
    mp3: bytes
    duration_s: float
    first_sound_s: float
    total_s: float
    cost_usd: float | None

    def digest(self) -> str:
        """What tells its sound from any other: 64 hexadecimal digits."""
        return hashlib.sha256(self.mp3).hexdigest()


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
        self._box = box or SecretBox(config.data_dir / "provider_key")
        self._guard = threading.Lock()
        # By provider and person (None: everybody), with what it was made from.
        self._made: dict[tuple[int, int | None], tuple[tuple, Provided]] = {}

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
        """Why a provider that is there cannot speak: it is switched off."""
        row = self.db.get_provider_by_name(name)
        return _off(row["label"]) if row and not row["is_enabled"] else None

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
        self, present: dict[str, Any], user_id: int | None, own: dict[str, Any] | None
    ) -> Provided | None:
        """The engine of a provider, as it was made before or anew; None if it is gone meanwhile."""
        is_own = bool(own and present["allows_own_keys"])
        place = (present["id"], user_id if is_own else None)
        stamp = (present["version"], own["sealed_key"] if is_own else None)
        kept = self._made.get(place)
        if kept and kept[0] == stamp:
            return kept[1]
        row = self.db.get_provider(present["id"])
        if row is None:
            return None
        engine = self._make(row, user_id if is_own else None, own if is_own else None)
        if kept:
            kept[1].retire()
        self._made[place] = (stamp, engine)
        self._forget_most_own()
        return engine

    def _forget_most_own(self) -> None:
        others = [place for place in self._made if place[1] is not None]
        for place in others[:-MOST_OWN]:
            self._made.pop(place)[1].retire()

    def _make(
        self, row: dict[str, Any], user_id: int | None = None, own: dict[str, Any] | None = None
    ) -> Provided:
        """An engine from its row; one whose key does not open is there, and refuses to buy."""
        fault: Callable[[], SpeechError] | None = None
        key = ""
        try:
            key = self._open_own(row, user_id, own) if own else self._open(row)
        except DecryptionError:
            fault = partial(_unreadable, row["label"], is_own=bool(own))
        if not own and row["allows_own_keys"] and not row["sealed_key"]:
            fault = partial(_own_key_needed, row["label"])
        held = (*_server(row), own["sealed_key"] if own else row["sealed_key"])
        return _engine_of(
            row["name"],
            Settings.of(row),
            key,
            partial(self._admit, row["id"], row["label"], user_id if own else None, held, fault),
            is_own=bool(own),
        )

    def _admit(
        self,
        provider_id: int,
        label: str,
        user_id: int | None,
        held: tuple,
        fault: Callable[[], SpeechError] | None,
    ) -> None:
        """Raise why nothing may be bought now; asked before each purchase."""
        if fault:
            raise fault()
        row = self.db.get_provider(provider_id)
        if row is None or not row["is_enabled"]:
            raise _off(label)
        key = row["sealed_key"]
        if user_id is not None:
            own = self.db.get_own_key(user_id, provider_id)
            key = own["sealed_key"] if own and row["allows_own_keys"] else None
        if (*_server(row), key) != held:
            raise ProviderChanged(
                Sentence(
                    "The server or the key of {label} was changed meanwhile. What was spoken is "
                    "kept; try again.",
                    label=label,
                )
            )
        # What people pay themselves is not held to what the house wants to spend.
        if user_id is None and row["monthly_limit"]:
            self._check_limit(row)
        refuse_forbidden(row["base_url"])

    def _check_limit(self, row: dict[str, Any]) -> None:
        if self.spent(row) >= row["monthly_limit"]:
            raise LimitReached(
                Sentence(
                    "{label} has cost its limit of {limit} USD this month, and is asked again in "
                    "the next one. What was spoken is kept; another voice can go on.",
                    label=row["label"],
                    limit=f"{row['monthly_limit']:g}",
                )
            )

    def spent(self, row: dict[str, Any]) -> float:
        """What a provider has cost everybody in this month, in USD."""
        now = self._now()
        return self.db.get_engine_cost(row["name"], now.year, now.month)

    # Keeping

    def get(self, provider_id: int) -> dict[str, Any]:
        """The row of a provider; raises NotFound."""
        row = self.db.get_provider(provider_id)
        if row is None:
            raise NotFound(GONE)
        return row

    def named(self, name: str) -> dict[str, Any]:
        """The row of the provider of that name; raises NotFound."""
        row = self.db.get_provider_by_name(name)
        if row is None:
            raise NotFound(Sentence("There is no provider named {name}.", name=name[:80]))
        return row

    def add(
        self, name: str, settings: Settings, key: str = "", *, taken: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """Add a provider; `taken` are names of other engines. Raises ProviderError, BadAddress.

        Without a name, it gets one made from its label.
        """
        settings, key = checked(settings), checked_key(key)
        name = name.strip() or _name_from(settings.label)
        if not NAME.fullmatch(name):
            raise ProviderError(
                "name", "Use up to 40 small letters, digits and hyphens, such as kokoro."
            )
        with self.db.transaction():
            if name in taken or self.db.get_provider_by_name(name):
                raise ProviderError(
                    "name", Sentence("The name {name} is taken; choose another one.", name=name)
                )
            row = self.db.create_provider(name, settings.row())
            if key:
                self._keep_key(row, key)
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
                self._keep_key(row, key)
        return had_keys

    def switch(self, provider_id: int, is_enabled: bool) -> dict[str, Any]:
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
        key = self._readable_key(row) or self._readable_own(row, user_id)
        engine = _engine_of(row["name"], Settings.of(row), key)
        try:
            refuse_forbidden(row["base_url"])
            found = engine.voice(voice or engine.default_voice)
            request = SpeechRequest(text or sample(found.language, found.name), found.identifier)
            return _tried(engine, request)
        finally:
            engine.close()

    def read_voices(self, provider_id: int) -> int:
        """Take over the voices that the server lists; returns how many. Raises SpeechError."""
        row = self.get(provider_id)
        timeout_s = min(LISTING_S, row["timeout_s"])
        found = read_voices(row["base_url"], self._readable_key(row), row["model"], timeout_s)
        self.db.update_provider(
            provider_id, {"voices": replace(Settings.of(row), voices=tuple(found)).row()["voices"]}
        )
        return len(found)

    def read_models(self, provider_id: int) -> list[str]:
        """The models that the server lists. Raises SpeechError."""
        row = self.get(provider_id)
        timeout_s = min(LISTING_S, row["timeout_s"])
        return read_models(row["base_url"], self._readable_key(row), timeout_s)

    # Keys

    def set_own_key(self, user_id: int, provider_id: int, key: str) -> dict[str, Any]:
        """Keep a person's own key; returns the provider's row. Raises ProviderError, NotFound."""
        with self.db.transaction():
            row = self.get(provider_id)
            if not (row["allows_own_keys"] and row["is_enabled"]):
                raise NotFound(GONE)
            key = checked_key(key)
            if not key:
                raise ProviderError("own_key", "There is no key in the field. Paste yours there.")
            sealed = self._box.encrypt(key, _own_context(row, user_id))
            self.db.set_own_key(user_id, provider_id, sealed, tail(key))
        return row

    def drop_own_key(self, user_id: int, provider_id: int) -> bool:
        """Forget a person's own key; False when there was none."""
        return self.db.delete_own_key(user_id, provider_id)

    def open_to(self, user_id: int) -> list[dict[str, Any]]:
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

    def _keep_key(self, row: dict[str, Any], key: str) -> None:
        sealed = self._box.encrypt(key, _context(row))
        place = origin(row["base_url"])
        self.db.set_provider_key(row["id"], sealed, tail=tail(key), origin=place)

    def _open(self, row: dict[str, Any]) -> str:
        return self._box.decrypt(row["sealed_key"], _context(row)) if row["sealed_key"] else ""

    def _readable_own(self, row: dict[str, Any], user_id: int | None) -> str:
        own = self.db.get_own_key(user_id, row["id"]) if user_id is not None else None
        try:
            return self._open_own(row, user_id, own) if own else ""
        except DecryptionError as error:
            raise _unreadable(row["label"], is_own=True) from error

    def _open_own(self, row: dict[str, Any], user_id: int | None, own: dict[str, Any]) -> str:
        return self._box.decrypt(own["sealed_key"], _own_context(row, user_id or 0))

    def _readable_key(self, row: dict[str, Any]) -> str:
        try:
            return self._open(row)
        except DecryptionError as error:
            raise _unreadable(row["label"]) from error


def _name_from(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.casefold()).strip("-")[:40].rstrip("-")


def _engine_of(
    name: str,
    settings: Settings,
    key: str,
    admission: Callable[[], None] = lambda: None,
    *,
    is_own: bool = False,
) -> Provided:
    return PROTOCOLS[settings.protocol](
        admission=admission,
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


def _tried(engine: Engine, request: SpeechRequest) -> Trial:
    began, first_s = time.monotonic(), None
    stream, frames = Mp3Stream(engine.sample_rate), []
    with closing(engine.speak(request)) as chunks:
        for chunk in chunks:
            first_s = first_s if first_s is not None else time.monotonic() - began
            frames.append(stream.feed(chunk.pcm))
    total_s = time.monotonic() - began
    frames.append(stream.finish())
    sound = b"".join(frames)
    duration_s = stream.position / engine.sample_rate
    return Trial(
        request.text,
        request.voice,
        stream.final_header(len(sound)) + sound,
        duration_s,
        first_s or total_s,
        total_s,
        engine.price().quote(len(request.text), duration_s),
    )


def _server(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["protocol"], row["base_url"], row["model"]


def _context(row: dict[str, Any]) -> str:
    return f"provider:{row['id']}:{origin(row['base_url'])}"


def _own_context(row: dict[str, Any], user_id: int) -> str:
    return f"own key:{user_id}:{_context(row)}"


def _off(label: str) -> SpeechError:
    return ProviderOff(
        Sentence(
            "{label} is switched off, or was removed. What was spoken is kept; another voice can "
            "go on.",
            label=label,
        )
    )


def _own_key_needed(label: str) -> SpeechError:
    return OwnKeyNeeded(
        Sentence(
            "{label} speaks on a key of your own. Enter it on the page of your account, then try "
            "again.",
            label=label,
        )
    )


def _unreadable(label: str, *, is_own: bool = False) -> SpeechError:
    if is_own:
        return KeyUnreadable(
            Sentence(
                "Your key for {label} cannot be read any more. Enter it again on the page of your "
                "account.",
                label=label,
            )
        )
    return KeyUnreadable(
        Sentence(
            "The key for {label} cannot be read any more. Whoever looks after VoiceVerse can enter "
            "it again on the page of providers.",
            label=label,
        )
    )
