import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.types import LEFT_OUT, RULES, Chapter, Document, TextRun
from services.document_selection import EACH, DocumentSelection, count_kinds, paragraphs

BOOK = Document(
    title="Book",
    source="pdf",
    chapters=(
        Chapter(
            "One",
            1,
            (
                TextRun("One", "heading"),
                TextRun("It was late.", glue="\n\n"),
                TextRun("12", "page_number", "\n\n"),
                TextRun("The ", glue="\n\n"),
                TextRun("\ufb01", "ligature", replaced_by="fi"),
                TextRun("re"),
                TextRun("[3]", "note_mark"),
                TextRun(" was lit."),
            ),
        ),
        Chapter("Two", 2, (TextRun("The end."),)),
    ),
)


def test_the_rules_say_what_is_spoken_at_first():
    assert DocumentSelection().text(BOOK, 0) == "One\n\nIt was late.\n\nThe fire was lit."
    assert DocumentSelection().left_out == LEFT_OUT


def test_kinds_that_are_ticked_are_spoken():
    choices = DocumentSelection().with_rules(["page_number", "heading"])
    assert "12" in choices.text(BOOK, 0)
    assert "One" not in DocumentSelection().with_rules([]).text(BOOK, 0)


def test_one_part_can_differ_from_its_rule_and_go_back_to_it():
    choices = DocumentSelection().with_part(BOOK, 0, 6, True)
    assert choices.is_spoken(BOOK, 0, 6)
    assert choices.text(BOOK, 0).endswith("fire[3] was lit.")
    assert choices.with_part(BOOK, 0, 6, False) == DocumentSelection()


def test_an_edited_text_stands_in_the_place_of_the_chapter_until_it_is_taken_back():
    choices = DocumentSelection().with_text(1, "Finis.").with_title(1, "Last")
    assert (choices.text(BOOK, 1), choices.title(BOOK, 1)) == ("Finis.", "Last")
    assert choices.with_text(1, None).with_title(1, None) == DocumentSelection()


def test_ticked_chapters_leave_the_others_skipped():
    assert DocumentSelection().with_chapters(BOOK, [1]).skipped == {0}


def test_choices_come_back_from_json_as_they_were():
    choices = (
        DocumentSelection(voice="espeak:gmw/en", speed=1.25, group="Sea", shape=EACH)
        .with_rules(["table"])
        .with_chapters(BOOK, [0])
        .with_part(BOOK, 0, 2, True)
        .with_text(1, "Snow \U0001f328 and “ice”.")
        .with_title(1, "Ice")
    )
    assert DocumentSelection.from_json(choices.to_json()) == choices


GARBAGE = [
    "", "{", "null", "[]", '"x"', "7", '{"left_out": 5}', '{"left_out": [["a"]]}',
    '{"skipped": ["a"]}', '{"skipped": null}', '{"parts": {"a": {"1": true}}}',
    '{"parts": {"1": {"2": "yes"}}}', '{"texts": {"1": 2}}', '{"titles": []}', '{"speed": "fast"}',
    '{"speed": null}', '{"speed": NaN}', '{"shape": "many"}', '{"voice": 3}', '{"unknown": 1}',
]  # fmt: skip


@pytest.mark.parametrize("text", GARBAGE)
def test_what_is_no_choice_is_passed_over(text):
    assert DocumentSelection.from_json(text) == DocumentSelection()


@given(
    st.dictionaries(
        st.sampled_from(["left_out", "skipped", "parts", "texts", "titles", "voice", "speed"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["0", "1", "x", "-7"]), inner, max_size=3)
            ),
            max_leaves=4,
        ),
    )
)
def test_no_json_keeps_a_book_from_opening(fields):
    choices = DocumentSelection.from_json(json.dumps(fields))
    assert DocumentSelection.from_json(choices.to_json()).to_json() == choices.to_json()
    for number in range(len(BOOK.chapters)):
        assert isinstance(choices.text(BOOK, number), str)


def test_kinds_are_counted_in_the_order_of_the_rules():
    assert count_kinds(BOOK) == {"page_number": 1, "note_mark": 1, "ligature": 1, "heading": 1}
    assert list(count_kinds(BOOK)) == [kind for kind in RULES if kind in count_kinds(BOOK)]


def test_parts_are_shown_by_paragraphs_with_a_switch_where_a_rule_decides():
    shown, following = paragraphs(BOOK, DocumentSelection(), 0)
    assert following is None
    assert [[part.text for part in paragraph] for paragraph in shown] == [
        ["One"],
        ["It was late."],
        ["12"],
        ["The ", "fi", "re", "[3]", " was lit."],
    ]
    switches = {part.kind: part.is_spoken for row in shown for part in row if part.is_switch}
    assert switches == {"heading": True, "page_number": False, "note_mark": False}


def test_a_long_chapter_is_shown_in_stretches_that_lose_nothing():
    parts = tuple(TextRun(f"{number} " + "word " * 200, glue="\n\n") for number in range(100))
    document = Document(title="", source="txt", chapters=(Chapter("", 1, parts),))
    seen, first = [], 0
    while first is not None:
        shown, first = paragraphs(document, DocumentSelection(), 0, first)
        assert sum(len(part.text) for row in shown for part in row) < 33_000
        seen += [part.part for row in shown for part in row]
    assert seen == list(range(100))


def test_the_label_of_every_rule_can_be_told_in_other_languages(app):
    from web.document_page import LABELS

    with app.test_request_context():
        told = {kind: str(label) for kind, label in LABELS.items()}
    assert told == {rule.kind: rule.label for rule in RULES.values()}
