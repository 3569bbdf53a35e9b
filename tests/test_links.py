"""Links, pipes and others' files in the data folder: not followed, waited for or swept."""

import json
import os

import pytest

from backups import create
from storage.audio_errors import NoSuchAudio
from storage.disk_reserve import Reserve
from storage.export_store import ExportStore
from storage.segment_store import PreviewStore, SegmentStore, TakeStore
from tests.support.listening import hear
from tests.support.making import SENTENCES
from tests.support.serving import App, Client

SECRET = b"somebody else's words " * 10
HASH = "ab" * 32


@pytest.fixture
def elsewhere(tmp_path):
    """A folder outside of the data folder, with what belongs to somebody else."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "secret").write_bytes(SECRET)
    return folder


def put(what, path, elsewhere):
    """Have a link to a secret, a pipe, a device or a folder stand there."""
    path.unlink(missing_ok=True)
    if what == "link":
        path.symlink_to(elsewhere / "secret")
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()


def names(folder):
    return sorted(path.name for path in folder.rglob("*"))


def test_a_start_sweeps_its_own_uploads_and_nothing_that_a_link_leads_to(tmp_path, elsewhere):
    others = ["report.pdf", "tmpk3_9xq0a", "upload-of-mine", "reading-list.txt"]
    for name in others:
        (elsewhere / name).write_bytes(b"x")
    (elsewhere / "empty").mkdir()
    (elsewhere / "upload-k3_9xq0a").write_bytes(b"half")
    (elsewhere / "upload-k3_9xq0b").symlink_to(elsewhere / "report.pdf")
    (elsewhere / "reading-k3_9xq0a").symlink_to(tmp_path / "further")
    (tmp_path / "further").mkdir()
    (tmp_path / "further" / "kept").write_bytes(b"x")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "imports").symlink_to(elsewhere)
    with App(tmp_path) as app:
        assert names(elsewhere) == sorted([*others, "empty", "secret"])
        assert (elsewhere / "report.pdf").read_bytes() == b"x"
        assert (tmp_path / "further" / "kept").exists()
        assert Client(app).set_up().request("GET", "/documents")[0] == 200


@pytest.mark.parametrize("what", ["link", "pipe", "device", "folder"])
def test_what_stands_in_the_place_of_sound_is_not_served(tmp_path, elsewhere, what):
    with App(tmp_path) as app:
        client = Client(app).set_up()
        filename = client.generate(SENTENCES)["filename"]
        client.until_ready(filename)
        put(what, app.data / "audio" / filename, elsewhere)
        for path in (f"/audio/{filename}", f"/download/{filename}", f"/audio/{filename}?from=1"):
            status, _, body = client.request("GET", path)
            assert status == 404, path
            assert SECRET not in body
        part = {"Range": "bytes=0-99"}
        assert client.request("GET", f"/audio/{filename}", **part)[0] == 404
        status, _, body = client.request("GET", "/account/export")
        assert status == 200
        assert SECRET not in body
        made = app.flask("backup")
        assert made.returncode == 0, made.stderr
        kept = [path for path in (app.data / "backups").rglob("*") if path.is_file()]
        assert not any(SECRET in path.read_bytes() for path in kept if path.stat().st_size < 9999)


@pytest.mark.parametrize("what", ["link", "pipe", "device"])
def test_what_stands_in_the_place_of_a_growing_file_is_replaced_not_written_to(
    home, tmp_path, elsewhere, what
):
    part = home.store.growing_path("20260101-0123456789abcdef.mp3")
    put(what, part, elsewhere)
    with home.store.write_part("20260101-0123456789abcdef.mp3", 0) as growing:
        growing.write(b"sound")
    assert part.read_bytes() == b"sound"
    assert (elsewhere / "secret").read_bytes() == SECRET


def test_a_data_folder_may_have_its_sound_on_another_disk(tmp_path, elsewhere):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "audio").symlink_to(elsewhere)
    with App(tmp_path) as app:
        client = Client(app).set_up()
        filename = client.generate(SENTENCES)["filename"]
        client.until_ready(filename)
        app.kill()
        for name in ("song.mp3.part", "song.mp3.deleted"):
            (elsewhere / name).write_bytes(b"x")
        (elsewhere / "20260101-0123456789abcdef.mp3.part").write_bytes(b"x")
        app.start()
        again = client.generate(SENTENCES)["filename"]
        client.until_ready(again)  # so the worker has swept
        assert hear(client.request("GET", f"/audio/{filename}")[2]).loudness() > 0.03
        kept = {"secret", "song.mp3.part", "song.mp3.deleted", filename, again}
        assert set(names(elsewhere)) == kept


@pytest.mark.parametrize("make", [SegmentStore, TakeStore, PreviewStore])
def test_kept_sound_is_found_and_swept_among_our_own_files_alone(tmp_path, elsewhere, make):
    room = tmp_path / "pool" / HASH[:2]
    store = make(tmp_path / "pool")
    store.write(HASH, [b"sound"])
    (elsewhere / f"{HASH}{store.SUFFIX}.part").write_bytes(b"x")
    (tmp_path / "pool" / "cd").symlink_to(elsewhere)
    (room / f"notes{store.SUFFIX}.txt.part").write_bytes(b"x")
    (room / f"{'abcd' * 16}{store.SUFFIX}").symlink_to(elsewhere / "secret")
    sweep = (lambda: store.sweep(lambda _: True)) if make is TakeStore else store.sweep
    sweep()
    assert names(elsewhere) == [f"{HASH}{store.SUFFIX}.part", "secret"]
    assert (room / f"notes{store.SUFFIX}.txt.part").exists()
    assert [path.name for _, path in store.files()] == [f"{HASH}{store.SUFFIX}"]
    assert not store.has("abcd" * 16)
    with pytest.raises(FileNotFoundError):
        b"".join(store.read("abcd" * 16))
    if make is TakeStore:
        with pytest.raises(NoSuchAudio):
            store.read_whole("abcd" * 16)


def test_downloads_are_swept_by_their_own_names_alone_and_served_from_no_link(tmp_path, elsewhere):
    (tmp_path / "exports").symlink_to(elsewhere)
    store = ExportStore(tmp_path / "exports")
    ours, linked = (store.new_name("a.mp3", ".m4b") for _ in range(2))
    for name in (ours, "film.mkv.part", "film.mkv"):
        (elsewhere / name).write_bytes(b"x")
    (elsewhere / linked).symlink_to(elsewhere / "secret")
    assert not store.has(linked)
    store.sweep(lambda _: False)
    assert names(elsewhere) == ["film.mkv", "film.mkv.part", "secret"]


def test_backups_are_swept_by_their_own_names_alone(home, elsewhere):
    (home.config.data_dir / "backups").symlink_to(elsewhere)
    (elsewhere / ".film.mkv.part").write_bytes(b"x")
    (elsewhere / ".new.part").mkdir()
    (elsewhere / ".0123456789abcdef.part").write_bytes(b"x")
    made = create.make(home.config)
    assert {path.name for path in elsewhere.iterdir() if path.name != "lock"} >= {
        ".film.mkv.part", "secret", made.folder.name,
    }  # fmt: skip
    assert not (elsewhere / ".new.part").exists()
    assert not (elsewhere / ".0123456789abcdef.part").exists()


def test_the_reserve_takes_its_room_in_a_file_of_its_own(tmp_path, elsewhere):
    (tmp_path / "reserve.part").symlink_to(elsewhere / "secret")
    Reserve(tmp_path / "reserve", 4).look()
    assert (elsewhere / "secret").read_bytes() == SECRET
    assert (tmp_path / "reserve").stat().st_size == 1 << 20


def test_a_download_is_not_made_of_what_a_link_leads_to(tmp_path, elsewhere):
    with App(tmp_path) as app:
        client = Client(app).set_up()
        filename = client.generate(SENTENCES)["filename"]
        client.until_ready(filename)
        sound = app.data / "audio" / filename
        sound.rename(elsewhere / "moved.mp3")
        sound.symlink_to(elsewhere / "moved.mp3")
        status, _, body = client.post(
            f"/files/{filename}/exports", accept="application/json", format="flac"
        )
        assert status == 409
        assert "missing" in json.loads(body)["error"]
