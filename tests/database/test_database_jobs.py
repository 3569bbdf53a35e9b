import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from storage.errors import LeaseLost, NotFound, WrongState

LEASE = {"lease_s": 30.0}


@pytest.fixture
def queue(make_file):
    """Queue a file of ten characters."""

    def put(filename="a.mp3", **values):
        return make_file(filename, **{"text": "0123456789", "status": "queued"} | values)

    return put


def claim(db, worker="w", now=1000.0, **values):
    return db.claim_job(worker, now=now, **LEASE | values)


def part(position, start, end):
    return {
        "position": position, "text_start": start, "text_end": end, "start_ms": start * 100,
        "end_ms": end * 100, "byte_end": end * 8, "frame_end": end, "words": "",
    }  # fmt: skip


def used(db, user):
    row = db.get_all_time_usage(user["id"])
    return row["characters_used"], row["cost"], row["requests"]


# Claiming


def test_a_claimed_file_is_nobody_elses(db, queue):
    row = queue()
    job = claim(db)
    assert (job["id"], job["status"], job["attempts"]) == (row["id"], "speaking", 1)
    assert claim(db, "other") is None


def test_only_waiting_files_are_claimed(db, make_file):
    for status in ("ready", "failed", "cancelled"):
        make_file(status, status=status)
    assert claim(db) is None


def wait(db, job, now, times=1, code="disk", is_counted=True):
    """Let a claimed file wait for a cause, as often in a row as told."""
    for _ in range(times):
        db.wait_job(job["id"], "w", code, until=now + 5, is_counted=is_counted)
        if times > 1:
            db.write("UPDATE audio_files SET lease_owner = 'w' WHERE id = ?", job["id"])


def test_newer_files_do_not_take_the_place_of_one_that_waits_for_seconds(db, queue):
    for number in range(5):
        queue(f"{number}")
    jobs = [claim(db) for _ in range(4)]
    wait(db, jobs[2], 1000.0)
    assert claim(db, now=1001.0) is None
    for job in jobs[:2]:
        wait(db, job, 1000.0)
    assert claim(db, now=1001.0) is None
    assert [claim(db, now=1006.0)["id"] for _ in range(3)] == [jobs[0]["id"], jobs[1]["id"],
                                                               jobs[2]["id"]]  # fmt: skip
    assert claim(db, now=1006.0) is None


def test_what_waits_for_long_holds_up_neither_its_owner_nor_others(db, queue):
    for number in range(2):
        queue(f"{number}")
    first = claim(db, per_user=1)
    wait(db, first, 1000.0)
    assert claim(db, now=1001.0, per_user=1) is None
    other = db.create_user("bob", "h")
    queue("other", owner=other)
    assert claim(db, now=1001.0, per_user=1)["owner_id"] == other["id"]
    claim(db, now=1006.0, per_user=1)
    wait(db, first, 1006.0, times=20, code="killed")
    assert claim(db, now=1007.0, per_user=1)["filename"] == "1"


@pytest.mark.parametrize(("code", "times"), [("disk", 20), ("memory", 1)])
def test_a_cause_that_holds_up_everybody_lets_nobodys_files_be_tried_in_a_circle(
    db, queue, code, times
):
    for number in range(9):
        queue(f"{number}")
    jobs = [claim(db, now=1000.0) for _ in range(4)]
    for job in jobs:
        wait(db, job, 1000.0, times, code, is_counted=code == "disk")
    assert claim(db, now=1001.0) is None
    assert [claim(db, now=1006.0)["id"] for _ in range(4)] == [job["id"] for job in jobs]


def test_tries_count_for_one_cause(db, user, queue):
    queue()
    job = claim(db)
    for code, waits in (("disk", 1), ("disk", 2), ("killed", 1), ("killed", 2), ("disk", 1)):
        db.write("UPDATE audio_files SET lease_owner = 'w' WHERE id = ?", job["id"])
        wait(db, job, 1000.0, code=code)
        row = db.get_audio_file("a.mp3", user["id"])
        assert (row["waits_for"], row["waits"]) == (code, waits)


