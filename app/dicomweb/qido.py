"""QIDO-RS (PS3.18 section 10.6): studies, series and instances by tag or keyword."""

from collections.abc import Callable
from typing import Any, TypeAlias

import orjson
from flask import Blueprint, Response, request

from app.archive.access import study_by_uid
from app.archive.attributes import Matching, attribute_named
from app.archive.queries import Found, Search, search_instances, search_series, search_studies
from app.base.actor import Actor, Permission, Right
from app.base.db import Tx
from app.base.errors import Invalid
from app.dicomweb.audit import Trail
from app.dicomweb.dicom_xml import native_xml
from app.dicomweb.media import DICOM_XML, data_set_type
from app.dicomweb.metadata import packed
from app.dicomweb.multipart import OutgoingPart
from app.dicomweb.reach import hospital_id_of, root_url
from app.dicomweb.wado import multipart, ranges
from app.edge.actor import current_actor, requires
from app.edge.services import Services

Searching: TypeAlias = Callable[[Tx, Actor, Search], Found]

_CONTROLS = frozenset({"accept", "charset", "fuzzymatching", "includefield", "limit", "offset"})
_LIMIT = 100
_STUDY_UID, _SERIES_UID, _INSTANCE_UID = "0020000D", "0020000E", "00080018"
_SAME = {
    "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
    "00080056": {"vr": "CS", "Value": ["ONLINE"]},
}
reads = requires(Permission.STUDY_READ, devices=True, right=Right.QUERY)


def add_routes(door: Blueprint, services: Services, trail: Trail) -> None:
    """The searches of table 10.6.1-1."""

    @door.get("/studies")
    @reads
    def find_studies(slug: str) -> Response:
        return _answer(services, trail, slug, search_studies)

    @door.get("/series")
    @door.get("/studies/<study>/series")
    @reads
    def find_series(slug: str, study: str | None = None) -> Response:
        return _answer(services, trail, slug, search_series, study)

    @door.get("/instances")
    @door.get("/studies/<study>/instances")
    @door.get("/studies/<study>/series/<series>/instances")
    @reads
    def find_instances(slug: str, study: str | None = None, series: str | None = None) -> Response:
        return _answer(services, trail, slug, search_instances, study, series)


def _answer(
    services: Services,
    trail: Trail,
    slug: str,
    searching: Searching,
    study: str | None = None,
    series: str | None = None,
) -> Response:
    media_type = data_set_type(ranges(), xml=True)
    actor = current_actor()
    with services.db.reading() as tx:
        hospital_id = hospital_id_of(tx, actor, slug)
        if study is not None:
            study_by_uid(tx, actor, study, hospital_id=hospital_id)
        found = searching(tx, actor, _search(hospital_id, study, series))
    trail.queried(hospital_id)
    root = root_url(slug)
    response = _written([_with_address(item, root) for item in found.items], media_type)
    if found.more:
        response.headers.add("Warning", '299 hoichan "There are further results. Ask with offset for them."')
    if found.ignored:
        response.headers.add("Warning", '299 hoichan "Some of the keys cannot be matched and were ignored."')
    return response


def _written(items: list[dict[str, Any]], media_type: str) -> Response:
    if media_type == DICOM_XML:
        parts = (OutgoingPart(DICOM_XML, [native_xml(item)]) for item in items)
        return multipart(parts, DICOM_XML) if items else Response(status=204)
    return packed(Response(orjson.dumps(items, option=orjson.OPT_SORT_KEYS), content_type=media_type))


def _search(hospital_id: str, study: str | None, series: str | None) -> Search:
    matches = _matches()
    if study is not None:
        matches[_STUDY_UID] = study
    if series is not None:
        matches[_SERIES_UID] = series
    return Search(
        matches,
        hospital_id=hospital_id,
        fuzzy=_flag("fuzzymatching"),
        limit=_count("limit", _LIMIT),
        offset=_count("offset", 0),
        include=_included(),
    )


def _matches() -> dict[str, Any]:
    """Keys by tag: a keyword and a number of one attribute are one key, dots lead into a sequence (PS3.18 8.3.4.1.1)."""
    found: dict[str, Any] = {}
    for name, values in request.args.lists():
        if name.lower() in _CONTROLS:
            continue
        first, _, inner = name.partition(".")
        if inner:
            item = found.setdefault(_tag(first), {})
            if isinstance(item, dict):
                item[inner] = values[0]
        else:
            given = [part for value in values for part in _split(first, value)]
            found[_tag(first)] = given[0] if len(given) == 1 else given
    return found


def _split(name: str, value: str) -> list[str]:
    """Lists of UIDs and of modalities are written with commas too; elsewhere a comma is a letter."""
    attribute = attribute_named(name)
    listed = attribute is not None and attribute.matching in {
        Matching.UID,
        Matching.MODALITIES,
        Matching.CLASSES,
    }
    return value.split(",") if listed else [value]


def _included() -> list[str]:
    """Attributes to be answered too: repeated, or separated by commas; of a way into a sequence the whole of it."""
    named = [name.strip() for value in request.args.getlist("includefield") for name in value.split(",")]
    return [
        name if name.lower() != "all" else "all" for name in (one.partition(".")[0] for one in named) if name
    ]


def _tag(name: str) -> str:
    """What is not ours is left as it is, to be told back."""
    attribute = attribute_named(name)
    return name if attribute is None else attribute.tag


def _flag(name: str) -> bool:
    text = request.args.get(name, "").lower()
    if text not in {"", "true", "false"}:
        raise Invalid("bad_query", "{field} must be true or false.", field=name)
    return text == "true"


def _count(name: str, absent: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return absent
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Invalid("bad_query", "{field} must be a whole number.", field=name)
    return int(text)


def _with_address(item: dict[str, Any], root: str) -> dict[str, Any]:
    """Instance Availability and Retrieve URL, which depend on this door and not on the archive."""
    address = root
    for tag, name in ((_STUDY_UID, "studies"), (_SERIES_UID, "series"), (_INSTANCE_UID, "instances")):
        if tag in item:
            address += f"/{name}/{item[tag]['Value'][0]}"
    return {**item, **_SAME, "00081190": {"vr": "UR", "Value": [address]}}
