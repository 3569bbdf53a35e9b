"""Books made as careful publishers of free books make them: a play in tables, and a novel."""

from tests.documents.making import CONTAINER, zipped

XHTML = (
    '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml" '
    'xmlns:epub="http://www.idpf.org/2007/ops" epub:prefix="z3998: '
    'http://www.daisy.org/z3998/2012/vocab/structure/" xml:lang="en-GB"><head><title>{title}'
    '</title><link href="../css/core.css" rel="stylesheet"/></head><body epub:type="{matter} '
    'z3998:fiction">{body}</body></html>'
)
FRONT, BODY, BACK = "frontmatter", "bodymatter", "backmatter"
TITLE_PAGE = (
    '<section id="titlepage" epub:type="titlepage"><h1 epub:type="title">{title}</h1>'
    '<p>By <b epub:type="z3998:author z3998:personal-name">Ada Holm</b>.</p>'
    '<img alt="" src="../images/titlepage.svg"/></section>'
)
IMPRINT = (
    '<section id="imprint" epub:type="imprint"><header><h2 epub:type="title">Imprint</h2>'
    '<img alt="The lantern press logo." src="../images/logo.svg"/></header><p>This ebook is the '
    "product of many hours of hard work by volunteers.</p><p>It is based on digital scans.</p>"
    "</section>"
)
HALF_TITLE = (
    '<section id="halftitlepage" epub:type="halftitlepage"><hgroup epub:type="fulltitle">'
    '<h2 epub:type="title">{title}</h2><p epub:type="subtitle">A Half Title</p></hgroup></section>'
)
COLOPHON = (
    '<section id="colophon" epub:type="colophon"><header><h2>Colophon</h2></header>'
    "<p><i>{title}</i> was published in 1895 by <b>Ada Holm</b>. This ebook was made from "
    "transcriptions.</p></section>"
)
UNCOPYRIGHT = (
    '<section id="uncopyright" epub:type="copyright-page"><h2>Uncopyright</h2><p>May you do good '
    "and not evil.</p><p>Copyright pages exist to tell you that you can’t do something.</p>"
    "</section>"
)
ILLUSTRATIONS = (
    '<nav id="loi" epub:type="loi"><h2 epub:type="title">List of Illustrations</h2><ol><li><p>'
    '<a href="chapter-1.xhtml#illustration-1">A lighthouse at night.</a></p></li></ol></nav>'
)
PERSONS = (
    '<section id="dramatis-personae" epub:type="z3998:dramatis-personae"><h2 epub:type="title">'
    "Dramatis Personae</h2><ul><li><p>Anna Moncrieff</p></li><li><p>The Reverend Bert Chasuble, "
    '<abbr epub:type="z3998:degree">D.D.</abbr></p></li></ul></section>'
)
ACT = (
    '<section id="act-1" epub:type="chapter"><h2 epub:type="title">Act '
    '<span epub:type="z3998:roman">I</span></h2><p epub:type="z3998:stage-direction">A room in '
    'Half-Moon Street.</p><table><tbody><tr><td/><td><i epub:type="z3998:stage-direction"><b '
    'epub:type="z3998:persona">Bert</b> is arranging tea.</i></td></tr><tr><td '
    'epub:type="z3998:persona">Anna</td><td>Did you hear what I was playing, <abbr '
    'epub:type="z3998:name-title">Mr.</abbr> Bert?</td></tr><tr><td epub:type="z3998:persona">'
    'Bert</td><td>I didn’t think it polite to listen. <i epub:type="z3998:stage-direction">Bows.'
    '</i></td></tr><tr><td epub:type="z3998:persona">Anna</td><td><p>I’m sorry for that.</p><p>'
    'Anyone can play accurately.</p></td></tr><tr><td epub:type="z3998:persona">Both</td><td '
    'epub:type="z3998:verse"><p><span>The sea is wide,</span><br/><span class="i1">the boat is '
    "small.</span></p></td></tr></tbody></table></section>"
)
DEDICATION = (
    '<section id="dedication" epub:type="dedication"><p>To the keeper of the light.</p></section>'
)
PREFACE = (
    '<section id="preface" epub:type="preface"><h2 epub:type="title">Preface</h2><p>This tale was '
    'told to me by <abbr epub:type="z3998:given-name">J.</abbr> Moth.</p></section>'
)
CHAPTER = (
    '<section id="chapter-1" epub:type="chapter"><hgroup><h2><span epub:type="label">Chapter'
    '</span> <span epub:type="ordinal z3998:roman">I</span></h2><p epub:type="title">The Door</p>'
    '</hgroup><blockquote epub:type="epigraph"><p>All is lamp.</p><cite>An old book</cite>'
    "</blockquote>"
    '<p>It was late.<a href="endnotes.xhtml#note-1" id="noteref-1" epub:type="noteref">1</a> '
    'King George <span epub:type="z3998:roman">II</span> had gone.</p><figure '
    'id="illustration-1"><img alt="A lighthouse." src="../images/i1.jpg"/><figcaption>A light.'
    '</figcaption></figure><blockquote epub:type="z3998:letter"><p>Dear Ada,</p><footer><p '
    'epub:type="z3998:signature">Bert</p></footer></blockquote></section>'
)
ENDNOTES = (
    '<section id="endnotes" role="doc-endnotes" epub:type="endnotes"><h2>Endnotes</h2><ol><li '
    'id="note-1" epub:type="endnote"><p>A note of no weight. <a href="chapter-1.xhtml#noteref-1" '
    'role="doc-backlink" epub:type="backlink">↩</a></p></li></ol></section>'
)


