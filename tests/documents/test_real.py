"""Real books say the same in every format they come in."""

import pytest

from tests.documents.real import ALONE, PAIRS, compared, opened


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.other.name)
def test_a_real_book_says_the_same_in_another_format(pair, tmp_path):
    if not pair.is_here:
        pytest.skip(f"the Debian package {pair.package} is not installed")
    score = compared(pair, tmp_path)
    assert score.chapters >= 0.95
    assert score.characters >= 0.95


@pytest.mark.parametrize(("path", "title", "chapters"), ALONE, ids=lambda value: str(value)[-24:])
def test_a_real_document_has_its_chapters(path, title, chapters, tmp_path):
    if not path.exists():
        pytest.skip(f"{path} is not installed")
    document = opened(path, tmp_path)
    assert title in [chapter.title for chapter in document.chapters]
    assert len(document.chapters) >= chapters
