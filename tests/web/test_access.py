import base64
import hmac
import re

import pytest
from flask import Blueprint

from accounts.types import Visitor
from tests.conftest import PASSWORD, Browser
from web.csrf import StaleForm
from web.redirects import local_path

PAGE = {"Accept": "text/html", "Upgrade-Insecure-Requests": "1"}  # as every browser asks for one
PAGES = ["/", "/library", "/history", "/usage", "/account", "/security", "/files/x.mp3"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_send_strangers_to_the_login_and_back(stranger, path):
    answer = stranger.get(path)
    assert answer.status_code == 303
    target = answer.headers["Location"]
    assert target.startswith("/login")
    assert path == "/" or f"next={path}" in target.replace("%2F", "/")


@pytest.mark.parametrize("path", [*PAGES, "/audio/x.mp3", "/download/x.mp3", "/captions/x.mp3.vtt"])
def test_programs_without_a_session_get_401_and_a_sentence(stranger, path):
    answer = stranger.get(path, json=True)
    assert answer.status_code == 401
    assert answer.json["error"]


def test_every_route_but_the_named_ones_asks_for_login(app, stranger):
    public = {"web.setup", "web.register", "web.login", "web.log_in", "monitoring.health", "static"}
    public |= {"site.joined", "site.manifest", "site.worker", "account.reset"}
    public |= {"share_links.listen", "share_links.sound", "share_links.state"}
    public |= {"two_factor.step", "two_factor.take_step", "passkeys.ask", "passkeys.sign_in"}
    for rule in app.url_map.iter_rules():
        method = "GET" if "GET" in rule.methods else "POST"
        path = rule.build(dict.fromkeys(rule.arguments, "1"), append_unknown=False)[1]
        status = stranger.client.open(path, method=method).status_code
        assert (status in (303, 401)) == (rule.endpoint not in public), (rule.endpoint, status)


def test_a_new_view_needs_login_unless_it_opts_out(make_app):
    app = make_app()
    extra = Blueprint("extra", __name__)
    extra.add_url_rule("/extra", "view", lambda: "seen")
    app.register_blueprint(extra)
    assert app.test_client().get("/extra").status_code == 303


def test_a_login_leads_to_the_page_that_was_asked_for(stranger):
    answer = stranger.post(
        "/login", {"username": "vera", "password": PASSWORD, "next": "/library?q=tea"}
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/library?q=tea"
    assert stranger.get("/library").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "library",
        "",
        None,
    ],
)
def test_a_login_never_leads_to_another_site(app, target):
    with app.test_request_context():
        assert local_path(target) == "/"


def test_a_wrong_password_shows_the_form_with_the_name_and_one_sentence(stranger):
    answer = stranger.post("/login", {"username": "vera", "password": "wrong"})
    assert answer.status_code == 401
    assert "Wrong name or password" in answer.text
    assert 'value="vera"' in answer.text
    assert "wrong" not in answer.text
    assert stranger.events()[0] == "login_failed"


def test_too_many_attempts_say_how_long_to_wait(stranger):
    for _ in range(6):
        stranger.services.db.log_security_event("login_failed", username="vera", success=False)
    answer = stranger.post("/login", {"username": "vera", "password": PASSWORD}, json=True)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert "Too many attempts" in answer.json["error"]


def test_cookies_are_for_this_site_alone_and_secure_over_https(stranger):
    token = stranger.csrf_token()
    form = {"username": "vera", "password": PASSWORD, "csrf_token": token}
    answer = stranger.client.post("/login", data=form)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"voiceverse", "voiceverse_device"}
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)
    assert not any("Secure" in cookie for cookie in cookies)
    answer = stranger.client.get("/login", base_url="https://localhost")
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("path", ["/generate", "/logout", "/account/password", "/files/bulk"])
@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_the_right_token_is_refused_logged_and_changes_nothing(owner, path, token):
    answer = owner.post(path, {"text": "Hello there."}, csrf=token)
    assert answer.status_code == 403
    assert str(StaleForm.message) in answer.text
    assert owner.events()[0] == "csrf_refused"
    assert owner.get("/library", json=True).json["files"] == []


