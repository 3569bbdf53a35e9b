"""The pages of providers, people's own keys, and `flask providers`, by every kind of visitor."""

import re
from collections.abc import Callable, Iterator

import pytest

from services.provider_settings import Settings
from tests.conftest import Browser
from tests.support.standin_lists import Listener, listening
from tests.support.standin_openai import StandIn

PAGE = "/admin/providers"
KEY = "sk-planted-of-the-house-0123456789wxyz"
OWN = "sk-planted-of-a-person-0123456789abcd"
ACTIONS = ("on", "off", "up", "down", "test", "voices", "drop_key", "remove")


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn() as made:
        made.seconds_per_character = 0.02
        yield made


@pytest.fixture
def lists() -> Iterator[Listener]:
    with listening() as made:
        yield made


@pytest.fixture
def room(services):
    return services.providers


@pytest.fixture
def fields(server: StandIn) -> dict[str, str]:
    return {
        "label": "Kokoro", "name": "kokoro", "base_url": server.base_url, "model": "kokoro",
        "protocol": "speech", "voices": "af_heart | Heart | en-US", "key": KEY, "price": "2,5",
        "parallel": "4", "timeout_s": "5", "longest_text": "", "monthly_limit": "",
        "allows_own_keys": "1",
    }  # fmt: skip


@pytest.fixture
def kokoro(owner: Browser, fields: dict[str, str], room) -> dict:
    assert owner.post(PAGE, fields).status_code == 303
    return room.named("kokoro")


@pytest.fixture
def run(app) -> Callable:
    return app.test_cli_runner().invoke


def action(browser: Browser, row: dict, name: str, **options):
    return browser.post(f"{PAGE}/{row['id']}/action", {"action": name}, **options)


def flashed(browser: Browser, answer) -> str:
    return browser.get(answer.location).text


# Who may


def test_the_pages_do_not_exist_for_others(guest, stranger, kokoro):
    for path in (PAGE, f"{PAGE}/{kokoro['id']}", f"{PAGE}/heard/{'0' * 64}.mp3"):
        assert guest.get(path).status_code == 404
        assert stranger.get(path).status_code == 303


def test_nobody_else_changes_anything(guest, stranger, kokoro, fields, room, server):
    before = room.db.list_providers()
    for browser, status in ((guest, 404), (stranger, 401)):
        assert browser.post(PAGE, fields | {"name": "mine"}).status_code == status
        assert browser.post(f"{PAGE}/{kokoro['id']}", fields).status_code == status
        for name in ACTIONS:
            assert action(browser, kokoro, name).status_code == status
    assert room.db.list_providers() == before
    assert server.calls == []


def test_a_form_from_elsewhere_changes_nothing(owner, kokoro, room):
    answer = owner.post(f"{PAGE}/{kokoro['id']}/action", {"action": "remove"}, csrf="wrong")
    assert answer.status_code == 403
    assert room.named("kokoro")


# The admin


def test_an_empty_room_invites(owner):
    page = owner.get(PAGE).text
    assert "None yet. The built-in voices work without one." in page
    assert "Add a provider" in page


def test_a_provider_is_added_shown_and_speaks(owner, kokoro, server):
    page = owner.get(PAGE).text
    assert "Kokoro" in page
    assert "key … wxyz" in page
    assert KEY not in page
    one = owner.get(f"{PAGE}/{kokoro['id']}").text
    assert "Saved: … wxyz." in one
    assert "af_heart | Heart | en-US" in one
    assert KEY not in one
    assert "kokoro:af_heart" in owner.get("/").text
    assert "kokoro:af_heart" in owner.get("/voices").text
    filename = owner.speak("It was late.", voice="kokoro:af_heart")
    assert owner.get(f"/files/{filename}", json=True).json["status"] == "ready"
    assert "Heart" in owner.get("/library").text
    assert server.calls[0].key == KEY
    assert "provider_added" in owner.events()
    assert "provider_key_set" in owner.events()


