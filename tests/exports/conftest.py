"""A book of three chapters, spoken once, and files made of it."""

import pytest

from services.export_worker import ExportWorker
from tests.exports.listening import Made
from tests.support.making import Home, prose

TITLES = ("The harbour", "The <storm> & after", "Home")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("book"))
    yield home
    home.close()


@pytest.fixture(scope="module")
def book(home):
    """The row of a piece with three chapters; the second begins with its title."""
    texts = [prose(500, 1), f"{TITLES[1]}\n\n{prose(700, 2)}", f"{prose(300, 3)} [pause 1s] End."]
    text, chapters = "", []
    for title, part in zip(TITLES, texts, strict=True):
        chapters.append((title, len(text)))
        text += f"{part}\n\n"
    return home.speak(text, name="Harbour & Home", category="Sea", chapters=chapters)


@pytest.fixture(scope="module")
def make(home, book):
    """A function that makes a file of the book through the front door; made once a module."""
    made = {}

    def make(key, lufs=-19.0):
        if (key, lufs) not in made:
            exports = home.studio.exports
            export = exports.order(book, key, lufs)
            ExportWorker(exports, "tests", home.worker.stop, home.worker.states).run_pending()
            export = exports.get(book, export["id"])
            assert export["status"] == "ready", export["error"]
            with exports.files.open(export["name"]) as file:
                made[key, lufs] = Made(file.read(), book["duration"])
                assert export["size"] == len(made[key, lufs].data)
        return made[key, lufs]

    return make
