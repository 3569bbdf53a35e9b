import itertools
import json
import os
import shutil
import subprocess
import threading
from contextlib import closing

import pytest

from speech.audio.captions import webvtt
from speech.types import AudioChunk
from tests.support.making import SENTENCES, Home, prose
from tests.support.standin_openai import StandIn
from tests.support.word_times import after_pauses_ms, differences_ms, listed, phrased

# A finished file


def test_a_text_becomes_a_playable_file_with_its_row_usage_and_segments(home):
    row = home.speak()
    heard = home.heard(row["filename"])
    assert row["status"] == "ready"
    assert row["error"] is None
    assert heard.duration_s == row["duration"]
    assert heard.loudness() > 0.03
    assert heard.peak <= 1.0
    assert row["size"] == len(home.sound(row["filename"]))
    assert row["spoken_characters"] == row["character_count"] == len(SENTENCES)
    usage = home.db.get_all_time_usage(home.user_id)
    assert usage == {"characters_used": len(SENTENCES), "cost": 0.0, "requests": 1}


def test_segments_tile_the_text_and_the_sound_and_carry_words(home):
    row = home.speak(prose(900))
    segments = home.db.get_segments(row["id"])
    assert segments[0]["text_start"] == 0
    assert segments[-1]["text_end"] == 900
    for before, after in itertools.pairwise(segments):
        assert before["text_end"] == after["text_start"]
        assert before["end_ms"] == after["start_ms"]
        assert before["byte_end"] < after["byte_end"]
    assert segments[-1]["end_ms"] == pytest.approx(row["duration"] * 1000, abs=1)
    text = home.db.get_text(row["id"])
    words = [
        (segment["text_start"] + start, segment["start_ms"] + ms)
        for segment in segments
        for start, _, ms in json.loads(segment["words"])
    ]
    assert len(words) > 0.95 * len(text.split())  # espeak joins a few, such as "of the"
    assert all(text[start - 1 : start].isspace() for start, _ in words[1:])
    moments = [moment for _, moment in words]
    assert moments == sorted(moments)
    assert moments[-1] < row["duration"] * 1000


@pytest.mark.parametrize(("text", "first_only"), [(prose(1500), True), (listed(800), False)])
def test_words_are_timed_where_their_sound_begins(home, text, first_only):
    off = differences_ms(home, text, first_only=first_only)
    assert len(off) > 15
    assert max(map(abs, off)) < 60


def test_words_after_a_pause_of_the_natural_voice_are_timed_where_their_sound_begins(home):
    pytest.importorskip("hibari", reason="hibari-tts is not installed")
    off, unheard = after_pauses_ms(home, phrased(900), engine="natural", voice="heart")
    assert len(off) > 2 * unheard
    assert max(map(abs, off)) < 60


def test_a_faster_speed_makes_a_shorter_file(home):
    assert home.speak(speed=2.0)["duration"] < 0.7 * home.speak(speed=1.0)["duration"]


@pytest.mark.parametrize(
    "text",
    [
        "*** * ***",
        "a",
        "é",
        "x" * 5000,
        "日本語のテキスト。",
        "one\0two\x07three",
        "😀" * 50 + " ok",
    ],
)
def test_odd_texts_end_with_sound_or_a_sentence(home, text):
    row = home.speak(text)
    if row["status"] == "ready":
        assert home.heard(row["filename"]).duration_s == row["duration"] > 0
    else:
        assert row["status"] == "failed"
        assert row["error"].endswith(".")


# Resuming


class Killed(BaseException):
    """Stands for a kill: nothing that the program does about errors may catch it."""


