import pytest

from exports.cover import cover, drawing

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@pytest.fixture
def filename(owner):
    return owner.speak("It was late.", name="Evening")


def cover_url(browser, filename):
    return browser.get(f"/files/{filename}", json=True).json["cover_url"]


def test_a_piece_without_a_book_has_a_drawn_cover(owner, filename):
    answer = owner.get(cover_url(owner, filename))
    assert answer.content_type.startswith("image/svg+xml")
    assert answer.text == drawing("Evening")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    artwork = owner.get(cover_url(owner, filename).replace("/covers/", "/artwork/"))
    assert (artwork.content_type, artwork.data) == ("image/png", cover("Evening").data)


def test_another_name_has_another_address(owner, filename):
    before = cover_url(owner, filename)
    owner.post(f"/files/{filename}/rename", {"name": "Morning"})
    assert cover_url(owner, filename) != before
    # The old address no longer promises to stay.
    assert owner.get(before).headers["Cache-Control"] == "private, no-cache"


def test_a_cover_that_is_known_is_not_sent_again(owner, filename):
    first = owner.get(cover_url(owner, filename))
    headers = {"If-None-Match": first.headers["ETag"]}
    assert owner.client.get(cover_url(owner, filename), headers=headers).status_code == 304


def test_pieces_of_a_book_share_its_cover(owner, filename):
    db, user_id = owner.services.db, owner.user["id"]
    book = db.create_document(
        user_id, title="t", author="", language="en", source="epub", origin="", characters=4,
        content="{}", cover=PNG, cover_type="image/png",
    )  # fmt: skip
    db.write("UPDATE audio_files SET document_id = ?", book["id"])
    address = cover_url(owner, filename)
    assert address.startswith(f"/documents/{book['id']}/cover?v=")
    assert owner.get(address).data == PNG
    assert owner.get(f"/covers/{filename}").data == PNG
    assert owner.get(f"/artwork/{filename}").data == PNG


def test_nobody_sees_the_cover_of_another(guest, owner, filename):
    for path in (f"/covers/{filename}", f"/artwork/{filename}"):
        assert guest.get(path).status_code == 404


def test_a_document_without_a_picture_has_a_drawn_one(owner):
    book = owner.services.db.create_document(
        owner.user["id"], title="The tide", author="", language="en", source="text", origin="",
        characters=4, content="{}",
    )  # fmt: skip
    assert owner.get(f"/documents/{book['id']}/cover").text == drawing("The tide")
