"""The languages of the interface: which there are, and which one a visitor reads."""

from collections.abc import Callable
from functools import cached_property, lru_cache
from gettext import NullTranslations

from babel import Locale
from flask import Flask, g, request, session
from flask_babel import Babel, Domain, get_locale, get_translations, gettext
from markupsafe import Markup

from common.errors import Message
from web.formatting import count

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français"}
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
WRITTEN_AS = {"cmn": "zh", "nb": "no"}  # how the names of languages are looked up
SPOKEN_AS = {"zh": "cmn", "no": "nb", "nn": "nb"}  # one code for what is one language to listeners
MOST_WANTED = 6  # of the languages that a browser asks for
OF_EVERY_PLURAL = (0, 1, 2, 3, 5, 11, 21, 100, 1_000_000)


class _Texts(Domain):  # type: ignore[misc]
    """The texts of an answer's language, which is looked up once for each answer."""

    def get_translations(self) -> NullTranslations:
        if "texts" not in g:
            g.texts = super().get_translations()
        return g.texts


class _Babel(Babel):  # type: ignore[misc]
    @cached_property
    def domain_instance(self) -> Domain:
        return _Texts(domain=self.domain)


def prepare(app: Flask) -> None:
    """Let templates use gettext, in the language of each visitor."""
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    _Babel(app, locale_selector=_select)
    app.jinja_env.globals.update(language=language, direction=direction, languages=LANGUAGES)
    app.jinja_env.globals.update(_=_shown, gettext=_shown, ngettext=_shown_of)
    app.jinja_env.filters["translate"] = translate


def language() -> str:
    """The code of the language of this answer, such as "de"."""
    if "language" not in g:
        g.language = _select().language
    return g.language


def direction() -> str:
    """The direction in which this answer's language is written: "ltr" or "rtl"."""
    return "rtl" if language() in RIGHT_TO_LEFT else "ltr"


def _shown(text: str, **values: object) -> Markup:
    """A text of a template; values are escaped where they are put in, as "%(name)s"."""
    shown = Markup(get_translations().gettext(text))  # noqa: S704 -- texts of templates and catalogues alone
    return shown % values if "%" in shown else shown


def _shown_of(one: str, many: str, number: int, **values: object) -> Markup:
    """The form of a text that fits a number, which it may name as "%(num)s"."""
    shown = Markup(get_translations().ngettext(one, many, number))  # noqa: S704 -- as above
    return shown % {"num": number, **values}


def plural_forms(text_of: Callable[[int], str]) -> dict[str, str]:
    """A text for each plural category of this answer's language, for scripts to choose from."""
    return _plural_forms(text_of, language())


@lru_cache(maxsize=64)
def _plural_forms(text_of: Callable[[int], str], _language: str) -> dict[str, str]:
    category = get_locale().plural_form
    return {category(number): text_of(number) for number in reversed(OF_EVERY_PLURAL)}


def translate(sentence: object) -> str:
    """Translate a message into this answer's language; one without a translation stays."""
    if not isinstance(sentence, Message):
        return gettext(str(sentence)) if sentence else ""
    values = {name: _translated_value(value) for name, value in sentence.values.items()}
    return gettext(sentence.template).format(**values)


def _translated_value(value: object) -> object:
    if isinstance(value, Message):
        return translate(value)
    return count(value) if isinstance(value, int) else value


def choose(code: str) -> None:
    """Remember a visitor's choice; an unknown code goes back to the browser's own wish."""
    if code in LANGUAGES:
        session["language"] = code
    else:
        session.pop("language", None)


def _select() -> Locale:
    chosen = session.get("language")
    if chosen not in LANGUAGES:
        chosen = request.accept_languages.best_match(LANGUAGES, "en")
    return _locale(chosen)


@lru_cache
def _locale(code: str) -> Locale:
    return Locale(code)


def spoken(tag: str) -> str:
    """The code of a language that voices are listed under, such as "en" for "en-GB"."""
    code = tag.partition("-")[0].lower()
    return SPOKEN_AS.get(code, code)


def wanted_languages() -> list[str]:
    """The languages of whoever asks: that of the answer, then those that the browser names."""
    named = [tag for tag, quality in request.accept_languages if quality > 0]
    return list(dict.fromkeys(map(spoken, (language(), *named[:MOST_WANTED]))))


def language_name(code: str) -> str:
    """The name of a language in that of this answer; empty when it is not known."""
    locale = get_locale() or Locale("en")
    return locale.languages.get(WRITTEN_AS.get(code, code), "")
