import io
import re
import zipfile
from datetime import date, datetime

import pytest

SECRET = "The password of the boathouse is heron."


@pytest.fixture
def many(owner):
    """The names of 120 finished pieces, the newest first."""
    db, names = owner.services.db, [f"Piece {number:03}" for number in range(120)]
    with db.transaction():
        for number, name in enumerate(names):
            db.create_audio_file(
                owner.user["id"],
                f"{number:03}.mp3",
                name,
                voice="gmw/en",
                engine="espeak",
                text="Hello.",
                created_at=f"2026-01-{1 + number // 6:02} 12:00:{number % 6:02}",
            )
    return names[::-1]


def names_on(page):
    return re.findall(r'<a class="name"[^>]*>(.*?)</a>', page)


def test_the_library_shows_the_newest_first_and_pages_to_the_oldest(owner, many):
    path, seen = "/library", []
    while path:
        page = owner.get(path).text
        seen.append(names_on(page))
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older and older.group(1)
    assert [len(names) for names in seen] == [30, 30, 30, 30]
    assert [name for names in seen for name in names] == many


def test_programs_page_by_the_same_cursor(owner, many):
    first = owner.get("/library", json=True).json
    second = owner.get("/library", json=True, query_string={"after": first["next"]}).json
    assert [file["name"] for file in first["files"] + second["files"]] == many[:100]


@pytest.mark.parametrize(
    "cursor",
    [
        *("x", "2026-01-01", "[1]", '["x"]', '["x", "y"]', "[null, 1]", "{}", "'; DROP TABLE"),
        *('["\\ud800", 1]', f"[{2**63}, 1]", f"[1, {2**63}]", "[" * 3000),
    ],
)
def test_a_cursor_that_is_none_shows_the_start(owner, many, cursor):
    page = owner.get("/library", json=True, query_string={"after": cursor}).json
    assert page["files"][0]["name"] == many[0]


def test_pieces_are_found_by_the_beginning_of_a_word_in_their_name(owner, many):
    assert names_on(owner.get("/library?q=piece 01").text) == many[-20:-10]
    assert "Nothing matches" in owner.get("/library?q=heron%25").text


def test_a_search_finds_what_was_spoken_and_where(owner):
    text = "It was late. " * 30 + SECRET
    filename = owner.speak(text, name="Evening")
    owner.speak("Nothing of the kind.", name="Morning")
    (found,) = owner.get("/library?q=boathouse+her", json=True).json["files"]
    match = found["match"]
    assert found["filename"] == filename
    start, length = match["match_start"], match["match_length"]
    assert match["phrase"][start : start + length] == "boathouse"
    assert text[match["text_start"] :].startswith("boathouse")
    assert 0 < match["start_ms"] / 1000 < found["duration"]
    page = owner.get("/library?q=boathouse").text
    assert "of the <mark>boathouse</mark> is" in page
    at_s = match["start_ms"] / 1000
    assert f'"at_s":{at_s}' in page


def test_a_waiting_piece_is_found_by_its_name_and_not_yet_by_its_text(owner):
    owner.post("/generate", {"text": SECRET, "name": "Evening"})
    assert len(owner.get("/library?q=evening", json=True).json["files"]) == 1
    assert owner.get("/library?q=boathouse", json=True).json["files"] == []


def test_a_search_for_more_words_than_are_looked_for_says_so(owner, many):
    words = " ".join(f"word{number}" for number in range(9))
    note = "Your search was long; only its first words were used."
    for query, is_cut in ((words, True), (words.rpartition(" ")[0], False), ("x " * 300, True)):
        sent = {"query_string": {"q": query}}
        assert owner.get("/library", json=True, **sent).json["is_cut"] is is_cut
        assert (note in owner.get("/library", **sent).text) is is_cut


@pytest.mark.parametrize("search", ['"', "AND", "a* OR", "'; --", "NEAR(", "-x", "“", "😀", "\x00"])
def test_whatever_is_typed_is_no_error(owner, many, search):
    assert owner.get("/library", query_string={"q": search}).status_code == 200


