"""Walker over the elements of HTML, which tells a builder of text: for pages, books, Markdown."""

from collections.abc import Callable, Collection
from typing import Any

from documents.builder import PARAGRAPH, Builder
from documents.html_drama import Drama, name_of, without_ending
from documents.html_drawings import drawn_text, shown_by
from documents.html_figures import is_at_start, listed_notes
from documents.html_formulas import formula_of
from documents.html_kinds import (
    BLOCKS,
    CODE_CLASSES,
    FALLBACKS,
    HEADINGS,
    LINE_CLASSES,
    SKIPPED,
    Attributes,
    classes_of,
    is_hidden,
    is_stanza,
    kind_of_block,
    kind_of_mark,
)
from documents.html_paragraphs import BREAK, Run, is_decoration, paragraph, whole
from documents.html_tables import is_layout, table_text, verses_of
from documents.html_text import figures_of, is_initial_of, is_new_word
from documents.text_cleaning import clean, one_line
from documents.types import TextRun

LOOKED_BACK = 4  # runs before raised figures, or a line of verse, that tell what these are

Kinds = Callable[[Any, Attributes], str]


def no_kind(_node: Any, _attributes: Attributes) -> str:
    """Give no element a kind: for flows where the elements themselves say what they are."""
    return ""


class Flow:
    """Flow of one walk; `kind_of` may give an element and all in it a kind, "" for none.

    `anchors` are ids, and `at_anchor` is called when one is passed. `is_drawn` says that the text
    stands in drawings.
    """

    def __init__(
        self,
        builder: Builder,
        kind_of: Kinds = no_kind,
        anchors: Collection[str] = (),
        at_anchor: Callable[[str], None] = lambda anchor: None,
        *,
        is_drawn: bool = False,
    ) -> None:
        self._builder = builder
        self._kind_of = kind_of
        self._anchors = anchors
        self._at_anchor = at_anchor
        self._is_drawn = is_drawn
        self._runs: list[Run] = []
        self._kinds = ["text"]
        self._heading = 0
        self._numbers: dict[int, int] = {}
        self._number_said = ""
        self._drama: Drama
        self._root: Any = None
        self._listed: frozenset[str] | None = None
        self._marks: set[str] = set()
        self._speaker: list[Run] = []  # who speaks the next paragraph
        self._is_after_name = False
        self._groups: list[tuple[int, bool]] = []  # whose paragraphs are lines of one

    def walk(self, root: Any) -> None:
        """Walk through everything in an element; the depth of nesting does not matter."""
        self._root, self._drama = root, Drama(root)
        opened: list[Any] = []
        node = root
        while node is not None:
            if self._enter(node):
                opened.append(node)
                node = node.child
                continue
            while opened and node.next is None:
                node = opened.pop()
                self._leave(node)
            node = node.next if opened else None
        self._flush()
        self._release_speaker()

    def _enter(self, node: Any) -> bool:
        """Tell a text or an element; whether to go on with what is in it."""
        tag = node.tag or "-"  # a processing instruction has none
        if tag == "-text":
            self._text(node.text_content or "")
            return False
        if tag.startswith(("-", "!")):
            return False
        attributes = node.attributes
        if tag in BLOCKS or tag in HEADINGS:
            self._flush()
        self._pass_anchors(attributes)
        is_gone = is_hidden(attributes) and kind_of_block(tag, attributes) != "note"
        if is_gone or self._is_told(node, tag, attributes):
            self._pass_anchors_in(node)
            return False
        if node.child is None:
            return False
        kind = self._kind_of(node, attributes)
        if not kind:
            kind = kind_of_block(tag, attributes)
            if kind == "contents" and node.css_first("section, h2 ~ p") is not None:
                kind = ""  # the whole text stands in what is called so
        if kind == "navigation" and tag not in BLOCKS and self._kinds[-1] == "text":
            self._runs.append(Run(one_line(node.text()), kind))
            return False
        self._open(node, tag, attributes, kind or self._note_of(node, tag))
        return True

    def _open(self, node: Any, tag: str, attributes: Attributes, kind: str) -> None:
        self._kinds.append(kind or self._kinds[-1])
        if tag in HEADINGS and self._kinds[-1] == "text":
            self._heading = HEADINGS[tag]
        elif self._heading and is_new_word(node, tag):
            self._runs.append(Run(" "))
        elif tag == "span" and not classes_of(attributes).isdisjoint(LINE_CLASSES):
            self._begin_line()
        elif is_stanza(attributes) or self._drama.is_speech(node):
            is_begun = self._drama.goes_on(node) or (bool(self._groups) and self._groups[-1][1])
            self._groups.append((node.mem_id, is_begun))
        if tag == "q":
            self._runs.append(Run("“"))
        self._number(node, tag, attributes)

    def _leave(self, node: Any) -> None:
        tag = node.tag
        if tag in BLOCKS or tag in HEADINGS:
            self._flush()
        if tag in HEADINGS:
            self._heading = 0
        if tag == "q":
            self._runs.append(Run("”"))
        elif tag == "li":
            self._number_said = ""
        if self._groups and self._groups[-1][0] == node.mem_id:
            self._groups.pop()
        self._kinds.pop()

    def _text(self, text: str) -> None:
        if self._is_after_name and text.strip():
            text = without_ending(text)
            self._is_after_name = False
        self._runs.append(Run(text))

    def _add(self, text: str, kind: str, said: str | None = None) -> None:
        if text:
            self._runs.append(Run(text, kind, said))

    def _begin_line(self) -> None:
        last = "".join(run.text for run in self._runs[-LOOKED_BACK:]).rstrip(" \n\t")
        if last and not last.endswith(BREAK):
            self._runs.append(Run(BREAK))

    def _pass_anchors(self, attributes: Attributes) -> None:
        for name in ("id", "name"):
            # An anchor inside a heading or a paragraph stands for the whole of it: what was
            # gathered of it goes with the chapter that begins here.
            anchor = attributes.get(name)
            if anchor is not None and anchor in self._anchors:
                self._at_anchor(anchor)

    def _pass_anchors_in(self, node: Any) -> None:
        if self._anchors and node.child is not None:
            for inner in node.css("[id], [name]"):
                self._pass_anchors(inner.attributes)

    def _is_told(self, node: Any, tag: str, attributes: Attributes) -> bool:
        """Take in an element that is no paragraph; False where its content must be walked."""
        if formula := formula_of(node, tag, attributes):
            self._add(formula.text, "formula", formula.said)
        elif tag == "br":
            self._runs.append(Run(BREAK))
        elif tag == "img":
            self._show(node, one_line(attributes.get("alt") or ""))
        elif tag == "svg":
            self._draw(node)
        elif tag in FALLBACKS:
            self._add(one_line(node.text(separator=" ")), "caption")
        elif tag in SKIPPED:
            return True
        elif tag == "pre" or (tag in ("div", "figure") and classes_of(attributes) & CODE_CLASSES):
            self._whole(clean(node.text()).strip("\n"), "code")
        elif tag == "table":
            return self._is_table(node, attributes)
        elif tag in ("a", "sup", "span") and (kind := kind_of_mark(node, tag, attributes)):
            self._add(one_line(node.text()), kind)
        elif tag in ("sup", "sub"):
            return self._is_figure(node)
        else:
            return self._is_name(node, tag, attributes)
        return True

    def _show(self, node: Any, alternative: str) -> None:
        """Take in what an image shows: the first letter of a text is a part of it."""
        is_first = not any(run.text.strip() for run in self._runs) and self._kinds[-1] == "text"
        is_initial = is_first and is_initial_of(alternative, node)
        self._add(alternative, "text" if is_initial else "caption")

    def _draw(self, node: Any) -> None:
        """Take in a drawing; where the text of a page is drawn, the texts in it are paragraphs."""
        is_text = self._is_drawn and self._kinds[-1] == "text"
        shown = shown_by(node, with_text=not is_text)
        self._show(node, shown)
        if is_text:
            self._flush()
            for parts in drawn_text(node):
                self._builder.parts(parts)

    def _is_table(self, node: Any, attributes: Attributes) -> bool:
        if self._drama.is_play(node):
            return False
        if lines := verses_of(node):
            self._whole_lines(lines)
        elif is_layout(node, attributes):
            return False
        else:
            self._whole(table_text(node), "table")
        return True

    def _is_figure(self, node: Any) -> bool:
        """Take in raised or lowered figures; False where there is more in them than text."""
        is_text = node.child is not None and node.child.tag == "-text" and node.child.next is None
        if not is_text and node.css_first("a, img, math, svg") is not None:
            return False
        if self._listed is None:
            self._listed = listed_notes(self._root)
        before = "".join(run.text for run in self._runs[-LOOKED_BACK:])
        text, kind = figures_of(node, before, self._listed)
        if kind == "note_mark":
            self._marks.add(text)
        self._runs.append(Run(text, kind))
        return True

    def _is_name(self, node: Any, tag: str, attributes: Attributes) -> bool:
        """Take in the name of who speaks the text that follows."""
        if self._heading or self._kinds[-1] != "text":
            return False
        if not self._drama.is_name(node, tag, attributes):
            return False
        is_block = tag in BLOCKS
        if not is_block and any(run.text.strip() for run in self._runs):
            return False
        name, beside = name_of(node)
        if not name:
            return False
        self._release_speaker()
        self._speaker = [Run(name, "speaker"), Run(f" {beside} ")]
        self._is_after_name = not is_block
        return True

    def _release_speaker(self) -> None:
        """Tell a name that no speech came after."""
        if self._speaker:
            text = "".join(run.text for run in self._speaker).strip(" :")
            self._speaker, self._is_after_name = [], False
            self._builder.paragraph(text)

    def _whole(self, text: str, kind: str) -> None:
        self._flush()
        self._release_speaker()
        around = self._kinds[-1]
        self._builder.paragraph(text, kind if around == "text" else around)

    def _whole_lines(self, lines: list[TextRun]) -> None:
        self._flush()
        if self._kinds[-1] == "text":
            self._builder.parts(lines)
        else:
            self._builder.paragraph("\n".join(line.text for line in lines), self._kinds[-1])

    def _note_of(self, node: Any, tag: str) -> str:
        """Tell the text of a note by the raised mark that it begins with, after that was seen."""
        if not self._marks or tag not in ("p", "li", "div", "dd"):
            return ""
        first = node.child
        while first is not None and first.tag == "-text" and not (first.text_content or "").strip():
            first = first.next
        if first is None or first.tag != "sup" or not is_at_start(first):
            return ""
        return "note" if one_line(first.text()) in self._marks else ""

    def _number(self, node: Any, tag: str, attributes: Attributes) -> None:
        """Begin the next paragraph with the number that its item has in the list."""
        if tag == "ol":
            start = attributes.get("start") or ""
            self._numbers[node.mem_id] = int(start[:6]) if start.isdecimal() else 1
        elif tag == "li" and self._kinds[-1] == "text":
            above = node.parent.mem_id if node.parent is not None else 0
            number = self._numbers.get(above)
            if number is not None:
                self._number_said = f"{number}. "
                self._numbers[above] = number + 1

    def _flush(self) -> None:
        """Make a paragraph, or a heading, of what was gathered since the last block began."""
        runs, self._runs = self._runs, []
        if not runs:
            return
        kind = self._kinds[-1]
        if kind == "text" and is_decoration(runs):
            kind = "navigation"
        if kind != "text":
            self._builder.paragraph(whole(runs), kind)
            return
        has_text = any(run.text.strip() for run in runs if run.kind != "caption")
        if self._heading:
            self._release_speaker()
            self._builder.heading(paragraph(runs), self._heading)
            return
        if self._number_said and has_text:
            runs.insert(0, Run(self._number_said))
            self._number_said = ""
        if self._speaker and has_text:
            runs = [*self._speaker, *runs]
            self._speaker, self._is_after_name = [], False
        self._builder.parts(paragraph(runs, self._glue(is_begun=has_text)))

    def _glue(self, *, is_begun: bool) -> str:
        """What parts the next paragraph from the last: a line's end within a speech or a stanza."""
        if not self._groups:
            return PARAGRAPH
        group, was_begun = self._groups[-1]
        if is_begun:
            self._groups[-1] = (group, True)
        return "\n" if was_begun else PARAGRAPH
