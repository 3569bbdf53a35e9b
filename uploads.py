"""Files that people send: each goes piece by piece into the data folder, under a name of ours."""

from collections.abc import Callable
from typing import IO, Any, TypeVar

import flask
from flask import current_app

from access import services
from config import Config

View = TypeVar("View", bound=Callable[..., Any])

FILES_OF_FULL_SIZE = 2
BYTES_BESIDE_FILES = 1 << 20


def takes_files(view: View) -> View:
    """Let this view receive files as large as may be imported."""
    view.takes_files = True
    return view


def most_bytes(config: Config) -> int:
    """How much a form with files may hold."""
    return FILES_OF_FULL_SIZE * config.max_upload_mb * 1_000_000 + BYTES_BESIDE_FILES


class Request(flask.Request):
    """A request that knows whether its view takes files."""

    @property
    def takes_files(self) -> bool:
        """Whether large files may come with this request."""
        view = current_app.view_functions.get(self.endpoint or "")
        return getattr(view, "takes_files", False)

    @property
    def max_content_length(self) -> int | None:
        """How many bytes are read at most."""
        if self.takes_files:
            return most_bytes(services().config)
        return super().max_content_length

    def _get_file_stream(
        self, total_content_length: int | None, *args: Any, **kwargs: Any
    ) -> IO[bytes]:
        if self.takes_files:
            return services().books.open_upload(total_content_length or 0)
        return super()._get_file_stream(total_content_length, *args, **kwargs)
