"""A list that a client has, asked for at two web processes over one folder, beside a worker."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support import processes
from tests.support.serving import App, Client

SECOND = Path(processes.__file__).with_name("second_server.py")


@pytest.fixture
def app(tmp_path):
    with App(tmp_path) as app:
        yield app


@pytest.fixture
def clients(app):
    """The owner's browser at the app, and the same one at a second web process."""
    first = Client(app).set_up()
    process = processes.start(SECOND, app.data)
    second = Client(SimpleNamespace(port=int(process.stdout.readline())))
    second.cookies = first.cookies
    yield first, second
    process.kill()
    process.communicate()


def ask(client, tag=""):
    """Status, tag and names of a list that is asked for with a tag."""
    known = {"If_None_Match": tag} if tag else {}
    status, headers, body = client.request("GET", "/library", Accept="application/json", **known)
    names = [file["name"] for file in json.loads(body)["files"]] if body else None
    return status, headers["ETag"], names


def test_each_process_knows_the_list_and_every_change_of_the_other(clients):
    first, second = clients
    filename = first.generate("It was late.", name="Evening")["filename"]
    first.until_ready(filename)
    _, tag, _ = ask(first)
    for client in (second, second, first):
        assert ask(client, tag) == (304, tag, None)
    name = "Evening"
    for number, (changing, other) in enumerate(((first, second), (second, first)) * 3):
        assert ask(other, tag)[0] == 304
        name = f"Evening {number}"
        assert changing.post(f"/files/{filename}/rename", name=name)[0] == 303
        status, new, names = ask(other, tag)
        assert (status, names) == (200, [name])
        assert new != tag
        assert ask(changing, new) == (304, new, None)
        tag = new


def test_what_the_worker_finishes_is_in_the_list_of_each_process(clients):
    first, second = clients
    tags = [ask(client)[1] for client in clients]
    for number in range(3):
        filename = first.generate("It was late.", name=f"Evening {number}")["filename"]
        for client, tag in zip(clients, tags, strict=True):
            status, _, names = ask(client, tag)
            assert (status, names[0]) == (200, f"Evening {number}")
        first.until_ready(filename)
        answers = [ask(client, tag) for client, tag in zip(clients, tags, strict=True)]
        assert [status for status, _, _ in answers] == [200, 200]
        tags = [tag for _, tag, _ in answers]
        assert tags[0] == tags[1] is not None
    assert ask(second, tags[0])[0] == 304
