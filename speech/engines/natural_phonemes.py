"""The names of espeak-ng's English phonemes in the alphabet of the natural voices.

People write pronunciations once, with espeak-ng's names; see docs/guide.md.
"""

from types import MappingProxyType

VOWELS = MappingProxyType(
    {
        "aI@3": "Iəɹ", "aI@": "Iə", "aU@": "Wə", "aI3": "Iɚ", "eI": "A", "aI": "I", "aU": "W",
        "OI": "Y", "oU": "O", "@U": "O", "i:": "i", "u:": "u", "A:": "ɑ", "A@": "ɑɹ", "O:": "ɔ",
        "O@": "ɔɹ", "o@": "ɔɹ", "3:": "ɜɹ", "e@": "ɛɹ", "i@3": "ɪɹ", "i@": "ɪə", "U@": "ʊɹ",
        "@L": "ᵊl", "@2": "ə", "@5": "ə", "I2": "ᵻ", "I#": "ᵻ", "a#": "ə", "E#": "ɛ", "E2": "ɛ",
        "I": "ɪ", "i": "i", "E": "ɛ", "e": "ɛ", "aa": "æ", "a": "æ", "A": "ɑ", "0": "ɑ", "02": "ʌ",
        "O": "ɔ", "o": "O", "U": "ʊ", "u": "u", "V": "ʌ", "3": "əɹ", "@": "ə", "&": "æ",
    }
)  # fmt: skip
BRITISH = MappingProxyType(
    {
        "oU": "Q", "@U": "Q", "i:": "iː", "u:": "uː", "A:": "ɑː", "A@": "ɑː", "O:": "ɔː",
        "O@": "ɔː", "o@": "ɔː", "3:": "ɜː", "e@": "ɛː", "U@": "ʊə", "0": "ɒ", "3": "ə", "a": "a",
    }
)  # fmt: skip
CONSONANTS = MappingProxyType(
    {
        "tS": "ʧ", "dZ": "ʤ", "t#": "T", "n-": "ᵊn", "l#": "l", "r-": "ɹ", "p": "p", "b": "b",
        "t": "t", "d": "d", "k": "k", "g": "ɡ", "f": "f", "v": "v", "T": "θ", "D": "ð", "s": "s",
        "z": "z", "S": "ʃ", "Z": "ʒ", "h": "h", "x": "x", "m": "m", "n": "n", "N": "ŋ", "l": "l",
        "r": "ɹ", "w": "w", "j": "j", "*": "T", "?": "ʔ", "C": "ç", "L": "l", "Q": "ɣ", "c": "k",
        "J": "ʤ", "R": "ɹ", "B": "b", "P": "p", "X": "χ", "q": "k", "y": "i", "Y": "ʊ", "W": "W",
    }
)  # fmt: skip
STRESSES = MappingProxyType({"''": "ˈ", "'": "ˈ", ",": "ˌ", "^": "", "%": "", "=": ""})
LONGEST_NAME = 4


def from_espeak(names: str, *, is_british: bool = False) -> str:
    """The phonemes that names stand for, the longest name first; what names none is passed over."""
    table = {**VOWELS, **CONSONANTS, **STRESSES, **(BRITISH if is_british else {})}
    found, at = [], 0
    while at < len(names):
        for size in range(LONGEST_NAME, 0, -1):
            if names[at : at + size] in table:
                found.append(table[names[at : at + size]])
                at += size
                break
        else:
            at += 1
    return "".join(found)
