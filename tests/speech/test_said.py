import pytest

from tests.speech.said import all_said, faults

LANGUAGES = ("de", "en", "en-gb", "es", "fr", "it", "nl", "pl", "pt", "sv")
ROWS = list(all_said())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.language}: {row.text}")
def test_what_is_written_is_read_as_a_person_reads_it(row):
    assert faults(row) == []


def test_every_kind_of_saying_is_tried_in_the_languages_that_have_rules():
    kinds = {
        language: {row.kind for row in ROWS if row.language == language} for language in LANGUAGES
    }
    for language in ("es", "fr", "it", "nl", "pl", "pt", "sv"):
        assert kinds[language] >= kinds["fr"] - {"weekdays"}, language
        assert len([row for row in ROWS if row.language == language]) >= 60, language
