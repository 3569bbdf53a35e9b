"""Table of contents of an EPUB: the places in its files where chapters begin."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from lxml import etree

from documents.epub_files import Item, Package, find, parse_file
from documents.epub_pages import Glance, parse_page
from documents.errors import Broken
from documents.html_kinds import HEADINGS
from documents.html_text import text_of
from documents.safe_zip import Archive
from documents.text_cleaning import one_line

NCX = "application/x-dtbncx+xml"
DEEPEST = 3  # levels of the table of contents that begin chapters
MOST = 20_000  # lines


@dataclass(frozen=True, slots=True)
class Place:
    """Line of the table of contents: the file, "" where it is missing, and the id in it or ""."""

    title: str
    level: int
    path: str
    anchor: str
    href: str = ""


def read_contents(archive: Archive, package: Package) -> list[Place]:
    """Read the table of contents; an empty list where there is none."""
    places: list[Place] = []
    for item in package.items.values():
        if "nav" in item.properties and item.path:
            places = _attempt(_from_nav(archive, item.path))
            if places:
                return places
    for item in _ncx_items(package):
        places = places or _attempt(_from_ncx(parse_file(archive, item.path), archive, item.path))
    return places


def _attempt(places: Iterator[Place]) -> list[Place]:
    """The lines of one table without doubled ones; none where it is damaged."""
    try:
        found = [place for place, _ in zip(places, range(MOST), strict=False)]
    except Broken:
        return []
    return list(dict.fromkeys(found))


def _ncx_items(package: Package) -> Iterator[Item]:
    spine = package.root.find("{*}spine") if package.root is not None else None
    named = package.items.get(spine.get("toc", "")) if spine is not None else None
    if named is not None and named.path:
        yield named
    for item in package.items.values():
        is_ncx = item.media_type == NCX or item.path.lower().endswith(".ncx")
        if item is not named and is_ncx and item.path:
            yield item


def _from_nav(archive: Archive, path: str) -> Iterator[Place]:
    tree = parse_page(archive, path)
    navs = tree.css("nav")
    wanted = [nav for nav in navs if "toc" in (nav.attributes.get("epub:type") or "").split()]
    for nav in (wanted or navs)[:1]:
        waiting: list[
            Place
        ] = []  # titles of parts that are no links: they begin where the next does
        for link in nav.css("li > a, li > span"):
            level = sum(1 for above in _up_to(link, nav) if above.tag == "ol")
            title = text_of(link, with_images=True) or one_line(link.attributes.get("title") or "")
            target = link.attributes.get("href") or ""
            if level > DEEPEST:
                continue
            waiting = [place for place in waiting if place.level < level]
            if not target:
                waiting.append(Place(title, level, "", ""))
                continue
            place = _place(archive, title, level, path, target)
            for above in waiting:
                yield replace(place, title=above.title, level=above.level)
            waiting = []
            yield place


def _up_to(node: Any, top: Any) -> Iterator[Any]:
    above = node.parent
    while above is not None and above.mem_id != top.mem_id:
        yield above
        above = above.parent


def _from_ncx(root: etree._Element, archive: Archive, path: str) -> Iterator[Place]:
    for point in root.iterfind("{*}navMap//{*}navPoint"):
        text, content = point.find("{*}navLabel/{*}text"), point.find("{*}content")
        level = sum(1 for above in point.iterancestors() if above.tag == point.tag) + 1
        if content is not None and level <= DEEPEST:
            title = one_line("".join(text.itertext())) if text is not None else ""
            yield _place(archive, title, level, path, content.get("src", ""))


def _place(archive: Archive, title: str, level: int, base: str, target: str) -> Place:
    reference, _, anchor = target.partition("#")
    path = find(archive, base, reference) if reference else base
    return Place(title, level, path, unquote(anchor), reference)


def completed(
    places: list[Place], order: list[Item], glances: Mapping[str, Glance], kinds: Mapping[str, str]
) -> list[Place]:
    """Complete a table of contents by the headings of the files, where it names but few of them."""
    named = [_titled(place, glances) for place in places if place.path in glances]
    places = [place for place in named if place.title]
    headed = [
        item.path
        for item in order
        if item.path in glances and glances[item.path].heading and not kinds.get(item.path)
    ]
    told = {place.path for place in places}
    headings = sum(each.headings for each in glances.values())
    if len(places) == 1 and len(glances) == 1 and headings > 2:
        return []  # the one file says more than the one line
    if not places or len(headed) < 3 or sum(path in told for path in headed) * 2 >= len(headed):
        return places
    top = min(glances[path].level for path in headed)
    replaced = set(headed)
    kept = [place for place in places if place.anchor or place.path not in replaced]
    return kept + [
        Place(glances[path].heading, 1 if glances[path].level == top else 2, path, "")
        for path in headed
    ]


def _titled(place: Place, glances: Mapping[str, Glance]) -> Place:
    """A line without a title takes the heading of its file."""
    if place.title or place.anchor:
        return place
    return replace(place, title=glances[place.path].heading)


def anchored(places: list[Place], body: Any) -> dict[str, list[Place]]:
    """Sort the lines that point into one file by the ids that are in it, "" for its beginning.

    An unknown id is looked for in other letters, then as a heading of the line's title.
    """
    wanted = {place.anchor for place in places if place.anchor}
    if not wanted:
        return {"": places} if places else {}
    known = {
        name
        for node in [body, *body.css("[id], [name]")]
        for name in (node.attributes.get("id"), node.attributes.get("name"))
        if name
    }
    folded = {name.casefold(): name for name in known}
    headings: dict[str, str] | None = None
    found: dict[str, list[Place]] = {}
    for place in places:
        anchor = place.anchor
        if anchor and anchor not in known:
            headings = _headings(body) if headings is None else headings
            anchor = folded.get(anchor.casefold()) or headings.get(place.title.casefold(), "")
        found.setdefault(anchor, []).append(place)
    return found


def _headings(body: Any) -> dict[str, str]:
    """The ids of the headings of a page by their texts; those without are given one."""
    found: dict[str, str] = {}
    for heading in body.css(", ".join(HEADINGS)):
        if heading.css_first(", ".join(f"{name} {name}" for name in HEADINGS)) is not None:
            continue
        name = heading.attributes.get("id") or f"heading-{heading.mem_id}"
        if found.setdefault(text_of(heading).casefold(), name) == name:
            heading.attrs["id"] = name
    return found
