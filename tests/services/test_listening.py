import pytest

from services.listening import heard


def row(duration=100.0, status="ready", spoken=10, characters=10):
    return {
        "duration": duration, "status": status,
        "spoken_characters": spoken, "character_count": characters,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("duration_s", "position_s", "share"),
    [
        (100, 2.9, 0.0),  # the player starts anew
        (36_000, 4, 0.01),  # has begun, however long it is
        (100, 50.9, 0.5),
        (100, 97.9, 0.97),
        (100, 98, 1.0),  # 2 % of a note
        (36_000, 35_984, 0.99),
        (36_000, 35_985, 1.0),  # 15 s of a book, of which 2 % are twelve minutes
        (100, 500, 1.0),
        (0, 5, 0.0),
    ],
)
def test_a_piece_is_finished_near_its_end(duration_s, position_s, share):
    assert heard(row(duration_s), position_s) == share


def test_what_is_still_being_made_is_measured_against_the_whole_and_never_finished():
    assert heard(row(100.0, "speaking", spoken=5, characters=20), 100) == 0.25
    assert heard(row(100.0, "speaking", spoken=20, characters=20), 100) == 0.99
