"""Reading settings over HTTP: kept for each person, each field checked."""

import pytest

USUAL = {
    "text_size": "usual", "line_width": "usual", "line_height": "usual", "typeface": "serif",
    "contrast": "usual", "follows_voice": 1,
}  # fmt: skip
ADDRESS = "/account/reading"


def test_who_has_chosen_nothing_reads_as_everybody_does(owner):
    assert owner.get(ADDRESS, json=True).json == USUAL


def test_what_is_sent_is_changed_and_the_rest_stays(owner, guest):
    owner.post(ADDRESS, {"text_size": "larger"}, json=True)
    answer = owner.post(ADDRESS, {"follows_voice": "0"}, json=True)
    assert answer.json == USUAL | {"text_size": "larger", "follows_voice": 0}
    assert owner.get(ADDRESS, json=True).json == answer.json
    assert guest.get(ADDRESS, json=True).json == USUAL


@pytest.mark.parametrize("field", USUAL)
def test_a_value_that_is_no_choice_is_refused_by_its_name_and_changes_nothing(owner, field):
    answer = owner.post(ADDRESS, {field: "huge", "typeface": "nothing"}, json=True)
    assert answer.status_code == 400
    assert "cannot have that value" in answer.json["error"]
    assert owner.get(ADDRESS, json=True).json == USUAL


def test_a_form_without_script_comes_back_to_the_piece(owner):
    filename = owner.speak()
    answer = owner.post(ADDRESS, {"typeface": "sans", "next": f"/files/{filename}"})
    assert answer.headers["Location"] == f"/files/{filename}"
    assert 'data-typeface="sans"' in owner.get(f"/files/{filename}").text


def test_settings_follow_an_account_that_is_merged_unless_the_other_has_its_own(owner, guest):
    db = owner.services.db
    guest.post(ADDRESS, {"contrast": "high"})
    db.merge_users(guest.user["id"], owner.user["id"])
    assert owner.get(ADDRESS, json=True).json["contrast"] == "high"
