"""Cases of formulas, of raised and lowered figures, and of cells, in books and pages."""

from tests.documents.cases import Case
from tests.documents.making import epub

KATEX = (
    '<span class="katex"><span class="katex-mathml"><math><semantics><mrow><msup><mi>a</mi><mn>2'
    '</mn></msup></mrow><annotation encoding="application/x-tex">a^2</annotation></semantics>'
    '</math></span><span class="katex-html" aria-hidden="true"><span>a</span><span>2</span></span>'
    "</span>"
)
MATHJAX = (
    '<span class="MathJax_Preview">[x2]</span><span class="MathJax">x2</span><script '
    'type="math/tex">\\frac{a+b}{c}</script>'
)
MATHJAX_3 = (
    '<mjx-container><mjx-math aria-hidden="true"><mjx-mi>x</mjx-mi></mjx-math>'
    "<mjx-assistive-mml><math><msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt></math>"
    "</mjx-assistive-mml></mjx-container>"
)
ENCYCLOPEDIA = (
    '<span class="mwe-math-element"><span class="mwe-math-mathml-inline" style="display: none;">'
    '<math alttext="{\\displaystyle E=mc^{2}}"><mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2'
    '</mn></msup></math></span><img class="mwe-math-fallback-image-inline" alt="{\\displaystyle '
    'E=mc^{2}}" src="a.svg"></span>'
)
MATRIX = (
    '<math alttext="\\begin{matrix}1&amp;0\\end{matrix}"><mtable><mtr><mtd><mn>1</mn></mtd></mtr>'
    "</mtable></math>"
)
NOTES = (
    "<p>It was late.<sup>1</sup> He saw a lamp<sup>2</sup> in 1999<sup>3</sup>.</p>"
    "<p><sup>1</sup> Very late.</p><p><sup>2</sup> An old one.</p>"
)
CELLS = (
    "<p>Words.</p><table><tr><th>a</th><th>b</th></tr><tr><td><p>First</p><p>Second</p></td><td><b>"
    'L</b>etter 10<sup>6</sup></td></tr><tr><td>Sum<sup><a href="#n1">1</a></sup></td><td><math>'
    "<mi>x</mi></math></td></tr></table>"
)


def _page(body):
    return lambda: f"<!doctype html><html><body>{body}</body></html>"


def _book(body):
    return lambda: epub({"c1.xhtml": body})


def _figures(name, body, spoken):
    return Case("figures", name, "figures.epub", _book(f"<p>{body}</p>"), spoken=spoken)


