"""Documents of the kinds that people reported give what they should."""

import pytest

from tests.documents.cases import all_cases, faults


@pytest.mark.parametrize("case", list(all_cases()), ids=lambda case: f"{case.kind}-{case.name}")
def test_a_reported_kind_of_document_gives_what_is_right(case, tmp_path):
    assert faults(case, tmp_path) == []
