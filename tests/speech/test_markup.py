"""Markdown, HTML and SSML in pasted texts: what is said, and the way back to what was pasted."""

import random

import pytest

from speech.text.markup import NONE, find_markup, said_without_signs
from speech.text.pronunciation import Dictionary, Entry
from speech.text.script import Script
from speech.types import WordTiming
from tests.support.making import prose
from tests.support.pacing import takes_below

SAID = [
    ("I said **never** do that again.", "I said never do that again."),
    ("I said __never ever__ do that.", "I said never ever do that."),
    ("***Both*** of them.", "Both of them."),
    ("**Note:** it is late.", "Note: it is late."),
    ("这是**重要**的事。", "这是重要的事。"),
    ("Press `Ctrl` or ``a b``.", "Press Ctrl or a b."),
    ("See [the page](https://example.org/a_(b)) now.", "See the page now."),
    ("See [the **page**](guide/start.md).", "See the page."),
    ("![A red fox](fox.png) ran.", "A red fox ran."),
    ("[![built](https://ci/b.svg)](https://ci) It works.", "built It works."),
    ("Write to <mailto:me@example.org>.", "Write to mailto:me@example.org."),
    ("It ~~was~~ is late.", "It was is late."),
    ("A claim[^1] and more.", "A claim and more."),
    ("A claim[^a].\n\n[^a]: The proof.", "A claim.\n\nThe proof."),
    ("## The end\nIt was late.", "The end\n\nIt was late."),
    ("It was late.\n### The end ###", "It was late.\n\nThe end\n"),
    ("# Title\n\nText.", "Title\n\n\nText."),
    ("* one\n* two", "one\n\ntwo"),
    ("- [ ] buy milk\n- [x] call Bob", "buy milk\n\ncall Bob"),
    ("So:\n\n```python\nx = 1\n```\n\nEnd.", "So:\n\n\nx = 1\n\n\nEnd."),
    ("| a | b |\n|---|:-:|\n| c d | e. |\n", "a, b.\n\nc d, e.\n"),
    ("a | b\n--|--\nc | d\n", "a, b\n\nc, d\n"),
]
# With so many signs the others count as well.
WHOLE = "# Notes\n\nSome **bold** and `code`.\n\n"
LIKELY = [
    ("One *word* and _another_.", "One word and another."),
    ("> What he said.", "What he said."),
    ("---", ""),
    ("- one\n- two", "one\n\ntwo"),
    ("Title\n-----\nText.", "Title\n\nText."),
    ("See [the docs][d].\n\n[d]: https://example.org", "See the docs.\n\n"),
    (r"Five \* five.", "Five * five."),
    ("> " * 1500 + "Deep.", "Deep."),
    ("- " * 1500 + "Deep.", "Deep."),
    ("- one\n" + " " * 3000 + "- two", "one\n\ntwo"),
    ("> [!NOTE]\n> ## Late\n> - [ ] one\n> - two", "NOTE\nLate\none\ntwo"),
]
STAY = [
    "2 * 3 * 4", "5 * 5", "2**3**4", "a < b and b > c", "a<b and c>d", "price <5 €", "<3",
    "snake_case_name", "__init__", "obj.__setup__()", "f(*args, **kwargs)", "(**a, **b)", "*sigh*",
    "_whisper_", "#hashtag", "C# is", "# of people", "1. item", "> What he wrote.\n> And more.",
    "f[i](x)", "[1](see below)", "[pause 2s]", "List<String> names", "O`Brien and D`Arcy",
    r"$a_b$ and \textbf{x} *y*", r"( o.o )  __|__  /\_/\ ", "---", "** a **", "- Hola.\n- Buenas.",
    "Use <b> and </b> here", "AT&T", "Q&A; then", "<<< >>>", "a ~ b ~ c", "x <y z", "<https",
    "[^a-z]", "array[2] = b[3]", "f(x)[2], a[i]", "He [sic] came.[1]", "See [2] and [3].",
    "x.[1][2]", "[edit] this",
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), SAID)
def test_signs_that_are_sure_are_not_said(text, said):
    assert find_markup(text).kind == "markdown"
    assert said_without_signs(text) == said


@pytest.mark.parametrize(("text", "said"), LIKELY)
def test_signs_that_other_texts_have_too_count_among_many_others(text, said):
    assert said_without_signs(text) == text
    assert said_without_signs(WHOLE + text) == said_without_signs(WHOLE) + said


@pytest.mark.parametrize("text", STAY)
def test_what_is_no_markup_stays_as_it_is(text):
    assert find_markup(text) == NONE
    assert said_without_signs(text) == text


