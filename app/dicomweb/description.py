"""What this door offers, for programs: an OpenAPI 3.1 description and the capabilities of PS3.18 section 8.9, both made
from the routes themselves, so that they cannot say anything else.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from flask import Blueprint, Response, current_app, json
from werkzeug.routing import Rule as Route

from app.archive.attributes import ATTRIBUTES
from app.base.actor import Permission, Right
from app.dicomweb.audit import Trail
from app.dicomweb.media import DICOM, DICOM_JSON, DICOM_XML, MULTIPART, OCTET_STREAM
from app.dicomweb.picture_params import PICTURES
from app.dicomweb.reach import hospital_id_of, root_url
from app.edge.actor import current_actor, requires
from app.edge.rules import rule_of
from app.edge.services import Services
from app.render.transcode import TARGETS

Json: TypeAlias = dict[str, Any]
_STEP = re.compile(r"<(?:\w+:)?(\w+)>")
_PROBLEM = "application/problem+json"
_UID = {"type": "string", "pattern": "^[0-9.]{1,64}$"}
_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
_STEPS: dict[str, Json] = {
    "instance": _UID,
    "numbers": {"type": "string", "pattern": "^[0-9]{1,6}(,[0-9]{1,6}){0,9}$"},
    "series": _UID,
    "study": _UID,
    "where": {"type": "string", "pattern": "^[0-9A-F]{8}(/[0-9]{1,3}/[0-9A-F]{8}){0,4}$"},
}
_MULTIPART = {"schema": {"type": "string", "contentMediaType": MULTIPART}}
_BINARY = {"schema": {"type": "string", "contentEncoding": "binary"}}
_DATA_SETS = {"schema": {"type": "array", "items": {"type": "object"}}}
_ERRORS = {
    "400": "What was asked makes no sense; the sentence says what would.",
    "401": "No valid token.",
    "403": "The token was not made for this.",
    "404": "It is not here, or may not be seen.",
    "406": "None of the media types asked for can be had; the sentence names those that can.",
    "413": "Larger than allowed.",
    "415": "A kind of data that is not understood.",
    "429": "Too many tries.",
    "503": "Not available at the moment.",
}
_QUERY = {
    "window": "center,width,function: two numbers and linear, linear-exact or sigmoid",
    "viewport": "width,height or width,height,left,top,width,height",
    "quality": "1 to 100",
    "annotation": "patient, technique or both",
}
_WADO = {
    "requestType": {"type": "string", "const": "WADO"},
    "studyUID": _UID,
    "seriesUID": _UID,
    "objectUID": _UID,
}
_WADO_OPTIONAL = ("contentType", "frameNumber", "rows", "columns", "region", "windowCenter", "windowWidth")


def add_routes(door: Blueprint, services: Services, _trail: Trail) -> None:
    """The description, and OPTIONS of the root."""
    reads = requires(Permission.STUDY_READ, devices=True)

    @door.get("/openapi.json")
    @reads
    def openapi(slug: str) -> Response:
        _check(services, slug)
        return _answer(description(slug))

    @door.get("/")
    @reads
    def capabilities(slug: str) -> Response:
        _check(services, slug)
        return _answer(_capabilities(root_url(slug)))


def _check(services: Services, slug: str) -> None:
    with services.db.reading() as tx:
        hospital_id_of(tx, current_actor(), slug)


def _answer(body: Json) -> Response:
    return Response(json.dumps(body), content_type="application/json")


def _routes() -> Iterator[tuple[Route, str]]:
    """Of this door: route and method, in order."""
    root = "/dicomweb/<slug>"
    for route in sorted(current_app.url_map.iter_rules(), key=lambda one: one.rule):
        if route.rule.startswith(root):
            for method in sorted((route.methods or set()) & {"GET", "POST"}):
                yield route, method


def _path(route: Route) -> str:
    return _STEP.sub(r"{\1}", route.rule.removeprefix("/dicomweb/<slug>"))


def description(slug: str) -> Json:
    """OpenAPI 3.1 of one hospital's root."""
    paths: dict[str, Json] = {}
    for route, method in _routes():
        paths.setdefault(_path(route), {})[method.lower()] = _operation(route, method)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hoichan DICOMweb",
            "version": "1",
            "summary": "PS3.18: QIDO-RS, WADO-RS, WADO-URI, STOW-RS",
        },
        "servers": [{"url": root_url(slug)}],
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
    }