def test_what_rests_with_its_account_waits_for_nothing_else(db, user, queue):
    queue()
    wait(db, claim(db), 1000.0)
    db.pause_work(user["id"], "Disabled.")
    row = db.get_audio_file("a.mp3", user["id"])
    assert (row["status"], row["waits_for"], row["error"]) == ("paused", "", "Disabled.")


def test_eight_threads_claim_each_file_once(db, queue):
    for number in range(40):
        queue(f"{number}")

    def work(number):
        mine = []
        while job := claim(db, f"w{number}", per_user=40):
            mine.append(job["id"])
        return mine

    with ThreadPoolExecutor(8) as pool:
        claimed = list(itertools.chain(*pool.map(work, range(8))))
    assert sorted(claimed) == list(range(1, 41))


def test_a_lease_that_ran_out_lets_another_worker_in(db, queue):
    queue()
    claim(db, "dead", now=1000.0)
    assert claim(db, "next", now=1030.0) is None
    assert claim(db, "next", now=1030.1)["attempts"] == 2


def test_a_worker_does_not_take_its_own_file_twice(db, queue):
    """After a sleep of the machine, a thread of it is still at work on that file."""
    queue()
    job = claim(db, now=1000.0)
    assert claim(db, now=9000.0) is None
    assert db.extend_leases("w", now=9000.0, **LEASE) == 1
    assert claim(db, "other", now=9001.0) is None
    db.checkpoint_job(job["id"], "w", [], duration=0.0)


def test_the_heartbeat_keeps_a_file(db, queue):
    queue()
    claim(db, now=1000.0)
    assert db.extend_leases("w", now=1020.0, **LEASE) == 1
    assert db.extend_leases("other", now=1020.0, **LEASE) == 0
    assert claim(db, "other", now=1040.0) is None


def test_a_person_holds_only_so_many_at_once(db, queue):
    for number in range(3):
        queue(f"{number}")
    assert [claim(db, per_user=2) is not None for _ in range(3)] == [True, True, False]


def test_the_person_with_fewest_in_work_comes_first(db, queue):
    bob = db.create_user("bob", "h")
    for number in range(3):
        queue(f"ann{number}")
    for number in range(3):
        queue(f"bob{number}", owner=bob)
    order = [claim(db, now=1000.0 + tick)["filename"] for tick in range(6)]
    assert order == ["ann0", "bob0", "ann1", "bob1", "ann2", "bob2"]


def test_people_take_turns_where_one_file_is_spoken_at_a_time(db, queue):
    """Else somebody who queued a hundred files first would be served a hundred times."""
    bob = db.create_user("bob", "h")
    for number in range(3):
        queue(f"ann{number}")
    for number in range(2):
        queue(f"bob{number}", owner=bob)
    order = []
    for tick in range(5):
        job = claim(db, now=1000.0 + tick)
        order.append(job["filename"])
        db.finish_job(job["id"], "w", duration=1.0, size=1, sha256="x")
    assert order == ["ann0", "bob0", "ann1", "bob1", "ann2"]


def test_files_of_a_worker_that_died_are_put_back_by_name(db, queue):
    queue("a")
    queue("b")
    claim(db, "host/1-x")
    claim(db, "host/2-y")
    assert db.release_jobs("host/1-") == 1
    assert db.get_job_counts() == {"queued": 1, "speaking": 1}
    assert db.release_jobs("other/") == 0
    assert claim(db, "new")["attempts"] == 2


@pytest.mark.parametrize("prefix", ["ho%", "h_st", "HOST"])
def test_the_workers_name_is_taken_literally(db, queue, prefix):
    queue()
    claim(db, "host/1")
    assert db.release_jobs(prefix) == 0


def test_a_parked_file_counts_no_attempt(db, queue):
    row = queue()
    claim(db)
    db.park_job(row["id"], "other")
    assert db.get_job_counts()["speaking"] == 1
    db.park_job(row["id"], "w")
    assert claim(db)["attempts"] == 1


