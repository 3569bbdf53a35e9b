"""Voices by language: which one reads a text, what is remembered of it, and who is asked."""

import sqlite3
import time
from pathlib import Path

import pytest

from database import Database
from services import voice_memory
from services.voice_memory import TextVoice, VoiceMemory
from speech.engine import Engine
from speech.errors import BadSpeed, UnknownVoice
from speech.prices import FREE
from speech.registry import Registry
from speech.text.language import main_language
from speech.types import Voice
from storage import sqlite_file
from tests.support.making import Home

ENGLISH = "It was late, and the lamp was already lit."
GERMAN = "Es war spät, und die Lampe brannte schon."
WELSH = "Roedd hi'n hwyr."
LANGUAGES = {ENGLISH: "en", GERMAN: "de", WELSH: "cy"}


class Spoken(Engine):
    """An engine on this machine, with voices by name and language, that says nothing."""

    def __init__(self, name, voices, *, is_natural=False, speed_range=(0.5, 2.0)):
        super().__init__()
        self.name, self.label, self.is_natural = name, name.title(), is_natural
        self.speed_range = speed_range
        self._listed = [
            Voice(identifier, identifier.title(), tag, name) for identifier, tag in voices
        ]
        self.default_voice = self._listed[0].identifier

    def voices(self):
        return self._listed

    def price(self):
        return FREE

    def _speak(self, request):
        yield from ()


@pytest.fixture(autouse=True)
def told(monkeypatch):
    monkeypatch.setattr(voice_memory, "recognise", lambda text: LANGUAGES.get(text))


@pytest.fixture
def engines():
    return {
        "natural": Spoken("natural", [("heart", "en-US"), ("emma", "en-GB")], is_natural=True),
        "robot": Spoken(
            "robot",
            [("en", "en-GB"), ("de-AT", "de-AT"), ("de", "de"), ("fr", "fr-FR")],
            speed_range=(0.5, 3.0),
        ),
        "piper": Spoken("piper", [("thorsten", "de-DE"), ("kerstin", "de-DE")], is_natural=True),
    }


@pytest.fixture
def db(tmp_path):
    db = Database(tmp_path / "voiceverse.db")
    yield db
    db.close()


@pytest.fixture
def ann(db):
    return db.create_user("ann", "h")["id"]


@pytest.fixture
def memory(db, engines):
    def make(*names, default="natural"):
        chosen = names or tuple(engines)
        return VoiceMemory(db, Registry([engines[name] for name in chosen], default))

    return make


def used(memory, user_id, key, language, *, speed=1.0, pause_ms=None):
    """Let a person use a voice for a text of a language."""
    wanted = TextVoice(memory.find(key), speed, pause_ms, language)
    memory.remember(user_id, wanted, is_chosen=True)


def key_for(memory, user_id, text):
    return memory.for_text(user_id, text).choice.key


def test_without_a_choice_the_best_voice_of_the_language_reads(memory, ann):
    found = memory()
    assert key_for(found, ann, ENGLISH) == "natural:heart"
    assert key_for(found, ann, GERMAN) == "piper:thorsten"
    assert key_for(memory("natural", "robot"), ann, GERMAN) == "robot:de"
    assert key_for(found, None, GERMAN) == "piper:thorsten"


def test_a_text_that_no_voice_reads_or_nobody_can_tell_gets_the_default(memory, ann):
    found = memory().for_text(ann, WELSH)
    assert (found.choice.key, found.language) == ("natural:heart", "cy")
    assert memory().for_text(ann, "Ok").language == ""
    assert key_for(memory(), ann, "Ok") == "natural:heart"


def test_what_was_used_last_for_a_language_is_used_again(memory, ann):
    found = memory()
    used(found, ann, "piper:kerstin", "de", speed=1.25, pause_ms=750)
    used(found, ann, "natural:emma", "en", speed=1.5)
    again = found.for_text(ann, GERMAN)
    assert (again.choice.key, again.speed, again.paragraph_pause_ms) == (
        "piper:kerstin", 1.25, 750,
    )  # fmt: skip
    assert key_for(found, ann, ENGLISH) == "natural:emma"
    assert found.for_text(ann, "Ok")[:2] == (found.find("natural:emma"), 1.5)


def test_nobody_gets_the_voice_of_somebody_else(memory, ann, db):
    used(memory(), ann, "piper:kerstin", "de")
    bob = db.create_user("bob", "h")["id"]
    assert key_for(memory(), bob, GERMAN) == "piper:thorsten"


def test_a_voice_that_was_taken_by_itself_does_not_stand_in_the_way_of_a_better_one(memory, ann):
    found = memory("natural", "robot")
    taken = found.for_text(ann, GERMAN)
    found.remember(ann, taken._replace(speed=1.75), is_chosen=False)
    assert key_for(found, ann, GERMAN) == "robot:de"
    later = memory().for_text(ann, GERMAN)
    assert (later.choice.key, later.speed) == ("piper:thorsten", 1.75)


