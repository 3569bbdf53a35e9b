"""Who speaks when a model has ended or a provider is down, and what a file says about it."""

import itertools
from contextlib import closing

import pytest

from services.voice_fallback import ASK, FREE, NEAREST, VoiceEnded
from services.voice_spans import VoiceSpan, voice_spans
from speech.engines.openai_speech import OpenAISpeech
from speech.errors import ModelEnded, UnknownVoice
from speech.types import SpeechRequest
from storage.errors import WrongState
from tests.support.changeover import changeover
from tests.support.making import Home

NOVA = "openai:nova"
TEXT = "The tide came in. A boat was seen. Nobody was on board. The bell rang twice."


@pytest.fixture
def change():
    with changeover() as change:
        yield change


@pytest.fixture
def home(tmp_path, change, monkeypatch):
    monkeypatch.setattr("server.worker.build_registry", lambda *_: change.registry)
    with closing(Home(tmp_path)) as home:
        change.learn(home.studio)
        yield home


def follow(home, rule):
    home.db.set_fallback_rule(home.user_id, rule)


def parts_of(home, row):
    marked = home.db.list_deviating_segments(row["id"])
    own = f"{row['engine']}:{row['voice']}"
    return [part.key for part in voice_spans(marked, own, home.db.count_segments(row["id"]))]


def half_spoken(home, change, monkeypatch, text=TEXT):
    """A file of nova that the provider's end met half way; its row, failed."""
    monkeypatch.setattr("services.synthesis.CHECKPOINT_S", 0.0)
    monkeypatch.setattr(home.studio.registry.get("openai"), "parallel", 1)
    monkeypatch.setattr(home.studio.registry.get("openai"), "segment_characters", 1)
    asked = itertools.count()
    note = change.speech.note

    def end_soon(call):
        if next(asked) == 1:
            change.end()
        return note(call)

    monkeypatch.setattr(change.speech, "note", end_soon)
    return home.speak(text, voice=NOVA)


# What is told beforehand


def test_sixty_days_ahead_each_voice_has_its_follower(home, change):
    (engine, end, fallbacks), *_ = home.studio.voice_fallback.ending()
    assert (engine.name, end.isoformat()) == ("openai", "2027-01-06")
    followed = {voice.identifier: heir.key for voice, heir in fallbacks}
    assert followed["nova"] == "openai-realtime:coral"
    assert followed["onyx"] == "openai-realtime:cedar"
    assert followed.keys() == {voice.identifier for voice in engine.voices()}
    change.day = change.day.replace(month=9)
    assert home.studio.voice_fallback.ending() == []


def test_what_the_provider_said_last_goes_before_what_is_known_here(home, change):
    change.end()
    engine = home.studio.registry.get("openai")
    assert home.studio.registry.has_ended(engine)
    home.db.save_model_notices("openai", {"tts-1": "2027-03-01"})
    home.studio.voice_fallback.learn()
    assert not home.studio.registry.has_ended(engine)


# After the end


def test_a_new_text_for_a_voice_that_ended_asks_and_names_the_nearest(home, change):
    change.end()
    with pytest.raises(
        VoiceEnded, match=r"was discontinued on 2027-01-06.*Coral \(OpenAI Realtime\)"
    ) as told:
        home.submit(voice=NOVA)
    assert told.value.fallbacks[0].key == "openai-realtime:coral"
    with pytest.raises(VoiceEnded):
        home.studio.generation.quote(TEXT, NOVA, owner_id=home.user_id)


@pytest.mark.parametrize(
    ("rule", "key"), [(NEAREST, "openai-realtime:coral"), (FREE, "espeak:gmw/en")]
)
def test_a_new_text_is_spoken_by_the_follower_where_its_owner_chose_that(home, change, rule, key):
    change.end()
    follow(home, rule)
    row = home.speak(TEXT, voice=NOVA, speed=2.0)
    assert (row["status"], f"{row['engine']}:{row['voice']}") == ("ready", key)
    assert row["speed"] <= home.studio.registry.get(row["engine"]).speed_range[1]
    assert change.speech.calls == []


