"""Whom a request comes from when proxies stand in front, and when somebody pretends they do."""

import pytest

from common.ip_address import networks
from tests.conftest import Browser
from web.trusted_proxies import TrustedProxies

TRUSTED = networks(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])


def seen(peer, trusted=TRUSTED, **headers):
    """What an app behind the proxies sees: address, scheme, host, what is left of the headers."""
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "inner:5000"}
    environ |= {f"HTTP_{name}": value for name, value in headers.items()}
    found = []

    def app(environ, _):
        left = sorted(name for name in environ if "FORWARD" in name or "REAL" in name)
        names = ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST")
        found.append((*(environ[name] for name in names), left))
        return []

    TrustedProxies(app, trusted)(environ, None)
    return found[0]


@pytest.mark.parametrize("trusted", [(), TRUSTED])
def test_a_stranger_cannot_say_where_it_comes_from(trusted):
    said = {
        "X_FORWARDED_FOR": "192.0.2.1",
        "X_FORWARDED_PROTO": "https",
        "X_FORWARDED_HOST": "voice.example.org",
        "X_FORWARDED_PORT": "443",
        "X_REAL_IP": "192.0.2.1",
        "FORWARDED": "for=192.0.2.1;proto=https",
    }
    assert seen("203.0.113.9", trusted, **said) == ("203.0.113.9", "http", "inner:5000", [])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "192.0.2.66, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "192.0.2.66, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("127.0.0.1", "10.1.2.3, 10.1.2.4", "10.1.2.3"),
        ("127.0.0.1", "203.0.113.9:51234", "203.0.113.9"),
        ("127.0.0.1", "[2001:db8::7]:51234", "2001:db8::7"),
        ("127.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", "192.0.2.66, unknown", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.66, <script>, 10.0.0.1", "10.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.66," * 1000 + "203.0.113.9", "203.0.113.9"),
    ],
)
def test_each_trusted_proxy_names_who_came_to_it_and_nobody_else_does(peer, forwarded, client):
    assert seen(peer, X_FORWARDED_FOR=forwarded)[0] == client


@pytest.mark.parametrize(
    ("forwarded", "scheme", "expected"),
    [
        ("203.0.113.9", "https", "https"),
        ("203.0.113.9", "HTTPS", "https"),
        ("203.0.113.9", "https, http", "http"),  # what came first was the client's own word
        ("203.0.113.9, 10.0.0.1", "https, http", "https"),
        ("203.0.113.9", "javascript", "http"),
        ("203.0.113.9", "", "http"),
    ],
)
def test_the_scheme_is_what_the_outermost_trusted_proxy_says(forwarded, scheme, expected):
    assert seen("127.0.0.1", X_FORWARDED_FOR=forwarded, X_FORWARDED_PROTO=scheme)[1] == expected


def test_the_name_is_what_the_outermost_trusted_proxy_says():
    said = {"X_FORWARDED_FOR": "203.0.113.9", "X_FORWARDED_HOST": "evil.example, voice.example.org"}
    assert seen("127.0.0.1", **said)[2] == "voice.example.org"


def test_the_app_believes_the_proxies_that_are_named_and_logs_who_really_came(make_app):
    app = make_app(trusted_proxies=("127.0.0.1",), trusted_hosts=("voice.example.org",))
    browser = Browser(app)
    headers = {
        "X-Forwarded-For": "198.51.100.1, 203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "voice.example.org",
    }
    form = {"username": "vera", "password": "guess"}
    answer = browser.client.post("/login", data=form, headers=headers)
    assert answer.headers["Set-Cookie"].startswith("__Host-voiceverse=")
    row = browser.services.db.get_security_logs()[0]
    assert (row["event_type"], row["ip_address"]) == ("csrf_refused", "203.0.113.9")
    forged = headers | {"X-Forwarded-Host": "evil.example"}
    assert browser.client.get("/login", headers=forged).status_code == 400


def test_an_app_that_names_no_proxies_believes_none(stranger):
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    answer = stranger.client.post("/login", data={"username": "vera"}, headers=headers)
    assert answer.status_code == 403
    assert stranger.services.db.get_security_logs()[0]["ip_address"] == "127.0.0.1"
    assert "Strict-Transport-Security" not in answer.headers
