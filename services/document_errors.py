"""Errors of documents, each with its sentence."""

from common.errors import AppError


class DocumentRefused(AppError):
    """An action that a document does not allow; `message` says why and what to do."""

    status = 400


class ImportsBusy(DocumentRefused):
    """All readers are busy with imports of others."""

    status = 503
    retry_after_s = 15


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


class BadEncoding(DocumentRefused):
    """An encoding that nobody knows, or for a document that was read for sure."""
