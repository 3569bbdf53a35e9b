"""Reader of mail (EML) and of web pages that were saved as one file (MHTML)."""

import binascii
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from typing import Any

from common.errors import Message as Note
from documents.builder import PARAGRAPH, Builder
from documents.encodings import decode
from documents.errors import Broken, EmptyDocument, Encrypted
from documents.html import parse
from documents.html_page import read_page
from documents.html_walker import Flow
from documents.mail_text import FORWARDED, segments
from documents.plain_text import read_plain
from documents.text_cleaning import clean, one_line, parts_of
from documents.types import Document, TextRun

SHOWN = ("From", "To", "Cc", "Date", "Subject")
HTML_TYPES = ("text/html", "application/xhtml+xml")
LOCKED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature")
LONGEST_HEADER = 4000
MOST_PARTS = 2000
DEEPEST = 8  # messages in messages
NAMED = 10  # attachments
QUOTED_CLASSES = (
    "gmail_quote gmail_attr gmail_signature moz-cite-prefix moz-signature yahoo_quoted "
    "yahoo-quoted-begin protonmail_quote protonmail_signature_block zmail_extra "
    "outlookmessageheader email-signature signature"
)
QUOTED = frozenset(QUOTED_CLASSES.split())
QUOTED_IDS = frozenset(
    ("divrplyfwdmsg", "appendonsend", "signature", "ms-outlook-mobile-signature")
)
NOT_READ = "Attached files are not imported: {names}. Import the ones you want separately."


def read_mail(data: bytes, title: str, source: str) -> Document:
    """Read a message, or for the source "mhtml" the page in it; raises DocumentError."""
    try:
        message = message_from_bytes(data)
        if source == "mhtml" and (page := _page(message)) is not None:
            named = _header(message, "Subject") or title
            read = read_page(_content(page), named, page.get_content_charset() or "")
            return replace(read, source=source)
        mail = _Mail(message)
        mail.tell(message, 1)
        return mail.document(source, title)
    except (MessageError, RecursionError, LookupError) as error:
        raise Broken from error


def _page(message: Message) -> Message | None:
    """The part of a saved page that is the page itself."""
    pages = [part for part in _parts(message) if part.get_content_type() in HTML_TYPES]
    start = str(message.get_param("start") or "").strip("<> ")
    named = (page for page in pages if str(page.get("Content-ID", "")).strip("<> ") == start)
    return next(named, None) or next(iter(pages), None)


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a message in order, without those of messages in it."""
    waiting = [message]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        inner = part.get_payload()
        if isinstance(inner, list) and part.get_content_type() != "message/rfc822":
            waiting += [each for each in reversed(inner) if isinstance(each, Message)]
        else:
            yield part


def _content(part: Message) -> bytes:
    try:
        content: Any = part.get_payload(decode=True)
    except (binascii.Error, ValueError):
        return b""
    return content if isinstance(content, bytes) else b""


def _header(message: Message, name: str) -> str:
    """A header in its own letters, on one line; "" where it is missing."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        pieces = decode_header(str(value)[:LONGEST_HEADER] if isinstance(value, str) else value)
    except (HeaderParseError, binascii.Error, ValueError):
        return one_line(str(value)[:LONGEST_HEADER])
    shown = (
        piece if isinstance(piece, str) else decode(piece, charset or "").text
        for piece, charset in pieces
    )
    return one_line("".join(shown))[:LONGEST_HEADER]


