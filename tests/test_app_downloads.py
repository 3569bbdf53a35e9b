"""The downloads of a piece over HTTP: the menu, ordering, fetching, and who may not."""

import io
import re

import pytest

from server.worker import Worker
from speech.audio.mp3 import scan_mp3
from tests.support.making import SENTENCES


@pytest.fixture
def filename(owner):
    return owner.speak(SENTENCES, name="Rain & tide")


@pytest.fixture
def export(owner, services, filename):
    """A download of the owner's that is ready, as JSON."""
    answer = owner.post(f"/files/{filename}/exports", {"format": "m4b"}, json=True)
    assert answer.status_code == 202, answer.text
    Worker(services.studio).exporting.run_pending()
    return owner.get(answer.json["url"], json=True).json


def make(services):
    Worker(services.studio).exporting.run_pending()


def test_the_page_offers_every_format_with_its_size(owner, filename):
    page = owner.get(f"/files/{filename}").text
    for key in ("mp3", "m4b", "opus", "flac", "wav", "epub"):
        assert f'name="format" value="{key}"' in page
    assert f"/captions/{filename}.srt" in page
    assert 'value="zip"' not in page  # there is one chapter alone
    assert "about" in page


def test_chapters_as_files_are_offered_where_there_are_chapters(owner, services):
    studio = services.studio
    text = "One is done. Two is next."
    row = studio.generation.submit(owner.user["id"], text, chapters=[("One", 0), ("Two", 13)])
    Worker(studio).run_pending()
    assert 'value="zip"' in owner.get(f"/files/{row['filename']}").text


def test_a_download_is_made_and_fetched(owner, export):
    assert export["status"] == "ready"
    answer = owner.get(export["file_url"])
    assert answer.status_code == 200
    assert answer.content_type == "audio/mp4"
    assert len(answer.data) == export["size"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Rain & tide.m4b"'
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_download_is_fetched_in_ranges(owner, export):
    whole = owner.get(export["file_url"]).data
    answer = owner.get(export["file_url"], headers={"Range": "bytes=100-199"})
    assert answer.status_code == 206
    assert answer.data == whole[100:200]
    again = owner.get(export["file_url"], headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_without_script_the_way_leads_over_a_page_that_looks_again(owner, services, filename):
    answer = owner.post(f"/files/{filename}/exports", {"format": "flac", "loudness": "as-spoken"})
    assert answer.status_code == 303
    waiting = owner.get(answer.location)
    assert 'http-equiv="refresh"' in waiting.text
    assert "Creating FLAC" in waiting.text
    make(services)
    ready = owner.get(answer.location)
    assert 'http-equiv="refresh"' not in ready.text
    address = re.search(r'href="([^"]+/file)" download', ready.text)[1]
    assert owner.get(address).data.startswith(b"fLaC")


def test_an_mp3_as_it_was_spoken_is_the_plain_download(owner, filename):
    fields = {"format": "mp3", "loudness": "as-spoken"}
    answer = owner.post(f"/files/{filename}/exports", fields)
    assert (answer.status_code, answer.location) == (303, f"/download/{filename}")


def test_a_download_that_is_ready_can_be_had_from_the_menu(owner, export, filename):
    page = owner.get(f"/files/{filename}").text
    assert f'href="{export["file_url"]}" download' in page


def test_a_download_under_an_earlier_name_is_not_offered(owner, export, filename):
    owner.post(f"/files/{filename}/rename", {"name": "Tide"})
    assert export["file_url"] not in owner.get(f"/files/{filename}").text
    again = owner.post(f"/files/{filename}/exports", {"format": "m4b"}, json=True)
    assert again.json["id"] != export["id"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"format": "exe"}, 400),
        ({}, 400),
        ({"format": "wav", "loudness": "loud"}, 400),
        ({"format": "wav", "loudness": "-3"}, 400),
        ({"format": "wav", "loudness": "nan"}, 400),
    ],
)
def test_what_cannot_be_asked_for_is_a_sentence(owner, filename, fields, status):
    answer = owner.post(f"/files/{filename}/exports", fields, json=True)
    assert answer.status_code == status
    assert answer.json["error"].endswith(".")


def test_an_unfinished_piece_offers_no_formats_yet(owner, services):
    row = services.studio.generation.submit(owner.user["id"], SENTENCES)
    answer = owner.post(f"/files/{row['filename']}/exports", {"format": "m4b"}, json=True)
    assert answer.status_code == 409
    assert 'name="format"' not in owner.get(f"/files/{row['filename']}").text


def test_a_full_disk_is_said_as_507(owner, services, filename):
    services.studio.exports.files.min_free_bytes = 1 << 60
    answer = owner.post(f"/files/{filename}/exports", {"format": "m4b"}, json=True)
    assert answer.status_code == 507
    assert "MB are free" in answer.json["error"]


