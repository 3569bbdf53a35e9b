"""Formats that are not read, told by signature, by name or by how their text begins."""

import re
from collections.abc import Mapping

from documents.errors import (
    ForPrograms,
    Mailbox,
    NotSupported,
    OtherBook,
    OtherCaptions,
    OtherMarkup,
    OtherPages,
    OtherProgram,
    Picture,
    PlainArchive,
    Recording,
    WithoutText,
)

Refusal = tuple[type[NotSupported], Mapping[str, str]]


def _all(error: type[NotSupported], names: str) -> dict[str, Refusal]:
    """The refusals for endings written as "FORMAT ending ending, FORMAT ending"."""
    made: dict[str, Refusal] = {}
    for line in names.split(","):
        name, *endings = line.split()
        for ending in endings or [name.lower()]:
            made[f".{ending}"] = error, {"format": name.replace("_", " ")}
    return made


def _markup(name: str, tool: str, endings: str) -> dict[str, Refusal]:
    values = {"format": name, "tool": tool}
    return {f".{ending}": (OtherMarkup, values) for ending in endings.split()}


BY_NAME: Mapping[str, Refusal] = {
    **_all(OtherBook, "MOBI mobi prc, AZW, AZW3, AZW4, KFX, LIT, LRF, PDB, TCR, CHM, SNB snb"),
    **_all(OtherPages, "DjVu djvu djv, XPS xps oxps, PostScript ps eps, DVI, CBZ, CBR, CB7"),
    **_all(
        OtherProgram, "Pages pages, Keynote key, Numbers numbers, WordPerfect wpd, Publisher pub"
    ),
    **_all(OtherProgram, "OneNote onetoc2, AbiWord abw zabw, InDesign indd, QuarkXPress qxd qxp"),
    **_all(OtherProgram, "Scrivener scriv scrivx, Works wps, Visio vsd vsdx, LyX lyx"),
    **_markup("AsciiDoc", "Asciidoctor", "adoc asciidoc"),
    **_markup("Org", "Pandoc", "org"),
    **_markup("MediaWiki", "Pandoc", "wiki mediawiki mw wikitext"),
    **_markup("Textile", "Pandoc", "textile"),
    **_markup("Creole", "Pandoc", "creole"),
    **_markup("DocBook", "Pandoc", "dbk docbook"),
    **_markup("TEI", "TEIGarage", "tei"),
    **_markup("DITA", "DITA-OT", "dita ditamap"),
    **_markup("Texinfo", "texi2any", "texi texinfo txi"),
    **_markup("POD", "pod2html", "pod"),
    **_markup("troff", "groff", "troff nroff roff mdoc man"),
    **_markup("Typst", "Typst", "typ"),
    **_all(
        OtherCaptions, "SBV sbv, LRC lrc, SAMI smi sami, TTML ttml dfxp itt, SUB sub, STL stl, SCC"
    ),
    **_all(
        OtherCaptions, "MPL2 mpl mpl2, VobSub idx sup, USF usf, SubViewer, MicroDVD, JACOsub jss"
    ),
    **_all(Mailbox, "mbox mbox mbx, MSG msg, PST pst ost"),
    **_all(
        ForPrograms, "JSON json jsonl ndjson json5 geojson, XML xml xsd xsl xslt, YAML yaml yml"
    ),
    **_all(ForPrograms, "TOML toml, INI ini cfg conf properties, CSS css scss sass less, SQL sql"),
    **_all(ForPrograms, "LOG log, Python py pyw pyi, JavaScript js mjs cjs jsx, TypeScript ts tsx"),
    **_all(ForPrograms, "C c h, C++ cpp cc cxx hpp hh, C# cs, Java java, Kotlin kt kts, Go go"),
    **_all(
        ForPrograms, "Rust rs, Ruby rb, PHP php, Perl pl pm, Swift swift, Lua lua, R r, Julia jl"
    ),
    **_all(ForPrograms, "Shell sh bash zsh fish, PowerShell ps1, Batch bat cmd, Scala scala, Dart"),
    **_all(
        ForPrograms, "Haskell hs, Lisp lisp el clj scm, Erlang erl ex exs, Fortran f90 f95, VB vb"
    ),
    **_all(ForPrograms, "Pascal pas, Vue vue, Svelte svelte, BibTeX bib, RIS ris, RSS rss atom"),
    **_all(ForPrograms, "OPML opml, vCard vcf, iCalendar ics, Diff diff patch, TeX_style sty cls"),
    **_all(
        Picture, "PNG png, JPEG jpg jpeg jpe, GIF gif, TIFF tif tiff, BMP bmp, WebP webp, SVG svg"
    ),
    **_all(
        Picture, "HEIC heic heif, AVIF avif, PSD psd, ICO ico, JPEG_2000 jp2 j2k, RAW cr2 nef dng"
    ),
    **_all(Recording, "MP3 mp3, M4A m4a m4b aac, WAV wav, FLAC flac, Ogg ogg oga opus, WMA wma"),
    **_all(
        Recording, "MP4 mp4 m4v, MKV mkv, WebM webm, AVI avi, QuickTime mov, WMV wmv, AIFF aif aiff"
    ),
    **_all(WithoutText, "TTF ttf ttc, OTF otf, WOFF woff woff2, EXE exe dll msi, SQLite sqlite db"),
    **_all(
        WithoutText, "ISO iso dmg img, CLASS class, WASM wasm, ELF so o, PYC pyc, TORRENT torrent"
    ),
}

