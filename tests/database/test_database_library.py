"""Looking through a library: filters, orders, pages, and words."""

import itertools
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queries import search_query
from queries.library_walk import SORTS
from tests.support.pacing import takes_below

COMMON = "the keeper of the lighthouse"


@pytest.fixture
def bob(db):
    return db.create_user("bob", "hash")


@pytest.fixture
def find(db, user):
    """The names of the files that a search finds."""

    def find_names(search, **options):
        rows = db.get_library(user["id"], search=search, **options)
        return [row["display_name"] for row in rows]

    return find_names


@pytest.fixture
def shelf(db, user, make_file):
    """Sixty files of every kind, with many ties, half of them older than their numbers say."""
    for number in range(60):
        make_file(
            f"{number}.mp3",
            display_name=("Über", "apple", "Zebra", "APPLE")[number % 4],
            text=f"{COMMON} number{number % 5} {'x' * (number % 7)}",
            category=("", "News", "Sea")[number % 3],
            voice=f"v{number % 2}",
            engine=f"e{number % 4 // 2}",
            status=("ready", "failed", "ready", "queued")[number % 4],
            duration=float(number % 6),
            created_at=f"2026-01-{1 + number * 7 % 28:02} 00:00:0{number % 3}",
        )
    db.bin_audio_files(user["id"], ["7.mp3", "8.mp3"])
    db.write("UPDATE audio_files SET text_indexed = 1")
    for number in range(0, 60, 2):
        share = 1.0 if number % 3 else 0.5
        if number != 8:
            db.save_position(user["id"], number + 1, "desk", 5.0, share=share, now=number % 8 + 1e9)
    rows = db.rows("SELECT * FROM audio_files WHERE deleted_at IS NULL")
    return [row | {"progress_place": progress_of(db, row)} for row in rows]


def progress_of(db, row):
    """What a file is sorted by, where begun comes before new and that before finished."""
    heard = db.list_progress(row["owner_id"], [row["id"]])
    if not heard:
        return (1, row["created_at"])
    return (0 if heard[0]["finished_at"] else 2, heard[0]["saved_epoch"])


def walk(db, user, limit, **options):
    """All pages of a look through the library."""
    column, found, after = SORTS[options.get("sort", "created")][2], [], None
    while rows := db.get_library(user["id"], limit=limit, after=after, **options):
        found += rows
        after = (rows[-1][column], rows[-1]["id"])
    return found


def ascii_folded(value):
    if not isinstance(value, str):
        return value
    return re.sub("[A-Z]", lambda letter: letter[0].lower(), value).encode()


def expected(rows, sort, descending, keep):
    column = SORTS[sort][2]
    return [
        row["id"]
        for row in sorted(
            filter(keep, rows),
            key=lambda row: (ascii_folded(row[column]), row["id"]),
            reverse=descending,
        )
    ]


FILTERS = [
    ({}, lambda row: True),
    ({"category": "news"}, lambda row: row["category"] == "News"),
    ({"category": ""}, lambda row: row["category"] == ""),
    ({"voice": "v1", "engine": "e0"}, lambda row: (row["voice"], row["engine"]) == ("v1", "e0")),
    ({"status": "failed"}, lambda row: row["status"] == "failed"),
    (
        {"since": "2026-01-05 00:00:01", "until": "2026-01-20 00:00:00"},
        lambda row: "2026-01-05 00:00:01" <= row["created_at"] < "2026-01-20 00:00:00",
    ),
    (
        {"voice": "v0", "category": "Sea", "status": "ready", "since": "2026-01-10"},
        lambda row: (
            (row["voice"], row["category"], row["status"]) == ("v0", "Sea", "ready")
            and row["created_at"] >= "2026-01-10"
        ),
    ),
    ({"voice": "nobody"}, lambda row: False),
    ({"stage": "begun"}, lambda row: row["progress_place"][0] == 2),
    ({"stage": "new", "category": "Sea"},
     lambda row: row["progress_place"][0] == 1 and row["category"] == "Sea"),
    ({"stage": "finished"}, lambda row: row["progress_place"][0] == 0),
]  # fmt: skip
SEARCHES = [None, "lighthouse", "number2", "apple", "appl", '"of the lighthouse" numb', "absent"]


