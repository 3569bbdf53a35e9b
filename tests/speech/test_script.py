import itertools
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from speech.text.directives import BadCast
from speech.text.pronunciation import Dictionary, Entry
from speech.text.script import Script
from speech.text.segments import split
from speech.types import WordTiming
from tests.support.pacing import takes_below

CAST = {"Anna": "gmw/en-US", "Old Ben": "gmw/en-GB-scotland"}
GROWING = {"first": 1, "target": 1000, "limit_bytes": 2000}
DICTIONARY = Dictionary(
    [
        Entry("SQL", "sequel", case=True),
        Entry("a", "the letter a " * 7),
        Entry("日本", "Nippon", whole_word=False),
        Entry("word", "w3:d", phonemes=True),
    ]
)
FULL = {
    "dictionary": DICTIONARY,
    "normalise": True,
    "phonemes": True,
    "cast": CAST,
    "pauses": {7: 900, 50: 1200},
    "is_eager": True,
    "ends_lines": True,
    "speed": 1.5,
}

STORM = "It was a dark and stormy night while he sat, and waited for the news. "

texts = st.lists(
    st.sampled_from(
        [
            *(
                "Hello. ",
                "word ",
                "日本語。",
                "“Go!” she said. ",
                "$3.50 ",
                "SQL ",
                "Dr. ",
                "5 kg ",
            ),
            STORM,
            *("all in one line each\n", "- milk\n", "no stops at all\r\n", "Chapter 1\n\n"),
            *("\n", "\n\n", "\r\n", "   ", "\0", "\ud800", "e\u0301", "👨\u200d👩\u200d👧", "\r"),
            *("Anna: ", "\nOld Ben: ", "\nAnna:\n", "[pause]", "[pause 2s] ", "[pause", "]"),
            *("x" * 300, "語" * 400, "a " * 150, "\u0300" * 50, " " * 700, "12345 " * 60),
        ]
    ),
    max_size=30,
).map("".join) | st.text(max_size=200)

settings_of = st.fixed_dictionaries({}, optional={k: st.just(v) for k, v in FULL.items()})
sizes = st.sampled_from([{}, GROWING])


def read(text, **options):
    return list(Script(text, **options).segments())


def shown(text, **options):
    return [(part.text, part.voice, part.pause_ms) for part in read(text, **options)]


@given(text=texts, options=settings_of, size=sizes)
@settings(deadline=None)
def test_segments_are_the_text_to_the_letter(text, options, size):
    segments = read(text, **options, **size)
    assert "".join(segment.text for segment in segments) == text
    place = 0
    for segment in segments:
        assert segment.start == place
        assert segment.text == text[segment.start : segment.end]
        place = segment.end


