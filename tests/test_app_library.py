import re

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
    return re.findall(r'<span class="name">(.*?)</span>', page)


def test_the_library_shows_the_newest_first_and_pages_to_the_oldest(owner, many):
    path, seen = "/library", []
    while path:
        page = owner.get(path).text
        seen.append(names_on(page))
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older and older.group(1)
    assert [len(names) for names in seen] == [50, 50, 20]
    assert [name for names in seen for name in names] == many


def test_programs_page_by_the_same_cursor(owner, many):
    first = owner.get("/library", json=True).json
    second = owner.get(f"/library?before={first['next']}", json=True).json
    assert [file["name"] for file in first["files"] + second["files"]] == many[:100]


@pytest.mark.parametrize("cursor", ["x", "2026-01-01", "2026-01-01 00:00:00.-1", "'; DROP TABLE"])
def test_a_cursor_that_is_none_shows_the_start(owner, many, cursor):
    page = owner.get("/library", json=True, query_string={"before": cursor}).json
    assert page["files"][0]["name"] == many[0]


def test_pieces_are_found_by_a_part_of_their_name(owner, many):
    assert names_on(owner.get("/library?q=iece 01").text) == many[-20:-10]
    assert "No name holds" in owner.get("/library?q=heron%25").text


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
    assert "Deleted “Evening walk”." in owner.get("/library").text
    assert owner.get(f"/files/{filename}").status_code == 404
    assert list(owner.services.config.audio_dir.iterdir()) == []


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
    assert "first 100,000 characters" in page
    assert len(page) < 130_000
    answer = owner.get(f"/files/{filename}/text")
    assert answer.text == text
    assert answer.mimetype == "text/plain"


def test_a_waiting_piece_plays_by_itself_and_a_finished_one_does_not(owner):
    filename = owner.post("/generate", {"text": "It was late."}, json=True).json["filename"]
    assert "data-play-now" in owner.get(f"/files/{filename}").text
    finished = owner.speak()
    assert "data-play-now" not in owner.get(f"/files/{finished}").text
    assert "data-play-now" in owner.get(f"/files/{finished}?play=1").text


def test_a_cancelled_piece_can_be_taken_up_again(owner):
    filename = owner.post("/generate", {"text": "It was late."}, json=True).json["filename"]
    assert owner.post(f"/files/{filename}/cancel").status_code == 303
    assert "Speak on" in owner.get(f"/files/{filename}").text
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
