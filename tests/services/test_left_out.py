"""Sentences that are left out or spoken once more: without a seam, unpaid or as a new take."""

import itertools

import pytest

from services.retakes import BadRetake
from storage.errors import WrongState
from tests.services.test_retakes import TEXT, change, check_whole, slice_of, spans


def leave_out(home, row, number):
    """Leave segment `number` out; the file's row after that."""
    segment = spans(home, row)[number]
    home.studio.retakes.leave_out(row, segment["text_start"], segment["text_end"])
    home.worker.run_pending()
    return home.row(row["filename"])


def put_back(home, row, words):
    """Put the take back that holds some words; the file's row after that."""
    take = next(take for take in home.db.list_takes(row["id"]) if words in take["text"])
    home.studio.retakes.restore_take(row, take["id"])
    home.worker.run_pending()
    return home.row(row["filename"])


def text_of(home, row):
    return home.db.get_text(row["id"])


@pytest.mark.parametrize("number", range(5))
def test_a_sentence_left_out_is_gone_and_all_others_sound_as_before(home, number):
    row = home.speak(TEXT)
    count = len(spans(home, row))
    segment = spans(home, row)[number]
    before = [slice_of(home, row, at) for at in range(count) if at != number]
    after = leave_out(home, row, number)
    check_whole(home, after)
    said = TEXT[segment["text_start"] : segment["text_end"]].strip()
    assert said not in text_of(home, after)
    length = (segment["end_ms"] - segment["start_ms"]) / 1000
    assert after["duration"] == pytest.approx(row["duration"] - length, abs=0.15)
    assert all(slice_of(home, after, at).like(before[at]) > 0.99 for at in range(count - 1))


@pytest.mark.parametrize("number", range(5))
def test_a_sentence_left_out_comes_back_with_its_text_and_its_sound(home, number):
    row = home.speak(TEXT)
    before = [slice_of(home, row, at) for at in range(len(spans(home, row)))]
    said = TEXT[slice(*[spans(home, row)[number][at] for at in ("text_start", "text_end")])]
    back = put_back(home, leave_out(home, row, number), said)
    check_whole(home, back)
    assert text_of(home, back) == TEXT
    assert all(slice_of(home, back, at).like(before[at]) > 0.99 for at in range(len(before)))
    assert home.db.list_takes(row["id"]) == []


def test_a_cut_makes_no_click(home):
    row = leave_out(home, home.speak(TEXT), 1)
    heard = home.heard(row["filename"])
    joint = spans(home, row)[1]["start_ms"] / 1000
    assert heard.between(joint - 0.08, joint + 0.002).peak < 0.02


def test_paragraphs_stay_apart_without_the_last_sentence_of_the_first(home):
    row = leave_out(home, home.speak(TEXT), 2)
    assert "arrive. \n\nLater the bell" in text_of(home, row)


@pytest.mark.parametrize("order", [*itertools.permutations((1, 2, 3))])
def test_neighbours_left_out_come_back_in_any_order(home, order):
    row = home.speak(TEXT)
    words = [TEXT[part["text_start"] : part["text_end"]].strip() for part in spans(home, row)]
    for _ in range(3):
        row = leave_out(home, row, 1)
    for number in order:
        row = put_back(home, row, words[number])
        check_whole(home, row)
    assert text_of(home, row).split() == TEXT.split()


def test_a_sentence_left_out_comes_back_behind_one_that_was_changed_meanwhile(home):
    row = leave_out(home, home.speak(TEXT), 2)
    row = change(home, row, 1, "Nobody had seen it.")
    row = put_back(home, row, "A dog slept")
    check_whole(home, row)
    assert "seen it. A dog slept on the warm stones.\n\nLater" in text_of(home, row)


def test_an_earlier_take_of_a_sentence_left_out_comes_back_in_its_place(home):
    row = change(home, home.speak(TEXT), 1, "Somebody had seen it.")
    row = put_back(home, leave_out(home, row, 1), "Nobody had seen")
    assert text_of(home, row) == TEXT
    (other,) = home.db.list_takes(row["id"])
    assert TEXT[other["text_start"] : other["text_end"]].startswith("Nobody had seen")
    row = put_back(home, row, "Somebody had seen")
    check_whole(home, row)
    assert "morning light. Somebody had seen it. A dog" in text_of(home, row)


def test_a_place_within_a_passage_changed_since_takes_nothing_back(home):
    row = leave_out(home, home.speak(TEXT), 1)
    row = change(home, row, 0, "All of this is new.", until=1)
    take = home.db.list_takes(row["id"])[-1]
    with pytest.raises(BadRetake, match="no longer fits"):
        home.studio.retakes.restore_take(row, take["id"])


def test_chapters_and_bookmarks_follow_and_an_empty_chapter_goes(home):
    places = [TEXT.index(word) for word in ("Later", "Then")]
    row = home.speak(TEXT, chapters=[("One", 0), ("Two", places[0]), ("Three", places[1])])
    home.db.create_bookmark(home.user_id, row["id"], places[1], "here")
    row = leave_out(home, row, 0)
    text = text_of(home, row)
    chapters = home.db.get_chapters(row["id"])
    assert [text[each["text_start"] :][:5] for each in chapters] == ["Nobod", "Later", "Then "]
    (mark,) = home.db.list_bookmarks(home.user_id, row["id"])
    assert text[mark["text_start"] :].startswith("Then the shops")
    row = leave_out(home, row, 2)
    assert [each["title"] for each in home.db.get_chapters(row["id"])] == ["One", "Three"]
    row = leave_out(home, row, 2)
    assert [each["title"] for each in home.db.get_chapters(row["id"])] == ["One"]
    (mark,) = home.db.list_bookmarks(home.user_id, row["id"])
    assert text_of(home, row)[mark["text_start"] :].startswith("A dog slept")


