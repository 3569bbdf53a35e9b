"""Blocks of a web page: the elements with text of their own, and what furniture they stand in."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from documents.html_furniture import is_kept, kind_by_name, says_its_kind
from documents.html_kinds import BLOCKS, HEADINGS, SKIPPED, is_hidden

APART = BLOCKS | HEADINGS.keys() | {"html", "pre"}
MAIN = frozenset(("main", "article"))
# In scripts without spaces each sign counts as a word.
SIGNS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
WORD = re.compile(rf"[{SIGNS}]|[^\W{SIGNS}]+")
OF_TEXT = 0.5  # what holds more of a page's text than this is no furniture
OF_COMMENTS = 0.9
OF_MAIN = 0.75
LINKED = 0.7
_COMMENTS = (
    r"(?:user |reader )?comments?|(?:leser)?kommentare?|commentaires?|comentarios?|comentários?"
    r"|comment[io]|kommentarer|komentarze|комментари[ийев]{1,2}|评论|コメント"
)
_ANSWERS = r"responses?|replies|reactions?|reaktionen|antworten|réactions?|respuestas?|reacties?"
COMMENTS_TITLE = re.compile(rf"(?:{_COMMENTS}):?", re.IGNORECASE)
COUNTED_COMMENTS = re.compile(
    rf"(?:\d{{1,5}}|one|two|no|ein|eine|zwei|un|une) (?:{_COMMENTS}|{_ANSWERS})"
    r"(?: (?:to|on|zu) .*)?"
    rf"|(?:{_COMMENTS}|{_ANSWERS}):? ?(?:\(\d{{1,5}}\)|\d{{1,5}})"
    r"|(?:leave|post|add|write) a (?:reply|comment)|join the (?:discussion|conversation)"
    r"|schreibe? einen kommentar|kommentar (?:schreiben|hinterlassen|verfassen)"
    r"|(?:laisser|ajouter) un commentaire|deja un comentario|dejar un comentario"
    r"|lascia un commento|deixe um comentário|geef een reactie",
    re.IGNORECASE,
)
BORDER = "\0"
START = 100  # characters
MOST_CHARACTERS = 1_000_000
MOST_NODES = 40_000
DEEPEST = 150
OF_LARGE = 400  # characters of each block that are looked at on a large page
LINKS = 3  # in a list of links


@dataclass(frozen=True, slots=True)
class Block:
    """An element with text of its own; `above` is the element with blocks that it stands in.

    `pieces` are the words of its text, parted at line ends and other blocks in it; `start` is how
    that begins. `size` is in characters, `linked` how many of them are links, `named` the kind of
    furniture that the names around it tell of, "" for none. Elements go by their `mem_id`.
    """

    element: int
    above: int
    tag: str
    pieces: tuple[tuple[str, ...], ...]
    size: int
    linked: int
    named: str
    start: str

    @property
    def words(self) -> tuple[str, ...]:
        """All words in order."""
        return self.pieces[0] if len(self.pieces) == 1 else sum(self.pieces, ())

    @property
    def is_linked(self) -> bool:
        """Whether it is a link or a row of links."""
        return self.linked > LINKED * self.size


class Page:
    """The blocks of a page in order, and the elements that they stand in.

    In the thread of a forum (`is_thread`) what is called a comment is the text.
    """

    def __init__(self, body: Any, *, is_thread: bool = False) -> None:
        self.body = body
        self.is_thread = is_thread
        self.above: dict[int, int] = {}
        self.tags: dict[int, str] = {}
        self.depth = self.nodes = 0
        self.attributes: dict[int, dict[str, str | None]] = {}
        self._texts: dict[int, list[str]] = defaultdict(list)
        self._sizes: Counter[int] = Counter()
        self._linked: Counter[int] = Counter()
        self._links: Counter[int] = Counter()
        self._titled: set[int] = set()  # elements with a main heading in them
        self._gather()
        self._sum_up()
        self._named = self._names()
        self.blocks = list(self._blocks())
        if not is_thread:
            self.blocks = with_comments(self.blocks)

    def says_its_kind(self, element: int) -> bool:
        """Whether an element is a note, a caption or contents by its names."""
        return says_its_kind(self.tags[element], self.attributes.get(element, {}))

    def around(self, element: int) -> Iterator[int]:
        """Give the elements with blocks above one, from the inside."""
        above = self.above.get(element, 0)
        while above:
            yield above
            above = self.above.get(above, 0)

    @property
    def is_large(self) -> bool:
        """Whether a closer look at every word would take seconds."""
        size = self._sizes[self.body.mem_id]
        return size > MOST_CHARACTERS or self.nodes > MOST_NODES or self.depth > DEEPEST

    def text_of(self, element: int) -> str:
        """The text that stands in an element itself."""
        return "".join(self._texts.get(element, ()))

    def main(self) -> int:
        """The smallest element that holds most of the text that is neither furniture nor links."""
        prose: Counter[int] = Counter()
        children: dict[int, list[int]] = defaultdict(list)
        for element, above in self.above.items():
            children[above].append(element)
        for block in self.blocks:
            if not block.named:
                prose[block.element] += block.size - block.linked
        for element in reversed(self.above):
            prose[self.above[element]] += prose[element]
        here = whole = self.body.mem_id
        for element in self.above:
            is_main = self.tags[element] in MAIN or self._says_main(element)
            if is_main and prose[element] > OF_TEXT * prose[whole]:
                return element
        while True:
            inner = (e for e in children[here] if prose[e] > OF_MAIN * prose[whole])
            child = next((e for e in inner if not is_kept(self.tags[e])), 0)
            if not child:
                return here
            here = child

    def link_lists(self) -> frozenset[int]:
        """Find the elements that hold little but links."""
        return frozenset(
            element
            for element in self.above
            if self.tags[element] in ("ul", "ol", "div", "section", "table")
            and self._links[element] >= LINKS
            and self._linked[element] > LINKED * self._sizes[element]
        )

    def _says_main(self, element: int) -> bool:
        attributes = self.attributes.get(element, {})
        return attributes.get("role") == "main" or attributes.get("itemprop") == "articleBody"

    def _gather(self) -> None:
        owners: dict[int, int] = {}
        depths: dict[int, int] = {}
        is_linked: dict[int, bool] = {}
        is_dropped: dict[int, bool] = {}
        for node in self.body.traverse(include_text=True):
            self.nodes += 1
            tag, here, parent = node.tag, node.mem_id, node.parent.mem_id
            owner = owners.get(parent, 0)
            if tag == "-text":
                if not is_dropped.get(parent):
                    self._take(owner, node.text_content or "", linked=is_linked.get(parent, False))
                continue
            if tag is None or tag.startswith(("-", "!")):
                continue
            attributes = node.attributes
            depths[here] = depths.get(parent, 0) + 1
            self.depth = max(self.depth, depths[here])
            is_linked[here] = tag == "a" or is_linked.get(parent, False)
            is_dropped[here] = is_dropped.get(parent, False) or (
                tag in SKIPPED or is_hidden(attributes)
            )
            if tag == "a":
                self._links[owner] += 1
            elif tag == "br":
                self._texts[owner].append(BORDER)
            if tag in APART or not owner:
                self.above[here], self.tags[here] = owner, tag
                if owner in self._texts:
                    self._texts[owner].append(BORDER)
                if attributes:
                    self.attributes[here] = attributes
                owner = here
                if tag == "h1":
                    self._mark_titled(here)
            owners[here] = owner

    def _mark_titled(self, element: int) -> None:
        for above in self.around(element):
            if above in self._titled:
                break
            self._titled.add(above)

    def _take(self, owner: int, text: str, *, linked: bool) -> None:
        self._texts[owner].append(text)
        size = len(text.strip())
        self._sizes[owner] += size
        if linked:
            self._linked[owner] += size

    def _sum_up(self) -> None:
        """Count for each element what is in it and in all below: parents come first in order."""
        self._own = dict(self._sizes), dict(self._linked)
        for element in reversed(self.above):
            for counter in (self._sizes, self._linked, self._links):
                if counter[element]:
                    counter[self.above[element]] += counter[element]

    def _names(self) -> dict[int, str]:
        """What each element is by its name and those around it, save what is most of the page."""
        whole = self._prose(self.body.mem_id)
        found: dict[int, str] = {}
        for element, above in self.above.items():
            around = found.get(above, "")
            named = "" if around in ("comment", "teaser", "prompt") else self._name(element)
            if named == "comment" and self.is_thread:
                named = ""
            if named:
                most = OF_COMMENTS if named in ("comment", "prompt") else OF_TEXT
                if self._prose(element) > most * whole:
                    named = ""
            found[element] = named or around
        return found

    def _name(self, element: int) -> str:
        tag = self.tags[element]
        is_menu = self._links[element] > 0 and element not in self._titled
        return kind_by_name(tag, self.attributes.get(element, {}), is_menu=is_menu)

    def _prose(self, element: int) -> int:
        return self._sizes[element] - self._linked[element]

    def _blocks(self) -> Iterator[Block]:
        sizes, linked = self._own
        most = OF_LARGE if self.is_large else None
        for element, above in self.above.items():
            if element not in sizes:
                continue
            text = "".join(self._texts[element])[:most]
            if pieces := tuple(filter(None, map(words_of, text.split(BORDER)))):
                yield Block(
                    element,
                    above,
                    self.tags[element],
                    pieces,
                    sizes[element],
                    linked.get(element, 0),
                    self._named[element],
                    text[:START],
                )


def with_comments(blocks: list[Block]) -> list[Block]:
    """The blocks, with those under a heading such as "3 Comments" as comments, unless most are."""
    under: list[int] = []
    section: list[int] = []
    level = 0
    is_counted = False
    for number, block in enumerate(blocks):
        depth = HEADINGS.get(block.tag, 0)
        title = block.start.strip() if depth else ""
        if COUNTED_COMMENTS.fullmatch(title) or (not level and COMMENTS_TITLE.fullmatch(title)):
            level = level or depth
            is_counted = is_counted or not COMMENTS_TITLE.fullmatch(title)
        elif 0 < depth <= level:
            # A text may have a chapter about comments, but then it goes on after it.
            under += section if is_counted else []
            section, level, is_counted = [], 0, False
        if level:
            section.append(number)
    under += section
    size = sum(blocks[number].size for number in under)
    if not under or under[0] == 0 or size > OF_TEXT * sum(block.size for block in blocks):
        return blocks
    made = list(blocks)
    for number in under:
        made[number] = replace(made[number], named=made[number].named or "comment")
    return made


def words_of(text: str) -> tuple[str, ...]:
    """Collect the words of a text in order; letters with accents are composed."""
    return tuple(WORD.findall(text if text.isascii() else unicodedata.normalize("NFC", text)))
