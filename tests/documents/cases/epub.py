"""Cases of books: sloppy lists of files and contents, odd names, pages that readers skip."""

import zipfile
from io import BytesIO

from tests.documents.cases import Case
from tests.documents.making import epub, xhtml, zipped

ONE = "<h1>One</h1><p>Text one.</p>"
TWO = "<h1>Two</h1><p>Text two.</p>"
BOTH = "One\n\nText one.\n\nTwo\n\nText two."
FOUR = {f"c{n}.xhtml": f"<h2>Chapter {n}</h2><p>Text {n}.</p>" for n in range(1, 5)}


def changed(book, change):
    """The book with its files changed by a function of their names and contents, None for gone."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            result = change(name, old.read(name))
            if result is not None:
                new.writestr(*(result if isinstance(result, tuple) else (name, result)))
    return made.getvalue()


def replaced(book, name, *pairs):
    """The book with texts replaced in one of its files."""

    def change(each, content):
        for old, new in pairs if each == name else ():
            assert old.encode() in content
            content = content.replace(old.encode(), new.encode())
        return content

    return changed(book, change)


def renamed(href, entry):
    """A book of two pages, the second called `href` in the list and `entry` in the archive."""

    def change(name, content):
        if name == "OPS/book.opf":
            return content.replace(b'"c2.xhtml"', f'"{href}"'.encode())
        return (f"OPS/{entry}", content) if name == "OPS/c2.xhtml" else content

    return lambda: changed(epub({"c1.xhtml": ONE, "c2.xhtml": TWO}), change)


def named(name, href, entry):
    return Case("names", name, "names.epub", renamed(href, entry), BOTH, chapters=("One", "Two"))


def typed(media_type):
    def make():
        pair = ("application/xhtml+xml", media_type)
        return replaced(epub({"c1.xhtml": ONE, "c2.xhtml": TWO}), "OPS/book.opf", pair)

    return Case("media types", media_type or "none", "types.epub", make, BOTH)


def skipped(name, page, filename="x.xhtml", shown="", **options):
    """A page that is left out before a chapter that is spoken."""
    return Case(
        "front matter",
        name,
        "front.epub",
        lambda: epub({filename: page, "c1.xhtml": ONE}, **options),
        spoken="One\n\nText one.",
        shown=(("front_matter", shown),) if shown else (),
    )


def kept(name, page, spoken, filename="x.xhtml"):
    return Case(
        "front matter",
        name,
        "kept.epub",
        lambda: epub({filename: page, "c1.xhtml": ONE}),
        holds=(spoken, "Text one."),
    )


def without(*gone):
    book = epub({"c10.xhtml": TWO, "c9.xhtml": ONE})
    return changed(book, lambda name, content: None if name in gone else content)


def guided(kind, page):
    guide = f'<guide><reference type="{kind}" href="x.xhtml"/></guide></package>'
    book = epub({"x.xhtml": page, "c1.xhtml": ONE}, version=2)
    return replaced(book, "OPS/book.opf", ("</package>", guide))


def forgotten():
    """A book whose contents name a page that its order does not."""
    book = epub({"c1.xhtml": ONE, "c2.xhtml": TWO}, [("One", "c1.xhtml"), ("Two", "c2.xhtml")])
    return replaced(book, "OPS/book.opf", ('<itemref idref="p1"/>', ""))


NESTED = (
    '<ol><li><span>Part</span><ol><li><a href="c1.xhtml"><span>1</span><span>The Start</span></a>'
    '</li><li><a href="c2.xhtml"> <img alt="The End" src="e.png"/> </a></li></ol></li></ol>'
)
ANCHORS = "<p>Before.</p><h2>One</h2><p>Text one.</p><h2>Two</h2><p>Text two.</p>"
IN_TABLE = (
    '<table><tr><th>a</th><th id="t">b</th></tr><tr><td>1</td><td>2</td></tr></table><p>Later.</p>'
)
PRINTED = "".join(f'<p><a href="c{n}.xhtml">The title of chapter {n}</a></p>' for n in range(1, 5))
GUTENBERG = (
    "<h2>The Project Gutenberg eBook of The Lantern</h2><p>This ebook is for the use of anyone.</p>"
    "<p>*** START OF THE PROJECT GUTENBERG EBOOK THE LANTERN ***</p><h1>One</h1><p>Text one.</p>"
    "<p>*** END OF THE PROJECT GUTENBERG EBOOK THE LANTERN ***</p><p>The licence is long.</p>"
)

CASES = [
    named("literal escapes", "lit%20eral.xhtml", "lit%20eral.xhtml"),
    named("a space that is no escape", "with space.xhtml", "with space.xhtml"),
    named("composed and decomposed letters", "%C3%BCber.xhtml", "u\u0308ber.xhtml"),
    named("other case", "Text/TWO.xhtml", "text/two.XHTML"),
    named("backslashes", "text\\c2.xhtml", "text/c2.xhtml"),
    named("from the root", "OPS/c2.xhtml", "c2.xhtml"),
    named("a percent sign", "100%25.xhtml", "100%.xhtml"),
    *map(typed, ("text/html", "text/x-oeb1-document", "application/xml", "text/plain", "")),
    Case(
        "contents",
        "unknown ids mean the start of their files",
        "ids.epub",
        lambda: epub(
            {"c1.xhtml": ONE, "c2.xhtml": TWO}, [("1", "c1.xhtml#nix"), ("2", "c2.xhtml#nix")]
        ),
        spoken=BOTH,
        chapters=("1", "2"),
    ),
    Case(
        "contents",
        "unknown ids in one file are found by the headings",
        "ids.epub",
        lambda: epub({"c.xhtml": ANCHORS}, [("One", "c.xhtml#nix"), ("Two", "c.xhtml#nil")]),
        chapters=("The Lantern", "One", "Two"),
    ),
    Case(
        "contents",
        "an id within a table begins a chapter",
        "table.epub",
        lambda: epub({"c.xhtml": ONE + IN_TABLE}, [("One", "c.xhtml"), ("Later", "c.xhtml#t")]),
        chapters=("One", "Later"),
    ),
    Case(
        "contents",
        "few lines are completed by headings",
        "poor.epub",
        lambda: epub(FOUR, [("Start", "c1.xhtml")]),
        chapters=("Chapter 1", "Chapter 2", "Chapter 3", "Chapter 4"),
    ),
    Case(
        "contents",
        "one line for one file of many headings",
        "poor.epub",
        lambda: epub({"c.xhtml": "".join(FOUR.values())}, [("The Lantern", "c.xhtml")]),
        chapters=("Chapter 1", "Chapter 2", "Chapter 3", "Chapter 4"),
    ),
    Case(
        "contents",
        "parts that are no links, titles in spans and pictures",
        "nested.epub",
        lambda: epub({"c1.xhtml": ONE, "c2.xhtml": TWO}, NESTED),
        chapters=("Part", "1 The Start", "The End"),
    ),
    Case(
        "contents",
        "a bare ampersand and the letters of HTML",
        "amp.epub",
        lambda: epub({"c1.xhtml": ONE}, [("Tom & Jerry &eacute;t&eacute;", "c1.xhtml")], version=2),
        chapters=("Tom & Jerry été",),
    ),
    Case(
        "contents",
        "lines twice, out of order, and to nothing",
        "twice.epub",
        lambda: epub(
            {"c1.xhtml": ONE, "c2.xhtml": TWO},
            [("2", "c2.xhtml"), ("1", "c1.xhtml"), ("1", "c1.xhtml"), ("3", "c3.xhtml")],
        ),
        spoken=BOTH,
        chapters=("1", "2"),
        notes=("c3.xhtml",),
    ),
    Case(
        "contents",
        "a page that the order forgot",
        "forgotten.epub",
        forgotten,
        spoken=BOTH,
        chapters=("One", "Two"),
    ),
    Case(
        "contents",
        "printed contents are left out",
        "printed.epub",
        lambda: epub({"toc.xhtml": f"<h2>Contents</h2>{PRINTED}", **FOUR}),
        lacks=("The title of",),
        shown=(("contents", "The title of chapter 2"),),
    ),
    Case(
        "files",
        "missing ones are named",
        "missing.epub",
        lambda: replaced(
            epub({"c1.xhtml": ONE}),
            "OPS/book.opf",
            ('"c1.xhtml"', '"gone.xhtml"'),
            ("</manifest>", '<item id="q" href="c1.xhtml" media-type="text/html"/></manifest>'),
            ("</spine>", '<itemref idref="q"/><itemref idref="zz"/></spine>'),
        ),
        spoken="One\n\nText one.",
        notes=("2 files of the book are missing: gone.xhtml, zz.",),
    ),
    Case(
        "files",
        "no container",
        "container.epub",
        lambda: without("META-INF/container.xml"),
        spoken="Two\n\nText two.\n\nOne\n\nText one.",
    ),
    Case(
        "files",
        "no package: pages by their numbers",
        "package.epub",
        lambda: without("META-INF/container.xml", "OPS/book.opf"),
        spoken=BOTH,
        notes=("sorted by name",),
    ),
    Case(
        "files",
        "a book in UTF-16",
        "utf16.epub",
        lambda: changed(
            epub({"c1.xhtml": "<h1>Один</h1><p>Мороз.</p>"}),
            lambda name, content: (
                content.decode().replace("utf-8", "utf-16").encode("utf-16")
                if name.endswith("c1.xhtml")
                else content
            ),
        ),
        spoken="Один\n\nМороз.",
    ),
    Case(
        "files",
        "a book in Windows-1251",
        "cp1251.epub",
        lambda: changed(
            epub({"c1.xhtml": "<h1>Один</h1><p>Мороз и солнце.</p>"}),
            lambda name, content: (
                content.decode().replace("utf-8", "windows-1251").encode("cp1251")
                if name.endswith("c1.xhtml")
                else content
            ),
        ),
        spoken="Один\n\nМороз и солнце.",
    ),
    Case(
        "files",
        "drawings",
        "svg.epub",
        lambda: epub(
            {
                "cover.xhtml": '<svg viewBox="0 0 9 9"><title>A lamp</title><image href="a.jpg"/>'
                "<text>THE LANTERN</text></svg>",
                "c1.xhtml": ONE,
            }
        ),
        spoken="One\n\nText one.",
        shown=(("front_matter", "A lamp THE LANTERN"),),
    ),
    Case(
        "files",
        "pictures only",
        "pictures.epub",
        lambda: epub({"p1.xhtml": '<img src="1.jpg" alt=""/>', "p2.xhtml": '<img src="2.jpg"/>'}),
        refused="pictures of pages without text",
    ),
    Case(
        "files",
        "pictures with captions",
        "captions.epub",
        lambda: epub({"p1.xhtml": '<img src="1.jpg" alt="A cat on a roof"/>', "c1.xhtml": ONE}),
        spoken="One\n\nText one.",
        shown=(("caption", "A cat on a roof"),),
    ),
    Case(
        "files",
        "a number and a title below each other",
        "spans.epub",
        lambda: epub({"c.xhtml": "<h1><span>1</span><span>The Start</span></h1><p>Text.</p>"}),
        chapters=("1 The Start",),
    ),
    Case(
        "files",
        "an initial is no word",
        "initial.epub",
        lambda: epub({"c.xhtml": "<h1><span>T</span><span>he Start</span></h1><p>Text.</p>"}),
        chapters=("The Start",),
    ),
    skipped(
        "a title page by its type",
        '<section epub:type="titlepage"><h1>The Lantern</h1><p>Ada Holm</p></section>',
        shown="Ada Holm",
    ),
    skipped("a colophon by its role", '<section role="doc-colophon"><p>Set in type.</p></section>'),
    skipped("a title page by its name", "<p>The Lantern</p><p>Ada Holm</p>", "titlepage.xhtml"),
    skipped("a half title by its name", "<p>The Lantern</p>", "06_halftitle.xhtml"),
    skipped(
        "an English imprint by its text",
        "<p>Copyright © 2019 Ada Holm</p><p>All rights reserved.</p><p>ISBN 978-3-16-148410-0</p>",
        shown="All rights",
    ),
    skipped(
        "a German imprint by its text",
        "<p>© 2019 Verlag Motte</p><p>Alle Rechte vorbehalten.</p><p>Gedruckt in Wien</p>",
    ),
    skipped(
        "a French imprint by its text",
        "<p>Tous droits réservés</p><p>ISBN : 978-2-07-036822-8</p><p>Dépôt légal : mai 2019</p>",
    ),
    skipped("a Russian imprint by its text", "<p>© Ада Хольм</p><p>Все права защищены.</p>"),
    skipped("a Chinese imprint by its heading", "<h2>版权信息</h2><p>灯塔出版社</p>"),
    skipped("other books of the author", "<h2>Also by Ada Holm</h2><p>The Moth</p><p>The Sea</p>"),
    Case(
        "front matter",
        "a title page by the guide",
        "guide.epub",
        lambda: guided("title-page", "<p>The Lantern</p><p>Ada Holm</p>"),
        spoken="One\n\nText one.",
    ),
    Case(
        "front matter",
        "the licence and header of Project Gutenberg",
        "gutenberg.epub",
        lambda: epub({"c1.xhtml": GUTENBERG}),
        spoken="One\n\nText one.",
        shown=(("front_matter", "The licence is long."), ("front_matter", "use of anyone")),
    ),
    Case(
        "front matter",
        "a licence of Project Gutenberg in files of its own",
        "licence.epub",
        lambda: epub({"c1.xhtml": GUTENBERG, "c2.xhtml": "<p>1.A. By reading you agree.</p>"}),
        spoken="One\n\nText one.",
        shown=(("front_matter", "By reading you agree"),),
    ),
    kept(
        "a story in a file called cover",
        f"<h2>Under cover</h2><p>He hid. {'It rained on. ' * 80}</p>",
        "He hid.",
        "under_cover.xhtml",
    ),
    kept("a dedication", "<p>To the keeper of the light.</p>", "To the keeper"),
    kept("a foreword", "<h2>Foreword</h2><p>I met Ada first in 1990.</p>", "I met Ada"),
    kept(
        "a chapter about copyright",
        f"<h2>The law</h2><p>Copyright is an old right. {'It was fought over. ' * 300}</p>",
        "Copyright is an old right.",
    ),
    kept(
        "a short chapter that names a right",
        "<h2>Chapter 4</h2><p>“All rights reserved,” he said, and shut the door.</p>",
        "he said, and shut the door",
    ),
    Case(
        "front matter",
        "a book of nothing else is read",
        "only.epub",
        lambda: epub({"imprint.xhtml": "<p>Set in type by hand.</p>"}),
        spoken="Set in type by hand.",
    ),
    Case(
        "files",
        "an archive with a package but no type",
        "bare.epub",
        lambda: zipped(
            {"b.opf": _package(), "c1.xhtml": xhtml(ONE)},
        ),
        spoken="One\n\nText one.",
    ),
]


def _package():
    return (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="c1.xhtml" '
        'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine>'
        "</package>"
    )
