"""Damage to documents: files to begin with, one or two of each ending, and ways to spoil them."""

import random
import zipfile
from collections import defaultdict
from io import BytesIO

from tests.documents import corpus
from tests.documents.cases import all_cases

LONGEST = 20_000  # bytes of a case that is damaged: in more of them the damage would be thin
PER_ENDING = 2
FROM_THE_CORPUS = (
    "pdf_with_an_outline",
    "pdf_in_two_columns",
    "book_with_parts",
    "word_with_lists_tables_and_links",
    "page_of_an_encyclopedia",
    "markdown_with_code_tables_and_notes",
    "text_of_project_gutenberg",
    "captions_in_srt",
    "captions_with_speakers",
)
OLD_TEXTS = "txt in an old encoding"

Sample = tuple[str, bytes]


def samples() -> dict[str, list[Sample]]:
    """Well-made files, each a name and its content, by the ending of their names."""
    found: dict[str, list[Sample]] = defaultdict(list)
    for name in FROM_THE_CORPUS:
        filename, content, _ = corpus.CASES[name]()
        found[_ending(filename)].append((filename, _bytes(content)))
    others: dict[str, list[Sample]] = defaultdict(list)
    for case in all_cases():
        content = _bytes(case.content())
        if len(content) <= LONGEST and not case.refused:
            is_old = case.kind == "Encodings" and case.filename.endswith(".txt")
            others[OLD_TEXTS if is_old else _ending(case.filename)].append((case.filename, content))
    for ending, files in others.items():
        # The longest holds the most kinds of things.
        files.sort(key=lambda file: len(file[1]), reverse=True)
        found[ending] += files[:PER_ENDING]
    return dict(found)


def _ending(filename: str) -> str:
    return filename.rpartition(".")[2]


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The content damaged: of an archive either the whole file or some of what is in it."""
    if zipfile.is_zipfile(BytesIO(content)) and chance.random() < 0.7:
        return damaged_inside(content, chance)
    return damaged(content, chance)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The content with bytes changed, dropped, doubled, put in or cut off.

    What is put in is mostly made of signs that the file itself is written with: a text with any
    other bytes in it would be refused before it is read.
    """
    signs = bytes(range(256)) if chance.random() < 0.3 else content
    made = bytearray(content)
    for _ in range(chance.randint(1, 30)):
        if not made:
            return b""
        place = chance.randrange(len(made))
        match chance.randrange(6):
            case 0:
                made[place] = chance.choice(signs)
            case 1:
                del made[place : place + chance.randint(1, 200)]
            case 2:
                made[place:place] = made[place : place + chance.randint(1, 500)]
            case 3:
                made[place:place] = bytes(chance.choices(signs, k=chance.randint(1, 50)))
            case 4 if signs is not content:
                made[place : place + 4] = b"\xff\xff\xff\x7f"
            case 5 if signs is not content:
                made[place] ^= 1 << chance.randrange(8)
    return bytes(made[: chance.randint(0, len(made))] if chance.random() < 0.1 else made)


def damaged_inside(content: bytes, chance: random.Random) -> bytes:
    """An archive that is whole and packs one or two damaged files, or lacks one."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w", 8) as new:
        names = [name for name in old.namelist() if name != "mimetype"]
        spoiled = chance.sample(names, min(len(names), chance.randint(1, 2)))
        lost = chance.choice(names) if chance.random() < 0.1 else ""
        for entry in old.infolist():
            inside = old.read(entry)
            if entry.filename in spoiled:
                inside = damaged(inside, chance)
            if entry.filename != lost:
                new.writestr(entry.filename, inside, entry.compress_type)
    return made.getvalue()
