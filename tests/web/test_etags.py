"""Lists that a client has: told so while they are as they were, sent anew after any change."""

import sqlite3

import pytest

from server.worker import Worker
from tests.conftest import Browser
from web import etags

UNKNOWN_TAG = 'W/"00000000000000000000000000000000"'


@pytest.fixture
def piece(owner):
    """A finished piece in a group, with another one in the bin."""
    binned = owner.speak("Nobody came.", name="Binned")
    owner.post(f"/files/{binned}/delete")
    return owner.speak("It was late. The lamp was lit.", name="Evening", category="Novel")


def tag_of(browser, path="/library", **headers):
    """The tag of a list as it is."""
    return browser.get(path, json=True, headers=headers).headers["ETag"]


def ask(browser, tag, path="/library", **headers):
    """The answer to a client that has the list with this tag."""
    return browser.get(path, json=True, headers={"If-None-Match": tag, **headers})


def database(browser):
    return browser.services.db, browser.user["id"]


def submit(browser):
    """The name of a piece that waits."""
    sent = {"text": "It was late.", "name": "Begun"}
    return browser.post("/generate", sent, json=True).json["filename"]


def claimed(browser):
    """A piece that a worker has begun."""
    submit(browser)
    return browser.services.db.claim_job("w", now=1e9, lease_s=60.0)


# Unchanged


def test_a_list_that_nobody_changed_is_answered_without_rows_or_body(owner, piece):
    first = owner.get("/library", json=True)
    again = ask(owner, first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "X-Account"):
        assert again.headers[name] == first.headers[name], name
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert again.headers["Vary"] == "Accept, Accept-Encoding, Accept-Language, Cookie"
    assert "Content-Type" not in again.headers


def test_no_row_is_read_for_a_list_that_is_known(owner, piece, monkeypatch):
    tag = tag_of(owner)
    monkeypatch.setattr(owner.services.db, "get_library", None)
    monkeypatch.setattr(owner.services.db, "list_groups", None)
    assert ask(owner, tag).status_code == 304


@pytest.mark.parametrize("form", ["{}", 'W/"x", {}', '"x", W/"y" , {}, "z"', "*"])
def test_a_tag_is_found_in_every_form_that_clients_send(owner, piece, form):
    assert ask(owner, form.format(tag_of(owner))).status_code == 304


def test_a_tag_without_its_mark_of_weakness_is_the_same(owner, piece):
    assert ask(owner, tag_of(owner).removeprefix("W/")).status_code == 304


@pytest.mark.parametrize("tag", [UNKNOWN_TAG, '""', "W/", "None", "\xff"])
def test_a_tag_that_was_never_given_gets_the_list(owner, piece, tag):
    answer = ask(owner, tag)
    assert (answer.status_code, len(answer.json["files"])) == (200, 1)


def test_a_head_is_answered_alike(owner, piece):
    headers = {"Accept": "application/json"}
    head = owner.client.head("/library", headers=headers)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == tag_of(owner)
    again = owner.client.head("/library", headers={**headers, "If-None-Match": tag_of(owner)})
    assert (again.status_code, again.data) == (304, b"")


