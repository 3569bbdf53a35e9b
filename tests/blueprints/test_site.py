import json
import re

import pytest


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chosen_colours_stand_in_the_next_page(owner, theme):
    answer = owner.post("/theme", {"theme": theme})
    assert answer.status_code == 303
    page = owner.get("/usage").text
    assert f'data-theme="{theme}"' in page
    assert f'<meta name="color-scheme" content="{theme}">' in page


@pytest.mark.parametrize("theme", ["system", "", "pink"])
def test_any_other_choice_follows_the_system_again(owner, theme):
    owner.post("/theme", {"theme": "dark"})
    owner.post("/theme", {"theme": theme})
    page = owner.get("/usage").text
    assert "data-theme=" not in page
    assert '<meta name="color-scheme" content="light dark">' in page


def test_a_strange_cookie_chooses_no_colours(owner):
    owner.client.set_cookie("voiceverse_theme", 'dark" onload="alert(1)')
    assert "data-theme=" not in owner.get("/usage").text


def test_scripts_get_no_page_for_a_choice(owner):
    assert owner.post("/theme", {"theme": "dark"}, json=True).status_code == 204
    assert owner.post("/language", {"language": "de"}, json=True).status_code == 204


def test_a_chosen_language_outweighs_the_browsers_wish(owner):
    german = {"Accept-Language": "de"}
    assert '<html lang="de"' in owner.get("/usage", headers=german).text
    owner.post("/language", {"language": "en"})
    assert '<html lang="en"' in owner.get("/usage", headers=german).text
    owner.post("/language", {"language": ""})
    assert '<html lang="de"' in owner.get("/usage", headers=german).text


def test_an_unknown_language_is_refused_by_a_sentence(owner):
    answer = owner.post("/language", {"language": "tlh"}, json=True)
    assert answer.status_code == 400
    assert answer.json["error"]


@pytest.mark.parametrize(
    ("referrer", "target"),
    [
        ("http://localhost/library?q=tea", "/library?q=tea"),
        ("http://localhost/", "/"),
        ("https://evil.example/library", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_a_choice_leads_back_to_the_page_where_it_was_made(owner, referrer, target):
    data = {"csrf_token": owner.csrf_token(), "theme": "dark"}
    answer = owner.client.post("/theme", data=data, headers={"Referer": referrer})
    assert answer.headers["Location"] == target


def test_the_menu_marks_what_is_chosen(owner):
    owner.post("/theme", {"theme": "dark"})
    page = owner.get("/usage").text
    chosen = re.findall(r'name="theme" value="(\w+)" aria-pressed="true"', page)
    assert set(chosen) == {"dark"}


def test_strangers_find_what_an_installed_app_needs_and_nothing_else(stranger):
    assert stranger.get("/manifest.webmanifest").status_code == 200
    assert stranger.get("/worker.js").status_code == 200
    assert stranger.get("/offline").status_code == 303


def test_the_manifest_names_icons_that_exist(stranger):
    answer = stranger.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    for icon in json.loads(answer.text)["icons"]:
        assert stranger.get(icon["src"]).mimetype == icon["type"] == "image/png"


def test_the_worker_keeps_every_script_of_the_frame_in_its_version(owner):
    worker = owner.get("/worker.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    shell = json.loads(re.match(r"const SHELL = (\[.*?\]);\n", worker.text)[1])
    used = re.findall(r'(?:href|src)="(/static/[^"]+\?v=[^"]+)"', owner.get("/usage").text)
    assert used
    assert set(used) <= set(shell)
    assert not any("worker.js" in address for address in shell)


def test_a_page_of_an_older_version_is_loaded_anew(owner):
    marks = re.findall(r'<[^>]+data-turbo-track="reload">', owner.get("/usage").text)
    assert marks == re.findall(r'<[^>]+data-turbo-track="reload">', owner.get("/").text)
    assert len(marks) == 1


def test_the_studio_comes_in_few_requests_of_its_version(owner):
    page = owner.get("/").text
    head = page.partition("</head>")[0]
    fetched = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css)[^"]*)"', head))
    assert len(fetched) <= 7
    assert all("?v=" in address for address in fetched)
    for address in fetched:
        answer = owner.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_what_is_joined_is_sent_as_what_it_is_and_nothing_else_is_found_there(stranger):
    assert stranger.get("/static/joined/site.css").mimetype == "text/css"
    assert stranger.get("/static/joined/site.js").mimetype == "text/javascript"
    assert stranger.get("/static/joined/tokens.css").status_code == 404


def test_pages_of_strangers_carry_no_player(stranger, owner):
    assert "<player-dock" not in stranger.get("/login").text
    assert 'content="reload"' in stranger.get("/login").text
    assert owner.get("/usage").text.count("<player-dock") == 1