def kill_after(home, characters, monkeypatch):
    """Let the worker die once so many characters are recorded."""
    record = home.db.checkpoint_job

    def checkpoint(file_id, worker, segments, *, duration):
        record(file_id, worker, segments, duration=duration)
        if segments and segments[-1]["text_end"] >= characters:
            raise Killed

    monkeypatch.setattr("services.synthesis.CHECKPOINT_S", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(home.db, "checkpoint_job", checkpoint)
        with pytest.raises(Killed):
            home.worker.run_pending()
    home.worker.tidy()


def test_a_resumed_file_is_as_long_and_as_whole_as_an_undisturbed_one(home, monkeypatch):
    text = prose(3000)
    undisturbed = home.speak(text)
    filename = home.submit(text)["filename"]
    for characters in (200, 1000, 1500, 2900):
        kill_after(home, characters, monkeypatch)
    home.worker.run_pending()
    row = home.row(filename)
    assert row["status"] == "ready"
    assert home.heard(filename).duration_s == row["duration"]
    assert row["duration"] == pytest.approx(undisturbed["duration"], rel=0.01)
    assert home.db.get_segments(row["id"])[-1]["text_end"] == 3000
    assert home.db.get_all_time_usage(home.user_id)["characters_used"] == 6000


def test_a_file_killed_between_its_last_words_and_its_name_is_as_long_as_it_says(home, monkeypatch):
    text = prose(500)
    undisturbed = home.speak(text)
    filename = home.submit(text)["filename"]
    kill_after(home, len(text), monkeypatch)
    home.worker.run_pending()
    row = home.row(filename)
    assert home.heard(filename).duration_s == row["duration"]
    assert row["duration"] == pytest.approx(undisturbed["duration"], abs=0.05)


def test_sound_lost_with_the_power_is_spoken_again_and_counted_once(home, monkeypatch):
    filename = home.submit(prose(2000))["filename"]
    kill_after(home, 1500, monkeypatch)
    spoken = home.db.get_segments(home.row(filename)["id"])
    with home.store.write_part(filename, spoken[3]["byte_end"] + 10):
        pass
    home.worker.run_pending()
    assert home.row(filename)["status"] == "ready"
    assert home.heard(filename).duration_s == home.row(filename)["duration"]
    assert home.db.get_all_time_usage(home.user_id)["characters_used"] == 2000


def test_a_kill_between_the_rename_and_the_row_only_needs_the_row(home, monkeypatch):
    filename = home.submit()["filename"]
    with monkeypatch.context() as patch:
        patch.setattr(home.db, "finish_job", lambda *_, **__: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            home.worker.run_pending()
    before = home.sound(filename)
    home.worker.tidy()
    home.worker.run_pending()
    assert home.row(filename)["status"] == "ready"
    assert home.sound(filename) == before
    assert home.heard(filename).duration_s == home.row(filename)["duration"]


def test_a_file_that_kills_its_worker_again_and_again_fails_with_a_sentence(home):
    filename = home.submit()["filename"]
    for _ in range(10):
        assert home.worker._claim_job()
        home.worker.tidy()
    home.worker.run_pending()
    row = home.row(filename)
    assert row["status"] == "failed"
    assert "stopped 10 times" in row["error"]


def test_a_worker_told_to_stop_parks_its_file(home, monkeypatch):
    monkeypatch.setattr("services.synthesis.CHECKPOINT_S", 0.0)
    filename = home.submit(prose(2000))["filename"]
    home.worker.stop.set()
    home.worker._speak(home.worker._claim_job())
    assert home.row(filename)["status"] == "queued"
    home.worker.stop.clear()
    home.worker.run_pending()
    assert home.row(filename)["status"] == "ready"


def test_a_running_file_is_cancelled_and_keeps_what_was_spoken(home, monkeypatch):
    monkeypatch.setattr("services.synthesis.CHECKPOINT_S", 0.0)
    filename = home.submit(prose(4000))["filename"]
    record = home.db.checkpoint_job

    def checkpoint(*values, **named):
        if home.row(filename)["spoken_characters"] > 500:
            home.studio.generation.cancel(filename, home.user_id)
        return record(*values, **named)

    monkeypatch.setattr(home.db, "checkpoint_job", checkpoint)
    home.worker.run_pending()
    row = home.row(filename)
    assert row["status"] == "cancelled"
    assert 500 < row["spoken_characters"] < 4000
    monkeypatch.undo()
    home.studio.generation.retry(filename, home.user_id)
    home.worker.run_pending()
    assert home.row(filename)["status"] == "ready"


def test_a_file_deleted_while_it_is_spoken_leaves_nothing(home, monkeypatch):
    monkeypatch.setattr("services.synthesis.CHECKPOINT_S", 0.0)
    filename = home.submit(prose(2000))["filename"]
    record = home.db.checkpoint_job

    def checkpoint(*values, **named):
        if home.row(filename):
            home.studio.bin.delete_for_good(filename, home.user_id)
        return record(*values, **named)

    monkeypatch.setattr(home.db, "checkpoint_job", checkpoint)
    home.worker.run_pending()
    assert home.row(filename) is None
    assert home.files() == []


def test_a_file_put_into_the_bin_while_it_is_spoken_goes_on_there_where_it_stopped(
    home, monkeypatch
):
    monkeypatch.setattr("services.synthesis.CHECKPOINT_S", 0.0)
    filename = home.submit(prose(2000))["filename"]
    record = home.db.checkpoint_job

    def checkpoint(*values, **named):
        try:
            return record(*values, **named)
        finally:
            row = home.row(filename)
            if row and row["spoken_characters"]:
                home.studio.bin.delete(filename, home.user_id)

    monkeypatch.setattr(home.db, "checkpoint_job", checkpoint)
    home.worker.run_pending()
    monkeypatch.undo()
    row = home.studio.bin.restore(filename, home.user_id)
    assert row["status"] == "cancelled"
    assert 0 < row["spoken_characters"] < 2000
    home.studio.generation.retry(filename, home.user_id)
    home.worker.run_pending()
    assert home.row(filename)["status"] == "ready"
    assert len(home.db.get_library(home.user_id, search="lighthouse")) == 1


def test_on_a_full_disk_a_file_waits_and_is_whole_once_there_is_space(tmp_path, caplog):
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], capture_output=True
    ).returncode:
        pytest.skip("mounting a small file system is not allowed here")
    try:
        with closing(Home(folder)) as home:
            ballast = folder / "ballast"
            filename = home.submit(prose(3000))["filename"]
            ballast.write_bytes(bytes(shutil.disk_usage(folder).free - 500_000))
            speaking = threading.Thread(target=home.worker.run_pending)
            speaking.start()
            # Where there is no room to say that it waits either, some is made for just that.
            wait_until(lambda: not speaking.is_alive() or "cannot be written" in caplog.text)
            os.truncate(ballast, ballast.stat().st_size - 100_000)
            speaking.join()
            row = home.row(filename)
            assert (row["status"], row["waits_for"], row["error"]) == ("queued", "disk", None)
            ballast.unlink()
            wait_until(home.worker.run_pending)
            assert home.row(filename)["status"] == "ready"
            assert home.heard(filename).duration_s == home.row(filename)["duration"]
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


