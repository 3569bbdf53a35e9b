"""The first clause of a long sentence, which is spoken on its own so that sound starts at once."""

import re
from collections.abc import Callable, Iterator, Sequence

FEWEST, MOST = 3, 12  # words of a first clause
FEWEST_SIGNS, MOST_SIGNS = 10, 30  # of one that is written without spaces
SHORTEST_REST = 20  # characters that must be left to say

WORD = re.compile(r"\S+")
WORDLESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
CLAUSE_SIGN = re.compile(r"[,;:)\]—–…،؛，、；：]['\"’”»]?\Z")
SIGN_OR_SPACE = re.compile(r"[，、；：…—]+[”」』]?\s*|(?<=[^\s,;:])[,;:]?\s+")
OPENING = tuple("([—–")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


CONJUNCTIONS = {
    "en": _words(
        "and but or nor so yet because since although though while when whenever where whereas if "
        "unless until till before after as than that which who whose whom"
    ),
    "de": _words(
        "und aber oder denn sondern doch weil da dass daß obwohl obgleich während als wenn wo wie "
        "ob bis bevor nachdem damit sodass falls seit seitdem indem sowie"
    ),
}
# What belongs to the word after it: articles, prepositions, possessives, titles.
LEANING = {
    "en": _words(
        "a an the of to in on at by for from with into onto upon over under about between through "
        "during within without except near like my your his her its our their this these those "
        "every each no not very is are was were be "
        "has have had will would can could may might must shall should mr mrs ms dr st and or "
        "but"
    ),
    "de": _words(
        "der die das den dem des ein eine einen einem einer eines von zu zum zur in im an am auf "
        "aus bei beim mit nach vor über unter um durch für gegen ohne mein meine dein sein seine "
        "seinen seinem seiner ihr ihre ihren ihrem ihrer unser unsere euer kein keine keinen nicht "
        "sehr so und oder aber herr frau dr"
    ),
}
NONE: frozenset[str] = frozenset()
Span = tuple[int, int]


def clause_end(text: str, language: str, unbroken: Sequence[Span] = ()) -> int:
    """Where the first clause of a text ends, with the space after it; 0 where it stays whole.

    It ends with a sign, else before a conjunction, else between two words, and never within the
    places that are `unbroken`: what is read as one, such as a number or a name.
    """
    is_wordless = _is_wordless(text)
    borders = _without_spaces(text) if is_wordless else _between_words(text, language)
    rest = FEWEST_SIGNS if is_wordless else SHORTEST_REST
    for kind in borders:
        for place in kind:
            is_within = any(start < place < end for start, end in unbroken)
            if not is_within and len(text[place:].strip()) >= rest:
                return place
    return 0


def _is_wordless(text: str) -> bool:
    return len(WORDLESS.findall(text)) * 2 > len(text)


def _without_spaces(text: str) -> Iterator[Iterator[int]]:
    """Borders from the last that is wanted to the first; no word is known to end elsewhere."""
    start = len(text) - len(text.lstrip())
    if len(text.strip()) > MOST_SIGNS:
        ends = [found.end() for found in SIGN_OR_SPACE.finditer(text, start)]
        near = [end for end in ends if FEWEST_SIGNS <= end - start <= MOST_SIGNS]
        yield reversed(near)


def _between_words(text: str, language: str) -> Iterator[Iterator[int]]:
    """Borders by how well they end a clause; of equals the last that is wanted comes first."""
    words = [found.span() for found in WORD.finditer(text)]
    if len(words) <= MOST:
        return
    numbers = range(min(MOST, len(words) - FEWEST), FEWEST - 1, -1)
    near = [(text[slice(*words[n - 1])], text[slice(*words[n])], words[n][0]) for n in numbers]
    for test in _tests(language.partition("-")[0].lower()):
        yield (place for before, after, place in near if test(before, after))


def _tests(language: str) -> tuple[Callable[[str, str], bool], ...]:
    joins, leans = CONJUNCTIONS.get(language, NONE), LEANING.get(language, NONE)

    def is_clause(before: str, after: str) -> bool:
        return bool(CLAUSE_SIGN.search(before)) or after.startswith(OPENING)

    def is_joined(before: str, after: str) -> bool:
        return after.lower() in joins and before.lower().rstrip(".") not in leans

    def is_free(before: str, after: str) -> bool:
        is_number = before[-1].isdigit() or after[0].isdigit()
        return not is_number and before[-1] != "." and before.lower() not in leans

    return is_clause, is_joined, is_free, lambda before, after: before[-1] != "."
