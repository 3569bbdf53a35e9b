"""Formulas of RTF, which are those of Word in other words: they become its elements again."""

from lxml import etree

from documents.docx_package import M
from documents.office_paragraphs import Run
from documents.omml import linear, signs

DEEPEST = 60


class Formula:
    """A formula while it is read."""

    def __init__(self) -> None:
        self._root = etree.Element(f"{M}oMath")
        self._open = [self._root]

    def enter(self, word: str) -> None:
        """Begin a group that is an element, "mf" for a fraction; `leave` ends it."""
        if len(self._open) < DEEPEST:
            self._open.append(etree.SubElement(self._open[-1], f"{M}{word.removeprefix('m')}"))
        else:
            self._open.append(self._open[-1])

    def leave(self) -> None:
        """End the group that began last."""
        if len(self._open) > 1:
            self._open.pop()

    def text(self, text: str) -> None:
        """Take letters, or the value of a property."""
        node = self._open[-1]
        if node.tag == f"{M}r":
            etree.SubElement(node, f"{M}t").text = "".join(filter(str.isprintable, text))
        elif node.getparent() is not None and str(node.getparent().tag).endswith("Pr"):
            node.set(f"{M}val", "".join(filter(str.isprintable, text)))

    def run(self) -> Run:
        """Make a run of the whole formula."""
        reading = linear(self._root)
        return Run(reading or signs(self._root), "formula", reading)