POEM = "all in one line each\nno stops at all here\njust words that go on\nuntil the poem ends"


def test_each_line_of_verse_has_its_place_in_the_sound_and_a_short_pause_after_it(home):
    row = home.speak(POEM, voice="espeak:gmw/en")
    text, segments = home.db.get_text(row["id"]), home.db.get_segments(row["id"])
    lines = [text[part["text_start"] : part["text_end"]] for part in segments]
    assert [line.strip() for line in lines] == POEM.split("\n")
    heard = home.heard(row["filename"])
    for part in segments[:-1]:
        end_s = part["end_ms"] / 1000
        assert heard.between(end_s - 0.1, end_s).peak < 0.01
        assert heard.between(end_s - 0.3, end_s).peak > 0.01


# Providers


def test_a_provider_is_asked_for_verse_as_before_and_for_its_first_sentence_whole(paying, provider):
    sentence = "It was a dark and stormy night, while the keeper sat by the fire and waited."
    for text in (POEM, sentence):
        paying.speak(text, voice="openai:alloy")
    assert [call.text for call in provider.calls] == [POEM, sentence]


def test_a_bought_text_is_counted_to_the_cent(paying, provider):
    row = paying.speak(prose(5000))
    assert row["status"] == "ready"
    assert row["cost"] == pytest.approx(5000 * 15e-6, abs=1e-9)
    assert paying.db.get_all_time_usage(paying.user_id)["cost"] == row["cost"]
    assert "".join(call.text for call in sorted_calls(provider, paying, row)) == prose(5000)


