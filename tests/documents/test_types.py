"""Parts, rules and how a chapter's text is composed from them."""

import json

import pytest

from common.errors import Message
from documents.types import INLINE, LEFT_OUT, RULES, Chapter, Document, TextRun, compose


def chapter(*parts):
    return Chapter("One", 1, parts)


def test_a_text_goes_on_after_what_is_left_out():
    over_a_page = chapter(
        TextRun("The cat sat"),
        TextRun("17", "page_number", "\n\n"),
        TextRun("A HISTORY OF CATS", "running_head", "\n\n"),
        TextRun("on the mat.", glue=" "),
    )
    assert compose(over_a_page) == "The cat sat on the mat."
    with_heads = compose(over_a_page, LEFT_OUT - {"running_head"})
    assert with_heads == "The cat sat\n\nA HISTORY OF CATS\n\non the mat."


def test_hyphens_and_ligatures_stand_as_in_the_source_when_their_rules_are_off():
    word = chapter(
        TextRun("The"),
        TextRun("ﬂ", "ligature", " ", "fl"),
        TextRun("o"),
        TextRun("-\n", "hyphen"),
        TextRun("wer of a well"),
        TextRun("-\n", "hyphen", replaced_by="-"),
        TextRun("known man"),
    )
    assert compose(word) == "The flower of a well-known man"
    assert compose(word, frozenset()) == "The ﬂo-\nwer of a well-\nknown man"
    assert compose(word, LEFT_OUT - {"hyphen"}) == "The flo-\nwer of a well-\nknown man"


def test_nothing_stands_before_the_first_part_that_is_spoken():
    assert compose(chapter(TextRun("9", "page_number"), TextRun("Here.", glue="\n\n"))) == "Here."
    assert compose(chapter()) == ""


def test_single_parts_are_spoken_or_left_out_against_the_rules():
    parts = chapter(TextRun("See"), TextRun("[4]", "reference", " "), TextRun("and rest", glue=" "))
    assert compose(parts) == "See and rest"
    assert compose(parts, overrides={1: True}) == "See [4] and rest"
    assert compose(parts, overrides={2: False}) == "See"


@pytest.mark.parametrize("kind", RULES)
def test_every_rule_can_be_switched(kind):
    glue = " " if kind in INLINE else "\n\n"
    parts = chapter(
        TextRun("Before"), TextRun("what it is about", kind, glue), TextRun("after", glue=" ")
    )
    assert "what it is about" in compose(parts, LEFT_OUT - {kind})
    assert compose(parts, LEFT_OUT | {kind}) == "Before after"
    assert RULES[kind].label
    assert RULES[kind].is_left_out == (kind in LEFT_OUT)


def test_unknown_kinds_and_glues_are_refused():
    with pytest.raises(ValueError, match="gossip"):
        TextRun("He said", "gossip")
    with pytest.raises(ValueError, match="separated"):
        TextRun("He said", glue=";")


def test_a_document_comes_back_from_json():
    document = Document(
        title="Cats",
        chapters=(chapter(TextRun("A", "ligature", " ", "b"), TextRun("c")), Chapter("Two", 2, ())),
        source="pdf",
        author="Ada",
        language="de-AT",
        cover=b"\x89PNG\x00",
        cover_type="image/png",
        notes=(Message("{pages} pages are pictures.", pages=1200), "100% {odd}."),
    )
    again = Document.from_dict(json.loads(json.dumps(document.to_dict())))
    assert again == document
    assert again.notes == ("1,200 pages are pictures.", "100% {odd}.")
    assert again.notes[0].values == {"pages": 1200}
