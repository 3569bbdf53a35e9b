"""What listeners have of their own in a shared piece: progress, bookmarks, the cover."""

import pytest

from exports.cover import drawing

TEXT = "A lamp was lit. The tide rose. " * 12
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100
OWNERS = {"cost", "cost_shown", "engine", "voice", "error", "category"}


@pytest.fixture
def shared(owner, guest):
    """A finished piece of vera's that otto may hear."""
    filename = owner.speak(TEXT, name="Lighthouse", category="Sea")
    owner.post(f"/files/{filename}/share", {"listener": "otto"})
    return filename


def withdraw(owner):
    (share,) = owner.get("/library/shared-by-me", json=True).json["shares"]
    owner.post(f"/library/shares/{share['id']}/stop")


def listen(browser, filename):
    number = browser.post(f"/playback/{filename}").json["id"]
    half_s = browser.get(f"/files/{filename}", json=True).json["duration"] / 2
    browser.post(f"/playback/{filename}", {"id": str(number), "position_s": str(half_s)})


def recent(browser):
    return browser.get("/history", json=True).json["pieces"]


def heard(browser, filename):
    told = browser.get(f"/files/{filename}", json=True).json
    return told["heard"], told["is_finished"]


def test_a_listener_goes_on_with_a_shared_piece_until_it_is_withdrawn(owner, guest, shared):
    listen(guest, shared)
    page = guest.get("/").text
    assert "Continue listening" in page
    assert "Lighthouse" in page
    (piece,) = recent(guest)
    assert (piece["name"], piece["giver"]) == ("Lighthouse", "vera")
    assert not OWNERS & set(piece)
    assert "from vera" in guest.get("/history?q=light").text
    assert recent(owner) == []
    withdraw(owner)
    assert "Lighthouse" not in guest.get("/").text
    assert recent(guest) == []


def test_a_listener_is_not_told_the_owners_error_where_they_go_on(guest, shared, services):
    listen(guest, shared)
    services.db.write("UPDATE audio_files SET error = 'Key sk-secret refused.'")
    for path in ("/", "/history"):
        assert "sk-secret" not in guest.get(path).text + guest.get(path, json=True).text


def test_a_listener_marks_a_shared_piece_for_themselves(owner, guest, shared):
    guest.post(f"/files/{shared}/finish")
    assert heard(guest, shared) == (1.0, True)
    assert heard(owner, shared) == (0.0, False)
    answer = guest.post("/library/unheard", {"filename": shared}, json=True)
    assert answer.json == {"unheard": 1}
    assert heard(guest, shared) == (0.0, False)
    withdraw(owner)
    for act in ("finish", "unheard"):
        assert guest.post(f"/files/{shared}/{act}").status_code == 404
    assert guest.post("/library/finish", {"filename": shared}, json=True).json == {"finished": 0}


def test_a_listener_keeps_bookmarks_that_nobody_else_sees(owner, guest, shared):
    path = f"/files/{shared}/bookmarks"
    mark = guest.post(path, {"at": "20", "note": "mine"}, json=True).json
    assert owner.get(path, json=True).json["bookmarks"] == []
    assert owner.post(f"{path}/{mark['id']}", {"note": "x"}, json=True).status_code == 404
    changed = guest.post(f"{path}/{mark['id']}", {"note": "still mine"}, json=True).json
    assert changed["note"] == "still mine"
    withdraw(owner)
    for refused in (guest.get(path), guest.post(f"{path}/{mark['id']}/delete")):
        assert refused.status_code == 404


def test_an_export_holds_the_bookmarks_of_what_may_still_be_heard(owner, guest, shared, services):
    guest.post(f"/files/{shared}/bookmarks", {"at": "0", "note": "mine"})
    (mark,) = services.db.export_bookmarks(guest.user["id"])
    assert (mark["display_name"], mark["note"]) == ("Lighthouse", "mine")
    withdraw(owner)
    owner.post(f"/files/{shared}/rename", {"name": "Secret"})
    assert services.db.export_bookmarks(guest.user["id"]) == []


def test_the_page_of_a_shared_piece_leads_to_what_is_the_listeners_own(guest, shared):
    page = guest.get(f"/files/{shared}").text
    assert '<turbo-frame id="bookmarks"' in page
    for path in ("find", "finish"):
        assert f"/files/{shared}/{path}" in page
    guest.post(f"/files/{shared}/finish")
    assert f"/files/{shared}/unheard" in guest.get(f"/files/{shared}").text


def test_a_listener_reads_the_text_and_changes_no_sentence(owner, guest, shared):
    page = guest.get(f"/files/{shared}").text
    assert "The tide rose." in page
    for act in ("leave-out", "again", "change", "pronounce"):
        assert f'data-act="{act}"' in owner.get(f"/files/{shared}").text
        assert f'data-act="{act}"' not in page
    assert "/retake" not in page
    sentence = guest.get(f"/files/{shared}/sentence?at=0", json=True).json
    assert sentence["again"] is None
    assert set(sentence["off"]) == {"change", "leave_out", "again"}
    shown = guest.get(f"/files/{shared}/sentence?at=0").text
    assert "Only the person who shares this piece can change it." in shown


def test_a_listener_sees_the_cover_of_the_book(owner, guest, shared, services):
    address = guest.get(f"/files/{shared}", json=True).json["cover_url"]
    assert guest.get(address).text == drawing("Lighthouse")
    book = services.db.create_document(
        owner.user["id"], title="t", author="", language="en", source="epub", origin="",
        characters=4, content="{}", cover=PNG, cover_type="image/png",
    )  # fmt: skip
    services.db.write("UPDATE audio_files SET document_id = ?", book["id"])
    address = guest.get(f"/files/{shared}", json=True).json["cover_url"]
    assert guest.get(address).data == guest.get(f"/artwork/{shared}").data == PNG
    assert guest.get(f"/documents/{book['id']}").status_code == 404


def test_accounts_that_both_heard_a_piece_become_one(owner, guest, shared, services):
    listen(owner, shared)
    guest.post(f"/files/{shared}/finish")
    path = f"/files/{shared}/bookmarks"
    for browser, notes in ((owner, ("", "same", "hers")), (guest, ("", "same", "his"))):
        for place, note in zip((0, 150, 300), notes, strict=True):
            browser.post(path, {"at": str(place), "note": note})
    services.db.merge_users(guest.user["id"], owner.user["id"])
    marks = owner.get(path, json=True).json["bookmarks"]
    assert [mark["note"] for mark in marks] == ["", "same", "hers", "his"]
    assert heard(owner, shared) == (1.0, True)
    assert owner.get("/library/shared-by-me", json=True).json["shares"] == []
    for page in ("/", "/library", "/history", f"/files/{shared}"):
        assert owner.get(page).status_code == 200