def test_pages_follow_at_once_when_a_provider_changes(owner, kokoro):
    assert "kokoro:af_heart" in owner.get("/").text
    action(owner, kokoro, "off")
    assert "kokoro:af_heart" not in owner.get("/").text
    assert "off" in owner.get(PAGE).text
    action(owner, kokoro, "on")
    assert "kokoro:af_heart" in owner.get("/").text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("label", "", "Enter a name"),
        ("name", "espeak", "The name espeak is taken"),
        ("name", "Not a name", "lower-case letters"),
        ("base_url", "ftp://host", "must look like https://host/v1"),
        ("base_url", "http://169.254.169.254/v1", "never contacted"),
        ("model", " ", "Enter the model"),
        ("price", "cheap", "“cheap” is not a valid number here"),
        ("parallel", "1.5", "“1.5” is not a valid number here"),
        ("parallel", "1000", "Use a number from 1 to 64"),
        ("timeout_s", "nan", "Use a number from 1 to 600"),
        ("voices", "|x", "One voice per line"),
        ("key", "two words", "Copy it again"),
    ],
)
def test_a_form_that_cannot_be_kept_comes_back_with_its_sentence(
    owner, fields, room, field, value, sentence
):
    answer = owner.post(PAGE, fields | {field: value})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert 'value="kokoro"' in answer.text
    assert KEY not in answer.text
    assert f'id="error-{field}"' in answer.text
    assert room.db.list_providers() == []


def test_a_change_keeps_the_key_unless_the_server_is_another_one(owner, kokoro, fields, room):
    kept = fields | {"key": "", "model": "newer", "price": "", "allows_own_keys": ""}
    assert owner.post(f"{PAGE}/{kokoro['id']}", kept).status_code == 303
    row = room.named("kokoro")
    assert (row["model"], row["price"], row["allows_own_keys"]) == ("newer", None, 0)
    assert row["sealed_key"] == kokoro["sealed_key"]
    moved = owner.post(f"{PAGE}/{kokoro['id']}", kept | {"base_url": "http://127.0.0.1:9/v1"})
    assert "its keys have been deleted" in flashed(owner, moved)
    assert room.named("kokoro")["sealed_key"] is None
    assert owner.events()[:2] == ["provider_key_removed", "provider_changed"]


def test_a_change_that_cannot_be_kept_leaves_all_as_it_was(owner, kokoro, fields, room):
    answer = owner.post(f"{PAGE}/{kokoro['id']}", fields | {"label": "New", "price": "-1"})
    assert answer.status_code == 400
    assert 'value="New"' in answer.text
    assert room.named("kokoro")["label"] == "Kokoro"


def test_a_test_is_heard_on_the_page(owner, kokoro, server, services):
    answer = action(owner, kokoro, "test")
    page = flashed(owner, answer)
    assert "It works:" in page
    source = re.search(r'<audio controls [^>]*src="([^"]+)"', page).group(1)
    heard = owner.get(source)
    assert (heard.status_code, heard.content_type) == (200, "audio/mpeg")
    assert heard.data[1] >= 0xE0
    used = services.db.get_usage_by_month(owner.user["id"])
    assert used[0]["cost"] == pytest.approx(len(server.calls[0].text) * 2.5e-6)
    told = action(owner, kokoro, "test", json=True).json
    assert told["duration_s"] > 0
    assert owner.get(f"{PAGE}/heard/{'0' * 64}.mp3").status_code == 404
    assert owner.get(f"{PAGE}/heard/..%2Fx.mp3").status_code == 404


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("unauthorized", "did not accept the key"),
        ("no_model", "model"),
        ("quota", "no credit left"),
        ("hidden_html", "other than the audio"),
    ],
)
def test_a_test_that_fails_says_why_in_one_sentence(owner, kokoro, server, fault, sentence):
    server.fault = fault
    answer = action(owner, kokoro, "test")
    assert answer.status_code >= 400
    assert sentence in answer.text
    assert KEY not in answer.text
    assert sentence in action(owner, kokoro, "test", json=True).json["error"]