def holds(row, search):
    text = f"{row['display_name']} {row['text']}".lower()
    wanted = {None: "", "appl": "apple", '"of the lighthouse" numb': "lighthouse"}
    return wanted.get(search, search) in text


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("search", SEARCHES)
def test_pages_hold_each_wanted_file_once_in_order(db, user, shelf, sort, search):
    for (options, keep), descending, limit in itertools.product(FILTERS, (True, False), (7, 100)):
        found = walk(db, user, limit, sort=sort, descending=descending, search=search, **options)
        wanted = expected(
            shelf, sort, descending, lambda row, keep=keep: keep(row) and holds(row, search)
        )
        assert [row["id"] for row in found] == wanted, (options, descending, limit)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    ("few", "near", "probed"),
    [
        (-1, 3, 2),  # the nearest are not enough
        (-1, 20, 5),  # a few are asked for, then more
        (-1, 20, 20),
        (-1, 10_000, 64),  # all are near
        (2, 20, 5),
        (10_000, 500, 64),  # all that match are looked at
    ],
)
def test_however_a_page_is_found_it_is_the_same(
    db, user, shelf, monkeypatch, sort, few, near, probed
):
    for search, descending in itertools.product(("number2", "lighthouse", "appl"), (True, False)):
        options = {"sort": sort, "descending": descending, "search": search}
        wanted = expected(shelf, sort, descending, lambda row, word=search: holds(row, word))
        for name, value in {"FEW": few, "NEAR": near, "PROBED": probed}.items():
            monkeypatch.setattr(f"queries.library.{name}", value)
        assert [row["id"] for row in walk(db, user, 5, **options)] == wanted
        narrowed = walk(db, user, 3, category="Sea", **options)
        sea = {row["id"] for row in shelf if row["category"] == "Sea"}
        assert [row["id"] for row in narrowed] == [row_id for row_id in wanted if row_id in sea]


def test_rows_are_those_of_the_file_without_its_text(db, user, make_file):
    row = make_file()
    assert db.get_library(user["id"]) == [row]


def test_nobody_finds_what_belongs_to_another(db, user, bob, make_file):
    make_file("mine", text="secret words")
    for search in ("secret", "u1", "u1 secret", "owner", 'owner : "u1"', "mine"):
        assert db.get_library(bob["id"], search=search) == []
    assert db.get_library(user["id"], search="u1") == []
    assert db.list_voices_used(bob["id"]) == []


def test_voices_used_are_listed_once(db, user, shelf):
    found = [(row["engine"], row["voice"]) for row in db.list_voices_used(user["id"])]
    assert found == [("e0", "v0"), ("e0", "v1"), ("e1", "v0"), ("e1", "v1")]


@pytest.mark.parametrize("sort", SORTS)
def test_no_page_is_sorted_or_read_through(db, user, shelf, sort, monkeypatch):
    monkeypatch.setattr("queries.library.FEW", -1)  # as with words that many texts hold
    options = {"voice": "v", "category": "c", "engine": "e", "status": "ready", "since": "2026"}
    statements = []
    db._connection.set_trace_callback(statements.append)
    for search, after in itertools.product((None, "word"), (None, ("5", 5))):
        db.get_library(user["id"], sort=sort, search=search, after=after, **options)
    db._connection.set_trace_callback(None)
    walks = [sql for sql in statements if f"INDEXED BY {SORTS[sort][1]}" in sql]
    assert len(walks) >= 4
    for sql in walks:
        steps = [row["detail"] for row in db.rows(f"EXPLAIN QUERY PLAN {sql}")]
        on_files = [step for step in steps if "audio_files" in step]
        assert all(re.match("SEARCH audio_files USING COVERING INDEX", step) for step in on_files)
        # What may be sorted are the few files near by, never what was walked through.
        sorted_steps = [step for step in steps if "TEMP B-TREE" in step]
        assert len(sorted_steps) <= ("near" in sql)