def test_the_login_form_needs_its_token_too(stranger):
    answer = stranger.post("/login", {"username": "vera", "password": PASSWORD}, csrf="0" * 64)
    assert answer.status_code == 403
    assert stranger.get("/library").status_code == 303


def test_a_token_of_another_session_is_refused(owner, guest):
    answer = owner.post("/generate", {"text": "Hello."}, csrf=guest.csrf_token())
    assert answer.status_code == 403


def test_a_token_in_the_header_serves_as_well(owner):
    headers = {"X-CSRF-Token": owner.csrf_token(), "Accept": "application/json"}
    answer = owner.client.post("/generate", data={"text": "Hello there."}, headers=headers)
    assert answer.status_code == 202


def test_an_origin_that_is_no_address_is_elsewhere(owner):
    headers = {"X-CSRF-Token": owner.csrf_token(), "Origin": "http://[", "Accept": "text/html"}
    answer = owner.client.post("/generate", data={"text": "Hello there."}, headers=headers)
    assert answer.status_code == 403
    ours = headers | {"Origin": "http://localhost"}
    answer = owner.client.post("/generate", data={"text": "Hello there."}, headers=ours)
    assert answer.status_code == 303


@pytest.mark.parametrize("number", [2**63, 10**30, "1" * 5000])
def test_numbers_that_no_row_can_have_lead_nowhere(owner, number):
    for path in ("/admin/providers/{}", "/admin/people/{}", "/files/x/exports/{}", "/documents/{}"):
        assert owner.get(path.format(number)).status_code == 404
    for path in ("/admin/people/{}/limits", "/account/passkeys/{}/name", "/files/x/takes/{}"):
        assert owner.post(path.format(number), {"name": "x"}).status_code == 404


def test_a_form_leads_nowhere_else_by_an_address_that_is_none(owner):
    bulk = {"filename": owner.speak(), "action": "delete", "next": "http://["}
    assert owner.post("/files/bulk", bulk).headers["Location"] == "/"


def test_logout_ends_the_session_on_the_server(app, owner):
    with owner.client.session_transaction() as session:
        token = session["login"]
    assert owner.post("/logout").status_code == 303
    assert owner.get("/").status_code == 303
    other = Browser(app)
    with other.client.session_transaction() as session:
        session["login"] = token
    assert other.get("/").status_code == 303
    assert owner.events()[0] == "logout"


def test_logout_by_a_link_is_not_possible(owner):
    assert owner.get("/logout").status_code == 405
    assert owner.get("/").status_code == 200


def test_a_forged_cookie_opens_nothing(stranger):
    stranger.client.set_cookie("voiceverse", "eyJsb2dpbiI6ImEifQ.Zx.forged")
    assert stranger.get("/").status_code == 303


def test_cookies_are_signed_by_sha256_and_no_weaker(app, owner):
    value = owner.client.get_cookie("voiceverse").value
    signature = value.rpartition(".")[2]
    assert len(base64.urlsafe_b64decode(f"{signature}=")) == 32
    assert app.session_interface.get_signing_serializer(app).loads(value)["login"]
    content = value.rpartition(".")[0].encode()
    key = hmac.digest(app.secret_key, b"cookie-session", "sha1")
    weaker = base64.urlsafe_b64encode(hmac.digest(key, content, "sha1")).rstrip(b"=").decode()
    browser = Browser(app)
    browser.client.set_cookie("voiceverse", f"{content.decode()}.{weaker}")
    assert browser.get("/").status_code == 303


