"""Errors of documents, each with its sentence."""

from common.errors import AppError


class DocumentRefused(AppError):
    """An action that a document does not allow; `message` says why and what to do."""

    status = 400


class ImportsBusy(DocumentRefused):
    """As many imports of one person wait as may."""

    status = 429
    limit = "waiting imports"


class ReadersBusy(ImportsBusy):
    """As many documents are read as the machine has cores for."""


class ImportGone(DocumentRefused):
    """An import whose file is gone from the disk."""

    status = 410


class WebImportOff(DocumentRefused):
    """The import of web addresses, which the admin switched off."""

    status = 403


class NothingChosen(DocumentRefused):
    """The ticked chapters hold no text."""


class BadDocument(DocumentRefused):
    """The stored contents of a document are damaged."""

    status = 500


class BadCover(DocumentRefused):
    """A picture that cannot be a cover."""

    status = 415


class ReadingStopped(Exception):
    """Reading was told to stop, as the worker ends; the import waits for its next start."""


class BadEncoding(DocumentRefused):
    """An encoding that nobody knows, or for a document that was read for sure."""
