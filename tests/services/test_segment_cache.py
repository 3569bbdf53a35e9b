"""Bought sound is its owner's alone, is bought once, and goes with the last that holds it."""

import errno
import threading
from contextlib import closing
from functools import partial

import pytest

from backups import create
from services.library import Library
from services.segment_cache import APART, RULE, SHARED, SegmentCache
from services.segment_job import SegmentJob
from speech.errors import KeyMissing
from speech.types import SpeechRequest
from storage.segment_store import SegmentStore
from tests.support.making import Home
from tests.support.serving import wait_until

FIRST, SECOND = "The ferry had left the pier.", "Nobody was there to see it."
TEXT = f"{FIRST} {SECOND}"  # the first sentence is a segment of its own
SECRET = "The old ferry is ours alone."
NOVA = "openai:nova"


@pytest.fixture
def bert(paying) -> int:
    return paying.db.create_user("bert", "!")["id"]


def speak_for(home, owner_id, text=TEXT, **options):
    row = home.studio.generation.submit(owner_id, text, voice=NOVA, **options)
    home.worker.run_pending()
    return home.db.get_audio_file(row["filename"], owner_id)


def change(home, row, number, text):
    """Have one segment say something else; the file's row after that."""
    segment = home.db.get_segments(row["id"])[number]
    home.studio.retakes.ask(row, segment["text_start"], segment["text_end"], text)
    home.worker.run_pending()
    assert home.db.get_retake(row["id"]) is None
    return home.db.get_audio_file(row["filename"], row["owner_id"])


def quoted(home, row, number, text):
    """What that would cost, as its owner is told."""
    segment = home.db.get_segments(row["id"])[number]
    return home.studio.retakes.quote(row, segment["text_start"], segment["text_end"], text)


def kept(home) -> set[str]:
    return {path.name for path in home.studio.segment_cache.store.folder.glob("*/*")}


# One sound of one sentence


@pytest.mark.parametrize("speed", [1, 1.0, 2.0, 1.25, 0.1 + 0.7])
def test_pieces_and_retakes_buy_a_sentence_once(paying, provider, speed):
    row = paying.speak(TEXT, voice=NOVA, speed=speed)
    row = change(paying, row, 1, SECRET)
    row = change(paying, row, 1, SECOND)  # a piece said it
    paying.speak(SECRET, voice=NOVA, speed=speed)  # a retake said it
    assert provider.bought().total() == 3
    assert set(provider.bought().values()) == {1}


def test_what_a_piece_said_costs_a_preview_and_a_retake_nothing(paying, provider):
    row = paying.speak(SECRET, voice=NOVA)
    assert paying.studio.previews.cost(paying.user_id, "nova", SECRET) == 0
    paying.studio.previews.speak(paying.user_id, "nova", SECRET)
    other = paying.speak(TEXT, voice=NOVA)
    assert quoted(paying, other, 1, SECRET).cost_usd == 0
    assert row["cost"] > 0
    assert provider.bought()[SECRET] == 1


def test_what_a_preview_said_costs_a_piece_nothing(paying, provider):
    paying.studio.previews.speak(paying.user_id, "nova", SECRET)
    assert paying.speak(SECRET, voice=NOVA)["cost"] == 0
    assert provider.bought() == {SECRET: 1}


def test_accents_of_one_sign_or_two_make_one_sound(paying, provider):
    paying.speak("A caf\u00e9 by the sea.", voice=NOVA)
    assert paying.speak("A cafe\u0301 by the sea.", voice=NOVA)["cost"] == 0
    assert len(provider.calls) == 1


@pytest.mark.parametrize("speed", [1, 1.0, 1.0000000001, True])
def test_a_speed_has_one_form_however_it_is_written(paying, speed):
    engine = paying.studio.registry.get("openai")
    plain = engine.fingerprint(SpeechRequest("A", "nova", 1.0))
    assert engine.fingerprint(SpeechRequest("A", "nova", speed)) == plain


# Each for themselves


def test_a_quote_and_a_price_tell_nothing_of_what_others_had_spoken(paying, provider, bert):
    paying.speak(SECRET, voice=NOVA)
    row = speak_for(paying, bert)
    fresh = quoted(paying, row, 1, SECRET[:-1] + "!")
    assert quoted(paying, row, 1, SECRET).cost_usd == fresh.cost_usd > 0
    assert change(paying, row, 1, SECRET)["cost"] == pytest.approx(row["cost"] + fresh.cost_usd)
    assert speak_for(paying, bert, SECRET)["cost"] == 0
    assert provider.bought()[SECRET] == 2