@pytest.fixture
def various(owner):
    """Four pieces that differ in all that can be asked for."""
    db = owner.services.db
    rows = (
        ("a.mp3", "Alder", "gmw/en", "Novel", 90.0, "2026-03-01 12:00:00"),
        ("b.mp3", "birch", "gmq/sv", "", 30.0, "2026-03-02 12:00:00"),
        ("c.mp3", "Cedar", "gmw/en", "Novel", 60.0, "2026-03-03 12:00:00"),
        ("d.mp3", "Dogwood", "gmw/en", "School", 10.0, "2026-03-04 12:00:00"),
    )
    for filename, name, voice, group, duration, made in rows:
        db.create_audio_file(
            owner.user["id"], filename, name, voice=voice, engine="espeak", text=name,
            category=group, duration=duration, created_at=made,
            status="failed" if name == "Dogwood" else "ready",
        )  # fmt: skip


LOOKS = {
    "group=Novel": "Cedar Alder",
    "group=novel": "Cedar Alder",
    "loose=1": "birch",
    "voice=espeak:gmq/sv": "birch",
    "state=failed": "Dogwood",
    "state=nonsense": "Dogwood Cedar birch Alder",
    "since=2026-03-03": "Dogwood Cedar",
    "until=2026-03-02": "birch Alder",
    "since=2026-03-02&until=2026-03-03": "Cedar birch",
    "sort=oldest": "Alder birch Cedar Dogwood",
    "sort=name": "Alder birch Cedar Dogwood",
    "sort=longest": "Alder Cedar birch Dogwood",
    "sort=shortest": "Dogwood birch Cedar Alder",
    "sort=nonsense": "Dogwood Cedar birch Alder",
    "q=ced": "Cedar",
    "q=alder&group=Novel&sort=name": "Alder",
    "q=alder&group=School": "",
}


@pytest.mark.parametrize("query", LOOKS)
def test_the_library_is_narrowed_and_ordered_by_its_address(owner, various, query):
    assert names_on(owner.get(f"/library?{query}").text) == LOOKS[query].split()


def test_each_order_pages_to_its_end(owner, many):
    for sort in ("newest", "oldest", "name", "longest", "shortest"):
        path, seen = f"/library?sort={sort}", []
        while path:
            page = owner.get(path).text
            seen += names_on(page)
            more = re.search(r'rel="next" href="([^"]+)"', page)
            path = more and more.group(1).replace("&amp;", "&")
        assert sorted(seen) == sorted(many), sort


def test_a_day_that_is_none_is_refused(owner):
    answer = owner.get("/library?since=yesterday", json=True)
    assert answer.status_code == 400
    assert "2026-11-22" in answer.json["error"]


def test_what_is_searched_for_is_shown_as_text(owner):
    page = owner.get("/library?q=<script>alert(1)</script>").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_an_empty_library_invites(owner):
    assert "Paste something you would rather listen to" in owner.get("/library").text


def test_a_piece_is_renamed_moved_and_deleted(owner):
    filename = owner.speak()
    owner.post(f"/files/{filename}/rename", {"name": "  Evening \n walk "})
    owner.post(f"/files/{filename}/move", {"category": "Novel"})
    state = owner.get(f"/files/{filename}", json=True).json
    assert (state["name"], state["category"]) == ("Evening walk", "Novel")
    answer = owner.post(f"/files/{filename}/delete")
    assert answer.headers["Location"] == "/library"
    page = owner.get("/library").text
    assert "“Evening walk” moved to the bin." in page
    assert owner.get(f"/files/{filename}").status_code == 404


def test_what_lies_in_the_bin_comes_back_by_undo(owner):
    filename = owner.speak(name="Evening")
    owner.post(f"/files/{filename}/delete")
    assert f'name="filename" value="{filename}"' in owner.get("/library").text
    assert owner.post("/library/restore", {"filename": filename}, json=True).json == {"restored": 1}
    assert owner.get(f"/audio/{filename}").status_code == 200


def test_the_bin_says_when_a_piece_will_be_gone(owner):
    filename = owner.speak(name="Evening")
    owner.post(f"/files/{filename}/delete")
    (listed,) = owner.get("/library/bin", json=True).json["files"]
    gone = date.fromisoformat(listed["goes_on"]) - datetime.now().astimezone().date()
    assert (listed["filename"], gone.days) == (filename, 30)
    assert "Evening" in owner.get("/library/bin").text
    assert "stay here for 30 days" in owner.get("/library/bin").text


def test_deleting_for_good_removes_the_sound_and_keeps_the_usage(owner):
    filename = owner.speak()
    owner.post(f"/files/{filename}/delete")
    assert len(list(owner.services.config.audio_dir.iterdir())) == 1
    assert owner.post("/library/purge", {"filename": filename}, json=True).json == {"purged": 1}
    assert list(owner.services.config.audio_dir.iterdir()) == []
    assert owner.services.db.get_all_time_usage(owner.user["id"])["characters_used"] > 0
    assert "The bin is empty." in owner.get("/library/bin").text


