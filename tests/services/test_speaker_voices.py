"""Which voices the speakers of a text are suggested."""

from services.speaker_voices import suggest
from services.voice_fallback import VoiceChoice


def choice(home, key="espeak:gmw/en"):
    return VoiceChoice(*home.studio.registry.resolve(key))


def test_each_new_speaker_gets_a_voice_of_the_language_that_nobody_else_has(home):
    narrator = choice(home)
    cast = suggest(narrator, [("Anna", ""), ("Tom", ""), ("Keeper", "")], ["Anna", "Tom", "Keeper"])
    given = [voice for _, voice in cast]
    assert [name for name, _ in cast] == ["Anna", "Tom", "Keeper"]
    assert len({*given, narrator.voice.key}) == 4
    voices = [home.studio.registry.resolve(key)[1] for key in given]
    assert all(voice.engine == "espeak" and voice.language.startswith("en") for voice in voices)


def test_what_was_chosen_stays_and_so_does_what_is_to_be_read_as_it_stands(home):
    first = suggest(choice(home), [("Anna", "")], ["Anna"])[0][1]
    cast = [("Anna", "espeak:gmw/de"), ("Tom", ""), ("Keeper", "")]
    assert suggest(choice(home), cast, ["Keeper"]) == [*cast[:2], ("Keeper", first)]
    assert suggest(choice(home), [("Anna", first), ("Tom", "")], ["Tom"])[1][1] != first


def test_a_voice_of_another_engine_makes_room_for_one_that_fits(home):
    ((_, voice),) = suggest(choice(home), [("Anna", "natural:heart")], [])
    assert voice.startswith("espeak:")


def test_where_there_are_not_enough_voices_the_last_ones_have_none(home):
    swedish = choice(home, "espeak:gmq/sv")
    assert suggest(swedish, [("Anna", "")], ["Anna"]) == [("Anna", "")]
