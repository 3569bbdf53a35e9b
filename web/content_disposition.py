"""Content-Disposition: how a file is called when a browser keeps it (RFC 6266, RFC 8187)."""

import re
import unicodedata
from urllib.parse import quote

from werkzeug.http import dump_options_header

from exports.zip_stream import safe_name

LONGEST_NAME_BYTES = 220  # file systems take 255, and browsers add an ending of their own
NAMELESS = "VoiceVerse"
# What RFC 8187 allows beside letters and digits in an extended value.
PLAIN = "!#$&+-.^_`|~"
ALIKE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ´`“”„‟″«»‹›", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **{"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D"},
        **{"ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "Ŋ": "N", "ß": "ss", "ẞ": "SS"},
        **{"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "€": "EUR"},
    }
)
# Beside what no ASCII stands for: percent signs, which some browsers decode, and what ends a value.
UNFIT = re.compile(r'[^ -~]+|[%"\\/:*?<>|;]+')


def content_disposition(stem: str, ending: str, *, kind: str = "attachment") -> str:
    """The header for a file of that name and ending (such as ".mp3"), in ASCII whatever the name.

    What is no plain ASCII stands in `filename*`, beside something readable for old programs.
    """
    name = f"{safe_name(stem, LONGEST_NAME_BYTES)}{ending}"
    names = {"filename": f"{ascii_name(stem)}{ending}"}
    if names["filename"] != name:
        names["filename*"] = f"UTF-8''{quote(name, safe=PLAIN)}"
    return dump_options_header(kind, names)


def ascii_name(name: str) -> str:
    """A name as far as ASCII can write it: without accents and other scripts; never empty."""
    name = unicodedata.normalize("NFKD", safe_name(name, LONGEST_NAME_BYTES).translate(ALIKE))
    name = "".join(letter for letter in name if not unicodedata.combining(letter))
    name = UNFIT.sub("_", name).strip("_ .-")
    return safe_name(name, LONGEST_NAME_BYTES) if re.search("[A-Za-z0-9]", name) else NAMELESS