def test_a_piece_that_is_being_spoken_is_stopped_by_deleting_it(owner):
    filename = owner.post("/generate", {"text": SECRET}, json=True).json["filename"]
    owner.post(f"/files/{filename}/delete")
    owner.post("/library/restore", {"filename": filename})
    assert owner.get(f"/files/{filename}", json=True).json["status"] == "cancelled"


@pytest.mark.parametrize(
    ("action", "fields"),
    [("rename", {"name": " "}), ("rename", {"name": "x" * 201}), ("move", {"category": "x" * 101})],
)
def test_a_name_that_cannot_be_kept_changes_nothing(owner, action, fields):
    filename = owner.speak(name="Evening")
    answer = owner.post(f"/files/{filename}/{action}", fields, json=True)
    assert answer.status_code == 400
    assert owner.get(f"/files/{filename}", json=True).json["name"] == "Evening"


def test_forms_come_back_to_the_page_they_were_sent_from(owner):
    filename = owner.speak()
    fields = {"name": "Evening", "next": "/library?q=even"}
    answer = owner.post(f"/files/{filename}/rename", fields)
    assert answer.headers["Location"] == "/library?q=even"
    fields["next"] = "https://evil.example/"
    assert owner.post(f"/files/{filename}/rename", fields).headers["Location"] == "/"


def test_ticked_pieces_are_moved_and_deleted_together(owner, many):
    ticked = {"filename": ["001.mp3", "002.mp3"]}
    owner.post("/files/bulk", {**ticked, "action": "move", "category": "Novel"})
    assert owner.get("/files/001.mp3", json=True).json["category"] == "Novel"
    answer = owner.post("/files/bulk", {**ticked, "action": "delete"}, json=True)
    assert answer.json == {"deleted": 2}
    assert owner.get("/files/002.mp3").status_code == 404
    assert owner.get("/files/003.mp3").status_code == 200


def test_ticking_a_piece_of_another_changes_nothing(owner, guest, many):
    own = guest.speak()
    ticked = {"filename": [own, "001.mp3"]}
    for action in ("delete", "move"):
        fields = {**ticked, "action": action, "category": "Mine"}
        assert guest.post("/files/bulk", fields, json=True).status_code == 404
    assert guest.get(f"/files/{own}", json=True).json["category"] == ""
    assert owner.get("/files/001.mp3").status_code == 200


@pytest.mark.parametrize("fields", [{"action": "delete"}, {"filename": "001.mp3"}])
def test_ticks_without_an_action_or_an_action_without_ticks_is_refused(owner, many, fields):
    assert owner.post("/files/bulk", fields, json=True).status_code == 400
    assert owner.get("/files/001.mp3").status_code == 200


def test_a_group_is_made_renamed_and_removed(owner):
    filename = owner.speak(name="Evening", category="Novel")
    assert owner.post("/library/groups", {"name": " Walks "}, json=True).json == {"group": "Walks"}
    page = owner.get("/library?group=Walks").text
    assert "This group is empty." in page
    taken = owner.post("/library/groups/rename", {"group": "Novel", "name": "walks"}, json=True)
    assert taken.status_code == 409
    assert "Walks" in taken.json["error"]
    fields = {"group": "Novel", "name": "Novels"}
    answer = owner.post("/library/groups/rename", fields)
    assert answer.headers["Location"] == "/library?group=Novels"
    assert owner.get(f"/files/{filename}", json=True).json["category"] == "Novels"
    removed = owner.post("/library/groups/delete", {"group": "Novels"}, json=True)
    assert removed.json == {"moved": 1}
    assert owner.get(f"/files/{filename}", json=True).json["category"] == ""


def test_a_group_goes_to_the_bin_with_its_pieces_when_asked(owner):
    filename = owner.speak(category="Novel")
    fields = {"group": "Novel", "with_files": "1"}
    assert owner.post("/library/groups/delete", fields, json=True).json == {"deleted": 1}
    assert owner.get(f"/files/{filename}").status_code == 404
    assert len(owner.get("/library/bin", json=True).json["files"]) == 1


