"""Sharing with people here: what a listener may and may not, and how it begins and ends."""

from contextlib import closing

import pytest

from tests.conftest import Browser

# Every route of a piece: what a listener gets, given as method, address and status.
MAY = [
    ("GET", "/files/{}", 200),
    ("GET", "/files/{}/text", 200),
    ("GET", "/files/{}/segments", 200),
    ("GET", "/captions/{}.vtt", 200),
    ("GET", "/captions/{}.srt", 200),
    ("GET", "/audio/{}", 200),
    ("GET", "/playback/{}", 200),
    ("POST", "/playback/{}", 201),
    ("GET", "/covers/{}", 200),
    ("GET", "/artwork/{}", 200),
    ("GET", "/files/{}/parts/1", 200),
    ("GET", "/files/{}/find?q=tide", 200),
    ("GET", "/files/{}/sentence?at=0", 200),
    ("GET", "/files/{}/bookmarks", 200),
    ("POST", "/files/{}/finish", 303),
    ("POST", "/files/{}/unheard", 303),
]
MAY_NOT = [
    ("GET", "/download/{}"),
    ("GET", "/?again={}"),
    ("GET", "/files/{}/exports"),
    ("POST", "/files/{}/exports"),
    ("GET", "/files/{}/share"),
    ("POST", "/files/{}/share"),
    ("POST", "/files/{}/share/links"),
    ("POST", "/files/{}/rename"),
    ("POST", "/files/{}/move"),
    ("POST", "/files/{}/retry"),
    ("POST", "/files/{}/cancel"),
    ("POST", "/files/{}/pause"),
    ("POST", "/files/{}/next"),
    ("POST", "/files/{}/delete"),
    ("GET", "/files/{}/retake"),
    ("POST", "/files/{}/retake"),
    ("POST", "/files/{}/retake/resume"),
    ("POST", "/files/{}/retake/dismiss"),
    ("POST", "/files/{}/voice"),
    ("POST", "/files/{}/leave-out"),
    ("POST", "/files/{}/again"),
    ("POST", "/files/{}/pronunciations/1"),
    ("POST", "/files/{}/takes/1"),
    ("GET", "/files/{}/takes/1.mp3"),
]
# Each person's own in a piece: what else a listener may.
THEIR_OWN = ["/files/{}/bookmarks"]


@pytest.fixture
def ben(app, services, owner, password_hash):
    """The browser of a third account."""
    return Browser(app, services.db.create_user("ben", password_hash))


@pytest.fixture
def spoken(owner):
    return owner.speak("A lamp was lit. The tide rose.", name="Lighthouse", category="Sea")


@pytest.fixture
def shared(owner, guest, spoken):
    """A finished piece of vera's that otto may hear."""
    assert owner.post(f"/files/{spoken}/share", {"listener": "otto"}).status_code == 303
    return spoken


def only_share(owner):
    (share,) = owner.get("/library/shared-by-me", json=True).json["shares"]
    return share


SEND = {"GET": Browser.get, "POST": Browser.post}


def test_a_listener_hears_and_reads(guest, ben, stranger, shared):
    for method, path, status in MAY:
        send, address = SEND[method], path.format(shared)
        assert send(guest, address).status_code == status, path
        assert send(ben, address).status_code == 404, path
        assert send(stranger, address).status_code in (303, 401), path


def test_a_listener_changes_takes_and_spends_nothing(owner, guest, shared):
    before = owner.get(f"/files/{shared}", json=True).json
    for method, path in MAY_NOT:
        assert SEND[method](guest, path.format(shared)).status_code == 404, path
        assert owner.get(f"/files/{shared}", json=True).json == before, path


def test_every_route_of_a_piece_is_in_the_lists_of_what_a_listener_may(app):
    listed = [*(path for _, path, *_ in (*MAY, *MAY_NOT)), *THEIR_OWN]
    known = {path.partition("?")[0].format("<filename>") for path in listed}
    rules = {rule.rule for rule in app.url_map.iter_rules() if "<filename>" in rule.rule}
    parts_of_what_is_the_owners = {rule for rule in rules if rule.count("<") > 1}
    assert rules - parts_of_what_is_the_owners <= known


def test_pieces_are_private_until_they_are_shared_for_admins_too(owner, guest):
    filename = guest.speak()
    assert owner.get(f"/files/{filename}").status_code == 404
    assert owner.get(f"/audio/{filename}").status_code == 404
    assert owner.get("/library/shared-with-me", json=True).json["files"] == []


def test_a_listener_is_told_who_gives_it_and_nothing_of_cost_provider_or_group(guest, shared):
    page = guest.get(f"/files/{shared}").text
    assert "from vera" in page
    for word in ("Cost", "Rename", ">Sea<", "espeak", "Download", "/delete"):
        assert word not in page, word
    for address in (f"/files/{shared}", f"/playback/{shared}"):
        told = guest.get(address, json=True).json
        assert told["giver"] == "vera"
        hidden = {"cost", "cost_shown", "engine", "voice", "error", "category"}
        assert not hidden & set(told)