@pytest.mark.parametrize("sort", SORTS)
def test_few_matches_are_looked_up_one_by_one(db, user, shelf, sort):
    statements = []
    db._connection.set_trace_callback(statements.append)
    for after in (None, ("5", 5)):
        db.get_library(user["id"], sort=sort, search="apple", after=after, voice="v0")
    db._connection.set_trace_callback(None)
    found = [sql for sql in statements if "NOT INDEXED" in sql]
    assert len(found) == (2 if sort != "progress" else 6)  # three stages
    for sql in found:
        steps = [row["detail"] for row in db.rows(f"EXPLAIN QUERY PLAN {sql}")]
        assert "SEARCH audio_files USING INTEGER PRIMARY KEY (rowid=?)" in steps
    assert not any("INDEXED BY idx_audio" in sql for sql in statements)


# What the index of words holds


def test_a_name_is_found_at_once_and_a_text_when_it_is_ready(db, user, make_file, find):
    row = make_file(display_name="Morning", text="grey light", status="queued")
    assert find("morning") == ["Morning"]
    assert find("grey") == []
    db.index_text(row["id"])
    db.index_text(row["id"])
    assert find("grey") == ["Morning"]
    assert find("morning grey") == ["Morning"]


def test_a_new_name_takes_the_place_of_the_old_one(db, user, make_file, find):
    make_file(display_name="Old name", text="body")
    db.update_audio_file("a.mp3", user["id"], display_name="New title")
    assert find("old") == []
    assert find("title") == find("body") == ["New title"]


def test_what_lies_in_the_bin_is_not_found_until_it_is_back(db, user, make_file, find):
    make_file(text="body")
    db.bin_audio_files(user["id"], ["a.mp3"])
    assert find("body") == []
    db.restore_audio_files(user["id"], ["a.mp3"])
    assert find("body") == ["a.mp3"]


def test_what_is_gone_leaves_no_word_behind(db, user, make_file):
    for number in range(20):
        make_file(f"{number}", text=f"word{number} naïve Ünïcode\x00 {'x' * number}")
        db.update_audio_file(f"{number}", user["id"], display_name=f"Renamed {number}")
    for number in range(20):
        db.delete_audio_file(f"{number}", user["id"])
    db.write("INSERT INTO audio_search (audio_search) VALUES ('integrity-check')")
    db.write("CREATE VIRTUAL TABLE words USING fts5vocab (audio_search, row)")
    assert db.rows("SELECT term FROM words") == []


def test_merged_accounts_search_together(db, user, bob, make_file):
    make_file("a", owner=bob, text="harbour", category="Sea")
    db.create_group(bob["id"], "Empty")
    db.merge_users(bob["id"], user["id"])
    assert len(db.get_library(user["id"], search="harbour")) == 1
    groups = {row["name"]: row["files"] for row in db.list_groups(user["id"])}
    assert groups == {"Empty": 0, "Sea": 1}


@pytest.mark.parametrize(
    ("search", "is_found"),
    [
        ("lighthouse", True),
        ("LIGHTHOUSE", True),
        ("light", True),  # the last word may go on
        ("light keeper", False),  # one before it may not
        ("keeper light", True),
        ("light ", False),
        ("l", False),
        ("naive", True),
        ("NAÏVE", True),
        ("naïv", True),
        ("cafe", True),
        ('"keeper of"', True),
        ('"of keeper"', False),
        ('"keeper of th', True),
        ('"keeper o', False),  # a single letter is no beginning
        ("keeper-of", True),
        ("keeper storm", False),
        ("-keeper", True),
        ("keeper AND storm", False),
        ("NOT keeper", False),
        ("keeper*", True),
        ("text:keeper", False),
        ("猫", True),
        ("%", True),  # no word at all: nothing is narrowed
        ('"', True),
        ("", True),
    ],
)
def test_words_phrases_and_beginnings(db, make_file, find, search, is_found):
    make_file(display_name="A", text="Keeper of the lighthouse; a naïve cafe\u0301, 猫カフェ.")
    assert bool(find(search)) == is_found


