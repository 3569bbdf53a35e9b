"""Cases of plays and poems: in tables, in lists, with names in front of paragraphs, in lines."""

from tests.documents.cases import Case
from tests.documents.making import epub, xhtml

TABLE = (
    '<h2>Act I</h2><table><tr><td epub:type="z3998:persona">Jan</td><td>Gdzie jest mój kapelusz?'
    '</td></tr><tr><td epub:type="z3998:persona">Ewa <i>(śmieje się)</i></td><td><p>Na głowie.</p>'
    "<p>Jak zawsze.</p></td></tr><tr><td/><td><i>Wychodzą.</i></td></tr></table>"
)
UNMARKED = "<table>{}</table>".format(
    "".join(
        f"<tr><td>{name}</td><td>{speech}</td></tr>"
        for name, speech in (
            ("FAUST.", "Wer ist das?"),
            ("MEPHISTO.", "Ich bin es."),
            ("FAUST.", "So komm herein!"),
            ("MEPHISTO.", "Du musst es dreimal sagen."),
        )
    )
)
PRICES = (
    "<p>Our prices.</p><table><tr><td>Tea</td><td>2.50</td></tr><tr><td>Tea</td><td>3.50</td></tr>"
    "<tr><td>Coffee</td><td>3.00</td></tr><tr><td>Cake</td><td>4.00</td></tr></table>"
)
BOLD = (
    "<h2>Scène 1</h2><p><b>HARPAGON.</b> Au voleur&#160;!</p><p><b>ÉLISE</b>. Mon père&#160;!</p>"
    "<p><b>HARPAGON.</b>— Qui est-ce&#160;?</p><p><b>ÉLISE:</b> C’est moi.</p><p>Elle sort.</p>"
)
MANUAL = (
    "<p><b>NOTE.</b> Be quick.</p><p>One.</p><p>Two.</p><p>Three.</p><p>Four.</p><p><b>NOTE.</b> "
    "Be kind.</p><p>Five.</p><p>Six.</p>"
)
CLASSES = (
    '<p class="speaker">HAMLET.</p><p>To be, or not to be.</p><p class="speaker">OPHELIA '
    '(aside)</p><p class="verse">My lord,<br/>how is it?</p>'
)
SPANS = (
    '<p><span class="speaker">Anna</span> Good day.</p><p><span class="speaker">Bert</span> Hm.</p>'
)
DEFINED = (
    "<dl><dt>Anna</dt><dd><p>Good day.</p><p>How are you?</p></dd><dt>Bert</dt><dd>Well.</dd>"
    "<dt>Anna</dt><dd>So am I.</dd></dl>"
)
GLOSSARY = "<dl><dt>Lamp</dt><dd>A light.</dd><dt>Moth</dt><dd>An insect.</dd></dl>"
POEM = (
    '<div class="poem"><table><tr><td>The sea is wide,</td><td></td></tr><tr><td>the boat is small,'
    "</td><td></td></tr><tr><td>the lantern glows</td><td></td></tr><tr><td>upon the wall,</td><td>"
    "</td></tr><tr><td>and on it all.</td><td>5</td></tr></table></div>"
)
STANZAS = (
    '<div class="poetry"><div class="stanza"><div class="verse indent0">The sea is wide,</div>'
    '<div class="verse indent2">the boat is small.</div></div><div class="stanza"><div>The lantern '
    "glows</div><div>upon the wall.</div></div></div>"
)
SPAN_LINES = '<p><span class="line">One line,</span>\n<span class="line">another.</span></p>'
DIRECTION = (
    '<p><i epub:type="z3998:stage-direction"><b epub:type="z3998:persona">Anna</b> enters.</i></p>'
)


def book(body):
    return lambda: epub({"c1.xhtml": body})


def page(body):
    return lambda: f"<!doctype html><html><body>{body}</body></html>"


CASES = [
    Case(
        "drama",
        "persons in table cells, a speech of two paragraphs, a direction of its own",
        "play.epub",
        book(TABLE),
        spoken=(
            "Act I\n\nJan: Gdzie jest mój kapelusz?\n\nEwa: (śmieje się) Na głowie.\nJak zawsze."
            "\n\nWychodzą."
        ),
    ),
    Case(
        "drama",
        "a table of names and speeches without any markup",
        "faust.html",
        page(UNMARKED),
        spoken=(
            "FAUST: Wer ist das?\n\nMEPHISTO: Ich bin es.\n\nFAUST: So komm herein!\n\n"
            "MEPHISTO: Du musst es dreimal sagen."
        ),
    ),
    Case(
        "drama",
        "a table of prices is no play",
        "prices.html",
        page(PRICES),
        spoken="Our prices.",
        shown=(("table", "Tea, 2.50"),),
    ),
    Case(
        "drama",
        "names in bold letters begin the paragraphs",
        "avare.epub",
        book(BOLD),
        spoken=(
            "Scène 1\n\nHARPAGON: Au voleur\xa0!\n\nÉLISE: Mon père\xa0!\n\nHARPAGON: Qui est-ce"
            "\xa0?\n\nÉLISE: C’est moi.\n\nElle sort."
        ),
    ),
    Case(
        "drama",
        "a bold word that comes back in a manual is no speaker",
        "manual.html",
        page(MANUAL),
        holds=("NOTE. Be quick.", "NOTE. Be kind."),
    ),
    Case(
        "drama",
        "names in paragraphs of their own",
        "hamlet.epub",
        book(CLASSES),
        spoken="HAMLET: To be, or not to be.\n\nOPHELIA: (aside) My lord,\nhow is it?",
    ),
    Case(
        "drama",
        "names in spans",
        "spans.html",
        page(SPANS),
        spoken="Anna: Good day.\n\nBert: Hm.",
    ),
    Case(
        "drama",
        "a list of definitions whose terms come back",
        "list.html",
        page(DEFINED),
        spoken="Anna: Good day.\nHow are you?\n\nBert: Well.\n\nAnna: So am I.",
    ),
    Case(
        "drama",
        "a glossary is no play",
        "glossary.html",
        page(GLOSSARY),
        spoken="Lamp\n\nA light.\n\nMoth\n\nAn insect.",
    ),
    Case(
        "drama",
        "a person named in a stage direction does not speak",
        "direction.epub",
        book(DIRECTION),
        spoken="Anna enters.",
    ),
    Case(
        "drama",
        "a speaker without a speech is not lost",
        "last.epub",
        book('<p class="speaker">ANNA</p><h2>End</h2>'),
        spoken="ANNA\n\nEnd",
    ),
    Case(
        "poems",
        "lines in the rows of a table, counted by fives",
        "poem.epub",
        lambda: epub({"c1.xhtml": xhtml(POEM)}),
        spoken=(
            "The sea is wide,\nthe boat is small,\nthe lantern glows\nupon the wall,\n"
            "and on it all."
        ),
        shown=(("page_number", "5"),),
    ),
    Case(
        "poems",
        "lines in blocks of a stanza",
        "stanzas.epub",
        book(STANZAS),
        spoken=("The sea is wide,\nthe boat is small.\n\nThe lantern glows\nupon the wall."),
    ),
    Case(
        "poems",
        "lines in spans",
        "lines.html",
        page(SPAN_LINES),
        spoken="One line,\nanother.",
    ),
]
