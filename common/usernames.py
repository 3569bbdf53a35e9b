"""Usernames: which spellings are one name, and which look like another one.

After Unicode's UTS #39, with a small table of the letters that look alike.
"""

import re
import unicodedata

PATTERN = re.compile(r"[^\W_][\w.\-]{2,31}")
LATIN = "LATIN"
# Scripts that are written together, each with Latin letters among them.
TOGETHER = (
    {"HAN", "HIRAGANA", "KATAKANA"},
    {"HAN", "HANGUL"},
    {"HAN", "BOPOMOFO"},
)
# What the names of characters begin with, where that is not their script; "" fits every script.
SCRIPTS = {
    "CJK": "HAN", "IDEOGRAPHIC": "HAN", "HENTAIGANA": "HIRAGANA", "EXTENDED": "ARABIC",
    "KATAKANA-HIRAGANA": "", "DIGIT": "", "COMBINING": "", "MODIFIER": "",
}  # fmt: skip
# Letters that show nothing, though they are letters.
BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
# Small letters and capitals, as they look once case is folded.
CYRILLIC = str.maketrans("авсԁеһніјӏкмоԛрѕтуѵԝхг", "abcdehhijlkmoqpstyvwxr")
GREEK = str.maketrans("αβγεζηικμνορτυχω", "abyezhikmvoptyxw")
ARMENIAN = str.maketrans("ցհյլոօզսռ", "ghjlnoqun")
LATINS = str.maketrans("ıɑɡɩȷᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "iagijabcdefghijklmnoprstuvwyz")
LOOKS = CYRILLIC | GREEK | ARMENIAN | LATINS


def fold(name: str) -> str:
    """Fold a name: case, width, ligatures and composition make no difference."""
    plain = unicodedata.normalize("NFKC", "".join(filter(_shows, name))).casefold()
    return unicodedata.normalize("NFKC", plain)


def look(name: str) -> str:
    """Skeleton of a name: the same for all spellings of it, and for names that look like it."""
    apart = unicodedata.normalize("NFD", fold(name)).translate(LOOKS)
    return unicodedata.normalize("NFC", apart)


def is_mixed(name: str) -> bool:
    """Whether letters of several scripts stand in a name that are not written together."""
    scripts = {_script(letter) for letter in unicodedata.normalize("NFKC", name)} - {"", LATIN}
    if any(scripts <= allowed for allowed in TOGETHER):
        return False
    has_latin = LATIN in {_script(letter) for letter in unicodedata.normalize("NFKC", name)}
    return len(scripts) + has_latin > 1


def is_well_formed(name: str) -> bool:
    """Whether a new account may have the name, as far as its characters go."""
    return PATTERN.fullmatch(name) is not None and all(map(_shows, name))


def _shows(character: str) -> bool:
    return unicodedata.category(character) not in ("Cf", "Cc", "Cs") and character not in BLANK


def _script(character: str) -> str:
    if not character.isalnum():
        return ""
    first = unicodedata.name(character, "UNKNOWN").partition(" ")[0]
    first = SCRIPTS.get(first, first)
    return first.partition("-")[0]
