import pytest

PATHS = ["/admin/invites", "/admin/invites/revoke", "/admin/users/1/active"]


def test_admin_pages_do_not_exist_for_others(guest):
    assert guest.get("/admin").status_code == 404
    for path in PATHS:
        assert guest.post(path, {"id": "1", "active": "0"}).status_code == 404
    assert "People and server" not in guest.get("/").text


def test_strangers_are_sent_to_the_login(stranger):
    assert stranger.get("/admin").status_code == 303
    for path in PATHS:
        assert stranger.post(path).status_code == 401


def test_an_admin_keeps_an_account_out_and_lets_it_in_again(owner, guest):
    path = f"/admin/users/{guest.user['id']}/active"
    owner.post(path, {"active": "0"})
    assert guest.get("/").status_code == 303
    assert "kept out" in owner.get("/admin").text
    owner.post(path, {"active": "1"})
    assert owner.services.db.get_user("otto")["is_active"]
    assert {"user_disabled", "user_enabled"} <= set(owner.events())


def test_an_admin_cannot_lock_themselves_out(owner):
    answer = owner.post(f"/admin/users/{owner.user['id']}/active", {"active": "0"})
    assert answer.status_code == 400
    assert "your own account" in answer.text
    assert owner.get("/admin").status_code == 200


def test_an_unknown_account_is_404(owner):
    assert owner.post("/admin/users/999/active", {"active": "0"}).status_code == 404


def test_an_invitation_is_shown_once_and_can_be_revoked(owner):
    page = owner.post("/admin/invites").text
    assert "/register?invite=" in page
    assert "/register?invite=" not in owner.get("/admin").text
    number = owner.services.db.list_invites()[0]["id"]
    owner.post("/admin/invites/revoke", {"id": str(number)})
    assert owner.services.db.list_invites() == []


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30])
def test_an_invitation_that_is_none_cannot_be_revoked(owner, number):
    assert owner.post("/admin/invites/revoke", {"id": number}).status_code == 400


def test_the_overview_counts_work_and_sound(owner):
    owner.speak()
    owner.post("/generate", {"text": "Still waiting."})
    page = " ".join(owner.get("/admin").text.split())
    assert "<dt>Waiting to be spoken</dt><dd>1</dd>" in page
    assert "<dt>Pieces kept</dt><dd>2</dd>" in page