def test_the_error_of_a_piece_is_its_owners(owner, guest, shared, services):
    services.db.write("UPDATE audio_files SET status = 'failed', error = 'Key sk-secret refused.'")
    assert "sk-secret" in owner.get(f"/files/{shared}").text
    for address in (f"/files/{shared}", "/library/shared-with-me"):
        assert "sk-secret" not in guest.get(address).text + guest.get(address, json=True).text


def test_what_is_shared_has_a_place_of_its_own_in_the_library(owner, guest, ben, shared):
    assert "Shared with me" in guest.get("/library").text
    assert "Shared with me" not in ben.get("/library").text
    page = guest.get("/library/shared-with-me").text
    assert "Lighthouse" in page
    assert "from vera" in page
    assert guest.get("/library", json=True).json["files"] == []


def test_the_search_among_what_is_shared_reads_names_and_texts_and_nothing_else(
    owner, guest, shared
):
    for search, is_found in (("lighth", True), ("tide", True), ("moor", False), ("Sea", False)):
        found = guest.get(f"/library/shared-with-me?q={search}", json=True).json["files"]
        assert bool(found) == is_found, search
    owner.speak("The tide of a private piece.", name="Diary")
    found = guest.get("/library/shared-with-me?q=tide", json=True).json["files"]
    assert [file["name"] for file in found] == ["Lighthouse"]


def test_the_owner_sees_whom_a_piece_is_shared_with(owner, ben, shared):
    owner.post(f"/files/{shared}/share", {"listener": "ben"})
    for address in ("/library", f"/files/{shared}"):
        assert "Shared with ben, otto" in owner.get(address).text
    owner.post(f"/files/{shared}/share", {"everybody": "1"})
    assert "Shared with everybody here" in owner.get("/library").text


def test_everybody_here_hears_what_is_shared_with_everybody(owner, guest, ben, stranger, spoken):
    owner.post(f"/files/{spoken}/share", {"everybody": "1"})
    assert guest.get(f"/audio/{spoken}").status_code == 200
    assert ben.get(f"/audio/{spoken}").status_code == 200
    assert stranger.get(f"/audio/{spoken}").status_code == 303


def test_what_is_withdrawn_is_gone_with_the_next_request(owner, guest, shared):
    answer = guest.get(f"/audio/{shared}", headers={"Range": "bytes=0-99"})
    assert answer.status_code == 206
    owner.post(f"/library/shares/{only_share(owner)['id']}/stop")
    again = guest.get(f"/audio/{shared}", json=True, headers={"Range": "bytes=100-199"})
    never = guest.get("/audio/20200101-0123456789abcdef.mp3", json=True)
    assert (again.status_code, again.data) == (never.status_code, never.data) == (404, never.data)
    assert guest.get(f"/library/states?file={shared}", json=True).json["gone"] == [shared]
    for path in (f"/files/{shared}", f"/playback/{shared}", f"/files/{shared}/text"):
        assert guest.get(path).status_code == 404


def test_a_live_stream_ends_when_its_piece_is_withdrawn(owner, guest):
    filename = owner.post("/generate", {"text": "Hello there."}, json=True).json["filename"]
    with closing(owner.services.store.write_part(filename, 0)) as part:
        part.write(b"first bytes")
    owner.post(f"/files/{filename}/share", {"listener": "otto"})
    answer = guest.get(f"/audio/{filename}", buffered=False)
    owner.post(f"/library/shares/{only_share(owner)['id']}/stop")
    assert b"".join(answer.iter_encoded()) == b"first bytes"


def test_what_lies_in_the_bin_is_gone_for_listeners_until_it_is_back(owner, guest, shared):
    owner.post(f"/files/{shared}/delete")
    assert guest.get(f"/files/{shared}").status_code == 404
    assert guest.get("/library/shared-with-me", json=True).json["files"] == []
    owner.post("/library/restore", {"filename": shared})
    assert guest.get(f"/files/{shared}").status_code == 200


def test_what_a_disabled_account_shares_is_gone(owner, guest, services):
    filename = guest.speak()
    guest.post(f"/files/{filename}/share", {"everybody": "1"})
    assert owner.get(f"/files/{filename}").status_code == 200
    services.db.set_user_active(guest.user["id"], False)
    assert owner.get(f"/files/{filename}").status_code == 404
    assert owner.get("/library/shared-with-me", json=True).json["files"] == []


