"""EPUB 3 with media overlays, which reads itself aloud: a span and a clip for each segment."""

import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from exports.chapter_files import Sounding, Tell, soundings
from exports.types import ExportTask
from speech.audio.word_timing import Timing
from speech.text.directives import PAUSE

UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*|\u2029\s*")
SILENT = re.compile(PAUSE)
MIMETYPE = "application/epub+zip"
XML = '<?xml version="1.0" encoding="utf-8"?>\n'
CONTAINER = XML + (
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    '<rootfiles><rootfile full-path="EPUB/package.opf" '
    'media-type="application/oebps-package+xml"/></rootfiles></container>'
)
STYLE = (
    "body { margin: 5%; line-height: 1.5; }\n"
    "p { margin: 0 0 1em; white-space: pre-line; }\n"
    ".spoken { background: #f2d9a8; color: #1f1b16; }\n"
)
# What EPUB Accessibility 1.1 wants a book to say of itself: all text is there, and all is read.
ACCESSIBILITY = (
    ("accessMode", "textual"),
    ("accessMode", "auditory"),
    ("accessModeSufficient", "textual"),
    ("accessModeSufficient", "auditory"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityFeature", "readingOrder"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "displayTransformability"),
    ("accessibilityFeature", "synchronizedAudioText"),
    ("accessibilityHazard", "none"),
)
SUMMARY = "The whole text, and a synthetic voice that reads it while each sentence is marked"
ENDINGS = {"image/png": "png", "image/jpeg": "jpg"}


class Clip(NamedTuple):
    """Clip of text as it is shown, and when it sounds in its chapter's file (seconds)."""

    identifier: str
    text: str
    begin_s: float
    end_s: float


class Page(NamedTuple):
    """Page of the book: a chapter."""

    number: int
    title: str
    duration_s: float

    @property
    def name(self) -> str:
        """Name of the page's files, without an ending."""
        return f"chapter-{self.number:03}"


def write(task: ExportTask, tell: Tell) -> None:
    """Write the book at the task's target."""
    with zipfile.ZipFile(task.target, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        book.writestr("META-INF/container.xml", CONTAINER)
        book.writestr("EPUB/style.css", STYLE)
        if task.cover:
            ending = ENDINGS[task.cover.media_type]
            book.writestr(f"EPUB/cover.{ending}", task.cover.data, zipfile.ZIP_STORED)
        pages = [_write_chapter(book, task, each) for each in soundings(task, tell)]
        book.writestr("EPUB/nav.xhtml", _contents(task, pages))
        book.writestr("EPUB/package.opf", _package(task, pages))


def _write_chapter(book: zipfile.ZipFile, task: ExportTask, sounding: Sounding) -> Page:
    title = _fit(sounding.part.title) or (task.title if len(task.parts) == 1 else "")
    page = Page(sounding.number, title or str(sounding.number), sounding.duration_ms / 1000)
    entry = zipfile.ZipInfo(f"EPUB/audio/{page.number:03}.mp3")
    with book.open(entry, "w", force_zip64=page.duration_s > 100_000) as file:
        for piece in sounding.pieces:
            file.write(piece)
    paragraphs = list(_paragraphs(task, sounding))
    book.writestr(f"EPUB/{page.name}.xhtml", _text(task, page, paragraphs))
    book.writestr(f"EPUB/{page.name}.smil", _overlay(page, paragraphs))
    return page


def _paragraphs(task: ExportTask, sounding: Sounding) -> Iterator[list[Clip]]:
    """The chapter's text in paragraphs of clips; a segment over two paragraphs becomes two."""
    clips: list[Clip] = []
    count = 0
    for segment in task.segments_of(sounding.part):
        text = task.text[segment["text_start"] : segment["text_end"]]
        if SILENT.fullmatch(text.strip()):
            continue
        timing, start = Timing(segment), 0
        for found in [*BLANK_LINE.finditer(text), None]:
            end = found.start() if found else len(text)
            shown = _fit(text[start:end])
            if shown.strip():
                count += 1
                places = (timing.at(start) if start else timing.start_ms, timing.at(end))
                times = (_inside(sounding, place) for place in places)
                clips.append(Clip(f"s{count}", shown, *times))
            if found:
                start = found.end()
                if clips:
                    yield clips
                clips = []
    if clips:
        yield clips


def _inside(sounding: Sounding, place_ms: float) -> float:
    return min(max(0.0, place_ms - sounding.first_ms), sounding.duration_ms) / 1000


def _text(task: ExportTask, page: Page, paragraphs: list[list[Clip]]) -> str:
    blocks = []
    has_heading = bool(paragraphs) and _words(paragraphs[0]) == page.title.split()
    if not has_heading:
        blocks.append(f"<h1>{escape(page.title)}</h1>")
    for number, clips in enumerate(paragraphs):
        tag = "h1" if has_heading and number == 0 else "p"
        spans = "".join(_span(clip) for clip in clips)
        blocks.append(f"<{tag}>{spans.strip()}</{tag}>")
    body = "\n".join(blocks)
    return _document(
        task,
        page.title,
        f'<section epub:type="chapter" role="doc-chapter" id="chapter">\n{body}\n</section>',
    )


def _words(clips: list[Clip]) -> list[str]:
    return "".join(clip.text for clip in clips).split()


def _span(clip: Clip) -> str:
    words = clip.text.rstrip()
    after = clip.text[len(words) :]
    return f'<span id="{clip.identifier}">{escape(words)}</span>{after}'


def _overlay(page: Page, paragraphs: list[list[Clip]]) -> str:
    pars = "\n".join(
        f'<par id="p{clip.identifier}"><text src="{page.name}.xhtml#{clip.identifier}"/>'
        f'<audio src="audio/{page.number:03}.mp3" clipBegin="{clip.begin_s:.3f}s" '
        f'clipEnd="{clip.end_s:.3f}s"/></par>'
        for clips in paragraphs
        for clip in clips
        if round(clip.begin_s, 3) < round(clip.end_s, 3)
    )
    return XML + (
        '<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'version="3.0"><body><seq id="all" epub:textref="{page.name}.xhtml#chapter">\n'
        f"{pars}\n</seq></body></smil>"
    )


def _contents(task: ExportTask, pages: list[Page]) -> str:
    entries = "\n".join(
        f'<li><a href="{page.name}.xhtml">{escape(page.title)}</a></li>' for page in pages
    )
    title = escape(_fit(task.title))
    return _document(
        task,
        task.title,
        f'<nav epub:type="toc" role="doc-toc" id="toc"><h1>{title}</h1>\n'
        f"<ol>\n{entries}\n</ol></nav>",
    )


def _document(task: ExportTask, title: str, body: str) -> str:
    language = quoteattr(task.language or "und")
    return XML + (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f"lang={language} xml:lang={language}>\n<head><title>{escape(_fit(title))}</title>"
        '<link rel="stylesheet" type="text/css" href="style.css"/></head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _package(task: ExportTask, pages: list[Page]) -> str:
    spine = "".join(f'<itemref idref="c{page.number}"/>' for page in pages)
    return XML + (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" '
        f"xml:lang={quoteattr(task.language or 'und')}>\n"
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        + "\n".join(_metadata(task, pages))
        + "\n</metadata>\n<manifest>\n"
        + "\n".join(_items(task, pages))
        + f"\n</manifest>\n<spine>{spine}</spine>\n</package>\n"
    )


def _metadata(task: ExportTask, pages: list[Page]) -> Iterator[str]:
    yield f'<dc:identifier id="id">{escape(task.identifier)}</dc:identifier>'
    yield f"<dc:title>{escape(_fit(task.title))}</dc:title>"
    yield f"<dc:language>{escape(task.language or 'und')}</dc:language>"
    yield f'<meta property="dcterms:modified">{escape(task.modified)}</meta>'
    yield f'<meta property="media:duration">{_clock(sum(p.duration_s for p in pages))}</meta>'
    yield '<meta property="media:active-class">spoken</meta>'
    if task.artist:
        yield f"<dc:creator>{escape(_fit(task.artist))}</dc:creator>"
    if task.narrator:
        yield f'<meta property="media:narrator">{escape(_fit(task.narrator))}</meta>'
    for name, value in ACCESSIBILITY:
        yield f'<meta property="schema:{name}">{value}</meta>'
    yield f'<meta property="schema:accessibilitySummary" xml:lang="en">{SUMMARY}</meta>'
    for page in pages:
        length = _clock(page.duration_s)
        yield f'<meta property="media:duration" refines="#o{page.number}">{length}</meta>'


def _items(task: ExportTask, pages: list[Page]) -> Iterator[str]:
    yield _item("nav", "nav.xhtml", "application/xhtml+xml", ' properties="nav"')
    yield _item("style", "style.css", "text/css")
    if task.cover:
        kind = task.cover.media_type
        yield _item("cover", f"cover.{ENDINGS[kind]}", kind, ' properties="cover-image"')
    for page in pages:
        number = page.number
        overlay = f' media-overlay="o{number}"'
        yield _item(f"c{number}", f"{page.name}.xhtml", "application/xhtml+xml", overlay)
        yield _item(f"o{number}", f"{page.name}.smil", "application/smil+xml")
        yield _item(f"a{number}", f"audio/{number:03}.mp3", "audio/mpeg")


def _item(identifier: str, address: str, media_type: str, more: str = "") -> str:
    return f'<item id="{identifier}" href="{address}" media-type="{media_type}"{more}/>'


def _fit(text: str) -> str:
    """A text without what XML cannot hold."""
    return UNFIT.sub("", text)


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{seconds:06.3f}"
