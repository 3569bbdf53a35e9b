"""Names of LaTeX: what its commands and environments mean to somebody who listens."""

from dataclasses import dataclass

from pylatexenc import latexwalker, macrospec

HEADINGS = {
    "part": 1,
    "chapter": 2,
    "section": 3,
    "frametitle": 4,
    "subsection": 4,
    "subsubsection": 5,
    "paragraph": 6,
    "subparagraph": 6,
}
_FORMATTING = (
    "emph textbf textit textsl textsc textsf textrm texttt textup textmd textnormal underline "
    "uline sout mbox hbox fbox text enquote MakeUppercase MakeLowercase uppercase lowercase "
    "centerline textsuperscript textsubscript thanks"
)
FORMATTING = frozenset(_FORMATTING.split())
_REFERENCES = (
    "ref eqref pageref autoref cref Cref nameref vref cite citep citet citeauthor citeyear citealp "
    "citealt Citet Citep parencite textcite footcite autocite fullcite nocite supercite"
)
REFERENCES = frozenset(_REFERENCES.split())
FILES = frozenset(("input", "include", "subfile", "subimport", "import", "lstinputlisting"))
# What follows names what these take: {text}, [perhaps], * for a star.
_UNSAID = {
    "{": "label index pagestyle thispagestyle vspace hspace vspace* hspace* bibliographystyle "
    "usetikzlibrary pagenumbering bibliography addbibresource selectlanguage hyphenation "
    "graphicspath captionsetup geometry lstset hypersetup usetheme glsadd phantomsection* "
    "setstretch linespread newcounter stepcounter refstepcounter theoremstyle input include "
    "subfile usefonttheme usecolortheme allowdisplaybreaks* color pdfbookmark makeatletter* "
    "hypertarget labelform phantom hphantom vphantom cline cmidrule institute date inst "
    "PassOptionsToPackage "
    "hyphenchar enlargethispage usepgfplotslibrary pgfplotsset tikzset columnwidth* sisetup "
    "useinnertheme useoutertheme usefoottemplate pgfdeclareimage logo titlegraphic "
    "thispdfpagelabel vskip* AtBeginSection ensuremath*",
    "{{": "setcounter addtocounter setlength addtolength fontsize definecolor* newtheorem* "
    "numberwithin subimport import markboth newlength* settowidth settoheight "
    "setbeamertemplate setbeamercolor setbeamerfont setbeamersize",
    "{{{": "definecolor addcontentsline",
    "[{": "usepackage documentclass includegraphics lstinputlisting nocite RequirePackage "
    "includepdf includesvg",
    "*{[[{": "newcommand renewcommand providecommand DeclareRobustCommand",
    "{[[{{": "newenvironment renewenvironment",
    "[": "pagebreak linebreak nopagebreak",
    "[{{": "rule",
}
UNSAID = frozenset(
    name for names in _UNSAID.values() for name in names.split() if not name.endswith("*")
) | frozenset(
    ("maketitle", "tableofcontents", "listoffigures", "listoftables", "printbibliography")
)
_FORMULAS = "equation align gather multline eqnarray displaymath math flalign alignat"
FORMULAS = frozenset(name + star for name in _FORMULAS.split() for star in ("", "*"))
# Boxes: what they hold is said, their sizes are not.
BOXES = {
    "raisebox": "{[[{", "parbox": "[[[{{", "makebox": "[[{", "framebox": "[[{", "scalebox": "{[{",
    "resizebox": "{{{", "rotatebox": "[{{", "hyperlink": "{{", "foreignlanguage": "{{",
    "alert": "{", "textnormal": "{", "subtitle": "{", "framesubtitle": "{", "marginpar": "[{",
    "fcolorbox": "{{{", "adjustbox": "{{", "hyperref": "[{", "glqq": "", "texorpdfstring": "{{",
    "pdftooltip": "{{", "ruby": "{{", "only": "{", "uncover": "{", "onslide": "", "visible": "{",
    "highlight": "{", "hl": "{", "textsuperscript": "{", "textsubscript": "{",
}  # fmt: skip
FIRST_SAID = frozenset(("texorpdfstring", "pdftooltip", "ruby"))
QUOTES = {"glqq": "„", "grqq": "“", "glq": "‚", "grq": "‘", "flqq": "«", "frqq": "»", "pounds": "£"}
TABLES = frozenset(("tabular", "tabular*", "tabularx", "tabulary", "longtable", "tabu", "array"))
LISTS = {"itemize": "ul", "enumerate": "ol", "description": "ul", "compactitem": "ul"}
THEOREMS = {"theorem": "Theorem", "lemma": "Lemma", "corollary": "Corollary", "proof": "Proof"}
TITLED = frozenset(("block", "alertblock", "exampleblock"))
LAST_SAID = frozenset(("textcolor", "colorbox", "href", "multicolumn", "multirow"))
BIBLIOGRAPHY = frozenset(("thebibliography",))


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the text itself: what it stands for, and its first argument if none is given."""

    meaning: str
    otherwise: str = ""


def context() -> macrospec.LatexContextDb:
    """Make the list of what each command takes, so that none of that is read as text."""
    made = latexwalker.get_default_latex_context_db()
    macros = [
        macrospec.std_macro(name, takes)
        for takes, names in _UNSAID.items()
        for name in names.split()
        if not name.endswith("*")
    ]
    macros += [macrospec.std_macro(name, "*[[{") for name in REFERENCES if name != "nocite"]
    macros += [macrospec.std_macro(name, "*[{") for name in HEADINGS]
    macros += [macrospec.std_macro(name, takes) for name, takes in BOXES.items()]
    macros += [macrospec.std_macro(name, "") for name in QUOTES]
    macros += [macrospec.std_macro(name, "{") for name in ("enquote", "frametitle", "codeblock")]
    macros += [
        macrospec.std_macro("caption", "*[{"),
        macrospec.std_macro("footnote", "[{"),
        macrospec.std_macro("footnotetext", "[{"),
        macrospec.std_macro("footnotemark", "["),
        macrospec.std_macro("item", "["),
        macrospec.std_macro("bibitem", "[{"),
        macrospec.std_macro("textcolor", "[{{"),
        macrospec.std_macro("colorbox", "[{{"),
        macrospec.std_macro("multicolumn", "{{{"),
        macrospec.std_macro("multirow", "[{[{[{"),
        macrospec.std_macro("href", "[{{"),
        macrospec.std_macro("title", "[{"),
        macrospec.std_macro("author", "[{"),
    ]
    made.add_context_category(
        "listeners", macros=macros, environments=_environments(), prepend=True
    )
    return made


def _environments() -> list[macrospec.EnvironmentSpec]:
    return [
        macrospec.std_environment("tabularx", "{[{"),
        macrospec.std_environment("tabulary", "{[{"),
        macrospec.std_environment("tabular*", "{[{"),
        macrospec.std_environment("longtable", "[{"),
        macrospec.std_environment("tabu", "{"),
        macrospec.std_environment("thebibliography", "{"),
        macrospec.std_environment("minipage", "[[[{"),
        macrospec.std_environment("multicols", "{"),
        macrospec.std_environment("wrapfigure", "[{[{"),
        *(macrospec.std_environment(name, "[") for name in ("proof", "thm", "lem", "rem", "defn")),
        macrospec.std_environment("column", "[{"),
        macrospec.std_environment("columns", "["),
        macrospec.std_environment("CJK", "{{"),
        macrospec.std_environment("CJK*", "{{"),
        macrospec.std_environment("block", "{"),
        macrospec.std_environment("alertblock", "{"),
        macrospec.std_environment("exampleblock", "{"),
        macrospec.std_environment("adjustwidth", "{{"),
        macrospec.std_environment("spacing", "{"),
        macrospec.std_environment("subfigure", "[[[{"),
        macrospec.std_environment("tcolorbox", "["),
        macrospec.std_environment("otherlanguage", "{"),
        *(
            macrospec.std_environment(name, "[")
            for name in ("figure", "figure*", "table", "table*")
        ),
        *(macrospec.std_environment(name, "[") for name in (*LISTS, "frame")),
    ]
