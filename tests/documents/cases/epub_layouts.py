"""Cases of books whose pages are drawn, and of what stands in for films, drawings and formulas."""

from tests.documents.cases import Case
from tests.documents.making import epub

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 800">{}</svg>'
LINES = (
    "<title>Page 3</title><g><text transform='matrix(1 0 0 1 90 90)'><tspan x='0' y='0'>The keeper "
    "climbed the</tspan><tspan x='0' y='20'>tower every eve-</tspan><tspan x='0' "
    "y='40'>ning.</tspan>"
    "<tspan x='0' y='60'>The lamp was cold.</tspan></text></g>"
)
CHART = "<title>Oil</title><text>1900</text><text>1910</text><text>Barrels</text>"
FILM = (
    "<p>Before.</p><video src='a.mp4'><source src='a.webm'/>No film here.</video><object "
    "data='q.xml' "
    "type='application/x-quiz'><p>What is a lamp?</p><ol><li>A "
    "light</li></ol></object><p>After.</p>"
)
FORMULA = "<p>So <math alttext='{}'><msup><mi>x</mi><mn>2</mn></msup></math>.</p>"

INITIALS = (
    '<h1>One</h1><p><img src="t.png" alt="T"/>he lamp was lit.</p><p><img src="o.png" alt="“O"/>'
    '<span class="caps">nce</span> more.</p><p><img src="x.png" alt="X"/> The plan.</p>'
)
PAGE_MARKS = '<p>It was <span epub:type="pagebreak" id="p5" title="5"></span>late and dark.</p>'
POPUP = (
    '<p>A lamp<a epub:type="noteref" href="#n1">1</a>.</p><aside epub:type="footnote" id="n1" '
    'hidden="hidden"><p>An old one.</p></aside><p hidden="hidden">Nothing.</p>'
)
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "x.dtd" [\n<!ENTITY '
    "who \"Ada Holm\">\n<!ENTITY dots '…'>]><html><body><p>&who; said &dots; &amp; left.</p></body>"
    "</html>"
)
NAMED_BY_NAMES = (
    "<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a 'lamp'><!ENTITY b '&a;&a;'><!ENTITY c SYSTEM "
    "'file:///etc/passwd'>]><html><body><p>One &a;.</p></body></html>"
)
FROM_LAYOUT = (
    '<p>A lamp.<a href="#x"><span class="_idFootnoteLink">1</span></a> A <a href="#x" '
    'class="_idEndnoteLink">2</a>moth.</p>'
)
TRANSCRIBED = '<p>A lamp.</p><div class="transnote"><p>Transcriber’s Note: spelling kept.</p></div>'


def placeholder(text: str) -> Case:
    return Case(
        "formulas",
        f"a description that nobody wrote: {text}",
        "placeholder.epub",
        lambda: epub({"c1.xhtml": FORMULA.format(text)}),
        spoken="So x².",
    )


CASES = [
    Case(
        "drawn pages",
        "the lines of a drawn page are its text",
        "drawn.epub",
        lambda: epub({"c1.xhtml": SVG.format(LINES)}),
        spoken="The keeper climbed the tower every evening.\n\nThe lamp was cold.",
        shown=(("caption", "Page 3"),),
    ),
    Case(
        "drawn pages",
        "a drawing as a file of its own in the order of the book",
        "spine.epub",
        lambda: epub({"c1.svg": f'<?xml version="1.0"?>{SVG.format(LINES)}'}),
        holds=("The keeper climbed the tower every evening.",),
    ),
    Case(
        "drawn pages",
        "the labels of a figure in a text are no text",
        "chart.epub",
        lambda: epub({"c1.xhtml": f"<p>The barrels of oil grew in number.</p>{SVG.format(CHART)}"}),
        spoken="The barrels of oil grew in number.",
        shown=(("caption", "Oil 1900 1910 Barrels"),),
    ),
    Case(
        "stand-ins",
        "what stands in for a film and for an exercise can be brought back",
        "film.epub",
        lambda: epub({"c1.xhtml": FILM}),
        spoken="Before.\n\nAfter.",
        shown=(("caption", "No film here."), ("caption", "What is a lamp?")),
    ),
    *map(
        placeholder,
        ("Alternative text not available", "no alt text", "image", "Equation 12", "[formula]"),
    ),
    Case(
        "initials",
        "a drawn first letter belongs to its word",
        "initials.epub",
        lambda: epub({"c1.xhtml": INITIALS}),
        spoken="One\n\nThe lamp was lit.\n\n“Once more.\n\nThe plan.",
        shown=(("caption", "X"),),
    ),
    Case(
        "page marks",
        "words stay apart around a mark without a text",
        "marks.epub",
        lambda: epub({"c1.xhtml": PAGE_MARKS}),
        spoken="It was late and dark.",
    ),
    Case(
        "page marks",
        "a paragraph that begins with the number of a page or with an image is one",
        "begins.epub",
        lambda: epub(
            {
                "c1.xhtml": '<p>One.</p><p><span class="pagenum">5</span>Two.</p>'
                '<p><img src="a.png" alt="A lamp"/>Three <img src="b.png" alt="Oil"/> four.</p>'
            }
        ),
        spoken="One.\n\nTwo.\n\nThree four.",
        shown=(("page_number", "5"), ("caption", "A lamp"), ("caption", "Oil")),
    ),
    Case(
        "notes",
        "notes that open in a window of their own are kept",
        "popup.epub",
        lambda: epub({"c1.xhtml": POPUP}),
        spoken="A lamp.",
        shown=(("note", "An old one."),),
    ),
    Case(
        "notes",
        "marks that layout programs make",
        "layout.epub",
        lambda: epub({"c1.xhtml": FROM_LAYOUT}),
        spoken="A lamp. A moth.",
        shown=(("note_mark", "1"), ("note_mark", "2")),
    ),
    Case(
        "notes",
        "notes of transcribers are left out",
        "transcribed.epub",
        lambda: epub({"c1.xhtml": TRANSCRIBED}),
        spoken="A lamp.",
        shown=(("front_matter", "Transcriber’s Note"),),
    ),
    Case(
        "entities",
        "names for texts at the beginning of a page",
        "entities.epub",
        lambda: epub({"c1.xhtml": ENTITIES}),
        spoken="Ada Holm said … & left.",
    ),
    Case(
        "entities",
        "names made of names, and of files, are not followed",
        "hostile.epub",
        lambda: epub({"c1.xhtml": NAMED_BY_NAMES}),
        spoken="One lamp.",
    ),
    Case(
        "formulas",
        "a description in words is kept",
        "described.epub",
        lambda: epub({"c1.xhtml": FORMULA.format("image of the square of x")}),
        spoken="So image of the square of x.",
    ),
]
