import hashlib
import socket
import threading
from base64 import urlsafe_b64encode
from importlib.metadata import files
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.engines.espeak import EspeakEngine
from speech.text import language_model
from speech.text.language import main_language, matches, recognise, settled
from speech.text.language_model import MODEL, LanguageModel
from tests.support.languages import LONG, SHORT
from tests.support.pacing import takes_below

GERMAN, ENGLISH = LONG["de"], LONG["en"]
IBSEN = (
    "Juletræet skal stå midt på gulvet, og børnene må ikke få se det før i aften, når det er "
    "pyntet. Hvor meget var det, De skulde have?"
)
INDONESIAN = "Kapal berangkat pukul setengah delapan, dan siapa terlambat harus menunggu besok."
HOSTILE = {
    "nothing": "",
    "blank": " \n\t ",
    "digits": "1234567890 3.14 2026-11-29",
    "emoji": "😀🎉👩‍👩‍👧‍👦🇩🇪",
    "NUL": "\0" * 5000,
    "lone surrogates": "\ud800\udfff" * 3000,
    "combining marks alone": "\u0301" * 5000,
    "one letter": "a" * 100_000,
    "unassigned": "\U000e0fff\U00030000" * 500,
    "directives": "[pause 1.5s] " * 200,
    "open directives": "[pause 1 " * 20_000,
    "open tags": "<" * 100_000,
    "open entities": "&a" * 100_000,
    "signs of addresses": "a@" * 100_000,
    "addresses": "https://example.com/der-die-das www.example.org me@example.net",
    "speakers": "Anna Maria Theresa: " * 10_000,
    "formula": "α + β = γ, x ∈ ℝ",
    "letters of no script": "𝐀𝐀 ªº µm",
}


@pytest.mark.parametrize(("language", "text"), LONG.items(), ids=LONG)
def test_a_sentence_is_recognised(language, text):
    assert recognise(text) == language


@pytest.mark.parametrize(("text", "language"), SHORT)
def test_a_short_text_is_recognised_or_not_but_never_taken_for_another(text, language):
    assert recognise(text) in (language, None)


def test_most_greetings_are_long_enough():
    greetings = [(text, language) for text, language in SHORT if language]
    assert sum(recognise(text) == language for text, language in greetings) >= 0.8 * len(greetings)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_in_no_language_is_not_recognised(text):
    assert recognise(text) is None


@settings(deadline=None)
@given(st.text(st.one_of(st.characters(), st.characters(categories=["Cs"]))))
def test_any_text_has_a_language_or_none(text):
    assert recognise(text) is None or main_language(recognise(text)) == recognise(text)


@pytest.mark.parametrize("noise", ["\ud800", "\0", "😀", "\u200b", "\u0301", " 12 "])
def test_what_is_in_no_language_hides_none(noise):
    assert recognise(noise + GERMAN.replace(". ", f".{noise} ") + noise) == "de"


def test_letters_may_be_composed_or_not_and_all_capitals():
    assert recognise(GERMAN.replace("ä", "a\u0308").replace("ü", "u\u0308")) == "de"
    assert recognise(GERMAN.upper()) == "de"


def test_markup_addresses_and_names_of_speakers_do_not_count():
    english = (
        "THE NARRATOR OF THE STORY: [pause 1.5s] <b class='the-first-of-all'>Ja.</b>\n"
        "THE OTHER ONE WHO IS THERE: &nbsp; https://example.com/this-is-the-way-to-go/with/all\n"
    )
    assert recognise(english + GERMAN) == "de"


def test_japanese_is_told_from_chinese_by_its_kana():
    assert recognise("東京都の天気") == "ja"
    assert recognise(LONG["zh"] + "の") is None


@pytest.mark.parametrize(
    "text",
    [
        f"{GERMAN} {ENGLISH}",
        "\n".join([GERMAN, LONG["fr"]] * 10),
        "\n".join([GERMAN] * 20 + [ENGLISH] * 20),
        f"{LONG['ru']} {LONG['en']}",
        f"{LONG['ja']} {LONG['ko']}",
    ],
    ids=["two sentences", "by turns", "one after the other", "two scripts", "Japanese and Korean"],
)
def test_a_text_in_two_languages_is_in_neither(text):
    assert recognise(text) is None


def test_a_quotation_leaves_a_text_in_its_language():
    assert recognise("\n".join([GERMAN] * 4 + ["“To be, or not to be.”"] + [GERMAN] * 4)) == "de"
    assert recognise(f"{LONG['ru']} Microsoft Windows.") == "ru"
    assert recognise(f"{GERMAN} Привет!") == "de"


def test_a_long_text_is_looked_at_in_three_places():
    licence = "This book is for the use of anyone anywhere at no cost and with almost no limits. "
    assert recognise(licence * 20) == "en"
    assert recognise(licence * 20 + GERMAN * 2000) != "en"