def test_unfinished_files_are_listed_for_one_or_all(db, queue, user):
    bob = db.create_user("bob", "h")
    queue("a")
    queue("b", owner=bob)
    queue("c", status="ready")
    assert [row["filename"] for row in db.list_unfinished()] == ["a", "b"]
    assert [row["filename"] for row in db.list_unfinished(bob["id"])] == ["b"]


def test_counts_of_no_work_are_zero(db):
    assert db.get_job_counts() == {"queued": 0, "speaking": 0}


# Checkpoints and the ledger


def test_checkpoints_fill_segments_progress_and_ledger(db, queue, user):
    row = queue()
    claim(db)
    assert not db.checkpoint_job(row["id"], "w", [part(0, 0, 4)], duration=0.4)
    db.checkpoint_job(row["id"], "w", [part(1, 4, 6), part(2, 7, 9)], duration=0.9)
    now = db.get_audio_file("a.mp3", user["id"])
    assert (now["spoken_characters"], now["duration"], now["attempts"]) == (9, 0.9, 0)
    assert [segment["text_start"] for segment in db.get_segments(row["id"])] == [0, 4, 7]
    assert used(db, user) == (8, 0.0, 1)


def test_a_segment_recorded_twice_is_counted_once(db, queue, user):
    row = queue()
    claim(db)
    for _ in range(3):
        db.checkpoint_job(row["id"], "w", [part(0, 0, 4), part(1, 4, 6)], duration=0.6)
    assert used(db, user) == (6, 0.0, 1)


def test_dropped_segments_are_counted_once_when_spoken_again(db, queue, user):
    row = queue()
    claim(db)
    db.checkpoint_job(row["id"], "w", [part(0, 0, 4), part(1, 5, 7), part(2, 7, 9)], duration=0.9)
    db.drop_segments(row["id"], "w", 1)
    assert db.get_audio_file("a.mp3", user["id"])["spoken_characters"] == 4
    assert used(db, user) == (4, 0.0, 1)
    db.checkpoint_job(row["id"], "w", [part(1, 5, 7), part(2, 7, 9)], duration=0.9)
    assert used(db, user) == (8, 0.0, 1)
    db.drop_segments(row["id"], "w", 0)
    assert db.get_audio_file("a.mp3", user["id"])["spoken_characters"] == 0
    assert db.get_segments(row["id"]) == []
    assert used(db, user) == (0, 0.0, 1)


def test_the_ledger_is_the_sum_of_the_segments_whatever_happens(db, queue, user):
    row = queue(text="x" * 1000)
    claim(db)
    position = 0
    for step in range(60):
        if step % 7 == 6:
            position = max(0, position - step % 5)
            db.drop_segments(row["id"], "w", position)
        else:
            db.checkpoint_job(
                row["id"], "w", [part(position, position * 10, position * 10 + 9)], duration=1.0
            )
            position += step % 3 != 2
        spoken = db.get_segments(row["id"])
        assert used(db, user)[0] == sum(one["text_end"] - one["text_start"] for one in spoken)
        assert db.get_audio_file("a.mp3", user["id"])["spoken_characters"] == (
            spoken[-1]["text_end"] if spoken else 0
        )


@pytest.mark.parametrize("loss", ["deleted", "taken", "released"])
def test_a_worker_that_lost_its_file_can_record_nothing(db, queue, user, loss):
    row = queue()
    claim(db)
    if loss == "deleted":
        db.delete_audio_file("a.mp3", user["id"])
        queue("reused")
        claim(db)
    elif loss == "taken":
        claim(db, "other", now=5000.0)
    else:
        db.release_jobs("w")
    done = {"duration": 1.0, "size": 1, "sha256": "x"}
    for attempt in (
        lambda: db.checkpoint_job(row["id"], "w", [part(0, 0, 4)], duration=0.4),
        lambda: db.drop_segments(row["id"], "w", 0),
        lambda: db.finish_job(row["id"], "w", **done),
        lambda: db.get_stop_request(row["id"], "w"),
    ):
        with pytest.raises(LeaseLost):
            attempt()
    db.stop_job(row["id"], "w", status="failed", error="x")
    assert db.value("SELECT count(*) AS n FROM segments") == 0
    assert used(db, user) == (0, 0.0, 0)
    assert not db.rows("SELECT 1 FROM audio_files WHERE status IN ('failed', 'ready')")


