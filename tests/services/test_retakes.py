"""Changed sentences: only they are spoken, the rest stays to the byte, earlier takes come back."""

import itertools
import json

import pytest

from services.retakes import BadRetake
from services.synthesis import NothingSpoken
from storage.audio_errors import NoSpace
from storage.errors import NotFound, WrongState
from tests.support.making import prose

TEXT = (
    "The harbour lay quiet in the morning light. Nobody had seen the ferry arrive. "
    "A dog slept on the warm stones.\n\nLater the bell rang twice. Then the shops opened."
)


def spans(home, row):
    return home.db.get_segments(row["id"])


def change(home, row, number, text, *, until=None):
    """Have segment `number` (up to `until`) say something else; the file's row after that."""
    segments = spans(home, row)
    start, end = segments[number]["text_start"], segments[until or number]["text_end"]
    home.studio.retakes.ask(row, start, end, text)
    home.worker.run_pending()
    return home.row(row["filename"])


def slice_of(home, row, number):
    """The samples between two segments' times, decoded."""
    segment = spans(home, row)[number]
    heard = home.heard(row["filename"])
    return heard.between(segment["start_ms"] / 1000, segment["end_ms"] / 1000)


def check_whole(home, row):
    """Everything about a file that must fit together after any change."""
    segments, text = spans(home, row), home.db.get_text(row["id"])
    assert [part["position"] for part in segments] == list(range(len(segments)))
    assert segments[0]["text_start"] == 0
    assert segments[-1]["text_end"] == len(text) == row["character_count"]
    for before, after in itertools.pairwise(segments):
        assert before["text_end"] == after["text_start"]
        assert before["end_ms"] <= after["start_ms"] + 60
        assert before["byte_end"] < after["byte_end"]
        assert before["frame_end"] < after["frame_end"]
    heard = home.heard(row["filename"])
    assert heard.duration_s == pytest.approx(row["duration"], abs=0.001)
    assert row["size"] == len(home.sound(row["filename"]))
    assert home.store.part_size(row["filename"]) == 0


@pytest.mark.parametrize("number", [0, 1, 2, -1])
def test_one_sentence_is_spoken_anew_and_the_rest_stays_as_it_sounds(home, number):
    row = home.speak(TEXT)
    count = len(spans(home, row))
    number %= count
    before = [slice_of(home, row, at) for at in range(count)]
    after = change(home, row, number, "Something entirely different is being said at this point.")
    check_whole(home, after)
    assert "Something entirely different" in home.db.get_text(row["id"])
    for at in range(count):
        same = slice_of(home, after, at).like(before[at])
        assert same > 0.99 if at != number else same < 0.9, at


@pytest.mark.parametrize("number", [0, 2, 3])
def test_a_sentence_that_is_spoken_anew_keeps_the_pause_after_it(home, number):
    row = home.speak(TEXT, voice="espeak:gmw/en")
    segment = spans(home, row)[number]
    said = home.db.get_text(row["id"])[segment["text_start"] : segment["text_end"]]
    after = change(home, row, number, said)
    assert after["duration"] == pytest.approx(row["duration"], abs=0.1)
    check_whole(home, after)


def test_a_change_makes_no_click(home):
    row = home.speak(TEXT)
    after = change(home, row, 1, "Nobody saw it arrive.")
    joint = spans(home, after)[1]
    heard = home.heard(after["filename"])
    for ms in (joint["start_ms"], joint["end_ms"]):
        quiet = heard.between(ms / 1000 - 0.04, ms / 1000 - 0.002)
        assert quiet.peak < 0.02


def test_many_changes_keep_text_sound_and_words_together(home):
    row = home.speak(prose(3000))
    for number in (0, 7, 3, len(spans(home, row)) - 1, 5):
        row = change(
            home, row, number, f"This is the new sentence number {number}, and it is long."
        )
        check_whole(home, row)
    text = home.db.get_text(row["id"])
    for segment in spans(home, row):
        for start, length, ms in json.loads(segment["words"] or "[]"):
            word = text[segment["text_start"] + start :][:length]
            assert word == word.strip() != ""
            assert segment["start_ms"] + ms <= segment["end_ms"]


def test_one_sentence_may_become_several_and_several_one(home):
    row = home.speak(TEXT)
    count = len(spans(home, row))
    row = change(
        home, row, 1, "First the gulls came in. Then the boats came in. Then the rain came."
    )
    assert len(spans(home, row)) == count + 2
    check_whole(home, row)
    row = change(home, row, 1, "Everything came in at once.", until=3)
    assert len(spans(home, row)) == count
    check_whole(home, row)


def test_an_earlier_take_comes_back_byte_for_byte_as_it_sounded(home):
    row = home.speak(TEXT)
    before = [slice_of(home, row, at) for at in range(len(spans(home, row)))]
    changed = change(home, row, 1, "Somebody had seen it.")
    (take,) = home.db.list_takes(row["id"])
    home.studio.retakes.restore_take(changed, take["id"])
    home.worker.run_pending()
    back = home.row(row["filename"])
    check_whole(home, back)
    assert home.db.get_text(row["id"]) == TEXT
    assert all(slice_of(home, back, at).like(before[at]) > 0.99 for at in range(len(before)))
    assert [each["text"].strip() for each in home.db.list_takes(row["id"])] == [
        "Somebody had seen it.",
        "Nobody had seen the ferry arrive.",
    ]


def test_a_take_whose_passage_was_changed_otherwise_is_kept_but_fits_no_more(home):
    row = home.speak(TEXT)
    row = change(home, row, 1, "Somebody had seen the ferry.")
    row = change(home, row, 0, "Both of these sentences are new.", until=1)
    older = home.db.list_takes(row["id"])[-1]
    with pytest.raises(BadRetake, match="no longer fits"):
        home.studio.retakes.restore_take(row, older["id"])


