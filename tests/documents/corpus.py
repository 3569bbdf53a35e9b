"""The made documents of the corpus: a file, and what must be spoken of it chapter by chapter."""

from collections.abc import Callable

import docx

from tests.documents import making
from tests.documents.making import Pdf, Truth, epub, paragraphs, sentences, spoken

Made = tuple[str, str | bytes, list[Truth]]
CASES: dict[str, Callable[[], Made]] = {}


def case(make: Callable[[], Made]) -> Callable[[], Made]:
    """Take a document into the corpus under its function's name."""
    CASES[make.__name__] = make
    return make


def three_chapters(mark: str = "{title}", word: str = "Chapter") -> tuple[list[str], list[Truth]]:
    """Blocks of a text in three chapters, and its truth."""
    blocks, truth = [], []
    for number in range(1, 4):
        title, body = f"{word} {number}", paragraphs(3, number)
        blocks += [mark.format(title=title), *body]
        truth.append(Truth(1, title, spoken(title, *body)))
    return blocks, truth


def wrapped(text: str, width: int = 68, broken: str = "") -> str:
    """A text in lines of at most so many characters; a word `broken` as "lan-tern" may break."""
    lines, line = [], ""
    start, _, end = broken.partition("-")
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            is_broken = bool(broken) and word == start + end
            lines.append(f"{line} {start}-" if is_broken else line)
            line = end if is_broken else word
        else:
            line = f"{line} {word}".strip()
    return "\n".join((*lines, line))


# Plain texts


@case
def text_in_utf8() -> Made:
    blocks, truth = three_chapters()
    return "plain.txt", "\n\n".join(blocks), truth


@case
def text_with_byte_order_mark() -> Made:
    blocks, truth = three_chapters(word="Kapitel")
    return "bom.txt", b"\xef\xbb\xbf" + "\r\n\r\n".join(blocks).encode(), truth


@case
def text_in_utf16() -> Made:
    body = "Der Bär saß im Café. Für immer, sagte er."
    return "sixteen.txt", f"\ufeff{body}".encode("utf-16-le"), [Truth(1, "sixteen", body)]


@case
def text_in_utf16_the_other_way() -> Made:
    body = "Žluťoučký kůň úpěl ďábelské ódy."
    return "sixteen.txt", f"\ufeff{body}".encode("utf-16-be"), [Truth(1, "sixteen", body)]


@case
def text_in_windows_1252() -> Made:
    body = "“Für mich?” fragte sie – und lächelte. Das Café war geschlossen."
    return "Windows_text.txt", body.encode("cp1252"), [Truth(1, "Windows text", body)]


@case
def text_of_wrapped_lines() -> Made:
    truth, blocks = [], ["The Lantern", "by Ada Holm"]
    for number, numeral in enumerate(("I", "II", "III"), 1):
        body = paragraphs(3, 40 + number, 6)
        blocks += [f"CHAPTER {numeral}", *map(wrapped, body)]
        truth.append(Truth(1, f"CHAPTER {numeral}", spoken(f"CHAPTER {numeral}", *body)))
    truth.insert(0, Truth(1, "The Lantern", spoken("The Lantern", "by Ada Holm")))
    return "lantern.txt", "\n\n\n".join(blocks), truth


@case
def text_of_project_gutenberg() -> Made:
    front = (
        "The Project Gutenberg eBook of The Lantern\n\nTitle: The Lantern\n\nAuthor: Ada Holm\n\n"
    )
    front += "Language: English\n\n*** START OF THE PROJECT GUTENBERG EBOOK THE LANTERN ***"
    body, truth = three_chapters(word="LETTER")
    end = "*** END OF THE PROJECT GUTENBERG EBOOK THE LANTERN ***\n\nThis licence is long."
    return "pg1.txt", "\n\n".join((front, *map(wrapped, body), end)), truth


@case
def text_with_words_broken_at_line_ends() -> Made:
    words = sentences(60, 5)
    broken = wrapped(words, broken="lan-tern")
    assert "lan-\ntern" in broken
    return "broken.txt", broken, [Truth(1, "broken", words)]


@case
def text_with_parts_and_a_list_of_contents() -> Made:
    one, two = paragraphs(2, 60), paragraphs(2, 61)
    listed = "Chapter 1. The Door\nChapter 2. The Garden\nChapter 3. The Sea"
    blocks = ["PART ONE", listed, "Chapter 1. The Door", *one, "Chapter 2. The Garden", *two]
    return (
        "parts.txt",
        "\n\n".join(blocks),
        [
            Truth(1, "PART ONE", "PART ONE"),
            Truth(2, "Chapter 1. The Door", spoken("Chapter 1. The Door", *one)),
            Truth(2, "Chapter 2. The Garden", spoken("Chapter 2. The Garden", *two)),
        ],
    )