HTML = [
    ("<p>One.</p><p>Two.</p>", "One. Two."),
    ("I said <b>never</b> do that.", "I said never do that."),
    ("One<br>two<br/>three", "One two three"),
    ("Roses are red<br />\nand so on", "Roses are red and so on"),
    ("Tom &amp; Jerry&nbsp;&#8211; &lt;friends&gt;", "Tom & Jerry \u2013 <friends>"),
    ("<p>Hi</p><script>if (a < b) { say('<p>') }</script><style>p {}</style>", "Hi"),
    ("<p>Hi<!-- not <b>this</b> --> there</p>", "Hi there"),
    ('<a href="x" title="a > b">link</a>', "link"),
    ('<p><img src="f.png" alt="A fox"> ran</p>', "A fox ran"),
    ("<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>", "a, b c"),
    ("<!DOCTYPE html><html><head><title>T</title></head><body><h1>A</h1>B</body></html>", "A B"),
    ("<P CLASS=x>Shouted</P>", "Shouted"),
    (
        "<p>one <o:p>two</o:p> <my-tag>three</my-tag> <String> four</p>",
        "one two three <String> four",
    ),
    ("<p>Some **bold** words</p>", "Some bold words"),
    ("<p>never closed<p>and <script>is said", "never closed and is said"),
]
SSML = [
    ("<speak>Hello.</speak>", "Hello."),
    ('<speak>I mean <sub alias="World Wide Web">WWW</sub>.</speak>', "I mean World Wide Web."),
    ('<speak><emphasis level="strong">No</emphasis>, <prosody rate="slow">no</prosody></speak>',
     "No, no"),
    ('<say-as interpret-as="characters">BBC</say-as> news', "BBC news"),
    ('<phoneme alphabet="ipa" ph="x">word</phoneme>', "word"),
    ('<speak><audio src="/etc/passwd">fallback</audio>Hello</speak>', "Hello"),
    ('<speak><audio src="a.wav"/>Hello <mark name="x"/>there</speak>', "Hello there"),
    ("<speak><s>One</s><s>Two.</s></speak>", "One. Two."),
    ("<speak><p>One.</p><p>Two.</p></speak>", "One. Two."),
    ('<?xml version="1.0"?><speak version="1.1" xml:lang="en">Hi &amp; bye</speak>', "Hi & bye"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said", "kind"), [(*case, "html") for case in HTML]
                         + [(*case, "ssml") for case in SSML])  # fmt: skip
def test_tags_are_not_said(text, said, kind):
    assert find_markup(text).kind == kind
    assert " ".join(said_without_signs(text).split()) == said


@pytest.mark.parametrize(
    ("tag", "pause_ms"),
    [
        ('<break time="1s"/>', 1000),
        ("<break time='500ms' />", 500),
        ('<break time="1.5s"></break>', 1500),
        ('<break time="900s"/>', 30_000),
        ('<break time="1ms"/>', 100),
        ('<break strength="x-strong"/>', 1200),
        ('<break strength="weak"/>', 200),
        ("<break/>", 400),
        ('<break time="soon"/>', 400),
    ],
)
def test_a_break_of_ssml_is_a_pause_as_long_as_marks_may_be(tag, pause_ms):
    text = f"Wait {tag} now."
    spoken = Script(text, markup=find_markup(text)).segments()
    assert [part.pause_ms for part in spoken if part.is_mark] == [pause_ms]


def test_a_break_of_no_length_is_none():
    text = '<speak>Wait <break time="0s"/>now <break strength="none"/>then.</speak>'
    assert said_without_signs(text).strip() == "Wait now then."


def test_of_a_text_that_is_nothing_but_signs_all_is_read():
    for text in ("<p></p>", "## **", "<speak/>", "<script>x()</script>"):
        assert said_without_signs(text) == text


def read(text, **options):
    script = Script(text, markup=find_markup(text), **options)
    return [
        (segment.text, said.text, segment.pause_ms) for segment, said in script.lines()
    ]  # fmt: skip


def test_a_heading_is_a_paragraph_with_the_pause_of_one():
    assert read("## The end\nIt was very late.") == [
        ("## The end\n", "The end\n\n", 750),
        ("It was very late.", "It was very late.", 0),
    ]


def test_paragraphs_of_html_are_parted_and_their_tags_stay_in_the_text():
    assert read("<p>It was late.</p><p>Nobody came.</p>") == [
        ("<p>It was late.</p>", "\n\nIt was late.\n\n", 500),
        ("<p>Nobody came.</p>", "Nobody came.\n\n", 0),
    ]


def test_words_point_at_where_they_stand_in_what_was_pasted():
    text = "I said **never** do [this thing](https://example.org) &amp; that."
    script = Script(text, markup=find_markup(text), normalise=True)
    ((_, said),) = script.lines()
    marks, place = [], 0
    for word in said.text.split():
        place = said.text.index(word, place)
        marks.append(WordTiming(place, len(word), 0))
        place += len(word)
    found = [text[word.start : word.start + word.length] for word in said.words(marks)]
    assert found[:6] == ["I", "said", "never", "do", "this", "thing"]
    assert found[-1] == "that."


def test_an_alias_points_at_the_word_that_it_is_said_for():
    text = '<speak>The <sub alias="World Wide Web Consortium">W3C</sub> met.</speak>'
    script = Script(text, markup=find_markup(text))
    ((_, said),) = script.lines()
    start = said.text.index("World")
    (word,) = said.words([WordTiming(start, len("World Wide Web Consortium"), 0)])
    assert text[word.start : word.start + word.length] == "W3C"


def test_a_script_that_is_told_of_no_markup_says_the_signs():
    ((_, said),) = Script("I said **never**.").lines()
    assert said.text == "I said **never**."


CITED = "The lamp is old.[2] It was built in 1850[3][4] and rebuilt.[12]–[14] So it is.[a]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CITED, "The lamp is old. It was built in 1850 and rebuilt. So it is."),
        ("Lamp[edit]\n\nIt shone[citation needed] on.", "Lamp\n\nIt shone on."),
        (
            "Lampe[Bearbeiten | Quelltext bearbeiten]\nAlt.[1] Neu,[2] x[3].",
            "Lampe\nAlt. Neu, x[3].",
        ),
    ],
)
def test_citation_marks_are_not_said(text, said):
    assert find_markup(text).kind == "citations"
    assert said_without_signs(text) == said


