"""Fixtures that tests of pages and accounts share: an app over a temporary folder, browsers."""

import functools
import io
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import TestResponse

from accounts.accounts import Accounts
from accounts.types import Visitor
from app import VoiceVerse, create_app
from config import Config
from server.worker import Worker
from tests.support.making import Home, with_embedded
from tests.support.standin_openai import StandIn
from web import templating
from web.i18n import language
from web.services import Services

PASSWORD = "linden copper harbour moth"

# How long examples take to make and to try says how busy the machine is, not what is wrong.
settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy machine")


class CompiledTemplates(BytecodeCache):
    """Compiled templates in memory, those of each language."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return super().get_cache_key(f"{language()}/{name}", filename)

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._code.get(bucket.key):
            bucket.load_bytecode(io.BytesIO(code))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


# What is the same for all apps of a test process is made once.
VoiceVerse.jinja_options = {"bytecode_cache": CompiledTemplates()}
templating.gather = functools.cache(templating.gather)


class Browser:
    """A test client that reads the CSRF token from pages, as a form does."""

    def __init__(self, app: Flask, user: dict[str, Any] | None = None) -> None:
        self.client = app.test_client()
        self.services: Services = app.extensions["voiceverse"]
        self.user = user
        if user:
            token = self.services.accounts.open_session(user, Visitor("127.0.0.1")).token
            with self.client.session_transaction() as session:
                session["login"] = token

    def get(self, path: str, *, json: bool = False, **options: Any) -> TestResponse:
        return self._send("GET", path, json, options)

    def post(
        self, path: str, data: Any = None, *, json: bool = False, csrf: str | None = None
    ) -> TestResponse:
        token = self.csrf_token() if csrf is None else csrf
        return self._send("POST", path, json, {"data": {"csrf_token": token, **(data or {})}})

    def csrf_token(self) -> str:
        page = self.client.get("/account" if self.user else "/login").text
        return re.search(r'name="csrf-token" content="(\w+)"', page).group(1)

    def speak(self, text: str = "It was late. The lamp was lit.", **fields: str) -> str:
        """Submit a text and speak it to the end; returns the filename."""
        answer = self.post("/generate", {"text": text, **fields}, json=True)
        assert answer.status_code == 202, answer.text
        Worker(self.services.studio).run_pending()
        return answer.json["filename"]

    def events(self) -> list[str]:
        """The kinds of events in the security log, the latest first."""
        return [row["event_type"] for row in self.services.db.get_security_logs()]

    def _send(self, method: str, path: str, json: bool, options: dict) -> TestResponse:
        headers = {
            "Accept": "application/json" if json else "text/html",
            **options.pop("headers", {}),
        }
        options.setdefault("buffered", True)
        return self.client.open(path, method=method, headers=headers, **options)


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of PASSWORD, made once because it takes a while."""
    from accounts.passwords import Passwords

    return Passwords().hash(PASSWORD)


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """A function that makes an app; its settings are those of Config."""
    apps = []

    def make(**settings: Any) -> Flask:
        settings = with_embedded({"data_dir": tmp_path / "data", "min_free_mb": 0, **settings})
        app = create_app(Config(**settings))
        app.testing = True
        apps.append(app)
        return app

    yield make
    for app in apps:
        services = app.extensions["voiceverse"]
        services.registry.close()
        services.db.close()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def services(app: Flask) -> Services:
    return app.extensions["voiceverse"]


@pytest.fixture
def accounts(services: Services) -> Accounts:
    return services.accounts


@pytest.fixture
def owner(app: Flask, services: Services, password_hash: str) -> Browser:
    """The browser of the first account, an admin."""
    return Browser(app, services.db.create_user("vera", password_hash, is_admin=True))


@pytest.fixture
def guest(app: Flask, services: Services, owner: Browser, password_hash: str) -> Browser:
    """The browser of another account, no admin."""
    return Browser(app, services.db.create_user("otto", password_hash))


@pytest.fixture
def stranger(app: Flask, owner: Browser) -> Browser:
    """A browser of nobody, where an account exists."""
    return Browser(app)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A studio of one person without any web, on the embedded voice."""
    with closing(Home(tmp_path)) as home:
        yield home


@pytest.fixture
def provider() -> Iterator[StandIn]:
    """A provider that speaks quickly."""
    with StandIn() as server:
        server.seconds_per_character = 0.02
        yield server


@pytest.fixture
def paying(tmp_path: Path, provider: StandIn) -> Iterator[Home]:
    """The same studio on the provider's voices, which cost something."""
    settings = {
        "openai_base_url": provider.base_url,
        "openai_api_key": "sk-test",
        "openai_price": 15.0,
        "openai_timeout_s": 2.0,
    }
    with closing(Home(tmp_path, **settings)) as home:
        yield home
