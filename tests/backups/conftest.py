import pytest

from backups import create
from tests.backups.places import Place
from tests.support.disks import in_memory


@pytest.fixture
def tmp_path(tmp_path):
    """A folder in memory where there is one: kills are tested here, not power losses."""
    with in_memory(tmp_path) as folder:
        yield folder


@pytest.fixture
def place(tmp_path):
    """A data folder with something of everything."""
    place = Place(tmp_path).fill()
    yield place
    place.close()


@pytest.fixture
def backup(place):
    """A backup of it, without keys."""
    return create.make(place.config)
