import threading
import time
from datetime import UTC, datetime

import pytest

from queries.groups import STOPPED
from services.file_names import BadName, check_group, check_name, suggest_name
from services.generation import TextEmpty, TextTooLong
from speech.errors import BadSpeed, KeyMissing, UnknownEngine, UnknownVoice
from storage.audio_errors import NoSpace
from storage.errors import NotFound, WrongState
from tests.support.making import SENTENCES, Home, prose
from tests.support.pacing import takes_below


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path, max_characters=10_000)
    yield home
    home.close()


NOTHING = ["", " ", "\n\t \r\n", "\0\0", "\x07\x1b", "\u200b\u200e", "\ufeff", "\u2028"]


@pytest.mark.parametrize("text", NOTHING)
def test_a_text_with_nothing_to_say_is_refused(home, text):
    for use in (home.studio.generation.quote, home.submit):
        with pytest.raises(TextEmpty, match="no text"):
            use(text)
    assert home.db.get_audio_files_by_owner(home.user_id) == []


def test_a_text_beyond_the_limit_is_refused_whole_with_both_numbers(home):
    with pytest.raises(TextTooLong, match=r"10,001 characters.*10,000"):
        home.submit("a" * 10_001)
    assert home.submit("a" * 10_000)["character_count"] == 10_000


@pytest.mark.parametrize(
    ("options", "error", "named"),
    [
        ({"voice": "nobody"}, UnknownVoice, "nobody"),
        ({"voice": "espeak:gmw/klingon"}, UnknownVoice, "gmw/klingon"),
        ({"engine": "festival"}, UnknownEngine, "festival"),
        ({"voice": "openai:nova"}, KeyMissing, "OPENAI_API_KEY"),
        ({"speed": 9.0}, BadSpeed, "9"),
        ({"speed": 0.0}, BadSpeed, "0"),
        ({"speed": float("nan")}, BadSpeed, "nan"),
        ({"speed": float("inf")}, BadSpeed, "inf"),
    ],
)
def test_what_the_engine_cannot_do_is_refused_by_name(home, options, error, named):
    with pytest.raises(error, match=named):
        home.submit(**options)


def test_a_quote_counts_times_and_prices_without_changing_anything(home):
    quote = home.studio.generation.quote(SENTENCES)
    assert quote.characters == len(SENTENCES)
    assert quote.segments == 3
    assert 3 < quote.duration_s < 9
    assert quote.cost_usd == 0.0
    assert home.db.get_audio_files_by_owner(home.user_id) == []


def test_a_quote_for_a_provider_has_the_price_of_its_model(tmp_path):
    home = Home(tmp_path, openai_api_key="sk-test", openai_model="tts-1")
    quote = home.studio.generation.quote("a" * 8537, "nova")
    assert quote.engine.name == "openai"
    assert quote.cost_usd == pytest.approx(0.128055, abs=1e-12)
    assert quote.price.as_of
    assert quote.price.source
    home.close()


def test_a_quote_prices_what_is_said_of_markup(tmp_path):
    home = Home(tmp_path, openai_api_key="sk-test")
    plain, marked = "I said never. " * 40, "I said **never**. " * 40
    quotes = [
        home.studio.generation.quote(text, "openai:nova", reading=reading).cost_usd
        for text, reading in ((plain, {}), (marked, {}), (marked, {"markup": "literal"}))
    ]
    assert quotes[0] == quotes[1] < quotes[2]
    home.close()


def test_signs_are_said_in_pieces_from_before(home):
    def said(row):
        voices = home.studio.voice_fallback.voices_for(row, "")
        script = home.studio.scripts.script(voices, home.db.get_text(row["id"]))
        return "".join(said.text for _, said in script.lines())

    row = home.submit("I said **never**.")
    assert said(row) == "I said never."
    assert said({**row, "reading": "{}"}) == "I said **never**."


def test_a_submission_waits_with_all_it_was_given(home):
    row = home.submit(name="  The\tboat\x00 ", category=" Sea ", speed=1.5)
    assert row["status"] == "queued"
    assert row["display_name"] == "The boat"
    assert row["category"] == "Sea"
    assert row["speed"] == 1.5
    assert row["engine"] == "espeak"
    assert home.db.get_text(row["id"]) == SENTENCES


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "x.mp3\0.exe", "<b>&amp;"])
def test_a_name_never_becomes_a_path(home, name):
    row = home.submit(name=name)
    assert "/" not in row["filename"]
    home.worker.run_pending()
    assert home.files() == [row["filename"]]


@pytest.mark.parametrize(
    ("name", "match"), [("n" * 201, "201 characters"), (" \x00\x01 ", "empty")]
)
def test_a_name_that_cannot_be_kept_is_refused(home, name, match):
    with pytest.raises(BadName, match=match):
        home.studio.generation.rename(home.submit()["filename"], home.user_id, name=name)


