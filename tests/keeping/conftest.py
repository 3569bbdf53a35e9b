import os
import tempfile
from pathlib import Path

import pytest

from keeping import backing
from tests.keeping.places import Place

MEMORY = Path("/dev/shm")


@pytest.fixture
def tmp_path(tmp_path):
    """A folder in memory where there is one: kills are tested here, not power losses."""
    if not os.access(MEMORY, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def place(tmp_path):
    """A data folder with something of everything."""
    place = Place(tmp_path).fill()
    yield place
    place.close()


@pytest.fixture
def backup(place):
    """A backup of it, without keys."""
    return backing.make(place.config)