def play() -> bytes:
    """A play in tables, with a list of persons."""
    title = "The Lantern"
    pages = {
        "titlepage": (FRONT, TITLE_PAGE.format(title=title), "Titlepage"),
        "imprint": (FRONT, IMPRINT, "Imprint"),
        "dramatis-personae": (FRONT, PERSONS, "Dramatis Personae"),
        "halftitlepage": (FRONT, HALF_TITLE.format(title=title), title),
        "act-1": (BODY, ACT, 'Act <span epub:type="z3998:roman">I</span>'),
        "colophon": (BACK, COLOPHON.format(title=title), "Colophon"),
        "uncopyright": (BACK, UNCOPYRIGHT, "Uncopyright"),
    }
    return _book(title, pages)


def novel() -> bytes:
    """A novel with a dedication, a preface, a chapter, an illustration and a note."""
    title = "The Keeper"
    pages = {
        "titlepage": (FRONT, TITLE_PAGE.format(title=title), "Titlepage"),
        "imprint": (FRONT, IMPRINT, "Imprint"),
        "dedication": (FRONT, DEDICATION, "Dedication"),
        "preface": (FRONT, PREFACE, "Preface"),
        "loi": (FRONT, ILLUSTRATIONS, "List of Illustrations"),
        "halftitlepage": (FRONT, HALF_TITLE.format(title=title), title),
        "chapter-1": (BODY, CHAPTER, '<span epub:type="z3998:roman">I</span>: The Door'),
        "endnotes": (BACK, ENDNOTES, "Endnotes"),
        "colophon": (BACK, COLOPHON.format(title=title), "Colophon"),
        "uncopyright": (BACK, UNCOPYRIGHT, "Uncopyright"),
    }
    return _book(title, pages)


def _book(title: str, pages: dict[str, tuple[str, str, str]]) -> bytes:
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER.replace("OPS/book.opf", "epub/content.opf"),
    }
    manifest, spine, listed = [], [], []
    for name, (matter, body, label) in pages.items():
        href = f"text/{name}.xhtml"
        manifest.append(f'<item id="{name}" href="{href}" media-type="application/xhtml+xml"/>')
        spine.append(f'<itemref idref="{name}"/>')
        listed.append(f'<li><a href="{href}">{label}</a></li>')
        files[f"epub/{href}"] = XHTML.format(title=title, matter=matter, body=body)
    landmarks = (
        '<nav epub:type="landmarks"><ol><li><a href="text/titlepage.xhtml" epub:type="frontmatter '
        'titlepage">Titlepage</a></li></ol></nav>'
    )
    toc = f'<nav epub:type="toc"><ol>{"".join(listed)}</ol></nav>{landmarks}'
    files["epub/toc.xhtml"] = XHTML.format(title="Contents", matter=FRONT, body=toc)
    manifest.append(
        '<item id="toc" href="toc.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    )
    files["epub/content.opf"] = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:creator>Ada '
        "Holm</dc:creator><dc:language>en-GB</dc:language></metadata>"
        f"<manifest>{''.join(manifest)}</manifest><spine>{''.join(spine)}</spine></package>"
    )
    return zipped(files, "mimetype")
