"""The names that VoiceVerse answers to."""

import pytest

from web import trusted_hosts
from web.trusted_hosts import Hosts, UntrustedHost

ANYWHERE = [
    *("localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000", "192.168.1.7", "LOCALHOST"),
    *("192.168.1.7:5000", "[fd00::7]:5000", "pi", "pi:5000", "pi.local", "pi.lan", "pi.home.arpa"),
    *("pi.internal", "localhost.", "0.0.0.0:5000"),
]
NOWHERE = [
    *("evil.example", "evil.example:5000", "pi.example", "localhost.evil.example", "xpi.local", ""),
    *("127.0.0.1.evil.example", "127.0.0.1@evil.example", "pi.local.evil.example", "a" * 5000),
    *("evil.example/localhost", "[::1].evil.example", "localhost:5000:80", "localhost\0", "."),
]


@pytest.fixture
def at_home(monkeypatch):
    monkeypatch.setattr(trusted_hosts.socket, "gethostname", lambda: "Pi")
    return Hosts((), "0.0.0.0")  # noqa: S104


@pytest.mark.parametrize("host", ANYWHERE)
def test_addresses_and_the_machines_own_names_are_answered_at_home(at_home, host):
    at_home.check(host)


@pytest.mark.parametrize("host", NOWHERE)
def test_a_name_that_anybody_could_own_is_refused_with_the_remedy(at_home, host):
    with pytest.raises(UntrustedHost) as caught:
        at_home.check(host)
    assert caught.value.status == 400
    assert "VOICEVERSE_TRUSTED_HOSTS" in caught.value.message
    assert len(caught.value.message) < 400


def test_the_name_it_listens_on_is_answered():
    Hosts((), "voice.example.org").check("voice.example.org:5000")


@pytest.mark.parametrize("host", ["voice.example.org", "VOICE.example.org:8443", "a.example.net"])
def test_listed_names_are_answered(host):
    Hosts(("voice.example.org", ".example.net"), "127.0.0.1").check(host)


@pytest.mark.parametrize("host", ["localhost:5000", "127.0.0.1", "[::1]"])
def test_the_machine_itself_is_answered_whatever_is_listed(host):
    Hosts(("voice.example.org",), "127.0.0.1").check(host)


@pytest.mark.parametrize(
    "host",
    ["example.net", "xexample.net", "www.voice.example.org", "192.168.1.7", "pi", "pi.local"],
)
def test_nothing_else_is_answered_where_names_are_listed(host):
    with pytest.raises(UntrustedHost):
        Hosts(("voice.example.org", ".example.net"), "192.168.1.7").check(host)


@pytest.mark.parametrize("path", ["/", "/login", "/health", "/static/icon.svg", "/nothing"])
def test_another_sites_name_gets_no_page_no_file_and_no_cookie(owner, path):
    answer = owner.client.get(path, headers={"Host": "rebound.example"})
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert "rebound.example" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_another_sites_name_gets_a_sentence_as_json(owner):
    answer = owner.client.get("/", headers={"Host": "evil.example", "Accept": "application/json"})
    assert answer.status_code == 400
    assert "evil.example" in answer.json["error"]


def test_markup_in_a_name_is_not_repeated(owner):
    answer = owner.client.get("/login", headers={"Host": "<img src=x onerror=alert(1)>"})
    assert answer.status_code == 400
    assert "<img" not in answer.text


@pytest.mark.parametrize(
    ("base", "is_told"),
    [
        ("http://192.168.1.7:5000", True),
        ("http://localhost:5000", False),
        ("http://127.0.0.1", False),
        ("https://192.168.1.7", False),
    ],
)
def test_who_logs_in_without_encryption_is_told(stranger, base, is_told):
    page = stranger.client.get("/login", base_url=base).text
    assert ("This connection is not encrypted" in page) == is_told


def test_the_account_page_tells_it_too(owner):
    with owner.client.session_transaction() as session:
        token = session["login"]
    client, base = owner.client, "http://192.168.1.7"
    with client.session_transaction(base_url=base) as session:
        session["login"] = token
    assert "This connection is not encrypted" in client.get("/account", base_url=base).text
    assert "This connection is not encrypted" not in client.get("/account").text