def test_a_compressed_list_has_the_same_tag(owner, piece):
    for number in range(9):
        owner.services.db.create_audio_file(
            owner.user["id"], f"{number}.mp3", "A name of some length", voice="gmw/en"
        )
    small = owner.get("/library", json=True, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["ETag"] == tag_of(owner)
    assert "Accept-Encoding" in small.headers["Vary"]
    assert ask(owner, tag_of(owner), Accept_Encoding="gzip").status_code == 304


def test_a_page_has_no_tag(owner, piece):
    page = owner.get("/library", headers={"If-None-Match": tag_of(owner)})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in page.headers


def test_what_others_are_told_of_a_group_that_is_not_there_stays_so(owner, piece):
    for tag in (tag_of(owner), "*"):
        assert ask(owner, tag, "/library?group=Nothing").status_code == 404
    assert ask(owner, "*", "/library?since=never").status_code == 400


# Changed


CHANGES = {
    "a new piece": lambda owner, piece: owner.speak("Another."),
    "a new name": lambda owner, piece: owner.post(f"/files/{piece}/rename", {"name": "Dawn"}),
    "another group": lambda owner, piece: owner.post(f"/files/{piece}/move", {"category": "B"}),
    "the bin": lambda owner, piece: owner.post(f"/files/{piece}/delete"),
    "many to the bin": lambda owner, piece: owner.post(
        "/files/bulk", {"filename": piece, "action": "delete"}
    ),
    "out of the bin": lambda owner, piece: owner.post(
        "/library/restore", {"filename": binned(owner)}
    ),
    "a group renamed": lambda owner, piece: owner.post(
        "/library/groups/rename", {"group": "Novel", "name": "Novels"}
    ),
    "a group removed": lambda owner, piece: owner.post(
        "/library/groups/delete", {"group": "Novel"}
    ),
    "a group removed with its pieces": lambda owner, piece: owner.post(
        "/library/groups/delete", {"group": "Novel", "with_files": "1"}
    ),
    "a passage spoken anew": lambda owner, piece: retake(owner, piece),
    "a failure": lambda owner, piece: fail(owner),
    "a piece that is stopped": lambda owner, piece: owner.post(f"/files/{submit(owner)}/cancel"),
    "a price that is not known": lambda owner, piece: owner.services.db.write(
        "INSERT INTO unpriced_files (file_id) SELECT id FROM audio_files"
    ),
}


def binned(owner):
    (file,) = owner.get("/library/bin", json=True).json["files"]
    return file["filename"]


def retake(owner, piece):
    (start, end, *_), *_ = owner.get(f"/files/{piece}/segments").json["segments"]
    order = {"start": str(start), "end": str(end), "text": "It was much later than that."}
    assert owner.post(f"/files/{piece}/retake", order).status_code == 303
    Worker(owner.services.studio).run_pending()


def fail(owner):
    job = claimed(owner)
    owner.services.db.stop_job(job["id"], "w", status="failed", error="The server is away.")


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_the_list_is_sent_anew(owner, piece, change):
    first = owner.get("/library", json=True)
    CHANGES[change](owner, piece)
    again = ask(owner, first.headers["ETag"])
    assert again.status_code == 200
    assert again.json["files"] != first.json["files"]
    assert again.headers["ETag"] != first.headers["ETag"]
    assert ask(owner, again.headers["ETag"]).status_code == 304


def test_a_piece_that_is_gone_for_good_leaves_the_list_as_it_is(owner, piece):
    tag = tag_of(owner)
    assert owner.post("/library/purge", {"filename": binned(owner)}).status_code == 303
    assert ask(owner, tag).status_code == 304  # made anew, and the same
    assert tag_of(owner) == tag


def test_a_group_that_is_removed_is_not_there_for_who_had_its_list(owner):
    owner.post("/library/groups", {"name": "Empty"})
    path = "/library?group=Empty"
    tag = tag_of(owner, path)
    assert ask(owner, tag, path).status_code == 304
    owner.post("/library/groups/delete", {"group": "Empty"})
    assert ask(owner, tag, path).status_code == 404


def test_a_change_while_the_rows_are_read_is_never_missed(owner, piece, monkeypatch):
    db, user_id = database(owner)
    read = db.get_library

    def read_and_change(*args, **kwargs):
        rows = read(*args, **kwargs)
        db.update_audio_file(piece, user_id, display_name="Dawn")
        return rows

    monkeypatch.setattr(db, "get_library", read_and_change)
    old = owner.get("/library", json=True)
    monkeypatch.undo()
    assert old.json["files"][0]["name"] == "Evening"
    assert ask(owner, old.headers["ETag"]).json["files"][0]["name"] == "Dawn"


# What depends on the time


def test_work_in_hand_is_told_anew_each_time(owner, piece):
    known = tag_of(owner)
    db = owner.services.db
    job = claimed(owner)
    for status in ("speaking", "queued"):
        for tag in (known, "*"):
            answer = ask(owner, tag)
            assert answer.status_code == 200
            assert answer.json["files"][0]["status"] == status
            assert "ETag" not in answer.headers
            assert answer.headers["Cache-Control"] == "private, no-store"
        db.park_job(job["id"], "w")
    # A list without it can be known all the same.
    ready = "/library?state=ready"
    assert ask(owner, tag_of(owner, ready), ready).status_code == 304


def test_a_piece_that_is_spoken_again_is_told_as_waiting(owner, piece):
    fail(owner)
    known = owner.get("/library", json=True)
    assert owner.post(f"/files/{known.json['files'][0]['filename']}/retry").status_code == 303
    answer = ask(owner, known.headers["ETag"])
    assert [file["status"] for file in answer.json["files"]] == ["queued", "ready"]
    assert "ETag" not in answer.headers


def test_progress_of_a_piece_is_seen_at_once(owner, piece):
    db, path = owner.services.db, "/library?state=ready"
    job, tag = claimed(owner), tag_of(owner, path)
    part = {"position": 0, "text_start": 0, "text_end": 12, "start_ms": 0, "end_ms": 900}
    part |= {"byte_end": 9, "frame_end": 1, "words": ""}
    db.checkpoint_job(job["id"], "w", [part], duration=0.9)
    assert owner.get("/library", json=True).json["files"][0]["progress"] == 1.0
    db.finish_job(job["id"], "w", duration=0.9, size=9, sha256="hash")
    answer = ask(owner, tag, path)
    assert [file["name"] for file in answer.json["files"]] == ["Begun", "Evening"]


def test_what_holds_the_worker_up_is_told_though_no_row_changed(owner, piece):
    submit(owner)
    first = owner.get("/library", json=True)
    owner.services.notice.tell("disk")
    again = ask(owner, first.headers.get("ETag", UNKNOWN_TAG))
    assert first.json["files"][0]["waits_for_code"] is None
    assert again.json["files"][0]["waits_for_code"] == "disk"


def test_a_search_is_done_each_time(owner, piece):
    answer = ask(owner, tag_of(owner), "/library?q=lamp")
    assert answer.json["files"][0]["match"]["phrase"]
    assert "ETag" not in answer.headers


# What else it depends on


@pytest.mark.parametrize("query", ["?sort=name", "?group=Novel", "?after=x", "?state=ready&x=1"])
def test_each_query_has_a_list_of_its_own(owner, piece, query):
    owner.speak("Another.", name="Dawn")
    path = f"/library{query}"
    tag = tag_of(owner, path)
    assert ask(owner, tag, path).status_code == 304
    owner.post(f"/files/{piece}/rename", {"name": "Night"})
    assert ask(owner, tag, path).status_code == 200


def test_a_language_has_a_list_of_its_own(owner, piece):
    tag = tag_of(owner)
    german = ask(owner, tag, **{"Accept-Language": "de"})
    assert german.json["files"][0]["cost_shown"] == "kostenlos"
    assert ask(owner, german.headers["ETag"]).status_code == 200
    owner.post("/language", {"language": "de"})
    assert ask(owner, tag).json["files"][0]["cost_shown"] == "kostenlos"


def test_below_another_address_the_list_is_another(owner, piece):
    below = {"environ_overrides": {"SCRIPT_NAME": "/speech"}}
    headers = {"If-None-Match": tag_of(owner)}
    answer = owner.get("/library", json=True, headers=headers, **below)
    assert answer.json["files"][0]["url"].startswith("/speech/files/")


def test_another_persons_tag_gets_the_own_list(owner, guest, piece):
    assert guest.speak("Mine.", name="Mine")
    tags = [tag_of(browser) for browser in (owner, guest)]
    for browser, foreign, own in ((owner, tags[1], "Evening"), (guest, tags[0], "Mine")):
        answer = ask(browser, foreign)
        assert [file["name"] for file in answer.json["files"]] == [own]
        assert ask(browser, ", ".join(tags)).status_code == 304


def test_two_empty_libraries_have_two_tags(owner, guest):
    assert owner.get("/library", json=True).data == guest.get("/library", json=True).data
    assert tag_of(owner) != tag_of(guest)
    assert ask(guest, tag_of(owner)).status_code == 200


def test_who_is_not_signed_in_any_more_is_told_nothing(owner, guest, stranger, piece):
    tag = tag_of(owner)
    for form in (tag, "*"):
        assert ask(stranger, form).status_code == 401
        page = stranger.get("/library", headers={"If-None-Match": form})
        assert page.status_code == 303
    db, user_id = database(owner)
    db.delete_sessions(user_id)
    assert ask(owner, tag).status_code == 401
    theirs = tag_of(guest)
    db.set_user_active(guest.user["id"], False)
    assert ask(guest, theirs).status_code == 401


def test_another_app_over_the_same_folder_knows_the_same_tag(owner, piece, make_app):
    tag = tag_of(owner)
    second = Browser(make_app(), owner.user)
    assert ask(second, tag).status_code == 304  # its first: it made the list, and found it equal
    owner.post(f"/files/{piece}/rename", {"name": "Dawn"})
    answer = ask(second, tag)
    assert answer.json["files"][0]["name"] == "Dawn"
    assert ask(owner, answer.headers["ETag"]).status_code == 304


def test_a_list_reads_only_what_makes_another_version(owner, piece):
    covered = {
        *("audio_files", "unpriced_files", "file_groups", "library_versions"),
        "listening_progress",
    }
    of_the_list = tables_read(owner, "/library") - tables_read(owner, "/whose")
    assert of_the_list == covered


def tables_read(browser, path):
    found = set()

    def note(action, table, *_):
        if action == sqlite3.SQLITE_READ and table not in ("json_each", "sqlite_master"):
            found.add(table)
        return sqlite3.SQLITE_OK

    connection = browser.services.db._connection
    connection.set_authorizer(note)
    try:
        browser.get(path, json=True)
    finally:
        connection.set_authorizer(None)
    return found


def test_tags_that_were_not_asked_for_lately_are_forgotten_first(monkeypatch):
    monkeypatch.setattr(etags, "MOST_REMEMBERED", 2)
    tags = etags.Tags()
    tags.remember(b"a", "1")
    tags.remember(b"b", "2")
    assert tags.get(b"a") == "1"
    tags.remember(b"c", "3")
    assert [tags.get(state) for state in (b"a", b"b", b"c")] == ["1", None, "3"]