@given(text=texts, options=settings_of, size=sizes)
@example(text="all in one line each\n" * 2 + "word" + " " * 600 + STORM, options=FULL, size={})
@settings(deadline=None, max_examples=60)
def test_resuming_at_any_segment_gives_the_same_segments_again(text, options, size):
    script = Script(text, **options, **size)
    segments = list(script.segments())
    for index in range(0, len(segments), 1 + len(segments) // 12):
        assert list(script.segments(segments[index].end)) == segments[index + 1 :]


@given(text=texts, size=sizes)
@settings(deadline=None)
def test_a_plain_text_is_cut_as_split_cuts_it(text, size):
    text = text.replace("[pause", "(pause")
    assert [replace(part, pause_ms=0) for part in read(text, **size)] == list(split(text, **size))


@given(text=texts, options=settings_of, data=st.data())
@settings(deadline=None)
def test_every_place_of_an_utterance_leads_back_into_its_segment(text, options, data):
    script = Script(text, **options)
    for segment in script.segments():
        utterance = script.utterance(segment)
        places = [utterance.original(index) for index in range(len(utterance.text) + 1)]
        assert places == sorted(places)
        assert all(segment.start <= place <= segment.end for place in places)
        cuts = sorted(data.draw(st.sets(st.integers(0, len(utterance.text)), max_size=6)))
        marks = [WordTiming(a, b - a, a) for a, b in itertools.pairwise(cuts)]
        words = list(utterance.words(marks))
        assert all(word.length > 0 for word in words)
        assert all(a.start + a.length <= b.start for a, b in itertools.pairwise(words))


@given(text=texts, options=settings_of)
@settings(deadline=None)
def test_what_is_said_keeps_to_the_engines_limit(text, options):
    script = Script(text, **options, **GROWING)
    for segment in script.segments():
        said = script.utterance(segment).text.encode("utf-8", "surrogatepass")
        assert len(said) <= 2000 or len(segment.text) <= 20


def test_a_pause_is_a_mark_of_its_own_with_the_space_after_it():
    assert shown("Wait for it [pause 1.5s] now.") == [
        ("Wait for it ", "", 0),
        ("[pause 1.5s] ", "", 1500),
        ("now.", "", 0),
    ]
    mark = read("Wait for it [pause 1.5s] now.")[1]
    assert mark.is_mark
    assert not mark.is_speakable


@pytest.mark.parametrize(
    ("written", "pause_ms"),
    [
        ("[pause]", 1000),
        ("[pause 500ms]", 500),
        ("[pause 2s]", 2000),
        ("[Pause 1,5 s]", 1500),
        ("[PAUSE 0.25 S ]", 250),
        ("[pause 1ms]", 100),
        ("[pause 0s]", 100),
        ("[pause 99999s]", 30_000),
    ],
)
def test_a_pause_lasts_what_it_says_within_its_limits(written, pause_ms):
    assert [part.pause_ms for part in read(written)] == [pause_ms]


@pytest.mark.parametrize(
    "written",
    [
        "[pauses]",
        "[pause 5]",
        "[pause -1s]",
        "[pause 1.5.2s]",
        "[a pause]",
        "[pause",
        "[pause\n1s]",
    ],
)
def test_anything_else_in_brackets_stays_text(written):
    assert not any(part.is_mark or part.pause_ms for part in read(f"He said {written} then."))


def test_paragraphs_are_parted_by_the_set_pause_and_the_end_is_not():
    text = "The first paragraph is here.\n\nThe second one is here.\nIt has two.\r\n\r\nThe third."
    assert [part.pause_ms for part in read(text)] == [500, 300, 500, 0]
    assert [part.pause_ms for part in read(text, paragraph_pause_ms=800)] == [800, 300, 800, 0]


def test_a_sentence_has_its_pause_where_paragraphs_have_none():
    text = "The first paragraph is here.\n\nThe second one is here."
    assert [part.pause_ms for part in read(text, paragraph_pause_ms=0)] == [300, 0]


def test_a_faster_voice_makes_shorter_pauses_within_a_paragraph_and_a_slower_one_none_longer():
    text = "The first sentence is here. The second one is here.\n\nThe third."
    assert [part.pause_ms for part in read(text, speed=2.0)] == [150, 500, 0]
    assert [part.pause_ms for part in read(text, speed=0.5)] == [300, 500, 0]


@pytest.mark.parametrize(
    ("paragraph_ms", "heading_ms"), [(500, 750), (0, 0), (200, 300), (700, 750), (3000, 3000)]
)
def test_a_heading_is_followed_by_a_longer_pause_than_a_paragraph(paragraph_ms, heading_ms):
    text = "The first chapter\n\nThe bell rang twice at the door."
    pauses = [part.pause_ms for part in read(text, paragraph_pause_ms=paragraph_ms)]
    assert pauses == [heading_ms, 0]


def test_a_place_that_is_told_never_shortens_the_pause_of_its_text():
    text = "The bell rang twice at the door. Nobody came."
    assert [part.pause_ms for part in read(text, pauses={33: 0})] == [300, 0]


POEM = "all in one line each\nno stops at all here\njust words that go on\nuntil the poem ends"


def test_each_line_of_verse_is_a_segment_with_a_short_pause_and_ends_no_sentence():
    assert shown(POEM, ends_lines=True) == [
        ("all in one line each\n", "", 200),
        ("no stops at all here\n", "", 200),
        ("just words that go on\n", "", 200),
        ("until the poem ends", "", 0),
    ]
    said = [said.text for _, said in Script(POEM, ends_lines=True).lines()]
    assert said[0] == "all in one line each,\n"
    assert said[-1] == "until the poem ends"


@pytest.mark.parametrize("size", [{}, GROWING])
def test_verse_stays_in_the_segments_that_were_bought_before_unless_lines_are_asked_for(size):
    poem = "\n\n".join([POEM] * 30)
    segments = [replace(part, pause_ms=0) for part in read(poem, **size)]
    assert segments == list(split(poem, **size))
    assert not any(part.is_open for part in segments)


LONG = "It was a dark and stormy night, while Dr. Smith sat by the fire and waited for his 12 dogs."


def test_the_first_clause_of_a_text_is_a_segment_and_the_rest_of_its_sentence_the_next():
    text = f"{LONG} {LONG}"
    segments = read(text, is_eager=True)
    assert [(part.text, part.pause_ms, part.is_open) for part in segments] == [
        ("It was a dark and stormy night, ", 150, True),
        ("while Dr. Smith sat by the fire and waited for his 12 dogs. ", 300, False),
        (LONG, 0, False),
    ]
    assert [part.text for part in read(text)] == [f"{LONG} ", LONG]


@pytest.mark.parametrize("opening", ["[pause 2s] ", "Anna: ", "\n[pause]\nAnna: [pause] "])
def test_the_first_clause_is_found_behind_directives(opening):
    spoken = [part for part in read(opening + LONG, is_eager=True, cast=CAST) if part.is_speakable]
    assert spoken[0].text == "It was a dark and stormy night, "
    assert len(spoken) == 2


def test_a_first_clause_without_a_sign_is_said_with_a_comma_that_belongs_to_no_word():
    text = "The old man of the house sat at night by the fire and he waited for news."
    script = Script(text, is_eager=True)
    segment, said = next(script.lines())
    assert segment.text == "The old man of the house sat at night by the fire "[: len(segment.text)]
    assert said.text.rstrip() == f"{segment.text.rstrip()},"
    comma = len(said.text.rstrip()) - 1
    (word,) = said.words([WordTiming(comma - 4, 5, 0)])
    assert word.start + word.length == len(segment.text.rstrip())


def test_what_the_dictionary_and_numbers_change_is_never_parted():
    text = (
        "They all went together to the harbour at the far end of Saint Malo Bay, and sat there "
        "until it was late."
    )
    dictionary = Dictionary([Entry("of Saint Malo Bay, and", "of Sam Alow")])
    first = read(text, is_eager=True, dictionary=dictionary)[0].text
    assert not text[len(first) :].startswith(("Saint", "Malo", "Bay,", "and"))


@pytest.mark.parametrize(
    ("text", "pauses"),
    [
        ("Press [Pause] on the remote.", []),
        ("The [PAUSE] key, then [Play].", []),
        ("Wait [pause] now.", [1000]),
        ("Wait [Pause 2s] now. [PAUSE 500ms] So.", [2000, 500]),
        ("It was late. [Pause] Nobody came.", [1000]),
        ("It was late.\n[Pause]\nNobody came.", [1000]),
        ("[PAUSE] It was late. [pause 1s] [Pause] So.", [1000, 1000, 1000]),
        ("他来了。[Pause]他走了。", [1000]),
    ],
)
def test_a_capital_mark_without_a_time_is_a_pause_only_between_sentences(text, pauses):
    assert [part.pause_ms for part in read(text) if part.is_mark] == pauses


def test_a_pause_that_is_written_replaces_that_of_the_paragraph():
    text = "The first paragraph.\n\n[pause 3s]\n\nThe second paragraph."
    assert [part.pause_ms for part in read(text)] == [0, 3000, 0]


def test_places_that_are_told_end_a_segment_and_are_followed_by_their_pause():
    text = "Chapter one\n\nIt was a dark night, and a long one."
    assert [part.pause_ms for part in read(text, pauses={11: 1200}, **GROWING)] == [1200, 0]


def test_a_speakers_lines_have_their_voice_up_to_the_next_speaker_or_paragraph():
    text = "Anna: Hello there, Ben.\nHow do you do?\n  old ben: Fine.\n\nThey went on their way."
    assert shown(text, cast=CAST) == [
        ("Anna: ", "", 0),
        ("Hello there, Ben.\nHow do you do?\n", "gmw/en-US", 300),
        ("  old ben: ", "", 0),
        ("Fine.\n\n", "gmw/en-GB-scotland", 500),
        ("They went on their way.", "", 0),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Note: this is no name.",
        "Then Anna: she sings.",
        "Annabel: no.",
        "Anna:5 and so on.",
        "Anna",
    ],
)
def test_only_names_of_the_cast_at_the_start_of_a_line_are_marks(text):
    assert not any(part.is_mark or part.voice for part in read(text, cast=CAST))
    assert not any(part.is_mark for part in read("Anna: No cast is given here."))


