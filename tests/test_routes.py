"""Every route says who may see it, and is held to it."""

import pytest
from flask import Blueprint

import app as web
from web.access import UndeclaredRoute, audience_of, check_declared, user_only


def test_every_route_says_who_may_see_it(app):
    said = {audience_of(app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()}
    assert said == {"public", "user", "admin"}


def test_an_app_with_a_route_that_does_not_say_who_may_see_it_does_not_start(make_app, monkeypatch):
    room = Blueprint("extra", __name__)
    room.add_url_rule("/extra", "view", lambda: "seen")
    monkeypatch.setattr(web.read_along, "blueprint", room)
    with pytest.raises(UndeclaredRoute) as caught:
        make_app()
    assert "/extra (extra.view)" in caught.value.message
    assert caught.value.message.count("\n") == 0


def test_a_declared_route_is_accepted(app):
    room = Blueprint("extra", __name__)
    room.add_url_rule("/extra", "view", user_only(lambda: "seen"))
    app.register_blueprint(room)
    check_declared(app)
    assert app.test_client().get("/extra").status_code == 303


def test_what_is_for_admins_is_not_there_for_others(app, guest, stranger):
    for rule in app.url_map.iter_rules():
        if audience_of(app.view_functions[rule.endpoint]) != "admin":
            continue
        method = "GET" if "GET" in rule.methods else "POST"
        path = rule.build(dict.fromkeys(rule.arguments, "1"), append_unknown=False)[1]
        assert guest.client.open(path, method=method).status_code == 404, rule
        assert stranger.client.open(path, method=method).status_code in (303, 401), rule
