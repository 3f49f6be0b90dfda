"""WADO-RS (PS3.18 section 10.4): instances, metadata, frames and bulk data."""

import json
from collections.abc import Iterator

from flask import Blueprint, Response, request

from app.archive.queries import StoredFile
from app.base.actor import Permission, Right
from app.base.errors import Invalid
from app.dicomweb.audit import Trail
from app.dicomweb.bulkdata import bulk_parts
from app.dicomweb.files import check_acceptable, file_bytes
from app.dicomweb.frames import form_for, frame_parts
from app.dicomweb.headers import metadata_of
from app.dicomweb.media import DICOM, OCTET_STREAM, MediaRange, accepted, check_json
from app.dicomweb.multipart import OutgoingPart, new_boundary, written
from app.dicomweb.reach import Reached, instance_url, reach, root_url
from app.edge.actor import requires
from app.edge.services import Services

_MOST_FRAMES = 1000
reads = requires(Permission.STUDY_READ, devices=True, right=Right.RETRIEVE)


def ranges() -> list[MediaRange]:
    """What this request accepts."""
    return accepted(request.headers.get("Accept", ""), request.args.get("accept", ""))


def multipart(parts: Iterator[OutgoingPart], media_type: str) -> Response:
    """An answer that is written while its parts are read."""
    boundary = new_boundary()
    content_type = f'multipart/related; type="{media_type}"; boundary="{boundary}"'
    return Response(written(parts, boundary), content_type=content_type)


def add_routes(door: Blueprint, services: Services, trail: Trail) -> None:
    """The resources of table 10.4.1-1."""

    @door.get("/studies/<study>")
    @door.get("/studies/<study>/series/<series>")
    @door.get("/studies/<study>/series/<series>/instances/<instance>")
    @reads
    def retrieve(slug: str, study: str, series: str | None = None, instance: str | None = None) -> Response:
        reached = reach(services, slug, study, series, instance)
        wanted = check_acceptable(ranges(), reached.files)
        trail.fetched(reached)
        return _files(services, slug, reached, wanted, single=instance is not None)

    @door.get("/studies/<study>/metadata")
    @door.get("/studies/<study>/series/<series>/metadata")
    @door.get("/studies/<study>/series/<series>/instances/<instance>/metadata")
    @reads
    def metadata(slug: str, study: str, series: str | None = None, instance: str | None = None) -> Response:
        media_type = check_json(ranges())
        reached = reach(services, slug, study, series, instance)
        trail.looked_at(reached)
        return Response(_metadata(services, reached.files, root_url(slug)), content_type=media_type)

    @door.get("/studies/<study>/series/<series>/instances/<instance>/frames/<numbers>")
    @reads
    def frames(slug: str, study: str, series: str, instance: str, numbers: str) -> Response:
        reached = reach(services, slug, study, series, instance)
        trail.looked_at(reached)
        return _frames(services, reached.files[0], _numbers(numbers))

    @door.get("/studies/<study>/series/<series>/instances/<instance>/bulkdata/<path:where>")
    @reads
    def bulkdata(slug: str, study: str, series: str, instance: str, where: str) -> Response:
        reached = reach(services, slug, study, series, instance)
        trail.looked_at(reached)
        parts = bulk_parts(services, reached.files[0], where, ranges())
        if len(parts) == 1 and not any(wanted.multipart for wanted in ranges()):
            return Response(iter(parts[0].body), content_type=parts[0].content_type)
        return multipart(iter(parts), OCTET_STREAM)


def _files(services: Services, slug: str, reached: Reached, wanted: MediaRange, *, single: bool) -> Response:
    if single and not wanted.multipart and wanted.media_type == DICOM:
        (file,) = reached.files
        response = Response(file_bytes(services.blobs, file), content_type=DICOM)
        response.headers["Content-Disposition"] = f'attachment; filename="{file.sop_instance_uid}.dcm"'
        return response
    root = root_url(slug)
    parts = (
        OutgoingPart(
            f"{DICOM}; transfer-syntax={file.transfer_syntax_uid}",
            file_bytes(services.blobs, file),
            instance_url(root, file),
        )
        for file in reached.files
    )
    return multipart(parts, DICOM)


def _metadata(services: Services, files: list[StoredFile], root: str) -> Iterator[str]:
    """A JSON array, written while the headers are read."""
    before = "["
    for file in files:
        yield before + json.dumps(metadata_of(services.blobs, file, root), ensure_ascii=False)
        before = ","
    yield "]"


def _numbers(text: str) -> list[int]:
    pieces = text.split(",")
    if len(pieces) > _MOST_FRAMES or not all(
        piece.isascii() and piece.isdigit() and len(piece) < 10 for piece in pieces
    ):
        raise Invalid("bad_frames", "Frames are asked for as numbers from 1, separated by commas.")
    return [int(piece) for piece in pieces]


def _frames(services: Services, file: StoredFile, numbers: list[int]) -> Response:
    form = form_for(ranges(), file.transfer_syntax_uid)
    parts = frame_parts(services, file, numbers, form)
    if len(parts) == 1 and not form.multipart:
        return Response(iter(parts[0].body), content_type=form.content_type)
    return multipart(iter(parts), form.media_type)
