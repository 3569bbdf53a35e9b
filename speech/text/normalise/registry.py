"""The languages that have words here, each loaded when its first text is read."""

from functools import cache
from importlib import import_module

from speech.text.normalise.language import Language

MODULES = {
    "de": "german", "en": "english", "es": "spanish", "fr": "french",
    "it": "italian", "nl": "dutch", "pl": "polish", "pt": "portuguese", "sv": "swedish",
}  # fmt: skip


@cache
def language_of(tag: str) -> Language | None:
    """The words of the language that a tag names, or None where there are none."""
    code = tag.partition("-")[0].lower()
    if code not in MODULES:
        return import_module("speech.text.normalise.others").LANGUAGES.get(code)
    module = import_module(f"speech.text.normalise.{MODULES[code]}")
    variety = "-".join(tag.lower().split("-")[:2])
    found: Language = getattr(module, "VARIETIES", {}).get(variety, module.LANGUAGE)
    return found
