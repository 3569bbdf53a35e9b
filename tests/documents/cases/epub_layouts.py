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
        "formulas",
        "a description in words is kept",
        "described.epub",
        lambda: epub({"c1.xhtml": FORMULA.format("image of the square of x")}),
        spoken="So image of the square of x.",
    ),
]
