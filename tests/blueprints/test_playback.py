import pytest

from server.worker import Worker
from tests.support.making import prose

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) Safari/604.1"}


@pytest.fixture
def filename(owner):
    return owner.speak("It was late.\n\nThe lamp was lit.\n\n\nNobody came.", name="Evening")


def listen(browser, filename, position_s, device="one", agent=None):
    """Save a place as a device does."""
    browser.client.set_cookie("voiceverse_device", device)
    headers = {"X-CSRF-Token": browser.csrf_token(), "Accept": "application/json", **(agent or {})}
    number = browser.client.post(f"/playback/{filename}", headers=headers).json["id"]
    data = {"id": number, "position_s": position_s}
    return browser.client.post(f"/playback/{filename}", data=data, headers=headers)


def places(browser, filename):
    return browser.get(f"/playback/{filename}", json=True).json["places"]


def test_the_player_learns_all_it_needs_of_a_piece(owner, filename):
    told = owner.get(f"/playback/{filename}", json=True).json
    assert told["name"] == "Evening"
    assert told["voice_name"] == "English (Great Britain)"
    assert told["status"] == "ready"
    assert told["places"] == []
    assert told["expected_s"] > 0


def test_paragraphs_are_marked_where_they_begin_in_the_sound(owner, filename):
    told = owner.get(f"/playback/{filename}", json=True).json
    assert len(told["marks_s"]) == 2
    assert 0 < told["marks_s"][0] < told["marks_s"][1] < told["duration"]


@pytest.mark.parametrize("text", ["One line. And another.", "Too many.\n\n" * 80])
def test_a_text_without_paragraphs_or_with_too_many_has_no_marks(owner, text):
    filename = owner.speak(text)
    assert owner.get(f"/playback/{filename}", json=True).json["marks_s"] == []


def test_each_device_keeps_its_own_place(owner, filename):
    listen(owner, filename, "1.5", device="one")
    listen(owner, filename, "0.5", device="two", agent=PHONE)
    found = {place["device"]: place["position_s"] for place in places(owner, filename)}
    assert found["Safari on iPhone"] == 0.5
    assert len(found) == 2


def test_two_devices_of_one_kind_are_told_apart(owner, filename):
    listen(owner, filename, "1.5", device="one")
    listen(owner, filename, "0.5", device="two")
    here = {place["position_s"]: place["is_here"] for place in places(owner, filename)}
    assert here == {1.5: False, 0.5: True}


def test_a_device_that_goes_on_has_one_place(owner, filename):
    listen(owner, filename, "0.5")
    listen(owner, filename, "2.5")
    [place] = places(owner, filename)
    assert place["position_s"] == 2.5
    assert place["is_here"]
    assert "#" not in place["device"]


def test_what_is_not_yours_cannot_be_played_and_keeps_no_place(owner, guest, filename):
    assert guest.get(f"/playback/{filename}", json=True).status_code == 404
    assert guest.post(f"/playback/{filename}", json=True).status_code == 404
    number = owner.post(f"/playback/{filename}", json=True).json["id"]
    other = guest.speak(prose(40))
    data = {"id": number, "position_s": "1"}
    assert guest.post(f"/playback/{other}", data, json=True).status_code == 404
    assert places(guest, other) == []


def test_the_chapters_of_a_book_are_its_marks_and_stand_on_its_page(owner):
    text = "The first chapter begins here.\n\nThe second chapter begins here, with more."
    start = text.index("The second")
    row = owner.services.studio.generation.submit(
        owner.user["id"], text, chapters=[("Arrival", 0), ("Departure", start)]
    )
    page = owner.get(f"/files/{row['filename']}").text
    assert "not generated yet" in page
    Worker(owner.services.studio).run_pending()
    (mark,) = owner.get(f"/playback/{row['filename']}", json=True).json["marks_s"]
    page = owner.get(f"/files/{row['filename']}").text
    assert f"at={mark}" in page
    assert page.index("Arrival") < page.index("Departure")