@case
def text_in_verses() -> Made:
    verse = "The sea is wide,\nthe boat is small,\nthe lantern glows\nupon the wall."
    return "verse.txt", f"{verse}\n\n{verse}\n", [Truth(1, "verse", f"{verse}\n\n{verse}")]


# Markdown


@case
def markdown_with_a_title() -> Made:
    blocks, truth = three_chapters("## {title}")
    truth.insert(0, Truth(1, "The Lantern", spoken("The Lantern", "A **short** story.")))
    text = "\n\n".join(("# The Lantern", "A **short** story.", *blocks))
    truth[0] = Truth(1, "The Lantern", spoken("The Lantern", "A short story."))
    return "lantern.md", text, truth


@case
def markdown_with_code_tables_and_notes() -> Made:
    text = (
        "---\ntitle: Tools\nauthor: Ada Holm\nlang: en\n---\n\n# Use\n\nRun `make` first[^1]. See "
        "<https://example.org/a> for more.\n\n```sh\nmake run\n```\n\n| a | b |\n|---|---|\n"
        "| 1 | 2 |\n\n[^1]: A note of no weight.\n\n# Why\n\n- It is small.\n- It is *quick*.\n\n"
        "1. First this.\n2. Then that.\n\n![A picture of a lamp](lamp.png)\n"
    )
    use = spoken("Use", "Run make first. See for more.")
    why = spoken("Why", "It is small.", "It is quick.", "1. First this.", "2. Then that.")
    return "tools.md", text, [Truth(1, "Use", use), Truth(1, "Why", why)]


@case
def markdown_in_a_text_file() -> Made:
    blocks, truth = three_chapters("## {title}")
    return "notes.txt", "\n\n".join(blocks), truth


# Web pages


def furnished(main: str, title: str = "The Lantern | Harbour News") -> str:
    """A page with menus, a cookie bar and a footer around what it is about."""
    links = "".join(f'<li><a href="/{n}">Section number {n}</a></li>' for n in range(8))
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{title}</title><style>p{{}}</style></head>'
        f'<body><div class="cookie-banner"><p>We use cookies.</p><button>Accept</button></div>'
        f'<header><a href="/">Harbour News</a><nav><ul>{links}</ul></nav></header>'
        f"{main}<aside><h2>Related</h2><p>Other stories you will like very much.</p></aside>"
        "<footer><p>Copyright Harbour News.</p></footer><script>alert(1)</script></body></html>"
    )


@case
def page_with_an_article() -> Made:
    one, two = paragraphs(3, 70), paragraphs(3, 71)
    main = (
        f"<main><article><h1>The Lantern</h1>{html(one)}<h2>Later</h2>{html(two)}"
        '<div class="share-buttons"><a href="#">Share this</a></div></article></main>'
    )
    later = Truth(1, "Later", spoken("Later", *two))
    return (
        "page.html",
        furnished(main),
        [Truth(1, "The Lantern", spoken("The Lantern", *one)), later],
    )


def html(blocks: list[str]) -> str:
    """Paragraphs as HTML."""
    return "".join(f"<p>{block}</p>" for block in blocks)


@case
def page_of_bare_divisions() -> Made:
    body = paragraphs(5, 72)
    main = f'<div id="wrap"><div class="text"><h1>The Lantern</h1>{html(body)}</div></div>'
    return "divs.html", furnished(main), [Truth(1, "The Lantern", spoken("The Lantern", *body))]


@case
def page_of_a_blog() -> Made:
    one, two = sentences(3, 77), sentences(5, 78)
    page = (
        "<!doctype html><html><head><title>The Lantern - Harbour Blog</title></head><body>"
        '<div class="top"><h1>Harbour Blog</h1><ul class="main-menu"><li><a href="/a">Home</a>'
        f'</ul></div><div class="wrap"><div class="post"><h2>The Lantern</h2>{one}<br><br>{two}'
        '</div><div id="comments"><h3>2 Comments</h3><p>First!</p></div></div></body></html>'
    )
    return "blog.html", page, [Truth(1, "The Lantern", spoken("The Lantern", one, two))]


@case
def page_in_windows_1252() -> Made:
    body = "Für die Straße – “schön”, sagte sie. Über die Brücke ging niemand."
    page = f'<html><head><meta charset="windows-1252"></head><body><h1>Grüße</h1><p>{body}</p>'
    return "alt.html", page.encode("cp1252"), [Truth(1, "Grüße", spoken("Grüße", body))]


