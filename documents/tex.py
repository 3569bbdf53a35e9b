"""Parser of the formulas of TeX: what can be read on one line becomes MathML."""

import re
from collections.abc import Iterator

from lxml import etree

LONGEST = 1000  # signs of TeX
DEEPEST = 30

TOKEN = re.compile(r"\\(?:[A-Za-z]++\*?|.)|\d++(?:[.,]\d++)?|[{}^_&~']|\s++|.", re.DOTALL)
SHELL = re.compile(r"\s*(?:\\\((.*)\\\)|\\\[(.*)\\\]|\$\$(.*)\$\$|\$(.*)\$|(.*))\s*", re.DOTALL)

GREEK_NAMES = (
    "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι "
    "kappa κ lambda λ mu μ nu ν xi ξ pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ "
    "upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π "
    "Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω infty ∞ partial ∂ nabla ∇ ell ℓ hbar ℏ emptyset ∅ "
    "varnothing ∅ forall ∀ exists ∃ aleph ℵ Re ℜ Im ℑ angle ∠ degree ° circ ∘ prime ′ % % # # "
    "$ $ & & imath ı jmath ȷ neg ¬ lnot ¬ ldots … dots … cdots … vdots ⋮ dotsc … dotsb …"
)
OPERATOR_NAMES = (
    "times × cdot · div ÷ pm ± mp ∓ le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ ne ≠ neq ≠ "
    "approx ≈ equiv ≡ sim ∼ simeq ≅ cong ≅ propto ∝ to → rightarrow → longrightarrow ⟶ "
    "leftarrow ← leftrightarrow ↔ Rightarrow ⇒ implies ⇒ Leftrightarrow ⇔ iff ⇔ mapsto ↦ in ∈ "
    "notin ∉ subset ⊂ subseteq ⊆ cup ∪ cap ∩ wedge ∧ land ∧ vee ∨ lor ∨ ast ∗ ll ≪ gg ≫ lt < "
    "gt > sum ∑ prod ∏ int ∫ oint ∮ iint ∬ iiint ∭ coprod ∐ bigcup ⋃ bigcap ⋂ langle ⟨ rangle ⟩ "
    "lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lvert | rvert | vert | mid | lbrace { rbrace } { { } } | ‖ "
    "colon : bullet ∙ star ∗ setminus ∖ perp ⊥ parallel ∥"
)
FUNCTION_NAMES = (
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth log ln lg exp det dim ker "
    "deg gcd lim max min sup inf arg Pr hom mod"
)
SPACING_NAMES = (
    ", ; : ! > quad qquad left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr "
    "displaystyle textstyle scriptstyle limits nolimits nonumber notag middle thinspace enspace "
    "medspace thickspace negthinspace allowbreak rm it bf cal"
)
TEXT_NAMES = "text textrm textit textbf textsf texttt textnormal mbox hbox operatorname"
STYLE_NAMES = (
    "mathrm mathit mathbf mathsf mathtt mathcal mathbb mathfrak mathscr boldsymbol bm pmb "
    "overline underline hat widehat bar vec tilde widetilde dot ddot acute grave check breve "
    "overrightarrow boxed ensuremath mathop mathbin mathrel mathord mathit"
)


def _pairs(names: str) -> dict[str, str]:
    listed = names.split()
    return dict(zip(listed[::2], listed[1::2], strict=True))


LETTERS, OPERATORS = _pairs(GREEK_NAMES), _pairs(OPERATOR_NAMES)
FUNCTIONS, SPACING = frozenset(FUNCTION_NAMES.split()), frozenset((*SPACING_NAMES.split(), " "))
TEXTS, STYLES = frozenset(TEXT_NAMES.split()), frozenset(STYLE_NAMES.split())
BOUNDED = frozenset("∑∏∫∮∬∭∐⋃⋂") | {"lim", "max", "min", "sup", "inf"}


class _UnknownError(Exception):
    """Command, or mistake, that makes a formula unreadable."""


def parse_tex(text: str) -> etree._Element | None:
    """Parse a formula of TeX into MathML; None for matrices, unknown commands and mistakes."""
    if len(text) > LONGEST:
        return None
    shell = SHELL.fullmatch(text)
    inner = next((group for group in shell.groups() if group is not None), "") if shell else text
    parser = _Parser(inner)
    try:
        return parser.row("")
    except (_UnknownError, ValueError):
        return None