def test_speakers_of_a_cast_get_followers_of_the_same_engine(home, change):
    change.end()
    follow(home, NEAREST)
    text = "Anna: Hello there.\nBob: Good day to you."
    reading = {"cast": {"Anna": "openai:nova", "Bob": "openai:onyx"}}
    home.speak(text, voice="openai:alloy", reading=reading)
    assert {call.voice for call in change.realtime.calls} == {"coral", "cedar"}


def test_the_language_of_a_text_chooses_the_follower(home, change):
    change.end()
    follow(home, FREE)
    text = "Es war spät am Abend, und der Regen hatte aufgehört. Niemand war mehr auf der Straße."
    row = home.speak(text * 3, voice=NOVA)
    assert row["voice"] == "gmw/de"


# Half way


def test_a_file_that_the_end_meets_half_way_waits_for_a_voice(home, change, monkeypatch):
    row = half_spoken(home, change, monkeypatch)
    assert (row["status"], row["needs_voice"]) == ("failed", 1)
    assert "does not have this model" in row["error"]
    assert 0 < row["spoken_characters"] < len(TEXT)
    fallbacks = home.studio.voice_fallback.fallbacks_of_file(row, TEXT)
    assert [heir.key for heir in fallbacks] == ["openai-realtime:coral", "espeak:gmw/en"]


@pytest.mark.parametrize("key", ["openai-realtime:coral", "espeak:gmw/en"])
def test_the_chosen_voice_speaks_the_rest_in_the_same_file(home, change, monkeypatch, key):
    row = half_spoken(home, change, monkeypatch)
    with home.store.open_growing(row["filename"]) as file:
        before = file.read()
    home.studio.generation.resume_with_voice(row["filename"], home.user_id, key)
    home.worker.run_pending()
    row = home.row(row["filename"])
    assert (row["status"], row["needs_voice"], row["error"]) == ("ready", 0, None)
    assert (row["voice"], row["stand_in"]) == ("nova", key)
    assert parts_of(home, row) == [NOVA, key]
    segments = home.db.get_segments(row["id"])
    assert segments[-1]["text_end"] == len(TEXT)
    kept = next(part for part in segments if part["spoken_by"])["start_ms"] * 8  # 64 kbit/s
    assert home.sound(row["filename"])[500 : kept - 1000] == before[500 : kept - 1000]
    heard = home.heard(row["filename"])
    assert heard.sample_rate == 24_000
    assert heard.duration_s == pytest.approx(row["duration"], abs=0.001)
    assert heard.peak < 1.0


def test_words_and_pauses_of_the_second_voice_stand_where_they_sound(home, change, monkeypatch):
    row = half_spoken(home, change, monkeypatch)
    home.studio.generation.resume_with_voice(row["filename"], home.user_id, "espeak:gmw/en")
    home.worker.run_pending()
    heard, text = home.heard(row["filename"]), home.db.get_text(row["id"])
    onsets = heard.onsets_ms()
    for part in home.db.get_segments(row["id"]):
        if part["spoken_by"]:
            assert min(abs(onset - part["start_ms"]) for onset in onsets) < 60, text
            quiet = heard.between(part["end_ms"] / 1000 - 0.05, part["end_ms"] / 1000 - 0.005)
            assert quiet.peak < 0.02


def test_the_nearest_voice_goes_on_by_itself_where_its_owner_chose_that(home, change, monkeypatch):
    follow(home, NEAREST)
    row = half_spoken(home, change, monkeypatch)
    assert row["status"] == "ready"
    assert parts_of(home, row) == [NOVA, "openai-realtime:coral"]


def test_a_failure_of_the_text_changes_no_voice(home, change):
    follow(home, NEAREST)
    change.speech.fault = "bad_request"
    row = home.speak(TEXT, voice=NOVA)
    assert (row["status"], row["needs_voice"]) == ("failed", 0)
    assert change.realtime.calls == []


