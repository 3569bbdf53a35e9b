"""What is counted is right across web processes; the app runs three, each request its own."""

import contextlib
import os
import re
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.support.making import prose
from tests.support.serving import PASSWORD, App, Client, wait_until, web_processes

PROCESSES = "3"


def started(folder, **settings):
    return App(folder, VOICEVERSE_WEB_PROCESSES=PROCESSES, **settings)


def at_once(count, work):
    """What some calls return that begin at the same time; each gets its number."""
    begin = threading.Barrier(count)

    def call(number):
        begin.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(call, range(count)))


def test_requests_of_a_person_are_counted_once(tmp_path):
    with started(tmp_path, VOICEVERSE_REQUESTS_PER_MINUTE="30") as app:
        client, begun = Client(app).set_up(), time.monotonic()
        statuses = at_once(60, lambda _number: client.request("GET", "/usage")[0])
        filled = (time.monotonic() - begun) * 30 / 60
    assert set(statuses) == {200, 429}
    assert statuses.count(200) <= 30 + filled


def test_guesses_at_a_password_are_counted_once(tmp_path):
    with started(tmp_path) as app:
        Client(app).set_up()
        guessers = [Client(app) for _ in range(16)]
        tokens = [guesser.token("/login") for guesser in guessers]

        def guess(number):
            form = f"username=owner&password=wrong{number}&csrf_token={tokens[number]}"
            kind = "application/x-www-form-urlencoded"
            return guessers[number].request("POST", "/login", form.encode(), Content_Type=kind)[0]

        statuses = at_once(16, guess)
    with sqlite3.connect(app.data / "voiceverse.db") as db:
        asked = "SELECT count(*) FROM security_logs WHERE event_type = 'login_failed'"
        (failures,) = db.execute(asked).fetchone()
    db.close()
    assert sorted(set(statuses)) == [401, 429]
    assert statuses.count(401) == failures <= 6  # five are free, one a second after them


def test_the_set_up_link_makes_one_account_for_all_who_use_it_at_once(tmp_path):
    with started(tmp_path) as app:
        page = f"/setup?token={app.setup_token()}"
        people = [Client(app) for _ in range(8)]
        tokens = [person.token(page) for person in people]

        def set_up(number):
            form = (
                f"token={app.setup_token()}&username=person{number}"
                f"&password={PASSWORD.replace(' ', '+')}&csrf_token={tokens[number]}"
            )
            kind = "application/x-www-form-urlencoded"
            return people[number].request("POST", "/setup", form.encode(), Content_Type=kind)[0]

        statuses = at_once(8, set_up)
    assert statuses.count(303) == 1


def test_the_characters_of_a_day_are_given_out_once(tmp_path):
    text = prose(100)[:100]
    with started(tmp_path, VOICEVERSE_DAILY_CHARACTERS_PER_USER="1000") as app:
        client = Client(app).set_up()
        token = client.token()

        def generate(_number):
            other = Client(app)
            other.cookies = dict(client.cookies)
            form = f"text={text.replace(' ', '+')}&csrf_token={token}".encode()
            kind = "application/x-www-form-urlencoded"
            return other.request(
                "POST", "/generate", form, Content_Type=kind, Accept="application/json"
            )[0]

        statuses = at_once(16, generate)
    assert statuses.count(202) == 10
    assert set(statuses) == {202, 429}


def test_live_listeners_are_counted_once_and_places_of_a_killed_process_are_free(tmp_path):
    with started(tmp_path, VOICEVERSE_LIVE_LISTENERS="3") as app:
        client = Client(app).set_up()
        filename = client.generate(prose(300_000))["filename"]
        wait_until(lambda: client.state(filename)["status"] == "speaking", "speaking")
        listening = [client.open("GET", f"/audio/{filename}") for _ in range(6)]
        assert sorted(answer.status for _, answer in listening) == [200] * 3 + [503] * 3
        for pid in web_processes(app):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

        def has_a_place():
            try:
                connection, answer = client.open("GET", f"/audio/{filename}")
            except OSError:  # one of the killed had taken it
                return False
            connection.close()
            return answer.status == 200

        wait_until(has_a_place, "a place")
        for connection, _ in listening:
            connection.close()


def test_metrics_count_the_answers_of_all_processes(tmp_path):
    token = "a token for numbers"
    with started(tmp_path, VOICEVERSE_METRICS_TOKEN=token) as app:
        reader = Client(app, Authorization=f"Bearer {token}")

        def answered():
            text = reader.request("GET", "/metrics")[2].decode()
            found = re.search(r'requests_total\{status="2xx"\} (\d+)', text)
            return int(found.group(1)) if found else 0

        before = answered()
        for _ in range(30):
            assert Client(app).request("GET", "/login")[0] == 200
        wait_until(lambda: answered() >= before + 30, "the counts")