def test_a_voice_that_is_gone_leaves_its_place_to_the_next_until_it_is_back(memory, ann):
    used(memory(), ann, "piper:kerstin", "de", speed=1.5)
    without = memory("natural", "robot")
    assert without.for_text(ann, GERMAN)[:2] == (without.find("robot:de"), 1.5)
    without.remember(ann, without.for_text(ann, GERMAN), is_chosen=False)
    assert key_for(memory(), ann, GERMAN) == "piper:kerstin"


@pytest.mark.parametrize("key", ["robot:nobody", "nothing:x", ":", "x" * 300, "piper:"])
def test_a_row_that_names_no_voice_is_passed_over(memory, ann, db, key):
    engine, _, voice = key.partition(":")
    db.save_voice_settings(
        ann, "de", engine=engine, voice=voice, speed=1, paragraph_pause_ms=None, now=1.0
    )
    assert key_for(memory(), ann, GERMAN) == "piper:thorsten"


def test_a_speed_of_another_engine_becomes_the_nearest(memory, ann):
    used(memory(), ann, "robot:de", "de", speed=3.0)
    assert memory("natural", "piper").for_text(ann, GERMAN).speed == 2.0


def test_a_voice_of_another_language_is_never_remembered_into_reading(memory, ann):
    used(memory(), ann, "natural:heart", "de")
    assert key_for(memory(), ann, GERMAN) == "piper:thorsten"


def test_a_default_voice_comes_first_for_its_language_and_for_what_nobody_can_tell(memory, ann):
    found = memory()
    used(found, ann, "natural:emma", "en", speed=1.5)
    used(found, ann, "piper:kerstin", "de")
    found.set_default(ann, "natural:heart", 1.1)
    assert found.for_text(ann, ENGLISH)[:2] == (found.find("natural:heart"), 1.1)
    assert key_for(found, ann, "Ok") == "natural:heart"
    assert key_for(found, ann, GERMAN) == "piper:kerstin"
    found.set_default(ann, "", None)
    assert key_for(found, ann, ENGLISH) == "natural:emma"


def test_a_default_is_checked_and_one_that_is_gone_is_none(memory, ann):
    for key, speed, error in (
        ("robot:nobody", 1.0, UnknownVoice),
        ("robot:de", float("nan"), BadSpeed),
    ):
        with pytest.raises(error):
            memory().set_default(ann, key, speed)
    memory().set_default(ann, "piper:kerstin", 9.0)
    assert memory().default(ann).speed == 2.0
    assert memory("natural", "robot").default(ann) is None
    assert key_for(memory("natural", "robot"), ann, GERMAN) == "robot:de"


def test_codes_of_one_language_are_one():
    assert [main_language(tag) for tag in ("de-AT", "cmn", "zh-CN", "no", "nb-NO", "")] == [
        "de", "zh", "zh", "nb", "nb", "",
    ]  # fmt: skip


# The question about natural voices


def ask(db, user_id):
    db.write("INSERT INTO natural_voice_questions VALUES (?)", user_id)


def test_somebody_of_old_is_asked_once_and_a_yes_changes_new_texts(memory, ann, db):
    found = memory()
    used(found, ann, "robot:en", "en", speed=1.25)
    assert found.natural_offer(ann) is None
    ask(db, ann)
    assert found.natural_offer(ann).key == "natural:heart"
    found.answer_natural_offer(ann, is_wanted=True)
    assert found.for_text(ann, ENGLISH)[:2] == (found.find("natural:heart"), 1.25)
    used(found, ann, "robot:en", "en")
    assert found.natural_offer(ann) is None


def test_a_no_keeps_the_voice_and_asks_no_more(memory, ann, db):
    found = memory()
    used(found, ann, "robot:en", "en")
    ask(db, ann)
    found.answer_natural_offer(ann, is_wanted=False)
    assert found.natural_offer(ann) is None
    assert key_for(found, ann, ENGLISH) == "robot:en"


def test_a_yes_goes_before_a_default_that_sounds_like_a_robot(memory, ann, db):
    found = memory()
    found.set_default(ann, "robot:en", 1.5)
    ask(db, ann)
    found.answer_natural_offer(ann, is_wanted=True)
    assert found.for_text(ann, ENGLISH)[:2] == (found.find("natural:heart"), 1.5)


def test_nobody_is_asked_without_a_natural_voice_or_who_has_one(memory, ann, db):
    ask(db, ann)
    used(memory(), ann, "robot:en", "en")
    assert memory("robot", "piper", default="robot").natural_offer(ann) is None
    used(memory(), ann, "natural:emma", "en")
    assert memory().natural_offer(ann) is None


# With texts that are taken


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "home")
    yield home
    home.close()


def settings(home):
    return {row["language"]: row for row in home.db.list_voice_settings(home.user_id)}


