"""Texts to speak: plain English of any length, another one for each seed."""

import itertools
import random

OPENING = "The harbour was quiet before the boats came in."
WORDS = (
    "the of and to in a was that his it had he with as for not on at her be she him this but "
    "which from all my were they so there one been would when an said what if their will more "
    "by very man no or who some could them any time into up then now house before over little "
    "about good never upon such day come old only great well other again made must think two "
    "after long night room door water morning letter window street garden winter table market "
    "bridge island captain teacher paper silver lantern evening journey harbour mountain "
    "village question answer kitchen corner shoulder "
)

VOCABULARY = WORDS.split()
STEMS = ["the", "and", "light", "lighthouse", "lighter", "keeper", "of", "to", "storm", "harbour"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DISTINCT, POOL = 30_000, 500_000


def text(characters: int, seed: int = 0) -> str:
    """`characters` characters of sentences and paragraphs, ending with a full stop."""
    chance = random.Random(seed)
    parts, size = [f"{OPENING} "], len(OPENING) + 1
    while size < characters:
        sentence = _sentence(chance) + ("\n\n" if chance.random() < 0.15 else " ")
        parts.append(sentence)
        size += len(sentence)
    return "".join(parts)[: characters - 1].rstrip().ljust(characters - 1, "e") + "."


def _sentence(chance: random.Random) -> str:
    words = chance.choices(VOCABULARY, k=chance.randint(5, 22))
    if len(words) > 9:
        words[len(words) // 2] += ","
    return " ".join(words).capitalize() + "."


class Prose:
    """Words as often as prose has them: a few everywhere, thousands hardly anywhere."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        words = STEMS + [
            "".join(self.dice.choices(LETTERS, k=self.dice.randint(3, 10))) for _ in range(DISTINCT)
        ]
        shares = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))
        self._pool = self.dice.choices(words, cum_weights=shares, k=POOL)

    def words(self, least: int, most: int) -> str:
        """Between so many words in a row, from anywhere."""
        at = self.dice.randrange(len(self._pool) - most)
        return " ".join(self._pool[at : at + self.dice.randint(least, most)])