class _Parser:
    """The tokens of one formula, read from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens: Iterator[str] = (found[0] for found in TOKEN.finditer(text))
        self._next = next(self._tokens, "")
        self._depth = 0

    def _take(self) -> str:
        sign, self._next = self._next, next(self._tokens, "")
        return sign

    def row(self, end: str) -> etree._Element:
        """Read up to the sign `end`, "" for the end of the formula."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise _UnknownError
        made = etree.Element("mrow")
        while self._next != end:
            if not self._next:
                raise _UnknownError
            if (atom := self._atom()) is not None:
                made.append(self._with_scripts(atom))
        self._take()
        self._depth -= 1
        return made

    def _argument(self) -> etree._Element:
        self._skip_spaces()
        if self._next == "{":
            self._take()
            return self.row("}")
        if len(self._next) > 1 and self._next[0].isdigit():
            # Without braces the argument is one digit: \\frac12 is a half.
            digit, rest = self._next[0], self._next[1:]
            self._next = rest
            return _element("mn", digit)
        atom = self._atom()
        if atom is None:
            raise _UnknownError
        return atom

    def _skip_spaces(self) -> None:
        while self._next.isspace():
            self._take()

    def _atom(self) -> etree._Element | None:
        sign = self._take()
        if sign.isspace() or sign in ("~", ""):
            return None
        if sign == "{":
            return self.row("}")
        if sign in ("^", "_", "'"):
            # A script without a base, as in ^{14}C.
            self._next, self._tokens = sign, _before(self._next, self._tokens)
            return etree.Element("mrow")
        if sign in ("}", "&"):
            raise _UnknownError
        if sign.startswith("\\"):
            return self._command(sign[1:])
        return _element("mn" if sign[0].isdigit() else "mi" if sign.isalpha() else "mo", sign)

    def _command(self, name: str) -> etree._Element | None:
        if name in LETTERS:
            return _element("mo" if name == "circ" else "mi", LETTERS[name])
        if name in OPERATORS:
            return _element("mo", OPERATORS[name])
        if name in FUNCTIONS:
            return _element("mi", name)
        if name in SPACING:
            if name in ("left", "right", "middle") and self._next == ".":
                self._take()
            return None
        if name.rstrip("*") in TEXTS:
            return _element("mtext", self._words())
        if name in STYLES:
            return self._styled(name)
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return _over("mfrac", self._argument(), self._argument())
        if name == "sqrt":
            return self._root()
        if name in ("overset", "stackrel", "underset"):
            self._argument()
            return self._argument()
        raise _UnknownError

    def _styled(self, name: str) -> etree._Element:
        inner = self._argument()
        letters = "".join(inner.itertext())
        # \mathrm{max} is one word, \mathbf{ab} is hardly one.
        is_word = name == "mathrm" and letters.isalpha() and all(each.tag == "mi" for each in inner)
        return _element("mi", letters) if is_word else inner

    def _words(self) -> str:
        """Read the text in braces as it stands."""
        self._skip_spaces()
        if self._take() != "{":
            raise _UnknownError
        pieces, open_braces = [], 1
        while open_braces:
            sign = self._take()
            if not sign:
                raise _UnknownError
            open_braces += (sign == "{") - (sign == "}")
            if sign not in "{}":
                pieces.append(" " if sign == "~" else sign)
        return "".join(pieces).replace("\\", "")

    def _root(self) -> etree._Element:
        self._skip_spaces()
        if self._next != "[":
            return _over("msqrt", self._argument())
        self._take()
        index = self.row("]")
        return _over("mroot", self._argument(), index)

    def _with_scripts(self, base: etree._Element) -> etree._Element:
        low = high = None
        primes = ""
        while True:
            while self._next.isspace() or self._next in ("\\limits", "\\nolimits"):
                self._take()
            if self._next == "_" and low is None:
                self._take()
                low = self._argument()
            elif self._next == "^" and high is None:
                self._take()
                high = self._argument()
            elif self._next == "'" and len(primes) < 3:
                self._take()
                primes += "′"
            elif self._next in ("_", "^", "'"):
                raise _UnknownError
            else:
                break
        if primes:
            base = _over("msup", base, _element("mo", {1: "′", 2: "″", 3: "‴"}[len(primes)]))
        return _scripted(base, low, high)


def _before(sign: str, tokens: Iterator[str]) -> Iterator[str]:
    yield sign
    yield from tokens


def _scripted(
    base: etree._Element, low: etree._Element | None, high: etree._Element | None
) -> etree._Element:
    is_bounded = "".join(base.itertext()) in BOUNDED
    if low is not None and high is not None:
        return _over("munderover" if is_bounded else "msubsup", base, low, high)
    if low is not None:
        return _over("munder" if is_bounded else "msub", base, low)
    if high is not None:
        return _over("mover" if is_bounded and base.tag == "mo" else "msup", base, high)
    return base


def _element(name: str, text: str) -> etree._Element:
    made = etree.Element(name)
    made.text = text
    return made


def _over(name: str, *children: etree._Element) -> etree._Element:
    made = etree.Element(name)
    made.extend(children)
    return made
