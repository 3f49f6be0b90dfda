"""C-STORE (PS3.4 annex B): bytes are kept exactly as they came, and Success means that they are durable."""

import logging
from typing import Protocol

from app.archive.actions import StoredInstance, association_closed, store_instance
from app.archive.failures import PROCESSING_FAILURE, SOP_CLASS_NOT_SUPPORTED
from app.archive.file_header import file_header
from app.archive.part10 import Part10, read_part10
from app.archive.profiles import DeviceTally, Profile, profile_of
from app.archive.refusals import Refusals
from app.archive.repetitions import Known, entered
from app.archive.states import Source, SourceKind
from app.archive.storage_use import check_quota
from app.base.actor import Actor, Right
from app.base.blobs import Blobs, Spool
from app.base.db import Database, Tx
from app.base.errors import HoichanError, Invalid
from app.base.faults import fault_of
from app.base.group import GroupedWrites
from app.dimse.contexts import Context
from app.dimse.limits import PeerCounts, PeerLimits, limits_of
from app.dimse.messages import Answer, Command
from app.dimse.status import SUCCESS, answer_for
from app.identity.actions import touch_device

log = logging.getLogger(__name__)
_LARGE = 16 << 20


class Reception(Protocol):
    """A data set on its way in."""

    def write(self, fragment: memoryview) -> None:
        """Takes the next bytes. Never raises: what goes wrong is told by `finish`."""

    def finish(self) -> Answer:
        """All bytes are here: what the sender is told."""

    def discard(self) -> None:
        """The association ended in the middle: nothing stays."""


class Discarding:
    """A data set nobody wants; read to its end because the answer comes after it."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def write(self, fragment: memoryview) -> None:
        pass

    def finish(self) -> Answer:
        return self._answer

    def discard(self) -> None:
        pass


class Storage:
    """Where data sets go."""

    def __init__(self, db: Database, blobs: Blobs, counts: PeerCounts) -> None:
        self.db = db
        self.blobs = blobs
        self.counts = counts
        self.refusals = Refusals(db)
        self.writes = GroupedWrites(db)

    def open(self, actor: Actor, association_id: str) -> "Receiving":
        """An association begins; the archive hears of it with its first instance."""
        try:
            with self.db.transaction() as tx:
                touch_device(tx, actor)
        except HoichanError as error:
            log.warning("the visit of %s is not noted: %s", actor.name, error)
        return Receiving(
            self,
            actor,
            limits_of(self.db, actor.id),
            self._profile(actor).charset,
            Source(SourceKind.DIMSE, association_id, actor.name, actor.id),
        )

    def takes_private(self, actor: Actor) -> bool:
        """Whether this device may send objects private to its maker, whatever the setting says."""
        return self._profile(actor).private_classes

    def _profile(self, actor: Actor) -> Profile:
        try:
            with self.db.reading() as tx:
                return profile_of(tx, actor.id)
        except HoichanError:
            return Profile(actor.id)


class Receiving:
    """What one association stores."""

    def __init__(
        self, storage: Storage, actor: Actor, limits: PeerLimits, charset: str, source: Source
    ) -> None:
        self.storage = storage
        self.actor = actor
        self.limits = limits
        self.charset = charset  # confirmed for this device
        self.source = source
        self.tally = DeviceTally(storage.db, actor, storage.refusals)
        self._began = False

    def begin(self, context: Context, command: Command) -> Reception:
        """A C-STORE-RQ was read; its data set follows."""
        if command.sop_class_uid != context.abstract_syntax:
            return Discarding(
                Answer(SOP_CLASS_NOT_SUPPORTED, "SOP class differs from its presentation context.")
            )
        self._began = True
        try:
            self.actor.check_right(Right.STORE)
            self.storage.counts.check_rate(self.actor.id, self.limits)
            return StoredDataSet(self, context, command)
        except HoichanError as error:
            self.tally.refused(error.code, str(error))
            return Discarding(answer_for(error))

    def close(self) -> None:
        """The association ended, however it did: its studies may become complete."""
        if not self._began:
            return
        self.tally.close()
        try:
            with self.storage.db.transaction() as tx:
                association_closed(tx, self.actor, association_id=self.source.association_id)
        except HoichanError as error:
            log.warning("the end of association %s is noted later: %s", self.source.association_id, error)


class StoredDataSet:
    """One data set spooled, read, synced and entered."""

    def __init__(self, receiving: Receiving, context: Context, command: Command) -> None:
        self._receiving = receiving
        check_quota(receiving.storage.db, receiving.actor.hospital_id)
        self._spool: Spool = receiving.storage.blobs.open_spool()
        self._failure: Answer | None = None
        header = file_header(
            sop_class_uid=command.sop_class_uid,
            sop_instance_uid=command.sop_instance_uid,
            transfer_syntax_uid=context.transfer_syntax,
        )
        self._header_length = len(header)
        self.write(memoryview(header))

    def write(self, fragment: memoryview) -> None:
        if self._failure is not None:
            return
        try:
            self._spool.write(fragment)
        except HoichanError as error:
            self._receiving.tally.refused(error.code, str(error))
            self._fail(answer_for(error))

    def _fail(self, answer: Answer) -> None:
        self._failure = answer
        self._spool.discard()

    def finish(self) -> Answer:
        if self._failure is not None:
            return self._failure
        with self._spool as spool:
            answer = self._keep(spool)
        if answer.status == SUCCESS:
            self._receiving.tally.stored(spool.size)
        return answer

    def _read(self, spool: Spool) -> Part10:
        received = spool.source()
        spool.settle()
        part10 = read_part10(
            received,
            accept_private=True,  # the context was negotiated
            charset=self._receiving.charset,
            own_meta=True,
        )
        if part10.dataset_start != self._header_length:
            raise Invalid("meta_in_data_set", "The data set begins with file meta elements. Send it without.")
        return part10

    def _keep(self, spool: Spool) -> Answer:
        try:
            self._enter(spool, self._read(spool)).check()
        except HoichanError as error:
            self._receiving.tally.refused(error.code, str(error))
            return answer_for(error)
        except Exception as error:  # noqa: BLE001 - the sender is told, the association goes on
            place = self._receiving.source.association_id
            log.error("a data set of association %s was not stored: %s", place, fault_of(error))  # noqa: TRY400 - see fault_of
            return Answer(PROCESSING_FAILURE, "Internal error, see the server's log.")
        return Answer(SUCCESS)

    def _enter(self, spool: Spool, part10: Part10) -> StoredInstance:
        """The file is synced while the statements run, and is durable under its name before they are committed."""
        storage = self._receiving.storage
        storage.db.check_answers()  # one that is away leaves no file behind
        # Others must not wait for the sync of a large one.
        blob = spool.commit() if spool.size > _LARGE else spool.begin_commit()

        def enter(known: Known) -> StoredInstance:
            def work(tx: Tx) -> StoredInstance:
                one = self._receiving
                return store_instance(tx, one.actor, blob=blob, part10=part10, source=one.source, known=known)

            return storage.writes.run(work, files=[spool])

        return entered(storage.blobs, spool, part10, enter)

    def discard(self) -> None:
        self._spool.discard()
