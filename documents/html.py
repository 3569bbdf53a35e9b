"""Reader of web pages: the article becomes chapters, menus and cookie bars are left out."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from documents.builder import Builder
from documents.encodings import decode_markup
from documents.errors import Broken
from documents.html_walker import SKIPPED, Flow
from documents.text_cleaning import one_line
from documents.types import Document

VOID = "area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr"
SELF_CLOSED = re.compile(rf"<((?!(?:{VOID})\b)[a-zA-Z][\w:-]*)((?:\s[^<>]*?)?)\s*/>")
IS_XHTML = re.compile(r"\s*<\?xml|<html[^>]*\sxmlns\s*=", re.IGNORECASE)
XHTML_WITHIN = 4096  # characters

TAG_NAMES = "nav footer aside form dialog menu button header"
ROLE_NAMES = (
    "navigation banner contentinfo complementary search dialog alertdialog menu menubar toolbar "
    "alert"
)
CLASS_WORDS = (
    "nav navbar navigation menu breadcrumb breadcrumbs sidebar cookie cookies consent gdpr "
    "newsletter subscribe subscription signup share sharing social related recommended promo "
    "advert advertisement ads ad sponsor sponsored popup modal pagination pager toolbar skip "
    "footer masthead comments disqus widget paywall noprint editsection navbox catlinks sitesub "
    "jump sphinxsidebar skiplink tags byline"
)
FURNITURE_TAGS = frozenset(TAG_NAMES.split())
FURNITURE_ROLES = frozenset(ROLE_NAMES.split())
FURNITURE_WORDS = frozenset(CLASS_WORDS.split())
KEPT_TAGS = frozenset(("html", "body", "main", "article", "h1", "h2", "h3", "p", "blockquote"))
MAIN = "main, [role=main], article, [itemprop=articleBody]"
WORD = re.compile(r"[a-z]+")
SITE_NAME = re.compile(r"\s+[|–—·»:-]+\s+")
OF_TEXT = 0.5  # what holds more of a page's text than this is no furniture
OF_MAIN = 0.75
LINKED = 0.7


def read_page(data: bytes, title: str, charset: str = "") -> Document:
    """Read a web page; `charset` is what its server said. Raises EmptyDocument."""
    tree = parse(data, charset)
    builder = Builder()
    page = _Page(tree)
    _metadata(tree, page, builder)
    Flow(builder, page.kind_of).walk(tree.body)
    return builder.document("html", title)


def parse(data: bytes, charset: str = "") -> LexborHTMLParser:
    """Parse a page's bytes into a tree; raises Broken where there is none."""
    return parse_text(decode_markup(data, charset).text)


def parse_text(text: str) -> LexborHTMLParser:
    """Parse HTML or XHTML into a tree; raises Broken where there is none."""
    if IS_XHTML.search(text[:XHTML_WITHIN]):
        # To an HTML parser a self-closed <title/> or <a/> stays open to the end of the page.
        text = SELF_CLOSED.sub(r"<\1\2></\1>", text)
    tree = LexborHTMLParser(text)
    if tree.body is None:
        raise Broken
    return tree


def _metadata(tree: LexborHTMLParser, page: "_Page", builder: Builder) -> None:
    def content(selector: str) -> str:
        node = tree.css_first(selector)
        return one_line(node.attributes.get("content") or "") if node else ""

    builder.author = content("meta[name=author]")
    html = tree.css_first("html")
    if html is not None:
        builder.language = html.attributes.get("lang") or html.attributes.get("xml:lang") or ""
    # The name of the site is often a heading, too: those of the article come first.
    headings = [one_line(node.text()) for node in (*page.main.css("h1, h2"), *tree.css("h1"))]
    title = tree.css_first("head title, title")
    written = content('meta[property="og:title"]') or (one_line(title.text()) if title else "")
    first = tree.css_first("h1")
    builder.title = _without_site(written, headings) or (one_line(first.text()) if first else "")


def _without_site(title: str, headings: list[str]) -> str:
    """The title of the page alone, where a heading shows which part that is."""
    pieces = {title, *SITE_NAME.split(title)}
    return next((heading for heading in headings if heading in pieces), title)