@case
def page_of_an_encyclopedia() -> Made:
    one, two = paragraphs(3, 73), paragraphs(2, 74)
    mark = '<sup class="reference"><a href="#cite-1">[1]</a></sup>'
    rows = "<tr><th>Height</th><td>12 m</td></tr><tr><th>Built</th><td>1900</td></tr>"
    table = f'<table class="infobox">{rows}</table>'
    edit = '<span class="mw-editsection"><a href="/edit">[edit]</a></span>'
    main = (
        f"<main><h1>Lantern</h1>{table}<p>{one[0]}{mark}</p>{html(one[1:])}"
        '<div id="toc" class="toc"><ul><li><a href="#h">History</a></li></ul></div>'
        f'<h2 id="h">History{edit}</h2>{html(two)}'
        '<ol class="references"><li id="cite-1">A book about lanterns.</li></ol></main>'
    )
    return (
        "wiki.html",
        furnished(main, "Lantern - Harbour"),
        [
            Truth(1, "Lantern", spoken("Lantern", *one)),
            Truth(1, "History", spoken("History", *two)),
        ],
    )


@case
def page_of_a_manual() -> Made:
    one, two = sentences(4, 75), sentences(4, 76)
    main = (
        f'<div role="main"><h1>Manual<a class="headerlink" href="#m">¶</a></h1><p>{one}</p>'
        '<div class="highlight"><pre>make run</pre></div><h2>Start</h2><ul><li>Be quick.</li>'
        f"<li>Be kind.</li></ul><p>{two}</p><figure><img alt='A lamp' src='a.png'>"
        "<figcaption>A lamp in the dark.</figcaption></figure></div>"
    )
    start = spoken("Start", "Be quick.", "Be kind.", two)
    return (
        "manual.html",
        furnished(main, "Manual"),
        [Truth(1, "Manual", spoken("Manual", one)), Truth(1, "Start", start)],
    )


# Books


BOOK = {
    f"c{n}.xhtml": f"<section><h1>Chapter {n}</h1>{html(paragraphs(3, 80 + n))}</section>"
    for n in range(1, 4)
}
BOOK_TOC = [(f"Chapter {n}", f"c{n}.xhtml") for n in range(1, 4)]
BOOK_TRUTH = [
    Truth(1, f"Chapter {n}", spoken(f"Chapter {n}", *paragraphs(3, 80 + n))) for n in range(1, 4)
]


@case
def book_of_version_3() -> Made:
    return "book.epub", epub(BOOK, BOOK_TOC, extra={"OPS/cover.png": making.PNG}), BOOK_TRUTH


@case
def book_of_version_2() -> Made:
    return "book.epub", epub(BOOK, BOOK_TOC, version=2), BOOK_TRUTH


@case
def book_without_a_table_of_contents() -> Made:
    return "book.epub", epub(BOOK), BOOK_TRUTH


@case
def book_in_one_file() -> Made:
    pages = "".join(
        f'<h2><a id="c{n}"/>Chapter {n}</h2>{html(paragraphs(3, 80 + n))}' for n in range(1, 4)
    )
    toc = [(f"Chapter {n}", f"all.xhtml#c{n}") for n in range(1, 4)]
    return "one.epub", epub({"all.xhtml": pages}, toc), BOOK_TRUTH


@case
def book_with_parts() -> Made:
    listed = '<ol><li><a href="p.xhtml">Part One</a><ol><li><a href="c1.xhtml">Chapter 1</a></li>'
    listed += '<li><a href="c2.xhtml">Chapter 2</a></li></ol></li></ol>'
    pages = {"p.xhtml": "<h1>Part One</h1>", "c1.xhtml": BOOK["c1.xhtml"]}
    truth = [Truth(1, "Part One", "Part One")]
    truth += [Truth(2, chapter.title, chapter.spoken) for chapter in BOOK_TRUTH[:2]]
    return "parts.epub", epub(pages | {"c2.xhtml": BOOK["c2.xhtml"]}, listed), truth


@case
def book_with_notes_and_printed_pages() -> Made:
    one, two = sentences(3, 85), sentences(3, 86)
    page = (
        f'<h1>Chapter 1</h1><p>{one}<a epub:type="noteref" href="#n1">1</a> '
        f'<span epub:type="pagebreak" id="p5">5</span>{two}</p>'
        '<p>It was <i>late</i><sup><a href="#fn2">2</a></sup>, he said.</p>'
        '<aside epub:type="footnote" id="n1"><p>1. A note.</p></aside>'
    )
    beside = {"notes.xhtml": '<section epub:type="endnotes"><p id="fn2">Other notes.</p></section>'}
    text = spoken("Chapter 1", f"{one} {two}", "It was late, he said.")
    made = epub({"c1.xhtml": page, **beside}, BOOK_TOC[:1], beside=list(beside))
    return "notes.epub", made, [Truth(1, "Chapter 1", text)]