def test_a_finished_file_is_ready_and_free(db, queue, user):
    row = queue()
    claim(db)
    db.finish_job(row["id"], "w", duration=2.5, size=99, sha256="abc")
    now = db.get_audio_file("a.mp3", user["id"])
    assert (now["status"], now["duration"], now["size"], now["sha256"]) == ("ready", 2.5, 99, "abc")
    assert (now["lease_owner"], now["spoken_characters"], now["attempts"]) == (None, 10, 0)


# Stopping and trying again


def test_a_failure_keeps_its_sentence_until_the_next_try(db, queue, user):
    row = queue()
    claim(db)
    db.checkpoint_job(row["id"], "w", [part(0, 0, 4)], duration=0.4)
    db.stop_job(row["id"], "w", status="failed", error="The key is wrong.")
    failed = db.get_audio_file("a.mp3", user["id"])
    assert (failed["status"], failed["error"]) == ("failed", "The key is wrong.")
    assert len(db.get_segments(row["id"])) == 1
    again = db.retry_job("a.mp3", user["id"])
    assert (again["status"], again["error"], again["spoken_characters"]) == ("queued", None, 4)
    assert claim(db)["attempts"] == 1


def test_a_waiting_file_is_cancelled_at_once(db, queue, user):
    queue()
    row = db.cancel_job("a.mp3", user["id"])
    assert (row["status"], row["error"], row["stop_requested"]) == ("cancelled", "Cancelled.", None)
    assert claim(db) is None


def test_a_file_in_work_is_cancelled_at_the_next_checkpoint(db, queue, user):
    row = queue()
    claim(db)
    assert not db.get_stop_request(row["id"], "w")
    asked = db.cancel_job("a.mp3", user["id"])
    assert (asked["status"], asked["stop_requested"]) == ("speaking", "cancelled")
    assert db.get_stop_request(row["id"], "w")
    assert db.checkpoint_job(row["id"], "w", [part(0, 0, 4)], duration=0.4)
    db.stop_job(row["id"], "w", status="cancelled", error="Cancelled.")
    assert db.retry_job("a.mp3", user["id"])["stop_requested"] is None


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("ready", "retry_job"),
        ("queued", "retry_job"),
        ("ready", "cancel_job"),
        ("failed", "cancel_job"),
        ("cancelled", "cancel_job"),
    ],
)
def test_a_wrong_state_is_refused_with_a_sentence(db, queue, user, status, action):
    queue(status=status)
    with pytest.raises(WrongState, match="You can only"):
        getattr(db, action)("a.mp3", user["id"])


@pytest.mark.parametrize("action", ["retry_job", "cancel_job"])
def test_another_persons_file_is_not_found(db, queue, action):
    bob = db.create_user("bob", "h")
    queue()
    with pytest.raises(NotFound):
        getattr(db, action)("a.mp3", bob["id"])


# Purchases


def buy(db, job, content_hash="h1", cost=0.25, now=1.0):
    return db.record_purchase(job, content_hash, cost=cost, size=100, now=now)


def test_a_purchase_is_counted_once_in_file_and_ledger(db, queue, user):
    queue(engine="openai")
    job = claim(db)
    assert buy(db, job)
    assert not buy(db, job, now=2.0)
    assert buy(db, job, "h2", cost=0.5)
    db.checkpoint_job(job["id"], "w", [part(0, 0, 4)], duration=0.4)
    assert db.get_audio_file("a.mp3", user["id"])["cost"] == 0.75
    assert used(db, user) == (4, 0.75, 1)
    assert [row["content_hash"] for row in db.list_cached_segments()] == ["h2", "h1"]


