"""Reader of RTF: paragraphs, headings, lists as shown, tables, notes and text boxes."""

from collections.abc import Callable
from typing import NamedTuple

from documents.builder import Builder
from documents.docx_fields import CONTENTS, PAGES
from documents.office_headings import tell
from documents.office_paragraphs import Paragraph, Run, author_from, note, title_from
from documents.rtf_flow import Flow, Format
from documents.rtf_formulas import Formula
from documents.rtf_head import Head
from documents.rtf_tokens import Token, code_page, tokens
from documents.symbol_fonts import OTHER, sign_of
from documents.types import Document

SIGNS = {
    "tab": " ", "line": "\n", "lbr": "\n", "page": " ", "column": " ", "emdash": "—",
    "endash": "–", "emspace": " ", "enspace": " ", "qmspace": " ", "bullet": "•", "lquote": "‘",
    "rquote": "’", "ldblquote": "“", "rdblquote": "”", "zwj": "\u200d", "zwnj": "\u200c",
}  # fmt: skip
MARKS = {"~": "\xa0", "-": "\xad", "_": "-", "\\": "\\", "{": "{", "}": "}"}
# The rooms that groups are which begin with these words; "" is for what nobody sees.
ROOMS = {
    "fonttbl": "fonts", "stylesheet": "styles", "info": "info", "fldinst": "asked",
    "listtext": "label", "pntext": "label", "sn": "name", "sv": "value", "shpinst": "shape",
    "do": "shape", "shp": "shape", "picprop": "shape", "pict": "shape", "sp": "shape",
    "shppict": "shape", "shpgrp": "shape",
}  # fmt: skip
UNSEEN_NAMES = (
    "colortbl header headerl headerr headerf footer footerl footerr footerf annotation xe tc rxe "
    "txe nonesttables ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn pgdsctbl template private "
    "operator subject keywords comment doccomm category manager company creatim revtim printim "
    "buptim hlinkbase themedata colorschememapping latentstyles datastore objdata filetbl "
    "listtable listoverridetable revtbl rsidtbl generator mmathPr mmathPict bkmkstart bkmkend "
    "ffname ffl ffdeftext shprslt nonshppict upr"
)
UNSEEN = frozenset(UNSEEN_NAMES.split())
BOXES = frozenset(("shptxt", "dptxbxtext"))
STARRED = frozenset((*ROOMS, *BOXES, "fldrslt", "footnote", "moMath", "moMathPara", "ud"))
READ = frozenset(("body", "note", "box"))
HEAD = frozenset(("fonts", "styles", "title", "author"))
TOGGLES = frozenset(("b", "v", "deleted"))
RAISING = {"super": "super", "sub": "sub", "nosupersub": ""}
CHARACTER_WORDS = TOGGLES | RAISING.keys() | {"f", "fs", "plain"}
PARAGRAPH_WORDS = frozenset(
    (
        *("par", "sect", "cell", "nestcell", "row", "pard", "s", "outlinelevel", "qc", "ql", "qr"),
        *("qj", "intbl", "chftn"),
    )
)
DESCRIPTIONS = ("wzDescription", "gtextUNICODE")
MOST_STATES = 10_000  # that are kept
DEEPEST = 20  # notes and boxes in one another
PLAIN_SIZE = 24  # half points


class State(NamedTuple):
    """What holds until a group ends; `room` says what the group is, `outer` what it stands for."""

    room: str = "body"
    outer: str = ""
    is_hidden: bool = False
    is_deleted: bool = False
    is_bold: bool = False
    raising: str = ""
    font: int = -1
    size: int = PLAIN_SIZE
    fallback: int = 1  # bytes after a character of Unicode that stand for it elsewhere
    around: str = ""


def read_rtf(data: bytes, title: str) -> Document:
    """Read an RTF file; raises EmptyDocument, TooLargeInside."""
    reader = _Reader()
    for token in tokens(data.decode("latin-1")):
        reader.take(token)
    builder = Builder()
    paragraphs = reader.end()
    builder.title = title_from(reader.head.properties.get("title", ""))
    builder.author = author_from(reader.head.properties.get("author", ""))
    tell(paragraphs, builder)
    return builder.document("rtf", title)


