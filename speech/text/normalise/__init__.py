"""Numbers, money, dates, units, abbreviations and links as words, for engines that misread them."""

import re
from functools import cache

from speech.text.edit_map import Edited
from speech.text.normalise.english import English
from speech.text.normalise.german import German
from speech.text.normalise.others import Other
from speech.text.normalise.rules import Rule, applied

__all__ = ["goes_on", "normalise"]

# Ends that look like those of sentences, by what stands before them; a number or a small letter
# must follow.
OPEN_ENDS = {
    "en": re.compile(
        r"(?<!\w)(?:No|Nos|Vol|Vols|vol|Ch|Chap|Fig|Figs|fig|figs|Sec|Art|Eq|p|pp|approx|ca|cf|vs"
        r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|incl|est|max|min)\.\s+\Z"
    ),
    "de": re.compile(
        r"(?<!\w)(?:(?i:am|im|zum|vom|beim|dem|den|des|der|die|das|einem|einen|eines|eine|ein|seit"
        r"|ab|bis|jeder|jede|jedes|und|oder|dieser|ins|ihr|sein|ihre|seine|ihrem|seinem|ihren"
        r"|seinen|mein|meine) \d{1,4}|Nr|Abb|Bd|Kap|Tab|Abs|Art|Aufl|ca|evtl|ggf|inkl|bzw|vgl|bspw"
        r"|sog|allg|Mio|Mrd|Std|Tel|max|min|z\. ?B|d\. ?h|u\. ?a|v\. ?a|o\. ?g)\.\s+\Z"
    ),
}
NEXT_GOES_ON = re.compile(r"[\d(a-zäöü]")
GERMAN_ORDINAL = re.compile(r"\d\.\s+\Z")


def normalise(text: str, language: str) -> Edited:
    """The text as it is read aloud, with the way back; what is not understood stays."""
    return applied(text, _rules(language))


def goes_on(before: str, after: str, language: str) -> bool:
    """Whether a sentence continues across a border that only looks like its end."""
    ends = OPEN_ENDS.get(language.partition("-")[0].lower())
    if ends is None or not ends.search(before):
        return False
    return bool(NEXT_GOES_ON.match(after) or (after and GERMAN_ORDINAL.search(before)))


@cache
def _rules(language: str) -> tuple[Rule, ...]:
    kinds: dict[str, type[English | German]] = {"en": English, "de": German}
    return kinds.get(language.partition("-")[0].lower(), Other)(language).rules
