"""Furniture of web pages, by the names that its elements carry."""

import re
from itertools import pairwise

from documents.html_kinds import CONTENTS_CLASSES, NOTE_CLASSES, NOTE_ID, NOTE_TYPES

TAG_NAMES = "nav footer aside form dialog menu button header"
ROLE_NAMES = (
    "navigation banner contentinfo complementary search dialog alertdialog menu menubar toolbar "
    "alert"
)
PROMPT_NAMES = (
    "cookie cookies consent gdpr onetrust usercentrics cookiebot cybot didomi borlabs trustarc "
    "truste osano iubenda klaro quantcast cookiefirst tarteaucitron axeptio cookieyes cmplz "
    "complianz termly sourcepoint cookiescript paywall regwall newsletter"
)
PROMPT_PAIRS = {"qc": "cmp", "sp": "message", "cc": "window banner", "fc": "consent", "amp": "ad"}
CLASS_WORDS = (
    "nav navbar navigation menu breadcrumb breadcrumbs sidebar "
    "subscribe subscription signup share sharing social "
    "popup modal pagination pager toolbar skip "
    "footer foot masthead widget noprint editsection navbox catlinks sitesub "
    "jump sphinxsidebar skiplink tags byline copyright authorbox login bio"
)
COMMENT_NAMES = "comment comments commentlist disqus livefyre"
TEASER_NAMES = (
    "related recommended recommendations promo promos advert adverts advertisement advertising ads "
    "ad sponsor sponsored teaser teasers outbrain taboola trending"
)
TEASER_PAIRS = {
    "more": "stories news articles posts from on",
    "most": "read popular viewed shared",
    "next": "article post story articles posts stories",
    "previous": "article post story",
    "latest": "news posts articles stories",
    "top": "stories",
    "other": "stories news articles posts",
    "recent": "posts articles stories",
    "popular": "posts articles stories",
    "similar": "posts articles stories",
    "read": "next",
    "also": "like read",
}
FURNITURE_TAGS = frozenset(TAG_NAMES.split())
FURNITURE_ROLES = frozenset(ROLE_NAMES.split())
FURNITURE_WORDS = frozenset(CLASS_WORDS.split())
PROMPT_WORDS = frozenset(PROMPT_NAMES.split())
COMMENT_WORDS = frozenset(COMMENT_NAMES.split())
TEASER_WORDS = frozenset(TEASER_NAMES.split())


def _pairs(named: dict[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (first, second) for first, others in named.items() for second in others.split()
    )


TEASERS = _pairs(TEASER_PAIRS)
PROMPTS = _pairs(PROMPT_PAIRS)
KEPT_TAGS = frozenset(("html", "body", "main", "article", "h1", "h2", "h3", "p", "blockquote"))
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
WORD = re.compile(r"[a-z]+")
LONGEST_NAME = 500  # characters of classes that are looked at


def is_kept(tag: str) -> bool:
    """Whether elements of this tag are text whatever they are called."""
    return tag in KEPT_TAGS


def kind_by_name(tag: str, attributes: dict[str, str | None], *, is_menu: bool) -> str:
    """Tell "navigation", "comment", "teaser" or "prompt" by tag, role and classes, "" for none.

    A prompt asks for consent, for an address or for money before the text can be read.

    `is_menu` is whether it holds links and no main heading.
    """
    if tag in KEPT_TAGS:
        return ""
    words = _words(attributes)
    if not COMMENT_WORDS.isdisjoint(words):
        return "comment"
    if not (TEASER_WORDS.isdisjoint(words) and TEASERS.isdisjoint(pairwise(words))):
        return "teaser"
    if not (PROMPT_WORDS.isdisjoint(words) and PROMPTS.isdisjoint(pairwise(words))):
        return "prompt"
    if tag == "header":
        return "navigation" if is_menu else ""
    if tag in FURNITURE_TAGS or (attributes.get("role") or "") in FURNITURE_ROLES:
        return "navigation"
    return "" if FURNITURE_WORDS.isdisjoint(words) else "navigation"


def says_its_kind(tag: str, attributes: dict[str, str | None]) -> bool:
    """Whether an element is a caption, a note or contents, whatever it stands in."""
    if tag == "figcaption":
        return True
    classes = frozenset((attributes.get("class") or "").lower().split())
    if classes & (CONTENTS_CLASSES | NOTE_CLASSES):
        return True
    name = attributes.get("id") or ""
    return name == "toc" or attributes.get("role") in NOTE_TYPES or bool(NOTE_ID.fullmatch(name))


def _words(attributes: dict[str, str | None]) -> list[str]:
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:LONGEST_NAME]
    return WORD.findall(CAMEL.sub("-", named).lower()) if named != " " else []