BITS = [
    "**", "*", "__", "_", "`", "[", "](https://e.org)", "!", "## ", "\n", "\n\n", " ", "word",
    "Hello there. ", "* ", "- [ ] ", "> ", "|", "|---|---|\n", "| a | b |\n", "[^1]", "~~", "<p>",
    "</p>", "<b>", "</b>", "<br>", "&amp;", "&nbsp;", "<script>", "</script>", "<!--", "-->",
    "<speak>", "</speak>", '<break time="1s"/>', '<sub alias="World Wide. Web One">', "W3C",
    "</sub>", "<audio>", "</audio>", "[pause]", "Anna: ", "12 kg", "😂😂", "e\u0301", "\r\n", "<",
    "&", "```\n", "---\n", '"', "<s>", "</s>", "A long sentence goes on and on, and then on. ",
]  # fmt: skip
FULL = {
    "dictionary": Dictionary([Entry("word", "another thing"), Entry("W3C", "W 3 C")]),
    "normalise": True,
    "cast": {"Anna": "gmw/de"},
    "is_eager": True,
    "ends_lines": True,
}


@pytest.mark.parametrize("options", [{}, FULL, {"first": 100, "target": 400}])
@pytest.mark.parametrize("seed", range(3))
def test_segments_are_what_was_pasted_and_the_same_wherever_one_begins(options, seed):
    chance = random.Random(seed)
    for _text in range(150):
        text = "".join(chance.choices(BITS, k=chance.randint(1, 40)))
        script = Script(text, markup=find_markup(text), **options)
        segments = list(script.segments())
        assert "".join(segment.text for segment in segments) == text
        for number, segment in enumerate(segments):
            said = script.utterance(segment)
            places = [said.original(index) for index in range(len(said.text) + 1)]
            assert places == sorted(places)
            assert segment.start <= places[0] <= places[-1] <= segment.end
            assert list(script.segments(segment.end)) == segments[number + 1 :]
            # A retake speaks up to the end of a segment and not beyond.
            bordered = Script(
                text, markup=find_markup(text), pauses={segment.end: 0}, **options
            ).segments(segment.start)
            parts = list(bordered)
            assert segment.end in {part.end for part in parts}
            assert "".join(part.text for part in parts) == text[segment.start :]


@pytest.mark.parametrize(
    "unit",
    [
        "**", "** a", "` ", "[a](", "[", "<a ", '<a "', "<!--", "<script>", "&amp;", "## a\n",
        "|a|b\n|-|-|\n", "> ", "_a_ ", "\\*", "```\n", "[a]: /b\n", "-", "- ", "|-", "![", "\n",
        " ", "~~a~~", "</script", "<sub alias='x'>y</sub>", "<p>", "a=", "<img alt='", "[^1]",
        "[1]", ".[1]", ".[1] ", "[1]–", "[1, ", "[edit] ", "[who?]",
    ],
)  # fmt: skip
def test_no_text_takes_long(unit):
    for text in (unit * (300_000 // len(unit)), "<p>" + unit * (300_000 // len(unit)) + "</p>"):
        assert takes_below(3.0, lambda text=text: find_markup(text))


def test_plain_prose_has_no_markup():
    assert find_markup(prose(100_000)) == NONE