def _operation(route: Route, method: str) -> Json:
    name = route.endpoint.rpartition(".")[2]
    rule = rule_of(current_app.view_functions[route.endpoint])
    found: Json = {
        "operationId": f"{name} {_path(route)}",
        "parameters": [*_steps(route), *_parameters(name)],
        "responses": {**_success(name), **_failures()},
    }
    if rule is not None and rule.right is not None:
        found["description"] = f"Needs the right to {rule.right.value}."
    if method == "POST":
        found["requestBody"] = {"required": True, "content": {DICOM: _BINARY, MULTIPART: _BINARY}}
    return found


def _steps(route: Route) -> Iterator[Json]:
    for name in _STEP.findall(route.rule):
        if name != "slug":
            yield {"name": name, "in": "path", "required": True, "schema": _STEPS[name]}


def _parameters(name: str) -> Iterator[Json]:
    if name.startswith("find_"):
        yield from (_asked(one, _COUNT) for one in ("limit", "offset"))
        yield _asked("fuzzymatching", {"type": "string", "enum": ["true", "false"]})
        yield _asked("includefield", _TEXT)
        yield from (_asked(attribute.keyword, _TEXT) for attribute in ATTRIBUTES if attribute.vr != "SQ")
    elif name == "rendered":
        yield from ({**_asked(key, _TEXT), "description": text} for key, text in _QUERY.items())
    elif name == "wado_uri":
        yield from ({**_asked(key, schema), "required": True} for key, schema in _WADO.items())
        yield from (_asked(key, _TEXT) for key in _WADO_OPTIONAL)


def _asked(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "schema": schema}


def _success(name: str) -> Json:
    content: Json = {DICOM_JSON: _DATA_SETS, MULTIPART: _MULTIPART}
    if name in {"rendered", "thumbnail"}:
        content = {**dict.fromkeys(PICTURES, _BINARY), MULTIPART: _MULTIPART}
    elif name == "wado_uri":
        content = {**dict.fromkeys(PICTURES, _BINARY), DICOM: _BINARY}
    elif name in {"retrieve", "frames", "bulkdata"}:
        content = {MULTIPART: _MULTIPART, DICOM: _BINARY, OCTET_STREAM: _BINARY}
    elif name in {"openapi", "capabilities"}:
        content = {"application/json": {"schema": {"type": "object"}}}
    elif name == "store":
        told = {"content": {DICOM_JSON: {"schema": {"type": "object"}}}}
        return {
            "200": {"description": "All are stored.", **told},
            "202": {"description": "Some are stored.", **told},
            "409": {"description": "None is stored.", **told},
        }
    return {
        "200": {"description": "What was asked for.", "content": content},
        "204": {"description": "Nothing matches, asked for as XML."},
        "206": {"description": "The part asked for."},
        "304": {"description": "What the asker has already."},
    }


def _failures() -> Json:
    problem = {_PROBLEM: {"schema": {"type": "object", "required": ["status", "code", "detail"]}}}
    return {status: {"description": text, "content": problem} for status, text in _ERRORS.items()}


def _capabilities(root: str) -> Json:
    """Every resource with its methods, the transfer syntaxes and the keys (PS3.18 8.9.2 leaves the form to JSON)."""
    resources: dict[str, list[str]] = {}
    for route, method in _routes():
        resources.setdefault(_path(route), []).append(method)
    return {
        "base": root,
        "description": f"{root}/openapi.json",
        "media-types": sorted({DICOM, DICOM_JSON, DICOM_XML, MULTIPART, OCTET_STREAM, *PICTURES}),
        "query-keys": [attribute.keyword for attribute in ATTRIBUTES],
        "resources": [{"path": path, "methods": methods} for path, methods in resources.items()],
        "rights": [right.value for right in (Right.QUERY, Right.RETRIEVE, Right.STORE)],
        "transfer-syntaxes": sorted(TARGETS),
    }
