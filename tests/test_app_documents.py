import re

import pytest

from tests.conftest import Browser
from tests.documents.making import PNG
from tests.support.sending import CONTENT_TYPE, MARKDOWN, multipart

TITLES = ["The lamp and the harbour", "Arrival", "The keeper", "Ice"]


def send(browser, *files, path="/documents", json=True, field="file", csrf=None, **fields):
    token = browser.csrf_token() if csrf is None else csrf
    return browser.client.post(
        path,
        data=multipart(list(files), field, csrf_token=token, **fields),
        content_type=CONTENT_TYPE,
        headers={"Accept": "application/json" if json else "text/html"},
        buffered=True,
    )


def take(browser, content=MARKDOWN, name="lamp.md"):
    """The JSON of a document that was imported."""
    answer = send(browser, (name, content.encode()))
    assert answer.status_code == 201, answer.text
    (made,) = answer.json["documents"]
    return made


@pytest.fixture
def book(owner):
    return take(owner)


def plan(browser, book):
    return browser.get(book["url"], json=True).json["plan"]


def documents(browser):
    return browser.get("/documents", json=True).json["documents"]


def uploads(browser):
    return list(browser.services.config.imports_dir.iterdir())


# Importing


def test_a_file_is_imported_and_its_review_is_named(owner):
    answer = send(owner, ("lamp.md", MARKDOWN.encode()))
    assert answer.status_code == 201
    (made,) = answer.json["documents"]
    assert answer.headers["Location"] == made["url"]
    assert (made["title"], made["source"], answer.json["errors"]) == (TITLES[0], "markdown", [])
    page = owner.get(made["url"])
    assert page.status_code == 200
    for title in TITLES:
        assert title in page.text
    assert uploads(owner) == []


def test_a_form_leads_to_the_review_of_one_and_to_the_shelf_of_many(owner):
    one = send(owner, ("a.txt", b"One text."), json=False)
    assert one.status_code == 303
    assert re.fullmatch(r"/documents/\d+", one.headers["Location"])
    many = send(owner, ("b.txt", b"Two."), ("c.txt", b"Three."), json=False)
    assert (many.status_code, many.headers["Location"]) == (303, "/documents")
    shelf = owner.get("/documents").text
    assert shelf.index(">c<") < shelf.index(">b<") < shelf.index(">a<")


def test_a_file_that_cannot_be_read_leaves_the_others_alone(owner):
    files = (
        ("a.txt", b"Fine."),
        ("b.bin", b"\x00\x01\x02\x03"),
        ("c.txt", b" "),
        ("d.txt", b"Ok."),
    )
    answer = send(owner, *files)
    assert answer.status_code == 201
    assert [made["origin"] for made in answer.json["documents"]] == ["a.txt", "d.txt"]
    assert [(error["name"], error["status"]) for error in answer.json["errors"]] == [
        ("b.bin", 415),
        ("c.txt", 422),
    ]
    page = send(owner, *files, json=False)
    assert page.status_code == 415
    assert "b.bin" in page.text
    assert "VoiceVerse cannot import this file." in page.text
    assert uploads(owner) == []


def test_when_nothing_can_be_read_the_sentence_is_the_answer(owner):
    answer = send(owner, ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)))
    assert answer.status_code == 415
    assert "Save it as DOCX" in answer.json["error"]
    assert documents(owner) == []


@pytest.mark.parametrize("fields", [{}, {"url": " "}])
def test_an_empty_form_is_refused(owner, fields):
    assert send(owner, **fields).status_code == 400
    assert send(owner, ("", b""), **fields).status_code == 400


