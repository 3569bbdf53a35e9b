"""Article of a web page: which of its blocks belong to it, and what the others are."""

import logging
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any

from lxml.etree import LxmlError

from documents.html_blocks import Block, Page, words_of
from documents.html_furniture import kind_by_name
from documents.html_kinds import HEADINGS
from documents.text_cleaning import one_line

log = logging.getLogger(__name__)

GRAM = 4  # words
OF_BLOCK = 0.5  # of a block's words in the article, and it belongs to it
UNMISTAKABLE = 8  # words
FEWEST = 0.35  # of what its names tell: with less, trafilatura has missed the text
OF_PAGE = 0.88
OF_OWN = 0.6
OF_UNSEEN = 0.25
OF_PLAIN = 0.1  # in links
OF_LINKS = 0.7
OF_PRUNED = 0.5
SENTENCE, PARAGRAPH = 6, 20  # words
ITEMS = frozenset(("li", "dd", "dt"))
FILLED = ITEMS | {"p", "blockquote", "h2", "h3", "h4", "h5", "h6"}
FAILURES = (
    LxmlError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
ASIDE = frozenset(("comment", "teaser", "prompt"))
HINTING = 0.4
HINT = re.compile(
    r"\W{0,9}(?:related|read (?:more|also|next)|see (?:more|also)|also read"
    r"|more (?:on|from|stories)|don.t miss|must read|you (?:may|might) (?:also )?like|recommended"
    r"|lesen sie (?:auch|mehr)|lies auch|mehr (?:zum thema|dazu)|(?:à )?lire (?:aussi|également)"
    r"|lee también|leer más|te puede interesar|leggi anche|leia (?:também|mais)|lees ook"
    r"|läs (?:också|mer|även)|les også|læs også|lue myös|zobacz (?:też|także)|czytaj (?:też|także)"
    r"|читайте также|čtěte také|olvassa el|bunu da oku|関連記事|相关阅读)\b",
    re.IGNORECASE,
)
INSTRUCTION = re.compile(r"<[?][^>]{0,1000}>")  # after one, trafilatura's parser stops
LEGAL = re.compile(r"\s*(?:©|\(c\)|copyright\b|all rights reserved)", re.IGNORECASE)


def _import_extract() -> Callable[..., Any]:
    """Import trafilatura, without its guesser of languages: that takes 0.1 s and is not used."""
    name = "py3langid"
    is_new = name not in sys.modules
    if is_new:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        from trafilatura import bare_extraction
    finally:
        if is_new:
            del sys.modules[name]
    return bare_extraction


_extract = _import_extract()


class Article:
    """Says of each element of a page whether it belongs to what the page is about.

    `title` is the heading that names it, 0 for none. `unseen` is the article's text where that
    stands in none of the elements, but in data that a script of the page would show.
    """

    def __init__(self, page: Page, html: str, titles: Collection[str]) -> None:
        self._page = page
        self._blocks = page.blocks
        own = self._by_names()
        # Only its way for mere text looks into the data of scripts, too.
        text = self._extract(html, is_precise=self._size(own) > SENTENCE)
        found = self._pruned(self._aligned(text))
        length = len(words_of(text))
        is_unseen = length > PARAGRAPH and self._size(own | found) < OF_UNSEEN * length
        self.unseen = text if is_unseen else ""
        chosen = self._choose(own, found)
        chosen = chosen or {n for n, block in enumerate(self._blocks) if not block.named}
        chosen = chosen or set(range(len(self._blocks)))
        self.title = self._find_title(chosen, titles)
        self._kinds = self._make_kinds(chosen | self._blocks_of(self.title))

    def kind_of(self, node: Any, attributes: dict[str, str | None]) -> str:
        """The kind that begins with an element, "" where it is that of what is around it."""
        kind = self._kinds.get(node.mem_id)
        if kind is not None:
            return kind
        named = attributes and kind_by_name(node.tag, attributes, is_menu=False)
        return "navigation" if named else ""

    def _choose(self, own: set[int], found: set[int]) -> set[int]:
        """What trafilatura found, unless it missed the text, or pieces of a page of mere text."""
        share = self._size(found) / max(1, self._size(own))
        if share < FEWEST or self._is_plain(own):
            return own
        whole = self._size(range(len(self._blocks)))
        is_mere_text = self._size(own) > OF_PAGE * whole and share > OF_OWN
        return own | found if is_mere_text else found

    def _is_plain(self, own: set[int]) -> bool:
        """Whether nothing stands around the text, as in a file that a program wrote."""
        linked = sum(block.linked for block in self._blocks)
        size = sum(block.size for block in self._blocks)
        return len(own) == len(self._blocks) and linked < OF_PLAIN * size

    def _size(self, chosen: Iterable[int]) -> int:
        return sum(len(self._blocks[n].words) for n in chosen)

    def _by_names(self) -> set[int]:
        """The blocks of the main element that are neither furniture nor in lists of links."""
        page, main = self._page, self._page.main()
        lists = page.link_lists() - {main}
        inside, listed = {main}, set()
        for element, above in page.above.items():
            if above in inside:
                inside.add(element)
            if element in lists or above in listed:
                listed.add(element)
        inside -= listed
        return {
            n
            for n, block in enumerate(self._blocks)
            if block.element in inside and not block.named and not _is_aside(block)
        }

    def _extract(self, html: str, *, is_precise: bool) -> str:
        """The text that trafilatura finds, "" where the page is too large for it, or no article."""
        if self._page.is_large or self._page.is_thread:
            return ""
        try:
            found = _extract(
                INSTRUCTION.sub("", html), include_comments=False, favor_precision=is_precise
            )
        except FAILURES:  # whatever a page does to it, there is our own way
            log.info("trafilatura failed", exc_info=True)
            return ""
        return found.text or "" if found is not None else ""

    def _pruned(self, chosen: set[int]) -> set[int]:
        """What is chosen without what its names say is something else, unless that is most."""
        chosen = {n for n in chosen if not _is_aside(self._blocks[n])}
        chosen = self._without_last_links(chosen)
        asked = {n for n in chosen if self._blocks[n].named == "prompt"}
        if asked and self._size(chosen - asked) > SENTENCE:
            chosen -= asked  # boxes that ask for consent may be longer than the text
        pruned = {n for n in chosen if self._blocks[n].named not in ASIDE}
        return pruned if self._size(pruned) > OF_PRUNED * self._size(chosen) else chosen

    def _without_last_links(self, chosen: set[int]) -> set[int]:
        """An article does not end with rows of links to others, nor with the heading over them."""
        kept = sorted(chosen)
        while kept and ((block := self._blocks[kept[-1]]).is_linked or block.tag in HEADINGS):
            kept.pop()
        return set(kept) if self._size(kept) > OF_LINKS * self._size(chosen) else chosen

    def _aligned(self, text: str) -> set[int]:
        """The blocks whose words stand in a text, and small ones of their kind between them."""
        words = words_of(text)
        grams = set(zip(*(words[start:] for start in range(GRAM)), strict=False))
        lines = {words_of(cell) for line in text.splitlines() for cell in line.split("|")}
        found = {n for n, block in enumerate(self._blocks) if _is_in(block, grams, lines)}
        times = Counter(self._blocks[n].words for n in found)
        sure = [
            n
            for n in sorted(found)
            if len(self._blocks[n].words) >= UNMISTAKABLE and times[self._blocks[n].words] == 1
        ]
        if not sure:
            return found
        first, last = sure[0], sure[-1]
        around, parents = self._holding(sure), {self._blocks[n].above for n in sure}

        def is_near(n: int) -> bool:
            """What is short, or twice on the page, may be something else outside the article."""
            block = self._blocks[n]
            if first <= n <= last or n in sure or block.element in around:
                return True
            return first - 2 <= n < first or block.above in parents

        found = {n for n in found if is_near(n)}
        return found | self._between(found, first, last)

    def _between(self, found: set[int], first: int, last: int) -> set[int]:
        parents = {self._blocks[n].above for n in found}
        return {
            n
            for n in range(first, last + 1)
            if (block := self._blocks[n]).above in parents
            and block.tag in FILLED
            and not block.named
            and not block.is_linked
            and not _is_aside(block)
            and (len(block.words) >= SENTENCE or block.tag in ITEMS)
        }

    def _find_title(self, chosen: set[int], titles: Collection[str]) -> int:
        """The heading that names the page, 0 where there is none or it is in the article anyway.

        It says the page's title, or is the nearest main heading above the text.
        """
        page = self._page
        order = {element: n for n, element in enumerate(page.above)}
        heads = [e for e in page.above if page.tags[e] in ("h1", "h2")]
        mine = {self._blocks[n].element for n in chosen}
        start = order[self._blocks[min(chosen)].element] if chosen else 0
        named = [e for e in heads if one_line(page.text_of(e)) in titles]
        main = [e for e in heads if page.tags[e] == "h1"]
        inside = [e for e in named if e in mine] or [e for e in main if e in mine]
        above = [e for e in named if order[e] <= start] or [e for e in main if order[e] <= start]
        found = inside[:1] or above[-1:] or named[:1] or main[:1]
        return found[0] if found else 0

    def _blocks_of(self, element: int) -> set[int]:
        return {
            n
            for n, block in enumerate(self._blocks)
            if element and element in (block.element, block.above)
        }

    def _make_kinds(self, chosen: set[int]) -> dict[int, str]:
        page = self._page
        numbers = {block.element: n for n, block in enumerate(self._blocks)}
        holding = self._holding(chosen)
        kinds: dict[int, str] = {}
        effective: dict[int, str] = {0: "text"}
        speaking: set[int] = set()  # notes, captions, contents: the walk tells what they are
        for element, above in page.above.items():
            around = effective.get(above, "text")
            if above in speaking or page.says_its_kind(element):
                speaking.add(element)
            number = numbers.get(element)
            if number in chosen or (number is None and element in holding):
                kind = "text"
            elif number is None or (element in speaking and not self._blocks[number].named):
                kind = ""
            else:
                kind = _left_out(self._blocks[number])
            effective[element] = kind or around
            kinds[element] = "" if kind == around else kind
        return kinds

    def _holding(self, chosen: Iterable[int]) -> set[int]:
        """The elements with chosen blocks in them."""
        holding: set[int] = set()
        for n in chosen:
            element = self._blocks[n].element
            while element and element not in holding:
                holding.add(element)
                element = self._page.above.get(element, 0)
        return holding


def _left_out(block: Block) -> str:
    if block.named:
        return "navigation" if block.named == "prompt" else block.named
    return "teaser" if len(block.words) >= SENTENCE and not _is_legal(block) else "navigation"


def _is_legal(block: Block) -> bool:
    return block.tag not in HEADINGS and bool(LEGAL.match(block.start))


def _is_aside(block: Block) -> bool:
    """Whether a block is a notice of rights, or only points to other stories."""
    if _is_legal(block):
        return True
    return block.linked > HINTING * block.size and bool(HINT.match(block.start))


def _is_in(block: Block, grams: Collection[Any], lines: Collection[Any]) -> bool:
    found = sum(_matching(words, grams, lines) for words in block.pieces)
    return found >= OF_BLOCK * sum(map(len, block.pieces))


def _matching(words: tuple[str, ...], grams: Collection[Any], lines: Collection[Any]) -> float:
    """How many words of a piece stand in the article, as far as its runs of four tell."""
    if len(words) < GRAM:
        return len(words) if words in lines else 0
    starts = range(len(words) - GRAM + 1)
    return len(words) * sum(words[n : n + GRAM] in grams for n in starts) / len(starts)
