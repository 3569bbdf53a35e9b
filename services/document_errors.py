"""What cannot be done with a document, each with its sentence."""

from common.errors import Told


class DocumentRefused(Told):
    """Something that cannot be done with a document; `sentence` says why and what to do."""

    status = 400


class ImportsBusy(DocumentRefused):
    """Others are importing."""

    status = 503
    retry_after_s = 15


class WebImportOff(DocumentRefused):
    """The admin does not want web addresses to be fetched."""

    status = 403


class NothingChosen(DocumentRefused):
    """No chapter that holds text is ticked."""


class BadDocument(DocumentRefused):
    """What was read of a document cannot be read again."""

    status = 500


class BadCover(DocumentRefused):
    """A picture that cannot be a cover."""

    status = 415
