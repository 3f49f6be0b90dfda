"""STOW-RS (PS3.18 section 10.5): instances come in part by part, and each is told what became of it."""

import json
from collections.abc import Iterator
from itertools import chain

from flask import Blueprint, Response, request

from app.base.actor import Permission, Right
from app.base.errors import Invalid, NotFound, TooLarge, Unsupported
from app.base.group import GroupedWrites
from app.dicomweb.audit import Trail
from app.dicomweb.media import DICOM, DICOM_JSON, JSON, MULTIPART, accepted, data_set_type
from app.dicomweb.multipart import MultipartReader, Part, boundary_of, media_type_of, root_type_of
from app.dicomweb.reach import root_url
from app.dicomweb.storing import Store
from app.dicomweb.stow_answer import answer, status_of
from app.edge.actor import current_actor, requires
from app.edge.services import Services
from app.identity.queries import hospital_by_slug

_SHOWN = 100  # of what a header says


class _Body:
    """What the sender writes. Raises Invalid when the line breaks: not a fault of ours."""

    def read(self, size: int) -> bytes:
        try:
            return request.stream.read(size)
        except OSError as error:
            raise Invalid(
                "truncated_body", "The request ended in the middle of a part. Send it again."
            ) from error


def _parts(content_type: str) -> Iterator[Part]:
    """The parts of a multipart body, or a body that is one instance by itself (PS3.18 10.5.1.1)."""
    media_type = media_type_of(content_type)
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unsupported("content_encoding", "Compressed request bodies are not accepted.")
    if media_type == MULTIPART:
        return _as_said(iter(MultipartReader(_Body(), boundary_of(content_type))), content_type)
    if media_type == DICOM:
        whole = _Body()
        body = (memoryview(piece) for piece in iter(lambda: whole.read(1 << 20), b""))
        return iter((Part({"content-type": DICOM}, body),))
    raise Unsupported("not_dicom", "Send multipart/related with parts of the type application/dicom.")


def _as_said(parts: Iterator[Part], content_type: str) -> Iterator[Part]:
    """The same parts. Raises Invalid when the first is not what the request's type says (PS3.18 8.6.1, RFC 2387);
    where one of them says nothing, nothing is compared.
    """
    first = next(parts, None)
    if first is None:
        return iter(())
    said, found = root_type_of(content_type, first), media_type_of(first.headers.get("content-type", ""))
    if said and found and said != found and {said, found} != {DICOM_JSON, JSON}:
        raise Invalid(
            "root_type",
            "The Content-Type of the request says {said}, that of its first part {found}. Make them agree.",
            said=said[:_SHOWN],
            found=found[:_SHOWN],
        )
    return chain((first,), parts)


def add_routes(door: Blueprint, services: Services, _trail: Trail) -> None:
    """POST to all studies, or to one."""
    writes = GroupedWrites(services.db)

    @door.post("/studies")
    @door.post("/studies/<study>")
    @requires(Permission.STUDY_STORE, devices=True, body_limit=None, right=Right.STORE)
    def store(slug: str, study: str = "") -> Response:
        actor = current_actor()
        with services.db.reading() as tx:
            if hospital_by_slug(tx, slug).id != actor.hospital_id:
                raise NotFound
        media_type = data_set_type(
            accepted(request.headers.get("Accept", ""), request.args.get("accept", "")), xml=False
        )
        limit = services.settings.storage.upload_mb << 20
        if (request.content_length or 0) > limit:
            raise TooLarge("too_large", "This is larger than allowed here.")
        parts = _parts(request.headers.get("Content-Type", ""))
        taking = Store(services, writes, actor, study_instance_uid=study, limit=limit)
        outcomes = taking.take_all(parts)
        if not outcomes:
            raise Invalid("bad_multipart", "The body holds no part.")
        body = json.dumps(answer(outcomes, root_url(slug)), ensure_ascii=False)
        return Response(body, status_of(outcomes), content_type=media_type)
