"""The languages of the interface: which there are, and which one a visitor reads."""

from flask import Flask, g, request, session
from flask_babel import Babel, get_locale

LANGUAGES = {"en": "English", "de": "Deutsch"}
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


def prepare(app: Flask) -> None:
    """Let templates use gettext, in the language of each visitor."""
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    Babel(app, locale_selector=_select)
    app.jinja_env.globals.update(language=language, direction=direction, languages=LANGUAGES)


def language() -> str:
    """The code of the language of this answer, such as "de"."""
    if "language" not in g:
        g.language = str(get_locale()).partition("_")[0]
    return g.language


def direction() -> str:
    """Which way this answer's language is written: "ltr" or "rtl"."""
    return "rtl" if language() in RIGHT_TO_LEFT else "ltr"


def choose(code: str) -> None:
    """Remember a visitor's choice; an unknown code goes back to the browser's own wish."""
    if code in LANGUAGES:
        session["language"] = code
    else:
        session.pop("language", None)


def _select() -> str:
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(list(LANGUAGES), "en")
