"""Every text of the interface is there in each language, in code, templates and errors."""

import io
import re
import string
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from common.errors import Message
from tests.conftest import Browser
from web.device_names import device_label
from web.i18n import LANGUAGES, translate

ROOT = Path(__file__).parent.parent
TRANSLATIONS = ROOT / "translations"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODES = sorted(set(LANGUAGES) - {"en"})
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%")
READ_ALOUD_OR_SHOWN = ("label", "placeholder", "title", "aria-label", "alt", "data-told")
SAME_EVERYWHERE = {"VoiceVerse", "WebVTT", "Aa"}
UNREAD = re.compile(
    r"\{#.*?#\}|\{% block (?:kind|page) %\}[\w -]+|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL
)
WORDS = re.compile(r"[^\W\d_]{2,}")
GERMAN = {"Accept-Language": "de-AT,de;q=0.9"}


def catalogue(code):
    with (TRANSLATIONS / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


def forms(text):
    return [text] if isinstance(text, str) else list(text)


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    """Every message that extraction finds now, as `make translations` does it."""
    path = tmp_path_factory.mktemp("extraction") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract"]
    options = ["-F", "babel.cfg", "-k", "lazy_gettext", "-o", str(path), "."]
    subprocess.run([*command, *options], cwd=ROOT, check=True, timeout=120)
    with path.open("rb") as file:
        return {message.id for message in read_po(file) if message.id}


@pytest.mark.parametrize("code", CODES)
def test_every_message_is_translated(gathered, code):
    known = {message.id: message for message in catalogue(code) if message.id}
    assert gathered - set(known) == set(), "run `make translations` and translate what is new"
    assert set(known) - gathered == set(), "run `make translations` to drop what is gone"
    assert [message.id for message in known.values() if message.fuzzy] == []
    assert [message.id for message in known.values() if not all(forms(message.string))] == []


def test_extraction_finds_texts_of_templates_code_and_errors(gathered):
    assert "Skip to content" in gathered
    assert ("%(shown)s character", "%(shown)s characters") in gathered
    assert "The name {name} is taken. Choose another one." in gathered
    assert "Wrong name or password. Check both and try again." in gathered


@pytest.mark.parametrize("code", CODES)
def test_what_is_read_is_what_the_translators_wrote(code):
    made = io.BytesIO()
    write_mo(made, catalogue(code))
    path = TRANSLATIONS / code / "LC_MESSAGES" / "messages.mo"
    assert path.read_bytes() == made.getvalue(), "run `make translations`"


@pytest.mark.parametrize("code", CODES)
def test_translations_keep_the_placeholders(code):
    for message in catalogue(code):
        if message.id:
            wanted = set(map(placeholders, forms(message.id)))
            assert set(map(placeholders, forms(message.string))) <= wanted, message.id


def placeholders(text):
    """What is filled into a text, in either way of writing it."""
    if found := PLACEHOLDER.findall(text):
        return tuple(sorted(found))
    return tuple(sorted(name for _, name, _, _ in string.Formatter().parse(text) if name))


class Texts(HTMLParser):
    """The texts of a page that people see or hear."""

    def __init__(self):
        super().__init__()
        self.found, self.inside = [], ""

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        self.found += [value for name, value in attributes if name in READ_ALOUD_OR_SHOWN]

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside not in ("script", "style"):
            self.found.append(data)


def literals(source):
    """Words that stand in a template in one language: in its HTML, or as texts in expressions."""
    texts = Texts()
    texts.feed(UNREAD.sub("", source))
    shown = {word for text in texts.found if text for word in WORDS.findall(text)}
    tree = Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(source)
    translated = {
        id(part)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in ("_", "ngettext", "gettext")
        for part in call.find_all(nodes.Const)
    }
    written = {
        const.value
        for const in tree.find_all(nodes.Const)
        if id(const) not in translated
        and isinstance(const.value, str)
        and re.match(r"[A-Z][a-z]+\b(?![/.])", const.value)
    }
    return (shown | written) - SAME_EVERYWHERE


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_text_of_a_template_is_left_in_one_language(path):
    assert literals(path.read_text()) == set()


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<input placeholder="Your name">',
        '<a aria-label="Close {{ name }}"></a>',
        '{{ _("Stop") if file else "Open" }}',
    ],
)
def test_texts_in_one_language_are_found(source):
    assert literals(source)


def test_told_sentences_keep_what_no_catalogue_knows(app):
    with app.test_request_context(headers=GERMAN):
        assert translate("Gone fishing.") == "Gone fishing."
        assert translate(Message("{fish} gone {times} times.", fish="{Eel}", times=1200)) == (
            "{Eel} gone 1.200 times."
        )
        assert translate(None) == ""


def test_a_german_browser_gets_german_pages(owner):
    page = owner.get("/library", headers=GERMAN).text
    assert '<html lang="de" dir="ltr"' in page
    assert ">Bibliothek<" in page
    assert ">Library<" not in page


def test_the_choice_in_the_menu_outweighs_a_german_browser(owner):
    owner.post("/language", {"language": "en"})
    page = owner.get("/library", headers=GERMAN).text
    assert '<html lang="en"' in page
    assert ">Library<" in page
    owner.post("/language", {"language": "de"})
    assert ">Bibliothek<" in owner.get("/library").text


def test_strangers_read_their_language_too(stranger):
    page = stranger.get("/login", headers=GERMAN).text
    assert 'lang="de"' in page
    assert "Willkommen zurück" in page


def test_errors_from_below_are_told_in_german(stranger):
    fields = {"username": "vera", "password": "not the password at all"}
    answer = stranger.client.post(
        "/login",
        data={"csrf_token": stranger.csrf_token(), **fields},
        headers={**GERMAN, "Accept": "application/json"},
    )
    assert answer.status_code == 401
    assert answer.json["error"].startswith("Dieser Name und dieses Passwort gehören nicht")


def test_values_in_errors_are_kept_and_written_in_german(make_app, password_hash):
    app = make_app(max_characters=1000)
    db = app.extensions["voiceverse"].db
    reader = Browser(app, db.create_user("vera", password_hash))
    reader.post("/language", {"language": "de"})
    answer = reader.post("/generate", {"text": "a" * 1204}, json=True)
    assert answer.status_code == 413
    assert answer.json["error"].startswith("Der Text hat 1.204 Zeichen; auf einmal gehen bis zu")


def test_what_is_not_there_is_told_in_german(owner):
    page = owner.get("/files/none.mp3", headers=GERMAN)
    assert page.status_code == 404
    assert "Hier ist nichts" in page.text
    assert "nothing here" not in page.text


def test_browsers_are_named_in_german(app):
    with app.test_request_context(headers=GERMAN):
        assert device_label("Firefox on Linux#12345678") == "Firefox auf Linux"
        assert device_label("Unknown browser") == device_label("") == "Unbekannter Browser"
    with app.test_request_context():
        assert device_label("Safari on iPhone#12345678") == "Safari on iPhone"
