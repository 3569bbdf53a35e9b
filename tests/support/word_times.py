"""How far the times of words and sentences lie from where their sound begins."""

import json
from bisect import bisect

from tests.support.making import Home, prose

SILENT_MS = 60  # more than a stop within a word takes
RELEASE_MS, RELEASE_SILENT_MS = 100, 10  # the end of a stop is short, and silence follows
WITHIN_MS = 120  # of a word, a beginning of sound is that word's; those of others lie further off


def listed(characters: int) -> str:
    """Sentences whose words are parted by commas: a pause stands before each word."""
    text = prose(characters).replace(". ", "\0").replace("? ", "\0").replace(".\n\n", "\0")
    return text.rstrip(".").replace(" ", ", ").replace("\0", ". ") + "."


def phrased(characters: int) -> str:
    """Sentences with a comma after every fourth word, where a voice draws breath."""
    words = prose(characters).split()
    pausing = [
        f"{word}," if number % 4 == 3 and word[-1].isalpha() else word
        for number, word in enumerate(words)
    ]
    return " ".join(pausing)


def after_pauses_ms(home: Home, text: str, **voice: str) -> tuple[list[float], int]:
    """Each time of a word after a comma less the nearest beginning of sound after silence.

    Voices that speak on at some commas have no beginning of sound there: the second number is of
    words without one within WITHIN_MS. The release of a stop, as in "asked,", begins no word.
    """
    row = home.speak(text, **voice)
    heard = home.heard(row["filename"])
    every = heard.onsets_ms(RELEASE_SILENT_MS)
    onsets = [
        onset
        for onset in heard.onsets_ms(SILENT_MS)
        if not any(onset < other <= onset + RELEASE_MS for other in every)
    ]
    found = []
    for segment in home.db.get_segments(row["id"]):
        for start, _, ms in json.loads(segment["words"] or "[]"):
            if text[: segment["text_start"] + start].rstrip().endswith(","):
                found.append(_nearest(onsets, segment["start_ms"] + ms))
    near = [ms for ms in found if abs(ms) <= WITHIN_MS]
    return near, len(found) - len(near)


def differences_ms(home: Home, text: str, *, first_only: bool, **voice: str) -> list[float]:
    """Each word's time less the nearest beginning of sound; `first_only` of each segment's first.

    Words that follow without a pause have no beginning of their own and are not asked for.
    """
    row = home.speak(text, **voice)
    onsets = home.heard(row["filename"]).onsets_ms()
    found = []
    for segment in home.db.get_segments(row["id"]):
        words = json.loads(segment["words"] or "[]")
        for _, _, ms in words[:1] if first_only else words:
            found.append(_nearest(onsets, segment["start_ms"] + ms))
    return found


def _nearest(onsets: list[float], time_ms: float) -> float:
    place = bisect(onsets, time_ms)
    return min((time_ms - onset for onset in onsets[max(0, place - 1) : place + 1]), key=abs)