def test_a_speaker_is_found_again_far_back_in_a_long_paragraph():
    text = "Anna: " + "This is what she says to him. " * 1000
    script = Script(text, cast=CAST)
    segments = list(script.segments())
    assert {part.voice for part in segments[1:]} == {"gmw/en-US"}
    assert next(script.segments(segments[-2].end)) == segments[-1]


@pytest.mark.parametrize("name", ["", " ", "a:b", "[x]", "n" * 61, " Anna", "An\nna"])
def test_a_name_that_no_text_can_hold_is_refused(name):
    with pytest.raises(BadCast, match="cannot be used"):
        Script("", cast={name: "gmw/en"})


def test_more_speakers_than_a_play_has_are_refused():
    with pytest.raises(BadCast, match="51 speakers"):
        Script("", cast={f"Guest {number}": "gmw/en" for number in range(51)})


def test_a_number_of_many_words_is_one_word_of_the_text():
    text = "It costs $3.50 today."
    script = Script(text, normalise=True)
    (segment,) = script.segments()
    utterance = script.utterance(segment)
    assert utterance.text == "It costs three dollars and fifty cents today."
    marks = [
        WordTiming(found, len(word), found)
        for word in utterance.text.rstrip(".").split()
        if (found := utterance.text.index(word)) >= 0
    ]
    words = [text[word.start : word.start + word.length] for word in utterance.words(marks)]
    assert words == ["It", "costs", "$3.50", "today"]


