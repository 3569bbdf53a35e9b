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

SPANNING = (
    '<table><tr class="together"><td rowspan="3" epub:type="z3998:persona">The '
    "Sailors</td><td>Land "
    "ahead!</td></tr><tr><td>Is it an island?</td></tr><tr><td>It is a whale.</td></tr><tr><td "
    'rowspan="2" epub:type="z3998:persona">Women</td><td>But why?</td></tr><tr><td><p>Why here?</p>'
    "</td></tr><tr><td/><td><i>They row.</i></td></tr><tr><td "
    'epub:type="z3998:persona">Ada</td><td>'
    "Home!</td></tr></table>"
)
SPANNING_TO_END = (
    '<table><tr><td class="speaker" rowspan="0">Chœur</td><td>La mer est '
    "large.</td></tr><tr><td>Le "
    "bateau est petit.</td></tr></table>"
)
SPANNING_UNMARKED = "<table>{}</table>".format(
    "".join(
        f"<tr>{cells}</tr>"
        for cells in (
            "<td rowspan='2'>ANNA</td><td>Wer ist da?</td>",
            "<td>Niemand antwortet.</td>",
            "<td>BERT</td><td>Ich bin es.</td>",
            "<td colspan='2'>Er tritt ein</td>",
            "<td>ANNA</td><td>So komm!</td>",
            "<td>BERT</td><td>Gern.</td>",
        )
    )
)
DIRECTED = (
    '<table><tr><td epub:type="z3998:persona">Ada <i epub:type="z3998:stage-direction">at the oars'
    '</i></td><td>Row!</td></tr><tr><td epub:type="z3998:persona">Bert<br/>Cora</td><td>We do.</td>'
    "</tr></table>"
)
DICTIONARY = "<dl>{}</dl>".format(
    "".join(
        f"<dt>{word}</dt><dd>{meaning}</dd>"
        for word, meaning in (
            ("Lamp", "A light."),
            ("Row", "A line."),
            ("Row", "A quarrel."),
            ("Sea", "Much water."),
            ("Tea", "A drink."),
        )
    )
)
CAST = (
    '<section epub:type="z3998:dramatis-personae"><ul><li><p>Ada, a '
    "keeper</p></li><li><table><tr><td>"
    "James</td><td "
    "rowspan='2'>Footmen</td></tr><tr><td>Harold</td></tr></table></li></ul></section>"
)
NUMBERED = (
    '<div class="stanza"><div>The sea is wide,</div><div>the boat is small,<span class="lnum">10'
    "</span></div></div>"
)

BRACKETS = (
    '<p><span class="smcap">Anna.</span> Who?</p><p><span class="smcap">Bert.</span> '
    "(<i>aside</i>) "
    'I.</p><p><span class="smcap">Anna</span> [<i>rising</i>] Come in.</p><p><span class="smcap">'
    'Bert.</span> Thanks.</p><p>[<i>Exit</i> <span class="smcap">Anna</span>.]</p>'
)
CHARACTERS = (
    '<p class="character">BERT</p><p class="dialogue">Thanks.</p><p class="character">ANNA</p>'
    '<p class="dialogue">Sit.</p><p>The <span class="character">木</span> is a tree.</p>'
)


def book(body):
    return lambda: epub({"c1.xhtml": body})


def page(body):
    return lambda: f"<!doctype html><html><body>{body}</body></html>"


CASES = [
    Case(
        "drama",
        "a person who speaks the rows that the name spans",
        "chorus.epub",
        book(SPANNING),
        spoken=(
            "The Sailors: Land ahead!\nIs it an island?\nIt is a whale.\n\nWomen: But why?\nWhy "
            "here?\n\nThey row.\n\nAda: Home!"
        ),
    ),
    Case(
        "drama",
        "a name that spans all rows to the end",
        "choeur.epub",
        book(SPANNING_TO_END),
        spoken="Chœur: La mer est large.\nLe bateau est petit.",
    ),
    Case(
        "drama",
        "names that span rows, and a direction across both columns, without any markup",
        "zwei.html",
        page(SPANNING_UNMARKED),
        spoken=(
            "ANNA: Wer ist da?\nNiemand antwortet.\n\nBERT: Ich bin es.\n\nEr tritt ein\n\nANNA: "
            "So "
            "komm!\n\nBERT: Gern."
        ),
    ),
    Case(
        "drama",
        "a direction beside a name, and two who speak together",
        "row.epub",
        book(DIRECTED),
        spoken="Ada: (at the oars) Row!\n\nBert Cora: We do.",
    ),
    Case(
        "drama",
        "a dictionary in which one word stands twice is no play",
        "dictionary.epub",
        book(DICTIONARY),
        spoken="Lamp\n\nA light.\n\nRow\n\nA line.\n\nRow\n\nA quarrel.\n\nSea\n\nMuch "
        "water.\n\nTea"
        "\n\nA drink.",
    ),
    Case(
        "drama",
        "a table in the list of persons is read",
        "cast.epub",
        book(CAST),
        spoken="Ada, a keeper\n\nJames\n\nFootmen\n\nHarold",
    ),
    Case(
        "drama",
        "directions in brackets between names and speeches",
        "brackets.epub",
        book(BRACKETS),
        spoken=(
            "Anna: Who?\n\nBert: (aside) I.\n\nAnna: [rising] Come in.\n\nBert: Thanks.\n\n"
            "[Exit Anna.]"
        ),
    ),
    Case(
        "drama",
        "paragraphs called characters; signs that are called so are none",
        "characters.epub",
        book(CHARACTERS),
        spoken="BERT: Thanks.\n\nANNA: Sit.\n\nThe 木 is a tree.",
    ),
    Case(
        "poems",
        "the numbers of lines stand apart",
        "numbered.epub",
        book(NUMBERED),
        spoken="The sea is wide,\nthe boat is small,",
        shown=(("page_number", "10"),),
    ),
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