@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(search=st.text(max_size=60) | st.text(alphabet='ab" *^:(){}-+\\\x00\ud800', max_size=40))
def test_nothing_that_is_typed_breaks_the_search(db, user, search):
    if not db.list_filenames(user["id"]):
        db.create_audio_file(user["id"], "x", "ab a", voice="v", text="b ab aa bb")
    for row in db.get_library(user["id"], search=search):
        assert row["filename"] == "x"


PLAIN = st.characters(categories=["Lu", "Ll", "Nd", "Po", "Zs"], max_codepoint=0x17F)


@settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=st.text(PLAIN, max_size=60), data=st.data())
def test_a_word_of_a_text_finds_it_and_is_marked(db, user, text, data):
    words = search_query.TOKEN.findall(text)
    if not words:
        return
    word = data.draw(st.sampled_from(words))
    number = len(db.list_filenames(user["id"]))
    row = db.create_audio_file(user["id"], f"{number}", "n", voice="v", text=text)
    found = {hit["id"]: hit for hit in db.get_library(user["id"], search=f"{word} ", limit=20)}
    hit = found[row["id"]]
    marked = hit["phrase"][hit["match_start"] :][: hit["match_length"]]
    assert search_query.fold(marked) == search_query.fold(word)
    assert text[hit["text_start"] :].startswith(marked.rstrip())


# The phrase of a hit


def phrase(db, user, search):
    (row,) = db.get_library(user["id"], search=search)
    start, length = row["match_start"], row["match_length"]
    return row["phrase"], row["phrase"][start : start + length], row["text_start"], row["start_ms"]


def spoken(db, file_id, *starts):
    """Segments of a file that begin at these places, a second apart."""
    for position, start in enumerate(starts):
        db.write(
            """INSERT INTO segments (file_id, position, text_start, text_end, start_ms, end_ms,
                   byte_end, frame_end) VALUES (?, ?, ?, ?, ?, ?, 0, 0)""",
            file_id, position, start, start + 1, position * 1000, position * 1000 + 999,
        )  # fmt: skip


def test_a_hit_shows_its_phrase_and_where_to_play_from(db, user, make_file):
    before, after = "Some words before it. " * 20, " and words after it." * 20
    text = f"{before}The Lighthouse\nkeeper{after}"
    row = make_file(text=text)
    spoken(db, row["id"], 0, 100, len(before), len(before) + 30)
    shown, marked, text_start, start_ms = phrase(db, user, "lighthouse keep")
    assert marked == "Lighthouse keep"
    assert text[text_start:].startswith("Lighthouse\nkeeper")
    assert start_ms == 2000
    assert 40 < len(shown) <= 100
    assert shown in text.replace("\n", " ")


def test_a_hit_in_the_name_alone_shows_no_phrase(db, user, make_file):
    make_file(display_name="Morning", text="Evening")
    (row,) = db.get_library(user["id"], search="morning")
    assert row["phrase"] is row["match_start"] is row["text_start"] is row["start_ms"] is None


@pytest.mark.parametrize(
    ("text", "search", "marked"),
    [
        ("A storm. The quick fox, quick as a storm.", "quick storm", "quick"),
        ("one two. two three", '"two three"', "two three"),
        ("Straße nach Köln", "koln", "Köln"),
        ("Eine Straße nach Köln", "STRAße", "Straße"),
        ("\u0130stanbul, ÉLAN", "élan", "ÉLAN"),
        ("cafe\u0301s and cafe\u0301 noir", "cafe ", "cafe\u0301"),
        ("otherwise the end", "the ", "the"),
        ("snake_case word", "case ", "case"),
        ("a" * 70_000 + " needle", "needle", "needle"),
        ("é " * 40_000 + "needle é", "needle", "needle"),
        ("x" * 65_530 + " a needle stands here", "needle stand", "needle stand"),
    ],
)
def test_the_match_is_marked_where_it_stands(db, user, make_file, text, search, marked):
    make_file(text=text)
    _, shown, text_start, _ = phrase(db, user, search)
    assert shown == marked
    assert text[text_start:].startswith(marked)


