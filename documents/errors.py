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
        "This is not a file that VoiceVerse reads. Choose a PDF, DOCX, EPUB, HTML, Markdown, "
        "TXT, SRT or VTT file."
    )


class OldWordFile(NotSupported):
    """A file of the Office formats before 2007."""

    template = "This is an Office file of the old format. Save it as DOCX and import that."


class OtherOfficeFile(NotSupported):
    """An office document that is no text document in the format of Word."""

    template = (
        "VoiceVerse reads office documents as DOCX only. Save this one as DOCX or PDF and import "
        "that."
    )


class PlainArchive(NotSupported):
    """An archive that is no document."""

    template = "This is an archive, not a document. Unpack it and import the files that are in it."


class Encrypted(DocumentError):
    """The document needs a password, or is locked by copy protection."""

    template = (
        "This document is protected by a password or by copy protection. Remove the protection "
        "and import it again."
    )


class Scanned(DocumentError):
    """No page of the PDF has a text layer."""

    template = (
        "This PDF holds pictures of pages and no text layer. Run text recognition (OCR) over it "
        "and import the result."
    )


class EmptyDocument(DocumentError):
    """There is no text in the document."""

    template = "There is no text in this document."


class TooLarge(DocumentError):
    """The file, or what it holds once unpacked, passes a limit in MB."""

    status = 413
    template = "This document is too large: at most {megabytes} MB can be imported."


class TooLargeInside(TooLarge):
    """The document unpacks to more than a reader may hold."""

    template = "This document is too large once it is unpacked. Split it and import the parts."


class Broken(DocumentError):
    """The content breaks the rules of its format."""

    template = "This document is damaged and cannot be read. Save it anew or use another copy."


class FramePage(Broken):
    """A page of frames, which holds no text itself; `addresses` are those of the frames."""

    template = (
        "This page has no text of its own, it shows other pages in frames. Import those: "
        "{addresses}."
    )


class Interrupted(DocumentError):
    """The system ended the process that was reading."""

    status = 503
    template = (
        "The system stopped the reading of this document, most likely for lack of memory. Nothing "
        "is wrong with the document; try again in a moment."
    )


class TookTooLong(DocumentError):
    """Reading passed the limit of time."""

    template = (
        "Reading this document took longer than {seconds} seconds and was stopped. Split it and "
        "import the parts."
    )


class FetchRefused(DocumentError):
    """The address is none that may be fetched."""

    status = 400
    template = (
        "Only public web addresses that start with http:// or https:// can be imported. Save the "
        "page and import the file."
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

    template = "{host} sends us from one address to the next. Open the page and use its address."


def _family(error: type[DocumentError]) -> dict[str, type[DocumentError]]:
    found = {error.__name__: error}
    for child in error.__subclasses__():
        found |= _family(child)
    return found


def named(name: str, values: dict[str, str | int]) -> DocumentError:
    """The error of that class name, as a child process reports it; raises KeyError, TypeError."""
    return _family(DocumentError)[name](**values)
