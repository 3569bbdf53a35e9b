"""A link that admins hand on: shown once, with what keeps others from opening it."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from web.responses import page
from web.services import services


def show_link(template: str, link: str, note: str, /, **context: Any) -> Response:
    """Show a page that holds a new link."""
    shown = {"new_link": link, "link_note": note, "link_warning": _reach()}
    return page(template, 201, **shown, **context)


def _reach() -> str:
    """Explain why nobody else can open a link that begins with this request's address; "" if they
    can."""
    hosts, host = services().hosts, request.host
    if not hosts.is_this_machine(host):
        return ""
    if hosts.is_this_machine(services().config.host):
        return _(
            "Nobody else can open this link, because VoiceVerse only listens on this "
            "machine. Set VOICEVERSE_HOST=0.0.0.0 or use a proxy, open VoiceVerse at its "
            "network address, and create a new link there."
        )
    return _(
        "Nobody else can open this link, because %(host)s means their own machine to "
        "them. Open VoiceVerse at the name or address that this machine has in the "
        "network, and create a new link there.",
        host=host,
    )
