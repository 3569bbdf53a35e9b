"""Cases of FictionBook."""

import base64

from tests.documents.cases import Case
from tests.documents.making import PNG, zipped

HEAD = (
    '<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" '
    'xmlns:l="http://www.w3.org/1999/xlink"><description><title-info>'
    "<author><first-name>{0}</first-name><last-name>{1}</last-name></author>"
    "<book-title>{2}</book-title><annotation><p>Blurb.</p></annotation>"
    '<coverpage><image l:href="#c.png"/></coverpage><lang>ru</lang></title-info></description>'
)
COVER = f'<binary id="c.png" content-type="image/png">{base64.b64encode(PNG).decode()}</binary>'
BODY = """<body><title><p>Book</p></title><epigraph><p>Motto.</p></epigraph>
<section><title><p>Part One</p></title>
<section><title><p>Chapter 1<a l:href="#n1" type="note">1</a></p><p>The Start</p></title>
<p>It was<a l:href="#n1" type="note">[1]</a> <emphasis>late</emphasis>.</p>
<poem><stanza><v>Line one</v><v>Line two</v></stanza></poem><subtitle>* * *</subtitle>
<image l:href="#c.png" alt="A house"/><p><code>x = 1</code></p>
<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table></section>
<section><title><p>Chapter 2</p></title><cite><p>Quoted.</p></cite></section></section></body>
<body name="notes"><section id="n1"><title><p>1</p></title><p>The note.</p></section></body>"""


def book(encoding: str = "utf-8") -> bytes:
    """A book in an encoding that it declares."""
    head = HEAD.format("Анна", "Иванова", "Сад")
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n{head}{BODY}{COVER}</FictionBook>'
    return text.encode(encoding)


def plain(body: str) -> str:
    """A book without a description."""
    return f'<?xml version="1.0"?><FictionBook><body>{body}</body></FictionBook>'


SPOKEN = (
    "Book\n\nMotto.\n\nPart One\n\nChapter 1\n\nThe Start\n\nIt was late.\n\nLine one\nLine two\n\n"
    "Chapter 2\n\nQuoted."
)
CASES = [
    Case(
        "FB2",
        "chapters, verses and notes",
        "book.fb2",
        book,
        spoken=SPOKEN,
        title="Сад",
        chapters=("Сад", "Part One", "Chapter 1. The Start", "Chapter 2"),
        shown=(
            ("note", "The note."),
            ("note_mark", "[1]"),
            ("table", "A, B\n1, 2"),
            ("caption", "A house"),
            ("code", "x = 1"),
            ("front_matter", "Blurb."),
        ),
    ),
    *(
        Case(
            "FB2",
            f"in {encoding}",
            "book.fb2",
            lambda e=encoding: book(e),
            spoken=SPOKEN,
            title="Сад",
        )
        for encoding in ("windows-1251", "koi8-r", "utf-16")
    ),
    Case(
        "FB2",
        "in an archive",
        "book.fb2.zip",
        lambda: zipped({"book.fb2": book()}),
        spoken=SPOKEN,
    ),
    Case(
        "FB2",
        "signs that XML does not know",
        "signs.fb2",
        lambda: plain(
            "<section><p>Tom & Jerry&nbsp;&mdash; &lt;friends&gt; &unknown;</p></section>"
        ),
        spoken="Tom & Jerry\xa0— <friends> &unknown;",
    ),
    Case(
        "FB2",
        "damaged",
        "damaged.fb2",
        lambda: plain("<section><p>It <b>was</i> late.</p><p>Then</section>"),
        holds=("It was late.", "Then"),
        notes=("does not follow its format",),
    ),
    Case(
        "FB2",
        "without anything in it",
        "empty.fb2",
        lambda: plain("<section><p> </p></section>"),
        refused="no text",
    ),
    Case(
        "FB2",
        "names of elements that are none",
        "names.fb2",
        lambda: plain("<section><p>Late.</p><x:.h>Then.</x:.h></section>"),
        spoken="Late.\n\nThen.",
    ),
    Case(
        "FB2",
        "a picture that shows control characters",
        "picture.fb2",
        lambda: plain("<section><p>Late.</p><image title='A&#2; house'/></section>"),
        spoken="Late.",
        notes=("does not follow its format",),
    ),
    Case(
        "FB2",
        "a cover in other letters",
        "cover.fb2",
        lambda: (
            '<?xml version="1.0"?><FictionBook><description><title-info><coverpage>'
            '<image href="#c"/></coverpage></title-info></description>'
            "<body><section><p>Late.</p></section></body>"
            '<binary id="c">обложка</binary></FictionBook>'
        ),
        spoken="Late.",
    ),
]