def test_what_a_text_is_taken_with_is_remembered_with_it_or_not_at_all(home, monkeypatch):
    home.submit(GERMAN, voice="gmw/de", speed=1.5, reading={"paragraph_pause_ms": 750})
    row = settings(home)["de"]
    assert (row["voice"], row["speed"], row["paragraph_pause_ms"]) == ("gmw/de", 1.5, 750)
    home.submit(GERMAN)
    file = home.db.get_audio_files_by_owner(home.user_id)[0]
    assert (file["voice"], file["speed"], file["reading"]) == (
        "gmw/de", 1.5, '{"paragraph_pause_ms": 750}',
    )  # fmt: skip

    def fail(*_, **__):
        raise sqlite3.OperationalError("the disk is full")

    monkeypatch.setattr(home.db, "save_voice_settings", fail)
    with pytest.raises(sqlite3.OperationalError):
        home.submit(ENGLISH)
    assert len(home.db.get_audio_files_by_owner(home.user_id)) == 2


def test_a_voice_chosen_for_a_text_that_nobody_can_tell_counts_for_its_own_language(home):
    home.submit("Ok", voice="gmq/sv")
    assert settings(home)["sv"]["voice"] == "gmq/sv"


def test_a_speed_that_no_engine_has_is_refused_with_any_voice(home):
    for voice in ("", "gmw/de"):
        with pytest.raises(BadSpeed):
            home.submit(GERMAN, voice=voice, speed=9.0)
    assert settings(home) == {}


def test_the_later_of_two_devices_counts(home):
    home.submit(GERMAN, voice="gmw/de", speed=1.5)
    other = Database(home.db.path)
    other.save_voice_settings(
        home.user_id, "de", engine="espeak", voice="gmw/de", speed=0.75,
        paragraph_pause_ms=None, now=time.time(),
    )  # fmt: skip
    other.close()
    assert home.studio.voice_memory.for_text(home.user_id, GERMAN).speed == 0.75


def test_a_voice_is_looked_up_quickly(home):
    for number in range(60):
        home.db.save_voice_settings(
            home.user_id, f"x{number}", engine="espeak", voice="gmw/de", speed=1,
            paragraph_pause_ms=None, now=number,
        )  # fmt: skip
    home.studio.voice_memory.for_text(home.user_id, GERMAN)
    took = []
    for _ in range(20):
        start = time.process_time()
        home.studio.voice_memory.for_text(home.user_id, GERMAN)
        took.append(time.process_time() - start)
    assert min(took) < 0.005


# Upgrading


def test_an_upgrade_remembers_the_latest_voice_of_each_language_and_asks(tmp_path):
    script = Path(__file__).parents[1] / "database" / "schema_3.sql"
    connection = sqlite3.connect(tmp_path / "old.db")
    connection.executescript(script.read_text("utf-8"))
    connection.execute(f"PRAGMA application_id={sqlite_file.APPLICATION_ID}")
    connection.execute("PRAGMA user_version=3")
    connection.executemany(
        "INSERT INTO users (username, password_hash) VALUES (?, 'h')", [("ann",), ("bob",)]
    )
    connection.executemany(
        """INSERT INTO audio_files (filename, display_name, owner_id, character_count, created_at,
               engine, voice, speed) SELECT ?, 'A', 1, 0, '2026-01-01 00:00:00', ?, ?, ?""",
        [
            ("a", "espeak", "gmw/en-GB-x-rp", 1.0), ("b", "espeak", "gmw/en-US", 1.5),
            ("c", "piper", "de_DE-thorsten-medium", 1.25), ("d", "espeak", "sit/cmn", 1.0),
            ("e", "openai", "coral", 1.0), ("f", "", "alloy", 1.0), ("g", "piper", "", 1.0),
        ],
    )  # fmt: skip
    connection.commit()
    connection.close()
    db = Database(tmp_path / "old.db")
    found = {row["language"]: (row["engine"], row["voice"]) for row in db.list_voice_settings(1)}
    assert found == {
        "en": ("espeak", "gmw/en-US"), "de": ("piper", "de_DE-thorsten-medium"),
        "zh": ("espeak", "sit/cmn"), "": ("", "alloy"),
    }  # fmt: skip
    assert db.list_voice_settings(1)[0]["used_epoch"] == 1767225600
    assert (db.has_natural_voice_question(1), db.has_natural_voice_question(2)) == (True, False)
    assert db.list_voice_settings(2) == []
    db.close()


def test_merging_two_accounts_keeps_the_later_settings_and_a_default(db, ann):
    bob = db.create_user("bob", "h")["id"]
    for user_id, language, voice, now in (
        (ann, "de", "old", 1.0), (bob, "de", "new", 2.0), (ann, "en", "mine", 2.0),
        (bob, "en", "theirs", 1.0), (bob, "fr", "only", 1.0),
    ):  # fmt: skip
        db.save_voice_settings(
            user_id, language, engine="e", voice=voice, speed=1, paragraph_pause_ms=None, now=now
        )
    db.set_default_voice(bob, "e:v", 1.5)
    db.merge_users(bob, ann)
    found = {row["language"]: row["voice"] for row in db.list_voice_settings(ann)}
    assert found == {"de": "new", "en": "mine", "fr": "only"}
    assert db.get_default_voice(ann) == {"voice": "e:v", "speed": 1.5}
    db.delete_user(ann)
    assert db.rows("SELECT 1 FROM voice_settings") == []
