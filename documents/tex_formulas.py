"""Formulas written in TeX, on their way to the walker over pages."""

from html import escape

from documents.text_cleaning import one_line


def formula_html(tex: str) -> str:
    """Write a formula as the HTML that MathJax reads, and the walker over pages."""
    return f'<span class="math" role="math">\\({escape(one_line(tex))}\\)</span>'