@pytest.mark.parametrize("fault", ["quota", "unauthorized"])
def test_another_voice_speaks_while_a_provider_is_down(home, change, fault):
    follow(home, FREE)
    change.speech.fault = fault
    row = home.speak(TEXT, voice=NOVA)
    assert row["status"] == "ready"
    assert parts_of(home, row) == ["espeak:gmw/en"]
    change.speech.fault = ""
    assert parts_of(home, home.speak(TEXT, voice=NOVA)) == []


def test_each_voice_is_tried_once_until_one_speaks(home, change):
    follow(home, NEAREST)
    second = OpenAISpeech("sk-test", change.speech.base_url, name="second")
    home.studio.registry._fixed += (second,)
    home.studio.registry._by_name["second"] = second
    change.speech.fault = change.realtime.fault = "unauthorized"
    row = home.speak("The tide came in.", voice=NOVA)
    assert (row["status"], parts_of(home, row)) == ("ready", ["espeak:gmw/en"])
    assert len(change.speech.calls) + change.realtime.connections <= 6
    second.close()


def test_a_file_whose_second_voice_is_gone_can_be_looked_at_and_go_on(home, change, monkeypatch):
    row = half_spoken(home, change, monkeypatch)
    home.studio.generation.resume_with_voice(row["filename"], home.user_id, "openai-realtime:coral")
    engines = home.studio.registry._by_name
    gone = engines.pop("openai-realtime")
    home.worker.run_pending()
    row = home.row(row["filename"])
    assert (row["status"], row["needs_voice"]) == ("failed", 1)
    home.studio.registry._fixed = tuple(e for e in home.studio.registry._fixed if e is not gone)
    assert [heir.key for heir in home.studio.voice_fallback.fallbacks_of_file(row, TEXT)] == [
        "espeak:gmw/en"
    ]
    home.studio.generation.resume_with_voice(row["filename"], home.user_id, "espeak:gmw/en")
    home.worker.run_pending()
    assert home.row(row["filename"])["status"] == "ready"
    gone.close()


def test_a_provider_that_is_left_alone_is_told_and_taken_up_again(home, change):
    change.speech.fault = "error_503"
    engine = home.studio.registry.get("openai")
    assert home.speak(TEXT, voice=NOVA)["status"] == "failed"
    assert home.speak(TEXT, voice=NOVA)["needs_voice"] == 1
    assert home.studio.voice_fallback.resting().keys() == {"openai"}
    assert [
        heir.engine.name for heir in home.studio.voice_fallback.fallbacks("espeak", "gmw/en")
    ] == ["openai-realtime"]
    change.speech.fault = ""
    engine.breaker._open_until = 0.0  # the rest is over
    assert home.speak(TEXT, voice=NOVA)["status"] == "ready"
    assert home.studio.voice_fallback.resting() == {}


def test_only_a_file_that_stopped_gets_another_voice(home):
    row = home.speak(TEXT, voice="espeak:gmw/en")
    with pytest.raises(WrongState):
        home.studio.generation.resume_with_voice(row["filename"], home.user_id, NOVA)
    with pytest.raises(UnknownVoice):
        home.studio.generation.resume_with_voice(row["filename"], home.user_id, "espeak:nobody")


# Changes to what is there


def test_a_library_made_with_a_voice_that_ended_can_be_heard_and_changed(home, change):
    row = home.speak(TEXT, voice=NOVA)
    before = home.sound(row["filename"])
    change.end()
    assert home.sound(row["filename"]) == before
    end = home.db.get_segments(row["id"])[0]["text_end"]
    with pytest.raises(VoiceEnded):
        home.studio.retakes.ask(row, 0, end, "A storm came up.")
    speakers = home.studio.voice_fallback.choices_for_retake(row)
    assert [speaker.key for speaker in speakers] == ["openai-realtime:coral", "espeak:gmw/en"]
    for key in ("openai-realtime:coral", "espeak:gmw/en"):
        home.studio.retakes.ask(row, 0, end, "A storm came up.", voice=key)
        home.worker.run_pending()
        row = home.row(row["filename"])
        first = home.db.get_segments(row["id"])[0]
        assert (first["spoken_by"], row["voice"]) == (key, "nova")
        end = first["text_end"]
        assert home.heard(row["filename"]).duration_s == pytest.approx(row["duration"], abs=0.001)
    take = home.db.list_takes(row["id"])[-1]
    home.studio.retakes.restore_take(row, take["id"])
    home.worker.run_pending()
    assert home.db.list_deviating_segments(row["id"]) == []


