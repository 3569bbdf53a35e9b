import stat
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from documents.errors import FetchRefused, NotSupported, TooLarge
from documents.fetch import FetchLimits, fetch
from services.document_errors import BadCover, NothingChosen, WebImportOff
from services.document_imports import picture_type
from services.document_selection import EACH
from services.documents import Documents
from services.file_names import BadName
from services.generation import TextTooLong
from speech.errors import SpeechError
from tests.documents.making import PNG, epub
from tests.support.languages import LONG
from tests.support.making import Home
from tests.support.sending import MARKDOWN

CHAPTERS = ["The lamp and the harbour", "Arrival", "The keeper", "Ice"]


@pytest.fixture
def make_home(tmp_path):
    homes = []

    def make(**settings):
        homes.append(Home(tmp_path / str(len(homes)), **settings))
        homes[-1].documents = Documents(homes[-1].db, homes[-1].studio, homes[-1].config)
        return homes[-1]

    yield make
    for home in homes:
        home.close()


@pytest.fixture
def home(make_home):
    return make_home()


def take(home, content=MARKDOWN, name="lamp.md"):
    """The row of a document that was taken in as uploads are."""
    with home.documents.imports.open_upload() as upload:
        upload.write(content if isinstance(content, bytes) else content.encode())
        upload.flush()
        return home.documents.imports.import_file(home.user_id, upload_path(upload), name).document


def upload_path(upload):
    return Path(upload.name)


def names(rows):
    return [row["display_name"] for row in rows]


def test_a_file_becomes_a_document_with_its_chapters(home):
    row = take(home)
    document = home.documents.contents(row)
    assert [chapter.title for chapter in document.chapters] == CHAPTERS
    assert (row["title"], row["source"], row["origin"]) == (CHAPTERS[0], "markdown", "lamp.md")
    spoken = [home.documents.choices(row).text(document, number) for number in range(4)]
    assert row["characters"] == sum(map(len, spoken))


def test_an_upload_lies_in_the_data_folder_for_this_account_alone_and_goes(home):
    with home.documents.imports.open_upload() as upload:
        path = upload_path(upload)
        assert path.parent == home.config.imports_dir
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    take(home)
    assert list(home.config.imports_dir.iterdir()) == []


def test_what_a_kill_left_of_uploads_is_swept(home):
    (home.config.imports_dir / "upload-k3_9xq0a").write_bytes(b"half")
    (home.config.imports_dir / "reading-k3_9xq0a").mkdir()
    (home.config.imports_dir / "page-k3_9xq0a").mkdir()
    (home.config.imports_dir / "page-k3_9xq0a" / "page").write_bytes(b"half")
    home.documents.imports.sweep()
    assert list(home.config.imports_dir.iterdir()) == []


def test_what_cannot_be_read_leaves_nothing_behind(home):
    with pytest.raises(NotSupported):
        take(home, b"\x00\x01\x02", "secret.bin")
    assert home.db.list_documents(home.user_id) == []
    assert list(home.config.imports_dir.iterdir()) == []


def test_a_file_above_the_limit_is_refused(make_home):
    home = make_home(max_upload_mb=1)
    with pytest.raises(TooLarge) as refused:
        take(home, b"a " * 600_000, "long.txt")
    assert "1 MB" in refused.value.message


def test_hostile_names_are_kept_as_words(home):
    row = take(home, "Just text.", "../../\x00\u202eetc/\ud800pass\nwd.txt")
    assert "\n" not in row["title"] + row["origin"]
    assert "\x00" not in row["origin"]
    assert home.documents.speak(row, home.documents.choices(row))


# Web addresses


