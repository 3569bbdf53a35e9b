"""How far somebody is in a piece, and when it counts as finished."""

from queries.rows import AudioFile

BEGUN_S = 3.0  # the player starts anew where less was heard
END_S = 15.0
END_SHARE = 0.02
LEAST, MOST = 0.01, 0.99  # of what has begun and is not finished


def heard(row: AudioFile, position_s: float) -> float:
    """Share of a piece before a place in it, in hundredths from 0 to 1; 1 means finished.

    A piece is finished within 15 s of its end, or 2 % of its length where that is less: 2 % of a
    book would be a quarter of an hour that nobody has heard, and 15 s all of a short note.
    """
    duration_s = row["duration"]
    if position_s <= BEGUN_S or duration_s <= 0:
        return 0.0
    if row["status"] == "ready":
        is_finished = position_s >= duration_s - min(END_S, duration_s * END_SHARE)
        whole_s = duration_s
    else:  # the sound made so far is a part of it
        is_finished = False
        whole_s = duration_s * max(1, row["character_count"]) / max(1, row["spoken_characters"])
    if is_finished:
        return 1.0
    return max(LEAST, min(MOST, int(100 * position_s / whole_s) / 100))
