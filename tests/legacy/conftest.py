"""An install of the older app, ready to be moved."""

from pathlib import Path

import pytest

from tests.legacy.installs import make_typical_install


class Install:
    """A folder with `saved_audio/` and a data folder beside it."""

    def __init__(self, root: Path):
        self.root = root
        self.source = root / "saved_audio"
        self.database = root / "data" / "voiceverse.db"
        self.place = ("--source", self.source, "--db", self.database)


@pytest.fixture
def install(tmp_path: Path) -> Install:
    made = Install(tmp_path / "install")
    make_typical_install(made.source)
    return made
