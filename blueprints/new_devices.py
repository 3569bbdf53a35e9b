"""Log-ins from unknown browsers: shown on every page until the person answers."""

from flask import Blueprint, abort, flash, redirect, request
from flask import url_for as to
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from queries.new_devices import LoginAlert
from web import forms
from web.access import user_only
from web.browser_session import remember_device
from web.current_user import current_user
from web.redirects import local_path
from web.request_info import visitor
from web.services import services

blueprint = Blueprint("new_devices", __name__)


@blueprint.app_template_global("login_alerts")
def alerts() -> list[LoginAlert]:
    """The log-ins that the signed-in person is asked about; never the present one."""
    return services().devices.alerts(current_user())


@blueprint.post("/account/alerts")
@user_only
def answer() -> ResponseReturnValue:
    """Take a browser for known, or sign it out."""
    alert_id = forms.number(request.form.get("alert_id", ""), "alert_id")
    if request.form.get("whose") == "mine":
        return _known(alert_id)
    return _strange(alert_id)


def _known(alert_id: int) -> ResponseReturnValue:
    if not services().devices.accept(current_user(), alert_id, visitor()):
        abort(404)
    return redirect(local_path(request.form.get("next")), 303)


def _strange(alert_id: int) -> ResponseReturnValue:
    mark = services().devices.refuse(current_user(), alert_id, visitor())
    if mark is None:
        abort(404)
    flash(
        _(
            "That browser has been logged out. Whoever used it knows your password: choose a "
            "new one now."
        )
    )
    return remember_device(redirect(to("account.overview", _anchor="password"), 303), mark)
