"""Downloads over a real server: whole, in ranges, and by people with slow lines."""

import http.client
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.serving import App, Client

THREADS = 5
SOUND = bytes(range(256)) * 100_000  # 25.6 MB: more than the buffers of a connection hold


@pytest.fixture
def app(tmp_path):
    settings = {"VOICEVERSE_THREADS": str(THREADS), "VOICEVERSE_LIVE_LISTENERS": "1"}
    with App(tmp_path, **settings) as app:
        yield app


@pytest.fixture
def client(app):
    return Client(app).set_up()


@pytest.fixture
def path(app, client):
    """The address of the download of a piece with long sound."""
    filename = client.generate("A short evening.", name="Evening")["filename"]
    client.until_ready(filename)
    (app.data / "audio" / filename).write_bytes(SOUND)
    return f"/download/{filename}"


def test_slow_downloads_hold_no_thread_and_arrive_whole(client, path):
    opened = [client.open("GET", path) for _ in range(2 * THREADS)]
    heads = [answer.read(100_000) for _, answer in opened]
    # Every thread would be taken now if each of these had one.
    assert client.request("GET", "/health")[0] == 200
    with ThreadPoolExecutor(len(opened)) as pool:
        rests = list(pool.map(lambda pair: pair[1].read(), opened))
    for (connection, answer), head, rest in zip(opened, heads, rests, strict=True):
        assert int(answer.headers["Content-Length"]) == len(head) + len(rest)
        assert head.startswith(b"ID3")
        assert (head + rest).endswith(SOUND)
        connection.close()


def test_a_download_is_put_together_from_ranges(client, path):
    whole = client.request("GET", path)[2]
    tag, pieces = len(whole) - len(SOUND), []
    for first, last in ((0, tag // 2), (tag // 2 + 1, 9_999_999), (10_000_000, "")):
        status, headers, body = client.request("GET", path, Range=f"bytes={first}-{last}")
        assert status == 206
        assert int(headers["Content-Length"]) == len(body)
        pieces.append(body)
    assert b"".join(pieces) == whole


def test_one_connection_serves_a_range_and_then_a_page(app, client, path):
    connection = http.client.HTTPConnection("127.0.0.1", app.port)
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    connection.request("GET", path, headers={"Cookie": cookies, "Range": "bytes=5-5000000"})
    assert len(connection.getresponse().read()) == 4_999_996
    connection.request("GET", "/health", headers={"Cookie": cookies})
    assert connection.getresponse().read().startswith(b"{")
    connection.close()
