import threading
from contextlib import closing
from io import SEEK_END, BytesIO
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.worker import Worker
from tests.support.listening import hear
from web import byte_ranges
from web.audio_responses import Tagged
from web.live_listeners import LiveListeners


@pytest.fixture
def spoken(owner):
    """The filename and the bytes of a finished piece."""
    filename = owner.speak()
    with owner.services.store.open(filename) as file:
        return filename, file.read()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 10)),
        ("Bytes=10-19", (10, 10)),
        ("bytes= ,10-19, ", (10, 10)),
        ("bytes=90-500", (90, 10)),
        ("bytes=-10", (90, 10)),
        ("bytes=-500", (0, 100)),
        ("bytes=99-99", (99, 1)),
        ("bytes=20-10", None),
        ("bytes=-", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes = 10 - 19", None),
        ("bytes=0-" + "9" * 30, (0, 100)),
        ("bytes=" + "0" * 30 + "7-8", (7, 2)),
        ("bytes=0-" + "9" * 5000, None),
    ],
)
def test_a_range_header_names_one_span_or_the_whole(header, expected):
    assert byte_ranges.parse(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_outside_the_file_cannot_be_satisfied(header):
    with pytest.raises(byte_ranges.Unsatisfiable):
        byte_ranges.parse(header, 100)


def test_the_whole_sound_is_served_and_can_be_heard(owner, spoken):
    filename, sound = spoken
    answer = owner.get(f"/audio/{filename}")
    assert answer.status_code == 200
    assert answer.data == sound
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert hear(answer.data).loudness() > 0.01


def test_a_range_of_the_sound_is_served(owner, spoken):
    filename, sound = spoken
    answer = owner.get(f"/audio/{filename}", headers={"Range": "bytes=100-299"})
    assert answer.status_code == 206
    assert answer.data == sound[100:300]
    assert answer.headers["Content-Range"] == f"bytes 100-299/{len(sound)}"
    assert answer.headers["Content-Length"] == "200"


def test_a_long_range_is_cut_at_its_end(owner, spoken, monkeypatch):
    filename, sound = spoken
    monkeypatch.setattr("web.audio_responses.READ_AT_ONCE", 100)
    answer = owner.get(f"/audio/{filename}", headers={"Range": "bytes=50-"})
    assert answer.status_code == 206
    assert answer.data == sound[50:]


def test_a_range_beyond_the_end_is_416(owner, spoken):
    filename, sound = spoken
    answer = owner.get(f"/audio/{filename}", headers={"Range": f"bytes={len(sound)}-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(sound)}"


def test_who_listens_live_from_a_second_on_gets_the_rest_of_what_became_whole(owner):
    filename = owner.speak("It was late. The lamp was lit. Nobody came that evening.")
    whole = owner.get(f"/audio/{filename}").data
    rest = owner.get(f"/audio/{filename}?from=1.5").data
    assert whole.endswith(rest)
    assert hear(rest).duration_s == pytest.approx(hear(whole).duration_s - 1.5, abs=0.1)
    assert owner.get(f"/audio/{filename}?from=soon").status_code == 400


def test_a_head_request_tells_the_length_without_the_sound(owner, spoken):
    filename, sound = spoken
    answer = owner.client.head(f"/audio/{filename}")
    assert answer.headers["Content-Length"] == str(len(sound))
    assert answer.data == b""


def test_what_the_browser_has_already_is_not_sent_again(owner, spoken):
    filename, sound = spoken
    etag = owner.get(f"/audio/{filename}").headers["ETag"]
    answer = owner.get(f"/audio/{filename}", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    headers = {"Range": "bytes=0-9", "If-Range": etag}
    assert owner.get(f"/audio/{filename}", headers=headers).status_code == 206
    headers["If-Range"] = '"of-another-file"'
    answer = owner.get(f"/audio/{filename}", headers=headers)
    assert (answer.status_code, answer.data) == (200, sound)


def test_a_download_is_named_like_the_piece_and_carries_a_tag(owner):
    filename = owner.speak(name="Käse & Brot: ein “Abend”")
    answer = owner.get(f"/download/{filename}")
    disposition = answer.headers["Content-Disposition"]
    assert "Käse & Brot- ein “Abend”.mp3" in unquote(disposition)
    assert answer.data.startswith(b"ID3")
    assert "Käse".encode() in answer.data[:200]
    assert len(answer.data) == int(answer.headers["Content-Length"])
    assert hear(answer.data).duration_s > 1


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=-20", -20, None), ("bytes=5-4000", 5, 4001)],
)
def test_a_broken_download_goes_on_where_it_stopped(owner, header, start, end):
    filename = owner.speak(name="Evening")
    whole = owner.get(f"/download/{filename}")
    headers = {"Range": header, "If-Range": whole.headers["ETag"]}
    answer = owner.get(f"/download/{filename}", headers=headers)
    assert answer.status_code == 206
    assert answer.data == whole.data[start:end]
    assert answer.headers["Content-Range"].endswith(f"/{len(whole.data)}")


def test_a_renamed_piece_is_downloaded_anew(owner):
    filename = owner.speak(name="Evening")
    etag = owner.get(f"/download/{filename}").headers["ETag"]
    owner.post(f"/files/{filename}/rename", {"name": "Morning"})
    answer = owner.get(f"/download/{filename}", headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert b"Morning" in answer.data[:200]


@given(
    tag=st.binary(max_size=20),
    sound=st.binary(max_size=40),
    moves=st.lists(st.tuples(st.integers(0, 70), st.integers(-1, 70)), max_size=8),
)
def test_a_tagged_file_reads_like_one_that_begins_with_its_tag(tag, sound, moves):
    tagged, plain = Tagged(tag, BytesIO(sound)), BytesIO(tag + sound)
    for place, size in moves:
        assert tagged.seek(place) == plain.seek(place)
        assert tagged.read(size) == plain.read(size)
        assert tagged.tell() == plain.tell()
    assert tagged.seek(0, SEEK_END) == plain.seek(0, SEEK_END)


def test_captions_follow_the_text(owner):
    filename = owner.speak("The first of these is <one> & two. Then another sentence follows.")
    answer = owner.get(f"/captions/{filename}.vtt")
    assert answer.headers["Content-Type"] == "text/vtt; charset=utf-8"
    assert answer.text.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:0")
    assert "first of these is &lt;one&gt; &amp; two." in answer.text
    assert answer.text.count("-->") == 2


def test_captions_are_404_until_something_is_spoken(owner):
    filename = owner.post("/generate", {"text": "Hello there."}, json=True).json["filename"]
    assert owner.get(f"/captions/{filename}.vtt").status_code == 404


@pytest.fixture
def begun(owner):
    """The filename of a piece that waits, with its first bytes on the disk already."""
    filename = owner.post("/generate", {"text": "Hello there."}, json=True).json["filename"]
    with closing(owner.services.store.write_part(filename, 0)) as part:
        part.write(b"first bytes")
    return filename


@pytest.mark.slow
def test_a_piece_is_heard_while_it_is_being_made(owner):
    text = "The tide came in, and the boats rose with it. " * 2000
    filename = owner.post("/generate", {"text": text}, json=True).json["filename"]
    worker = threading.Thread(target=Worker(owner.services.studio).run_pending)
    worker.start()
    answer = owner.get(f"/audio/{filename}", buffered=False)
    status = owner.services.db.get_audio_file(filename, owner.user["id"])["status"]
    sound = b"".join(answer.iter_encoded())
    worker.join()
    assert answer.status_code == 200
    assert status == "speaking"
    assert "Accept-Ranges" not in answer.headers
    assert "Content-Length" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-store"
    ready = owner.get(f"/files/{filename}", json=True).json
    assert ready["status"] == "ready"
    assert hear(sound).duration_s == pytest.approx(ready["duration"], abs=0.3)


def test_live_listeners_beyond_the_limit_are_asked_to_come_back(owner, begun):
    owner.services.live_listeners = LiveListeners(owner.services.counts, 1)
    first = owner.get(f"/audio/{begun}", buffered=False)
    second = owner.get(f"/audio/{begun}", json=True)
    assert second.status_code == 503
    assert second.headers["Retry-After"]
    assert "ready" in second.json["error"]
    first.close()
    third = owner.get(f"/audio/{begun}", buffered=False)
    assert third.status_code == 200
    third.close()


def test_listeners_of_a_cancelled_piece_are_let_go(owner, begun):
    answer = owner.get(f"/audio/{begun}", buffered=False)
    owner.post(f"/files/{begun}/cancel")
    assert b"".join(answer.iter_encoded()) == b"first bytes"


def test_what_was_spoken_of_a_cancelled_piece_can_be_sought_in(owner, begun):
    owner.post(f"/files/{begun}/cancel")
    answer = owner.get(f"/audio/{begun}", headers={"Range": "bytes=6-"})
    assert (answer.status_code, answer.data) == (206, b"bytes")


def test_a_cancelled_piece_without_sound_says_so(owner):
    filename = owner.post("/generate", {"text": "Hello there."}, json=True).json["filename"]
    assert owner.post(f"/files/{filename}/cancel", json=True).json["status"] == "cancelled"
    answer = owner.get(f"/audio/{filename}", json=True)
    assert answer.status_code == 409
    assert answer.json["error"]
    assert owner.get(f"/download/{filename}", json=True).status_code == 409


def test_sound_that_went_missing_is_404_with_a_sentence(owner, spoken):
    filename, _ = spoken
    (owner.services.config.audio_dir / filename).unlink()
    answer = owner.get(f"/audio/{filename}", json=True)
    assert answer.status_code == 404
    assert "missing" in answer.json["error"]


def test_listening_is_recorded_when_it_starts_and_its_place_is_kept(owner, spoken):
    filename, _ = spoken
    started = owner.post(f"/playback/{filename}", json=True)
    assert started.status_code == 201
    number = started.json["id"]
    saved = owner.post(f"/playback/{filename}", {"id": number, "position_s": "1.5"}, json=True)
    assert saved.status_code == 204
    [place] = owner.get(f"/playback/{filename}", json=True).json["places"]
    assert place["position_s"] == 1.5
    assert place["is_here"]
    assert "0:02 of 0:0" in owner.get("/history/plays").text


@pytest.mark.parametrize("place", ["", "later", "-1", "nan", "inf"])
def test_a_place_that_is_none_is_refused(owner, spoken, place):
    filename, _ = spoken
    number = owner.post(f"/playback/{filename}", json=True).json["id"]
    fields = {"id": number, "position_s": place}
    assert owner.post(f"/playback/{filename}", fields, json=True).status_code == 400


def test_nobody_moves_the_place_of_another(owner, guest, spoken):
    filename, _ = spoken
    number = owner.post(f"/playback/{filename}", json=True).json["id"]
    own = guest.speak()
    fields = {"id": number, "position_s": "2"}
    assert guest.post(f"/playback/{own}", fields, json=True).status_code == 404
    assert guest.post(f"/playback/{filename}", json=True).status_code == 404