def test_chapters_move_with_the_text(home):
    start = TEXT.index("Later")
    row = home.speak(TEXT, chapters=[("One", 0), ("Two", start)])
    assert [part["text_start"] for part in spans(home, row)].count(start) == 1
    change(home, row, 0, "Short.")
    one, two = home.db.get_chapters(row["id"])
    text = home.db.get_text(row["id"])
    assert text[two["text_start"] :].startswith("Later")
    assert one["end_ms"] == two["start_ms"] > 0


def test_changed_words_are_found_and_the_old_ones_are_not(home):
    row = home.speak(TEXT)
    change(home, row, 1, "A zeppelin had landed.")
    found = home.db.get_library(home.user_id, search="zeppelin")
    assert [each["id"] for each in found] == [row["id"]]
    assert home.db.get_library(home.user_id, search="ferry") == []


def test_only_the_change_is_bought_and_its_price_told_before(paying, provider):
    row = paying.speak(TEXT)
    asked, cost = len(provider.calls), row["cost"]
    segment = spans(paying, row)[1]
    quote = paying.studio.retakes.quote(
        row, segment["text_start"], segment["text_end"], "Price of this is known."
    )
    assert len(provider.calls) == asked
    after = change(paying, row, 1, "Price of this is known.")
    assert len(provider.calls) == asked + quote.segments == asked + 1
    assert after["cost"] == pytest.approx(cost + quote.cost_usd)
    usage = paying.db.get_all_time_usage(paying.user_id)
    assert usage["cost"] == pytest.approx(after["cost"])
    again = paying.studio.retakes.quote(
        after,
        segment["text_start"],
        spans(paying, after)[1]["text_end"],
        "Price of this is known.",
    )
    assert again.cost_usd == 0


def test_a_provider_that_refuses_leaves_the_file_as_it_was(paying, provider):
    row = paying.speak(TEXT)
    sound = paying.sound(row["filename"])
    provider.fault, provider.fault_times = "unauthorized", 1
    after = change(paying, row, 1, "This will not be spoken.")
    assert paying.sound(row["filename"]) == sound
    assert after["sha256"] == row["sha256"]
    failed = paying.db.get_retake(row["id"])
    assert failed["status"] == "failed"
    assert failed["error"]
    assert change(paying, row, 1, "But this will be.")["sha256"] != row["sha256"]


@pytest.mark.parametrize("text", ["", "  ", "…", "\x00"])
def test_a_change_to_nothing_is_refused(home, text):
    row = home.speak(TEXT)
    with pytest.raises(NothingSpoken):
        home.studio.retakes.ask(row, 0, spans(home, row)[0]["text_end"], text)


@pytest.mark.parametrize(("start", "end"), [(1, 44), (0, 5), (0, 0), (44, 0), (-1, 44), (0, 10**9)])
def test_only_whole_sentences_are_changed(home, start, end):
    row = home.speak(TEXT)
    with pytest.raises(BadRetake, match="whole sentences"):
        home.studio.retakes.ask(row, start, end, "Something else.")


def test_a_second_change_waits_until_the_first_is_made(home):
    row = home.speak(TEXT)
    end = spans(home, row)[0]["text_end"]
    home.studio.retakes.ask(row, 0, end, "Something else.")
    with pytest.raises(WrongState, match="being changed"):
        home.studio.retakes.ask(row, 0, end, "Something else again.")


def test_a_piece_that_is_not_whole_cannot_be_changed(home):
    row = home.submit(TEXT)
    with pytest.raises(BadRetake, match="once all of it has been generated"):
        home.studio.retakes.ask(row, 0, 10, "Something else.")


def test_a_take_of_another_file_is_not_found(home):
    row, other = home.speak(TEXT), home.speak(TEXT)
    change(home, row, 0, "Something else.")
    (take,) = home.db.list_takes(row["id"])
    with pytest.raises(NotFound):
        home.studio.retakes.restore_take(other, take["id"])


def test_a_full_disk_leaves_the_file_as_it_was(home, monkeypatch):
    row = home.speak(TEXT)
    sound = home.sound(row["filename"])

    def full(*_):
        raise NoSpace("The disk is full.")

    monkeypatch.setattr("storage.growing_file.GrowingFile.write", full)
    after = change(home, row, 0, "Something else.")
    assert home.sound(row["filename"]) == sound
    assert after["sha256"] == row["sha256"]
    assert home.db.get_retake(row["id"])["waits_for"] == "disk"


def test_a_kill_before_the_record_leaves_the_old_sound_and_after_it_the_new(home, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(*_, **__):
        raise Killed

    row = home.speak(TEXT)
    home.studio.retakes.ask(row, 0, spans(home, row)[0]["text_end"], "Something else.")
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(home.db, "finish_retake", kill)
        home.worker.run_pending()
    home.worker.tidy()
    assert home.files() == [row["filename"]]
    check_whole(home, home.row(row["filename"]))
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(home.store, "finish", kill)
        home.worker.run_pending()
    home.worker.tidy()
    after = home.row(row["filename"])
    assert after["sha256"] != row["sha256"]
    check_whole(home, after)
    assert home.db.get_retake(row["id"]) is None


def test_takes_leave_the_disk_with_their_file(home):
    row = home.speak(TEXT)
    change(home, row, 0, "Something else.")
    kept = [*(home.config.data_dir / "takes").rglob("*.frames")]
    assert len(kept) == 1
    home.studio.bin.delete_for_good(row["filename"], home.user_id)
    home.studio.reconcile()
    assert not kept[0].exists()