def sorted_calls(provider, home, row):
    text = home.db.get_text(row["id"])
    return sorted(provider.calls, key=lambda call: text.index(call.text))


def test_the_same_text_is_never_bought_twice(paying, provider):
    first, second = paying.speak(prose(3000)), paying.speak(prose(3000))
    assert set(provider.bought().values()) == {1}
    assert second["cost"] == 0.0
    assert second["duration"] == first["duration"]


def test_what_was_bought_before_a_kill_is_not_bought_again(paying, provider, monkeypatch):
    filename = paying.submit(prose(12_000))["filename"]
    kill_after(paying, 3000, monkeypatch)
    paying.worker.run_pending()
    row = paying.row(filename)
    assert row["status"] == "ready"
    assert set(provider.bought().values()) == {1}
    assert row["cost"] == pytest.approx(12_000 * 15e-6, abs=1e-9)


def test_a_purchase_that_a_kill_kept_from_the_ledger_is_entered_later(
    paying, provider, monkeypatch
):
    filename = paying.submit(SENTENCES)["filename"]
    with monkeypatch.context() as patch:
        patch.setattr(paying.db, "record_purchase", lambda *_, **__: (_ for _ in ()).throw(Killed))
        patch.setattr(threading, "excepthook", lambda _: None)
        thread = threading.Thread(target=paying.worker.run_pending, daemon=True)
        thread.start()
        wait_until(lambda: any(paying.studio.segment_cache.store.folder.glob("*/*.pcm")))
        paying.worker.stop.set()
        thread.join(30)
        assert not thread.is_alive()
    paying.worker.stop.clear()
    paying.worker.tidy()
    paying.worker.run_pending()
    row = paying.row(filename)
    assert row["status"] == "ready"
    assert row["cost"] == pytest.approx(len(SENTENCES) * 15e-6, abs=1e-9)


def wait_until(condition, deadline_s=30.0):
    import time

    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


@pytest.mark.parametrize("fault", ["cut", "incomplete", "stall", "short", "empty"])
def test_a_segment_that_breaks_off_is_asked_for_again(paying, provider, fault):
    provider.fault, provider.fault_times = fault, 1
    row = paying.speak(prose(800))
    assert row["status"] == "ready", row["error"]
    assert row["duration"] == pytest.approx(800 * 0.02, rel=0.1)
    assert row["cost"] == pytest.approx(800 * 15e-6, abs=1e-9)
    assert paying.heard(row["filename"]).duration_s == row["duration"]


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ("unauthorized", "key"),
        ("quota", "credit"),
        ("no_model", "model"),
        ("empty", ""),
        ("short", ""),
        ("json", ""),
        ("html", ""),
        ("mp3", ""),
    ],
)
def test_a_provider_that_fails_ends_as_failed_never_as_a_file(paying, provider, fault, named):
    provider.fault = fault
    row = paying.speak()
    assert row["status"] == "failed"
    assert named in row["error"]
    assert row["error"].endswith(".")
    assert "sk-test" not in row["error"]
    assert not [name for name in paying.files() if name.endswith(".mp3")]
    provider.fault = ""
    paying.studio.generation.retry(row["filename"], paying.user_id)
    paying.worker.run_pending()
    assert paying.row(row["filename"])["status"] == "ready"