CASES = [
    _figures("powers of ten", "10<sup>6</sup>, 10<sup>-3</sup>", "10⁶, 10⁻³"),
    _figures("powers with a sign of minus", "10<sup>−12</sup> m", "10⁻¹² m"),
    _figures(
        "units", "5 m<sup>2</sup>, 3 km<sup>3</sup>, 9 m/s<sup>2</sup>", "5 m², 3 km³, 9 m/s²"
    ),
    _figures("Russian units", "5 м<sup>2</sup>", "5 м²"),
    _figures("letters", "x<sup>n</sup> + y<sup>n+1</sup>", "xⁿ + yⁿ⁺¹"),
    _figures("figures in italics", "<i>x</i><sup><i>2</i></sup>", "x²"),
    _figures("brackets", "(a + b)<sup>2</sup>", "(a + b)²"),
    _figures("ions and isotopes", "Ca<sup>2+</sup> and <sup>14</sup>C", "Ca²⁺ and ¹⁴C"),
    _figures("molecules", "H<sub>2</sub>O, C<sub>6</sub>H<sub>12</sub>", "H₂O, C₆H₁₂"),
    _figures("indices", "a<sub>n+1</sub>, v<sub>0</sub>, T<sub>max</sub>", "a n+1, v₀, T max"),
    _figures("English ordinals", "the 1<sup>st</sup> and 22<sup>nd</sup>", "the 1st and 22nd"),
    _figures(
        "French short forms",
        "M<sup>me</sup> X, le 4<sup>e</sup>, n<sup>o</sup> 5",
        "Mme X, le 4e, no 5",
    ),
    _figures("fractions", "3<sup>1</sup>/<sub>2</sub> cups", "3 1/2 cups"),
    _figures("what has no sign of its own", "e<sup>-x/2</sup>", "e^(-x/2)"),
    _figures(
        "several marks of notes", "A lamp.<sup>1,2</sup> A moth<sup>3–5</sup>.", "A lamp. A moth."
    ),
    _figures("raised words", "A lamp<sup>new model!</sup>", "A lamp new model!"),
    _figures("trade marks", "Lamp<sup>TM</sup> oil", "Lamp™ oil"),
    Case(
        "figures",
        "marks of notes without links, and the notes",
        "notes.html",
        _page(NOTES),
        spoken="It was late. He saw a lamp in 1999.",
        shown=(("note_mark", "2"), ("note", "An old one.")),
    ),
    Case(
        "figures",
        "a raised letter after a word where notes begin with letters",
        "letters.html",
        _page('<p>A lamp<sup>a</sup> burns.</p><p class="footnote">a. An old one.</p>'),
        spoken="A lamp burns.",
    ),
    Case(
        "figures",
        "cells with paragraphs and figures",
        "cells.epub",
        _book(CELLS),
        spoken="Words.",
        shown=(("table", "First Second, Letter 10⁶\nSum, x"),),
    ),
    Case(
        "formulas",
        "a text beside the formula says it in words",
        "words.epub",
        _book('<p>So <math alttext="x squared"><msup><mi>x</mi><mn>2</mn></msup></math>.</p>'),
        spoken="So x squared.",
        shown=(("formula", "x squared"),),
    ),
    Case(
        "formulas",
        "MathML",
        "mathml.epub",
        _book(
            "<p>So <math><msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mn>1</mn><mo>=</mo>"
            "<msub><mi>y</mi><mi>i</mi></msub></math> holds.</p>"
        ),
        spoken="So x² + 1 = y i holds.",
    ),
    Case("formulas", "KaTeX is said once", "katex.html", _page(f"<p>So {KATEX}.</p>"), "So a²."),
    Case(
        "formulas",
        "MathJax is said once",
        "mathjax.html",
        _page(f"<p>So {MATHJAX} holds.</p>"),
        spoken="So (a+b)/c holds.",
        shown=(("formula", "\\frac{a+b}{c}"),),
    ),
    Case("formulas", "MathJax 3", "mathjax3.html", _page(f"<p>So {MATHJAX_3}.</p>"), "So √(a+b)."),
    Case(
        "formulas",
        "encyclopedia",
        "wiki.html",
        _page(f"<p>So {ENCYCLOPEDIA} holds.</p>"),
        spoken="So E = mc² holds.",
        shown=(("formula", "E=mc^{2}"),),
    ),
    Case(
        "formulas",
        "images of TeX",
        "image.html",
        _page('<p>So <img class="tex" alt="\\alpha \\le 90^\\circ" src="a.png"> holds.</p>'),
        spoken="So α ≤ 90° holds.",
    ),
    Case(
        "formulas",
        "a shell of TeX",
        "pandoc.html",
        _page('<p>So <span class="math inline">\\(\\sqrt{2}\\)</span> holds.</p>'),
        spoken="So √2 holds.",
    ),
    Case(
        "formulas",
        "a matrix is shown and not said",
        "matrix.epub",
        _book(f"<p>So {MATRIX} holds.</p>"),
        spoken="So holds.",
        shown=(("formula", "\\begin{matrix}"),),
    ),
    Case(
        "formulas",
        "a formula in a heading",
        "heading.epub",
        _book(f"<h1>On {KATEX}</h1><p>Text.</p>"),
        chapters=("On a²",),
    ),
    Case(
        "texts",
        "readings of signs, breaks within words, and what opens",
        "ruby.html",
        _page(
            "<p>漢<ruby>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby>。 so<wbr>lar</p><details><summary>"
            "More</summary><p>Hidden at first.</p></details>"
        ),
        spoken="漢字。 solar\n\nMore\n\nHidden at first.",
    ),
]
