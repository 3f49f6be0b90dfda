"""STOW-RS (PS3.18 section 10.5): instances come in part by part, and each is told what became of it."""

import json
from collections.abc import Iterator

from flask import Blueprint, Response, request

from app.archive.actions import association_closed, store_instance
from app.archive.part10 import Part10, read_part10
from app.archive.profiles import DeviceTally, profile_of
from app.archive.refusals import Refusals
from app.archive.states import Source, SourceKind
from app.base.actor import Actor, ActorKind, Permission, Right
from app.base.blobs import Spool
from app.base.errors import HoichanError, Invalid, NotFound, TooLarge, Unavailable, Unsupported
from app.base.ids import new_id
from app.dicomweb.audit import Trail
from app.dicomweb.media import DICOM, MULTIPART, accepted, check_json
from app.dicomweb.multipart import MultipartReader, Part, boundary_of
from app.dicomweb.reach import root_url
from app.dicomweb.stow_answer import Outcome, answer, status_of
from app.edge.actor import current_actor, requires
from app.edge.services import Services
from app.identity.queries import hospital_by_slug


class Store:
    """One request's instances: one sender, one association in the archive's book."""

    def __init__(self, services: Services, actor: Actor, *, study_instance_uid: str = "", limit: int) -> None:
        self._services = services
        self._actor = actor
        self._study = study_instance_uid
        self._left = limit
        device_id = actor.id if actor.kind is ActorKind.DEVICE else None
        with services.db.reading() as tx:
            profile = profile_of(tx, device_id)
        self._charset = profile.charset
        self._accept_private = services.settings.dicom.accept_private_sop_classes or profile.private_classes
        self._tally = DeviceTally(services.db, actor, Refusals(services.db))
        self._source = Source(SourceKind.STOW, new_id(), actor.name, device_id)

    def take_all(self, parts: Iterator[Part]) -> list[Outcome]:
        """Stores what can be stored. A body that breaks off is one more failure, not the end of what came before."""
        outcomes: list[Outcome] = []
        try:
            for part in parts:
                outcomes.append(self._take(part))  # noqa: PERF401 - what came before a broken part must stay
        except HoichanError as error:
            outcomes.append(Outcome(None, error))
        finally:
            self._tally.close()
            with self._services.db.transaction() as tx:
                association_closed(tx, self._actor, association_id=self._source.association_id)
        return outcomes

    def _take(self, part: Part) -> Outcome:
        media_type = part.headers.get("content-type", DICOM).split(";")[0].strip().lower()
        if media_type != DICOM:
            return Outcome(
                None, Unsupported("not_dicom", "Only parts of the type application/dicom are stored.")
            )
        try:
            with self._services.blobs.open_spool() as spool:
                self._receive(spool, part)
                return self._keep(spool)
        except Unavailable as error:
            return Outcome(None, error)

    def _receive(self, spool: Spool, part: Part) -> None:
        for chunk in part.body:
            self._left -= len(chunk)
            if self._left < 0:
                raise TooLarge("too_large", "This is larger than allowed here.")
            spool.write(chunk)
        spool.flush()

    def _keep(self, spool: Spool) -> Outcome:
        part10: Part10 | None = None
        try:
            part10 = read_part10(spool.path, accept_private=self._accept_private, charset=self._charset)
            if self._study not in {"", part10.study.study_instance_uid}:
                raise Invalid(
                    "study_mismatch", "The instance belongs to another study than the address names."
                )
            blob = spool.commit()
            with self._services.db.transaction() as tx:
                stored = store_instance(tx, self._actor, blob=blob, part10=part10, source=self._source)
            stored.check()
        except HoichanError as error:
            self._tally.refused(error.code, str(error))
            return Outcome(part10, error)
        self._tally.stored(blob.size)
        return Outcome(part10, None)


def _parts(content_type: str) -> Iterator[Part]:
    """The parts of a multipart body, or a body that is one instance by itself (PS3.18 10.5.1.1)."""
    media_type = content_type.split(";", maxsplit=1)[0].strip().lower()
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Unsupported("content_encoding", "Compressed request bodies are not accepted.")
    if media_type == MULTIPART:
        return iter(MultipartReader(request.stream, boundary_of(content_type)))
    if media_type == DICOM:
        body = iter(lambda: request.stream.read(1 << 18), b"")
        return iter((Part({"content-type": DICOM}, body),))
    raise Unsupported("not_dicom", "Send multipart/related with parts of the type application/dicom.")


def add_routes(door: Blueprint, services: Services, _trail: Trail) -> None:
    """POST to all studies, or to one."""

    @door.post("/studies")
    @door.post("/studies/<study>")
    @requires(Permission.STUDY_STORE, devices=True, body_limit=None, right=Right.STORE)
    def store(slug: str, study: str = "") -> Response:
        actor = current_actor()
        with services.db.reading() as tx:
            if hospital_by_slug(tx, slug).id != actor.hospital_id:
                raise NotFound
        media_type = check_json(accepted(request.headers.get("Accept", ""), request.args.get("accept", "")))
        taking = Store(
            services, actor, study_instance_uid=study, limit=services.settings.storage.upload_mb << 20
        )
        outcomes = taking.take_all(_parts(request.headers.get("Content-Type", "")))
        if not outcomes:
            raise Invalid("bad_multipart", "The body holds no part.")
        body = json.dumps(answer(outcomes, root_url(slug)), ensure_ascii=False)
        return Response(body, status_of(outcomes), content_type=media_type)
