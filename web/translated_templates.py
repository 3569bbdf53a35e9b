"""Templates in each language: what takes long on every page is done once, when one is compiled.

Texts are translated then, and what is put in is written in a way that is quick to escape.
"""

import re
from collections.abc import MutableMapping
from typing import Any, Self

from flask import g, has_request_context
from flask.sansio.app import App
from flask.templating import Environment
from flask_babel import get_translations
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from web.i18n import language

PLACE = re.compile(r"%\((\w+)\)s|%%")
UNFIT = re.compile("[&<>'\"]")


def escaped(value: object) -> str:
    """A value as pages hold it; of markupsafe's own, each value is copied twice."""
    if type(value) is Markup or (type(value) is str and not UNFIT.search(value)):
        return value
    return escape(value)


class _Writer(CodeGenerator):
    """Writes the code of templates as Jinja does, but for how values are escaped."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)


class TranslatedEnvironment(Environment):
    """Jinja as Flask sets it up, which keeps the templates of each language apart."""

    code_generator_class = _Writer
    escaped = staticmethod(escaped)

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self._by_language: dict[str, Self] = {}

    def get_template(self, name: str | Template, *options: Any, **more: Any) -> Template:
        """A template in the language of this answer."""
        if self.overlayed:
            return super().get_template(name, *options, **more)
        return self._in(language()).get_template(name, *options, **more)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names that templates know; none has further ones, so that all may share them."""
        return super().make_globals(d) if d else self.globals

    def compile(self, source: str | nodes.Template, *names: Any, **options: Any) -> Any:
        """Compile a template; one of a language with its texts. It is noted in `g.has_compiled`."""
        if has_request_context():
            g.has_compiled = True
        tree = self.parse(source, *names[:2]) if isinstance(source, str) else source
        if self.overlayed:
            tree = _Translator().visit(tree)
        return super().compile(tree, *names, **options)

    def _in(self, code: str) -> Self:
        if code not in self._by_language:
            self._by_language[code] = self.overlay()
        return self._by_language[code]


class _Translator(NodeTransformer):
    """Puts texts in the place of the calls that would look them up."""

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802 -- Jinja's name
        node.nodes = [
            part for child in node.nodes for part in self._text(child) or [self.visit(child)]
        ]
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 -- as above
        parts = self._text(node)
        if not parts:
            return self.generic_visit(node)
        return parts[0] if len(parts) == 1 else nodes.Concat(parts)

    def _text(self, node: nodes.Node) -> list[nodes.Expr]:
        """The pieces of a text with the values between them; nothing for what is no text."""
        match node:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str(text))]):
                values = {each.key: self.visit(each.value) for each in node.kwargs}
                return _filled(get_translations().gettext(text), values)
        return []


def _filled(text: str, values: dict[str, nodes.Expr]) -> list[nodes.Expr]:
    found: list[nodes.Expr] = []
    words, *rest = PLACE.split(text)
    for name, after in zip(rest[::2], rest[1::2], strict=True):
        value = values[name] if name else nodes.Const("%")
        if isinstance(value, nodes.Const):
            words += str(escape(value.value)) + after
        else:
            found += [nodes.TemplateData(words), value]
            words = after
    return [*found, nodes.TemplateData(words)]