@pytest.fixture
def site():
    """A small web site on this machine."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            text = "<p>The tide came in, and the keeper lit the lamp. </p>" * 12
            page = f"<title>Tides</title><article><h1>Tides</h1>{text}</article>"
            self.wfile.write(page.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/notes/tides"
        server.shutdown()
        thread.join()


def test_a_page_is_fetched_and_read(home, site):
    ports = frozenset([int(site.split(":")[2].partition("/")[0])])
    limits = FetchLimits(ports=ports)
    home.documents.imports.fetch = partial(fetch, limits=limits, is_allowed=lambda _: True)
    row = home.documents.imports.import_address(home.user_id, f" {site} ").document
    assert (row["title"], row["source"], row["origin"]) == ("Tides", "html", site)
    assert "lit the lamp" in home.documents.choices(row).text(home.documents.contents(row), 0)
    assert list(home.config.imports_dir.iterdir()) == []


def test_addresses_of_this_machine_are_refused(home, site):
    with pytest.raises(FetchRefused):
        home.documents.imports.import_address(home.user_id, site)


def test_an_admin_can_switch_web_addresses_off(make_home, site):
    home = make_home(web_import="off")
    with pytest.raises(WebImportOff):
        home.documents.imports.import_address(home.user_id, site)


# Looking through


def test_the_plan_counts_times_and_prices_what_is_ticked(make_home):
    home = make_home(openai_api_key="k", openai_voices=("nova",), default_voice="openai:nova")
    row = take(home)
    document = home.documents.contents(row)
    choices = home.documents.choices(row).with_chapters(document, [1, 3])
    plan = home.documents.plan(row, choices)
    assert [chapter.number for chapter in plan.chosen] == [1, 3]
    text = "\n\n".join(choices.text(document, number) for number in (1, 3))
    assert plan.characters == len(text)
    quote = home.studio.generation.quote(text, "openai:nova")
    assert (plan.cost_usd, plan.seconds) == (quote.cost_usd, quote.duration_s)
    assert plan.cost_usd == pytest.approx(len(text) * 15 / 1e6)


def test_marks_and_the_dictionary_are_priced_as_the_studio_prices_them(make_home):
    home = make_home(openai_api_key="k", openai_voices=("nova",), default_voice="openai:nova")
    home.db.create_pronunciation(home.user_id, pattern="Anna", replacement="Annabella")
    row = take(home)
    text = "[pause 2s] Anna lit the lamp, and Anna left."
    choices = home.documents.choices(row).with_text(2, text)
    plan = home.documents.plan(row, choices.with_chapters(home.documents.contents(row), [2]))
    quote = home.studio.generation.quote(text, "openai:nova", owner_id=home.user_id)
    assert plan.chapters[2].cost_usd == plan.cost_usd == quote.cost_usd
    assert plan.seconds == quote.duration_s
    assert (
        plan.cost_usd > home.studio.generation.quote("Anna lit the lamp, and Anna left.").cost_usd
    )


def test_a_chapter_with_nothing_to_say_is_never_chosen(home):
    row = take(home)
    choices = home.documents.choices(row).with_text(2, " *** ")
    chapter = home.documents.plan(row, choices).chapters[2]
    assert (chapter.is_empty, chapter.is_chosen, chapter.is_edited) == (True, False, True)
    assert len(home.documents.speak(row, replace(choices, shape=EACH))) == 3


def test_a_book_gets_a_voice_of_its_language_until_another_is_chosen(home):
    german = epub({"a.xhtml": "<h1>Eins</h1><p>Es war spät am Abend.</p>"})
    row = take(home, german, "b.epub") | {"language": "de-DE"}
    assert home.documents.choices(row).voice == "espeak:gmw/de"
    kept = replace(home.documents.choices(row), voice="espeak:gmq/sv")
    assert home.documents.choices(row | {"choices": kept.to_json()}).voice == "espeak:gmq/sv"
    gone = replace(kept, voice="openai:gone", speed=99.0)
    usable = home.documents.choices(row | {"choices": gone.to_json()})
    assert (usable.voice, usable.speed) == ("espeak:gmw/de", 2.5)


@pytest.mark.parametrize(
    ("name", "content", "language"),
    [
        ("a.txt", LONG["de"], "de"),
        ("a.html", f'<html lang="de-AT"><body><p>{LONG["de"]}', "de-AT"),
        ("a.html", f'<html lang="en"><body><p>{LONG["de"]}', "de"),
        ("a.html", '<html lang="en-GB"><body><p>OK 12 34', "en-GB"),
        ("a.html", f'<html lang="ger"><body><p>{LONG["de"]}', "de"),
        ("a.html", f'<html lang="eng"><body><p>{LONG["de"]}', "de"),
        ("a.txt", "OK 12 34", ""),
    ],
)
def test_a_document_is_in_the_language_of_its_words(home, name, content, language):
    assert take(home, content, name)["language"] == language


def test_choices_title_and_author_are_kept(home):
    row = take(home)
    choices = home.documents.choices(row).with_text(1, "Short.")
    row = home.documents.save(row, choices, title=" The  lamp ", author="Ada\nHolm")
    assert (row["title"], row["author"]) == ("The lamp", "Ada Holm")
    assert home.documents.choices(row) == choices
    with pytest.raises(BadName):
        home.documents.save(row, choices, title=" ")


def test_the_cover_is_a_picture_or_nothing(home):
    pages = {"a.xhtml": "<h1>One</h1><p>It was late.</p>"}
    row = take(home, epub(pages, extra={"OPS/cover.png": PNG}), "b.epub")
    assert row["cover_type"] == "image/png"
    assert home.db.get_document_cover(row["id"])["cover"] == PNG
    with pytest.raises(BadCover):
        home.documents.save_cover(row, b"<svg onload='alert(1)'/>")
    home.documents.save_cover(row, b"GIF89a...")
    assert home.db.get_document_cover(row["id"])["cover_type"] == "image/gif"
    home.documents.save_cover(row, None)
    assert home.db.get_document_cover(row["id"]) is None


@pytest.mark.parametrize("picture", [b"", b"RIFF", b"<html>", b"\x89PN", b"WEBP"])
def test_what_is_no_picture_has_no_type(picture):
    assert picture_type(picture) == ""


# Speaking


def test_a_book_is_spoken_as_one_piece_with_chapters(home):
    row = take(home)
    (made,) = home.documents.speak(row, home.documents.choices(row))
    text = home.db.get_text(made["id"])
    chapters = home.db.get_chapters(made["id"])
    assert [chapter["title"] for chapter in chapters] == CHAPTERS
    for chapter in chapters:
        assert text[chapter["text_start"] :].startswith(chapter["title"])
    assert (made["document_id"], made["track"], made["category"]) == (row["id"], 0, "")
    assert made["display_name"] == CHAPTERS[0]


def test_a_book_is_spoken_as_a_file_for_each_chapter(home):
    row = take(home)
    choices = replace(home.documents.choices(row), shape=EACH).with_title(2, "The old keeper")
    made = home.documents.speak(row, choices.with_chapters(home.documents.contents(row), [1, 2]))
    assert names(made) == ["02 Arrival", "03 The old keeper"]
    assert [file["track"] for file in made] == [2, 3]
    assert {file["category"] for file in made} == {CHAPTERS[0]}
    assert home.db.list_document_files(row["id"], home.user_id) == made
    assert home.db.get_text(made[0]["id"]) == "Arrival\n\nIt was late. See for more."


def test_what_was_edited_is_what_is_spoken(home):
    row = take(home)
    choices = home.documents.choices(row).with_chapters(home.documents.contents(row), [3])
    (made,) = home.documents.speak(row, choices.with_text(3, "Thaw."))
    assert home.db.get_text(made["id"]) == "Thaw."


def test_all_chapters_are_queued_or_none(make_home):
    home = make_home(max_characters=60)
    row = take(home)
    choices = replace(home.documents.choices(row), shape=EACH).with_text(3, "long " * 20)
    with pytest.raises(TextTooLong):
        home.documents.speak(row, choices)
    assert home.db.list_document_files(row["id"], home.user_id) == []


def test_speaking_nothing_is_refused(home):
    row = take(home)
    with pytest.raises(NothingChosen):
        home.documents.speak(
            row, home.documents.choices(row).with_chapters(home.documents.contents(row), [])
        )


def test_an_unknown_voice_or_speed_is_refused(home):
    row = take(home)
    for wrong in ({"voice": "espeak:klingon"}, {"speed": 99.0}):
        with pytest.raises(SpeechError):
            home.documents.plan(row, replace(home.documents.choices(row), **wrong))


# While it is made


def test_the_progress_of_a_book_adds_up_its_files(home):
    row = take(home)
    made = home.documents.speak(row, replace(home.documents.choices(row), shape=EACH))
    assert home.documents.progress(row).share == 0
    assert home.documents.progress(row).left_s is None
    home.documents.cancel(row)
    home.studio.generation.retry(made[1]["filename"], home.user_id)
    home.worker.run_pending()
    progress = home.documents.progress(row)
    assert (progress.count("ready"), progress.count("cancelled")) == (1, 3)
    assert progress.spoken == made[1]["character_count"]
    assert 0 < progress.share < 1
    assert home.documents.retry(row) == 3
    home.worker.run_pending()
    assert home.documents.progress(row).share == 1


def test_a_book_is_paused_and_taken_up_as_a_whole(home):
    row = take(home)
    home.documents.speak(row, replace(home.documents.choices(row), shape=EACH))
    assert home.documents.pause(row) == 4
    assert home.worker.run_pending() == 0
    assert home.documents.progress(row).count("paused") == 4
    assert home.documents.resume(row) == 4
    assert home.worker.run_pending() == 4


def test_what_was_spoken_stays_when_the_document_goes(home):
    row = take(home)
    (made,) = home.documents.speak(row, home.documents.choices(row))
    home.documents.delete(row)
    assert home.db.get_document(row["id"], home.user_id) is None
    assert home.db.get_audio_file(made["filename"], home.user_id)["document_id"] is None
