"""Documents that mean harm: each must end in one sentence, soon, and leave nothing behind."""

import itertools
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

import docx

from tests.documents import making
from tests.documents.making import epub, zipped

CASES: dict[str, Callable[[], tuple[str, bytes]]] = {}


def case(make: Callable[[], tuple[str, bytes]]) -> Callable[[], tuple[str, bytes]]:
    """Take a document into the corpus under its function's name."""
    CASES[make.__name__] = make
    return make


def padded(content: bytes, megabytes: int) -> bytes:
    """A book's or a document's archive with one entry that unpacks to so many MB of zeros."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w", 8) as new:
        for name in old.namelist():
            if name not in ("OPS/c1.xhtml", "word/styles.xml"):
                new.writestr(name, old.read(name))
                continue
            with new.open(name, "w", force_zip64=True) as entry:
                for _ in range(megabytes):
                    entry.write(bytes(1_000_000))
    return made.getvalue()


def word() -> bytes:
    """A plain Word document."""
    document = docx.Document()
    document.add_paragraph("It was late.")
    return making.saved(document)


def word_with(name: str, xml: str) -> bytes:
    """A Word document of which one entry is something else."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(word())) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, xml if entry == name else old.read(entry))
    return made.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BODY = f"<w:document {W}><w:body>{{}}</w:body></w:document>"
LAUGHS = '<!DOCTYPE w:document [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{10 * f"&{before};"}">'
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@case
def book_that_unpacks_to_hundreds_of_times_its_size() -> tuple[str, bytes]:
    pages = {"c1.xhtml": "<p>It was late.</p>"}
    return "bomb.epub", padded(epub(pages), 330)


@case
def word_that_unpacks_to_hundreds_of_times_its_size() -> tuple[str, bytes]:
    return "bomb.docx", padded(word(), 330)


@case
def book_with_entries_that_lie_about_their_size() -> tuple[str, bytes]:
    content = bytearray(padded(epub({"c1.xhtml": "<p>It was late.</p>"}), 310))
    directory = content.rfind(b"PK\x01\x02", 0, content.rfind(b"OPS/c1.xhtml"))
    struct.pack_into("<I", content, directory + 24, 100)
    return "liar.epub", bytes(content)


@case
def archive_in_archives() -> tuple[str, bytes]:
    content = b"x"
    for _ in range(20):
        content = zipped({"inner.zip": content})
    return "nested.zip", content


@case
def book_of_too_many_entries() -> tuple[str, bytes]:
    files = {f"f{number}": "" for number in range(30_000)}
    return "many.epub", zipped({"mimetype": "application/epub+zip"} | files, "mimetype")


@case
def word_with_a_billion_laughs() -> tuple[str, bytes]:
    text = "<w:p><w:r><w:t>&j;</w:t></w:r></w:p>"
    return "laughs.docx", word_with("word/document.xml", f"{LAUGHS}]>{BODY.format(text)}")


@case
def word_with_an_outside_entity() -> tuple[str, bytes]:
    xml = '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    xml += BODY.format("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>")
    return "outside.docx", word_with("word/document.xml", xml)


@case
def word_with_a_dtd_on_the_net() -> tuple[str, bytes]:
    xml = '<!DOCTYPE w:document SYSTEM "http://127.0.0.1:9/x.dtd">'
    return "dtd.docx", word_with("word/document.xml", xml + BODY.format(""))


@case
def word_of_deep_nesting() -> tuple[str, bytes]:
    depth = 100_000
    xml = BODY.format("<w:sdt><w:sdtContent>" * depth + "</w:sdtContent></w:sdt>" * depth)
    return "deep.docx", word_with("word/document.xml", xml)


@case
def book_whose_files_climb_out() -> tuple[str, bytes]:
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": making.CONTAINER.replace("OPS/book.opf", "../../etc/passwd"),
        "../../../tmp/evil.txt": "evil",
        "/etc/evil": "evil",
    }
    return "climbing.epub", zipped(files, "mimetype")


@case
def book_with_outside_entities() -> tuple[str, bytes]:
    page = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY x SYSTEM "/etc/passwd">]>'
    page += "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>&x;</p></body></html>"
    return "outside.epub", epub({"c1.xhtml": page})


@case
def book_that_contains_itself() -> tuple[str, bytes]:
    listed = "<ol><li><a href='c1.xhtml'>One</a>" * 1500 + "</li></ol>" * 1500
    return "itself.epub", epub({"c1.xhtml": "<p>-</p>"}, listed)


