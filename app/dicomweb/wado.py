"""WADO-RS (PS3.18 section 10.4): instances, metadata, frames and bulk data."""

from collections.abc import Callable, Iterator

from flask import Blueprint, Response, request

from app.archive.outgoing import OutgoingFile
from app.base.actor import Permission, Right
from app.base.errors import Invalid, Unavailable
from app.dicomweb.audit import Trail
from app.dicomweb.bulkdata import bulk_parts, bulk_value, media_type_of
from app.dicomweb.files import FileForm, form_of_files, mark_of, outgoing, primed, ranged_file
from app.dicomweb.frames import form_for, frame_parts
from app.dicomweb.media import DICOM, DICOM_XML, OCTET_STREAM, MediaRange, accepted, data_set_type
from app.dicomweb.metadata import gzipped, metadata_array, metadata_xml
from app.dicomweb.multipart import OutgoingPart, new_boundary, written
from app.dicomweb.ranges import is_known, marked, not_modified, ranged_response
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
        form = form_of_files(ranges(), reached.files)
        trail.fetched(reached)
        if instance is not None and not form.multipart:
            return one_file(services, reached.files[0], form.target, strict=form.named)
        return _files(services, slug, reached, form)

    @door.get("/studies/<study>/metadata")
    @door.get("/studies/<study>/series/<series>/metadata")
    @door.get("/studies/<study>/series/<series>/instances/<instance>/metadata")
    @reads
    def metadata(slug: str, study: str, series: str | None = None, instance: str | None = None) -> Response:
        media_type = data_set_type(ranges(), xml=True)
        reached = reach(services, slug, study, series, instance)
        trail.looked_at(reached)
        return _metadata(services, reached.files, root_url(slug), media_type)

    @door.get("/studies/<study>/series/<series>/instances/<instance>/frames/<numbers>")
    @reads
    def frames(slug: str, study: str, series: str, instance: str, numbers: str) -> Response:
        reached = reach(services, slug, study, series, instance)
        trail.looked_at(reached)
        return _frames(services, reached.files[0], numbers_of(numbers))

    @door.get("/studies/<study>/series/<series>/instances/<instance>/bulkdata/<path:where>")
    @reads
    def bulkdata(slug: str, study: str, series: str, instance: str, where: str) -> Response:
        reached = reach(services, slug, study, series, instance)
        trail.looked_at(reached)
        return _bulkdata(services, reached.files[0], where)


def one_file(services: Services, file: OutgoingFile, target: str, *, strict: bool) -> Response:
    """One instance by itself. As it is stored, any range of it may be asked for."""
    mark = mark_of([file], target)
    if is_known(mark):
        return not_modified(mark)
    ranged = ranged_file(services, file) if target in {"", file.transfer_syntax_uid} else None
    if ranged is not None:
        response = ranged_response(ranged, f"{DICOM}; transfer-syntax={file.transfer_syntax_uid}", mark)
    else:
        made = outgoing(services, file, target, strict=strict)
        response = Response(made.pieces, content_type=f"{DICOM}; transfer-syntax={made.transfer_syntax_uid}")
        if made.length is not None:
            response.headers["Content-Length"] = str(made.length)
        marked(response, mark)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.sop_instance_uid}.dcm"'
    return response


def _files(services: Services, slug: str, reached: Reached, form: FileForm) -> Response:
    """The first is made ready before the answer begins, so that a refusal is told."""
    root = root_url(slug)
    strict = form.named and len(reached.files) == 1

    def part(file: OutgoingFile) -> OutgoingPart:
        made = outgoing(services, file, form.target, strict=strict)
        content_type = f"{DICOM}; transfer-syntax={made.transfer_syntax_uid}"
        return OutgoingPart(content_type, made.pieces, instance_url(root, file))

    return multipart(primed(_good(reached.files, part)), DICOM)


def _good(files: list[OutgoingFile], part: Callable[[OutgoingFile], OutgoingPart]) -> Iterator[OutgoingPart]:
    """Without what proves damaged now, as without what was found so before; refused when nothing else is there."""
    found = 0
    for file in files:
        try:
            made = part(file)
        except Unavailable as error:
            if error.code != "damaged" or (file is files[-1] and not found):
                raise
            continue
        found += 1
        yield made


def _metadata(services: Services, files: list[OutgoingFile], root: str, media_type: str) -> Response:
    packed = request.accept_encodings["gzip"] > 0
    mark = mark_of(files, root, media_type, str(packed))
    if is_known(mark):
        return not_modified(mark)
    if media_type == DICOM_XML:
        return marked(
            multipart(metadata_xml(services.blobs, services.renderer.cache, files, root), DICOM_XML), mark
        )
    pieces = metadata_array(services.blobs, services.renderer.cache, files, root)
    response = Response(gzipped(pieces) if packed else pieces, content_type=media_type)
    response.headers["Vary"] = "Accept, Accept-Encoding"
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    return marked(response, mark)


def _bulkdata(services: Services, file: OutgoingFile, where: str) -> Response:
    wanted = ranges()
    value = bulk_value(services, file, where)
    media_type = media_type_of(file, where)
    if value is None:
        parts = bulk_parts(services, file, wanted)
        if len(parts) == 1 and not any(one.multipart for one in wanted):
            return Response(iter(parts[0].body), content_type=parts[0].content_type)
        return multipart(iter(parts), OCTET_STREAM)
    if any(one.multipart for one in wanted) and "Range" not in request.headers:
        return multipart(iter([OutgoingPart(media_type, value.pieces(0, value.length))]), media_type)
    mark = mark_of([file], where)
    return not_modified(mark) if is_known(mark) else ranged_response(value, media_type, mark)


def numbers_of(text: str) -> list[int]:
    """A list of frames. Raises Invalid."""
    pieces = text.split(",")
    if len(pieces) > _MOST_FRAMES or not all(
        piece.isascii() and piece.isdigit() and len(piece) < 10 for piece in pieces
    ):
        raise Invalid("bad_frames", "Frames are asked for as numbers from 1, separated by commas.")
    return [int(piece) for piece in pieces]


def _frames(services: Services, file: OutgoingFile, numbers: list[int]) -> Response:
    form = form_for(ranges(), file.transfer_syntax_uid)
    parts = frame_parts(services, file, numbers, form)
    if len(parts) == 1 and not form.multipart:
        return Response(iter(parts[0].body), content_type=form.content_type)
    return multipart(iter(parts), form.media_type)
