"""A mistake in a form is told in the form: on its page, at the field, with what was typed."""

import json
import re
from urllib.parse import urlencode

import pytest

from tests.support.serving import App, Client
from web.access import audience_of

LONG = "x" * 600
# They take away what the other forms need, or ask for a password, which may be tried five times.
ENDING = ("pronunciations.remove", "files.delete", "library.delete_group", "usage.clear")
GUARDED = ("/account/password", "/account/delete", "/account/second-step", "/account/passkeys")
PROVIDER = {
    **{"base_url": "http://127.0.0.1:9/v1", "model": "m", "allows_own_keys": "1", "price": "0"},
    **{"parallel": "1", "timeout_s": "1", "protocol": "speech"},
}
# Where a form is sent, the page that it stands on, what is sent, and the fields that are wrong.
# "" is the form as a whole; None a form that is not on the page now.
FORMS = [
    ("/account/password", "/account", {"current": "no", "password": "short"}, "current password"),
    ("/account/sessions", "/account", {"session_id": "x"}, ""),
    ("/account/voice", "/account", {"voice": "", "speed": "fast"}, "speed"),
    ("/account/stand-in", "/account", {"rule": "x"}, "rule"),
    ("/account/keys/{provider}", "/account", {"own_key": "a b"}, "own_key"),
    ("/account/second-step/confirm", "/account/second-step", {"current": "", "code": "1"}, None),
    ("/language", "/account", {"language": "xx"}, ""),
    ("/pronunciations", "/pronunciations", {"pattern": " ", "replacement": LONG},
     "pattern replacement"),
    ("/pronunciations", "/pronunciations", {"pattern": "tide", "replacement": "low"}, "pattern"),
    ("/pronunciations/{entry}", "/pronunciations/{entry}", {"pattern": "", "replacement": "kept"},
     "pattern"),
    ("/pronunciations/try", "/pronunciations",
     {"act": "quote", "pattern": LONG, "sentence": "kept"}, "pattern"),
    ("/pronunciations/import", "/pronunciations", {}, "table"),
    ("/library/groups", "/library", {"name": LONG}, "name"),
    ("/library/groups/rename", "/library?group=Reading", {"group": "Reading", "name": LONG},
     "name"),
    ("/files/bulk", "/library", {"action": "move", "category": "kept"}, ""),
    ("/library/purge", "/library/bin", {}, None),
    ("/library/restore", "/library", {}, None),
    ("/files/{file}/rename", "/files/{file}", {"name": LONG}, "name"),
    ("/files/{file}/move", "/files/{file}", {"category": LONG}, "category"),
    ("/files/{file}/retry", "/files/{file}", {}, None),
    ("/files/{file}/exports", "/files/{file}", {"loudness": "x", "format": "wav"}, "loudness"),
    ("/files/{file}/retake", "/files/{file}/retake?at=0", {"start": "0", "end": "4", "text": ""},
     "text"),
    ("/files/{file}/retake", "/files/{file}/retake?at=0", {"start": "x", "text": "kept"}, "text"),
    ("/generate", "/", {"text": "kept", "name": LONG}, "name"),
    ("/generate", "/", {"text": "kept", "speed": "fast"}, "speed"),
    ("/preview", "/voices", {"voice": "none:such", "sentence": "A tide."}, ""),
    ("/documents", "/documents", {}, "file"),
    ("/history/forget", "/history/plays", {"id": "x"}, ""),
    ("/admin/security", "/admin/security", {"registration": "x"}, "registration"),
    ("/admin/security", "/admin/security", {"security_log_days": "x"}, "security_log_days"),
    ("/admin/security", "/admin/security", {"second_factor": "x"}, "second_factor"),
    ("/admin/storage", "/admin/storage", {"bin_days": "x"}, "bin_days"),
    ("/admin/bought-sound", "/admin/storage", {"rule": "x"}, "rule"),
    ("/admin/invites/revoke", "/admin", {"id": "x"}, ""),
    ("/admin/people/{user}", "/admin/people/{user}", {"action": "x"}, ""),
    ("/admin/people/{user}/limits", "/admin/people/{user}", {"daily_characters": "x"},
     "daily_characters"),
    ("/admin/people/{user}/delete", "/admin/people/{user}", {"confirm": "x"}, "confirm"),
    ("/admin/providers", "/admin/providers", PROVIDER | {"base_url": "nowhere", "label": "kept"},
     "base_url"),
    ("/admin/providers/{provider}", "/admin/providers/{provider}",
     PROVIDER | {"label": "", "model": "kept"}, "label"),
    ("/admin/providers/{provider}/action", "/admin/providers", {"action": "x"}, ""),
    ("/admin/voices", "/admin/voices", {"action": "x"}, ""),
    ("/account/delete", "/account", {"leave_password": "no"}, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """An app with an owner who has one of everything; their browser and what it is called."""
    with App(tmp_path_factory.mktemp("house"), VOICEVERSE_REGISTRATION="open") as app:
        other = Client(app)
        owner = Client(app).set_up()
        fields = {"username": "otto", "password": "linden copper harbour moth"}
        other.post("/register", form="/register", **fields)
        file = owner.generate("A tide. A lamp.", name="Kept", category="Reading")["filename"]
        owner.until_ready(file)
        heard = owner.generate("The lamp was lit and it was late. " * 10, name="Heard")["filename"]
        owner.until_ready(heard)
        _, _, begun = owner.post(f"/playback/{heard}", accept="application/json")
        number = str(json.loads(begun)["id"])
        owner.post(f"/playback/{heard}", id=number, position_s="10")
        owner.post("/pronunciations", pattern="tide", replacement="low")
        owner.post("/admin/invites")
        owner.post("/admin/providers", label="Kept", **PROVIDER)
        yield owner, other, {"file": file, "entry": "1", "user": "2", "provider": "1"}


def send(browser, path, page, fields, **headers):
    """Send a form as a browser does from a page; status, headers and the page that answers."""
    body = urlencode({**fields, "csrf_token": browser.token()}).encode()
    said = {"Accept": "text/html", "Sec_Fetch_Site": "same-origin", **headers}
    said["Content_Type"] = "application/x-www-form-urlencoded"
    said.setdefault("Referer", f"http://127.0.0.1:{browser.app.port}{page}")
    status, answered, html = browser.request("POST", path, body, **said)
    return status, answered, html.decode(errors="replace")


def form_of(html):
    return re.search(r"<form[^>]* data-mistakes.*?</form>", html, re.DOTALL)[0]


def invalid(html):
    tags = re.findall(r"<(?:input|select|textarea)[^>]*aria-invalid=\"true\"[^>]*>", html)
    return {re.search(r' name="(\w+)"', tag)[1]: tag for tag in tags}


@pytest.mark.parametrize(("path", "page", "fields", "wrong"), FORMS)
def test_a_mistake_is_told_in_the_form(house, path, page, fields, wrong):
    owner, _, names = house
    path, page = path.format(**names), page.format(**names)
    status, headers, html = send(owner, path, page, fields)
    assert 400 <= status < 500, html
    assert 'class="error-page"' not in html
    if wrong is None:
        assert re.search(r'<main[^>]*><div class="notice bad" role="alert">[^<]', html)
        return
    assert headers["X-Refused-Form"] == "1"
    found = invalid(form_of(html))
    assert set(found) == set(wrong.split())
    for tag in found.values():
        described = re.search(r'aria-describedby="([\w-]+)', tag)[1]
        assert re.search(rf'id="{described}"[^>]* role="alert"[^>]*>[^<]', html)
    assert html.count("autofocus") == 1
    for name, value in fields.items():
        if value == "kept":
            assert re.search(rf'name="{name}"[^>]*(value="kept"|>\s*kept)', html), name


def test_no_form_at_all_leads_to_a_page_of_its_own(house, app):
    owner, _, names = house
    known = {"filename": names["file"], "user_id": 2, "provider_id": 1, "entry_id": 1}
    for rule in app.url_map.iter_rules():
        audience = audience_of(app.view_functions[rule.endpoint])
        if "POST" not in rule.methods or audience == "public" or rule.endpoint == "web.logout":
            continue
        words = {**dict.fromkeys(rule.arguments, "1"), **known}
        path = rule.build({name: words[name] for name in rule.arguments})[1]
        if rule.endpoint in ENDING or rule.rule.startswith(GUARDED):
            continue
        status, _, html = send(owner, path, "/account", {})
        is_alone = status not in (401, 404, 405) and 'class="error-page"' in html
        assert not is_alone, f"{rule.endpoint}: {status}"


def test_a_browser_that_hides_where_it_was_is_shown_the_page_of_the_form(house):
    _, other, _ = house
    fields = {"current": "no", "password": "short"}
    status, _, html = send(other, "/account/password", "", fields, Referer="")
    assert status == 400
    assert set(invalid(form_of(html))) == {"current", "password"}


def test_a_second_mistake_without_a_script_is_told_on_the_same_page(house):
    owner, _, _ = house
    page, path = "/account", "/account/stand-in"
    _, _, first = send(owner, path, page, {"rule": "x"})
    kept = re.search(r'name="form_page" value="([^"]+)"', form_of(first))[1]
    assert kept == page
    _, _, second = send(owner, path, path, {"rule": "x", "form_page": kept})
    assert set(invalid(form_of(second))) == {"rule"}


def test_a_second_bad_name_without_a_script_is_told_on_the_page_of_the_piece(house):
    owner, _, names = house
    page, path = f"/files/{names['file']}", f"/files/{names['file']}/rename"
    for came_from in (page, path):
        _, _, html = send(owner, path, came_from, {"name": LONG})
        assert set(invalid(form_of(html))) == {"name"}
        assert "<read-along" in html


def test_a_form_that_another_site_sent_is_not_shown_with_its_values(house):
    owner, _, _ = house
    fields = {"pattern": "evil", "form_page": "/pronunciations", "csrf_token": "x"}
    body = urlencode(fields).encode()
    kind = {"Content_Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    status, _, html = owner.request(
        "POST", "/pronunciations", body, Sec_Fetch_Site="cross-site", **kind
    )
    assert status == 403
    assert b"evil" not in html


def test_an_old_form_keeps_what_was_typed_and_gets_a_fresh_token(house):
    owner, _, _ = house
    body = urlencode({"pattern": "lamp", "replacement": "", "csrf_token": "old"}).encode()
    page = f"http://127.0.0.1:{owner.app.port}/pronunciations"
    kind = {"Content_Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    status, _, html = owner.request("POST", "/pronunciations", body, Referer=page, **kind)
    assert status == 403
    form = form_of(html.decode())
    assert 'value="lamp"' in form
    assert f'name="csrf_token" value="{owner.token()}"' in form


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/history?day=soon", "day"),
        ("/security?since=soon", "since"),
        ("/security?until=x", "until"),
    ],
)
def test_a_filter_that_cannot_be_read_is_told_at_the_filter_over_the_whole_list(house, path, field):
    owner, _, _ = house
    status, _, html = owner.request("GET", path, Accept="text/html")
    assert status == 400
    assert set(invalid(form_of(html.decode()))) == {field}
    assert b'class="rows' in html


def test_a_month_that_cannot_be_read_shows_the_present_one(house):
    owner, _, _ = house
    status, _, html = owner.request("GET", "/usage?month=x", Accept="text/html")
    assert status == 400
    assert b"Write months like 2026-11." in html
    assert b'class="error-page"' not in html


def test_programs_get_all_mistakes_with_their_fields(house):
    _, other, _ = house
    fields = {"current": "no", "password": "short"}
    status, _, body = other.post("/account/password", accept="application/json", **fields)
    assert status == 400
    assert b'"field":"current"' in body
    assert b'"errors":{"current":' in body