HOSTILE = [
    "../../../etc/passwd.txt",
    "C:\\Windows\\system.txt",
    "<img src=x onerror=alert(1)>.txt",
    "a" * 3000 + ".txt",
    "nul\x00byte.txt",
    "\u202etxt.exe.txt",
    "'; DROP TABLE documents; --.txt",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_names(owner, name):
    answer = send(owner, (name, b"It was late."))
    assert answer.status_code == 201, answer.text
    (made,) = answer.json["documents"]
    assert len(made["title"]) <= 200
    page = owner.get(made["url"]).text
    assert "<img src=x" not in page
    assert owner.get("/documents").status_code == 200
    assert uploads(owner) == []


def test_too_many_files_at_once_are_refused(owner):
    answer = send(owner, *[(f"{number}.txt", b"x") for number in range(101)])
    assert answer.status_code == 400
    assert "100 files" in answer.json["error"]


@pytest.fixture
def small(make_app, password_hash):
    """A browser of an app that takes files of up to 1 MB."""
    app = make_app(max_upload_mb=1)
    db = app.extensions["voiceverse"].db
    return Browser(app, db.create_user("vera", password_hash, is_admin=True))


def test_a_file_above_the_limit_gets_its_sentence_and_others_pass(small):
    answer = send(small, ("big.txt", b"a " * 550_000), ("fine.txt", b"Fine."))
    assert answer.status_code == 201
    assert [error["status"] for error in answer.json["errors"]] == [413]
    assert "up to 1 MB" in answer.json["errors"][0]["error"]


def test_a_form_far_above_the_limit_is_not_even_read(small):
    answer = send(small, ("big.txt", b"a" * 3_100_000))
    assert answer.status_code == 413
    assert "Upload them one by one" in answer.json["error"]
    assert small.events()[0] == "request_too_large"
    assert uploads(small) == []


def test_the_limit_of_other_forms_stays_as_it_is(make_app, password_hash):
    app = make_app(max_characters=1000)
    db = app.extensions["voiceverse"].db
    browser = Browser(app, db.create_user("vera", password_hash))
    assert browser.post("/generate", {"text": "x" * 3_000_000}, json=True).status_code == 413


def test_a_full_disk_is_told_before_anything_is_written(make_app, password_hash):
    app = make_app(min_free_mb=10**9)
    db = app.extensions["voiceverse"].db
    browser = Browser(app, db.create_user("vera", password_hash))
    answer = send(browser, ("a.txt", b"It was late."))
    assert answer.status_code == 507
    assert uploads(browser) == []


def test_an_address_of_this_machine_is_refused_beside_a_file_that_is_read(owner):
    answer = send(owner, ("a.txt", b"Fine."), url="http://127.0.0.1/secret")
    assert answer.status_code == 201
    (error,) = answer.json["errors"]
    assert (error["name"], error["status"]) == ("http://127.0.0.1/secret", 400)
    assert owner.events()[0] == "address_refused"


def test_addresses_can_be_switched_off(make_app, password_hash):
    app = make_app(web_import="off")
    db = app.extensions["voiceverse"].db
    browser = Browser(app, db.create_user("vera", password_hash))
    assert send(browser, url="https://example.org/").status_code == 403
    for path in ("/documents", "/"):
        assert 'name="url"' not in browser.get(path).text
        assert "data-web-import" not in browser.get(path).text


def test_a_long_shelf_has_pages(owner, monkeypatch):
    monkeypatch.setattr("blueprints.documents.PAGE_ROWS", 2)
    for number in range(3):
        take(owner, "Text.", f"{number}.txt")
    first = owner.get("/documents", json=True).json
    assert [row["title"] for row in first["documents"]] == ["2", "1"]
    assert f"before={first['next']}".replace(" ", "+") in owner.get("/documents").text.replace(
        "%20", "+"
    ).replace("%3A", ":")
    rest = owner.get(f"/documents?before={first['next']}", json=True).json
    assert [row["title"] for row in rest["documents"]] == ["0"]
    assert rest["next"] is None


# Who may


def routes(book):
    url = book["url"]
    return [
        ("GET", url), ("POST", url), ("POST", f"{url}/speak"), ("POST", f"{url}/delete"),
        ("GET", f"{url}/progress"), ("POST", f"{url}/pause"), ("POST", f"{url}/resume"),
        ("POST", f"{url}/cancel"), ("POST", f"{url}/retry"), ("GET", f"{url}/cover"),
        ("POST", f"{url}/cover"), ("GET", f"{url}/chapters/0"), ("POST", f"{url}/chapters/0"),
    ]  # fmt: skip


def ask(browser, method, path):
    return browser.get(path, json=True) if method == "GET" else browser.post(path, json=True)


def test_nobody_else_reaches_a_document_not_even_an_admin(owner, guest, stranger):
    mine, others = take(guest), take(owner)
    for method, path in routes(mine):
        assert ask(owner, method, path).status_code == 404, path
        assert ask(stranger, method, path).status_code == 401, path
    for method, path in routes(others):
        assert ask(guest, method, path).status_code == 404, path
    assert [row["id"] for row in documents(guest)] == [mine["id"]]
    assert documents(owner)[0]["title"] == TITLES[0]


def test_strangers_can_neither_list_nor_import(stranger):
    assert stranger.get("/documents", json=True).status_code == 401
    assert stranger.get("/documents").status_code == 303
    assert send(stranger, ("a.txt", b"x")).status_code == 401
    assert uploads(stranger) == []


def test_every_change_needs_the_token_of_a_form(owner, book):
    for method, path in routes(book):
        if method == "POST":
            assert owner.post(path, json=True, csrf="0" * 64).status_code == 403, path
    assert send(owner, ("a.txt", b"x"), csrf="wrong").status_code == 403
    assert len(documents(owner)) == 1
    assert uploads(owner) == []


@pytest.mark.parametrize("number", ["0", "999", "9" * 18, "9" * 40, "-1", "x"])
def test_a_document_that_is_none_is_not_found(owner, number):
    assert owner.get(f"/documents/{number}", json=True).status_code == 404


# Looking through


def test_ticks_rules_and_settings_are_kept_and_answered_with_the_new_plan(owner, book):
    before = plan(owner, book)
    answer = owner.post(
        book["url"],
        {"has_chapters": "1", "chapter": ["1", "3"], "has_rules": "1", "rule": ["link", "heading"],
         "speed": "1.5", "as": "each", "title": "Lamp", "author": "Ada", "category": "Sea"},
        json=True,
    )  # fmt: skip
    assert answer.status_code == 200
    changed = answer.json["plan"]
    assert [c["number"] for c in changed["chapters"] if c["is_chosen"]] == [1, 3]
    grown = changed["chapters"][1]["characters"] - before["chapters"][1]["characters"]
    assert grown == len(" https://example.org/notes")
    assert (changed["speed"], answer.json["title"], answer.json["author"]) == (1.5, "Lamp", "Ada")
    assert plan(owner, book) == changed
    page = owner.get(book["url"]).text
    assert re.search(r'value="each" checked', page)
    assert 'value="Sea"' in page
    assert len(re.findall(r'name="chapter" value="\d+" form="review" checked', page)) == 2


def test_a_form_without_some_fields_leaves_them_as_they_were(owner, book):
    owner.post(book["url"], {"has_chapters": "1", "chapter": ["2"], "speed": "1.5"})
    answer = owner.post(book["url"], {"title": "Other"}, json=True)
    assert (answer.json["plan"]["chosen"], answer.json["plan"]["speed"]) == (1, 1.5)


BAD = [
    {"has_chapters": "1", "chapter": "99"},
    {"has_chapters": "1", "chapter": "-1"},
    {"has_chapters": "1", "chapter": "one"},
    {"has_chapters": "1", "chapter": "9" * 30},
    {"has_rules": "1", "rule": "everything"},
    {"speed": "fast"},
    {"speed": "nan"},
    {"speed": "99"},
    {"voice": "espeak:klingon"},
    {"voice": "x" * 10_000},
    {"as": "many"},
    {"title": "  "},
    {"title": "x" * 201},
    {"category": "x" * 101},
]


# What the engine of a voice refuses, which knows no form.
WITHOUT_FIELD = ("nan", "99", "espeak:klingon", "x" * 10_000)


@pytest.mark.parametrize("fields", BAD, ids=str)
@pytest.mark.parametrize("path", ["", "/speak"])
def test_choices_that_are_none_are_refused_and_change_nothing(owner, book, fields, path):
    before = owner.get(book["url"], json=True).json
    answer = owner.post(book["url"] + path, fields, json=True)
    assert answer.status_code == 400, answer.text
    wrong, value = list(fields.items())[-1]
    named = {} if wrong in ("voice", "speed") and value in WITHOUT_FIELD else {"field": wrong}
    assert answer.json == {"error": answer.json["error"], **named}
    assert owner.get(book["url"], json=True).json == before
    page = owner.post(book["url"] + path, fields)
    assert page.status_code == 400
    assert answer.json["error"][:40] in page.text.replace("&#39;", "'")


def test_whatever_choices_lie_in_the_database_the_book_opens(owner, book):
    for text in ("", "[]", '{"parts": {"77": {"88": true}}, "skipped": [99], "voice": "gone"}'):
        owner.services.db.update_document(book["id"], owner.user["id"], choices=text)
        assert owner.get(book["url"]).status_code == 200


def test_a_document_without_a_picture_has_a_drawn_cover(owner):
    made = take(owner, "Text.", "a.txt")
    answer = owner.get(f"{made['url']}/cover")
    assert (answer.status_code, answer.content_type) == (200, "image/svg+xml")
    assert "Remove this document" in owner.get(made["url"]).text


def test_a_cover_is_sent_shown_and_taken_away(owner, book):
    path = f"{book['url']}/cover"
    assert send(owner, ("c.png", PNG), path=path, field="cover").status_code == 204
    answer = owner.get(path)
    assert (answer.data, answer.content_type) == (PNG, "image/png")
    assert f"{path}?v=" in owner.get(book["url"]).text
    assert f"{path}?v=" in owner.get("/documents").text
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    assert send(owner, ("c.svg", svg), path=path, field="cover").status_code == 415
    huge = PNG + bytes(5_000_000)
    assert send(owner, ("c.png", huge), path=path, field="cover").status_code == 415
    assert send(owner, path=path).status_code == 400
    assert owner.get(path).status_code == 200
    assert owner.post(path, {"remove": "1"}).status_code == 303
    assert owner.get(path).content_type == "image/svg+xml"


# Chapters


def test_a_chapter_shows_its_parts_and_which_of_them_are_left_out(owner, book):
    answer = owner.get(f"{book['url']}/chapters/1", json=True).json
    kinds = {part["kind"]: part["is_spoken"] for part in answer["parts"]}
    assert kinds == {"heading": True, "text": True, "link": False, "code": False}
    page = owner.get(f"{book['url']}/chapters/1").text
    assert re.search(r'aria-pressed="false"[^>]*>https://example.org/notes</button>', page)
    assert '<turbo-frame id="chapter-1">' in page


def test_a_part_is_brought_back_and_left_out_again(owner, book):
    path = f"{book['url']}/chapters/1"
    parts = owner.get(path, json=True).json["parts"]
    (link,) = [part["part"] for part in parts if part["kind"] == "link"]
    before = plan(owner, book)["characters"]
    answer = owner.post(path, {"part": link, "spoken": "1"}, json=True)
    assert answer.json["plan"]["characters"] == before + len(" https://example.org/notes")
    turned = owner.post(path, {"part": link})
    assert (turned.status_code, turned.headers["Location"]) == (303, path)
    assert plan(owner, book)["characters"] == before


def test_a_chapter_gets_a_text_and_a_name_of_its_own_and_loses_them_again(owner, book):
    path = f"{book['url']}/chapters/2"
    original = plan(owner, book)
    assert "The keeper listened" in owner.get(f"{path}?edit=1").text
    owner.post(path, {"title": "Keeper", "text": "Mine.\r\n\r\nAll <b>mine</b>."})
    chapter = plan(owner, book)["chapters"][2]
    assert (chapter["title"], chapter["characters"]) == ("Keeper", len("Mine.\n\nAll <b>mine</b>."))
    assert chapter["is_edited"]
    assert "All &lt;b&gt;mine&lt;/b&gt;." in owner.get(path).text
    owner.post(path, {"original": "1"})
    assert plan(owner, book) == original


def test_a_text_that_was_not_changed_is_no_edit(owner, book):
    path = f"{book['url']}/chapters/2"
    owner.post(
        path, {"title": "The keeper", "text": "The keeper\r\n\r\nThe keeper listened to the tide."}
    )
    assert not plan(owner, book)["chapters"][2]["is_edited"]


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("chapters/4", {}, 404),
        ("chapters/1", {"part": "99"}, 400),
        ("chapters/1", {"part": "x"}, 400),
        ("chapters/1", {"title": "x" * 201}, 400),
        ("chapters/x", {}, 404),
        ("stop", {}, 404),
    ],
)
def test_changes_of_what_is_not_there_are_refused(owner, book, path, fields, status):
    assert owner.post(f"{book['url']}/{path}", fields, json=True).status_code == status


