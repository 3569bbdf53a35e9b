"""The pages and answers for changing a sentence: whose they are, what they take and tell."""

import pytest

from server.worker import Worker

TEXT = "The harbour lay quiet in the morning light. Nobody had seen the ferry arrive there."


@pytest.fixture
def piece(owner):
    return owner.speak(TEXT)


def first_span(owner, piece):
    (start, end, *_), *_ = owner.get(f"/files/{piece}/segments").json["segments"]
    return {"start": str(start), "end": str(end)}


def work(browser):
    Worker(browser.services.studio).run_pending()


def test_the_page_shows_the_sentence_at_a_place_with_its_neighbours(owner, piece):
    page = owner.get(f"/files/{piece}/retake?at=50").text
    assert "Nobody had seen the ferry arrive there.</textarea>" in page
    assert '<p class="text-beside">The harbour lay quiet in the morning light.</p>' in page
    assert "?at=0" in page


@pytest.mark.parametrize("at", ["x", "-1", "99999"])
def test_a_place_that_is_not_in_the_text_is_refused(owner, piece, at):
    assert owner.get(f"/files/{piece}/retake?at={at}").status_code in (400, 404)


def test_a_price_is_told_without_changing_anything(owner, piece):
    order = {**first_span(owner, piece), "text": "One. And a second, longer one.", "act": "quote"}
    told = owner.post(f"/files/{piece}/retake", order, json=True).json
    assert (told["cost_usd"], told["segments"]) == (0, 1)
    assert "free" in told["sentence"]
    page = owner.post(f"/files/{piece}/retake", order).text
    assert "One. And a second, longer one.</textarea>" in page
    assert owner.get(f"/files/{piece}/retake", json=True).json["status"] is None


def test_a_sentence_is_spoken_anew_and_put_back(owner, piece):
    before = owner.get(f"/audio/{piece}").data
    order = {**first_span(owner, piece), "text": "A storm was coming up from the sea that day."}
    answer = owner.post(f"/files/{piece}/retake", order)
    assert (answer.status_code, answer.location) == (303, f"/files/{piece}")
    assert "Re-recording a passage" in owner.get(f"/files/{piece}").text
    assert owner.get(f"/files/{piece}/retake", json=True).json["status"] == "queued"
    work(owner)
    assert "A storm was coming up" in owner.get(f"/files/{piece}").text
    assert owner.get(f"/audio/{piece}").data != before
    page = owner.get(f"/files/{piece}/retake?at=0").text
    assert "The harbour lay quiet in the morning light." in page
    take = owner.get(f"/files/{piece}/takes/1.mp3")
    assert take.mimetype == "audio/mpeg"
    assert owner.post(f"/files/{piece}/takes/1", json=True).status_code == 202
    work(owner)
    assert owner.get(f"/files/{piece}/text").text == TEXT


def test_a_failed_change_is_told_and_dismissed(owner, piece):
    row = owner.services.db.get_audio_file(piece, owner.user["id"])
    change = owner.services.db.create_retake(row, text_start=0, text_end=10, text="Nothing.")
    work(owner)
    page = owner.get(f"/files/{piece}").text
    assert "could not be re-recorded" in page
    assert owner.get(f"/files/{piece}/retake", json=True).json["error"]
    assert owner.post(f"/files/{piece}/retake/dismiss").status_code == 303
    assert owner.services.db.get_retake(change["file_id"]) is None


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 400),
        ({"start": "0", "end": "nine", "text": "x"}, 400),
        ({"start": "0", "end": "9", "text": "Something."}, 400),
        ({"start": "0", "end": "99999999999999999999", "text": "Something."}, 400),
    ],
)
def test_a_form_that_names_no_sentence_is_refused(owner, piece, form, status):
    answer = owner.post(f"/files/{piece}/retake", form, json=True)
    assert answer.status_code == status
    assert answer.json["error"]


@pytest.mark.parametrize("act", ["quote", "speak"])
def test_a_text_with_nothing_to_say_is_refused(owner, piece, act):
    order = {**first_span(owner, piece), "text": "…", "act": act}
    error = owner.post(f"/files/{piece}/retake", order, json=True).json["error"]
    assert "cannot read anything" in error


ROUTES = [
    ("GET", "/files/{}/retake"),
    ("POST", "/files/{}/retake"),
    ("POST", "/files/{}/retake/dismiss"),
    ("POST", "/files/{}/takes/1"),
    ("GET", "/files/{}/takes/1.mp3"),
    ("POST", "/files/{}/pause"),
    ("POST", "/files/{}/next"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_others_find_nothing_and_nobody_must_sign_in(owner, guest, stranger, piece, method, path):
    send = (
        (lambda who: who.get(path.format(piece), json=True))
        if method == "GET"
        else (
            lambda who: who.post(
                path.format(piece), {"start": "0", "end": "1", "text": "x"}, json=True
            )
        )
    )
    assert send(guest).status_code == 404
    assert send(stranger).status_code == 401


def test_a_waiting_piece_rests_is_taken_up_and_goes_first(owner):
    first, second = (
        owner.post("/generate", {"text": TEXT}, json=True).json["filename"] for _ in range(2)
    )
    assert owner.post(f"/files/{first}/pause", json=True).json["status"] == "paused"
    assert "Paused." in owner.get(f"/files/{first}").text
    assert owner.post(f"/files/{first}/pause", json=True).status_code == 409
    assert owner.post(f"/files/{first}/retry", json=True).json["status"] == "queued"
    assert owner.post(f"/files/{second}/next", json=True).status_code == 200
    claimed = owner.services.db.claim_job("w", now=1e9, lease_s=9)
    assert claimed["filename"] == second
    assert owner.post(f"/files/{second}/pause", json=True).json["status"] == "speaking"
    assert "Pausing…" in owner.get(f"/files/{second}").text
