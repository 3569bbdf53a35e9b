"""Monitoring, by eye or by program: health and metrics."""

import hmac
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request

from server import metrics
from server.health import Health
from web.access import public
from web.current_user import current_user, signed_in
from web.i18n import translate
from web.request_log import traffic
from web.services import services

HEALTH = "voiceverse_health"

blueprint = Blueprint("monitoring", __name__)


@blueprint.record_once
def _prepare(state: Any) -> None:
    known = state.app.extensions
    known[HEALTH] = Health(known["voiceverse"].config, known["voiceverse"].db)


@blueprint.get("/health")
@public
def health() -> Response:
    """Whether all is well, and how much work there is; 503 with what is wrong."""
    state = current_app.extensions[HEALTH].look()
    answer = jsonify(
        status="bad" if state.problems else "ok", jobs=state.jobs,
        problems=[translate(problem) for problem in state.problems],
    )  # fmt: skip
    answer.status_code = 503 if state.problems else 200
    return answer


@blueprint.get("/metrics")
@public
def numbers() -> Response:
    """Numbers for a Prometheus server, which sends a token, and for admins."""
    _check_reader()
    quota = services().body_quota
    receiving = quota.receiving() if quota else 0
    found = metrics.gather(services().config, services().db, traffic().counts(), receiving)
    return Response(metrics.render(found), content_type=metrics.CONTENT_TYPE)


def _check_reader() -> None:
    given, token = request.authorization, services().config.metrics_token
    if given is not None and given.type == "bearer" and token:
        if not hmac.compare_digest((given.token or "").encode(), token.encode()):
            abort(401)
    elif signed_in() is None:
        abort(401)
    elif not current_user()["is_admin"]:
        abort(404)