def test_a_stretch_beyond_the_end_is_empty(owner, book):
    answer = owner.get(f"{book['url']}/chapters/1?from=999", json=True).json
    assert (answer["parts"], answer["next"]) == ([], None)
    assert owner.get(f"{book['url']}/chapters/1?from=x", json=True).status_code == 400


# Speaking


def test_one_audiobook_leads_to_its_piece(owner, book):
    woken = []
    owner.services.wake_worker = lambda: woken.append(1)
    answer = owner.post(f"{book['url']}/speak", {"as": "one"})
    assert (answer.status_code, woken) == (303, [1])
    file = owner.get(answer.headers["Location"], json=True).json
    assert (file["name"], file["status"]) == (TITLES[0], "queued")


def test_chapters_by_themselves_lead_to_the_page_of_the_book(owner, book):
    fields = {"as": "each", "has_chapters": "1", "chapter": ["1", "2"], "category": "Sea"}
    answer = owner.post(f"{book['url']}/speak", fields, json=True)
    assert answer.status_code == 202
    assert [(f["name"], f["category"]) for f in answer.json["files"]] == [
        ("02 Arrival", "Sea"),
        ("03 The keeper", "Sea"),
    ]
    page = owner.get(answer.json["url"])
    assert page.status_code == 200
    for file in answer.json["files"]:
        assert f'href="{file["url"]}"' in page.text
    shown = owner.get(book["url"], json=True).json
    assert [file["id"] for file in shown["files"]] == [f["id"] for f in answer.json["files"]]