def test_nobody_waits_for_what_another_buys(paying, bert, provider):
    purchases, engine = paying.studio.purchases, paying.studio.registry.get("openai")
    request = SpeechRequest(SECRET, "nova")
    hers = purchases.speak(engine, request, job_of(paying.user_id))
    with closing(hers):
        next(hers)  # she is in the middle of it
        done = threading.Event()

        def speak_his() -> None:
            list(purchases.speak(engine, request, job_of(bert)))
            done.set()

        threading.Thread(target=speak_his, daemon=True).start()
        assert done.wait(20)
        list(hers)
    assert provider.bought() == {SECRET: 2}
    assert paying.db.get_all_time_usage(bert)["cost"] > 0


def job_of(owner_id):
    return SegmentJob(owner_id, "openai", "", characters=len(SECRET))


def test_an_account_that_is_merged_takes_its_sound_along(paying, provider, bert):
    paying.speak(TEXT, voice=NOVA)
    speak_for(paying, bert, f"{SECRET} {SECOND}")
    paying.db.merge_users(paying.user_id, bert)
    assert speak_for(paying, bert, TEXT)["cost"] == 0
    assert speak_for(paying, bert, SECRET)["cost"] == 0
    assert provider.bought().total() == 4
    paying.studio.reconcile()
    assert len(kept(paying)) == len(paying.db.list_cached_segments()) == 3


def test_an_account_that_gets_the_number_of_an_earlier_one_gets_none_of_its_sound(paying, bert):
    """As happens after a restore."""
    engine = paying.studio.registry.get("openai")
    name = paying.studio.segment_cache.key
    before = name(engine, SpeechRequest(SECRET, "nova"), bert).content_hash
    paying.db.delete_user(bert)
    paying.db.write(
        """INSERT INTO users (id, username, password_hash, created_at)
           VALUES (?, 'eve', '!', '2030')""",
        bert,
    )
    anew = SegmentCache(paying.db, paying.studio.segment_cache.store)
    assert anew.key(engine, SpeechRequest(SECRET, "nova"), bert).content_hash != before


# Shared, where the admins want it


def test_shared_sound_is_paid_once_for_all(paying, provider, bert):
    paying.db.set_rule(RULE, SHARED)
    first = paying.speak(TEXT, voice=NOVA)
    row = speak_for(paying, bert)
    assert (row["cost"], len(provider.calls)) == (0, 2)
    assert first["cost"] > 0
    assert paying.studio.previews.cost(bert, "nova", FIRST) == 0


def test_when_sound_is_no_longer_shared_each_keeps_what_they_have(paying, provider, bert):
    clara = paying.db.create_user("clara", "!")["id"]
    paying.db.set_rule(RULE, SHARED)
    first = paying.speak(SECRET, voice=NOVA)
    speak_for(paying, bert, SECRET)
    paying.db.set_rule(RULE, APART)
    assert speak_for(paying, clara, SECRET)["cost"] == first["cost"]
    paying.studio.bin.delete_for_good(first["filename"], paying.user_id)
    assert speak_for(paying, bert, SECRET)["cost"] == 0
    assert provider.bought() == {SECRET: 2}


def test_an_admin_decides_whether_bought_sound_is_shared(owner, guest):
    sound = owner.services.studio.segment_cache
    assert not sound.is_shared
    assert "people can notice" in owner.get("/admin/storage").text
    assert guest.post("/admin/bought-sound", {"rule": SHARED}).status_code in (403, 404)
    assert owner.post("/admin/bought-sound", {"rule": "sometimes"}).status_code == 400
    assert not sound.is_shared
    assert owner.post("/admin/bought-sound", {"rule": SHARED}).status_code == 303
    assert sound.is_shared
    assert "bought_sound_rule" in owner.events()
    owner.post("/admin/bought-sound", {"rule": APART})
    assert not sound.is_shared


# Gone for good


def test_the_sound_of_a_piece_leaves_the_disk_and_later_backups_with_it(paying, provider):
    row = change(paying, paying.speak(TEXT, voice=NOVA), 1, SECRET)
    other = paying.speak(FIRST, voice=NOVA)
    takes = paying.config.data_dir / "takes"
    assert len(kept(paying)) == 3
    assert list(takes.glob("*/*"))
    paying.studio.bin.delete(row["filename"], paying.user_id)
    assert len(kept(paying)) == 3
    paying.studio.bin.delete_for_good(row["filename"], paying.user_id)
    (left,) = kept(paying)
    assert not list(takes.glob("*/*"))
    backup = create.make(paying.config).folder
    assert [path.name for path in (backup / "segments").glob("*/*")] == [left]
    assert paying.speak(FIRST, voice=NOVA)["cost"] == 0
    paying.studio.bin.delete_for_good(other["filename"], paying.user_id)
    assert len(provider.calls) == 3
    assert kept(paying) == {left}  # the last piece holds it