class _Mail:
    """Tells a builder of a message, and of those that were forwarded in it."""

    def __init__(self, message: Message) -> None:
        self._builder = Builder(title_given=True)
        self._builder.title = _header(message, "Subject")
        name, address = parseaddr(_header(message, "From"))
        self._builder.author = name or address
        self._attached: list[str] = []

    def document(self, source: str, title: str) -> Document:
        """Make the document, with a note of what was attached; raises EmptyDocument."""
        if self._attached:
            names = ", ".join(self._attached[:NAMED])
            if len(self._attached) > NAMED:
                names += ", …"
            self._builder.notes.append(Note(NOT_READ, names=names))
        return self._builder.document(source, title)

    def tell(self, message: Message, depth: int) -> None:
        """Tell one message: its headers, its text, the messages in it."""
        headers = [f"{name}: {value}" for name in SHOWN if (value := _header(message, name))]
        self._builder.paragraph("\n".join(headers), "navigation")
        parts = list(_parts(message))
        if any(part.get_content_type() in LOCKED for part in (message, *parts)):
            raise Encrypted
        texts = [part for part in parts if _is_text(part)]
        body = self._body(texts)
        told = {id(part) for part in body}
        for part in body:
            self._text(part)
        for part in parts:
            if part.get_content_type() == "message/rfc822":
                self._inner(part, depth)
            elif id(part) not in told and part.get_content_type() in SIGNATURES:
                continue
            elif id(part) not in told and (name := _name(part)):
                self._attached.append(name)

    def _body(self, texts: list[Message]) -> list[Message]:
        """The parts to read: of a text that is there twice the plain one, if it is whole."""
        plain = [part for part in texts if part.get_content_type() != "text/html"]
        rich = [part for part in texts if part.get_content_type() == "text/html"]
        if not plain or not rich:
            return plain or rich
        sizes = [sum(len(_content(part).split()) for part in parts) for parts in (plain, rich)]
        return plain if sizes[0] * 4 > sizes[1] else rich

    def _text(self, part: Message) -> None:
        content, charset = _content(part), part.get_content_charset() or ""
        if part.get_content_type() == "text/html":
            Flow(self._builder, _kind_of).walk(parse(content, charset).body)
            return
        is_flowed = part.get_param("format") == "flowed"
        for kind, text in segments(clean(decode(content, charset).text), is_flowed=is_flowed):
            if kind != "text":
                self._builder.paragraph(text, kind)
                continue
            if is_flowed:
                self._lines(text)
                continue
            try:
                read = read_plain(text, "")
            except EmptyDocument:
                continue
            for chapter in read.chapters:
                self._builder.parts(chapter.parts)

    def _lines(self, text: str) -> None:
        """Tell a text whose lines end where its writer ended them."""
        for block in text.split("\n\n"):
            for number, line in enumerate(filter(str.strip, block.split("\n"))):
                self._builder.parts(parts_of(line.strip(), "\n" if number else PARAGRAPH))

    def _inner(self, part: Message, depth: int) -> None:
        inner = part.get_payload()
        for message in inner if isinstance(inner, list) else ():
            if depth < DEEPEST and isinstance(message, Message):
                subject = _header(message, "Subject")
                self._builder.heading([TextRun(subject, glue=PARAGRAPH)] if subject else [], 1)
                self.tell(message, depth + 1)


def _is_text(part: Message) -> bool:
    if part.get_content_disposition() == "attachment":
        return False
    return part.get_content_type() in ("text/plain", "text/html", "text/enriched")


def _name(part: Message) -> str:
    """The name of an attached file, "" for a picture that only stands in the text."""
    if part.get_content_disposition() != "attachment" and part.get("Content-ID"):
        return ""
    name = part.get_filename() or part.get_param("name") or ""
    if not isinstance(name, str):
        return ""
    shown = decode_header(name[:200]) if "=?" in name else [(name, None)]
    text = "".join(p if isinstance(p, str) else decode(p, c or "").text for p, c in shown)
    return one_line(text)[:80]


def _kind_of(node: Any, attributes: dict[str, str | None]) -> str:
    """ "navigation" for what is quoted from earlier messages, and for signatures."""
    if node.tag == "blockquote" and attributes.get("type") == "cite":
        return "navigation"
    classes = (attributes.get("class") or "").lower().split()
    if "gmail_quote" in classes and _is_forwarded(node):
        return ""
    named = (attributes.get("id") or "").lower()
    return "navigation" if named in QUOTED_IDS or not QUOTED.isdisjoint(classes) else ""


def _is_forwarded(quote: Any) -> bool:
    """Whether what Gmail marks as a quotation is a message that was forwarded."""
    head = quote.css_first(".gmail_attr")
    return head is not None and FORWARDED.match(head.text(strip=True)[:100]) is not None