def test_a_stopped_provider_is_named(tmp_path):
    with StandIn() as server:
        address = server.base_url
    with closing(Home(tmp_path, openai_base_url=address, openai_api_key="sk-test")) as home:
        row = home.speak()
    assert row["status"] == "failed"
    assert "reach" in row["error"]


def test_the_least_used_bought_sound_makes_room(tmp_path, provider, monkeypatch):
    monkeypatch.setattr("services.segment_purchases.SWEEP_EVERY", 1)
    with closing(Home(tmp_path, openai_base_url=provider.base_url, kept_segments_mb=1)) as home:
        for seed in range(4):
            assert home.speak(prose(900, seed))["status"] == "ready"
        size = sum(
            path.stat().st_size for path in home.studio.segment_cache.store.folder.glob("*/*.pcm")
        )
        assert size <= 1024 * 1024
        assert sum(row["size"] for row in home.db.list_cached_segments()) == size


def test_sound_at_another_rate_than_promised_is_refused(home, monkeypatch):
    engine = home.studio.registry.get("espeak")

    def speak(request):
        yield AudioChunk(bytes(200), 8000)

    monkeypatch.setattr(engine, "_speak", speak)
    row = home.speak()
    assert row["status"] == "failed"


# What shapes the reading


def test_a_written_pause_is_heard_and_has_no_caption(home):
    plain = home.speak("The bell rang. Nobody came.")
    row = home.speak("The bell rang. [pause 1.5s] Nobody came.")
    assert row["duration"] == pytest.approx(plain["duration"] + 1.4, abs=0.3)
    captions = webvtt(home.db.get_text(row["id"]), home.db.get_segments(row["id"]))
    assert "pause" not in captions
    assert "Nobody came." in captions


def test_speakers_have_their_own_voices_and_their_names_are_not_read(home):
    text = "Anna: The bell rang again.\nTom: I did not hear anything."
    alone = home.speak(text)
    row = home.speak(text, reading={"cast": {"Anna": "gmw/de", "Tom": "roa/fr"}})
    assert row["duration"] < alone["duration"]
    assert home.heard(row["filename"]).loudness() > 0.02


def test_a_pronunciation_is_spoken_and_marks_the_word_that_is_written(home):
    text = "Nguyen came in and sat down at once."
    plain = home.speak(text)
    home.db.create_pronunciation(home.user_id, "Nguyen", "a very much longer name than that")
    row = home.speak(text)
    assert row["duration"] > plain["duration"] + 0.8
    words = json.loads(home.db.get_segments(row["id"])[0]["words"])
    assert words[0][:2] == [0, len("Nguyen")]


def test_a_chapter_begins_with_a_segment_after_a_longer_pause(home):
    text = "It ends. Yes.\n\nTwo\n\nIt begins anew."
    start = text.index("Two")
    plain, row = home.speak(text), home.speak(text, chapters=[("One", 0), ("Two", start)])
    assert start in [part["text_start"] for part in home.db.get_segments(row["id"])]
    assert row["duration"] > plain["duration"] + 0.35


def test_a_piece_rests_at_a_checkpoint_and_goes_on_there(home, monkeypatch):
    monkeypatch.setattr("services.synthesis.CHECKPOINT_S", 0.0)
    row, record = home.submit(prose(4000)), home.db.checkpoint_job

    def checkpoint(*values, **named):
        if home.row(row["filename"])["spoken_characters"] > 500:
            home.studio.generation.pause(row["filename"], home.user_id)
        return record(*values, **named)

    monkeypatch.setattr(home.db, "checkpoint_job", checkpoint)
    home.worker.run_pending()
    resting = home.row(row["filename"])
    assert (resting["status"], resting["error"]) == ("paused", None)
    assert 500 < resting["spoken_characters"] < 4000
    monkeypatch.undo()
    home.studio.generation.retry(row["filename"], home.user_id)
    home.worker.run_pending()
    done = home.row(row["filename"])
    assert done["status"] == "ready"
    assert home.heard(row["filename"]).duration_s == pytest.approx(done["duration"], abs=0.001)
