"""What answers carry, whatever they are."""

import pytest

from tests.conftest import PASSWORD
from web import security_headers as module

HTTPS = "https://localhost"


@pytest.fixture
def answers(owner):
    """One answer of each kind: a page, JSON, errors, sound, files, static text."""
    filename = owner.speak(name="Harbour")
    found = {
        path: owner.get(path)
        for path in (
            *("/", "/login", "/library", "/static/icon.svg", "/nothing", "/worker.js"),
            *(f"/files/{filename}", f"/files/{filename}/text", f"/captions/{filename}.vtt"),
            *(f"/audio/{filename}", f"/download/{filename}", "/security.csv", "/account/export"),
            *("/manifest.webmanifest", "/health"),
        )
    }
    found["redirect"] = owner.get("/login")
    found["json"] = owner.get("/library", json=True)
    found["refused"] = owner.post("/generate", {"text": "Hello."}, csrf="stale")
    found["range"] = owner.get(f"/audio/{filename}", headers={"Range": "bytes=0-9"})
    found["beyond"] = owner.get(f"/audio/{filename}", headers={"Range": "bytes=99999999-"})
    found["strange host"] = owner.get("/", headers={"Host": "evil.example"})
    return found


def test_every_answer_carries_what_keeps_other_sites_out(answers):
    for name, answer in answers.items():
        for header, value in module.ALWAYS.items():
            assert answer.headers[header] == value, (name, header)
        assert len(answer.headers["X-Request-Id"]) == 16, name


def test_no_other_site_is_let_in(answers):
    for name, answer in answers.items():
        names = {header.lower() for header, _ in answer.headers}
        assert not any(header.startswith("access-control") for header in names), name


def test_no_answer_repeats_what_was_asked(owner, stranger):
    for browser, path in ((owner, "/"), (stranger, "/login"), (stranger, "/static/icon.svg")):
        answer = browser.client.open(path, method="TRACE", headers={"X-Planted": "planted"})
        assert answer.status_code == 405
        assert "planted" not in f"{answer.headers} {answer.text}"


def test_no_folder_is_listed(owner):
    for path in ("/static/", "/static/js", "/static/js/", "/audio/", "/files/"):
        assert owner.get(path).status_code == 404, path


def test_no_policy_allows_what_is_unsafe(answers):
    for name, answer in answers.items():
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, name
        assert "*" not in policy, name
        assert "http:" not in policy, name
        for directive in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
            assert directive in policy, (name, directive)


def test_pages_allow_no_plugin_and_no_form_to_elsewhere(answers):
    policy = answers["/"].headers["Content-Security-Policy"]
    assert "object-src 'none'" in policy
    assert "form-action 'self'" in policy


def test_nothing_of_this_origin_may_use_camera_microphone_or_place(answers):
    allowed = answers["/"].headers["Permissions-Policy"]
    for feature in ("camera", "microphone", "geolocation", "payment", "usb"):
        assert f"{feature}=()" in allowed


def test_pages_are_kept_by_nobody_and_sound_by_the_browser_alone(answers):
    for name in ("/", "/library", "refused", "/nothing", "/security.csv", "/login"):
        assert answers[name].headers["Cache-Control"] == "private, no-store", name
    for name in ("range", "redirect"):
        assert answers[name].headers["Cache-Control"].startswith("private"), name
    assert answers["json"].headers["Cache-Control"] == "private, no-cache"  # of a list
    for name, answer in answers.items():
        if name.startswith(("/audio", "/download", "/captions", "/files")):
            assert answer.headers["Cache-Control"].startswith("private"), name


def test_a_sound_that_has_not_changed_stays_the_browsers_own(owner):
    filename = owner.speak()
    etag = owner.get(f"/audio/{filename}").headers["ETag"]
    answer = owner.get(f"/audio/{filename}", headers={"If-None-Match": etag})
    assert answer.status_code == 304
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_what_people_brought_along_runs_nowhere(answers):
    somebodys = [name for name in answers if name.endswith(("/text", ".vtt", ".csv", "/export"))]
    somebodys += [name for name in answers if name.startswith("/download")]
    assert len(somebodys) == 5
    for name in somebodys:
        assert "sandbox" in answers[name].headers["Content-Security-Policy"], name
        assert "script-src" not in answers[name].headers["Content-Security-Policy"], name


def test_downloads_are_files_to_keep(answers):
    kept = [name for name in answers if name.endswith((".csv", "/export"))]
    kept += [name for name in answers if name.startswith("/download")]
    for name in kept:
        assert answers[name].headers["Content-Disposition"].startswith("attachment"), name


def test_text_says_how_it_is_encoded(answers):
    for name, answer in answers.items():
        if answer.mimetype.startswith("text/") and answer.data:
            assert answer.mimetype_params.get("charset", "").lower() == "utf-8", name


def test_https_is_asked_for_under_https_alone(owner):
    assert "Strict-Transport-Security" not in owner.get("/login").headers
    answer = owner.client.get("/login", base_url=HTTPS)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_cookies_are_bound_to_the_host_under_https(stranger):
    page = stranger.client.get("/login", base_url=HTTPS)
    token = page.text.partition('name="csrf-token" content="')[2].partition('"')[0]
    form = {"username": "vera", "password": PASSWORD, "csrf_token": token}
    answer = stranger.client.post("/login", data=form, base_url=HTTPS)
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {
        "__Host-voiceverse",
        "__Host-voiceverse_device",
    }
    for cookie in cookies:
        parts = {part.strip() for part in cookie.split(";")}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts
        assert "Domain" not in cookie
    assert stranger.client.get("/", base_url=HTTPS).status_code == 200
    assert stranger.client.get("/").status_code == 303  # not known without https


def test_a_cookie_of_plain_http_opens_nothing_under_https(owner):
    with owner.client.session_transaction() as session:
        token = session["login"]
    assert token
    cookie = owner.client.get_cookie("voiceverse")
    headers = {"Cookie": f"voiceverse={cookie.value}"}
    fresh = owner.client.application.test_client(use_cookies=False)
    assert fresh.get("/", headers=headers).status_code == 200
    assert fresh.get("/", headers=headers, base_url=HTTPS).status_code == 303


def test_a_theme_is_kept_and_taken_back(owner):
    for theme, is_kept in (("dark", True), ("", False)):
        owner.post("/theme", {"theme": theme})
        assert bool(owner.client.get_cookie("voiceverse_theme")) == is_kept
        assert ('data-theme="dark"' in owner.get("/").text) == is_kept