@pytest.mark.parametrize(
    ("path", "fields", "status", "field"),
    [
        ("groups", {"name": "  "}, 400, "name"),
        ("groups", {"name": "x" * 101}, 400, "name"),
        ("groups/rename", {"group": "None such", "name": "New"}, 404, None),
        ("groups/delete", {"group": "None such"}, 404, None),
        ("groups/delete", {"group": ""}, 404, None),
        ("restore", {}, 400, "filename"),
        ("purge", {}, 400, "filename"),
        ("zip", {}, 400, "filename"),
        ("zip", {"filename": "none.mp3"}, 404, None),
    ],
)
def test_what_cannot_be_done_in_the_library_gets_one_sentence(owner, path, fields, status, field):
    answer = owner.post(f"/library/{path}", fields, json=True)
    assert answer.status_code == status
    assert answer.json.keys() == {"error"} | ({"field"} if field else set())
    assert answer.json.get("field") == field


def test_ticked_pieces_come_as_one_zip(owner):
    names = [owner.speak(name=name) for name in ("Evening", "Evening", "a/b")]
    answer = owner.post("/library/zip", {"filename": names})
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert len(set(archive.namelist())) == 3
        assert not [name for name in archive.namelist() if "/" in name]
        assert archive.testzip() is None


def test_the_states_of_many_pieces_come_in_one_answer(owner, guest):
    own, theirs = owner.speak(), guest.speak()
    waiting = owner.post("/generate", {"text": SECRET}, json=True).json["filename"]
    query = {"file": [own, waiting, theirs, "none.mp3"]}
    told = owner.get("/library/states", query_string=query).json
    files = told["files"]
    assert told["gone"] == [theirs, "none.mp3"]
    assert [(file["filename"], file["status"]) for file in files] == [
        (own, "ready"), (waiting, "queued"),
    ]  # fmt: skip


def test_a_state_that_is_known_is_not_told_again(owner):
    waiting = owner.post("/generate", {"text": SECRET}, json=True).json["filename"]
    query = {"file": [waiting], "seen": ["queued:0:"]}
    assert owner.get("/library/states", query_string=query).json == {"files": [], "gone": []}
    owner.post(f"/files/{waiting}/cancel")
    (file,) = owner.get("/library/states", query_string=query).json["files"]
    assert file["status"] == "cancelled"


def test_another_person_reaches_nothing_of_a_library(owner, guest):
    filename = owner.speak(SECRET, name="Heron", category="Birds")
    owner.post("/draft", {"text": SECRET})
    for path in ("/", "/library?q=boathouse", "/library/bin"):
        page = guest.get(path).text
        assert "Heron" not in page
        assert "the boathouse is" not in page
        assert ">Birds<" not in page
    assert guest.get(f"/files/{filename}/segments").status_code == 404
    assert guest.get(f"/?again={filename}").status_code == 404
    assert guest.get("/library?group=Birds").status_code == 404
    for path, fields in (
        ("groups/rename", {"group": "Birds", "name": "Mine"}),
        ("groups/delete", {"group": "Birds"}),
        ("zip", {"filename": filename}),
    ):
        assert guest.post(f"/library/{path}", fields).status_code == 404, path
    owner.post(f"/files/{filename}/delete")
    for path in ("restore", "purge"):
        answer = guest.post(f"/library/{path}", {"filename": filename}, json=True).json
        assert list(answer.values()) == [0]
    assert len(owner.get("/library/bin", json=True).json["files"]) == 1


def test_another_person_sees_nothing_of_a_piece(owner, guest):
    filename = owner.speak(SECRET, name="Heron")
    owner.post(f"/playback/{filename}", json=True)
    for path in (
        *("/", "/library", "/library?q=Heron", "/history", "/usage"),
        *(f"/files/{filename}", f"/files/{filename}/text", f"/audio/{filename}"),
        *(f"/download/{filename}", f"/captions/{filename}.vtt"),
    ):
        answer = guest.get(path)
        assert answer.status_code == (404 if filename in path else 200)
        assert "boathouse" not in answer.text
        assert ">Heron<" not in answer.text
    for action in ("rename", "move", "delete", "retry", "cancel"):
        answer = guest.post(f"/files/{filename}/{action}", {"name": "Mine", "category": "Mine"})
        assert answer.status_code == 404, action
    assert owner.get(f"/files/{filename}", json=True).json["name"] == "Heron"


def test_a_piece_shows_its_text_as_text(owner):
    filename = owner.speak("<b>Bold</b> & plain. {{ 7 * 7 }} It was late.")
    page = owner.get(f"/files/{filename}").text
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; plain. {{ 7 * 7 }}" in page


