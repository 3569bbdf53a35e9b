"""Hidden text of web pages: shown where a script would show it, as nothing else is to be seen."""

from collections import Counter
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from documents.html_formulas import RENDERED
from documents.html_furniture import kind_by_name
from documents.html_kinds import SKIPPED, classes_of, is_hidden
from documents.html_text import text_of

TIMES = 2  # as much text as is to be seen: it is the page's text
HIDING = ("hidden", "aria-hidden", "style")
FEWEST = 60  # characters: less is a label
NESTED = 3  # elements in each other that are hidden


def reveal(tree: LexborHTMLParser) -> list[str]:
    """Show what is hidden, or kept for browsers without scripts, if it is the page's text.

    Returns the texts that stay hidden, such as those behind tabs.
    """
    for _ in range(NESTED):
        seen, hidden = _sizes(tree.body)
        late = [node for node, size in hidden if size > TIMES * seen]
        for node in late:
            for name in HIDING:
                if name in node.attributes:
                    del node.attrs[name]
        if not late:
            break
    if seen == 0 and not late:
        for node in tree.css("body noscript"):
            node.unwrap()
    return [text_of(node) for node, size in _sizes(tree.body)[1] if size >= FEWEST]


def _sizes(body: Any) -> tuple[int, list[tuple[Any, int]]]:
    """The characters outside links that are seen, and those of each hidden element."""
    places: dict[int, int] = {}  # the hidden element around each, 0 for none, -1 if never shown
    linked: set[int] = set()
    sizes: Counter[int] = Counter()
    nodes = {}
    for node in body.traverse(include_text=True):
        tag, parent = node.tag, node.parent.mem_id
        place = places.get(parent, 0)
        if tag == "-text":
            if place >= 0 and parent not in linked:
                sizes[place] += len((node.text_content or "").strip())
            continue
        here = node.mem_id
        if tag == "a" or parent in linked:
            linked.add(here)
        if place < 0 or tag is None or tag in SKIPPED:
            places[here] = -1
            continue
        attributes = node.attributes
        if classes_of(attributes) & RENDERED:  # a formula, part of which is for the eye alone
            sizes[place] += len(node.text())
            places[here] = -1
            continue
        if is_hidden(attributes):
            named = kind_by_name(tag, attributes, is_menu=False)
            place = -1 if named else here
            nodes[place] = node
        places[here] = place
    return sizes[0], [(nodes[place], size) for place, size in sizes.items() if place > 0]