def test_sound_that_is_about_to_leave_the_disk_is_in_no_backup(paying, monkeypatch):
    monkeypatch.setattr("services.bin.LONGEST_DROP_S", -1.0)  # all of it is left to the worker
    row = paying.speak(TEXT, voice=NOVA)
    other = paying.speak(SECRET, voice=NOVA)
    paying.studio.bin.delete_for_good(row["filename"], paying.user_id)
    assert len(kept(paying)) == 3
    backup = create.make(paying.config).folder
    assert len(list((backup / "segments").glob("*/*"))) == 1
    worker = threading.Thread(target=paying.worker.run)
    worker.start()
    wait_until(lambda: len(kept(paying)) == 1, "the worker removed it")
    paying.worker.stop.set()
    worker.join()
    assert paying.row(other["filename"])["status"] == "ready"


def test_a_deleted_account_leaves_no_sound_and_takes_none_of_others(paying, provider, bert):
    change(paying, paying.speak(TEXT, voice=NOVA), 1, SECRET)
    paying.studio.previews.speak(paying.user_id, "nova", "Her own sentence.")
    his = speak_for(paying, bert)
    before = kept(paying)
    Library(paying.studio).delete_user(paying.user_id)
    assert len(before) == 6
    assert len(kept(paying)) == len(paying.db.list_cached_segments()) == 2
    assert not list((paying.config.data_dir / "takes").glob("*/*"))
    assert speak_for(paying, bert)["cost"] == 0
    assert his["cost"] > 0


def test_what_a_kill_left_of_deleted_sound_goes_at_the_next_start(paying):
    row = paying.speak(TEXT, voice=NOVA)
    paying.db.delete_audio_file(row["filename"], paying.user_id)  # and no more: killed
    assert len(kept(paying)) == 2
    paying.studio.reconcile()
    assert kept(paying) == set()
    assert paying.db.list_cached_segments() == []


def test_a_sound_that_cannot_be_removed_keeps_no_worker_from_its_start(paying, monkeypatch, caplog):
    row = paying.speak(TEXT, voice=NOVA)
    paying.db.delete_audio_file(row["filename"], paying.user_id)
    stuck, drop = min(kept(paying)), SegmentStore.drop

    def sticky(store, name):
        if stuck.startswith(name):
            raise PermissionError(errno.EPERM, "Operation not permitted")
        drop(store, name)

    monkeypatch.setattr(SegmentStore, "drop", sticky)
    paying.worker.tidy()
    paying.worker.tidy()
    assert kept(paying) == {stuck}
    assert caplog.text.count("cannot be removed") == 1
    monkeypatch.undo()
    paying.worker.tidy()
    assert kept(paying) == set()


