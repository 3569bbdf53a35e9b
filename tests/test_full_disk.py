"""A disk that is full, on a small file system of its own."""

import json
import shutil
import subprocess

import pytest

from tests.listening import hear
from tests.making import SENTENCES, prose
from tests.serving import App, Client, wait_until


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a file system of 40 MB; skipped where mounting is not allowed."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small file system is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(folder, leave):
    free = shutil.disk_usage(folder).free
    (folder / "ballast").write_bytes(bytes(max(0, free - leave)))


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


def test_a_file_under_way_fails_with_a_sentence_and_goes_on_when_there_is_space(small_disk):
    with App(small_disk, VOICEVERSE_MIN_FREE_MB="4") as app:
        client = Client(app).set_up()
        filename = client.generate(prose(30_000))["filename"]
        fill(small_disk, 3_000_000)

        def failed():
            state = client.state(filename)
            return state if state["status"] == "failed" else None

        assert "disk is" in wait_until(failed, "the failure")["error"]
        (small_disk / "ballast").unlink()
        client.post(f"/files/{filename}/retry")
        client.until_ready(filename)
