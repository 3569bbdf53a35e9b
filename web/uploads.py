"""Uploads: how much each view takes, and where files go while they come in."""

import io
from collections.abc import Callable
from typing import IO, Any, TypeVar, cast

import flask
from flask import Flask, current_app, g
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_cookie

from config import Config
from web.cookies import SESSION_COOKIE, cookie_name
from web.server_interface import REFUSAL, Rule
from web.services import services

View = TypeVar("View", bound=Callable[..., Any])

FILES_OF_FULL_SIZE = 2
BYTES_BESIDE_FILES = 1 << 20
FORM_BYTES = 1 << 20
STRANGERS_BYTES = 1 << 16  # a login with the longest password, several times over
FIELDS, FIELDS_OF_TEXT, FIELDS_OF_STRANGERS = 2000, 20_000, 50


def marked(view: View, name: str, value: object) -> View:
    """A view with something said about it, which `getattr` finds."""
    setattr(view, name, value)
    return view


def takes_files(view: View) -> View:
    """Let this view receive files as large as may be imported."""
    return marked(view, "takes_files", True)


def takes_text(view: View) -> View:
    """Let this view receive a text as long as may be spoken."""
    return marked(view, "takes_text", True)


def waits_in_line(view: View) -> View:
    """Let requests to this view wait for their turn, for they take long."""
    return marked(view, "waits_in_line", True)


def most_bytes(config: Config) -> int:
    """The largest size of a form with files, in bytes."""
    return FILES_OF_FULL_SIZE * config.max_upload_mb * 1_000_000 + BYTES_BESIDE_FILES


def body_limit(view: Callable[..., Any] | None, config: Config) -> int:
    """The limit of a view for people who have logged in, in bytes."""
    if getattr(view, "takes_files", False):
        return most_bytes(config)
    if getattr(view, "takes_text", False):
        return 4 * config.max_characters + FORM_BYTES
    return FORM_BYTES


class FormParser(FormDataParser):
    """Counts the fields of every kind of form before they are taken apart."""

    def _parse_urlencoded(self, stream: IO[bytes], *args: Any) -> Any:
        content = stream.read()
        if self.max_form_parts is not None and content.count(b"&") >= self.max_form_parts:
            raise RequestEntityTooLarge
        return super()._parse_urlencoded(io.BytesIO(content), *args)


class Request(flask.Request):
    """A request that knows how much its view takes, and that strangers have little to send."""

    form_data_parser_class = FormParser

    @property
    def takes_files(self) -> bool:
        """Whether large files may come with this request."""
        return getattr(self._view, "takes_files", False)

    @property
    def takes_text(self) -> bool:
        """Whether a long text may come with this request."""
        return getattr(self._view, "takes_text", False)

    @property
    def max_content_length(self) -> int:
        """The limit of the whole body, in bytes."""
        limit = body_limit(self._view, services().config)
        return limit if g.get("user") else min(limit, STRANGERS_BYTES)

    @property
    def max_form_memory_size(self) -> int:
        """The limit of all fields that are no files, in bytes."""
        return FORM_BYTES if self.takes_files else self.max_content_length

    @property
    def max_form_parts(self) -> int:
        """The limit of the number of fields."""
        if not g.get("user"):
            return FIELDS_OF_STRANGERS
        return FIELDS_OF_TEXT if self.takes_text else FIELDS

    def check_size(self) -> None:
        """Refuse at once what says that it is too large, or was not taken in.

        Raises RequestEntityTooLarge, or why the server did not take it in.
        """
        if refusal := self.environ.get(REFUSAL):
            raise refusal
        if (self.content_length or 0) > self.max_content_length:
            raise RequestEntityTooLarge

    @property
    def _view(self) -> Callable[..., Any] | None:
        return current_app.view_functions.get(self.endpoint or "")

    def _get_file_stream(
        self, total_content_length: int | None, *args: Any, **kwargs: Any
    ) -> IO[bytes]:
        if not self.takes_files:
            return super()._get_file_stream(total_content_length, *args, **kwargs)
        upload = services().documents.imports.open_upload(total_content_length or 0)
        self.__dict__.setdefault("_opened", []).append(upload)
        return upload

    def close(self) -> None:
        """Let go of files that came, those of a form too that was refused half way."""
        super().close()
        for upload in self.__dict__.get("_opened", ()):
            upload.close()


def present_request() -> Request:
    """The request that is being answered, as the app makes them."""
    return cast(Request, flask.request)


class BodyRules:
    """Limits for the body of a request, known from its head alone: for the server, which puts down
    what comes before the app is asked."""

    def __init__(self, app: Flask, config: Config) -> None:
        self._app, self._config = app, config
        self._routes = app.url_map.bind("localhost")
        interface = cast(SecureCookieSessionInterface, app.session_interface)
        self._signature: Any = interface.get_signing_serializer(app)
        self._longest_s = int(app.permanent_session_lifetime.total_seconds())

    def __call__(self, method: str, path: str, cookies: str, is_secure: bool) -> Rule:
        """The limit for a request, by its method, path, Cookie header and scheme."""
        try:
            endpoint, _ = self._routes.match(path, method)
        except HTTPException:
            return Rule(STRANGERS_BYTES)
        view = self._app.view_functions[endpoint]
        limit, token = body_limit(view, self._config), self._token(cookies, is_secure)
        if not token:
            return Rule(min(limit, STRANGERS_BYTES))
        # What comes is put down, and files are then taken out of it.
        copies = 2 if getattr(view, "takes_files", False) else 1
        return Rule(limit, token, copies, getattr(view, "waits_in_line", False))

    def _token(self, cookies: str, is_secure: bool) -> str:
        """The token of the session in a cookie that we signed for somebody who had logged in.

        It is the one that the app goes by: browsers send an older one from plain HTTP beside it.
        """
        sent = parse_cookie(cookies).get(cookie_name(SESSION_COOKIE, is_secure), "")
        try:
            return self._signature.loads(sent, max_age=self._longest_s).get("login", "")
        except BadSignature:
            return ""
