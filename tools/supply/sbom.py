"""Writes sbom.cdx.json: the bill of materials of VoiceVerse, as CycloneDX 1.6 describes it."""

import json
import re
import tomllib
import uuid
from typing import Any

from tools.supply.licences import FACTS, licence_of
from tools.supply.locks import LOCKS, ROOT, Package, home, packages

TARGET = ROOT / "sbom.cdx.json"
PROJECT = ROOT / "pyproject.toml"
SPACE = uuid.UUID("6f1c2b0e-5d7f-4b59-9a0e-6b1f4f4c7a11")


def bill() -> dict[str, Any]:
    """The bill of materials; the same packages make the same one."""
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    parts = [
        *map(_component, packages(*LOCKS)),
        *(_inside(name, **facts) for name, facts in FACTS["inside"].items()),
        *(_vendored(name, **facts) for name, facts in FACTS["vendored"].items()),
    ]
    content = json.dumps(parts, sort_keys=True)
    root = {
        "type": "application",
        "bom-ref": "voiceverse",
        "name": project["name"],
        "version": project["version"],
        "description": project["description"],
        "licenses": [{"license": {"id": project["license"]}}],
    }
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(SPACE, content)}",
        "version": 1,
        "metadata": {"component": root},
        "components": parts,
        "dependencies": [{"ref": "voiceverse", "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def _component(package: Package) -> dict[str, Any]:
    purl = f"pkg:pypi/{package.name}@{package.version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
        "licenses": _licences(licence_of(package)),
        # One for each file of the package that may be installed.
        "externalReferences": [
            {
                "type": "distribution",
                "url": home(package),
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.hashes],
            }
        ],
        "properties": [
            {"name": "voiceverse:where", "value": package.marker or "everywhere"},
        ],
    }


def _inside(name: str, licence: str, package: str) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": f"inside-{name}",
        "name": name,
        "licenses": _licences(licence),
        "properties": [{"name": "voiceverse:inside", "value": package}],
    }


def _vendored(name: str, licence: str, file: str, version: str = "") -> dict[str, Any]:
    found = version and re.search(version, (ROOT / file).read_text("utf-8")[:4000])
    part = {
        "type": "library",
        "bom-ref": f"vendored-{name}",
        "name": name,
        "licenses": _licences(licence),
        "properties": [{"name": "voiceverse:file", "value": file}],
    }
    return part | ({"version": found[1]} if found else {})


def _licences(expression: str) -> list[dict[str, Any]]:
    if re.search(r" (OR|AND|WITH) ", expression):
        return [{"expression": expression}]
    return [{"license": {"id": expression}}]


def main() -> None:
    """Write the file."""
    TARGET.write_text(json.dumps(bill(), indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