def test_voices_are_taken_over_and_shown_as_text(owner, fields, lists, room):
    voices = ["af_sky", '"><script>alert(1)</script>', "{{ 7 * 7 }}"]
    lists.answers["/v1/audio/voices"] = {"voices": voices}
    owner.post(PAGE, fields | {"base_url": lists.url})
    row = room.named("kokoro")
    page = flashed(owner, action(owner, row, "voices"))
    assert "lists 3 voices" in page
    for path in (PAGE, f"{PAGE}/{row['id']}", "/", "/voices", "/admin/voices"):
        text = owner.get(path).text
        assert "<script>alert" not in text
        assert "49" not in re.findall(r"kokoro:(\d+)", text)
    assert "&lt;script&gt;alert(1)" in owner.get("/voices").text


def test_what_the_server_does_not_list_is_said(owner, fields, lists, room):
    owner.post(PAGE, fields | {"base_url": lists.url})
    row = room.named("kokoro")
    answer = action(owner, row, "voices")
    assert answer.status_code == 502
    assert "lists no voices" in answer.text
    assert Settings.of(room.named("kokoro")).voices
    missing = owner.get(f"{PAGE}/{row['id']}?models=1")
    assert (missing.status_code, "lists no models" in missing.text) == (502, True)
    lists.answers["/v1/models"] = {"data": [{"id": "<i>one"}]}
    assert "&lt;i&gt;one" in owner.get(f"{PAGE}/{row['id']}?models=1").text


def test_the_order_can_be_changed(owner, kokoro, fields, room):
    owner.post(PAGE, fields | {"name": "second", "label": "Second"})
    action(owner, room.named("second"), "up")
    assert [row["name"] for row in room.db.list_providers()] == ["second", "kokoro"]
    action(owner, room.named("second"), "down")
    assert [row["name"] for row in room.db.list_providers()] == ["kokoro", "second"]


def test_a_removed_provider_leaves_its_sound(owner, kokoro, room):
    filename = owner.speak("It was late.", voice="kokoro:af_heart")
    assert "has been removed" in flashed(owner, action(owner, kokoro, "remove"))
    assert room.db.list_providers() == []
    assert owner.get(f"/audio/{filename}").status_code == 200
    for path in (f"/files/{filename}", "/library", "/", "/usage", "/account", "/admin/voices"):
        assert owner.get(path).status_code == 200
    assert owner.get(f"{PAGE}/{kokoro['id']}").status_code == 404
    assert "provider_removed" in owner.events()


def test_the_key_alone_can_be_removed(owner, kokoro, room):
    assert "The key has been removed" in flashed(owner, action(owner, kokoro, "drop_key"))
    assert room.named("kokoro")["sealed_key"] is None


@pytest.mark.parametrize(("name", "status"), [("", 400), ("sing", 400), ("remove", 404)])
def test_what_cannot_be_done_is_said(owner, name, status):
    assert action(owner, {"id": 99}, name, json=True).status_code in (status, 404)


def test_the_environments_engine_is_shown_and_not_changed(make_app, password_hash):
    app = make_app(openai_api_key="sk-of-the-environment-0123")
    services = app.extensions["voiceverse"]
    owner = Browser(app, services.db.create_user("vera", password_hash, is_admin=True))
    page = owner.get(PAGE).text
    assert "set in the environment" in page
    assert "api.openai.com" in page
    assert "sk-of-the-environment" not in page
    assert owner.post(PAGE, {"name": "openai", "label": "Mine"}).status_code == 400


def test_programs_read_the_list_without_keys(owner, kokoro):
    (told,) = owner.get(PAGE, json=True).json["providers"]
    assert (told["name"], told["voices"], told["has_key"]) == ("kokoro", ["af_heart"], True)
    assert (told["key_tail"], "sealed_key" in told) == ("wxyz", False)


def test_the_page_of_engines_knows_whose_key_is_set(owner, kokoro, room):
    assert "not set" not in owner.get("/admin/voices").text
    action(owner, kokoro, "drop_key")
    assert "not set" in owner.get("/admin/voices").text


# People's own keys