def test_a_cancelled_download_is_gone(owner, export, filename):
    answer = owner.post(export["cancel_url"])
    assert (answer.status_code, answer.location) == (303, f"/files/{filename}")
    assert owner.get(export["url"], json=True).status_code == 404
    assert owner.get(export["file_url"]).status_code == 404
    assert owner.post(export["cancel_url"], json=True).status_code == 404


def test_one_that_made_room_for_others_is_a_404(owner, services, export):
    services.studio.exports.files.drop(services.db.list_exports(1)[0]["name"])
    assert owner.get(export["file_url"], json=True).status_code == 404


def test_the_loudness_that_was_chosen_is_used(owner, services, filename):
    sizes = set()
    for loudness in ("-19", "as-spoken"):
        fields = {"format": "wav", "loudness": loudness}
        url = owner.post(f"/files/{filename}/exports", fields, json=True).json["url"]
        make(services)
        sizes.add(owner.get(owner.get(url, json=True).json["file_url"]).data)
    assert len(sizes) == 2


def test_a_download_that_rested_goes_on_in_the_loudness_that_was_chosen(owner, services, filename):
    fields = {"format": "wav", "loudness": "as-spoken"}
    asked = owner.post(f"/files/{filename}/exports", fields, json=True).json
    row = services.db.get_export(asked["id"], 1)
    services.db.pause_work(row["owner_id"], "Paused.")
    page = owner.get(asked["url"]).text
    chosen = re.search(r'name="loudness" value="([^"]+)"', page)[1]
    again = owner.post(f"/files/{filename}/exports", {"format": "wav", "loudness": chosen})
    assert again.location == asked["url"]
    assert [each["options"] for each in services.db.list_exports(row["file_id"])] == [
        row["options"]
    ]


PLACES = ("", "/{id}", "/{id}/file")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("who", ["guest", "stranger", "other_admin"])
def test_nobody_else_sees_a_download(
    request, services, password_hash, export, filename, place, who
):
    if who == "other_admin":
        from tests.conftest import Browser

        user = services.db.create_user("ada", password_hash, is_admin=True)
        browser = Browser(request.getfixturevalue("app"), user)
    else:
        browser = request.getfixturevalue(who)
    path = f"/files/{filename}/exports{place.format(id=export['id'])}"
    expected = 401 if who == "stranger" else 404
    assert browser.get(path, json=True).status_code == expected
    if place == "":
        answer = browser.post(path, {"format": "m4b"}, json=True)
        assert answer.status_code == expected
    if place == "/{id}":
        assert browser.post(f"{path}/delete", json=True).status_code == expected
    if who != "stranger":
        return
    assert browser.get(path).status_code in (302, 303)


def test_a_number_of_another_piece_finds_nothing(owner, export):
    other = owner.speak("Something else.")
    assert owner.get(f"/files/{other}/exports/{export['id']}/file").status_code == 404


def test_an_order_without_its_token_is_refused(owner, filename):
    answer = owner.post(f"/files/{filename}/exports", {"format": "m4b"}, csrf="", json=True)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("ending", "media_type", "arrow"),
    [("vtt", "text/vtt", "."), ("srt", "application/x-subrip", ",")],
)
def test_captions_come_in_both_kinds_while_a_piece_is_made_too(
    owner, guest, stranger, services, ending, media_type, arrow
):
    filename = owner.speak(SENTENCES)
    services.db.write("UPDATE audio_files SET status = 'speaking'")
    answer = owner.get(f"/captions/{filename}.{ending}")
    assert answer.content_type == f"{media_type}; charset=utf-8"
    assert f"00:00:00{arrow}000 --> " in answer.text
    assert "The rain had stopped." in answer.text
    assert guest.get(f"/captions/{filename}.{ending}").status_code == 404
    assert stranger.get(f"/captions/{filename}.{ending}", json=True).status_code == 401
    waiting = services.studio.generation.submit(owner.user["id"], SENTENCES)
    assert owner.get(f"/captions/{waiting['filename']}.{ending}").status_code == 404


def test_a_renamed_piece_is_downloaded_with_its_new_name_and_chapters(owner, services):
    text = "One is done. Two is next."
    row = services.studio.generation.submit(
        owner.user["id"], text, chapters=[("One", 0), ("Zwei ü", 13)]
    )
    Worker(services.studio).run_pending()
    path = f"/download/{row['filename']}"
    before = owner.get(path)
    owner.post(f"/files/{row['filename']}/rename", {"name": "Another name"})
    after = owner.get(path)
    assert before.headers["ETag"] != after.headers["ETag"]
    head = after.data[: after.data.index(b"\xff\xf3")]
    assert b"Another name" in head
    assert head.count(b"CHAP") == 2
    assert "Zwei ü".encode() in head
    duration = services.db.get_audio_file(row["filename"], owner.user["id"])["duration"]
    assert scan_mp3(io.BytesIO(after.data)).duration_s == duration
