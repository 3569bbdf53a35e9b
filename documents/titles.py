"""Titles in the metadata of documents: which of them a person gave, and which a program."""

import re

from documents.text_cleaning import one_line

_PLACEHOLDERS = """
untitled | untitled document | untitled presentation | untitled page | unnamed | unknown
no title | no name | none | null | n/a | tbd | title | the title | document title
title of document | document | new document | my document | doc | text document | page | web page
index | default | main | home | homepage | cover | contents | toc | layout | slide | slides
sheet | book | ebook | presentation | powerpoint presentation | scan | scanned document | image
picture | photo | img | file | new file | text | test | temp | tmp | draft | final | copy | output
print | export | report | chapter | section | body | normal | normal template | template
letter template | letterhead | blank | blank document | blank page | article | paper | manuscript
lorem ipsum | insert title here | type the document title | enter title here | add title
your title here | click to add title | click to edit master title style | title goes here
paper title | document name | unbenannt | unbenanntes dokument | unbekannt | ohne titel
ohne namen | kein titel | titel | dokument | neues dokument | mein dokument | dokumenttitel
titel des dokuments | seite | präsentation | powerpoint-präsentation | folie | tabelle | vorlage
entwurf | bild | buch | kopie | startseite | titel hier eingeben
titelmasterformat durch klicken bearbeiten | index-seite | textdokument | sans titre
document sans titre | document sans nom | sans nom | nouveau document | titre | titre du document
présentation powerpoint | présentation | présentation sans titre | modèle | brouillon | feuille
diapositive | inconnu | page d'accueil | page sans titre | livre | sin título | sin titulo
documento sin título | sin nombre | nuevo documento | documento | título | título del documento
presentación de powerpoint | presentación | plantilla | borrador | diapositiva | desconocido
libro | página | documento de texto | senza titolo | documento senza titolo | senza nome
nuovo documento | titolo | presentazione | presentazione di powerpoint
presentazione standard di powerpoint | modello | bozza | sconosciuto | sem título | sem titulo
documento sem título | novo documento | apresentação do powerpoint | apresentação | modelo
rascunho | desconhecido | zonder titel | naamloos | naamloos document | nieuw document
titel van document | powerpoint-presentatie | presentatie | sjabloon | onbekend | bez tytułu
dokument bez tytułu | nowy dokument | tytuł | prezentacja programu powerpoint | nieznany | namnlös
namnlöst dokument | utan titel | nytt dokument | powerpoint-presentation | mall | uden titel
unavngivet | nyt dokument | ikke navngitt | uten navn | uten tittel | nimetön | uusi asiakirja
asiakirja | bez názvu | nepojmenovaný | nový dokument | névtelen | névtelen dokumentum
fără titlu | document fără titlu | adsız | başlıksız | adsız belge | yeni belge | без названия
без имени | безымянный | новый документ | документ | презентация powerpoint | без назви
новий документ | 无标题 | 未命名 | 新建文档 | 未命名文档 | 无标题文档 | 無題 | 無題のドキュメント
名称未設定 | 新規文書 | 제목 없음 | 새 문서 | 無標題 | 未命名文件 | بدون عنوان | ללא שם
"""
_PROGRAMS = """
microsoft word | microsoft office word | word | microsoft powerpoint | powerpoint
microsoft excel | excel | writer | libreoffice | libreoffice writer | openoffice | openoffice.org
google docs | pages | adobe indesign | indesign | adobe acrobat | acrobat distiller
acrobat pdfmaker | pdfmaker | quarkxpress | framemaker | pagemaker | latex | tex | pdftex
pdflatex | xetex | luatex | calibre | sigil | pandoc | ghostscript | pdfcreator | scribus
scrivener | vellum | jutoh | kindlegen | print to pdf | microsoft print to pdf | chrome | chromium
firefox | safari | skia/pdf | wkhtmltopdf | abbyy finereader | finereader | camscanner
adobe scan | office lens | notion | obsidian | evernote
"""
PLACEHOLDERS = frozenset(
    name.strip() for line in (_PLACEHOLDERS + _PROGRAMS).splitlines() for name in line.split("|")
)
_EXTENSIONS = (
    "docx?|docm|dotx?|dotm|odt|ott|rtf|pdf|ps|eps|epub|mobi|azw3?|fb2|djvu?|txt|text|md|markdown|rst|"
    "tex|dvi|html?|xhtml|php|aspx?|jsp|xml|indd|qxd|qxp|pmd|fm|pages|wpd|wps|pptx?|ppsx?|potx?|key|"
    "odp|xlsx?|ods|csv|pub|vsdx?|ai|psd|jpe?g|png|gif|tiff?|bmp|webp|zip|tmp|bak|eml|mht|mhtml|ipynb"
)
FILE_NAME = re.compile(rf"[^\n]{{1,250}}\.(?:{_EXTENSIONS})(?:\s?\(\d{{1,4}}\))?", re.IGNORECASE)
PRINTED_BY = re.compile(
    r"(?:microsoft\s+(?:office\s+)?(?:word|powerpoint|excel|publisher|visio)|word|powerpoint)\s+[-–—]\s",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"(?:[a-z][a-z+.-]{1,15}://|www\.|mailto:|[a-z]:[\\/]|[\\/]{1,2}\w)\S*", re.I)
COUNTED = re.compile(r"[\s_#.(\[–-]{0,3}\d{1,6}[)\]]?\Z")
IDENTIFIER = re.compile(r"(?:[0-9a-f]{12,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.I)
CAMERA = re.compile(
    r"(?:img|dscn?f?|pict?|scan|image|photo|vid|mvi|skm|doc|page|file|screenshot|screen shot|"
    r"bildschirmfoto|capture d’écran)[\s_-]{0,2}\d[\d\s_.:-]{2,}\w{0,12}",
    re.IGNORECASE,
)
PLACE_HELD = re.compile(r"[\[<{«]{1,2}[^\[\]<>{}]{1,100}[\]>}»]{1,2}")


def is_title(text: str) -> bool:
    """Whether a title from metadata names the document.

    False for what programs fill in: placeholders such as "Untitled 1" in many languages, file
    names, addresses, identifiers, names of programs and templates, and what has no letter.
    """
    title = one_line(text).strip("\"'“”„»«‹›")
    if not any(map(str.isalpha, title)) or PLACE_HELD.fullmatch(title):
        return False
    if PRINTED_BY.match(title) or ADDRESS.fullmatch(title) or FILE_NAME.fullmatch(title):
        return False
    bare = COUNTED.sub("", title.casefold().rstrip(".…:")).strip() or title.casefold()
    if {bare, title.casefold()} & PLACEHOLDERS:
        return False
    if " " in title:
        return not CAMERA.fullmatch(title)
    return not any(kind.fullmatch(title) for kind in (IDENTIFIER, CAMERA)) and not _is_joined(title)


def _is_joined(title: str) -> bool:
    """Whether words are held together by underscores, as only file names do."""
    return "_" in title.strip("_") and all(
        part.isalnum() for part in re.split(r"[_.-]+", title) if part
    )