def test_nothing_is_asked_of_people_where_no_provider_wants_it(guest, owner, fields):
    assert "Your own keys" not in guest.get("/account").text
    owner.post(PAGE, fields | {"allows_own_keys": ""})
    assert "Your own keys" not in guest.get("/account").text


def test_a_person_enters_uses_and_removes_an_own_key(guest, owner, kokoro, server):
    path = f"/account/keys/{kokoro['id']}"
    answer = guest.post(path, {"own_key": OWN})
    assert "is paid for with your key from now on" in flashed(guest, answer)
    page = guest.get("/account").text
    assert "Saved: … abcd." in page
    assert OWN not in page
    assert "… abcd" not in owner.get("/account").text
    assert "1 own key" in owner.get(PAGE).text
    guest.speak("It was late.", voice="kokoro:af_heart")
    assert server.calls[-1].key == OWN
    owner.speak("It was early.", voice="kokoro:af_heart")
    assert server.calls[-1].key == KEY
    assert "Your key has been removed" in flashed(guest, guest.post(path, {"action": "remove"}))
    guest.speak("It was noon.", voice="kokoro:af_heart")
    assert server.calls[-1].key == KEY
    assert {"own_key_set", "own_key_removed"} <= set(guest.events())


def test_strangers_enter_no_key_and_nobody_enters_one_that_is_not_wanted(stranger, guest, kokoro):
    path = f"/account/keys/{kokoro['id']}"
    assert stranger.post(path, {"own_key": OWN}).status_code == 401
    assert guest.post(path, {"own_key": ""}).status_code == 400
    assert guest.post(path, {"own_key": "two words"}).status_code == 400
    for key in ("", OWN):
        assert guest.post("/account/keys/99", {"own_key": key}).status_code == 404
    assert guest.services.db.list_own_keys(guest.user["id"]) == []


def test_a_person_without_the_needed_key_is_told_where_to_enter_it(owner, guest, fields, room):
    owner.post(PAGE, fields | {"key": ""})
    answer = guest.post("/generate", {"text": "Late.", "voice": "kokoro:af_heart"}, json=True)
    assert answer.status_code == 409
    assert "Enter it on your account page" in answer.json["error"]


# Commands


def test_the_command_line_adds_lists_tests_and_removes(run, room, server, tmp_path, services):
    added = run(
        args=["providers", "add", "kokoro", server.base_url, "--voice", "af_heart",
              "--price", "0", "--key-stdin"],
        input=f"{KEY}\n",
    )  # fmt: skip
    assert added.output == "kokoro has been added.\n"
    listed = run(args=["providers", "list"]).output
    assert listed == f"kokoro\ton\t{server.base_url}\ttts-1\tkey … wxyz\n"
    heard = tmp_path / "heard.mp3"
    tested = run(args=["providers", "test", "kokoro", "--output", str(heard)])
    assert "s of audio" in tested.output
    assert heard.read_bytes()[1] >= 0xE0
    assert server.calls[0].key == KEY
    assert run(args=["providers", "remove", "kokoro"]).output == "kokoro has been removed.\n"
    assert run(args=["providers", "list"]).output == ""
    events = [row["event_type"] for row in services.db.get_security_logs()]
    assert events == ["provider_removed", "provider_added"]


def test_the_command_line_reads_voices(run, lists):
    lists.answers["/v1/audio/voices"] = ["one", "two"]
    run(args=["providers", "add", "p", lists.url])
    assert run(args=["providers", "voices", "p"]).output == "2 voices\n"


@pytest.mark.parametrize(
    "args",
    [
        ["test", "nobody"], ["remove", "nobody"], ["voices", "nobody"],
        ["add", "espeak", "http://127.0.0.1:9/v1"], ["add", "p", "ftp://x"],
        ["add", "p", "http://169.254.169.254/"], ["add", "p", "http://h/v1", "--limit", "-1"],
    ],
)  # fmt: skip
def test_the_command_line_ends_with_one_sentence(run, args):
    answer = run(args=["providers", *args])
    assert answer.exit_code == 1
    assert answer.stderr.count("\n") == 1