def test_a_group_name_has_its_limit():
    assert check_group("  ") == ""
    with pytest.raises(BadName, match="101"):
        check_group("g" * 101)


ODD = [
    *("\n", "\r\n", "a\n\n", "[pause 1s]", "Anna: x\n", "1,", "1. ", "(", '"', "\u0301", "\u200d"),
    *("😀", "猫は海を見た。", "नमस्ते। ", ". ", "Dr. ", "\u2028", " ", "a"),
]


@pytest.mark.parametrize("unit", ODD)
def test_a_quote_comes_at_once_for_any_text(tmp_path, unit):
    home = Home(tmp_path)
    text = "a" + unit * (1_000_000 // len(unit))
    assert takes_below(1.5, lambda: home.studio.generation.quote(text, owner_id=home.user_id))
    home.close()


def test_a_text_that_pronunciations_make_endless_is_refused(home):
    home.db.create_pronunciation(
        home.user_id, pattern="a", replacement="b" * 100, whole_word=True, match_case=False,
        language="", phonemes=False,
    )  # fmt: skip
    for use in (
        home.submit,
        lambda text: home.studio.generation.quote(text, owner_id=home.user_id),
    ):
        assert use("a word " * 200)
        with pytest.raises(TextTooLong, match=r"your pronunciations.*up to 30,000"):
            use("a " * 1000)


# Texts and the names they get, here and in the page (tests/browser/test_studio.py).
NAMES = [
    ("Call me Ishmael. Some years ago", "Call me Ishmael. Some years ago"),
    ("\n\n  Title,\n\nand more", "Title, and more"),
    ("w" * 500, "w" * 59 + "…"),
    ("word " * 100, "word " * 11 + "word…"),
    ("The rain had stopped. " + "A boat came in. " * 9, "The rain had stopped."),
    ("Dr. Smith met Mr. Jones on 3. May " + "and spoke " * 9,
     "Dr. Smith met Mr. Jones on 3. May and spoke and spoke and…"),
    ("Is it late? I asked, " + "and asked " * 9, "Is it late?"),
    ("“Where were you,” she said, “" + "all this long night " * 9,
     "“Where were you,” she said, “all this long night all this…"),
    ("“Where were you " + "all this long night " * 9 + "”",
     "Where were you all this long night all this long night all…"),
    ("# Chapter One " + "and more " * 9,
     "Chapter One and more and more and more and more and more…"),
    ("[pause 2s] Quiet now, " + "and listen " * 9,
     "Quiet now, and listen and listen and listen and listen and…"),
    ("猫は海を見ていた。" + "静かな朝に灯台の光が消えた" * 9, "猫は海を見ていた。"),
    ("静かな朝に灯台の光が消えた" * 9, ("静かな朝に灯台の光が消えた" * 5)[:59] + "…"),
    ("a" * 58 + "e\u0301" * 9, "a" * 58 + "…"),
    ("x" * 57 + "👨\u200d👩\u200d👧" * 9, "x" * 57 + "…"),
    ("😀" * 99, "😀" * 59 + "…"),
    ("One, two, " + "\ud800 three " * 40,
     "One, two, three three three three three three three three…"),
]  # fmt: skip


MARKED_UP = [
    ("# The ferry\n\nIt **never** left.", "The ferry"),
    ("I said **never** do [that](https://example.org) again.", "I said never do that again."),
    ("<h1>The ferry</h1><p>It <b>left</b>.</p>", "The ferry"),
    ("<p>Hello <b>dear</b> reader</p><p>Tom &amp; Ann</p>", "Hello dear reader Tom & Ann"),
    ('<speak>Hello <break time="1s"/> <sub alias="World">W</sub></speak>', "Hello World"),
]


@pytest.mark.parametrize(("text", "name"), MARKED_UP)
def test_a_name_has_the_signs_of_markup_where_they_are_said(home, text, name):
    assert home.submit(text)["display_name"] == name
    assert home.submit(text, reading={"markup": "literal"})["display_name"] == suggest_name(text)
    assert home.studio.generation.quote(text).name == name


def test_a_name_cannot_turn_its_ending_around():
    assert check_name("abc\u202etxt.exe") == "abctxt.exe"
    assert check_group("\u2066Sea\u2069") == "Sea"


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_name_ends_with_a_sentence_or_tells_that_the_text_goes_on(text, name):
    assert suggest_name(text) == name
    assert len(name) <= 60


def test_a_file_can_be_renamed_and_moved_by_its_owner_alone(home):
    stranger = home.db.create_user("bert", "!")["id"]
    filename = home.submit()["filename"]
    assert (
        home.studio.generation.rename(filename, home.user_id, name="New")["display_name"] == "New"
    )
    assert (
        home.studio.generation.rename(filename, home.user_id, category="Sea")["category"] == "Sea"
    )
    for use in (
        lambda: home.studio.generation.rename(filename, stranger, name="Mine"),
        lambda: home.studio.bin.delete(filename, stranger),
        lambda: home.studio.generation.cancel(filename, stranger),
        lambda: home.studio.generation.retry(filename, stranger),
    ):
        with pytest.raises(NotFound):
            use()
    assert home.row(filename)["display_name"] == "New"


def test_a_deleted_file_lies_in_the_bin_and_comes_back_as_it_was(home):
    row = home.speak()
    sound = home.sound(row["filename"])
    home.studio.bin.delete(row["filename"], home.user_id)
    assert home.row(row["filename"]) is None
    with pytest.raises(NotFound):
        home.studio.bin.delete(row["filename"], home.user_id)
    assert home.studio.bin.restore(row["filename"], home.user_id) == row
    assert home.sound(row["filename"]) == sound
    with pytest.raises(NotFound):
        home.studio.bin.restore(row["filename"], home.user_id)


@pytest.mark.parametrize("is_binned", [True, False])
def test_deleting_for_good_removes_row_and_sound_and_keeps_usage_and_history(home, is_binned):
    row = home.speak()
    home.db.record_playback(home.user_id, row["id"])
    if is_binned:
        home.studio.bin.delete(row["filename"], home.user_id)
    home.studio.bin.delete_for_good(row["filename"], home.user_id)
    assert home.db.get_audio_file(row["filename"], home.user_id, include_binned=True) is None
    assert home.files() == []
    assert home.db.get_all_time_usage(home.user_id)["characters_used"] == len(SENTENCES)
    assert home.db.get_playback_history(home.user_id)[0]["display_name"] == row["display_name"]
    with pytest.raises(NotFound):
        home.studio.bin.delete_for_good(row["filename"], home.user_id)


def test_the_bin_is_emptied_of_what_has_lain_there_for_thirty_days(home):
    old, young = home.speak(), home.speak()
    for row, day in ((old, "2026-01-01"), (young, "2026-01-02")):
        home.db.bin_audio_files(home.user_id, [row["filename"]], deleted_at=f"{day} 12:00:00")
    now = datetime(2026, 2, 1, 0, 0, tzinfo=UTC).timestamp()
    assert home.studio.bin.empty(now) == 1
    assert home.files() == [young["filename"]]
    assert [row["filename"] for row in home.db.list_bin(home.user_id)] == [young["filename"]]
    assert home.studio.bin.empty(now) == 0
    assert home.db.get_all_time_usage(home.user_id)["requests"] == 2


def test_the_worker_empties_the_bin_when_it_starts(home):
    row = home.speak()
    home.db.note_clock(time.time(), 0.0)
    home.db.note_clock(time.time(), 86400.0)  # it has run for a day before
    home.db.bin_audio_files(home.user_id, [row["filename"]], deleted_at="2020-01-01 00:00:00")
    thread = threading.Thread(target=home.worker.run)
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while home.files() and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        home.worker.stop.set()
        home.worker.wake.set()
        thread.join()
    assert home.files() == []
    assert "bin" not in [other.name for other in threading.enumerate()]


def test_a_file_deleted_while_it_waits_is_not_spoken_until_it_is_wanted_again(home):
    filename = home.submit()["filename"]
    home.studio.bin.delete(filename, home.user_id)
    assert home.worker.run_pending() == 0
    with pytest.raises(NotFound):
        home.studio.generation.retry(filename, home.user_id)
    row = home.studio.bin.restore(filename, home.user_id)
    assert (row["status"], row["error"]) == ("cancelled", STOPPED)
    home.studio.generation.retry(filename, home.user_id)
    home.worker.run_pending()
    assert home.row(filename)["status"] == "ready"


def test_only_what_stopped_can_be_retried_and_only_what_goes_on_be_cancelled(home):
    filename = home.speak()["filename"]
    for use in (home.studio.generation.retry, home.studio.generation.cancel):
        with pytest.raises(WrongState):
            use(filename, home.user_id)


def test_a_waiting_file_is_cancelled_at_once_and_can_be_taken_up_again(home):
    filename = home.submit()["filename"]
    assert home.studio.generation.cancel(filename, home.user_id)["status"] == "cancelled"
    assert home.worker.run_pending() == 0
    assert home.studio.generation.retry(filename, home.user_id)["status"] == "queued"
    home.worker.run_pending()
    assert home.row(filename)["status"] == "ready"


def test_a_nearly_full_disk_refuses_new_work(tmp_path):
    home = Home(tmp_path)
    home.store.min_free_bytes = 1 << 60
    with pytest.raises(NoSpace, match="nearly full"):
        home.submit(prose(100))
    home.close()
