"""Forms in the HTML of a page: found, filled in again as sent, with sentences at their fields."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import NamedTuple

VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
FIELDS = ("input", "select", "textarea")
# Elements that are one with the field in them: what is said of it stands behind them.
AROUND_FIELD = ("label", "password-eye")
MARK = "data-mistakes"  # of the form that was refused
FOLDED = ("details", "dialog")
UNTYPED = ("hidden", "submit", "button", "image", "reset")
UNKEPT = (*UNTYPED, "password", "file")


class Mistake(NamedTuple):
    """A sentence about a field; about the form where `field` is "". `remedy` is HTML behind it."""

    field: str
    sentence: str
    remedy: str = ""


class Sent(NamedTuple):
    """A form as it was sent: to which path, by "get" or "post", with which values by name."""

    path: str
    method: str
    values: dict[str, list[str]]


@dataclass(eq=False)
class Element:
    """An element of a page: where its start tag lies in the text, and where it ends."""

    name: str
    attributes: dict[str, str | None]
    start: int
    end: int
    above: tuple["Element", ...]
    closed_at: int = 0
    text: str = ""

    def get(self, name: str) -> str:
        """An attribute; "" where it has none."""
        return self.attributes.get(name) or ""


@dataclass(eq=False)
class Form:
    """A form with the paths that it may be sent to, its fields, and the options of its lists."""

    element: Element
    paths: list[str]
    fields: list[Element] = field(default_factory=list)
    options: list[Element] = field(default_factory=list)

    def named(self, name: str) -> list[Element]:
        """Its fields of a name that people can reach."""
        return [each for each in self.typed() if each.get("name") == name]

    def typed(self) -> list[Element]:
        """The fields that people can reach."""
        return [each for each in self.fields if each.get("type") not in UNTYPED]


class Edits:
    """Changes to a text, made together."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._changes: list[tuple[int, int, str]] = []

    def insert(self, at: int, text: str) -> None:
        """Put a text in."""
        self._changes.append((at, at, text))

    def replace(self, start: int, end: int, text: str) -> None:
        """Put a text in the place of another."""
        self._changes.append((start, end, text))

    def made(self) -> str:
        """The text with all changes."""
        parts, done = [], 0
        for start, end, text in sorted(self._changes, key=lambda change: change[:2]):
            parts += [self._html[done:start], text]
            done = end
        return "".join((*parts, self._html[done:]))