def test_words_after_one_already_heard_are_left_out():
    script = Script("It is 1234 now.", normalise=True)
    (segment,) = script.segments()
    utterance = script.utterance(segment)
    assert utterance.text == "It is twelve thirty-four now."
    marks = [WordTiming(6, 6, 0), WordTiming(13, 6, 5)]
    (first,) = utterance.words(marks[:1])
    assert list(utterance.words(marks[1:], after=first.start + first.length)) == []


def test_a_sentence_goes_on_after_an_abbreviation_that_looks_like_its_end():
    text = "The story stands in the old book, Vol. 3 of the works. It ends there and then."
    assert [part.text for part in read(text, normalise=True)] == [
        "The story stands in the old book, Vol. 3 of the works. ",
        "It ends there and then.",
    ]


def test_pronunciations_come_before_numbers_and_are_told_apart_from_phonemes():
    dictionary = Dictionary([Entry("SQL", "sequel 5"), Entry("tomato", "t@m'A:toU", phonemes=True)])
    script = Script("SQL, 12 tomato.", dictionary=dictionary, normalise=True, phonemes=True)
    (segment,) = script.segments()
    utterance = script.utterance(segment)
    assert utterance.text == "sequel five, twelve t@m'A:toU."
    assert [utterance.text[a:b] for a, b in utterance.phonemes] == ["t@m'A:toU"]
    assert utterance.original(utterance.text.index("twelve")) == 5
    plain = Script("SQL, 12 tomato.", dictionary=dictionary)
    assert plain.utterance(segment).text == "sequel 5, 12 tomato."


@pytest.mark.parametrize(
    "text",
    [
        *("word " * 200_000, "[pause " * 140_000, "\n" * 1_000_000, "x" * 1_000_000),
        *("Anna: " * 160_000, "Anna: a\n" * 120_000, "5. " * 330_000, "\r \n" * 330_000),
    ],
    ids=["words", "brackets", "lines", "run", "names", "dialogue", "ordinals", "spaces"],
)
def test_a_million_characters_start_at_once(text):
    first = []

    def begin():
        first[:] = itertools.islice(Script(text, **FULL).segments(), 5)

    assert takes_below(1.0, begin)
    assert first
