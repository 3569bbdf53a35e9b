"""A disk that is full, on a small file system of its own."""

import json

import pytest

from tests.support.disks import fill, small
from tests.support.listening import hear
from tests.support.making import SENTENCES, prose
from tests.support.sending import CONTENT_TYPE, multipart
from tests.support.serving import App, Client


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 40 MB; skipped where mounting is not allowed."""
    with small(tmp_path / "small", "40m") as folder:
        if folder is None:
            pytest.skip("mounting a small file system is not allowed here")
        yield folder


@pytest.mark.parametrize("leave", [0, 200_000, 2_000_000])
def test_new_work_is_refused_with_a_sentence_and_what_is_there_still_plays(small_disk, leave):
    with App(small_disk, VOICEVERSE_MIN_FREE_MB="4") as app:
        client = Client(app).set_up()
        kept = client.generate(SENTENCES)["filename"]
        client.until_ready(kept)
        token = client.token("/")
        fill(small_disk, leave)
        status, _, body = client.send_text(prose(5000), token)
        assert status == 507
        assert "disk" in json.loads(body)["error"]
        assert client.request("GET", "/library")[0] == 200
        assert hear(client.request("GET", f"/audio/{kept}")[2]).loudness() > 0.03
        (small_disk / "ballast").unlink()
        assert client.until_ready(client.generate(SENTENCES)["filename"])["duration"] > 1


def test_signing_in_and_deleting_work_on_a_disk_that_others_filled(small_disk):
    with App(small_disk, VOICEVERSE_MIN_FREE_MB="4") as app:
        client = Client(app).set_up()
        kept, gone = (client.generate(SENTENCES)["filename"] for _ in range(2))
        for filename in (kept, gone):
            client.until_ready(filename)
        assert (app.data / "reserve").stat().st_size == 1 << 20
        fill(small_disk, 0)
        other = Client(app).log_in("owner")
        assert other.request("GET", "/library")[0] == 200
        assert other.post(f"/files/{gone}/delete")[0] == 303
        assert other.post("/library/purge", filename=gone)[0] == 303
        assert not (app.data / "audio" / gone).exists()
        assert hear(other.request("GET", f"/audio/{kept}")[2]).loudness() > 0.03
        status, _, body = other.send_text(prose(5000), other.token("/"))
        assert (status, "disk" in json.loads(body)["error"]) == (507, True)
        (small_disk / "ballast").unlink()
        other.post("/theme", theme="dark")
        assert (app.data / "reserve").stat().st_size == 1 << 20


def test_a_large_upload_to_a_full_disk_is_refused_with_a_sentence(small_disk):
    with App(small_disk, VOICEVERSE_MIN_FREE_MB="4") as app:
        client = Client(app).set_up()
        token = client.token("/")
        fill(small_disk, 0)
        body = multipart([("book.txt", b"word " * 400_000)], csrf_token=token)
        status, _, answer = client.request(
            "POST", "/documents", body, Content_Type=CONTENT_TYPE, Accept="application/json"
        )
        assert status == 507
        assert "disk" in json.loads(answer)["error"]
