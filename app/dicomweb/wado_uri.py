"""WADO-URI (PS3.18 section 9): one instance by the parameters of an address, as a picture or as a file."""

import math
import re
from collections.abc import Mapping

from flask import Blueprint, Response, request

from app.archive.outgoing import OutgoingFile
from app.archive.uids import EXPLICIT_LITTLE, is_uid
from app.base.actor import Permission, Right
from app.base.errors import Invalid, NotFound
from app.dicomweb.audit import Trail
from app.dicomweb.media import DICOM, MediaRange, accepted, matches, not_acceptable
from app.dicomweb.picture_params import LARGEST_SIDE, PICTURES, annotations_of, checked_box, quality_of
from app.dicomweb.reach import reach
from app.dicomweb.rendered import rendered_frame
from app.dicomweb.wado import one_file
from app.edge.actor import requires
from app.edge.services import Services
from app.render.params import FrameParams, SourceRegion, Window

reads = requires(Permission.STUDY_READ, devices=True, right=Right.RETRIEVE)
_NUMBER = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?|[-+]?\.\d+")
_NOT_OFFERED = ("presentationUID", "presentationSeriesUID")


def add_routes(door: Blueprint, services: Services, trail: Trail) -> None:
    """The one resource."""

    @door.get("/wado")
    @reads
    def wado_uri(slug: str) -> Response:
        query = request.args
        _check(query)
        names = [_uid(query, name) for name in ("studyUID", "seriesUID", "objectUID")]
        reached = reach(services, slug, *names)
        (file,) = reached.files
        media_type = _media_type(file, query)
        if media_type == DICOM:
            trail.fetched(reached)
            return _file(services, file, query)
        trail.looked_at(reached)
        return _picture(services, file, query, media_type)


def _check(query: Mapping[str, str]) -> None:
    if query.get("requestType") != "WADO":
        raise Invalid("bad_request_type", "The request type must be WADO.")
    if query.get("anonymize"):
        raise Invalid(
            "no_anonymizing",
            "Images are not made anonymous here. Leave this out, and export them without names.",
        )
    for name in _NOT_OFFERED:
        if query.get(name):
            raise Invalid("not_offered", "{field} is not offered here. Leave it out.", field=name)


def _uid(query: Mapping[str, str], name: str) -> str:
    found = query.get(name, "")
    if not is_uid(found):
        raise Invalid("bad_uid_asked", "{field} must be given as a DICOM identifier.", field=name)
    return found


def _media_type(file: OutgoingFile, query: Mapping[str, str]) -> str:
    """By contentType, the best first; without it a picture where there is one (PS3.18 9.1.2.1)."""
    offered = (*PICTURES, DICOM) if file.frame_count else (DICOM,)
    wanted: list[MediaRange] = accepted(query.get("contentType", ""))
    for item in wanted:
        for media_type in offered:
            if matches(item.media_type, media_type):
                return media_type
    raise not_acceptable(offered)


def _file(services: Services, file: OutgoingFile, query: Mapping[str, str]) -> Response:
    """Explicit VR Little Endian unless asked for otherwise; what cannot be decoded then goes as it is stored."""
    target = query.get("transferSyntax", "")
    return one_file(services, file, target or EXPLICIT_LITTLE, strict=bool(target))


def _picture(services: Services, file: OutgoingFile, query: Mapping[str, str], media_type: str) -> Response:
    frame = int(_number(query, "frameNumber", 1))
    box = _box(query)
    params = FrameParams(
        window=_window(query),
        box=box,
        enlarge=box is not None,
        region=_region(services, file, query, frame),
        quality=quality_of(query.get("imageQuality", "")),
        media_type=media_type,
    )
    if not 1 <= frame <= file.frame_count:
        raise NotFound
    return Response(
        rendered_frame(services, file, frame, params, annotations_of(query)), content_type=media_type
    )


def _number(query: Mapping[str, str], name: str, absent: float) -> float:
    text = query.get(name, "")
    if not text:
        return absent
    if not _NUMBER.fullmatch(text) or len(text) > 20 or not math.isfinite(float(text)):
        raise Invalid("bad_number_asked", "{field} must be a number.", field=name)
    return float(text)


def _window(query: Mapping[str, str]) -> Window | None:
    if not query.get("windowCenter") and not query.get("windowWidth"):
        return None
    if not query.get("windowCenter") or not query.get("windowWidth"):
        raise Invalid("bad_window", "A window needs a centre and a width, both numbers.")
    return Window(_number(query, "windowCenter", 0), _number(query, "windowWidth", 1))


def _box(query: Mapping[str, str]) -> tuple[int, int] | None:
    """The picture fits into both, where both are given (9.1.2.2.6)."""
    rows, columns = _number(query, "rows", 0), _number(query, "columns", 0)
    if not rows and not columns:
        return None
    return checked_box(columns or LARGEST_SIDE, rows or LARGEST_SIDE)


def _region(
    services: Services, file: OutgoingFile, query: Mapping[str, str], frame: int
) -> SourceRegion | None:
    """Left, top, right and bottom as shares of the image (9.1.2.2.7)."""
    text = query.get("region", "")
    if not text:
        return None
    edges = text.split(",")
    if len(edges) != 4 or not all(_NUMBER.fullmatch(edge) for edge in edges):
        raise Invalid("bad_region", "The region must lie inside the image and have a size.")
    left, top, right, bottom = (float(edge) for edge in edges)
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise Invalid("bad_region", "The region must lie inside the image and have a size.")
    image = services.renderer.description(file.location(frame))
    return SourceRegion(
        left * image.columns, top * image.rows, (right - left) * image.columns, (bottom - top) * image.rows
    )
