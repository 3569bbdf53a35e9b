"""Whether a voice that may reword has read a text word for word, by the transcript of its sound."""

import re
import unicodedata

from speech.text.normalise import normalise

# Numbers may be said as words; which language's words is only seen from what was said.
LANGUAGES = ("en-US", "en-GB", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "pl")
SIGNS = {"en": {"&": " and ", "+": " plus "}, "de": {"&": " und ", "+": " plus "}}
# "Two hundred and five" and "two hundred five" are one number, as are amounts in two coins.
JOINING_AND = re.compile(
    r"\b(hundred|thousand|million|billion|dollars?|pounds?|euros?) and\b", re.IGNORECASE
)
WRITTEN_OTHERWISE = re.compile(r"[\d&+%$€£]|\b\w{1,4}\.")
LONGEST_NAME = 24  # letters in the name of one sign


def is_verbatim(text: str, said: str) -> bool:
    """Whether `said` has the words of `text`, whatever their case, marks and way to write numbers.

    Nothing else is let pass: a word left out, added or put in another form is a difference.
    """
    wanted, heard = _letters(text), _letters(said)
    if wanted == heard:
        return True
    if not wanted:
        return len(heard) <= LONGEST_NAME * len(text.strip())
    if not (WRITTEN_OTHERWISE.search(text) or WRITTEN_OTHERWISE.search(said)):
        return False
    return any(_spelled(text, language) == _spelled(said, language) for language in LANGUAGES)


def _spelled(text: str, language: str) -> str:
    """The letters of a text with its numbers and abbreviations in the words of a language."""
    for sign, name in SIGNS.get(language[:2], {}).items():
        text = text.replace(sign, name)
    return _letters(JOINING_AND.sub(r"\1", normalise(text, language).text))


def _letters(text: str) -> str:
    """Letters, digits and vowel signs, in one case, run together: "well-known" is "wellknown"."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum() or unicodedata.category(c)[0] == "M")
