"""Who gets at what: the short form in every run, the whole matrix in the slow one."""

import pytest
from flask import Blueprint, Response, request

from blueprints import read_along
from tools.attack import csrf
from tools.attack.matrix import Matrix, UnknownPart
from tools.attack.scene import Scene
from web import etags
from web.access import user_only
from web.services import services


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path / "data")
    yield made
    made.close()


def with_a_room(monkeypatch, tmp_path, path, view):
    """A scene whose app has one more route."""
    room = Blueprint("extra", __name__)
    room.add_url_rule(path, "view", user_only(view))
    monkeypatch.setattr(read_along, "blueprint", room)
    return Scene(tmp_path / "data")


def test_strangers_and_others_get_at_nothing_by_path(scene):
    tally = Matrix(scene, short=True).run()
    assert tally.failures == []
    assert tally.cases >= 150
    assert tally.by_kind["tag"] >= 4


@pytest.mark.slow
def test_nobody_gets_at_what_is_somebody_elses(scene):
    tally = Matrix(scene).run()
    assert tally.failures == []
    assert tally.cases >= 500
    assert set(tally.by_kind) == {"plain", "path", "query", "body", "batch", "tag", "listener"}


@pytest.mark.slow
def test_every_form_that_another_site_sends_is_refused(scene):
    tally = csrf.run(scene)
    assert tally.failures == []
    assert tally.cases >= 400


@pytest.mark.slow
def test_a_route_that_shows_others_files_is_found(monkeypatch, tmp_path):
    def leak(filename):
        found = services().db.row("SELECT text FROM audio_files WHERE filename = ?", filename)
        return Response(found["text"] if found else "")

    scene = with_a_room(monkeypatch, tmp_path, "/leak/<filename>", leak)
    failures = Matrix(scene, short=True).run().failures
    scene.close()
    assert any("/leak/<filename> as other: shows what is the owner's" in line for line in failures)
    assert any("/leak/<filename> as other, path" in line for line in failures)


def test_a_list_that_takes_anothers_tag_for_its_own_is_found(monkeypatch, scene):
    monkeypatch.setattr(etags, "library_state", lambda: b"everybody's")
    failures = Matrix(scene, short=True).run().failures
    assert "GET /library as other, with a tag: 304" in failures


def test_a_route_with_a_part_that_is_not_known_stops_the_matrix(monkeypatch, tmp_path):
    scene = with_a_room(monkeypatch, tmp_path, "/extra/<thing>", lambda thing: thing)
    with pytest.raises(UnknownPart, match="thing"):
        Matrix(scene, short=True).run()
    scene.close()


@pytest.mark.slow
def test_a_route_that_asks_for_an_unknown_parameter_stops_the_matrix(monkeypatch, tmp_path):
    scene = with_a_room(
        monkeypatch, tmp_path, "/extra", lambda: request.args.get("neighbours_file", "")
    )
    with pytest.raises(UnknownPart, match="neighbours_file"):
        Matrix(scene, short=True).run()
    scene.close()
