"""Names of encodings, as people know them."""

from flask_babel import LazyString, lazy_gettext

NAMES: dict[str, LazyString] = {
    "windows-1252": lazy_gettext("Western European (Windows-1252)"),
    "iso-8859-15": lazy_gettext("Western European (ISO 8859-15)"),
    "macintosh": lazy_gettext("Western European (Macintosh)"),
    "ibm850": lazy_gettext("Western European (DOS 850)"),
    "ibm437": lazy_gettext("Western European (DOS 437)"),
    "windows-1250": lazy_gettext("Central European (Windows-1250)"),
    "iso-8859-2": lazy_gettext("Central European (ISO 8859-2)"),
    "ibm852": lazy_gettext("Central European (DOS 852)"),
    "windows-1251": lazy_gettext("Cyrillic (Windows-1251)"),
    "koi8-r": lazy_gettext("Cyrillic (KOI8-R)"),
    "koi8-u": lazy_gettext("Cyrillic (KOI8-U)"),
    "ibm866": lazy_gettext("Cyrillic (DOS 866)"),
    "iso-8859-5": lazy_gettext("Cyrillic (ISO 8859-5)"),
    "x-mac-cyrillic": lazy_gettext("Cyrillic (Macintosh)"),
    "windows-1253": lazy_gettext("Greek (Windows-1253)"),
    "iso-8859-7": lazy_gettext("Greek (ISO 8859-7)"),
    "windows-1254": lazy_gettext("Turkish (Windows-1254)"),
    "windows-1255": lazy_gettext("Hebrew (Windows-1255)"),
    "windows-1256": lazy_gettext("Arabic (Windows-1256)"),
    "windows-1257": lazy_gettext("Baltic (Windows-1257)"),
    "windows-1258": lazy_gettext("Vietnamese (Windows-1258)"),
    "windows-874": lazy_gettext("Thai (Windows-874)"),
    "gb18030": lazy_gettext("Simplified Chinese (GB 18030)"),
    "big5": lazy_gettext("Traditional Chinese (Big5)"),
    "shift_jis": lazy_gettext("Japanese (Shift JIS)"),
    "euc-jp": lazy_gettext("Japanese (EUC)"),
    "euc-kr": lazy_gettext("Korean (EUC-KR)"),
    "utf-8": lazy_gettext("Unicode (UTF-8)"),
    "utf-16le": lazy_gettext("Unicode (UTF-16 LE)"),
    "utf-16be": lazy_gettext("Unicode (UTF-16 BE)"),
}


def choices_of(likely: list[str], current: str) -> list[tuple[str, str, bool]]:
    """Name the likely encodings for a list, and say which one is the current one."""
    return [
        (name, str(NAMES.get(name, name)), name == current)
        for name in dict.fromkeys((*NAMES, current))
        if name == current or (name in likely and name in NAMES)
    ]
