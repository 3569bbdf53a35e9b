"""Office documents of many kinds end in text or in one sentence, whatever is wrong with them."""

import random

import pytest

from documents.errors import DocumentError
from documents.limits import Limits
from documents.office_paragraphs import author_from, title_from
from documents.read import read
from documents.types import compose
from tests.documents import making
from tests.documents.damage import mutated
from tests.documents.making_office import item, level, lists, odt, p, r, rtf, table, word

LIMITS = Limits(wall_s=20, cpu_s=5)
SOUND = {
    "a.docx": word(
        item("One") + item("Two") + table((p("a"), p("b"))) + p(r("bold", "<w:b/>")),
        numbering=lists(level(0, "decimal", "%1.")),
    ),
    "a.odt": odt('<text:h text:outline-level="1">One</text:h><text:p>It was late.</text:p>'),
    "a.rtf": rtf(r"One\par{\listtext 1.\tab}Two{\footnote Aside.}\par a\cell b\cell\row"),
}
HOSTILE = {
    "text boxes in text boxes": ("a.docx", word("<w:p><w:r><w:txbxContent>" * 5000 + p("x"))),
    "fields in fields": (
        "a.docx",
        word(p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 5000 + r("Late."))),
    ),
    "styles based on themselves": (
        "a.docx",
        word(
            p("Late.", '<w:pStyle w:val="a"/>'),
            styles='<w:style w:styleId="a"><w:basedOn w:val="a"/></w:style>',
        ),
    ),
    "sections in sections": ("a.odt", odt("<text:section>" * 5000 + "<text:p>x</text:p>")),
    "formulas in formulas": ("a.rtf", rtf(r"Late. {\*\moMath" + r"{\me{\mr x}" * 5000)),
    "fields that never end": ("a.rtf", rtf(r"Late. " + r"{\field{\*\fldinst x" * 5000)),
    "pieces of letters": ("a.rtf", rtf(r"Late. \u-10179?\u-10179?\u-9? {\f2 \'93}")),
}


def outcome(folder, filename, content):
    try:
        document = read(making.write(folder, filename, content), filename, limits=LIMITS)
    except DocumentError as error:
        return error.message
    return "\n\n".join(compose(chapter) for chapter in document.chapters)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_office_document_ends_in_its_text_or_in_a_sentence(name, tmp_path):
    filename, content = HOSTILE[name]
    assert outcome(tmp_path, filename, content)


@pytest.mark.parametrize("filename", SOUND)
def test_a_damaged_office_document_ends_in_its_text_or_in_a_sentence(filename, tmp_path):
    for seed in range(5):
        assert outcome(tmp_path, filename, mutated(SOUND[filename], random.Random(seed)))


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Document1", ""),
        ("Dokument 12", ""),
        ("Microsoft Word - report.doc", ""),
        ("report_final.docx", ""),
        ("Normal.dotm", ""),
        ("  ", ""),
        ("The Normal Heart", "The Normal Heart"),
        ("Documents of the War", "Documents of the War"),
    ],
)
def test_a_title_that_a_program_filled_in_is_none(written, title):
    assert title_from(written) == title


@pytest.mark.parametrize(
    ("written", "author"),
    [("Ada Holm", "Ada Holm"), ("python-docx", ""), ("Windows User", ""), ("Owner ", ""), ("", "")],
)
def test_a_program_that_names_itself_is_no_author(written, author):
    assert author_from(written) == author
