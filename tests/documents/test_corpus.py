"""Made documents give the chapters and the spoken text that they were made of."""

import pytest

from documents.read import read
from documents.types import compose
from tests.documents import making
from tests.documents.corpus import CASES
from tests.documents.scoring import score


@pytest.mark.parametrize("name", CASES)
def test_chapters_and_text_come_out_as_they_went_in(name, tmp_path):
    filename, content, truth = CASES[name]()
    document = read(making.write(tmp_path, filename, content), filename)
    found = [(chapter.level, chapter.title) for chapter in document.chapters]
    assert found == [(chapter.level, chapter.title) for chapter in truth]
    for chapter, expected in zip(document.chapters, truth, strict=True):
        assert compose(chapter) == expected.spoken
    assert score(document, truth).characters == 1
