"""The worker's side of deliveries: each is claimed, done, and noted as it goes (job `delivery.send`)."""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from app.archive.outgoing import OutgoingFile
from app.archive.queries import outgoing_of
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Database, Tx
from app.base.errors import HoichanError, NotFound, Unavailable
from app.base.faults import fault_of
from app.routing import progress
from app.routing.availability import availability_of
from app.routing.compressing import compress_study
from app.routing.keeper import Keeper
from app.routing.lifecycle import DeliveryKind
from app.routing.network import Network, Remote, Sent
from app.routing.progress import REFUSED, REFUSED_CODE, Claimed
from app.routing.remotes import remote_for

log = logging.getLogger(__name__)

_TELL_EVERY = 1.0
_KEEP_EVERY = 15.0  # what was sent since is sent again after a crash: the list of all is long


@dataclass(frozen=True)
class Means:
    """What deliveries are made with."""

    db: Database
    blobs: Blobs
    network: Network
    decoder: Any = None  # app.render.frames.Decoder; only compressing decodes


def deliver(means: Means, delivery_id: str) -> bool:
    """One try of a delivery that is due and that nobody holds; says whether it was made."""
    with means.db.transaction() as tx:
        claimed = progress.claim(tx, delivery_id)
    if claimed is None:
        return False
    try:
        held, renew = partial(progress.is_held, claimed=claimed), partial(progress.renew, claimed=claimed)
        with Keeper(means.db, claimed.id, held, renew) as keeper:
            _DOINGS[DeliveryKind(claimed.kind)](means, claimed, keeper)
    except HoichanError as error:
        _put_off(means, claimed, error)
    except Exception as error:  # noqa: BLE001 - the row is tried again; its reader is told
        log.error("delivery %s failed: %s", claimed.id, fault_of(error))  # noqa: TRY400 - no text: T18
        _put_off(means, claimed, Unavailable("internal", "Something went wrong here. The log has more."))
    else:
        with means.db.transaction() as tx:
            progress.finish(tx, claimed)
    return True


def _put_off(means: Means, claimed: Claimed, error: HoichanError) -> None:
    with means.db.transaction() as tx:
        progress.put_off(tx, claimed, error)


def deliver_due(means: Means) -> int:
    """Tries what is due, one after the other; how many tries were made."""
    with means.db.reading() as tx:
        waiting = progress.due(tx)
    return sum(deliver(means, delivery_id) for delivery_id in waiting)


class _Told:
    """How far a delivery is: its counts once a second, what exactly is across every quarter of a minute."""

    def __init__(self, db: Database, claimed: Claimed) -> None:
        self._db = db
        self._claimed = claimed
        self._counted_at = self._kept_at = time.monotonic()

    def note(self, sent: Callable[[], Collection[str]], done: int, total: int) -> None:
        """After each instance: `sent` are those of this try, `done` counts those of earlier ones too."""
        moment = time.monotonic()
        if moment - self._kept_at >= _KEEP_EVERY:
            self.keep(sent(), total)
        elif moment - self._counted_at >= _TELL_EVERY:
            self._counted_at = moment
            with self._db.transaction() as tx:
                progress.note_progress(tx, self._claimed, done, total)

    def keep(self, sent: Collection[str], total: int, also: Callable[[Tx], None] | None = None) -> None:
        """Written now, whatever the time."""
        self._counted_at = self._kept_at = time.monotonic()
        with self._db.transaction() as tx:
            progress.note_sent(tx, self._claimed, sent, total)
            if also is not None:
                also(tx)


@dataclass
class _Sending:
    """Instances on their way, and what of them the peer has said yes to."""

    means: Means
    claimed: Claimed
    remote: Remote
    pending: list[OutgoingFile]
    before: int  # images that earlier tries brought across
    total: int
    told: _Told
    counts: Sent = field(default_factory=Sent)

    @property
    def sent(self) -> set[str]:
        """What the peer has of this try."""
        refused = set(self.counts.failed_uids)
        answered = self.pending[: self.counts.done + self.counts.failed]
        return {file.instance_id for file in answered if file.sop_instance_uid not in refused}

    def note(self, counts: Sent) -> None:
        """After each answer."""
        self.counts = counts
        self.told.note(lambda: self.sent, self.before + counts.done, self.total)

    def close(self) -> None:
        """What came across is noted and recorded, however the try ended."""
        sent = self.sent
        if not sent:
            return
        size = sum(file.size for file in self.pending if file.instance_id in sent)
        record = partial(
            progress.record_sent, claimed=self.claimed, count=len(sent), size=size, peer=self.remote.ae_title
        )
        self.told.keep(sent, self.total, record)


