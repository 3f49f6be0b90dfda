"""What is drawn on images: presentation states, key images, structures, segmentations, overlays."""

from flask import Blueprint, Response, jsonify, request

from app.archive.facts_planes import GROUPS, overlay_bits, plane_facts
from app.archive.header import Header
from app.archive.outgoing_headers import header_of
from app.archive.uids import transfer_syntax
from app.base.actor import Permission
from app.base.errors import NotFound
from app.edge.actor import requires
from app.edge.compression import gzipped
from app.edge.services import Services
from app.evidence.shown import shown_object
from app.evidence.shown.masks import bits_of_words, packed_mask, unpacked
from app.stream.reach import opened_file, opened_frame

KEPT = "private, max-age=3600"
opens = requires(Permission.STUDY_READ, links=True, guests=True)


def add_objects(door: Blueprint, services: Services) -> None:
    @door.get("/objects/<instance_id>")
    @opens
    def drawn_object(key: str, instance_id: str) -> Response:
        file = opened_file(services, key, instance_id)
        response = gzipped(jsonify(shown_object(header_of(services.blobs, file))))
        response.headers["Cache-Control"] = KEPT
        return response

    @door.get("/mask/<instance_id>/<int:frame>")
    @opens
    def mask(key: str, instance_id: str, frame: int) -> Response:
        """One frame of a segmentation, a byte for each pixel."""
        location = opened_frame(services, key, instance_id, frame)
        return _octets(packed_mask(services.renderer.values(location)))

    @door.get("/overlay/<instance_id>/<int:frame>")
    @opens
    def overlay(key: str, instance_id: str, frame: int) -> Response:
        """One overlay (`?group=24576`) of a frame, a byte, 0 or 1, for each point. NotFound where it has none."""
        group = request.args.get("group", GROUPS.start, type=int)
        file = opened_file(services, key, instance_id)
        header = header_of(services.blobs, file)
        return _octets(_overlay(services, key, instance_id, frame, header, group))


def _overlay(services: Services, key: str, instance_id: str, frame: int, header: Header, group: int) -> bytes:
    location = opened_frame(services, key, instance_id, frame)
    syntax = transfer_syntax(location.transfer_syntax_uid)
    facts = plane_facts(header, syntax).get("overlays", [])
    told = next((one for one in facts if one["group"] == group), None)
    if told is None:
        raise NotFound
    points = told["rows"] * told["columns"]
    if told["bit"] is None:
        bits = overlay_bits(header, group, frame)
        if bits is None:
            raise NotFound
        return unpacked(bits, points)
    ((offset, length),) = location.spans
    data = services.blobs.read_range(location.digest, offset, length)
    wide = length >= 2 * points
    return bits_of_words(data, wide=wide, big_endian=syntax.big_endian, bit=told["bit"])


def _octets(data: bytes) -> Response:
    """Masks are mostly empty: packed they are a few hundred bytes."""
    return gzipped(Response(data, mimetype="application/octet-stream", headers={"Cache-Control": KEPT}))