_ARCHIVE: Refusal = PlainArchive, {}
_BEGINNINGS: tuple[tuple[bytes, Refusal], ...] = (
    *((start, _ARCHIVE) for start in (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b", b"BZh")),
    *((start, _ARCHIVE) for start in (b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"!<arch>\n")),
    (b"AT&TFORM", BY_NAME[".djvu"]),
    (b"ITSF", BY_NAME[".chm"]),
    (b"ITOLITLS", BY_NAME[".lit"]),
    (b"L\0R\0F\0", BY_NAME[".lrf"]),
    (b"\xeaDRMION\xee", BY_NAME[".kfx"]),
    (b"CONT\x02\0", BY_NAME[".kfx"]),
    (b"TPZ0", BY_NAME[".azw"]),
    (b"%!PS", BY_NAME[".ps"]),
    (b"\xc5\xd0\xd3\xc6", BY_NAME[".ps"]),
    (b"\xffWPC", BY_NAME[".wpd"]),
    (b"!BDN", BY_NAME[".pst"]),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", BY_NAME[".onetoc2"]),
    (b"\x89PNG\r\n\x1a\n", BY_NAME[".png"]),
    (b"\xff\xd8\xff", BY_NAME[".jpg"]),
    (b"GIF87a", BY_NAME[".gif"]),
    (b"GIF89a", BY_NAME[".gif"]),
    (b"II*\0", BY_NAME[".tif"]),
    (b"MM\0*", BY_NAME[".tif"]),
    (b"8BPS", BY_NAME[".psd"]),
    (b"\0\0\x01\0", BY_NAME[".ico"]),
    (b"\0\0\0\x0cjP  ", BY_NAME[".jp2"]),
    (b"ID3", BY_NAME[".mp3"]),
    (b"fLaC", BY_NAME[".flac"]),
    (b"OggS", BY_NAME[".ogg"]),
    (b"\x1a\x45\xdf\xa3", BY_NAME[".mkv"]),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", BY_NAME[".wmv"]),
    (b"FORM\0", BY_NAME[".aiff"]),
    (b"\0\x01\0\0\0", BY_NAME[".ttf"]),
    (b"ttcf", BY_NAME[".ttf"]),
    (b"OTTO", BY_NAME[".otf"]),
    (b"wOFF", BY_NAME[".woff"]),
    (b"wOF2", BY_NAME[".woff"]),
    (b"MZ", BY_NAME[".exe"]),
    (b"\x7fELF", BY_NAME[".so"]),
    (b"\xca\xfe\xba\xbe", BY_NAME[".class"]),
    (b"\0asm", BY_NAME[".wasm"]),
    (b"SQLite format 3\0", BY_NAME[".sqlite"]),
)
_IN_RIFF = {b"WEBP": ".webp", b"WAVE": ".wav", b"AVI ": ".avi"}
_BRANDS = {b"heic": ".heic", b"heix": ".heic", b"mif1": ".heic", b"avif": ".avif", b"qt  ": ".mov"}
_SOUND_BRANDS = frozenset((b"M4A ", b"M4B ", b"M4P "))
_PALM = {b"BOOKMOBI": ".mobi", b"TEXtREAd": ".pdb", b"PNRdPPrs": ".pdb", b"DataPlkr": ".pdb"}

_BEGINNINGS_OF_TEXT: tuple[tuple[re.Pattern[str], Refusal], ...] = (
    (re.compile(r"From \S{1,200} {1,2}\w{3} \w{3} [ \d]\d \d\d:\d\d"), BY_NAME[".mbox"]),
    (re.compile(r"(?:'\\\" |\.\\\"|\.TH |\.Dd )"), BY_NAME[".troff"]),
    (re.compile(r"\\input texinfo"), BY_NAME[".texi"]),
    (re.compile(r"=(?:head1|pod|encoding) ?[^\n]{0,200}\n"), BY_NAME[".pod"]),
    (re.compile(r"#\+(?:title|author|options|startup):", re.IGNORECASE), BY_NAME[".org"]),
    (re.compile(r"= \S[^\n]{0,300}\n(?:[^\n]{0,300}\n){0,40}?== \S"), BY_NAME[".adoc"]),
    (re.compile(r"h1\. \S"), BY_NAME[".textile"]),
    (re.compile(r"\{\s{0,200}(?:\"[^\"\n]{0,200}\"\s{0,50}:|\}\s*\Z)"), BY_NAME[".json"]),
    (re.compile(r"\[\s{0,200}(?:\{\s{0,200}\"|\"[^\"\n]{0,500}\",\s|\[)"), BY_NAME[".json"]),
    (re.compile(r"%YAML "), BY_NAME[".yaml"]),
    (re.compile(r"<\?php\s"), BY_NAME[".php"]),
    (re.compile(r"#!\s?/\S{1,100}\bpython"), BY_NAME[".py"]),
    (re.compile(r"#!\s?/\S{1,100}\bperl"), BY_NAME[".pl"]),
    (re.compile(r"#!\s?/"), BY_NAME[".sh"]),
    (re.compile(r"BEGIN:VCARD\s"), BY_NAME[".vcf"]),
    (re.compile(r"BEGIN:VCALENDAR\s"), BY_NAME[".ics"]),
    (re.compile(r"diff --git "), BY_NAME[".diff"]),
)
_CAPTIONS: tuple[tuple[re.Pattern[str], Refusal], ...] = (
    (re.compile(r"\d{1,3}:\d\d:\d\d\.\d{3},\d{1,3}:\d\d:\d\d\.\d{3}\s*\n"), BY_NAME[".sbv"]),
    (re.compile(r"\d\d:\d\d:\d\d\.\d\d,\d\d:\d\d:\d\d\.\d\d\s*\n"), BY_NAME[".subviewer"]),
    (re.compile(r"\[INFORMATION\]\s*\n"), BY_NAME[".subviewer"]),
    (re.compile(r"\{\d{1,7}\}\{\d{1,7}\}"), BY_NAME[".microdvd"]),
    (re.compile(r"\[\d{1,7}\]\[\d{1,7}\]"), BY_NAME[".mpl"]),
    (
        re.compile(
            r"(?:\[(?:ti|ar|al|au|by|la|re|ve|tool|offset|length|#):[^\]\n]{0,200}\]\s{0,9}){1,20}"
            r"\[\d\d:\d\d[.:]\d\d|(?:\[\d\d:\d\d\.\d{2,3}\][^\n]{0,300}\n\s{0,9}){3}"
        ),
        BY_NAME[".lrc"],
    ),
    (re.compile(r"<SAMI\b", re.IGNORECASE), BY_NAME[".smi"]),
    (
        re.compile(r"(?:<\?xml[^<>]{0,200}>\s{0,99})?<(?:tt:)?tt\s[^<>]{0,2000}ttml"),
        BY_NAME[".ttml"],
    ),
    (re.compile(r"Scenarist_SCC"), BY_NAME[".scc"]),
    (re.compile(r"# VobSub index"), BY_NAME[".idx"]),
)
_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f\x80-\xff]")
_ELEMENT = re.compile(r"<(?![?!])(?:[\w.-]{1,40}:)?([\w.-]{1,60})")
_XML_KINDS: Mapping[str, Refusal] = {
    **dict.fromkeys(("TEI", "TEI.2", "teiCorpus"), BY_NAME[".tei"]),
    **dict.fromkeys(("rss", "feed", "RDF"), BY_NAME[".rss"]),
    **dict.fromkeys(("topic", "concept", "task", "map", "bookmap"), BY_NAME[".dita"]),
    **dict.fromkeys(("wordDocument",), (OtherProgram, {"format": "Word 2003"})),
    "svg": BY_NAME[".svg"],
    "opml": BY_NAME[".opml"],
    "abiword": BY_NAME[".abw"],
}
_DOCBOOK = re.compile(r"docbook|-//OASIS//DTD", re.IGNORECASE)


def refused_by_name(suffix: str) -> NotSupported | None:
    """Make the refusal of files whose names end in `suffix`, such as ".mobi"; None for others."""
    return _made(BY_NAME[suffix]) if suffix in BY_NAME else None


def refused_by_signature(head: bytes) -> NotSupported | None:
    """Make the refusal of a binary format by the first bytes of a file; None for others."""
    if not _CONTROLS.search(head[:1024]):  # a text may begin with "MZ", too
        return refused_by_name(".ps") if head.startswith(b"%!PS") else None
    if head[:4] == b"RIFF" and head[8:12] in _IN_RIFF:
        return refused_by_name(_IN_RIFF[head[8:12]])
    if head[4:8] == b"ftyp":
        suffix = ".m4a" if head[8:12] in _SOUND_BRANDS else _BRANDS.get(head[8:12], ".mp4")
        return refused_by_name(suffix)
    if head[60:68] in _PALM:
        return refused_by_name(_PALM[head[60:68]])
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return refused_by_name(".mp3")
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return refused_by_name(".bmp")
    if head[257:262] == b"ustar":
        return PlainArchive()
    found = (refusal for start, refusal in _BEGINNINGS if head.startswith(start))
    refusal = next(found, None)
    return _made(refusal) if refusal else None


def refused_by_text(text: str) -> NotSupported | None:
    """Make the refusal of a text in a markup, of data or of a program by how it begins."""
    start = text.lstrip("\ufeff \t\r\n")
    refusal = next((refusal for begin, refusal in _BEGINNINGS_OF_TEXT if begin.match(start)), None)
    return _made(refusal) if refusal else None


def refused_captions(text: str) -> NotSupported | None:
    """Make the refusal of captions in a format that is not read; None for other texts."""
    start = text[:20_000].lstrip("\ufeff \t\r\n")
    refusal = next((refusal for begin, refusal in _CAPTIONS if begin.match(start)), None)
    return _made(refusal) if refusal else None


def refused_xml(text: str) -> NotSupported:
    """Make the refusal of XML by its first element."""
    element = _ELEMENT.search(text[:20_000])
    start = text[: element.end() + 500] if element else text[:500]
    if element and element[1] in _XML_KINDS:
        return _made(_XML_KINDS[element[1]])
    return _made(BY_NAME[".dbk" if _DOCBOOK.search(start) else ".xml"])


def _made(refusal: Refusal) -> NotSupported:
    error, values = refusal
    return error(**values)