@pytest.mark.parametrize("text", [*LONG.values(), *(HOSTILE[each] for each in HOSTILE if each)])
def test_five_million_characters_take_no_longer_than_the_parts_that_are_looked_at(text):
    recognise(GERMAN)
    long = (text + " ") * (5_000_000 // (len(text) + 1) + 1)
    assert takes_below(0.1, lambda: recognise(long))


@pytest.mark.parametrize(
    ("voice", "language", "fits"),
    [
        ("en-GB", "en", True), ("pt-BR", "pt", True), ("es-419", "es", True), ("de", "de", True),
        ("cmn", "zh", True), ("zh-CN", "zh", True), ("zh_CN", "zh", True), ("no-NO", "nb", True),
        ("nb", "nb", True), ("yue", "zh", False), ("hr", "sr", False), ("en-US", "de", False),
        ("cmn-Latn-pinyin", "zh", False), ("fa-Latn", "fa", False), ("en-Shaw", "en", False),
        ("en-029", "en", True), ("sw", "sw", True), ("ms", "id", False), ("", "de", False),
    ],
)  # fmt: skip
def test_a_voice_fits_by_the_language_of_its_tag(voice, language, fits):
    assert matches(voice, language) is fits


@pytest.mark.parametrize(
    ("named", "text", "language"),
    [
        ("", GERMAN, "de"), ("", "OK", ""), ("en-GB", "OK", "en-GB"), ("en-GB", ENGLISH, "en-GB"),
        ("en", GERMAN, "de"), ("de-AT", GERMAN, "de-AT"), ("no", LONG["nb"], "no"),
        ("cmn-Hans", LONG["zh"], "cmn-Hans"), ("gsw", GERMAN, "gsw"), ("ms", INDONESIAN, "ms"),
        ("en", LONG["ja"], "ja"), ("xx", "", "xx"), ("nb", IBSEN, "nb"), ("no", IBSEN, "no"),
    ],
)  # fmt: skip
def test_a_text_is_in_the_language_it_is_named_with_unless_it_surely_is_not(named, text, language):
    assert settled(named, text) == language


def test_a_long_text_that_begins_in_another_language_is_recognised():
    summary = f"{ENGLISH} " * 5
    assert recognise(summary + f"{GERMAN} " * 100) == "de"
    assert recognise(f"{GERMAN} " * 100) == "de"
    assert recognise((f"{GERMAN} " * 5 + f"{ENGLISH} " * 5) * 20) is None


def test_every_sentence_here_has_an_embedded_voice():
    tags = {voice.language for voice in EspeakEngine().voices()}
    for language in LONG:
        assert any(matches(tag, language) for tag in tags), language


def test_many_threads_may_ask_a_model_that_nobody_has_asked_yet():
    MODEL.let_go()
    start, answers = threading.Barrier(8), []

    def ask():
        start.wait()
        answers.append([recognise(text) for text in LONG.values()])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[*LONG]] * 8


def test_the_model_is_let_go_when_nobody_asks_and_read_again():
    model = LanguageModel(idle_s=0.05)
    first = model.rank(GERMAN)
    gone = threading.Event()
    while model.is_loaded:
        assert not gone.wait(0.01)
    assert model.rank(GERMAN) == first
    model.let_go()
    assert not model.is_loaded


def test_the_model_stays_while_it_is_asked_however_long_it_took_to_read(monkeypatch):
    read, now = language_model._read, [0.0]

    def read_slowly():
        now[0] += 2000
        return read()

    monkeypatch.setattr(language_model, "_read", read_slowly)
    monkeypatch.setattr(language_model, "time", SimpleNamespace(monotonic=lambda: now[0]))
    model = LanguageModel(idle_s=1000)
    model.rank(GERMAN)
    for _ in range(3):
        now[0] += 900
        let_timer_run_out(model)
        assert model.is_loaded
        model.rank("Guten Tag")
    assert now[0] == 2000 + 3 * 900
    now[0] += 1000
    let_timer_run_out(model)
    assert not model.is_loaded


def let_timer_run_out(model):
    model._timer.cancel()
    model._let_go_if_idle()


def test_the_model_is_the_one_in_the_package_and_needs_no_network(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    MODEL.let_go()
    assert recognise(GERMAN) == "de"
    listed = next(file for file in files("py3langid") if file.name == "model.npz.xz")
    content = Path(listed.locate()).read_bytes()
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    assert listed.hash.value == digest


def test_where_numpy_does_not_run_only_scripts_tell_languages(monkeypatch, caplog):
    monkeypatch.setitem(__import__("sys").modules, "py3langid.langid", None)
    MODEL.let_go()
    assert recognise(GERMAN) is None
    assert recognise(LONG["el"]) == "el"
    assert "not recognised" in caplog.text


def test_the_model_can_be_read_ahead_of_the_first_question():
    model = LanguageModel()
    model.warm()
    while not model.is_loaded:
        threading.Event().wait(0.01)
    assert model.rank("Das ist ein deutscher Satz.")[0][0] == "de"
    model.let_go()