def test_a_store_that_cannot_be_swept_keeps_no_worker_from_its_start(home, monkeypatch, caplog):
    def sweep(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(home.studio.segment_cache.store, "sweep", partial(sweep, None))
    home.worker.tidy()
    assert "what a stop left on the disk" in caplog.text
    assert home.speak()["status"] == "ready"


def test_what_is_being_bought_for_a_piece_that_is_deleted_is_paid_and_not_kept(paying, provider):
    provider.delay_s = 1.0
    row = paying.submit(SECRET, voice=NOVA)
    speaking = threading.Thread(target=paying.worker.run_pending)
    speaking.start()
    wait_until(lambda: provider.calls, "the provider is asked")
    paying.studio.bin.delete_for_good(row["filename"], paying.user_id)
    speaking.join()
    wait_until(lambda: not kept(paying), "what was bought is gone")
    assert kept(paying) == set()
    assert paying.db.get_all_time_usage(paying.user_id)["cost"] > 0


def test_sound_that_is_needed_again_meanwhile_stays(paying, provider):
    first, second = paying.speak(SECRET, voice=NOVA), paying.submit(SECRET, voice=NOVA)
    paying.db.delete_audio_file(first["filename"], paying.user_id)
    paying.worker.run_pending()
    paying.studio.reconcile()
    assert len(kept(paying)) == 1
    assert paying.row(second["filename"])["cost"] == 0
    assert provider.bought() == {SECRET: 1}


# Sound from before it had owners


def make_earlier(home, integral=True) -> None:
    """Turn what is kept into what an earlier schema kept, as its upgrade leaves it.

    `integral`: as pieces called it then, with a speed of 1; retakes said 1.0.
    """
    db, store = home.db, home.studio.segment_cache.store
    engine = home.studio.registry.get("openai")
    for row in db.rows("SELECT * FROM kept_segments"):
        request = REQUESTS[row["fingerprint"]]
        name, earlier = row["fingerprint"], engine.earlier_fingerprints(request)
        name = earlier[0] if integral and earlier else name
        store.copy(row["content_hash"], name)
        store.drop(row["content_hash"])
        db.write("DELETE FROM kept_segments WHERE content_hash = ?", row["content_hash"])
        db.write(
            """INSERT OR REPLACE INTO kept_segments VALUES (?, ?, ?, ?, ?, NULL, ?, 1)""",
            name, row["engine"], row["cost"], row["size"], row["last_used_epoch"], name,
        )  # fmt: skip
    db.write("DELETE FROM segment_uses")
    db.write(
        """INSERT INTO unsettled_segments SELECT id, 'openai', (SELECT max(id) FROM audio_files)
           FROM users"""
    )
    home.studio.cache_adoption._settled.clear()


REQUESTS: dict[str, SpeechRequest] = {}


@pytest.fixture
def earlier(paying, monkeypatch):
    """A studio that remembers what was asked for, so that it can be made to look old."""
    engine = paying.studio.registry.get("openai")
    fingerprint = type(engine).fingerprint

    def noted(self, request):
        found = fingerprint(self, request)
        REQUESTS[found] = request
        return found

    monkeypatch.setattr(type(engine), "fingerprint", noted)
    return paying


@pytest.mark.parametrize("integral", [True, False])
def test_earlier_sound_is_its_buyers_and_bought_by_everybody_else(
    earlier, provider, bert, integral
):
    row = earlier.speak(TEXT, voice=NOVA)
    make_earlier(earlier, integral)
    assert speak_for(earlier, bert, TEXT)["cost"] == pytest.approx(row["cost"])
    assert earlier.speak(TEXT, voice=NOVA)["cost"] == 0
    assert change(earlier, row, 1, FIRST)["cost"] == row["cost"]
    assert set(provider.bought().values()) == {2}


def test_a_search_for_earlier_sound_that_is_stopped_is_taken_up_again(earlier, provider):
    earlier.speak(TEXT, voice=NOVA)
    make_earlier(earlier)
    settle_all = earlier.studio.cache_adoption.adopt_all
    for before in range(3):
        answers = iter([False] * before)
        settle_all(until=lambda answers=answers: next(answers, True))
        assert earlier.db.list_unsettled(None)
    settle_all()
    assert not earlier.db.list_unsettled(None)
    assert earlier.speak(TEXT, voice=NOVA)["cost"] == 0


def test_earlier_sound_of_two_people_is_each_ones_own(earlier, bert, provider):
    row = earlier.speak(TEXT, voice=NOVA)
    earlier.db.set_rule(RULE, SHARED)
    his = speak_for(earlier, bert)
    earlier.db.set_rule(RULE, APART)
    make_earlier(earlier)
    earlier.studio.bin.delete_for_good(row["filename"], earlier.user_id)
    assert speak_for(earlier, bert)["cost"] == 0
    assert len(provider.calls) == 2
    for filename in (his["filename"], *earlier.db.list_filenames(bert)):
        if earlier.db.get_audio_file(filename, bert):
            earlier.studio.bin.delete_for_good(filename, bert)
    assert kept(earlier) == set()


def test_what_was_bought_twice_goes_as_a_whole(earlier, provider):
    row = earlier.speak(SECRET, voice=NOVA)
    make_earlier(earlier)
    (name,) = (path.stem for path in earlier.studio.segment_cache.store.folder.glob("*/*.pcm"))
    engine = earlier.studio.registry.get("openai")
    twin = engine.fingerprint(SpeechRequest(SECRET, "nova"))
    earlier.studio.segment_cache.store.copy(name, twin)
    earlier.db.write(
        "INSERT INTO kept_segments VALUES (?, 'openai', 1, 9, 1, NULL, ?, 1)", twin, twin
    )
    earlier.studio.cache_adoption.adopt_all()
    assert len(earlier.db.list_unwanted_segments()) == 1
    earlier.studio.bin.delete_for_good(row["filename"], earlier.user_id)
    assert kept(earlier) == set()


def test_earlier_sound_is_found_where_a_passage_was_spoken_anew(earlier, provider, bert):
    row = change(earlier, earlier.speak(TEXT, voice=NOVA), 1, "Somebody was there. Then they left.")
    make_earlier(earlier)
    earlier.studio.cache_adoption.adopt_all()
    said = earlier.db.rows("SELECT owner_id FROM kept_segments WHERE owner_id IS NOT NULL")
    assert len(said) == 2  # what stands there no longer is nobody's
    assert change(earlier, row, 1, "Somebody was there. Then they left.")["cost"] == row["cost"]


def test_earlier_sound_is_there_for_the_only_account(earlier, provider):
    row = earlier.speak(TEXT, voice=NOVA)
    make_earlier(earlier)
    earlier.db.delete_audio_file(row["filename"], earlier.user_id)
    assert earlier.speak(TEXT, voice=NOVA)["cost"] == 0
    assert len(provider.calls) == 2


def test_a_text_that_came_later_opens_nothing_of_earlier_sound(earlier, provider, bert):
    row = earlier.speak(SECRET, voice=NOVA)
    make_earlier(earlier)
    later = earlier.studio.generation.submit(bert, SECRET, voice=NOVA)
    earlier.studio.cache_adoption.adopt_all()
    earlier.worker.run_pending()
    his = earlier.db.get_audio_file(later["filename"], bert)
    assert his["cost"] == row["cost"]
    assert provider.bought() == {SECRET: 2}


def test_an_unfinished_piece_goes_on_with_earlier_sound(earlier, provider, bert):
    """What was bought before the upgrade, and not yet in the encoder, is bought no second time."""
    row = earlier.submit(TEXT, voice=NOVA)
    earlier.studio.previews.speak(earlier.user_id, "nova", SECOND)
    make_earlier(earlier)
    earlier.worker.run_pending()
    assert earlier.row(row["filename"])["status"] == "ready"
    assert provider.bought()[SECOND] == 1


def test_an_engine_that_is_away_leaves_earlier_sound_for_later(earlier, monkeypatch, bert):
    earlier.speak(SECRET, voice=NOVA)
    make_earlier(earlier)
    registry = earlier.studio.registry
    with monkeypatch.context() as away:
        away.setattr(registry, "_by_name", {})
        away.setitem(registry._absent, "openai", KeyMissing)
        earlier.studio.cache_adoption.adopt_all()
    assert earlier.speak(SECRET, voice=NOVA)["cost"] == 0


def test_sound_of_an_engine_that_is_gone_for_good_holds_nothing_up(earlier, bert, monkeypatch):
    earlier.speak(SECRET, voice=NOVA)
    make_earlier(earlier)
    earlier.db.write("UPDATE kept_segments SET owner_id = ?", bert)
    monkeypatch.setattr(earlier.studio.registry, "_by_name", {})
    earlier.studio.cache_adoption.adopt_all()
    earlier.db.delete_user(bert)
    earlier.studio.segment_cache.drop_unwanted()
    assert (kept(earlier), earlier.db.list_unsettled()) == (set(), [])


def test_sound_under_an_earlier_name_makes_no_room_while_it_is_used(earlier):
    earlier.speak(SECRET, voice=NOVA)
    make_earlier(earlier)
    earlier.studio.cache_adoption.adopt_all()
    purchases = earlier.studio.purchases
    engine = earlier.studio.registry.get("openai")
    used = purchases._key(engine, SpeechRequest(SECRET, "nova"), earlier.user_id)
    purchases.limit_bytes = 0
    with purchases._exclusive(used):
        purchases._make_room()
        assert len(kept(earlier)) == 1
    purchases._make_room()
    assert kept(earlier) == set()


def test_a_piece_whose_voice_is_gone_keeps_no_other_from_its_earlier_sound(earlier, bert):
    gone = earlier.speak(SECRET, voice=NOVA)
    earlier.speak(TEXT, voice=NOVA)
    make_earlier(earlier)
    earlier.db.write("UPDATE audio_files SET voice = 'nobody' WHERE id = ?", gone["id"])
    assert earlier.speak(TEXT, voice=NOVA)["cost"] == 0


def test_home_is_quick_to_say_that_nothing_earlier_is_there(home: Home):
    home.speak("A lamp.")
    assert home.db.list_unsettled() == []
