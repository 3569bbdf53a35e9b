"""Work in line: exports, imports and retakes are claimed, given back and ended alike."""

import pytest

from queries.leases import EXPORTS, IMPORTS, RETAKES
from storage.errors import LeaseLost

LEASE = {"lease_s": 30.0}
NOW = 1000.0
LATER = NOW + 31.0


def ask_for_export(db, file, owner):
    return db.create_export(file, "wav", options="{}", fingerprint="x", name=f"{file['id']}", now=0)


def ask_for_import(db, file, owner):
    options = {"name": "n", "origin": "", "content_type": "", "is_long": False, "now": 0.0}
    return db.create_import(owner["id"], upload=f"u{file['id']}", **options)


def ask_for_retake(db, file, owner):
    return db.create_retake(file, text_start=0, text_end=1, text="t")


KINDS = {
    "exports": (EXPORTS, ask_for_export, "claim_export"),
    "imports": (IMPORTS, ask_for_import, "claim_import"),
    "retakes": (RETAKES, ask_for_retake, "claim_retake"),
}


class Work:
    """Work of one kind: asked for, claimed, looked at."""

    def __init__(self, db, make_file, kind):
        self.db, self._make_file = db, make_file
        self.line, self._ask, self._claim = KINDS[kind]
        self._count = 0

    def ask(self, owner):
        self._count += 1
        file = self._make_file(f"{self._count}.mp3", owner, text="t", status="ready", sha256="s")
        return self._ask(self.db, file, owner)["id"]

    def claim(self, worker="host/1", now=NOW):
        row = getattr(self.db, self._claim)(worker, now=now, **LEASE)
        return row and row["id"]

    def row(self, work_id):
        return self.db.row(f"SELECT * FROM {self.line.table} WHERE id = ?", work_id)


@pytest.fixture(params=KINDS)
def work(request, db, make_file):
    return Work(db, make_file, request.param)


def test_people_take_turns(work, user, db):
    first, second, third = (work.ask(user) for _ in range(3))
    other = work.ask(db.create_user("bob", "hash"))
    assert [work.claim() for _ in range(5)] == [first, other, second, third, None]


def test_nobody_else_gets_what_is_leased_until_the_lease_runs_out(work, user):
    asked = work.ask(user)
    assert work.claim() == asked
    assert work.claim("host/2") is None
    assert work.claim("host/1", LATER) is None
    assert work.claim("host/2", LATER) == asked
    assert work.row(asked)["attempts"] == 2


def test_a_lease_that_is_renewed_does_not_run_out(work, user, db):
    work.ask(user)
    work.claim()
    db.extend_work(work.line, "host/1", now=LATER, **LEASE)
    assert work.claim("host/2", LATER) is None


def test_what_is_parked_is_claimed_again_and_was_no_try(work, user, db):
    asked = work.ask(user)
    work.claim()
    db.park_work(work.line, asked, "host/2")
    assert work.claim("host/2") is None
    db.park_work(work.line, asked, "host/1")
    assert work.claim("host/2") == asked
    assert work.row(asked)["attempts"] == 1


def test_what_waits_for_a_cause_is_not_claimed_before_its_time(work, user, db):
    asked = work.ask(user)
    for waits in (1, 2):
        assert work.claim() == asked
        db.wait_work(work.line, asked, "host/1", "disk", until=NOW + 5)
        assert (work.row(asked)["waits_for"], work.row(asked)["waits"]) == ("disk", waits)
        assert work.claim() is None
        db.release_work(work.line, "host/")
    assert work.claim(now=NOW + 6) == asked
    db.wait_work(work.line, asked, "host/1", "memory", until=NOW + 7, is_counted=False)
    row = work.row(asked)
    assert (row["waits"], row["attempts"], row["lease_owner"]) == (0, 0, None)


def test_what_a_killed_worker_of_this_machine_had_is_released_and_no_other(work, user, db):
    mine, theirs = work.ask(user), work.ask(user)
    assert (work.claim("host/1"), work.claim("host2/1")) == (mine, theirs)
    assert db.release_work(work.line, "host/") == 1
    assert (work.claim(), work.claim()) == (mine, None)


def test_only_the_holder_of_the_lease_can_fail_work(work, user, db):
    asked = work.ask(user)
    work.claim()
    assert not db.fail_work(work.line, asked, "host/2", "No.")
    assert db.fail_work(work.line, asked, "host/1", "No.")
    row = work.row(asked)
    assert (row["status"], row["error"], row["lease_owner"]) == ("failed", "No.", None)
    assert work.claim() is None


def test_nothing_is_done_for_an_account_that_is_disabled(work, user, db):
    work.ask(user)
    db.write("UPDATE users SET is_active = 0")
    assert work.claim() is None


def test_who_lost_the_lease_can_neither_renew_nor_finish(user, make_file, db):
    work = Work(db, make_file, "imports")
    asked = work.ask(user)
    work.claim()
    work.claim("host/2", LATER)
    with pytest.raises(LeaseLost, match="was cancelled"):
        db.advance_import(asked, "host/1", 1, 2, now=LATER, **LEASE)
    with pytest.raises(LeaseLost):
        db.finish_import(asked, "host/1", 1)
