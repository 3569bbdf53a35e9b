"""Cases of RST, LaTeX, notebooks, tables, ASS captions, and of markup that is refused."""

import json

from tests.documents.cases import Case

RST = """\
The Title
=========

:Author: Ann

.. toctree::

   intro

Part
----

See :ref:`the start <start>`, ``code``, :py:func:`~os.path.join` and [1]_ by :unknown:`role`.
It is *so :math:`x^2`.

.. [1] The note.

.. note:: Mind this.

.. code-block:: python

   x = 1

.. versionadded:: 2.0
   It came.

| Line one
| Line two

.. include:: /etc/passwd
.. raw:: html

   <b>raw</b>
"""
LATEX = r"""
\documentclass{article}
\usepackage{amsmath} % a comment
\newcommand{\proj}{VoiceVerse}
\title{The \emph{Paper}}\author{Ann \and Bob}
\begin{document}
\maketitle
\section{One}\label{sec:one}
Hello \textbf{bold} ``world'' --- caf\'e, Stra\ss e, 5\,\% of \$5~\cite{foo}.\footnote{The note.}
\proj{} is $x^2$. % gone

\begin{itemize}\item first \item second\end{itemize}
\begin{verbatim}
code % here
\end{verbatim}
\begin{figure}[ht]\includegraphics[width=1cm]{a.png}\caption{A cat.}\end{figure}
\begin{align}\label{e} a &= b \end{align}
\begin{tabular}{ll} a & b \\ 1 & 2 \end{tabular}
\input{chapter2}
\section*{Two}
\unknown{Said anyway.}
\end{document}
after
"""
CELLS = [
    {"cell_type": "markdown", "source": ["# Title\n", "\n", "Some *text*."]},
    {
        "cell_type": "code",
        "source": "x = 1",
        "outputs": [{"output_type": "stream", "text": ["\x1b[31mred\x1b[0m\n"]}],
    },
    {"cell_type": "markdown", "source": "It is $x^2$."},
]
ASS = """[Script Info]
Title: The Film

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,Not said
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\i1}Later{\\i0}, she said.
Dialogue: 0,0:00:01.00,0:00:02.00,Default,Ann,0,0,0,,{\\an8}Hello there.\\NBye & thanks, <you>.
Dialogue: 1,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}
"""

CASES = [
    Case(
        "RST",
        "roles, directives and notes",
        "a.rst",
        lambda: RST,
        holds=(
            "See the start, code, join and by role.",
            "It is *so x².",
            "Note\n\nMind this.",
            "2.0 It came.",
            "Line one\nLine two",
        ),
        lacks=("::", "intro", "passwd", ":ref:", "raw"),
        shown=(
            ("code", "x = 1"),
            ("note", "The note."),
            ("contents", "intro"),
            ("front_matter", "Ann"),
            ("code", "<b>raw</b>"),
        ),
        notes=("/etc/passwd",),
        title="The Title",
    ),
    Case(
        "LaTeX",
        "commands, notes and formulas",
        "a.tex",
        lambda: LATEX,
        holds=(
            "Hello bold “world” — café, Straße, 5",
            "VoiceVerse is x².",
            "first\n\nsecond",
            "Said anyway.",
        ),
        lacks=("\\", "{", "amsmath", "gone", "ht]", "after", "sec:one", "foo", "a.png"),
        shown=(
            ("note", "The note."),
            ("caption", "A cat."),
            ("code", "code % here"),
            ("reference", "[foo]"),
            ("formula", "a &= b"),
            ("table", "a, b\n1, 2"),
        ),
        chapters=("One", "Two"),
        title="The Paper",
        notes=("chapter2",),
    ),
    Case(
        "LaTeX",
        "a part without a preamble",
        "part.tex",
        lambda: '\\chapter{Eins}\nText mit "`Anführung"\' und \\"Ubung.\n',
        spoken="Eins\n\nText mit „Anführung“ und Übung.",
    ),
    Case(
        "Notebook",
        "text between code",
        "a.ipynb",
        lambda: json.dumps({"cells": CELLS, "metadata": {}, "nbformat": 4}),
        spoken="Title\n\nSome text.\n\nIt is x².",
        shown=(("code", "x = 1"), ("code", "red")),
    ),
    Case(
        "Notebook",
        "damaged",
        "a.ipynb",
        lambda: '{"cells": [{"cell_type": "markdown", "sour',
        refused="damaged",
    ),
    Case(
        "CSV",
        "columns that have names",
        "a.csv",
        lambda: 'Name,City,Age\nAnn,"Bonn, Rhine",5\nBen,,6\n',
        spoken="Name: Ann, City: Bonn, Rhine, Age: 5\n\nName: Ben, Age: 6",
    ),
    Case(
        "CSV",
        "semicolons and decimal commas",
        "a.csv",
        lambda: "Stadt;Preis\r\nKöln;1,5\r\nBonn;2,25\r\n".encode("cp1252"),
        spoken="Stadt: Köln, Preis: 1,5\n\nStadt: Bonn, Preis: 2,25",
    ),
    Case(
        "CSV",
        "no names of columns",
        "a.tsv",
        lambda: "red\tgreen\nblue\tgrey\n",
        spoken="red, green\n\nblue, grey",
    ),
    Case(
        "ASS",
        "what is said, in order",
        "film.ass",
        lambda: ASS,
        holds=("Hello there. Bye & thanks, <you>.", "Later, she said."),
        lacks=("Not said", "{", "\\N", "m 0 0"),
        title="The Film",
    ),
    *(
        Case(
            name, f"refused by name: {filename}", filename, lambda text=text: text, refused=refused
        )
        for name, filename, text, refused in (
            ("AsciiDoc", "a.adoc", "= Title\n\nText *bold*.", "written in AsciiDoc"),
            ("AsciiDoc", "a", "= Title\n\n== Part\n\nText.", "written in AsciiDoc"),
            ("Org", "a.org", "* Heading\nText", "written in Org"),
            ("Org", "notes", "#+TITLE: x\n* Heading", "written in Org"),
            ("MediaWiki", "a.wiki", "== Part ==\n'''bold'''", "written in MediaWiki"),
            ("Textile", "a.textile", "h1. Title", "written in Textile"),
            ("troff", "ls", ".TH LS 1\n.SH NAME\nls", "written in troff"),
            ("Texinfo", "a.texi", "\\input texinfo\n@top x", "written in Texinfo"),
            ("POD", "a.pod", "=head1 NAME\n\nx", "written in POD"),
            ("TEI", "a.xml", '<?xml version="1.0"?><TEI xmlns="x"><text/></TEI>', "written in TEI"),
            (
                "DocBook",
                "a.xml",
                '<?xml version="1.0"?><book xmlns="http://docbook.org/ns/docbook"/>',
                "written in DocBook",
            ),
        )
    ),
]