def test_leaving_out_asks_no_provider_and_uses_nothing(paying, provider):
    row = paying.speak(TEXT)
    asked, usage = len(provider.calls), paying.db.get_all_time_usage(paying.user_id)
    row = leave_out(paying, row, 1)
    put_back(paying, row, "Nobody had seen")
    assert len(provider.calls) == asked
    assert paying.db.get_all_time_usage(paying.user_id) == usage


def test_the_only_sentence_cannot_be_left_out(home):
    row = home.speak("One sentence alone.")
    with pytest.raises(BadRetake, match="only sentence"):
        home.studio.retakes.leave_out(row, 0, row["character_count"])


@pytest.mark.parametrize(("start", "end"), [(1, 44), (0, 5), (0, 0), (44, 0), (-1, 44)])
def test_only_whole_sentences_are_left_out_or_spoken_again(home, start, end):
    row = home.speak(TEXT)
    for act in (
        lambda: home.studio.retakes.leave_out(row, start, end),
        lambda: home.studio.retakes.speak_again(row, [(start, end)], is_fresh=True),
    ):
        with pytest.raises(BadRetake, match="whole sentences"):
            act()


def span(home, row, number):
    segment = spans(home, row)[number]
    return segment["text_start"], segment["text_end"]


def test_speaking_again_buys_a_new_take_and_keeps_the_earlier_one(paying, provider):
    row = paying.speak(TEXT)
    asked, cost = len(provider.calls), row["cost"]
    quote = paying.studio.retakes.quote_again(row, [span(paying, row, 1)], is_fresh=True)
    assert quote.cost_usd > 0
    for count in (1, 2):
        paying.studio.retakes.speak_again(row, [span(paying, row, 1)], is_fresh=True)
        paying.worker.run_pending()
        row = paying.row(row["filename"])
        assert len(provider.calls) == asked + count
        assert len(paying.db.list_takes(row["id"])) == count
    assert row["cost"] == pytest.approx(cost + 2 * quote.cost_usd)
    assert text_of(paying, row) == TEXT
    check_whole(paying, row)


def test_a_new_take_is_bought_once_though_the_worker_is_killed(paying, provider, monkeypatch):
    row = paying.speak(TEXT)
    asked = len(provider.calls)
    paying.studio.retakes.speak_again(row, [span(paying, row, 1)], is_fresh=True)
    killed_once(paying, monkeypatch, paying.db, "finish_retake")
    paying.worker.run_pending()
    assert len(provider.calls) == asked + 1
    check_whole(paying, paying.row(row["filename"]))


def test_many_sentences_are_spoken_again_one_after_the_other(home):
    row = home.speak(TEXT)
    some = [span(home, row, number) for number in (0, 2, 4)]
    home.studio.retakes.speak_again(row, some, is_fresh=False)
    home.worker.run_pending()
    row = home.row(row["filename"])
    assert text_of(home, row) == TEXT
    assert len(home.db.list_takes(row["id"])) == 3
    assert home.db.get_retake(row["id"]) is None
    check_whole(home, row)


def test_another_change_waits_until_all_sentences_are_spoken(home):
    row = home.speak(TEXT)
    home.studio.retakes.speak_again(row, [span(home, row, 0)], is_fresh=False)
    with pytest.raises(WrongState, match="being changed"):
        home.studio.retakes.leave_out(row, *span(home, row, 1))


class Killed(BaseException):
    pass


def killed_once(home, monkeypatch, owner, name):
    """Run the worker until it comes to a function, in which it is killed; then tidy up."""

    def kill(*_, **__):
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(owner, name, kill)
        home.worker.run_pending()
    home.worker.tidy()


@pytest.mark.parametrize("act", ["leave_out", "put_back", "again"])
def test_a_kill_leaves_the_old_sound_or_the_new_and_what_was_asked_is_done(home, monkeypatch, act):
    row = home.speak(TEXT)
    if act == "put_back":
        row = leave_out(home, row, 1)
        (take,) = home.db.list_takes(row["id"])
        home.studio.retakes.restore_take(row, take["id"])
    elif act == "leave_out":
        home.studio.retakes.leave_out(row, *span(home, row, 1))
    else:
        some = [span(home, row, number) for number in (1, 3)]
        home.studio.retakes.speak_again(row, some, is_fresh=True)
    killed_once(home, monkeypatch, home.db, "finish_retake")
    assert home.row(row["filename"])["sha256"] == row["sha256"]
    check_whole(home, home.row(row["filename"]))
    killed_once(home, monkeypatch, home.store, "finish")
    after = home.row(row["filename"])
    assert after["sha256"] != row["sha256"]
    check_whole(home, after)
    home.worker.run_pending()
    check_whole(home, home.row(row["filename"]))
    assert home.db.get_retake(row["id"]) is None
    assert len(home.db.list_takes(row["id"])) == {"leave_out": 1, "put_back": 0, "again": 2}[act]
