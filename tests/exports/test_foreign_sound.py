"""MP3s that came from elsewhere: stereo, variable bit rate, tags of their own, no segments."""

import io
import random
import zipfile

import av
import pytest

from services.exports import BadExport
from tests.exports.listening import Made

TEXT = "What somebody else once spoke & kept."


def stereo_mp3(seconds: float) -> bytes:
    """Louder on the left, at 44.1 kHz and a variable bit rate."""
    target, chance = io.BytesIO(), random.Random(3)
    with av.open(target, "w", format="mp3") as out:
        stream = out.add_stream("libmp3lame", rate=44100, layout="stereo", options={"q": "4"})
        out.metadata["title"] = "An older title"
        for position in range(0, int(seconds * 44100), 1152):
            frame = av.AudioFrame(format="s16", layout="stereo", samples=1152)
            left = (chance.randint(-9000, 9000) for _ in range(1152))
            pairs = (value.to_bytes(2, "little", signed=True) + b"\0\1" for value in left)
            frame.planes[0].update(b"".join(pairs))
            frame.sample_rate, frame.pts = 44100, position
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return target.getvalue()


@pytest.fixture(scope="module")
def foreign(home, tmp_path_factory):
    path = tmp_path_factory.mktemp("foreign") / "old.mp3"
    path.write_bytes(stereo_mp3(4))
    size, digest = home.store.adopt(path, "old.mp3")
    return home.db.create_audio_file(
        home.user_id, "old.mp3", "Old", voice="nova", text=TEXT, duration=4.0, size=size,
        sha256=digest, engine="gone",
    )  # fmt: skip


def made_of(home, row, key, lufs):
    exports = home.studio.exports
    export = exports.order(row, key, lufs)
    home.worker.exporting.run_pending()
    export = exports.get(row, export["id"])
    assert export["status"] == "ready", export["error"]
    with exports.files.open(export["name"]) as file:
        return Made(file.read(), row["duration"])


@pytest.mark.parametrize("lufs", [None, -19.0])
@pytest.mark.parametrize("key", ["m4b", "opus", "flac", "wav"])
def test_foreign_sound_becomes_any_format(home, foreign, key, lufs):
    made = made_of(home, foreign, key, lufs)
    assert made.heard.duration_s == pytest.approx(4.0, abs=0.1)
    assert made.tags["title"] == "Old"
    assert made.tags["artist"] == "nova"
    if lufs:
        assert made.loudness[0] == pytest.approx(lufs, abs=1.0)
        assert made.loudness[1] < -1.0


@pytest.mark.parametrize("lufs", [None, -19.0])
def test_foreign_sound_becomes_a_book_with_its_text_as_one_clip(home, foreign, lufs):
    made = made_of(home, foreign, "epub", lufs)
    with zipfile.ZipFile(io.BytesIO(made.data)) as book:
        page = book.read("EPUB/chapter-001.xhtml").decode()
        assert "What somebody else once spoke &amp; kept." in page
        overlay = book.read("EPUB/chapter-001.smil").decode()
        assert overlay.count("<par ") == 1
        sound = Made(book.read("EPUB/audio/001.mp3"), 4.0)
        assert sound.heard.duration_s == pytest.approx(4.0, abs=0.1)


def test_a_piece_without_a_text_makes_no_book(home):
    row = home.db.create_audio_file(home.user_id, "mute.mp3", "Mute", voice="nova")
    with pytest.raises(BadExport, match="no text"):
        home.studio.exports.order(row, "epub", None)
