import gzip

import pytest

GZIP = {"Accept-Encoding": "gzip, deflate"}


@pytest.mark.parametrize(
    "path", ["/usage", "/static/css/player/dock.css", "/static/joined/site.js"]
)
def test_who_asks_gets_the_same_answer_smaller(owner, path):
    plain = owner.get(path)
    small = owner.get(path, headers=GZIP)
    assert plain.headers.get("Content-Encoding") is None
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data)
    if path.startswith("/static/"):
        assert gzip.decompress(small.data) == plain.data
    else:
        assert gzip.decompress(small.data).startswith(b"<!doctype html>")


def test_sound_fonts_and_pictures_are_sent_as_they_are(owner):
    filename = owner.speak()
    for path in (
        f"/audio/{filename}",
        "/static/fonts/newsreader.woff2",
        "/static/icons/icon-192.png",
    ):
        assert "Content-Encoding" not in owner.get(path, headers=GZIP).headers


def test_pages_keep_their_length_under_tls(owner):
    answer = owner.get("/login", headers=GZIP, base_url="https://localhost")
    assert "Content-Encoding" not in answer.headers
    script = owner.get("/static/joined/site.js", headers=GZIP, base_url="https://localhost")
    assert script.headers["Content-Encoding"] == "gzip"


def test_a_head_and_a_kept_copy_carry_no_compressed_body(owner):
    address = "/static/css/player/dock.css"
    head = owner.client.head(address, headers=GZIP, buffered=True)
    assert head.data == b""
    assert "Content-Encoding" not in head.headers
    etag = owner.get(address, headers=GZIP).headers["ETag"]
    again = owner.get(address, headers={**GZIP, "If-None-Match": etag})
    assert again.status_code == 304
    assert again.data == b""