def test_a_change_is_spoken_by_the_follower_where_its_owner_chose_that(home, change):
    row = home.speak(TEXT, voice=NOVA)
    change.end()
    follow(home, NEAREST)
    end = home.db.get_segments(row["id"])[0]["text_end"]
    home.studio.retakes.ask(row, 0, end, "A storm came up.")
    home.worker.run_pending()
    assert home.db.get_segments(row["id"])[0]["spoken_by"] == "openai-realtime:coral"


# What the voice said, and what it cost


def test_a_sentence_that_was_not_said_as_written_is_marked_also_when_it_is_kept(home, change):
    written = "Nobody had ever seen anything like it before on this quiet shore."
    change.realtime.transcripts = {written: "Nobody at all was there."}
    for _ in range(2):
        row = home.speak(written, voice="openai-realtime:marin")
        (marked,) = home.db.list_deviating_segments(row["id"])
        assert (marked["said"], marked["spoken_by"]) == ("Nobody at all was there.", "")
        assert (marked["text_start"], marked["start_ms"]) == (0, 0)
    assert [call.text for call in change.realtime.calls].count(written) == 2


def test_what_the_provider_counted_is_what_the_ledger_holds(home, change, monkeypatch):
    engine = home.studio.registry.get("openai-realtime")
    monkeypatch.setattr(engine, "_cost", lambda takes: 0.25 * len(takes))
    row = home.speak("The tide came in.", voice="openai-realtime:marin")
    assert row["cost"] == 0.25
    assert home.db.get_all_time_usage(home.user_id)["cost"] == 0.25
    ((content_hash, _),) = [tuple(kept.values()) for kept in home.db.list_cached_segments()]
    assert home.studio.segment_cache.store.note(content_hash)
    home.studio.segment_cache.store.drop(content_hash)
    assert home.studio.segment_cache.store.note(content_hash) == b""


# Who spoke which part


def marked(position, key, said=""):
    start = position * 1000
    return {"position": position, "text_start": 0, "start_ms": start, "end_ms": start + 900,
            "spoken_by": key, "said": said}  # fmt: skip


@pytest.mark.parametrize(
    ("others", "segments", "parts"),
    [
        ([], 5, []),
        ([marked(1, "", said="otherwise")], 3, []),
        ([marked(0, "b"), marked(1, "b")], 2, [("b", 0)]),
        ([marked(1, "b")], 3, [("a", 0), ("b", 1000), ("a", 1900)]),
        ([marked(1, "b"), marked(2, "c")], 3, [("a", 0), ("b", 1000), ("c", 2000)]),
        ([marked(0, "b"), marked(2, "b")], 3, [("b", 0), ("a", 900), ("b", 2000)]),
    ],
)
def test_parts_tell_who_spoke_from_when_on(others, segments, parts):
    assert voice_spans(others, "a", segments) == [VoiceSpan(*part) for part in parts]


def test_the_rule_is_to_ask_until_something_else_is_chosen(home):
    assert home.studio.voice_fallback.rule(home.user_id) == ASK
    assert home.studio.voice_fallback.rule(None) == ASK
    follow(home, FREE)
    assert home.studio.voice_fallback.rule(home.user_id) == FREE


def test_an_ended_model_is_told_by_name_of_its_error(home, change):
    change.speech.fault = "no_model"
    with pytest.raises(ModelEnded):
        list(home.studio.registry.get("openai").speak(SpeechRequest("Hello.", "nova")))