def test_a_kept_segment_is_free_for_the_next_file(db, queue, user):
    queue("a", engine="openai")
    queue("b", engine="openai")
    first, second = claim(db), claim(db)
    buy(db, first)
    assert not buy(db, second)
    assert db.get_audio_file("b", user["id"])["cost"] == 0.0
    assert used(db, user)[1] == 0.25


def test_a_forgotten_segment_is_bought_and_counted_again(db, queue, user):
    queue()
    job = claim(db)
    buy(db, job)
    db.forget_cached_segment("h1")
    assert buy(db, job)
    assert used(db, user)[1] == 0.5


def test_a_purchase_for_a_deleted_file_is_still_counted(db, queue, user):
    queue()
    job = claim(db)
    db.delete_audio_file("a.mp3", user["id"])
    queue("other")
    assert buy(db, job)
    assert used(db, user)[1] == 0.25
    assert db.get_audio_file("other", user["id"])["cost"] == 0.0


def test_a_purchase_follows_a_file_to_its_new_owner(db, queue, user):
    bob = db.create_user("bob", "h")
    queue()
    job = claim(db)
    db.merge_users(user["id"], bob["id"])
    assert buy(db, job)
    assert used(db, bob)[1] == 0.25


def test_a_purchase_for_nobody_is_kept_and_counted_for_nobody(db, queue, user):
    bob = db.create_user("bob", "h")
    queue()
    job = claim(db)
    db.delete_audio_file("a.mp3", user["id"])
    db.merge_users(user["id"], bob["id"])
    assert buy(db, job)
    assert len(db.list_cached_segments()) == 1
    assert used(db, bob) == (0, 0.0, 0)


def test_eight_threads_count_one_purchase_once(db, queue, user):
    queue()
    job = claim(db)
    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(lambda _: buy(db, job), range(24)))
    assert sum(counted) == 1
    assert used(db, user)[1] == 0.25


def test_a_thousand_small_purchases_add_up(db, queue, user):
    queue()
    job = claim(db)
    with db.transaction():
        for number in range(1000):
            buy(db, job, f"h{number}", cost=0.000015)
    assert used(db, user)[1] == pytest.approx(0.015, abs=1e-12)
    assert db.get_audio_file("a.mp3", user["id"])["cost"] == pytest.approx(0.015, abs=1e-12)


def test_a_file_put_first_is_spoken_before_its_owners_others(db, queue, user):
    for name in ("a.mp3", "b.mp3", "c.mp3"):
        queue(name)
    db.speak_next("c.mp3", user["id"])
    db.speak_next("b.mp3", user["id"])
    assert [claim(db)["filename"] for _ in range(3)] == ["b.mp3", "c.mp3", "a.mp3"]


def test_putting_a_file_first_does_not_pass_other_people(db, queue, user):
    queue("a.mp3")
    claim(db)
    queue("b.mp3")
    queue("theirs.mp3", owner=db.create_user("bob", "h"))
    db.speak_next("b.mp3", user["id"])
    assert claim(db)["filename"] == "theirs.mp3"


def test_a_waiting_file_rests_at_once_and_one_in_work_at_its_checkpoint(db, queue, user):
    queue("a.mp3")
    assert db.pause_job("a.mp3", user["id"])["status"] == "paused"
    assert claim(db) is None
    db.retry_job("a.mp3", user["id"])
    row = claim(db)
    assert db.pause_job("a.mp3", user["id"])["status"] == "speaking"
    assert db.checkpoint_job(row["id"], "w", [part(0, 0, 4)], duration=0.4) == "paused"
    db.stop_job(row["id"], "w", status="paused", error=None)
    assert db.get_audio_file("a.mp3", user["id"])["spoken_characters"] == 4
    assert db.cancel_job("a.mp3", user["id"])["status"] == "cancelled"
