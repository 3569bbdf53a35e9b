"""Cases of LaTeX: lists as they are printed, commands of the text itself, slides, sizes."""

from tests.documents.cases import Case


def tex(name: str, body: str, spoken: str, preamble: str = "") -> Case:
    """A text in LaTeX and all that is spoken of it."""
    return Case(
        "LaTeX",
        name,
        "a.tex",
        lambda: f"\\documentclass{{article}}{preamble}\\begin{{document}}{body}\\end{{document}}",
        spoken=spoken,
    )


ITEMS = "\\item one \\item two"


def enumerated(inside: str, option: str = "") -> str:
    """A numbered list."""
    return f"\\begin{{enumerate}}{option}{inside}\\end{{enumerate}}"


CASES = [
    tex(
        "numbers in numbers",
        enumerated(f"\\item x {enumerated(ITEMS)}"),
        "1. x\n\n(a) one\n\n(b) two",
    ),
    tex("letters", enumerated(ITEMS, "[label=\\alph*)]"), "a) one\n\nb) two"),
    tex("letters, written short", enumerated(ITEMS, "[(a)]"), "(a) one\n\n(b) two"),
    tex("another start", enumerated(ITEMS, "[start=4]"), "4. one\n\n5. two"),
    tex("a counter that is set", enumerated("\\setcounter{enumi}{6}" + ITEMS), "7. one\n\n8. two"),
    tex(
        "numbers as Pandoc writes them",
        enumerated("\\def\\labelenumi{(\\roman{enumi})}\n\\setcounter{enumi}{3}" + ITEMS),
        "(iv) one\n\n(v) two",
    ),
    tex(
        "a list that goes on",
        enumerated(ITEMS) + "Between." + enumerated("\\item three", "[resume]"),
        "1. one\n\n2. two\n\nBetween.\n\n3. three",
    ),
    tex("raised and lowered figures", "H\\textsubscript{2}O, x\\textsuperscript{2}", "H₂O, x²"),
    tex(
        "commands of the text",
        "\\pair{a} \\pair[c]{b} \\shout{Hey}",
        "x and a c and b Hey!",
        "\\newcommand{\\pair}[2][x]{#1 and #2}\\def\\shout#1{\\textbf{#1}!}",
    ),
    tex(
        "commands that double what they take",
        "\\a{x}\n\nIt was late.",
        "It was late.",
        "\\newcommand{\\a}[1]{\\b{#1#1}}\\newcommand{\\b}[1]{\\a{#1#1}}",
    ),
    tex(
        "sizes and boxes",
        "\\hskip 1em \\raisebox{2pt}{up} \\parbox{5cm}{in} \\rule{3cm}{1pt}"
        "\\scalebox{0.5}{half} \\hbox to 3cm{box} \\hypertarget{a}{here}",
        "up in half box here",
    ),
    Case(
        "LaTeX",
        "slides",
        "a.tex",
        lambda: (
            "\\documentclass{beamer}\\begin{document}\\begin{frame}[fragile]{First}{Below}"
            "\\begin{itemize}[<+->]\\item<1-> \\alert<2>{One}\\end{itemize}"
            "\\begin{block}{Head}Text.\\end{block}\\end{frame}\\begin{frame}{Second}"
            "\\begin{column}{0.5\\textwidth}Left.\\end{column}\\end{frame}\\end{document}"
        ),
        spoken="First\n\nBelow\n\nOne\n\nHead\n\nText.\n\nSecond\n\nLeft.",
    ),
    tex(
        "a theorem with a name",
        "\\begin{thm}[Main] It holds.\\end{thm}\\begin{proof} Seen.\\end{proof}",
        "Satz (Main). It holds.\n\nProof. Seen.",
        "\\newtheorem{thm}{Satz}",
    ),
    tex(
        "German shorthands",
        'Stra"se, "`gut"\', Bindestrich"=Strich',
        "Straße, „gut“, Bindestrich-Strich",
        "\\usepackage[ngerman]{babel}",
    ),
    tex(
        "a line over some columns", "\\begin{tabular}{l}A\\\\\\cline{1-1}B\\end{tabular}", "A\n\nB"
    ),
    Case(
        "RST",
        "numbers as they are written",
        "a.rst",
        lambda: (
            "Title\n=====\n\na) one\nb) two\n\nText.\n\n(4) four\n(5) five\n\n"
            ".. only:: html\n\n   Yes.\n"
        ),
        spoken="Title\n\na) one\n\nb) two\n\nText.\n\n(4) four\n\n(5) five\n\nYes.",
    ),
    tex(
        "numbers and units",
        r"It is \SI{5}{\kilo\metre} or \qty[per-mode=symbol]{9.8}{\metre\per\second\squared}, "
        r"\SI{20}{\degreeCelsius}, \ang{45}, \num{1.5e3}, \SIrange{1}{5}{m.s^{-1}}, "
        r"\qty{3}{\kilo\watt\hour} and \unit{\metre\tothe{4}}.",
        "It is 5\u00a0km or 9.8\u00a0m/s², 20\u00a0°C, 45°, 1.5 × 10³, 1–5\u00a0m·s⁻¹, 3\u00a0kWh "
        "and m⁴.",
    ),
    tex(
        "a command that is defined again",
        r"The \ship{} left.",
        "The Dora left.",
        r"\newcommand{\ship}{Ada}\renewcommand{\ship}{Dora}\def\sea{North Sea}\def\sea{sea}",
    ),
]