class Page(HTMLParser):
    """The forms of a page, with all its elements that a refused form changes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.forms: list[Form] = []
        self.focused: list[Element] = []
        self.main: Element | None = None
        self._open: list[Element] = []
        self._by_id: dict[str, Form] = {}
        self._elsewhere: list[Element] = []
        self._lines = [0, *(found.end() for found in re.finditer("\n", html))]
        self.feed(html)
        for element in self._elsewhere:
            if form := self._by_id.get(element.get("form")):
                form.fields.append(element)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        start = self._at()
        end = start + len(self.get_starttag_text() or "")
        element = Element(tag, dict(attrs), start, end, tuple(self._open), end)
        if tag not in VOID:
            self._open.append(element)
        if "autofocus" in element.attributes:
            self.focused.append(element)
        if tag == "main":
            self.main = element
        if not any(each.name == "template" for each in self._open):
            self._note(element)

    def handle_endtag(self, tag: str) -> None:
        """Note where an element ends, and those in it that were left open."""
        if not any(each.name == tag for each in self._open):
            return
        while True:
            element = self._open.pop()
            if element.name == tag:
                element.closed_at = self.html.index(">", self._at()) + 1
                return

    def handle_data(self, data: str) -> None:
        """Note the text of an option or a large field."""
        if self._open and self._open[-1].name in ("option", "textarea"):
            self._open[-1].text += data

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _note(self, element: Element) -> None:
        if element.name == "form":
            form = Form(element, [_path(element.get("action"))])
            self.forms.append(form)
            self._by_id[element.get("id")] = form
            return
        inside = any(each.name == "form" for each in self._open)
        if element.name in FIELDS and "form" in element.attributes:
            self._elsewhere.append(element)
        elif inside and element.name in FIELDS:
            self.forms[-1].fields.append(element)
        elif inside and element.name == "option":
            self.forms[-1].options.append(element)
        elif inside and "formaction" in element.attributes:
            self.forms[-1].paths.append(_path(element.get("formaction")))


def filled(html: str, sent: Sent, mistakes: Sequence[Mistake], origin: str = "") -> str:
    """The page with the form as it was sent, and each sentence at its field.

    Passwords and files are left out. Without such a form the sentences stand above the page.
    `origin` is the path of the page, which its forms then bring along.
    """
    page, edits = Page(html), Edits(html)
    for other in page.forms if origin else ():
        if other.element.get("method") == "post":
            edits.insert(other.element.end, _hidden("form_page", origin))
    form = _form_of(page, sent)
    if form is None:
        edits.insert(page.main.end if page.main else 0, "".join(map(_notice, mistakes)))
        return edits.made()
    placed = list(_placed(form, mistakes))
    changed = dict(_values(form, sent.values))
    focused = next((each for each, _ in placed if each), None)
    for element in page.focused:
        changed[element] = _with(changed, element, autofocus=False)
    for at, mistake in placed:
        _say(edits, changed, html, at or form.element, mistake, is_first=at is focused)
    changed[form.element] = _with(changed, form.element) | {MARK: ""}
    for element, attributes in changed.items():
        edits.replace(element.start, element.end, _tag(element.name, attributes))
        if element.name == "textarea" and element.get("name") in sent.values:
            written = "\n" + escape(_first(sent.values, element.get("name")), quote=False)
            edits.replace(element.end, element.closed_at - len("</textarea>"), written)
    return edits.made()


def _form_of(page: Page, sent: Sent) -> Form | None:
    """The form that was sent: of several to one place, the one with most of the hidden values.

    One in a menu, which is shut, only where there is no other.
    """
    fitting = [
        form
        for form in page.forms
        if sent.path in form.paths and (form.element.get("method") or "get") == sent.method
    ]

    def likeness(form: Form) -> tuple[bool, int]:
        is_open = not any("popover" in each.attributes for each in form.element.above)
        same = (
            each.get("value") in sent.values.get(each.get("name"), ())
            for each in form.fields
            if each.get("type") == "hidden"
        )
        return is_open, sum(same)

    return max(fitting, key=likeness, default=None)


def _placed(form: Form, mistakes: Sequence[Mistake]) -> Iterator[tuple[Element | None, Mistake]]:
    """Each sentence with its field, in the order of the page; those about the form first."""
    fields = form.typed()

    def place(mistake: Mistake) -> Element | None:
        only = fields[0] if len(fields) == 1 else None
        return next(iter(form.named(mistake.field)), only) if mistake.field else only

    found = [(place(mistake), mistake) for mistake in mistakes]
    yield from sorted(found, key=lambda pair: pair[0].start if pair[0] else -1)


def _values(
    form: Form, values: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Element, dict[str, str | None]]]:
    """The fields and options that show something else than was sent, as they are to be."""
    left = {name: list(several) for name, several in values.items()}
    for element in form.fields:
        name, kind = element.get("name"), element.get("type")
        if kind in ("checkbox", "radio"):
            is_sent = (element.get("value") or "on") in values.get(name, ())
            yield element, _attributes(element, checked=is_sent)
        elif element.name == "textarea" and left.get(name):
            yield element, element.attributes
        elif element.name == "input" and _is_kept(name, kind) and left.get(name):
            yield element, _attributes(element, value=left[name].pop(0))
    for option in form.options:
        name = next((each.get("name") for each in option.above if each.name == "select"), "")
        value = option.attributes.get("value", option.text.strip())
        if name in values:
            yield option, _attributes(option, selected=value in values[name])


def _is_kept(name: str, kind: str) -> bool:
    # A version says what was seen before it was changed, and holds until somebody looks again.
    return kind not in UNKEPT or (kind == "hidden" and name == "version")


def _say(
    edits: Edits,
    changed: dict[Element, dict[str, str | None]],
    html: str,
    element: Element,
    mistake: Mistake,
    *,
    is_first: bool,
) -> None:
    """Put a sentence at its field, or at the beginning of the form, and open what hides it."""
    name = re.sub(r"[^\w-]", "", mistake.field) or "form"
    is_field = element.name in FIELDS
    is_shown = f'id="error-{name}"' in html
    for above in element.above:
        if above.name in FOLDED:
            changed[above] = _with(changed, above, open=True)
    if is_field:
        described = dict.fromkeys((f"error-{name}", *element.get("aria-describedby").split()))
        changed[element] = _with(
            changed,
            element,
            aria_invalid="true",
            aria_describedby=" ".join(described),
            autofocus=is_first,
        )
    if not is_shown:
        around = [each for each in element.above if each.name in AROUND_FIELD] if is_field else []
        place = (around[0] if around else element).closed_at if is_field else element.end
        focus = "" if is_field else ' tabindex="-1" autofocus'
        text = f'<span class="sentence bad" id="error-{name}" role="alert"{focus}>'
        edits.insert(place, f"{text}{escape(mistake.sentence)}{mistake.remedy}</span>")


def _with(
    changed: Mapping[Element, dict[str, str | None]], element: Element, **values: str | bool
) -> dict[str, str | None]:
    return _attributes(element, changed.get(element), **values)


def _attributes(
    element: Element, attributes: dict[str, str | None] | None = None, **values: str | bool
) -> dict[str, str | None]:
    """An element's attributes with some changed: True sets one without a value, False drops it."""
    found = dict(element.attributes if attributes is None else attributes)
    for name, value in values.items():
        name = name.replace("_", "-")
        if value is False:
            found.pop(name, None)
        else:
            found[name] = None if value is True else str(value)
    return found


def _tag(name: str, attributes: Mapping[str, str | None]) -> str:
    written = "".join(
        f" {key}" if value is None else f' {key}="{escape(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>"


def _notice(mistake: Mistake) -> str:
    return f'<div class="notice bad" role="alert">{escape(mistake.sentence)}</div>'


def _hidden(name: str, value: str) -> str:
    return _tag("input", {"type": "hidden", "name": name, "value": value})


def _first(values: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(values.get(name, ())), "")


def _path(address: str) -> str:
    return re.split(r"[?#]", address, maxsplit=1)[0]
