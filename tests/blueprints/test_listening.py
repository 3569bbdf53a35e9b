"""How far one is in a piece, on pages and to programs."""

import pytest

JSON = {"Accept": "application/json"}


@pytest.fixture
def filename(owner):
    return owner.speak("It was late. " * 20, name="Evening")


def listen(browser, filename, share):
    """Listen as far as a share of the piece."""
    length = browser.get(f"/files/{filename}", json=True).json["duration"]
    number = browser.post(f"/playback/{filename}", json=True).json["id"]
    fields = {"id": str(number), "position_s": str(length * share)}
    assert browser.post(f"/playback/{filename}", fields, json=True).status_code == 204


def listed(browser, query=""):
    return browser.get(f"/library{query}", json=True).json["files"]


def test_lists_tell_what_was_heard(owner, filename):
    assert [(file["heard"], file["is_finished"]) for file in listed(owner)] == [(0.0, False)]
    listen(owner, filename, 0.5)
    assert listed(owner)[0]["heard"] == 0.5
    page = owner.get("/library").text
    assert 'stroke-dasharray="50.0 100"' in page
    assert " s left</span>" in page
    listen(owner, filename, 1)
    file = owner.get(f"/files/{filename}", json=True).json
    assert (file["heard"], file["is_finished"]) == (1.0, True)
    assert "Finished</span>" in owner.get("/library").text


def test_a_program_that_has_the_list_is_told_once_more_was_heard(owner, filename):
    first = owner.client.get("/library", headers=JSON)
    known = {**JSON, "If-None-Match": first.headers["ETag"]}
    assert owner.client.get("/library", headers=known).status_code == 304
    listen(owner, filename, 0.5)
    assert owner.client.get("/library", headers=known).status_code == 200


def test_the_list_by_progress_is_never_taken_for_unchanged(owner, filename):
    assert "ETag" not in owner.client.get("/library?sort=progress", headers=JSON).headers


def test_the_library_is_narrowed_and_ordered_by_progress(owner, filename):
    other, new = (owner.speak("It rained. " * 20, name=name) for name in ("Rain", "New"))
    listen(owner, filename, 0.5)
    listen(owner, other, 1)
    assert [file["name"] for file in listed(owner, "?sort=progress")] == ["Evening", "New", "Rain"]
    for state, name in {"begun": "Evening", "new": "New", "finished": "Rain"}.items():
        assert [file["name"] for file in listed(owner, f"?state={state}")] == [name]
    assert new


def test_pieces_are_marked_one_or_many(owner, guest, filename):
    other = owner.speak("It rained.", name="Rain")
    answer = owner.post("/library/finish", {"filename": [filename, other]}, json=True)
    assert answer.json == {"finished": 2}
    assert all(file["is_finished"] for file in listed(owner))
    answer = owner.post(f"/files/{filename}/unheard", {"next": "/library"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/library")
    assert "Marked 1 piece as not listened." in owner.get("/library").text
    assert {file["name"] for file in listed(owner) if file["is_finished"]} == {"Rain"}
    assert owner.post("/library/unheard", {}).status_code == 400
    for path in (f"/files/{other}/unheard", f"/files/{other}/finish"):
        assert guest.post(path).status_code == 404
    assert guest.post("/library/unheard", {"filename": other}, json=True).json == {"unheard": 0}


def test_the_first_page_offers_to_go_on(owner, guest, filename):
    assert "Continue listening" not in owner.get("/").text
    listen(owner, filename, 0.5)
    page = owner.get("/").text
    assert "Continue listening" in page
    assert '"resume_s":' in page
    assert "Continue listening" not in guest.get("/").text
    listen(owner, filename, 1)
    assert "Continue listening" not in owner.get("/").text


def test_recent_shows_each_piece_once(owner, guest, filename):
    listen(owner, filename, 0.25)
    listen(owner, filename, 0.5)
    (piece,) = owner.get("/history", json=True).json["pieces"]
    assert (piece["name"], piece["heard"]) == ("Evening", 0.5)
    page = owner.get("/history?q=even").text
    assert page.count('class="row listened"') == 1
    assert 'href="/history/plays"' in page
    assert owner.get("/history?q=morn", json=True).json["pieces"] == []
    assert owner.get("/history?day=2020-01-01", json=True).json["pieces"] == []
    assert owner.get("/history?before=x", json=True).json["pieces"] == [piece]
    assert owner.get("/history?before=1.5:1", json=True).json["pieces"] == []
    assert len(owner.get("/history/plays", json=True).json["listenings"]) == 2
    assert guest.get("/history", json=True).json["pieces"] == []
