"""To whom the app leaves a stored file, and what it does where a proxy cannot read it."""

import os
import stat
from contextlib import closing

import pytest

from config import ConfigError
from tests.conftest import Browser

PROXIED = {"X-Forwarded-For": "192.0.2.1"}


@pytest.fixture
def make_owner(make_app, password_hash):
    """A function: the browser of an account of an app with these settings."""

    def make(**settings):
        app = make_app(**settings)
        user = app.extensions["voiceverse"].db.create_user("vera", password_hash, is_admin=True)
        return Browser(app, user)

    return make


@pytest.fixture
def owner(make_owner):
    return make_owner(x_accel_redirect="on", trusted_proxies=("127.0.0.1",))


def is_left(browser, path, **headers):
    """Whether a proxy that asks is told where the file lies, and nothing more."""
    answer = browser.get(path, headers=PROXIED | headers)
    place = answer.headers.get("X-Accel-Redirect")
    assert place in (None, f"/protected{path}")
    assert bool(place) != bool(answer.data)
    return bool(place)


def test_a_proxy_that_is_named_gets_the_place_and_others_the_sound(owner, make_owner):
    path = f"/audio/{owner.speak()}"
    assert is_left(owner, path)
    assert is_left(owner, path, Range="bytes=0-9")
    stranger = owner.client.get(
        path, headers=PROXIED, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )
    for answer in (owner.get(path), stranger):
        assert answer.data
        assert "X-Accel-Redirect" not in answer.headers


@pytest.mark.parametrize("settings", [{}, {"trusted_proxies": ("127.0.0.1",)}])
def test_nothing_is_left_to_a_proxy_unless_it_is_set(make_owner, settings):
    owner = make_owner(**settings)
    assert not is_left(owner, f"/audio/{owner.speak()}")


def test_a_download_that_is_put_together_and_sound_in_the_making_are_sent_here(owner):
    assert not is_left(owner, f"/download/{owner.speak()}")
    name = owner.post("/generate", {"text": "Hello there."}, json=True).json["filename"]
    with closing(owner.services.store.write_part(name, 0)) as part:
        part.write(b"first bytes")
    answer = owner.get(f"/audio/{name}", headers=PROXIED, buffered=False)
    assert "X-Accel-Redirect" not in answer.headers
    answer.close()


def test_a_file_that_the_group_cannot_be_let_read_is_sent_here(owner, monkeypatch):
    def refuse(*_):
        raise PermissionError

    path = f"/audio/{owner.speak()}"
    monkeypatch.setattr(os, "fchmod", refuse)
    assert not is_left(owner, path)


def test_the_folders_are_opened_to_the_group_alone(owner):
    data = owner.services.config.data_dir
    for folder in (data, data / "audio", data / "exports"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o710
    assert stat.S_IMODE((data / "secret_key").stat().st_mode) == 0o600


def test_folders_that_cannot_be_opened_are_named(make_app, tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("web.accel_redirect.let_group_pass", refuse)
    with pytest.raises(ConfigError, match=r"data cannot be opened to the proxy \(Operation not"):
        make_app(x_accel_redirect="on", trusted_proxies=("127.0.0.1",))


def test_without_a_proxy_the_setting_is_refused(make_app):
    with pytest.raises(ConfigError, match="VOICEVERSE_TRUSTED_PROXIES"):
        make_app(x_accel_redirect="on")