def pieces_of(text):
    """A text as the search reads it."""
    return (text[at : at + search_query.PIECE] for at in range(0, len(text), search_query.PIECE))


def test_the_end_of_a_long_word_is_no_match_across_pieces():
    text = "x" * (search_query.PIECE - 2) + "light house"
    for search, place in (("ght ", None), ("light ", None), ("house ", len(text) - 5)):
        (term,) = search_query.parse(search)
        found = search_query.find_first(pieces_of(text), term)
        assert (found and found["text_start"]) == place


# What a search may cost


@pytest.fixture
def texts_read(db, monkeypatch):
    """How many pieces of texts are read, and how many are folded."""
    counted = {"pieces": 0, "folds": 0}

    def counting(pieces):
        for piece in pieces:
            counted["pieces"] += 1
            yield piece

    def folding(text, fold=search_query.fold):
        counted["folds"] += len(text) > 100
        return fold(text)

    monkeypatch.setattr(db, "pieces", lambda *asked, of=db.pieces: counting(of(*asked)))
    monkeypatch.setattr(search_query, "fold", folding)
    return counted


def test_words_of_names_read_no_text(db, user, make_file, texts_read):
    for number in range(4):
        make_file(f"{number}.mp3", display_name=f"Morning {number}", text="Evening. " * 50_000)
    assert len(db.get_library(user["id"], search="morning")) == 4
    assert len(db.get_library(user["id"], search="morning evenings")) == 0
    assert texts_read == {"pieces": 0, "folds": 0}


def test_a_long_text_is_read_as_far_as_its_match_and_folded_once(db, user, make_file, texts_read):
    words = [f"word{number}" for number in range(7)]
    text = "harbour " + "Nothing here. " * 150_000 + " ".join(reversed(words))
    make_file(display_name=" ".join(words), text=text)
    (row,) = db.get_library(user["id"], search="harbour")
    assert (row["text_start"], texts_read["pieces"]) == (0, 2)
    texts_read.update(pieces=0, folds=0)
    (row,) = db.get_library(user["id"], search=" ".join(words))
    assert text[row["text_start"] :].startswith("word")
    assert 30 < texts_read["pieces"] < 50
    assert texts_read["folds"] == texts_read["pieces"]


def test_results_after_the_deadline_come_without_a_phrase(db, user, make_file, monkeypatch):
    make_file(text="The harbour.")
    monkeypatch.setattr("queries.library.SEARCH_S", 0)
    (row,) = db.get_library(user["id"], search="harbour")
    assert row["phrase"] is None


@pytest.mark.parametrize(
    ("search", "terms"),
    [
        ("a b c d e f g h i", ["a", "b", "c", "d", "e", "f", "g", "h"]),
        ("one One one two ", ["one", "One", "two"]),
        ('"one two one two one two"', ["one two one two"]),
        (f'"{" ".join(f"w{n}" for n in range(20))}"', [" ".join(f"w{n}" for n in range(16))]),
    ],
)
def test_a_search_holds_a_bounded_number_of_words(search, terms):
    assert [" ".join(term.words) for term in search_query.parse(search)] == terms


TEXTS = {
    "one word again and again": "a " * 1_000_000,
    "one long word": "a" * 2_000_000,
    "a match at the end": "Über das Meer. " * 133_000 + "harbour",
    "sixteen words again and again": "a b c d e f g h i j k l m n o p " * 62_500,
    "marks": "e\u0301" * 1_000_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", TEXTS)
def test_a_search_through_ten_texts_of_two_million_characters_is_bounded(db, user, make_file, text):
    for number in range(10):
        make_file(f"{number}.mp3", display_name=f"a {number}", text=TEXTS[text])
    for search in (
        "a ", "aa", "harbour", "a b c d e f g h", '"a a a a a a"', "b a d c f e h g",
        '"a b c d e f g h i j k l m n o p"', "das meer harbour", "é", " ".join("abcdefghijklmnop"),
    ):  # fmt: skip
        assert takes_below(0.6, lambda search=search: db.get_library(user["id"], search=search))