def test_a_shared_group_holds_what_comes_into_it_later(owner, guest, spoken):
    owner.post("/library/groups/share", {"group": "sea", "listener": "otto"})
    later = owner.speak("The gulls came.", name="Gulls", category="Sea")
    elsewhere = owner.speak("A letter.", name="Letter")
    assert guest.get(f"/files/{later}").status_code == 200
    assert guest.get(f"/files/{elsewhere}").status_code == 404
    owner.post(f"/files/{later}/move", {"category": ""})
    assert guest.get(f"/files/{later}").status_code == 404


ODD_NAMES = ("Tide & “Tales” <b>", "Ünter/..%2f", "a'; DROP", "日本", "?#&=")


def test_a_group_of_any_name_is_shared_renamed_and_removed(owner, guest):
    for name in ODD_NAMES:
        share_rename_and_remove(owner, guest, name)


def share_rename_and_remove(owner, guest, name):
    filename = owner.speak(category=name)
    answer = owner.post("/library/groups/share", {"group": name, "everybody": "1"})
    assert answer.status_code == 303
    assert owner.get(answer.headers["Location"]).status_code == 200
    owner.post("/library/groups/rename", {"group": name, "name": f"{name} new"})
    assert only_share(owner)["category"] == f"{name} new"
    assert guest.get(f"/files/{filename}").status_code == 200
    owner.post("/library/groups/delete", {"group": f"{name} new"})
    assert owner.get("/library/shared-by-me", json=True).json["shares"] == []
    assert guest.get(f"/files/{filename}").status_code == 404


def test_a_group_that_is_not_there_cannot_be_shared(owner, guest, spoken):
    assert guest.get("/library/groups/share?group=Sea").status_code == 404
    answer = guest.post("/library/groups/share", {"group": "Sea", "everybody": "1"})
    assert answer.status_code == 404


def test_names_of_nobody_and_of_disabled_accounts_get_one_answer(owner, services, spoken):
    gone = services.db.create_user("gone", "h")
    services.db.set_user_active(gone["id"], False)
    for name in ("nobody-like-this", "gone"):
        answer = owner.post(f"/files/{spoken}/share", {"listener": name})
        assert answer.status_code == 400
        assert f"Nobody here is called “{name}”. Check the spelling." in answer.text
        assert 'aria-describedby="error-listener"' in answer.text


def test_nobody_shares_with_themselves_or_with_no_name(owner, spoken):
    for name, words in (("vera", "That is you."), (" ", "Enter the name")):
        answer = owner.post(f"/files/{spoken}/share", {"listener": name})
        assert answer.status_code == 400
        assert words in answer.text
    assert owner.get("/library/shared-by-me", json=True).json["shares"] == []


def test_sharing_twice_is_sharing_once(owner, shared):
    owner.post(f"/files/{shared}/share", {"listener": "OTTO"})
    assert only_share(owner)["listener"] == "otto"
    assert owner.events().count("shared") == 1


def test_there_is_a_limit_to_what_one_person_shares(owner, shared, monkeypatch):
    monkeypatch.setattr("services.sharing.MOST_SHARES", 1)
    answer = owner.post(f"/files/{shared}/share", {"everybody": "1"})
    assert answer.status_code == 400
    assert "You share 1 things already." in answer.text


def test_nobody_stops_what_another_shares(owner, guest, shared):
    number = only_share(owner)["id"]
    assert guest.post(f"/library/shares/{number}/stop").status_code == 404
    assert only_share(owner)["id"] == number


def test_places_and_history_are_each_persons_own(owner, guest, shared, services):
    number = guest.post(f"/playback/{shared}").json["id"]
    guest.post(f"/playback/{shared}", {"id": str(number), "position_s": "1.5"})
    file_id = owner.get(f"/files/{shared}", json=True).json["id"]
    assert services.db.get_position(guest.user["id"], file_id) == 1.5
    assert services.db.get_position(owner.user["id"], file_id) == 0
    assert services.db.get_playback_history(owner.user["id"]) == []


def test_the_history_of_a_former_listener_learns_no_new_name(owner, guest, shared, services):
    guest.post(f"/playback/{shared}")
    owner.post(f"/files/{shared}/rename", {"name": "Lighthouse 2"})
    (row,) = services.db.get_playback_history(guest.user["id"])
    assert (row["display_name"], row["filename"]) == ("Lighthouse 2", shared)
    owner.post(f"/library/shares/{only_share(owner)['id']}/stop")
    owner.post(f"/files/{shared}/rename", {"name": "Secret"})
    (row,) = services.db.get_playback_history(guest.user["id"])
    assert (row["display_name"], row["filename"]) == ("Lighthouse 2", None)


def test_the_security_log_knows_of_sharing_and_its_end_but_of_no_name_of_a_piece(owner, shared):
    owner.post(f"/library/shares/{only_share(owner)['id']}/stop")
    assert owner.events()[:2] == ["share_withdrawn", "shared"]
    rows = owner.services.db.get_security_logs()[:2]
    assert [row["details"] for row in rows] == ["otto", "otto"]