class _Reader:
    """Takes tokens one after another."""

    def __init__(self) -> None:
        self.head = Head()
        self._state = State()
        self._stack: list[State] = []
        self._states: dict[tuple[State, str, int | None, int], State] = {}
        self._flows = [Flow(self.head)]
        self._ends: list[tuple[int, Callable[[], None]]] = []
        self._bytes: list[str] = []
        self._units: list[int] = []
        self._to_skip = 0
        self._is_first = self._is_starred = False
        self._fields: list[str] = []
        self._shape = {"name": "", "value": ""}
        self._formula = Formula()
        self._notes = 0

    def take(self, token: Token) -> None:
        """Take the next token."""
        kind, text, number = token
        if kind == "text":
            self._take_bytes(text)
            return
        if kind == "word" and text == "u":
            self._take_unit(number or 0)
            return
        if kind == "sign" and text == "*":
            self._is_starred = self._is_first
            return
        if self._to_skip and kind != "open" and kind != "close":
            self._to_skip -= 1
            if kind == "sign" or text in SIGNS:
                return
        self._to_skip = 0
        if self._units or self._bytes:
            self._flush()
        if kind == "open":
            self._stack.append(self._state)
            self._is_first, self._is_starred = True, False
        elif kind == "close":
            self._close()
        elif kind == "sign":
            self._sign(text)
        else:
            self._word(text, number)

    def end(self) -> list[Paragraph]:
        """End all that is still open; returns the paragraphs."""
        self._flush()
        while self._ends:
            self._ends.pop()[1]()
        return self._flows[0].end()

    def _take_bytes(self, text: str) -> None:
        self._is_first = False
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        if text := text[skipped:]:
            if self._units:
                self._flush()
            self._bytes.append(text)

    def _take_unit(self, number: int) -> None:
        self._is_first = False
        if self._bytes:
            self._flush()
        self._units.append(number & 0xFFFF)
        self._to_skip = self._state.fallback

    def _flush(self) -> None:
        """Decode what was gathered, in the encoding that holds here."""
        if self._units:
            data = b"".join(unit.to_bytes(2, "little") for unit in self._units)
            self._units = []
            self._emit(data.decode("utf-16-le", "replace"))
        elif self._bytes:
            text, self._bytes = "".join(self._bytes), []
            if not text.isascii():
                encoding = self.head.encoding_of(self._state.font)
                text = text.encode("latin-1").decode(encoding, "replace")
            self._emit(text)

    def _close(self) -> None:
        while self._ends and self._ends[-1][0] >= len(self._stack):
            self._ends.pop()[1]()
        # The outermost group goes on where a damaged file closes it too early.
        if len(self._stack) > 1:
            self._state = self._stack.pop()
        self._is_first = False

    def _at_end(self, action: Callable[[], None]) -> None:
        self._ends.append((len(self._stack), action))

    def _sign(self, sign: str) -> None:
        self._is_first = False
        if sign in MARKS:
            self._emit(MARKS[sign])
        elif sign in "\r\n":
            self._word("par", None)

    def _word(self, word: str, number: int | None) -> None:
        is_first, self._is_first = self._is_first, False
        if is_first and self._enter(word):
            return
        room = self._state.room
        if word in SIGNS:
            self._emit(SIGNS[word])
        elif word == "uc":
            self._state = self._state._replace(fallback=max(0, min(number or 0, 16)))
        elif room in ("fonts", "styles"):
            self.head.word(room, word, number or 0)
        elif word in CHARACTER_WORDS:
            self._character_word(word, number)
        elif word in PARAGRAPH_WORDS:
            if room in READ:
                self._paragraph_word(word, number or 0)
        elif word in ("ansicpg", "mac", "pc", "pca", "deff"):
            self._encoding(word, number or 0)

    def _encoding(self, word: str, number: int) -> None:
        if word == "deff":
            self.head.default_font = number
        else:
            pages = {"mac": 10000, "pc": 437, "pca": 850}
            self.head.encoding = code_page(pages.get(word, number))

    def _enter(self, word: str) -> bool:
        """Begin a group that is something of its own; whether the word said so."""
        room = self._state.room
        if word == "ud" and self._state.outer:
            self._state = self._state._replace(room=self._state.outer, outer="")
        elif not room:
            return True
        elif word in UNSEEN or (self._is_starred and word not in STARRED and room != "formula"):
            self._state = self._state._replace(room="", outer=room if word == "upr" else "")
        elif room == "info":
            self._state = self._state._replace(room=word if word in ("title", "author") else "")
        elif room == "formula" or word in ("moMath", "moMathPara"):
            self._enter_formula(word)
        elif word in ROOMS:
            self._enter_room(ROOMS[word])
        elif word in BOXES or (word == "footnote" and room in READ):
            self._enter_flow("box" if word in BOXES else "note")
        elif word == "field":
            self._fields.append("")
            self._at_end(self._end_field)
        elif word == "fldrslt" and self._fields:
            name = (self._fields[-1].split() or [""])[0].upper()
            around = "contents" if name in CONTENTS else "page_number" if name in PAGES else ""
            self._state = self._state._replace(around=around or self._state.around)
        else:
            return False
        return True

    def _enter_room(self, room: str) -> None:
        self._state = self._state._replace(room=room)
        if room in self._shape:
            self._shape[room] = ""
        if room == "value":
            self._at_end(self._end_description)
        elif room == "styles":
            self._at_end(self.head.end_styles)

    def _enter_flow(self, room: str) -> None:
        """Begin a note or a text box, whose paragraphs are not those around it."""
        if len(self._flows) > DEEPEST:
            return
        kept = self._state
        self._state = State(room, font=self.head.default_font, fallback=kept.fallback)
        if kept.is_hidden or kept.is_deleted:
            self._state = self._state._replace(room="")
            return
        self._flows.append(Flow(self.head))
        self._at_end(lambda: self._end_flow(room))

    def _end_flow(self, room: str) -> None:
        told = self._flows.pop().end()
        self._flows[-1].put_beside(note(told) if room == "note" else told, is_note=room == "note")

    def _enter_formula(self, word: str) -> None:
        if self._state.room != "formula":
            if self._state.room not in READ or self._state.is_hidden or self._state.is_deleted:
                return
            self._state = self._state._replace(room="formula")
            self._formula = Formula()
            self._at_end(self._end_formula)
        elif word.startswith("m") and len(word) > 1:
            self._formula.enter(word)
            self._at_end(self._formula.leave)

    def _end_field(self) -> None:
        self._fields.pop()

    def _end_formula(self) -> None:
        run = self._formula.run()
        if run.text:
            self._flows[-1].add(run, self._state.is_bold, self._state.size)

    def _end_description(self) -> None:
        if self._shape["name"].strip() in DESCRIPTIONS and self._shape["value"].strip():
            caption = Run(" ".join(self._shape["value"].split()), "caption")
            self._flows[-1].add(caption, is_bold=False, size=0)

    def _character_word(self, word: str, number: int | None) -> None:
        """Change how the characters look that follow."""
        key = (self._state, word, number, self.head.default_font)
        if (made := self._states.get(key)) is None:
            made = self._changed(self._state, word, number)
            if len(self._states) < MOST_STATES:
                self._states[key] = made
        self._state = made

    def _changed(self, state: State, word: str, number: int | None) -> State:
        match word:
            case "b":
                return state._replace(is_bold=number != 0)
            case "v":
                return state._replace(is_hidden=number != 0)
            case "deleted":
                return state._replace(is_deleted=number != 0)
            case "f":
                return state._replace(font=number or 0)
            case "fs":
                return state._replace(size=number or PLAIN_SIZE)
            case "plain":
                return State(
                    state.room,
                    state.outer,
                    font=self.head.default_font,
                    fallback=state.fallback,
                    around=state.around,
                )
        return state._replace(raising=RAISING[word])

    def _paragraph_word(self, word: str, number: int) -> None:
        flow = self._flows[-1]
        match word:
            case "par" | "sect":
                if not self._state.is_deleted:
                    flow.end_paragraph()
            case "cell":
                flow.end_cell()
            case "nestcell":
                flow.format.is_in_table = True
                flow.end_paragraph()
            case "row":
                flow.end_row()
            case "pard":
                flow.format = Format()
            case "s":
                flow.format.style = number
            case "outlinelevel":
                flow.format.level = number + 1 if 0 <= number < 9 else 0
            case "qc" | "ql" | "qr" | "qj":
                flow.format.is_centred = word == "qc"
            case "intbl":
                flow.format.is_in_table = True
            case "chftn" if self._state.room != "note" and not self._state.is_hidden:
                self._notes += 1
                flow.add(Run(str(self._notes), "note_mark"), is_bold=False, size=0)

    def _emit(self, text: str) -> None:
        """Hand decoded text to what the group is."""
        room = self._state.room
        if room in HEAD:
            self.head.text(room, text)
        elif room in self._shape:
            self._shape[room] = (self._shape[room] + text)[:2000]
        elif room == "asked" and self._fields:
            self._fields[-1] = (self._fields[-1] + text)[:50]
        elif self._state.is_hidden or self._state.is_deleted:
            return
        elif room == "formula":
            self._formula.text(text)
        elif room == "label":
            self._flows[-1].label(text)
        elif room in READ:
            self._emit_run(text)

    def _emit_run(self, text: str) -> None:
        state = self._state
        kind = state.around if state.around == "page_number" else "text"
        if font := self.head.symbol_font(state.font):
            for letter in text:
                sign = letter if letter.isspace() else sign_of(font, ord(letter))
                self._flows[-1].add(Run(sign, "bullet" if sign == OTHER else kind))
            return
        self._flows[-1].add(Run(text, kind), state.is_bold, state.size, state.raising, state.around)