class _Page:
    """Says of each element whether it belongs to what the page is about."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._sizes: Counter[int] = Counter()
        self._linked: Counter[int] = Counter()
        self._links: Counter[int] = Counter()
        self._measure(tree.body)
        whole = tree.body.mem_id if tree.body else 0
        self._all = max(1, self._sizes[whole])
        self.main = self._find_main(tree)
        self._around = {node.mem_id for node in _above(self.main)}
        written = tree.css_first("head title, title")
        pieces = SITE_NAME.split(one_line(written.text())) if written else []
        self._has_title = self.main.css_first("h1") is not None or any(
            one_line(node.text()) in pieces for node in self.main.css("h2")
        )

    def kind_of(self, node: Any, attributes: dict[str, str | None]) -> str:
        """ "navigation" for furniture, "text" where the article begins, "" for no opinion."""
        here = node.mem_id
        if here == self.main.mem_id or (node.tag == "h1" and not self._has_title):
            return "text"
        if here in self._around:
            return "navigation"
        if node.tag in KEPT_TAGS:
            return ""
        if self._is_furniture(node, attributes) or self._is_link_list(node):
            return "navigation"
        return ""

    def _measure(self, body: Any) -> None:
        """Count, for each element, the characters in it and those of them in links."""
        nodes = list(body.traverse(include_text=True))
        is_linked: dict[int, bool] = {}
        is_skipped: dict[int, bool] = {}
        above = [node.parent.mem_id for node in nodes]
        # Parents come before their children: what is inherited goes down the list, sums go up.
        for node, parent in zip(nodes, above, strict=True):
            tag, here = node.tag, node.mem_id
            is_linked[here] = tag == "a" or is_linked.get(parent, False)
            is_skipped[here] = tag in SKIPPED or is_skipped.get(parent, False)
            if tag == "a":
                self._links[here] += 1
            if tag == "-text" and not is_skipped[here]:
                self._sizes[here] = len((node.text_content or "").strip())
                self._linked[here] = self._sizes[here] if is_linked[here] else 0
        for node, parent in zip(reversed(nodes), reversed(above), strict=True):
            for counter in (self._sizes, self._linked, self._links):
                if counter[node.mem_id]:
                    counter[parent] += counter[node.mem_id]

    def _find_main(self, tree: LexborHTMLParser) -> Any:
        """The smallest element that holds most of the text that is not in links."""
        total = self._prose(tree.body)
        for candidate in tree.css(MAIN):
            if self._prose(candidate) > OF_TEXT * total:
                return candidate
        node, is_sinking = tree.body, True
        while is_sinking:
            is_sinking = False
            for child in _elements(node):
                if child.tag not in KEPT_TAGS - {"main", "article"} and (
                    self._prose(child) > OF_MAIN * total
                ):
                    node, is_sinking = child, True
                    break
        return node

    def _prose(self, node: Any) -> int:
        return self._sizes[node.mem_id] - self._linked[node.mem_id]

    def _is_furniture(self, node: Any, attributes: dict[str, str | None]) -> bool:
        if self._prose(node) > OF_TEXT * self._prose(self.main):
            return False
        if node.tag == "header":
            return node.css_first("h1") is None and self._links[node.mem_id] > 0
        if node.tag in FURNITURE_TAGS:
            return True
        if (attributes.get("role") or "") in FURNITURE_ROLES:
            return True
        named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower()
        return not FURNITURE_WORDS.isdisjoint(WORD.findall(named))

    def _is_link_list(self, node: Any) -> bool:
        here = node.mem_id
        if node.tag not in ("ul", "ol", "div", "section", "table") or self._links[here] < 3:
            return False
        return self._linked[here] > LINKED * self._sizes[here]


def _above(node: Any) -> Iterator[Any]:
    above = node.parent
    while above is not None and above.tag != "-document":
        yield above
        above = above.parent


def _elements(node: Any) -> Iterator[Any]:
    child = node.child
    while child is not None:
        if not child.tag.startswith(("-", "!")):
            yield child
        child = child.next
