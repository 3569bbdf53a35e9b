"""Links for people without an account: what they show, and how they end."""

from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Browser

PATHS = ("/listen", "/listen/sound", "/listen/state")


@pytest.fixture
def spoken(owner):
    return owner.speak("A lamp was lit. The tide rose.", name="Lighthouse", category="Sea")


@pytest.fixture
def link(owner, spoken):
    """The token of a link to a finished piece."""
    owner.post("/admin/links", {"rule": "yes"})
    return token_of(owner, spoken)


def token_of(browser: Browser, filename: str, days: str = "7") -> str:
    answer = browser.post(f"/files/{filename}/share/links", {"days": days}, json=True)
    assert answer.status_code == 201, answer.text
    return parse_qs(urlsplit(answer.json["link"]).query)["token"][0]


def listed(owner):
    (found,) = owner.get("/library/shared-by-me", json=True).json["links"]
    return found


def statuses(browser, token):
    return [browser.get(f"{path}?token={token}").status_code for path in PATHS]


def test_links_are_off_until_an_admin_allows_them(owner, guest):
    filename = guest.speak()
    answer = guest.post(f"/files/{filename}/share/links", {"days": "7"})
    assert answer.status_code == 403
    assert "turned off on this server" in answer.text
    assert guest.post("/admin/links", {"rule": "yes"}).status_code == 404
    owner.post("/admin/links", {"rule": "yes"})
    assert guest.post(f"/files/{filename}/share/links", {"days": "7"}).status_code == 201


def test_a_stranger_hears_one_piece_and_sees_its_name_and_its_giver(stranger, owner, spoken, link):
    page = stranger.get(f"/listen?token={link}")
    assert page.status_code == 200
    assert "Lighthouse" in page.text
    assert "from vera" in page.text
    for word in ("Sea", "espeak", "/files/", "/library", "download>", "A lamp was lit", spoken):
        assert word not in page.text, word
    sound = stranger.get(f"/listen/sound?token={link}")
    assert sound.data == owner.get(f"/audio/{spoken}").data
    assert stranger.get(f"/files/{spoken}").status_code == 303


def test_the_sound_of_a_link_comes_in_ranges(stranger, link):
    whole = stranger.get(f"/listen/sound?token={link}").data
    part = stranger.get(f"/listen/sound?token={link}", headers={"Range": "bytes=5-9"})
    assert (part.status_code, part.data) == (206, whole[5:10])


def test_a_link_can_be_heard_while_its_piece_is_generated_until_it_is_withdrawn(
    owner, stranger, link
):
    filename = owner.post("/generate", {"text": "Hello there."}, json=True).json["filename"]
    with closing(owner.services.store.write_part(filename, 0)) as part:
        part.write(b"first bytes")
    token = token_of(owner, filename)
    assert stranger.get(f"/listen/state?token={token}").json["status"] == "queued"
    answer = stranger.get(f"/listen/sound?token={token}", buffered=False)
    number = owner.get("/library/shared-by-me", json=True).json["links"][0]["id"]
    owner.post(f"/library/links/{number}/revoke")
    assert b"".join(answer.iter_encoded()) == b"first bytes"


@pytest.mark.parametrize("end", ["revoke", "bin", "disable", "forbid", "expire"])
def test_a_link_that_has_ended_looks_like_one_that_never_was(
    app, owner, stranger, link, spoken, end, monkeypatch
):
    never = stranger.get("/listen?token=never")
    assert never.status_code == 404
    assert "This link does not work" in never.text
    if end == "revoke":
        owner.post(f"/library/links/{listed(owner)['id']}/revoke")
    elif end == "bin":
        owner.post(f"/files/{spoken}/delete")
    elif end == "disable":
        owner.services.db.write("UPDATE users SET is_active = 0")
    elif end == "forbid":
        owner.post("/admin/links", {"rule": "no"})
    else:
        now = owner.services.accounts.now()
        monkeypatch.setattr(owner.services.accounts, "_clock", lambda: now + 7 * 86400 + 1)
    for path in PATHS:
        ended = stranger.get(f"{path}?token={link}")
        assert (ended.status_code, ended.data) == (404, never.data)


def test_a_link_lasts_as_long_as_was_chosen(owner, link, spoken, monkeypatch):
    monkeypatch.setattr(owner.services.accounts, "now", lambda: 2e9)
    ends = []
    for days in ("1", "7", "30", ""):
        token_of(owner, spoken, days)
        ends.append(owner.get("/library/shared-by-me", json=True).json["links"][0]["expires_epoch"])
    assert ends == [2e9 + 86400, 2e9 + 7 * 86400, 2e9 + 30 * 86400, None]


def test_no_link_lasts_for_any_other_time(owner, link, spoken):
    for days in ("2", "-1", "x", "99999999999999999999"):
        answer = owner.post(f"/files/{spoken}/share/links", {"days": days})
        assert answer.status_code == 400, days
    assert len(owner.get("/library/shared-by-me", json=True).json["links"]) == 1


def test_listens_are_counted_from_the_start_of_the_sound(owner, stranger, link):
    assert (listed(owner)["listens"], listed(owner)["last_used_epoch"]) == (0, None)
    stranger.get(f"/listen?token={link}")
    assert listed(owner)["last_used_epoch"] is not None
    for header in ("bytes=0-", "bytes=0-1", "bytes=500-"):
        stranger.get(f"/listen/sound?token={link}", headers={"Range": header})
    assert listed(owner)["listens"] == 1


def test_the_token_is_shown_once_and_stored_as_a_hash(owner, link, spoken):
    assert len(link) >= 43
    assert link not in owner.get(f"/files/{spoken}/share").text
    assert link not in owner.get("/library/shared-by-me").text
    dump = "".join(str(row) for row in owner.services.db.rows("SELECT * FROM share_links"))
    assert link not in dump
    logged = str(owner.services.db.get_security_logs())
    assert link not in logged


def test_other_sites_search_engines_and_caches_do_not_learn_of_a_link(stranger, link):
    for path in PATHS:
        headers = stranger.get(f"{path}?token={link}").headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["Cache-Control"] == "private, no-store"
    assert 'name="robots" content="noindex' in stranger.get(f"/listen?token={link}").text


def test_nobody_revokes_anothers_link(owner, guest, link):
    number = listed(owner)["id"]
    assert guest.post(f"/library/links/{number}/revoke").status_code == 404
    assert listed(owner)["id"] == number


def test_making_and_withdrawing_a_link_stands_in_the_security_log(owner, link):
    owner.post(f"/library/links/{listed(owner)['id']}/revoke")
    assert owner.events()[:3] == ["link_revoked", "link_created", "links_rule"]


def test_strangers_with_links_have_the_limits_of_strangers(make_app, password_hash):
    app = make_app(strangers_per_minute=3)
    answers = [app.test_client().get("/listen?token=x").status_code for _ in range(5)]
    assert answers[0] == 404
    assert answers[-1] == 429