@case
def book_with_a_title_page() -> Made:
    pages = {"t.xhtml": "<p>The Lantern</p><p>Ada Holm</p>", **BOOK}
    truth = [Truth(1, "The Lantern", spoken("The Lantern", "Ada Holm")), *BOOK_TRUTH]
    return "title.epub", epub(pages, BOOK_TOC), truth


# Documents of Word


@case
def word_with_headings() -> Made:
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = "The Lantern", "Ada Holm"
    truth = []
    for number in range(1, 4):
        body = paragraphs(3, 90 + number)
        document.add_heading(f"Chapter {number}", 1)
        for block in body:
            document.add_paragraph(block)
        truth.append(Truth(1, f"Chapter {number}", spoken(f"Chapter {number}", *body)))
    return "lantern.docx", making.saved(document), truth


@case
def word_with_lists_tables_and_links() -> Made:
    document = docx.Document()
    document.add_heading("The Lantern", 0)
    document.add_heading("Use", 1)
    document.add_paragraph("See https://example.org/x, then go on.")
    for item in ("Open it.", "Close it."):
        document.add_paragraph(item, style="List Number")
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(1, 1).text = "Height", "12 m"
    document.add_paragraph("A lamp in the dark.", style="Caption")
    document.add_heading("More", 2)
    document.add_paragraph("The end.")
    use = spoken("Use", "See, then go on.", "1. Open it.", "2. Close it.")
    return (
        "use.docx",
        making.saved(document),
        [
            Truth(1, "The Lantern", "The Lantern"),
            Truth(1, "Use", use),
            Truth(2, "More", spoken("More", "The end.")),
        ],
    )


@case
def word_with_footnotes() -> Made:
    document = docx.Document()
    one, two = sentences(3, 95), sentences(3, 96)
    paragraph = document.add_paragraph(one)
    making.add_xml(paragraph, '<w:r><w:footnoteReference w:id="2"/></w:r>')
    paragraph.add_run(f" {two}")
    making.add_footnotes(document, {2: "A note of no weight."})
    return "notes.docx", making.saved(document), [Truth(1, "notes", f"{one} {two}")]


@case
def word_with_changes_and_contents() -> Made:
    document = docx.Document()
    document.add_heading("Start", 1)
    paragraph = document.add_paragraph("It was ")
    making.add_xml(paragraph, "<w:del><w:r><w:delText>early</w:delText></w:r></w:del>")
    making.add_xml(paragraph, "<w:ins><w:r><w:t>late.</w:t></w:r></w:ins>")
    body = document.element.body
    making.add_xml(
        body,
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>It stands in a frame.</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>",
    )
    text = spoken("Start", "It was late.", "It stands in a frame.")
    return "changes.docx", making.saved(document), [Truth(1, "Start", text)]


# PDF


def pdf_book(outline: bool, **options) -> Made:
    """Three chapters of some pages each."""
    made, truth = Pdf(**options), []
    for number in range(1, 4):
        title, body = f"Chapter {number}", paragraphs(8, 100 + number, 5)
        made.page()
        made.heading(title, 18, 0 if outline else None)
        for block in body:
            made.paragraph(block)
        truth.append(Truth(1, title, spoken(title, *body)))
    return "book.pdf", made.bytes(), truth


@case
def pdf_with_an_outline() -> Made:
    return pdf_book(True)


@case
def pdf_without_an_outline() -> Made:
    return pdf_book(False)


@case
def pdf_with_heads_and_page_numbers() -> Made:
    return pdf_book(True, head="THE LANTERN", foot="{page}")


@case
def pdf_with_numbered_feet() -> Made:
    return pdf_book(False, head="{page}    The Lantern by Ada Holm", foot="Page {page} of 12")


@case
def pdf_in_two_columns() -> Made:
    made = Pdf()
    blocks = [sentences(26, 120 + number) for number in range(4)]
    for number in (0, 2):
        made.page()
        halves = [made.lines_of(block, 140, 9) for block in blocks[number : number + 2]]
        made.columns(*halves, by_row=True)
    return "columns.pdf", made.bytes(), [Truth(1, "columns", spoken(*blocks))]


