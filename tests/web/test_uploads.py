"""How much may come with a request: by its route and by who sends it, before it is read."""

import pytest

from tests.conftest import Browser
from tests.support.sending import CONTENT_TYPE, EDGE, multipart
from web.uploads import (
    FIELDS,
    FIELDS_OF_STRANGERS,
    FORM_BYTES,
    STRANGERS_BYTES,
    BodyRules,
    most_bytes,
)

END = f"--{EDGE}--\r\n"
TEXT_ROUTES = ["/generate", "/quote", "/draft", "/speakers", "/files/x.mp3/retake"]


@pytest.fixture
def limits(app):
    return BodyRules(app, app.extensions["voiceverse"].config)


def cookie(browser):
    return f"theme=dark; voiceverse={browser.client.get_cookie('voiceverse').value}"


def test_strangers_have_little_to_send_wherever_they_send_it(app, limits, owner, stranger):
    stranger.csrf_token()
    sent = ["", cookie(stranger), "voiceverse=forged", cookie(owner)[:-5] + "xxxxx", "voiceverse="]
    for rule in app.url_map.iter_rules():
        path = rule.build(dict.fromkeys(rule.arguments, "1"), append_unknown=False)[1]
        for cookies in sent:
            assert limits("POST", path, cookies, False).limit <= STRANGERS_BYTES, (rule, cookies)


def test_people_may_send_what_their_route_takes(limits, owner):
    config, known = owner.services.config, cookie(owner)
    for path in TEXT_ROUTES:
        assert limits("POST", path, known, False).limit == 4 * config.max_characters + FORM_BYTES
    assert limits("POST", "/documents", known, False).limit == most_bytes(config)
    for path in ("/library/groups", "/account/password", "/files/bulk", "/theme"):
        assert limits("POST", path, known, False).limit == FORM_BYTES
    for path in ("/nothing", "/generate/", "/static/icon.svg/x"):
        assert limits("POST", path, known, False).limit <= STRANGERS_BYTES


def test_a_session_is_known_by_the_cookie_that_the_app_goes_by(limits, owner, guest):
    ours, theirs = (one.client.get_cookie("voiceverse").value for one in (owner, guest))
    both = f"voiceverse={ours}; __Host-voiceverse={theirs}"
    plain, secure = (limits("POST", "/generate", both, is_secure) for is_secure in (False, True))
    assert plain.token != secure.token
    assert min(plain.limit, secure.limit) > FORM_BYTES
    for cookies, is_secure in ((f"voiceverse={ours}", True), (f"__Host-voiceverse={ours}", False)):
        assert limits("POST", "/generate", cookies, is_secure).limit == STRANGERS_BYTES


@pytest.mark.parametrize("path", ["/login", "/generate", "/documents", "/nothing"])
def test_a_stranger_who_sends_much_is_refused_before_the_login_is_asked_for(stranger, path):
    answer = stranger.client.post(path, data={"text": "x" * (STRANGERS_BYTES + 1)})
    assert answer.status_code == (404 if path == "/nothing" else 413)


def test_a_form_without_text_takes_a_megabyte_and_says_so(owner):
    token = owner.csrf_token()
    answer = owner.post("/theme", {"theme": "x" * FORM_BYTES}, csrf=token, json=True)
    assert answer.status_code == 413
    assert answer.json["error"] == "That is more than this form can hold. Nothing was changed."
    assert owner.post("/theme", {"theme": "dark"}, csrf=token, json=True).status_code == 204


def test_a_text_of_the_full_size_is_taken(make_app, password_hash):
    app = make_app(max_characters=300_000)
    browser = Browser(app, app.extensions["voiceverse"].db.create_user("anna", password_hash))
    assert browser.post("/quote", {"text": "x" * 300_000}, json=True).status_code == 200
    large = {"text": "é" * 300_000}  # six bytes each on their way
    assert browser.post("/quote", large, json=True).status_code in (200, 413)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_of_countless_fields_is_refused(owner, kind):
    many = {f"field{number}": "x" for number in range(FIELDS + 1)}
    answer = owner.client.post(
        "/library/groups", data={"csrf_token": owner.csrf_token(), **many}, content_type=kind
    )
    assert answer.status_code == 413


def test_a_stranger_sends_few_fields(stranger):
    many = {f"field{number}": "x" for number in range(FIELDS_OF_STRANGERS + 1)}
    assert stranger.client.post("/login", data=many).status_code == 413


def test_a_thousand_ticked_pieces_are_not_too_many(owner):
    names = [f"20260101-{number:016x}.mp3" for number in range(1000)]
    answer = owner.post("/files/bulk", {"filename": names, "action": "delete"}, json=True)
    assert answer.status_code == 404


def test_fields_beside_a_file_may_not_be_large(owner):
    fields = {"csrf_token": owner.csrf_token(), "url": "x" * (FORM_BYTES + 1)}
    body = multipart([("lamp.txt", b"A lamp.")], **fields)
    answer = owner.client.post("/documents", data=body, content_type=CONTENT_TYPE)
    assert answer.status_code == 413


def test_an_upload_that_is_refused_half_way_leaves_nothing(owner):
    fields = {f"field{number}": "x" for number in range(FIELDS)}
    body = multipart([("lamp.txt", b"A lamp.")] * 3)[: -len(END)] + multipart([], **fields)
    answer = owner.client.post("/documents", data=body, content_type=CONTENT_TYPE)
    assert answer.status_code == 413
    assert list(owner.services.config.imports_dir.iterdir()) == []
