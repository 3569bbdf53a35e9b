"""Outline of a plain text: which blocks are headings, and which are no text to be read."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from documents.heading_words import folded
from documents.plain_blocks import CONTENTS_LINE, ends_sentence, is_contents, underlined
from documents.plain_frame import makers_notes
from documents.plain_headings import (
    LONGEST_HEADING,
    ROMAN,
    bare_heading,
    heading_level,
    is_label,
    is_scene_break,
    stands_alone,
)

NUMERAL = re.compile(r"(\d{1,3}|[IVXLC]{1,7})\.?")
TITLED_NUMERAL = re.compile(r"(\d{1,3}|[IVXLC]{1,7})\.\s+\S[^.!?]{0,70}")
PAGE_MARK = re.compile(
    r"[\[({]?(?:Pg|Page|Seite|Página|Pagina|Strona|Sida|p\.|S\.)\s?\d{1,4}(?:\s(?:of|von|de|di|van|z|av)"
    r"\s\d{1,4})?[\])}]?|\[\d{1,4}\]|\{\d{1,4}\}",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"\s{0,20}(?:\[(?:Footnotes?|Fußnote|Note|Nota|Voetnoot|Fotnot|Przypis)\b[^\n]"
    r"|\[(?P<label>\d{1,3}|[A-Za-z]|[*†‡]{1,3})\][ \t])",
)
CAPTION = re.compile(
    r"\s{0,20}\[(?:Illustrations?|Illustrated|Image|Picture|Photo|Map|Music|Abbildung|Bild|Ilustración|"
    r"Ilustração|Illustrazione|Illustratie|Afbeelding|Ilustracja|Frontispiece|Blank Page)\b[^\[\]]",
    re.IGNORECASE,
)
CONTENTS = (
    "contents|table of contents|the contents|list of illustrations|illustrations|"
    "inhalt|inhaltsverzeichnis|inhaltsübersicht|table des matières|sommaire|índice|"
    "índice general|tabla de contenido|contenido|sumario|sumário|indice|sommario|"
    "inhoud|inhoudsopgave|spis treści|spis rozdziałów|innehåll|innehållsförteckning|"
    "indhold|indholdsfortegnelse|innhold|sisällys|obsah|tartalom|içindekiler|"
    "cuprins|содержание|оглавление|зміст|περιεχόμενα|目录|目錄|目次|차례|목차|المحتويات"
)
FOLDED_CONTENTS = frozenset(folded(CONTENTS).split("|"))
LONGEST_NOTE = 10  # blocks between the brackets of one
LONGEST_CAPITALS, MOST_CAPITALS = 60, 0.5
TITLE_SIZE, TITLE_WORDS = 60, 9
CENTRED = 8  # spaces in front of a title
ENTRY_LINES, SHORTEST_RUN = 3, 3
LEADERS = re.compile(r"(?:[ .·_…]{3,200}|\s{2,})(?:\d{1,4}|[ivxlc]{1,7})?\.?\s*\Z")
NOT_LETTERS = re.compile(r"[\W_]+")
HEADING, TITLE = "heading", "title"


@dataclass(frozen=True, slots=True)
class Role:
    """What a block is: the kind of a part, a heading of a level, or the title under one."""

    kind: str
    level: int = 0


def outline(blocks: list[str]) -> dict[int, Role]:
    """Find the blocks that are something else than text."""
    roles = {number: Role("front_matter") for number in makers_notes(blocks)}
    roles |= dict(_in_brackets(blocks))
    listed = _contents(blocks, roles)
    headings = _headings(blocks, roles, listed)
    pages = dict(_page_numbers(blocks, roles.keys() | headings.keys()))
    roles |= pages
    headings |= _numerals(blocks, roles.keys() | headings.keys(), headings)
    if not headings:
        headings = _in_capitals(blocks, roles)
    roles |= {number: Role(HEADING, level) for number, level in headings.items()}
    roles |= {number: Role(TITLE) for number in _titles(blocks, roles)}
    return roles


def _in_brackets(blocks: list[str]) -> Iterator[tuple[int, Role]]:
    """Footnotes and captions, which may go on in further blocks up to their closing bracket."""
    labels = Counter(re.findall(r"(?<=\S)\[(\d{1,3}|[A-Za-z]|[*†‡]{1,3})\]", "\n".join(blocks)))
    number = 0
    while number < len(blocks):
        block = blocks[number]
        note, last = NOTE.match(block), number
        if CAPTION.match(block) or (note and (not note["label"] or labels[note["label"]])):
            kind = "note" if note else "caption"
            is_open = block.count("[") > block.count("]")
            while is_open and last + 1 < min(len(blocks), number + LONGEST_NOTE):
                last += 1
                is_open = "]" not in blocks[last]
            last = number if is_open else last
            for each in range(number, last + 1):
                yield each, Role(kind)
        elif PAGE_MARK.fullmatch(block.strip()):
            yield number, Role("page_number")
        number = last + 1


def _contents(blocks: list[str], roles: dict[int, Role]) -> frozenset[str]:
    """Mark printed tables of contents; returns the titles that they name."""
    first_lines = [_key(block.strip().split("\n", 1)[0]) for block in blocks]
    count = Counter(first_lines)
    listed: set[str] = set()
    for number, block in enumerate(blocks):
        if number in roles:
            continue
        lines = block.strip().split("\n")
        if is_contents(lines):
            roles[number] = Role("contents")
            listed.update(map(_key, lines))
        elif folded(bare_heading(lines[0]).rstrip(".:")) in FOLDED_CONTENTS:
            entries = list(_entries(blocks, first_lines, count, number))
            if entries or len(lines) > 1:
                roles |= dict.fromkeys((number, *entries), Role("contents"))
                listed.update(_key(line) for each in entries for line in blocks[each].split("\n"))
    for run in _runs(blocks, count, first_lines):
        roles |= dict.fromkeys(run, Role("contents"))
    return frozenset(listed - {""})


def _entries(blocks: list[str], keys: list[str], count: Counter[str], title: int) -> Iterator[int]:
    """The blocks after the title of a table of contents that are its lines."""
    seen: set[str] = set()
    for number in range(title + 1, len(blocks)):
        lines = blocks[number].strip().split("\n")
        key = keys[number]
        is_line = len(lines) <= ENTRY_LINES and len(lines[0]) <= LONGEST_HEADING
        is_numbered = bool(CONTENTS_LINE.fullmatch(lines[0].rstrip()))
        is_entry = is_line and (is_numbered or (key != "" and count[key] > 1))
        if key in seen or not (is_entry or is_contents(lines)):
            return
        seen.add(key)
        yield number


def _runs(blocks: list[str], count: Counter[str], keys: list[str]) -> Iterator[list[int]]:
    """Runs of three headings and more with no text between, all of which come again."""
    run: list[int] = []
    seen: set[str] = set()
    for number, block in enumerate((*blocks, "")):
        is_twin = number < len(blocks) and count[keys[number]] > 1 and heading_level(block) > 0
        if is_twin and keys[number] not in seen:
            run.append(number)
            seen.add(keys[number])
            continue
        if len(run) >= SHORTEST_RUN:
            yield run
        run, seen = ([number], {keys[number]}) if is_twin else ([], set())


def _headings(blocks: list[str], roles: dict[int, Role], listed: frozenset[str]) -> dict[int, int]:
    """The blocks that are headings by their words, their rules, or a table of contents."""
    found: dict[int, int] = {}
    ruled: dict[int, str] = {}
    for number, block in enumerate(blocks):
        if number in roles:
            continue
        title, sign = underlined(block)
        if title:
            ruled[number] = sign
        if level := _level(title or block):
            found[number] = level
        elif len(block) <= LONGEST_HEADING and _key(block) in listed:
            found[number] = 2
    signs = set(ruled.values())
    for number, sign in ruled.items():
        found.setdefault(number, 1 if sign in "=═#" or len(signs) == 1 else 2)
    if all(level == 2 for level in found.values()):
        found = dict.fromkeys(found, 1)
    return found


def _level(block: str) -> int:
    """The level of a block that is a heading, on one line or with a title below it; else 0."""
    first, _, second = block.strip().partition("\n")
    if len(block) > LONGEST_HEADING * 2 or "\n" in second:
        return 0
    title = second.strip()
    is_sentence = (
        title.endswith((".", "!", "?", ",", ";", ":", "…", "”", '"')) and not title.isupper()
    )
    return 0 if title and is_sentence else heading_level(first)


def _page_numbers(blocks: list[str], taken: set[int]) -> Iterator[tuple[int, Role]]:
    """Numbers by themselves that rise through the text and stand within its sentences."""
    found = [
        (number, int(value))
        for number, block in enumerate(blocks)
        if number not in taken
        and (value := block.strip(" \t-–—.|[]")).isdecimal()
        and len(value) < 5
    ]
    values = [value for _, value in found]
    if len(found) < 2 or any(two <= one for one, two in pairwise(values)):
        return
    is_within = any(
        0 < number < len(blocks) - 1
        and not ends_sentence(blocks[number - 1])
        and blocks[number + 1].lstrip()[:1].islower()
        for number, _ in found
    )
    is_counted_on = len(found) > 2 and values[0] != 1 and values[-1] - values[0] == len(values) - 1
    if is_within or is_counted_on:
        for number, _ in found:
            yield number, Role("page_number")


def _numerals(blocks: list[str], taken: set[int], headings: dict[int, int]) -> dict[int, int]:
    """Headings that are numbers, with a title or by themselves, counted from one."""
    kept: list[int] = []
    last = 0
    for number, block in enumerate(blocks):
        if number in headings:
            last = 0
        written = bare_heading(block)
        found = NUMERAL.fullmatch(written) or (
            None if headings else TITLED_NUMERAL.fullmatch(written)
        )
        if number in taken or not found:
            continue
        value = _value(found[1])
        if value == last + 1 or value == 1:
            kept.append(number)
            last = value
    after = {number - 1 for number in kept}
    bodies = sum(1 for number in kept if number + 1 < len(blocks) and number not in after)
    if len(kept) < 2 or bodies * 2 < len(kept):
        return {}
    has_chapters = any(
        heading_level(blocks[place]) != 1 and not stands_alone(blocks[place]) for place in headings
    )
    return dict.fromkeys(kept, 3 if has_chapters else 2 if headings else 1)


def _value(numeral: str) -> int:
    if numeral.isdigit():
        return int(numeral)
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[sign] for sign in numeral]
    signed = (-one if one < two else one for one, two in pairwise((*values, 0)))
    return sum(signed) if ROMAN.fullmatch(numeral) else 0


def _in_capitals(blocks: list[str], roles: dict[int, Role]) -> dict[int, int]:
    """Lines in capitals over paragraphs, where nothing else is a heading and they are few."""
    found = [
        number
        for number, block in enumerate(blocks[:-1])
        if number not in roles
        and _is_in_capitals(block)
        and not _is_in_capitals(blocks[number + 1])
    ]
    keys = {_key(blocks[number]) for number in found}
    is_likely = 2 <= len(found) <= MOST_CAPITALS * len(blocks) and len(keys) == len(found)
    return dict.fromkeys(found, 1) if is_likely else {}


def _is_in_capitals(block: str) -> bool:
    line = block.strip()
    is_short = 3 < len(line) <= LONGEST_CAPITALS and "\n" not in line
    return is_short and line.isupper() and line[0].isalnum() and line[-1] not in ',;:!?."”»)'


def _titles(blocks: list[str], roles: dict[int, Role]) -> Iterator[int]:
    """The titles that stand by themselves under the number of a chapter."""
    for number, role in list(roles.items()):
        place = number + 1
        if role.kind != HEADING or place + 1 >= len(blocks) or place in roles or place + 1 in roles:
            continue
        label = bare_heading(blocks[number])
        if not (is_label(label) or NUMERAL.fullmatch(label)) or is_scene_break(blocks[place]):
            continue
        if _is_title(blocks[place], blocks[place + 1]):
            yield place


def _is_title(block: str, following: str) -> bool:
    line = block.strip()
    if "\n" in line or len(line) > TITLE_SIZE or line[-1] in '.,;:…-–—”"»':
        return False
    if line.isupper() or block.startswith(" " * CENTRED):
        return True
    is_plain = line[0].isupper() and len(line.split()) <= TITLE_WORDS
    return is_plain and len(following) > 2 * len(line) and ends_sentence(following)


def _key(line: str) -> str:
    """A heading's words alone, without the number of a page behind them."""
    line = line.strip()[: 2 * LONGEST_HEADING]
    return NOT_LETTERS.sub(" ", folded(LEADERS.sub("", line))).strip()
