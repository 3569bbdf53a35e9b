"""Providers as engines: kept, changed while others speak, bought from, on one's own key or not."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest

from accounts.encryption import SecretBox
from config import provider_environment
from services.provider_errors import (
    KeyUnreadable,
    LimitReached,
    OwnKeyNeeded,
    ProviderChanged,
    ProviderOff,
)
from services.provider_settings import ProviderError, Settings, shown_voices, tail, voices_from
from services.providers import Providers
from services.purchase_client import PurchaseClient
from speech.engines import provider_engine
from speech.errors import BrokenAudio, ProviderRefused, SpeechError, UnknownEngine
from speech.types import SpeechRequest
from storage.errors import NotFound
from tests.support.making import SENTENCES, Home, prose
from tests.support.serving import wait_until
from tests.support.standin_lists import listening
from tests.support.standin_openai import StandIn
from tests.support.standin_realtime import StandIn as RealtimeStandIn

KEY = "sk-planted-of-the-house-0123456789wxyz"
OWN = "sk-planted-of-a-person-0123456789abcd"
NAMES = frozenset({"espeak", "openai"})


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn() as made:
        made.seconds_per_character = 0.02
        yield made


@pytest.fixture
def providers(home: Home) -> Providers:
    """As the web process has them; the worker of `home` has others over the same database."""
    with closing(Providers(home.config, home.db)) as made:
        yield made


def settings(base_url: str, **changes) -> Settings:
    values = {"label": "Kokoro", "model": "kokoro", "voices": (("af_heart", "Heart", "en-US"),)}
    return Settings(base_url=base_url, **values | {"price": 10.0, "timeout_s": 5.0} | changes)


@pytest.fixture
def kokoro(providers: Providers, server: StandIn) -> dict:
    return providers.add("kokoro", settings(server.base_url, allows_own_keys=True), KEY)


def keys(server: StandIn) -> set[str]:
    return {call.key for call in server.calls}


# Keeping


def test_a_provider_is_an_engine_of_the_whole_house_at_once(home, kokoro, server):
    engine, voice = home.studio.registry.resolve("kokoro:af_heart")
    assert (engine.name, engine.label, engine.model) == ("kokoro", "Kokoro", "kokoro")
    assert (voice.key, voice.name, voice.language) == ("kokoro:af_heart", "Heart", "en-US")
    assert engine in home.studio.registry.engines
    row = home.speak(voice="kokoro:af_heart")
    assert (row["status"], row["engine"]) == ("ready", "kokoro")
    assert row["cost"] == pytest.approx(len(SENTENCES) * 10e-6, rel=0.05)
    assert keys(server) == {KEY}


def test_the_key_is_sealed_and_shown_by_its_end_alone(home, kokoro):
    row = home.db.get_provider(kokoro["id"])
    assert (row["key_tail"], row["key_origin"]) == ("wxyz", kokoro["base_url"][: -len("/v1")])
    assert KEY not in json.dumps(row)
    assert (home.config.data_dir / "provider_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("key", "shown"), [(KEY, "wxyz"), ("short-key", ""), ("", "")])
def test_of_a_short_key_nothing_is_shown(key, shown):
    assert tail(key) == shown


@pytest.mark.parametrize("name", ["espeak", "openai", "Kokoro", "kokoro", "a:b", "-a", "a" * 41])
def test_a_name_that_is_taken_or_none_is_refused(providers, kokoro, name):
    with pytest.raises(ProviderError) as caught:
        providers.add(name, settings(kokoro["base_url"]), taken=NAMES)
    assert caught.value.field == "name"
    assert len(providers.db.list_providers()) == 1


def test_a_name_is_made_of_the_label_if_none_is_given(providers):
    row = providers.add("", settings("http://127.0.0.1:9/v1", label="My Kokoro (GPU)"))
    assert row["name"] == "my-kokoro-gpu"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", ""), ("label", "x" * 61), ("label", "a\nb"), ("model", " "), ("model", "\x00"),
        ("protocol", "soap"), ("voices", (("a\nb", "", ""),)), ("voices", (("", "", ""),)),
        ("voices", tuple((f"v{n}",) for n in range(1001))), ("price", -1.0),
        ("price", float("nan")), ("parallel", 0), ("parallel", 65), ("timeout_s", 0.0),
        ("longest_text", 10), ("monthly_limit", float("inf")),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_names_its_field(providers, field, value):
    with pytest.raises(ProviderError) as caught:
        providers.add("p", settings("http://127.0.0.1:9/v1", **{field: value}))
    assert caught.value.field == field
    assert providers.db.list_providers() == []


@pytest.mark.parametrize("key", ["sk two words", "sk-ö", "x" * 501, "sk-\x00"])
def test_a_key_that_is_none_is_refused_and_nothing_is_kept(providers, key):
    with pytest.raises(ProviderError, match="Copy it again"):
        providers.add("p", settings("http://127.0.0.1:9/v1"), key)
    assert providers.db.list_providers() == []


def test_voices_are_written_and_read_a_line_each():
    voices = (("a", "Ann", "de-DE"), ("b", "", ""), ("c", "", "fr"))
    written = shown_voices(voices)
    assert written == "a | Ann | de-DE\nb\nc |  | fr"
    assert [(*row, "", "")[:3] for row in voices_from(f"\r\n{written}\r\n")] == list(voices)


def test_the_order_is_that_of_the_house(providers, home):
    for name in ("one", "two", "three"):
        providers.add(name, settings("http://127.0.0.1:9/v1"))
    ids = {row["name"]: row["id"] for row in providers.db.list_providers()}
    providers.move(ids["three"], -1)
    providers.move(ids["one"], -1)
    assert [engine.name for engine in providers.engines_for()] == ["one", "three", "two"]
    assert [each.name for each in home.studio.registry.engines][-3:] == ["one", "three", "two"]


# While the program runs


def notice_closing(monkeypatch) -> list:
    closed, close = [], provider_engine.OpenAISpeech.close

    def noticed(engine) -> None:
        closed.append(engine)
        close(engine)

    monkeypatch.setattr(provider_engine.OpenAISpeech, "close", noticed)
    return closed


def test_an_engine_lasts_until_its_provider_changes(providers, kokoro):
    (first,) = providers.engines_for()
    assert providers.engines_for() == (first,)
    providers.change(kokoro["id"], replace(Settings.of(kokoro), model="newer"))
    (second,) = providers.engines_for()
    assert second is not first
    assert second.model == "newer"


def test_an_unchanged_house_costs_one_small_query(providers, kokoro):
    providers.engines_for()
    asked = []
    providers.db._connection.set_trace_callback(asked.append)
    providers.engines_for()
    providers.db._connection.set_trace_callback(None)
    assert len(asked) == 1


def test_what_speaks_is_let_finish_and_closed_then(providers, kokoro, server, monkeypatch):
    closed = notice_closing(monkeypatch)
    (engine,) = providers.engines_for()
    chunks = engine.speak(SpeechRequest(prose(2000), "af_heart"))
    next(chunks)
    providers.remove(kokoro["id"])
    assert providers.engines_for() == ()
    assert closed == []
    assert sum(len(chunk.pcm) for chunk in chunks) > 1000
    assert closed == [engine]


def test_one_that_is_idle_is_closed_at_once(providers, kokoro, monkeypatch):
    closed = notice_closing(monkeypatch)
    (engine,) = providers.engines_for()
    providers.switch(kokoro["id"], False)
    assert providers.engines_for() == ()
    assert closed == [engine]


def test_a_provider_that_is_off_says_so_and_one_that_is_gone_is_unknown(home, providers, kokoro):
    registry = home.studio.registry
    providers.switch(kokoro["id"], False)
    for ask in (lambda: registry.get("kokoro"), lambda: registry.resolve("kokoro:af_heart")):
        with pytest.raises(ProviderOff, match="Kokoro is switched off"):
            ask()
    providers.switch(kokoro["id"], True)
    assert registry.get("kokoro").name == "kokoro"
    providers.remove(kokoro["id"])
    with pytest.raises(UnknownEngine):
        registry.get("kokoro")


def test_work_that_waits_for_a_removed_provider_fails_with_a_sentence(home, providers, kokoro):
    made = home.speak(voice="kokoro:af_heart", text="It was late.")
    waiting = home.submit(voice="kokoro:af_heart")["filename"]
    providers.remove(kokoro["id"])
    home.worker.run_pending()
    row = home.row(waiting)
    assert (row["status"], row["error"]) == ("failed", 'There is no speech engine named "kokoro".')
    assert home.sound(made["filename"])


def test_the_house_goes_on_when_the_voice_for_all_was_of_a_removed_provider(tmp_path, server):
    with closing(Home(tmp_path, default_voice="kokoro:af_heart")) as home:
        providers = Providers(home.config, home.db)
        assert home.studio.registry.resolve()[1].key == "natural:heart"
        row = providers.add("kokoro", settings(server.base_url))
        assert home.studio.registry.resolve()[1].key == "kokoro:af_heart"
        providers.remove(row["id"])
        assert home.studio.registry.resolve()[1].key == "natural:heart"


def test_nobody_asks_a_changed_server_with_what_was_made_for_the_former(providers, kokoro, server):
    (engine,) = providers.engines_for()
    engine.check_budget()
    providers.change(kokoro["id"], replace(Settings.of(kokoro), label="Other", price=1.0))
    engine.check_budget()
    providers.change(kokoro["id"], Settings.of(kokoro), "sk-another-key-of-the-house")
    with pytest.raises(ProviderChanged) as caught:
        engine.check_budget()
    assert caught.value.retryable
    providers.switch(kokoro["id"], False)
    with pytest.raises(ProviderOff):
        engine.check_budget()


def test_a_long_text_is_cut_as_the_server_wants_it(home, providers, server):
    providers.add("short", settings(server.base_url, longest_text=150))
    row = home.speak(prose(900), voice="short:af_heart")
    assert row["status"] == "ready"
    assert max(len(call.text) for call in server.calls) <= 150


def test_a_realtime_provider_speaks_too(home, providers):
    with RealtimeStandIn() as server:
        row = Settings("Live", server.base_url, "gpt-realtime-x", protocol="realtime", price=5.0)
        providers.add("live", row, KEY)
        voices = home.studio.registry.get("live").voices()
        assert [voice.identifier for voice in voices][:2] == ["marin", "cedar"]
        assert home.speak("It was late.", voice="live:cedar")["status"] == "ready"
        assert {call.key for call in server.calls} == {KEY}
        assert {call.model for call in server.calls} == {"gpt-realtime-x"}
        home.studio.registry.close()


# Keys belong to a server


def test_another_server_means_that_keys_must_be_entered_again(home, providers, kokoro):
    providers.set_own_key(home.user_id, kokoro["id"], OWN)
    elsewhere = replace(Settings.of(kokoro), base_url="http://127.0.0.1:9/v1")
    assert providers.change(kokoro["id"], elsewhere) is True
    row = providers.get(kokoro["id"])
    assert (row["sealed_key"], row["key_tail"], row["key_origin"]) == (None, "", "")
    assert providers.db.list_own_keys(home.user_id) == []
    assert providers.change(kokoro["id"], elsewhere, KEY) is False
    assert providers.get(kokoro["id"])["key_origin"] == "http://127.0.0.1:9"


def test_another_path_of_the_same_server_keeps_the_key(providers, kokoro):
    moved = replace(Settings.of(kokoro), base_url=kokoro["base_url"] + "/openai/")
    assert providers.change(kokoro["id"], moved) is False
    assert providers.get(kokoro["id"])["sealed_key"] == kokoro["sealed_key"]


def test_a_sealed_key_opens_for_its_own_row_and_server_alone(home, providers, kokoro):
    with listening() as thief:
        sealed = home.db.get_provider(kokoro["id"])["sealed_key"]
        other = providers.add("other", settings(thief.url))
        home.db.set_provider_key(other["id"], sealed)
        home.db.write("UPDATE providers SET base_url = ? WHERE id = ?", thief.url, kokoro["id"])
        home.db.write("UPDATE providers SET version = version + 1")
        for row in (other, kokoro):
            with pytest.raises(KeyUnreadable):
                providers.try_out(row["id"])
            with pytest.raises(KeyUnreadable):
                providers.read_voices(row["id"])
        for engine in providers.engines_for():
            with pytest.raises(KeyUnreadable, match="enter it again"):
                engine.check_budget()
        assert thief.asked == []


def test_where_the_key_file_is_gone_only_the_keys_are_to_be_entered_again(home, providers, kokoro):
    free = providers.add("free", replace(Settings.of(kokoro), allows_own_keys=False))
    providers.set_own_key(home.user_id, kokoro["id"], OWN)
    (home.config.data_dir / "provider_key").unlink()
    fresh = Providers(home.config, home.db)
    with pytest.raises(KeyUnreadable, match="Kokoro cannot be read any more"):
        fresh.engines_for()[0].check_budget()
    with pytest.raises(KeyUnreadable, match="on your account page"):
        fresh.engines_for(home.user_id)[0].check_budget()
    fresh.engines_for()[1].check_budget()
    assert fresh.try_out(free["id"]).duration_s > 0
    fresh.change(kokoro["id"], Settings.of(kokoro), KEY)
    fresh.engines_for()[0].check_budget()
    with pytest.raises(KeyUnreadable):
        fresh.engines_for(home.user_id)[0].check_budget()


def test_the_context_of_a_key_is_part_of_its_seal(tmp_path):
    box = SecretBox(tmp_path / "key")
    one, again = box.encrypt(KEY, "a"), box.encrypt(KEY, "a")
    assert one != again
    assert box.decrypt(one, "a") == KEY
    assert base64.b64encode(KEY.encode()).decode()[:20] not in one


# People's own keys


def test_what_a_person_has_spoken_is_bought_with_the_own_key(home, providers, kokoro, server):
    other = home.db.create_user("ben", "!")["id"]
    providers.set_own_key(home.user_id, kokoro["id"], OWN)
    row = home.speak("It was late.", voice="kokoro:af_heart")
    assert keys(server) == {OWN}
    assert row["cost"] > 0
    assert home.db.get_all_time_usage(home.user_id)["cost"] == row["cost"]
    home.studio.generation.submit(other, "It was early.", voice="kokoro:af_heart")
    home.worker.run_pending()
    assert server.calls[-1].key == KEY
    home.studio.previews.speak(home.user_id, "af_heart", "A sentence.", "kokoro")
    assert server.calls[-1].key == OWN
    home.studio.previews.speak(other, "af_heart", "Another one.", "kokoro")
    assert server.calls[-1].key == KEY


def test_what_was_bought_with_any_key_is_not_bought_again(home, providers, kokoro, server):
    home.speak("It was late.", voice="kokoro:af_heart")
    providers.set_own_key(home.user_id, kokoro["id"], OWN)
    assert home.speak("It was late.", voice="kokoro:af_heart")["cost"] == 0.0
    assert len(server.calls) == 1


def test_a_key_that_was_taken_back_is_not_used_again(home, providers, kokoro, server):
    providers.set_own_key(home.user_id, kokoro["id"], OWN)
    (engine,) = providers.engines_for(home.user_id)
    assert providers.drop_own_key(home.user_id, kokoro["id"])
    with pytest.raises(ProviderChanged):
        engine.check_budget()
    home.speak("It was late.", voice="kokoro:af_heart")
    assert keys(server) == {KEY}
    assert not providers.drop_own_key(home.user_id, kokoro["id"])


def test_without_a_key_of_the_house_each_needs_an_own_one(home, providers, server):
    row = providers.add("own", settings(server.base_url, allows_own_keys=True))
    with pytest.raises(OwnKeyNeeded, match="on your account page"):
        home.submit(voice="own:af_heart")
    providers.set_own_key(home.user_id, row["id"], OWN)
    assert home.speak("It was late.", voice="own:af_heart")["status"] == "ready"
    assert keys(server) == {OWN}


def test_where_own_keys_are_not_allowed_none_is_kept_or_used(home, providers, kokoro, server):
    providers.set_own_key(home.user_id, kokoro["id"], OWN)
    providers.change(kokoro["id"], replace(Settings.of(kokoro), allows_own_keys=False))
    home.speak("It was late.", voice="kokoro:af_heart")
    assert keys(server) == {KEY}
    assert providers.open_to(home.user_id) == []
    with pytest.raises(NotFound):
        providers.set_own_key(home.user_id, kokoro["id"], OWN)
    with pytest.raises(NotFound):
        providers.set_own_key(home.user_id, 99, OWN)


def test_keys_go_with_the_account_and_with_the_provider(home, providers, kokoro):
    other = home.db.create_user("ben", "!")["id"]
    for user_id in (home.user_id, other):
        providers.set_own_key(user_id, kokoro["id"], OWN)
    home.db.delete_user(other)
    assert home.db.value("SELECT count(*) AS n FROM provider_keys") == 1
    providers.remove(kokoro["id"])
    assert home.db.value("SELECT count(*) AS n FROM provider_keys") == 0


def test_one_moved_to_another_person_does_not_open(home, providers, kokoro):
    other = home.db.create_user("ben", "!")["id"]
    providers.set_own_key(home.user_id, kokoro["id"], OWN)
    sealed = home.db.get_own_key(home.user_id, kokoro["id"])["sealed_key"]
    home.db.set_own_key(other, kokoro["id"], sealed, "abcd")
    with pytest.raises(KeyUnreadable):
        providers.engines_for(other)[0].check_budget()


def test_many_people_with_own_keys_keep_few_engines_ready(home, providers, kokoro, monkeypatch):
    monkeypatch.setattr("services.providers.MOST_OWN", 3)
    for number in range(5):
        user_id = home.db.create_user(f"user{number}", "!")["id"]
        providers.set_own_key(user_id, kokoro["id"], OWN)
        assert providers.engines_for(user_id)[0] is not providers.engines_for()[0]
    assert len(providers._made) == 4


# Limits


def test_a_provider_that_cost_its_limit_is_not_asked_again_this_month(home, server):
    now = datetime(2026, 11, 22).astimezone()
    providers = Providers(home.config, home.db, now=lambda: now)
    row = providers.add(
        "p", settings(server.base_url, monthly_limit=5.0, allows_own_keys=True), KEY
    )
    (engine,) = providers.engines_for()
    home.db.record_usage(home.user_id, 1, 4.99, engine="p", timestamp="2026-11-02 12:00:00")
    home.db.record_usage(home.user_id, 1, 99.0, engine="q", timestamp="2026-11-02 12:00:00")
    home.db.record_usage(home.user_id, 1, 99.0, engine="p", timestamp="2026-10-02 12:00:00")
    engine.check_budget()
    home.db.record_usage(home.user_id, 1, 0.01, engine="p", timestamp="2026-11-03 12:00:00")
    with pytest.raises(LimitReached, match="its limit of 5 USD this month"):
        engine.check_budget()
    assert providers.spent(row) == pytest.approx(5.0)
    providers.set_own_key(home.user_id, row["id"], OWN)
    providers.engines_for(home.user_id)[0].check_budget()
    now = datetime(2026, 12, 1).astimezone()
    engine.check_budget()


def test_the_limit_stops_a_text_before_its_next_piece_is_bought(home, providers, server):
    providers.add("p", settings(server.base_url, monthly_limit=0.02, parallel=1), KEY)
    row = home.speak(prose(6000), voice="p:af_heart")
    assert row["status"] == "failed"
    assert "its limit of 0.02 USD" in row["error"]
    assert 0.02 <= row["cost"] < 0.04
    with pytest.raises(LimitReached):
        home.submit(voice="p:af_heart")


# Asking the server


def test_a_test_speaks_a_sentence_and_says_how_long_it_took(providers, kokoro, server):
    trial = providers.try_out(kokoro["id"])
    assert trial.mp3[1] >= 0xE0
    assert trial.duration_s > 0.5
    assert 0 < trial.first_sound_s <= trial.total_s
    assert trial.cost_usd == pytest.approx(len(trial.text) * 10e-6)
    assert server.calls[0].voice == "af_heart"
    assert keys(server) == {KEY}


@pytest.mark.parametrize(
    ("fault", "error"),
    [("unauthorized", ProviderRefused), ("no_model", SpeechError), ("html", BrokenAudio),
     ("quota", SpeechError)],
)  # fmt: skip
def test_a_failed_test_says_why_without_the_key(providers, kokoro, server, fault, error):
    server.fault = fault
    with pytest.raises(error) as caught:
        providers.try_out(kokoro["id"])
    assert KEY not in caught.value.message


def test_voices_are_taken_over_from_the_server(home, providers):
    with listening() as server:
        server.answers["/v1/audio/voices"] = {"voices": ["af_sky", "<script>alert(1)</script>"]}
        row = providers.add("p", settings(server.url))
        assert providers.read_voices(row["id"]) == 2
        voices = home.studio.registry.get("p").voices()
    assert [(voice.identifier, voice.language) for voice in voices] == [
        ("af_sky", "en-US"), ("<script>alert(1)</script>", "en")
    ]  # fmt: skip


# Through the process that buys


@pytest.fixture
def buying(home: Home) -> Iterator[Home]:
    """The home with a buying process that was started before there was any provider."""
    studio = home.studio
    folder, engines = studio.config.segments_dir, studio.registry.engines
    buyer = PurchaseClient(folder, engines, provider_environment())
    studio.purchases._client = buyer
    buyer.warm()
    yield home
    buyer.close()
    line = buyer._line
    wait_until(lambda: line is None or not line.is_open, "the end of the buying process")


def test_the_buying_process_learns_engines_that_came_later(buying, providers, kokoro, server):
    assert buying.speak("It was late.", voice="kokoro:af_heart")["status"] == "ready"
    with StandIn() as moved:
        providers.change(kokoro["id"], replace(Settings.of(kokoro), base_url=moved.base_url), OWN)
        assert buying.speak("It was early.", voice="kokoro:af_heart")["status"] == "ready"
        assert {call.key for call in moved.calls} == {OWN}
    assert keys(server) == {KEY}
    assert [call.text for call in server.calls] == ["It was late."]


def test_own_keys_travel_to_it_over_the_pipe(buying, providers, kokoro, server):
    providers.set_own_key(buying.user_id, kokoro["id"], OWN)
    assert buying.speak("It was late.", voice="kokoro:af_heart")["status"] == "ready"
    providers.drop_own_key(buying.user_id, kokoro["id"])
    assert buying.speak("It was early.", voice="kokoro:af_heart")["status"] == "ready"
    assert [call.key for call in server.calls] == [OWN, KEY]


def test_a_refusal_that_echoes_the_key_is_told_without_it(buying, providers, kokoro, server):
    server.fault = "unauthorized"
    row = buying.speak("It was late.", voice="kokoro:af_heart")
    assert row["status"] == "failed"
    assert "did not accept the key" in row["error"]
    assert KEY not in row["error"]


def test_many_threads_ask_for_engines_while_an_admin_changes_them(providers, kokoro):
    faults = []

    def ask() -> None:
        try:
            for _ in range(100):
                assert len(providers.engines_for(1)) <= 1
        except Exception as error:
            faults.append(error)
            raise

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(20):
        providers.switch(kokoro["id"], bool(number % 2))
    for thread in threads:
        thread.join()
    assert faults == []