def test_a_long_text_is_cut_on_the_page_and_whole_as_plain_text(owner):
    text = "The tide came in, and the boats rose with it. " * 2500
    filename = owner.post("/generate", {"text": text}, json=True).json["filename"]
    page = owner.get(f"/files/{filename}").text
    shown = int(re.search(r"Characters 1 to ([\d,]+) of 115,000\.", page)[1].replace(",", ""))
    short = owner.post("/generate", {"text": text[:100]}, json=True).json["filename"]
    assert len(page) < shown + len(owner.get(f"/files/{short}").text) + 2_000
    rest = owner.get(f"/files/{filename}?part=4").text
    assert text[shown : shown + 5_000].strip() in rest
    assert "From the beginning" in rest
    assert text[-5_000:].strip() in owner.get(f"/files/{filename}?part=all").text
    answer = owner.get(f"/files/{filename}/text")
    assert answer.text == text
    assert answer.mimetype == "text/plain"


def test_a_piece_tells_where_its_sentences_and_words_are(owner):
    text = "It was late. The lamp was lit, and the rain had stopped at last."
    filename = owner.speak(text)
    answer = owner.get(f"/files/{filename}/segments").json
    spans = answer["segments"]
    assert answer["status"] == "ready"
    assert [spans[0][0], spans[-1][1]] == [0, len(text)]
    assert all(start < end for _, _, start, end in spans)
    words = owner.get(f"/files/{filename}/segments?words=0").json["words"]
    assert len(words) == len(spans)
    spoken = [text[start : start + length] for segment in words for start, length, _ in segment]
    assert {"late", "lamp", "rain"} <= {word.strip(".,") for word in spoken}
    assert owner.get(f"/files/{filename}/segments?words=x").status_code == 400


def test_a_waiting_piece_plays_by_itself_and_a_finished_one_does_not(owner):
    filename = owner.post("/generate", {"text": "It was late."}, json=True).json["filename"]
    assert "data-play-now" in owner.get(f"/files/{filename}").text
    finished = owner.speak()
    assert "data-play-now" not in owner.get(f"/files/{finished}").text
    assert "data-play-now" in owner.get(f"/files/{finished}?play=1").text


def test_a_cancelled_piece_can_be_taken_up_again(owner):
    filename = owner.post("/generate", {"text": "It was late."}, json=True).json["filename"]
    assert owner.post(f"/files/{filename}/cancel").status_code == 303
    assert "Continue" in owner.get(f"/files/{filename}").text
    assert owner.post(f"/files/{filename}/retry", json=True).json["status"] == "queued"


@pytest.mark.parametrize("action", ["retry", "cancel"])
def test_a_finished_piece_can_be_neither_retried_nor_cancelled(owner, action):
    filename = owner.speak()
    answer = owner.post(f"/files/{filename}/{action}", json=True)
    assert answer.status_code == 409
    assert answer.json["error"]


def test_a_failed_piece_shows_its_sentence_and_a_way_on(owner):
    filename = owner.post("/generate", {"text": "It was late."}, json=True).json["filename"]
    db = owner.services.db
    job = db.claim_job("w", now=0, lease_s=60)
    db.stop_job(job["id"], "w", status="failed", error="The speech server is away.")
    page = owner.get(f"/files/{filename}").text
    assert "The speech server is away." in page
    assert "Try again" in page
    state = owner.get(f"/files/{filename}", json=True).json
    assert (state["status"], state["error"]) == ("failed", "The speech server is away.")
    answer = owner.get(f"/audio/{filename}", json=True)
    assert (answer.status_code, answer.json["error"]) == (409, "The speech server is away.")


def test_a_failed_piece_without_a_text_offers_no_second_try(owner):
    db = owner.services.db
    db.create_audio_file(owner.user["id"], "lost.mp3", "Lost", voice="gmw/en", status="queued")
    job = db.claim_job("w", now=0, lease_s=60)
    db.stop_job(job["id"], "w", status="failed", error="Its sound is gone.")
    page = owner.get("/files/lost.mp3").text
    assert "Its sound is gone." in page
    assert "Try again" not in page
    assert 'data-status="failed" draggable="true" data-empty' in owner.get("/library").text
    work = owner.get("/admin/jobs").text
    assert "Its sound is gone." in work
    assert "Try again" not in work
