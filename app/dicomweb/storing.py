"""What STOW-RS does with the parts of a request: each is spooled as it comes; behind the reception, in order, it is read
and synced, and the rows of several are committed together, because a commit waits for the disk. Each part is told what
became of it.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from app.archive.actions import StoredInstance, association_closed, store_instance
from app.archive.part10 import Part10, read_part10
from app.archive.profiles import DeviceTally, profile_of
from app.archive.refusals import Refusals
from app.archive.repetitions import Known, entered
from app.archive.states import Source, SourceKind
from app.archive.storage_use import check_quota
from app.base.actor import Actor, ActorKind
from app.base.blobs import Blob, Spool
from app.base.db import Tx
from app.base.errors import HoichanError, Invalid, TooLarge, Unavailable, Unsupported
from app.base.group import GroupedWrites
from app.base.ids import new_id
from app.dicomweb.assembling import MAX_METADATA, Bulk, data_sets, new_bulk, write_file
from app.dicomweb.behind import Behind
from app.dicomweb.media import DICOM, DICOM_JSON, JSON
from app.dicomweb.multipart import Part, media_type_of
from app.dicomweb.stow_answer import Outcome
from app.edge.services import Services

_TOGETHER = 24
_BYTES_TOGETHER = 24 << 20


@dataclass
class _Waiting:
    """An instance that is received and read, and not yet entered."""

    spool: Spool
    part10: Part10
    blob: Blob
    outcome: int  # its place in the answer


@dataclass
class _Apart:
    """Metadata and bulk data of a request that sends them apart."""

    metadata: list[bytes] = field(default_factory=list)
    bulk: dict[str, Bulk] = field(default_factory=dict)


class Store:
    """One request's instances: one sender, one association in the archive's book."""

    def __init__(
        self,
        services: Services,
        writes: GroupedWrites,
        actor: Actor,
        *,
        study_instance_uid: str = "",
        limit: int,
    ) -> None:
        self._services = services
        self._writes = writes
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
        self._outcomes: list[Outcome] = []
        self._waiting: list[_Waiting] = []
        self._apart = _Apart()
        self._behind = Behind()

    def take_all(self, parts: Iterator[Part]) -> list[Outcome]:
        """Stores what can be stored. A body that breaks off is one more failure, not the end of what came before."""
        with ExitStack() as spools:
            try:
                with self._behind:
                    self._receive_all(parts, spools)
            finally:
                self._enter_waiting()
                self._tally.close()
                with self._services.db.transaction() as tx:
                    association_closed(tx, self._actor, association_id=self._source.association_id)
        return self._outcomes

    def _receive_all(self, parts: Iterator[Part], spools: ExitStack) -> None:
        try:
            for part in parts:
                self._take(part, spools)
            self._assemble(spools)
        except HoichanError as error:
            self._behind.do(self._outcomes.append, Outcome(None, error))

    def _take(self, part: Part, spools: ExitStack) -> None:
        media_type = media_type_of(part.headers.get("content-type", DICOM))
        if media_type == DICOM:
            self._take_file(part, spools)
        elif media_type in {DICOM_JSON, JSON} and "content-location" not in part.headers:
            most = MAX_METADATA - sum(map(len, self._apart.metadata))
            self._apart.metadata.append(b"".join(self._limited(part, most)))
        elif "content-location" in part.headers:
            self._take_bulk(part, spools)
        else:
            told = Unsupported("not_dicom", "Only parts of the type application/dicom are stored.")
            self._behind.do(self._outcomes.append, Outcome(None, told))

    def _take_file(self, part: Part, spools: ExitStack) -> None:
        try:
            check_quota(self._services.db, self._actor.hospital_id)
            spool = spools.enter_context(self._services.blobs.open_spool())
            for chunk in self._limited(part):
                spool.write(chunk)
        except Unavailable as error:
            self._behind.do(self._outcomes.append, Outcome(None, error))
        else:
            self._behind.do(self._read, spool)

    def _take_bulk(self, part: Part, spools: ExitStack) -> None:
        self._services.blobs.check_space()
        bulk = new_bulk(part.headers.get("content-type", ""))
        spools.enter_context(bulk.file)
        for chunk in self._limited(part):
            bulk.file.write(chunk)
            bulk.size += len(chunk)
        self._apart.bulk[part.headers["content-location"]] = bulk

    def _limited(self, part: Part, most: int | None = None) -> Iterator[memoryview]:
        for chunk in part.body:
            self._left -= len(chunk)
            most = None if most is None else most - len(chunk)
            if self._left < 0 or (most is not None and most < 0):
                raise TooLarge("too_large", "This is larger than allowed here.")
            yield chunk

    def _assemble(self, spools: ExitStack) -> None:
        """Metadata that came apart, with their bulk data."""
        for item in (one for body in self._apart.metadata for one in data_sets(body)):
            try:
                spool = spools.enter_context(self._services.blobs.open_spool())
                write_file(item, self._apart.bulk, spool.write)
            except HoichanError as error:
                self._behind.do(self._refuse, None, error)
            else:
                self._behind.do(self._read, spool)

    def _read(self, spool: Spool) -> None:
        """Checks the file; it is synced from now on."""
        part10: Part10 | None = None
        try:
            spool.settle()
            part10 = read_part10(spool.source(), accept_private=self._accept_private, charset=self._charset)
            if self._study not in {"", part10.study.study_instance_uid}:
                raise Invalid(
                    "study_mismatch", "The instance belongs to another study than the address names."
                )
            blob = spool.begin_commit()
        except HoichanError as error:
            self._refuse(part10, error)
            spool.discard()
            return
        self._outcomes.append(Outcome(part10, None))
        self._waiting.append(_Waiting(spool, part10, blob, len(self._outcomes) - 1))
        if len(self._waiting) >= _TOGETHER or sum(one.blob.size for one in self._waiting) >= _BYTES_TOGETHER:
            self._enter_waiting()

    def _refuse(self, part10: Part10 | None, error: HoichanError) -> None:
        self._tally.refused(error.code, str(error))
        self._outcomes.append(Outcome(part10, error))

    def _enter_waiting(self) -> None:
        """All that wait in one transaction; when it fails, one by one, so that each has its own answer."""
        waiting, self._waiting = self._waiting, []
        try:
            if waiting:
                self._enter(waiting, {})
        except HoichanError:
            for one in waiting:
                self._enter_alone(one)
        finally:
            for one in waiting:
                one.spool.discard()

    def _enter_alone(self, one: _Waiting) -> None:
        try:
            entered(self._services.blobs, one.spool, one.part10, lambda known: self._enter([one], known))
        except HoichanError as error:
            self._note(one, error)

    def _enter(self, waiting: list[_Waiting], known: Known) -> None:
        """Every file is durable under its name before the rows are committed."""

        def work(tx: Tx) -> list[StoredInstance]:
            return [
                store_instance(
                    tx, self._actor, blob=one.blob, part10=one.part10, source=self._source, known=known
                )
                for one in waiting
            ]

        stored_ones = self._writes.run(work, files=[one.spool for one in waiting])
        for one, stored in zip(waiting, stored_ones, strict=True):
            if stored.error is None:
                self._tally.stored(one.blob.size)
            else:
                self._note(one, stored.error)

    def _note(self, one: _Waiting, error: HoichanError) -> None:
        self._tally.refused(error.code, str(error))
        self._outcomes[one.outcome] = Outcome(one.part10, error)