def test_passwords_are_masked_and_managers_know_their_fields(owner, stranger, services):
    invite = services.accounts.create_invite(owner.user, Visitor())
    pages = (stranger.get("/login"), stranger.get(f"/register?invite={invite}"))
    pages += (owner.get("/account"), owner.get("/account/second-step"))
    fields = [
        field
        for page in pages
        for field in re.findall(r"<input[^>]*>", page.text)
        if re.search(r'name="(password|current|leave_password)"', field)
    ]
    assert len(fields) >= 5
    for field in fields:
        assert 'type="password"' in field, field
        assert re.search(r'autocomplete="(current|new)-password"', field), field
        assert "onpaste" not in field


@pytest.mark.parametrize("path", ["/", "/library", "/documents", "/usage", "/account", "/admin"])
def test_every_page_has_a_way_out(owner, path):
    assert '<form method="post" action="/logout"' in owner.get(path).text


def test_answers_carry_the_headers_that_keep_other_sites_out(owner):
    headers = owner.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "private, no-store"
    assert len(headers["X-Request-Id"]) == 16


def test_pages_need_no_inline_script_or_style(owner):
    owner.speak()
    for path in ["/", "/library", "/history", "/usage", "/account", "/security", "/admin"]:
        page = owner.get(path).text
        assert "style=" not in page, path
        assert " onclick" not in page
        scripts = re.findall(r"<script([^>]*)>", page)
        assert scripts
        for script in scripts:
            is_data = 'type="application/json"' in script
            assert is_data or 'src="/static/' in script or "nonce=" in script, (path, script)


def test_inline_scripts_carry_the_nonce_of_their_answer_alone(owner):
    answers = [owner.get("/usage") for _ in range(2)]
    nonces = [re.search(r'<script type="module"[^>]* nonce="([^"]+)"', a.text)[1] for a in answers]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        assert len(nonce) >= 16
        assert f"script-src 'self' 'nonce-{nonce}';" in answer.headers["Content-Security-Policy"]


def test_answers_without_a_page_allow_no_inline_script(owner):
    policy = owner.get("/library", json=True).headers["Content-Security-Policy"]
    assert "nonce-" not in policy


def test_static_files_are_kept_by_browsers_under_a_versioned_address(owner):
    page = owner.get("/").text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert "?v=" in address
    assert "immutable" in owner.get(address).headers["Cache-Control"]


def test_one_query_tells_who_is_asking(owner):
    connection = owner.services.db._connection
    statements = []
    connection.set_trace_callback(statements.append)
    owner.get("/files/none.mp3", json=True)
    connection.set_trace_callback(None)
    assert len([text for text in statements if text.lstrip().startswith("SELECT")]) == 2


@pytest.mark.parametrize("gone_to", [PAGE, PAGE | {"Sec-Fetch-Mode": "navigate"}])
def test_an_ended_session_leaves_the_cookie_to_pages_that_are_gone_to(owner, services, gone_to):
    services.db.write("DELETE FROM sessions")
    by_itself = [{"Accept": kind} for kind in ("application/json", "*/*", "text/html")]
    by_itself += [PAGE | {"Sec-Fetch-Mode": mode} for mode in ("cors", "same-origin", "no-cors")]
    for headers in by_itself:
        answer = owner.get("/whose", headers=headers)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["X-Account"] == "none"
        assert "Clear-Site-Data" in answer.headers
    answer = owner.get("/library", headers=gone_to)
    assert "Set-Cookie" in answer.headers
    assert "Clear-Site-Data" in answer.headers
    assert "Clear-Site-Data" not in owner.get("/login", headers=gone_to).headers


def test_a_form_made_from_an_ended_session_is_taken_with_the_cookie_it_came_with(owner, services):
    services.db.write("DELETE FROM sessions")
    token = owner.get("/login", json=True).get_json()["csrf_token"]
    form = {"username": "vera", "password": PASSWORD, "csrf_token": token}
    answer = owner.client.post("/login", data=form, headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert owner.get("/library").status_code == 200
