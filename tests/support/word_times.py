"""How far the times of words and sentences lie from where their sound begins."""

import json
from bisect import bisect

from tests.support.making import Home, prose


def listed(characters: int) -> str:
    """Sentences whose words are parted by commas: a pause stands before each word."""
    text = prose(characters).replace(". ", "\0").replace("? ", "\0").replace(".\n\n", "\0")
    return text.rstrip(".").replace(" ", ", ").replace("\0", ". ") + "."


def differences_ms(home: Home, text: str, *, first_only: bool) -> list[float]:
    """Each word's time less the nearest beginning of sound; `first_only` of each segment's first.

    Words that follow without a pause have no beginning of their own and are not asked for.
    """
    row = home.speak(text)
    onsets = home.heard(row["filename"]).onsets_ms()
    found = []
    for segment in home.db.get_segments(row["id"]):
        words = json.loads(segment["words"] or "[]")
        for _, _, ms in words[:1] if first_only else words:
            time_ms = segment["start_ms"] + ms
            place = bisect(onsets, time_ms)
            near = onsets[max(0, place - 1) : place + 1]
            found.append(min((time_ms - onset for onset in near), key=abs))
    return found
