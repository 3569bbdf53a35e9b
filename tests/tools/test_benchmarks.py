"""What the numbers are measured against."""

import sys
from urllib.request import urlopen

from tools.benchmarks.program import Program
from tools.benchmarks.provider import stand_in

EMPTY_VIEW = (sys.executable, "-m", "tools.benchmarks.empty_view")


def test_the_empty_view_that_pages_are_compared_with_is_served(tmp_path):
    with Program(tmp_path / "empty", EMPTY_VIEW) as program:
        host, port = program.address
        with urlopen(f"http://{host}:{port}/login") as answer:
            assert (answer.status, answer.read()) == (200, b"")


def test_the_provider_that_overlap_is_measured_with_starts():
    with stand_in() as url:
        assert url.startswith("http://127.0.0.1:")
