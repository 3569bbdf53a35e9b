"""Pages of a book that readers skip: title pages, imprints, licences, printed contents."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from documents.epub_contents import Place
from documents.epub_files import Package, find
from documents.epub_pages import Glance, parse_page
from documents.errors import DocumentError
from documents.html_kinds import Attributes, classes_of, types_of
from documents.safe_zip import Archive
from documents.types import LEFT_OUT, Document, TextRun, compose

FRONT, CONTENTS = "front_matter", "contents"
TYPE_NAMES = (
    "titlepage title-page halftitlepage halftitle half-title-page imprint colophon doc-colophon "
    "copyright-page copyright imprimatur cover doc-cover loi lot loa lov seriespage series-page "
    "uncopyright licence license other-credits"
)
FRONT_TYPES = frozenset(TYPE_NAMES.split())
CONTENTS_TYPES = frozenset(("toc", "doc-toc", "table-of-contents"))
BODY_TYPES = frozenset(("bodymatter", "text", "start", "chapter"))
GUTENBERG_NAMES = (
    "pg-boilerplate pgheader pgfooter pg-header pg-footer transnote transnotes tnote "
    "transcribers-note transcriber-note transcribersnote"
)
GUTENBERG_CLASSES = frozenset(GUTENBERG_NAMES.split())
GUTENBERG_START = re.compile(r"\*\*\* ?START OF TH\w{1,3} PROJECT GUTENBERG", re.IGNORECASE)
GUTENBERG_END = re.compile(r"\*\*\* ?END OF TH\w{1,3} PROJECT GUTENBERG", re.IGNORECASE)
TITLE_NAME = re.compile(
    r"(?:^|[^a-z])(?:title[-_ ]?page|half[-_ ]?title(?:[-_ ]?page)?|cover(?:[-_ ]?page)?)"
    r"(?:$|[^a-z])"
)
LEGAL_NAME = re.compile(
    r"(?:^|[^a-z])(?:copyright(?:[-_ ]?page)?|imprint|impressum|colophon|uncopyright|licen[cs]e|"
    r"loi|also[-_ ]?by(?:[-_ ]?the[-_ ]?author)?|ad[-_ ]?card|newsletter)(?:$|[^a-z])"
)
LABELS = re.compile(
    r"title ?page|half[- ]?title(?: page)?|copyright(?: page| notice| information)?|imprint|"
    r"colophon|uncopyright|cover(?: page| image)?|(?:also|other (?:books|titles|works)|more|books) "
    r"by .{1,60}|by the same author|(?:list of )?illustrations|list of (?:figures|tables|maps)|"
    r"(?:the )?(?:full )?project gutenberg(?:™)? licen[cs]e|licen[cs]e|"
    r"titelseite|titelblatt|impressum|schmutztitel|umschlag|abbildungsverzeichnis|"
    r"page de (?:titre|copyright)|faux[- ]titre|couverture|mentions légales|du même auteur|"
    r"(?:table|liste) des illustrations|portadilla|portada|cubierta|página de créditos|créditos|"
    r"copertina|frontespizio|colofon|titelpagina|voorblad|okładka|strona (?:tytułowa|redakcyjna)|"
    r"обложка|титульный лист|выходные данные|封面|版权页|版权信息|版權頁|奥付|表紙|扉",
    re.IGNORECASE,
)
CONTENTS_LABELS = re.compile(
    r"(?:table of )?contents|inhalt(?:sverzeichnis)?|table des matières|sommaire|"
    r"índice(?: general)?|indice|sumário|inhoud(?:sopgave)?|spis treści|содержание|оглавление|"
    r"innehåll|obsah|目录|目錄|目次",
    re.IGNORECASE,
)
SIGNS = tuple(
    re.compile(sign, re.IGNORECASE)
    for sign in (
        r"\bISBN\b",
        r"©|\(c\) ?\d{4}|\bcopyright\b",
        r"all rights reserved|alle rechte (?:vorbehalten|voorbehouden)|tous droits r[ée]serv[ée]s|"
        r"todos los derechos|derechos reservados|tutti i diritti|todos os direitos|"
        r"wszelkie prawa zastrzeżone|все права защищены|med ensamrätt|všechna práva|版权所有|"
        r"版權所有|無断転載|無断複製|無断複写",
        r"no part of this (?:publication|book|e-?book|work) may|may not be reproduced|"
        r"kein teil dieses|aucune partie de|ninguna parte de|nessuna parte",
        r"(?:first )?published (?:in|by)|erstmals erschienen|1\. auflage|dépôt légal|"
        r"prima edizione|primera edición|printed in|gedruckt in|druck und bindung",
        r"library of congress|deutsche nationalbibliothek|bibliothèque nationale|british library",
        r"public domain|creative commons|gemeinfrei|domaine public",
    )
)
MOST_OF_LABELLED, MOST_OF_LEGAL, MOST_OF_TITLE, FEW = 6000, 3500, 800, 500  # characters
LINKED = 0.6  # the share of a page of contents that is links


def kinds_by_reference(archive: Archive, package: Package) -> dict[str, str]:
    """Tell the kinds of files that the landmarks of a book, or its guide, give them."""
    found: dict[str, str] = {}
    texts = set()
    for path, names in _references(archive, package):
        if names & BODY_TYPES:
            texts.add(path)
        elif names & FRONT_TYPES:
            found[path] = FRONT
        elif names & CONTENTS_TYPES:
            found[path] = CONTENTS
    return {path: kind for path, kind in found.items() if path not in texts}


def _references(archive: Archive, package: Package) -> Iterable[tuple[str, frozenset[str]]]:
    if package.root is not None:
        for reference in package.root.iterfind("{*}guide/{*}reference"):
            href, _, _ = reference.get("href", "").partition("#")
            yield find(archive, package.path, href), frozenset([reference.get("type", "").lower()])
    for item in package.items.values():
        if "nav" not in item.properties or not item.path:
            continue
        try:
            tree = parse_page(archive, item.path)
        except DocumentError:
            continue
        for nav in tree.css("nav"):
            if "landmarks" not in types_of(nav.attributes):
                continue
            for link in nav.css("a[href]"):
                href, _, _ = (link.attributes.get("href") or "").partition("#")
                yield find(archive, item.path, href), types_of(link.attributes)


def kinds_of_pages(
    glances: Mapping[str, Glance], places: list[Place], referred: Mapping[str, str]
) -> dict[str, str]:
    """Tell which pages are left out whole, by what is said of them and by what stands on them."""
    labels: dict[str, list[str]] = {}
    for place in places:
        labels.setdefault(place.path, []).append(place.title)
    found = {}
    for path, page in glances.items():
        # A file in which several chapters begin is more than one of its pages.
        if len(labels.get(path, ())) <= 1 and (kind := _kind(path, page, labels, referred)):
            found[path] = kind
    return found


def _kind(
    path: str, page: Glance, labels: Mapping[str, list[str]], referred: Mapping[str, str]
) -> str:
    titles = [page.heading, *labels.get(path, ())]
    is_listing = page.links >= 3 and page.linked > LINKED * page.size
    is_contents = any(CONTENTS_LABELS.fullmatch(title.strip(" .:")) for title in titles)
    if is_listing and (is_contents or page.links >= 5 or referred.get(path) == CONTENTS):
        return CONTENTS
    if page.size <= MOST_OF_LABELLED and referred.get(path) == FRONT:
        return FRONT
    stem = path.lower().rpartition("/")[2].rpartition(".")[0]
    if page.size <= MOST_OF_TITLE and TITLE_NAME.search(stem):
        return FRONT
    if page.size <= MOST_OF_LABELLED and LEGAL_NAME.search(stem):
        return FRONT
    if page.size <= MOST_OF_LABELLED and any(
        LABELS.fullmatch(each.strip(" .:")) for each in titles
    ):
        return FRONT
    if page.size > MOST_OF_LEGAL:
        return ""
    signs = sum(1 for sign in SIGNS if sign.search(page.text))
    return (
        FRONT
        if signs >= 3
        or (signs == 2 and not page.heading)
        or (signs and page.size <= FEW and not page.heading)
        else ""
    )


def kind_of(_node: Any, attributes: Attributes) -> str:
    """Tell by its type or its class whether an element is one that readers skip."""
    if not attributes:
        return ""
    if types_of(attributes) & FRONT_TYPES:
        return FRONT
    is_gutenberg = classes_of(attributes) & GUTENBERG_CLASSES
    return FRONT if is_gutenberg or attributes.get("id") in ("pg-header", "pg-footer") else ""


def gutenberg_frame(body: Any) -> tuple[frozenset[int], bool]:
    """Collect the elements around the text that Project Gutenberg marks with START and END.

    The second value tells whether the text ends in this page.
    """
    found: set[int] = set()
    is_over = False
    for node in body.css("p, pre, div, h1, h2, h3, span"):
        if node.child is None or node.child.tag != "-text":
            continue
        text = (node.child.text_content or "")[:300]
        if "***" not in text:
            continue
        is_start, is_end = bool(GUTENBERG_START.search(text)), bool(GUTENBERG_END.search(text))
        if is_start or is_end:
            found.update(_beside(node, body, before=is_start))
            is_over = is_over or is_end
    return frozenset(found), is_over


def _beside(node: Any, body: Any, *, before: bool) -> Iterable[int]:
    yield node.mem_id
    while node is not None and node.mem_id != body.mem_id:
        other = node.prev if before else node.next
        while other is not None:
            yield other.mem_id
            other = other.prev if before else other.next
        node = node.parent


def with_front_matter_read(document: Document) -> Document:
    """Read the front matter of a document that would have nothing to say without it."""
    if any(compose(chapter, LEFT_OUT).strip() for chapter in document.chapters):
        return document
    chapters = tuple(
        replace(chapter, parts=tuple(map(_read, chapter.parts))) for chapter in document.chapters
    )
    return replace(document, chapters=chapters)


def _read(part: TextRun) -> TextRun:
    return replace(part, kind="text") if part.kind == FRONT else part