def test_nothing_ticked_is_told_on_the_page_itself(owner, book):
    answer = owner.post(f"{book['url']}/speak", {"has_chapters": "1"})
    assert answer.status_code == 400
    assert "No chapter with text is selected." in answer.text
    assert "What will be generated" in answer.text
    assert owner.get(book["url"], json=True).json["files"] == []


def test_a_book_is_paused_taken_up_stopped_and_retried(owner, book):
    owner.post(f"{book['url']}/speak", {"as": "each"})
    for action, state in (
        ("pause", "paused"),
        ("resume", "queued"),
        ("cancel", "cancelled"),
        ("retry", "queued"),
    ):
        answer = owner.post(f"{book['url']}/{action}", json=True)
        assert answer.json["states"][state] == 4, action
        assert owner.post(f"{book['url']}/{action}").status_code == 303
    assert owner.get(f"{book['url']}/progress", json=True).json["share"] == 0
    for label in ("Pause", "Stop"):
        assert f">{label}</button>" in owner.get(book["url"]).text


def test_a_document_is_removed_and_what_was_spoken_stays(owner, book):
    owner.post(f"{book['url']}/speak")
    answer = owner.post(f"{book['url']}/delete")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/documents")
    assert "Removed “" in owner.get("/documents").text
    assert owner.get(book["url"]).status_code == 404
    assert len(owner.get("/library", json=True).json["files"]) == 1


def test_the_library_leads_to_the_documents(owner):
    assert 'href="/documents"' in owner.get("/library").text