def _send_study(means: Means, claimed: Claimed, keeper: Keeper) -> None:
    """Sends what the peer has not acknowledged yet."""
    with means.db.reading() as tx:
        remote = remote_for(tx, SYSTEM, claimed.device_id or "")
        files = outgoing_of(tx, SYSTEM, study_id=claimed.study_id)
    if not files and not claimed.sent:
        raise NotFound("nothing_to_send", "The study has no images that may be sent, or is no longer here.")
    before = claimed.sent
    pending = [file for file in files if file.instance_id not in before]
    total = len(before | {file.instance_id for file in files})
    sending = _Sending(means, claimed, remote, pending, len(before), total, _Told(means.db, claimed))
    try:
        for counts in means.network.send(remote, pending, cancelled=keeper.is_lost) if pending else ():
            sending.note(counts)
    finally:
        sending.close()
    missing = len(pending) - sending.counts.done
    if missing and not keeper.is_lost():
        raise _incomplete(remote, sending.counts, missing, total)


def _incomplete(remote: Remote, counts: Sent, missing: int, total: int) -> Unavailable:
    if counts.failed:
        return Unavailable(
            REFUSED_CODE, REFUSED, name=remote.name, count=missing, total=total, reason=counts.last_error
        )
    return Unavailable("broken_off", "The connection to {name} broke off.", name=remote.name)


def _report_commitment(means: Means, claimed: Claimed, _keeper: Keeper) -> None:
    with means.db.reading() as tx:
        remote = remote_for(tx, SYSTEM, claimed.device_id or "")
    committed = [(str(sop_class), str(uid)) for sop_class, uid in claimed.payload["committed"]]
    failed = [(str(sop_class), str(uid), int(why)) for sop_class, uid, why in claimed.payload["failed"]]
    means.network.report_commitment(remote, claimed.payload["transaction_uid"], committed, failed)


def _announce_availability(means: Means, claimed: Claimed, _keeper: Keeper) -> None:
    with means.db.reading() as tx:
        remote = remote_for(tx, SYSTEM, claimed.device_id or "")
        files = outgoing_of(tx, SYSTEM, study_id=claimed.study_id)
    if not files:
        raise NotFound("nothing_to_send", "The study has no images that may be sent, or is no longer here.")
    means.network.announce_availability(remote, availability_of(files, remote.calling_ae_title))
    with means.db.transaction() as tx:
        progress.note_sent(tx, claimed, {file.instance_id for file in files}, len(files))


def _compress(means: Means, claimed: Claimed, keeper: Keeper) -> None:
    told, before = _Told(means.db, claimed), claimed.sent
    done: set[str] = set()
    unchanged: set[str] = set()
    total = 0
    try:
        for instance_id, changed, total in compress_study(
            means.db,
            means.blobs,
            means.decoder,
            study_id=claimed.study_id or "",
            syntax=str(claimed.payload["syntax"]),
            dealt_with=before,
            cancelled=keeper.is_lost,
        ):
            done.add(instance_id)
            if not changed:
                unchanged.add(instance_id)
            told.note(lambda: done, len(before) + len(done), total)
    finally:
        if done:
            told.keep(done, total, partial(progress.note_unchanged, claimed=claimed, unchanged=unchanged))


def _nothing(_means: Means, _claimed: Claimed, _keeper: Keeper) -> None:
    """Grants and notices were done when their row was written."""


_DOINGS: dict[DeliveryKind, Callable[[Means, Claimed, Keeper], None]] = {
    DeliveryKind.AVAILABILITY: _announce_availability,
    DeliveryKind.COMMITMENT: _report_commitment,
    DeliveryKind.COMPRESS: _compress,
    DeliveryKind.GRANT: _nothing,
    DeliveryKind.NOTIFY: _nothing,
    DeliveryKind.STUDY: _send_study,
}
