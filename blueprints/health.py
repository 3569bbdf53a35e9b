"""Health, for admins: how busy the machine is, and what is wrong."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from server import capacity, doctor
from server.doctor import Finding
from web.access import admin_only
from web.i18n import translate
from web.request_info import wants_json
from web.responses import page
from web.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/admin/health")
@admin_only
def overview() -> ResponseReturnValue:
    """The health of machine and data, as far as that is found quickly."""
    known = services().config
    busy = capacity.examine(known, services().db, services().times)
    findings = doctor.examine(known, thorough=False)
    if wants_json():
        return jsonify(capacity=[_json(each) for each in busy],
                       findings=[_json(each) for each in findings])  # fmt: skip
    return page("admin/health.html", capacity=busy, findings=findings)


def _json(finding: Finding) -> dict[str, str]:
    return {
        "level": finding.level,
        "what": translate(finding.what),
        "remedy": translate(finding.remedy),
    }