@case
def pdf_in_two_columns_one_after_the_other() -> Made:
    made = Pdf()
    blocks = [sentences(26, 130 + number) for number in range(2)]
    made.page()
    made.columns(*(made.lines_of(block, 140, 9) for block in blocks), by_row=False)
    return "columns.pdf", made.bytes(), [Truth(1, "columns", spoken(*blocks))]


@case
def pdf_with_indented_paragraphs() -> Made:
    made, blocks = Pdf(head="ADA HOLM"), paragraphs(30, 170, 5)
    made.page()
    for block in blocks:
        made.paragraph(block, indent=14, after=0)
    return "novel.pdf", made.bytes(), [Truth(1, "novel", spoken(*blocks))]


def pdf_with_ligatures() -> Made:
    made, block = Pdf(), "The oﬃce was ﬁne. Two ﬂowers stood there, a diﬃcult pair."
    made.page()
    made.with_font(making.FONT, block)
    plain = "The office was fine. Two flowers stood there, a difficult pair."
    return "ligatures.pdf", made.bytes(), [Truth(1, "ligatures", plain)]


if making.FONT.exists():
    case(pdf_with_ligatures)


@case
def pdf_with_footnotes() -> Made:
    made, blocks = Pdf(), []
    made.page()
    for number in range(1, 4):
        body = sentences(4, 140 + number)
        made.paragraph(body)
        made.line(f"It was late.^{number}^ The lamp was lit.")
        made.note(f"{number} See the book of lanterns, page {number}.")
        blocks += [body, "It was late. The lamp was lit."]
    return "notes.pdf", made.bytes(), [Truth(1, "notes", spoken(*blocks))]


@case
def pdf_with_words_broken_at_line_ends() -> Made:
    made = Pdf()
    made.page()
    for line in (
        "The old lan-",
        "tern stood in the har-",
        "bour until the well-",
        "known man came.",
    ):
        made.line(line)
    text = "The old lantern stood in the harbour until the well-known man came."
    return "broken.pdf", made.bytes(), [Truth(1, "broken", text)]


@case
def pdf_with_printed_contents() -> Made:
    made, truth = Pdf(), []
    made.page()
    made.heading("Contents", 16)
    for number in range(1, 6):
        made.line(f"Chapter {number} {'. ' * 30} {number * 7}")
    for number in range(1, 3):
        title, body = f"Chapter {number}", paragraphs(3, 150 + number)
        made.page()
        made.heading(title, 16, 0)
        for block in body:
            made.paragraph(block)
        truth.append(Truth(1, title, spoken(title, *body)))
    return "contents.pdf", made.bytes(), truth


@case
def pdf_with_a_table_and_code() -> Made:
    made = Pdf()
    one, two, three = paragraphs(3, 160)
    made.page()
    made.paragraph(one)
    for row in (("Name", "Height", "Year"), ("Lamp", "12 m", "1900"), ("Mast", "30 m", "1910")):
        made.row(row)
    made.space(10)
    made.paragraph(two)
    made.paragraph("make run && make test", font="Courier")
    made.paragraph(three)
    return "table.pdf", made.bytes(), [Truth(1, "table", spoken(one, two, three))]


# Captions


@case
def captions_in_srt() -> Made:
    text = (
        "1\n00:00:01,000 --> 00:00:02,500\n<i>It was late.</i>\n\n"
        "2\n00:00:02,600 --> 00:00:04,000\nThe lamp\nwas lit.\n\n"
        "3\n00:00:09,000 --> 00:00:10,000\nThen it went out.\n"
    )
    said = spoken("It was late. The lamp was lit.", "Then it went out.")
    return "film.srt", text, [Truth(1, "film", said)]


@case
def captions_with_speakers() -> Made:
    text = (
        "WEBVTT - a film\n\nNOTE made by hand\n\nSTYLE\n::cue { color: red }\n\n"
        "00:01.000 --> 00:02.000 align:start\n<v Anna>Who is there?\n\n"
        "00:02.100 --> 00:03.000\n<v Otto>It is &lt;me&gt;.\n\n"
        "00:03.100 --> 00:04.000\n<v Otto>Open the <00:03.500>door.\n"
    )
    said = "Anna: Who is there?\nOtto: It is <me>. Open the door."
    return "film.vtt", text, [Truth(1, "film", said)]


@case
def captions_that_roll_up() -> Made:
    text = (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nIt was late\n\n"
        "00:00:02.000 --> 00:00:03.000\nIt was late\nand the lamp\n\n"
        "00:00:03.000 --> 00:00:04.000\nand the lamp\nwas lit.\n"
    )
    return "rolling.vtt", text, [Truth(1, "rolling", "It was late and the lamp was lit.")]
