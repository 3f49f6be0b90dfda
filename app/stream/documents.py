"""What the viewer shows in a picture's place: PDFs, videos, reports, curves; and every attribute of an object."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.archive.documents import DocumentBytes, DocumentInfo, document_bytes
from app.archive.header import Header
from app.archive.outgoing import OutgoingFile
from app.archive.outgoing_headers import header_of
from app.base.actor import Permission
from app.documents.dose import dose_of
from app.documents.measurements import groups_of
from app.documents.report import report_of
from app.documents.tags import tags_of
from app.documents.waveform import waveforms_of
from app.edge.actor import requires
from app.edge.compression import gzipped
from app.edge.services import Services
from app.edge.stored_files import file_response
from app.stream.reach import opened_document, opened_file

opens = requires(Permission.STUDY_READ, links=True, guests=True)


def add_documents(door: Blueprint, services: Services) -> None:
    _add_files(door, services)
    _add_read(door, services, "report", _report)
    _add_read(door, services, "waveform", waveforms_of)
    _add_tags(door, services)


def _add_files(door: Blueprint, services: Services) -> None:
    @door.get("/document/<instance_id>")
    @opens
    def document(key: str, instance_id: str) -> Response:
        """A PDF or video as a file; parts of it by Range, as players ask."""
        _, place = _placed(services, key, instance_id)
        return file_response(services.blobs, place, name=instance_id, download="download" in request.args)

    @door.get("/document/<instance_id>/facts")
    @opens
    def document_facts(key: str, instance_id: str) -> Response:
        """What it is, before a player is tried on it."""
        found, place = _placed(services, key, instance_id)
        return jsonify(
            media_type=place.media_type,
            coding=found.coding,
            bytes=place.length,
            playable=place.shown,
        )


def _placed(services: Services, key: str, instance_id: str) -> tuple[DocumentInfo, DocumentBytes]:
    found = opened_document(services, key, instance_id)
    return found, document_bytes(services.blobs, found)


def _add_read(
    door: Blueprint, services: Services, name: str, read: Callable[[Header], dict[str, Any]]
) -> None:
    @opens
    def answer(key: str, instance_id: str) -> Response:
        file = opened_file(services, key, instance_id)
        return gzipped(jsonify(read(header_of(services.blobs, file))))

    door.add_url_rule(f"/{name}/<instance_id>", endpoint=name, view_func=answer)


def _report(header: Header) -> dict[str, Any]:
    found = report_of(header)
    return found | {"dose": dose_of(found["root"]), "groups": groups_of(found["root"])}


def _add_tags(door: Blueprint, services: Services) -> None:
    @door.get("/tags/<instance_id>")
    @requires(Permission.STUDY_READ)
    def tags(key: str, instance_id: str) -> Response:
        """For those who work here; a patient's link shows what the study is, not how it was made."""
        file = opened_file(services, key, instance_id)
        header = header_of(services.blobs, file)
        return gzipped(jsonify(tags_of(header, _corrected(file), request.args.get("search", "")[:100])))


def _corrected(file: OutgoingFile) -> frozenset[str]:
    return frozenset(name for name, _ in file.wanted.values) if file.wanted else frozenset()
