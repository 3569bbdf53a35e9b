"""Errors of reading documents, each with the one sentence that the user sees."""

from typing import ClassVar

from common.errors import AppError, Message


class DocumentError(AppError):
    """A document that cannot be read; `message` is for the user, `status` the HTTP status."""

    status = 422
    template: ClassVar[str]

    def __init__(self, **values: str | int) -> None:
        self.values = values
        super().__init__(Message(self.template, **values))


class NotSupported(DocumentError):
    """The content is of no kind that can be read."""

    status = 415
    template = (
        "VoiceVerse cannot import this file. Choose a book, document, web page, e-mail, "
        "text or captions in one of the formats listed on the import page."
    )


class OldWordFile(NotSupported):
    """A file of the Office formats before 2007."""

    template = "This is an Office file in the old format. Save it as DOCX and import that."


class OtherOfficeFile(NotSupported):
    """An office document that holds no running text, such as a spreadsheet."""

    template = (
        "VoiceVerse imports text documents from office programs, not spreadsheets or "
        "presentations. Save this one as PDF and import that."
    )


class PlainArchive(NotSupported):
    """An archive that is no document."""

    template = "This is an archive, not a document. Unpack it and import the files in it."


class OtherBook(NotSupported):
    """A book in a format of other reading programs."""

    template = (
        "This is a book in the format {format}. Convert it to EPUB, for example with Calibre, and "
        "import that."
    )


class OtherPages(NotSupported):
    """A document of fixed pages, or of a program that prints such."""

    template = "This document is in the format {format}. Print or export it as PDF and import that."


class OtherProgram(NotSupported):
    """A document in the own format of a program."""

    template = "This is a document from {format}. Export it there as DOCX or PDF and import that."


class OtherMarkup(NotSupported):
    """A text in a markup that would be read aloud together with its signs."""

    template = (
        "This text is written in {format}. Convert it to HTML, for example with {tool}, and "
        "import that."
    )


class OtherCaptions(NotSupported):
    """Captions in a format that is not read."""

    template = (
        "These are captions in the format {format}. Convert them to SRT, for example with Subtitle "
        "Edit, and import that."
    )


class Mailbox(NotSupported):
    """Many messages, or one in a format that only one program knows."""

    template = (
        "This file holds e-mail in the format {format}. Save the message that you want as "
        "EML and import that."
    )


class ForPrograms(NotSupported):
    """Data or program source: text, but none for listeners."""

    template = (
        "This is {format}, which is written for programs. To have it read as it is, "
        "rename it to end in .txt and import it again."
    )


class Picture(NotSupported):
    """A picture, which may show a text."""

    template = (
        "This is a picture ({format}). If it shows text, run text recognition (OCR) on it "
        "and import the result."
    )


class Recording(NotSupported):
    """Sound or film."""

    template = "This is a recording ({format}), not a text. Transcribe it and import the text."


class WithoutText(NotSupported):
    """A font, a program, a database."""

    template = (
        "This is a {format} file, which holds no text to read aloud. Import the document itself."
    )


class Misnamed(NotSupported):
    """The content can be read, but its name says that it is something else."""

    template = (
        "“{name}” should be {expected}, but it holds {found}. Rename it to end in "
        "{ending} and import it again."
    )


class FalselyNamed(NotSupported):
    """The content cannot be read, and its name says that it is something else."""

    template = (
        "“{name}” should be {expected}, but it holds {found}. Find the right file and import that."
    )


class NotAsNamed(NotSupported):
    """The content is nothing that is known, least of all what its name says."""

    template = (
        "“{name}” should be {expected}, but the file is damaged or something else. Use "
        "another copy."
    )


class Encrypted(DocumentError):
    """The document needs a password, or is locked by copy protection."""

    template = (
        "This document is protected by a password or copy protection. Remove the "
        "protection and import it again."
    )


class Scanned(DocumentError):
    """No page of the PDF has a text layer."""

    template = (
        "This PDF holds scanned pages without text. Run text recognition (OCR) on it and "
        "import the result."
    )


class UnknownLetters(Scanned):
    """The fonts of the PDF do not tell which letters they draw."""

    template = (
        "The fonts of this PDF do not contain their letters. Run text recognition (OCR) "
        "on it and import the result."
    )


class NeedsRecognition(Scanned):
    """Pages must be recognised first, which takes long and is done apart from requests."""


class PicturesOnly(DocumentError):
    """The book has pictures and no text."""

    template = (
        "This book holds pictures of pages without text. Run text recognition (OCR) on it "
        "and import the result."
    )


class EmptyDocument(DocumentError):
    """There is no text in the document."""

    template = "There is no text in this document."


class TooLarge(DocumentError):
    """The file, or what it holds once unpacked, passes a limit in MB."""

    status = 413
    template = "This document is too large. You can import up to {megabytes} MB."


class TooLargeInside(TooLarge):
    """The document holds, or unpacks to, more than a reader may hold."""

    template = "This document is too long to import at once. Split it and import the parts."


class PageTooLarge(TooLargeInside):
    """The web page has more elements than a reader may look at."""

    template = "This page is too large. Copy the part that you want and paste it as text."


class Broken(DocumentError):
    """The content breaks the rules of its format."""

    template = "This document is damaged and cannot be read. Save it again or use another copy."


class FramePage(Broken):
    """A page of frames, which holds no text itself; `addresses` are those of the frames."""

    template = (
        "This page has no text of its own; it shows other pages in frames. Import those: "
        "{addresses}."
    )


class Interrupted(DocumentError):
    """The system ended the process that was reading."""

    status = 503
    template = (
        "The system stopped importing this document, most likely because memory ran out. "
        "Nothing is wrong with the document; try again in a moment."
    )


class TookTooLong(DocumentError):
    """Reading passed the limit of time."""

    template = (
        "Importing this document took more than {seconds} seconds and was stopped. Split "
        "it and import the parts."
    )


class Stalled(TookTooLong):
    """No answer and no sign of progress came in time, as on a machine that is too busy."""


class FetchRefused(DocumentError):
    """The address is none that may be fetched."""

    status = 400
    template = (
        "You can only import public web addresses that start with http:// or https://. "
        "Save the page and import the file."
    )


class FetchFailed(DocumentError):
    """The address could not be fetched."""

    status = 502
    template = "{host} could not be reached. Check the address and try again."


class FetchAnswered(FetchFailed):
    """The server answered with something else than a page."""

    template = (
        "{host} answered with error {code} instead of the page. Check the address and try again."
    )


class FetchTookTooLong(FetchFailed):
    """The server did not send the whole page in time."""

    status = 504
    template = "{host} did not send the page within {seconds} seconds. Try again later."


class TooManyRedirects(FetchFailed):
    """The address leads from one to the next without an end."""

    template = (
        "{host} keeps redirecting. Open the page in a browser and use the address that it "
        "ends up at."
    )


def _family(error: type[DocumentError]) -> dict[str, type[DocumentError]]:
    found = {error.__name__: error}
    for child in error.__subclasses__():
        found |= _family(child)
    return found


def named(name: str, values: dict[str, str | int]) -> DocumentError:
    """The error of that class name, as a child process reports it; raises KeyError, TypeError."""
    return _family(DocumentError)[name](**values)