@case
def page_of_deep_nesting() -> tuple[str, bytes]:
    return "deep.html", b"<!doctype html>" + b"<div><b>" * 300_000 + b"x"


@case
def page_of_one_enormous_table() -> tuple[str, bytes]:
    return "table.html", b"<!doctype html><table>" + b"<table><tr><td>" * 20_000 + b"x"


@case
def page_of_unclosed_tags() -> tuple[str, bytes]:
    return "open.html", b"<!doctype html>" + b"<a " * 2_000_000


@case
def markdown_of_brackets() -> tuple[str, bytes]:
    return "brackets.md", b"[" * 50_000 + b"](" * 50_000


@case
def markdown_of_quotes() -> tuple[str, bytes]:
    return "quotes.md", b"> " * 200_000 + b"x"


@case
def markdown_of_stars() -> tuple[str, bytes]:
    return "stars.md", b"*a_ " * 60_000


@case
def markdown_of_formulas_without_an_end() -> tuple[str, bytes]:
    return "formulas.md", b"$$\na\n" * 10_000 + b"$a " * 50_000


@case
def markdown_of_notes_in_notes() -> tuple[str, bytes]:
    return "notes.md", b"[^a]: " * 20_000 + b"^[" * 5_000


@case
def rst_of_stars() -> tuple[str, bytes]:
    return "stars.rst", b"a *b " * 40_000


@case
def rst_of_names_for_names() -> tuple[str, bytes]:
    names = (f".. |a{i}| replace:: |a{i + 1}| |a{i + 1}| x\n" for i in range(40))
    return "names.rst", "".join(["|a0|\n\n", *names]).encode()


@case
def rst_of_other_files() -> tuple[str, bytes]:
    return "files.rst", b".. include:: /etc/passwd\n\n.. csv-table::\n   :file: /etc/passwd\n\nx\n"


@case
def latex_of_commands_for_commands() -> tuple[str, bytes]:
    names = "abcdefghijklmnopqrst"
    made = (
        f"\\def\\{name}{{" + f"\\{further} " * 100 + "}"
        for name, further in itertools.pairwise(names)
    )
    return "bomb.tex", "".join([*made, "\\begin{document}\\a x\\end{document}"]).encode()


@case
def latex_of_braces() -> tuple[str, bytes]:
    return "braces.tex", b"{" * 100_000 + b"\\begin{a}" * 5_000


@case
def book_in_one_file_with_entities() -> tuple[str, bytes]:
    names = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "aaaa">{names}]>'
    body = "<FictionBook><body><section><p>&a9;</p>" + "<section>" * 5_000
    return "laughs.fb2", (head + body).encode()


@case
def mail_in_mail() -> tuple[str, bytes]:
    parts = (f"Content-Type: multipart/mixed; boundary=B{i}\n\n--B{i}\n" for i in range(3000))
    return "deep.eml", "".join(parts).encode()


@case
def table_of_one_cell() -> tuple[str, bytes]:
    return "cell.csv", b'a,b\n"' + b"x,y\n" * 300_000


@case
def notebook_of_brackets() -> tuple[str, bytes]:
    return "deep.ipynb", b'{"cells":' + b"[" * 200_000


@case
def text_without_an_end() -> tuple[str, bytes]:
    return "line.txt", b"a-" * 3_000_000


@case
def text_of_blank_lines() -> tuple[str, bytes]:
    return "blank.txt", b"a\n" + b" \n\t\n" * 4_000_000


@case
def captions_of_arrows() -> tuple[str, bytes]:
    return "arrows.vtt", b"WEBVTT\n\n" + b"00:01.000 --> 00:00.000\n" * 200_000


def pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of raw objects; the first is the catalogue."""
    made, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<</Size %d/Root 1 0 R%b>>\n" % (len(objects) + 1, trailer)
    return bytes(made + b"startxref\n%d\n%%%%EOF" % start)


def stream(content: bytes, extra: bytes = b"") -> bytes:
    """A packed stream."""
    packed = zlib.compress(content, 9)
    head = b"<</Length %d/Filter/FlateDecode%b>>" % (len(packed), extra)
    return head + b"\nstream\n" + packed + b"\nendstream"


def pdf_page(content: bytes, box: bytes = b"0 0 600 800") -> bytes:
    """A PDF of one page with a content stream."""
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[" + box + b"]/Contents 4 0 R/Resources"
            b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
            content,
        ]
    )


@case
def pdf_with_a_giant_stream() -> tuple[str, bytes]:
    return "giant.pdf", pdf_page(stream(b"q 1 0 0 1 0 0 cm\n" * 6_000_000))


@case
def pdf_of_streams_in_streams() -> tuple[str, bytes]:
    content = b"BT /F 12 Tf (x) Tj ET" + b" " * 100_000_000
    packed = zlib.compress(zlib.compress(content, 9), 9)
    head = b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>" % len(packed)
    return "twice.pdf", pdf_page(head + b"\nstream\n" + packed + b"\nendstream")


@case
def pdf_with_millions_of_letters() -> tuple[str, bytes]:
    return "letters.pdf", pdf_page(stream(b"BT /F 1 Tf (" + b"abc " * 4_000_000 + b") Tj ET"))


@case
def pdf_of_deep_nesting() -> tuple[str, bytes]:
    return "deep.pdf", pdf([b"<</Type/Catalog/Pages 2 0 R/A" + b"[" * 500_000, b"<<>>"])


@case
def pdf_with_a_giant_page() -> tuple[str, bytes]:
    content = stream(b"BT /F 12 Tf 10 10 Td (It was late.) Tj ET")
    return "page.pdf", pdf_page(content, b"0 0 1e30 1e30")


@case
def pdf_whose_pages_go_in_circles() -> tuple[str, bytes]:
    pages = b"<</Type/Pages/Kids[2 0 R 2 0 R 2 0 R]/Count 1000000>>"
    return "circle.pdf", pdf([b"<</Type/Catalog/Pages 2 0 R>>", pages])


@case
def pdf_whose_outline_goes_in_circles() -> tuple[str, bytes]:
    return "outline.pdf", pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
            b"<</First 5 0 R/Last 5 0 R/Count 1>>",
            b"<</Title(x)/Next 5 0 R/First 5 0 R/Parent 4 0 R>>",
        ]
    )


@case
def pdf_that_claims_a_million_pages() -> tuple[str, bytes]:
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    return "count.pdf", pdf([b"<</Type/Catalog/Pages 2 0 R>>", pages, page])


def deep(tags: str, depth: int) -> str:
    """Elements in each other; `tags` is a list of names, the first one outside."""
    names = tags.split()
    return "".join(f"<{name}>" for name in names) * depth


@case
def book_of_tables_in_tables() -> tuple[str, bytes]:
    return "tables.epub", epub({"c1.xhtml": deep("table tr td p", 20_000) + "late"})


@case
def book_of_spans_in_headings() -> tuple[str, bytes]:
    body = "<h1>" + "<span>a</span><span>b</span>" * 10_000 + "</h1>" + deep("h1 span b", 5_000)
    return "spans.epub", epub({"c1.xhtml": body})


@case
def book_of_raised_figures() -> tuple[str, bytes]:
    raised = "x<sup>2</sup><sub>1</sub>" * 20_000 + deep("sup sub", 5_000)
    return "raised.epub", epub({"c1.xhtml": f"<p>{raised}</p>"})


@case
def book_of_formulas() -> tuple[str, bytes]:
    row = f"<math>{deep('msup mrow', 3000)}</math>"
    tex = "<script type='math/tex'>" + "\\frac{1}" * 200 + "{" * 20_000 + "</script>"
    drawn = "<span class='katex'>" * 20_000
    return "formulas.epub", epub({"c1.xhtml": f"<p>late</p>{(row + tex) * 20}{drawn}"})


@case
def book_of_speakers() -> tuple[str, bytes]:
    rows = "<tr><td>Anna</td><td>Late.</td></tr><tr><td>Bert</td><td>Yes.</td></tr>" * 10_000
    named = "<p><b>ANNA.</b> Late.</p><p><b>BERT.</b> Yes.</p>" * 5_000
    return "speakers.epub", epub({"c1.xhtml": f"<table>{rows}</table>{named}"})


@case
def book_whose_contents_point_nowhere() -> tuple[str, bytes]:
    lines = [(f"Line {number}", f"c1.xhtml#n{number}") for number in range(20_000)]
    headings = "".join(f"<h2>Head {number}</h2>" for number in range(2000))
    return "nowhere.epub", epub({"c1.xhtml": f"<p>late</p>{headings}"}, lines)


@case
def book_of_ampersands() -> tuple[str, bytes]:
    return "amp.epub", epub({"c1.xhtml": "<p>late</p>"}, metadata="<x>" + "&a" * 2_000_000 + "</x>")


@case
def book_of_many_files() -> tuple[str, bytes]:
    pages = {f"c{number}.xhtml": "<p>late</p>" for number in range(5000)}
    lines = [(f"Line {number}", f"c{number}.xhtml") for number in range(5000)]
    return "many.epub", epub(pages, lines)
