"""The worker's side of fetches: asks the other archive, counts what comes (job `fetch.run`)."""

import logging
import time
from collections.abc import Callable, Iterator
from functools import partial

from app.archive.actions import StoredInstance, association_closed, store_instance
from app.archive.failures import PROCESSING_FAILURE, failure_of
from app.archive.file_header import file_header
from app.archive.part10 import read_part10
from app.archive.profiles import profile_of
from app.archive.repetitions import Known, entered
from app.archive.states import Source, SourceKind
from app.archive.storage_use import check_quota
from app.base.actor import SYSTEM, Actor, ActorKind
from app.base.db import Database
from app.base.errors import HoichanError, Unavailable
from app.base.faults import fault_of
from app.base.ids import new_id
from app.routing import fetches
from app.routing.fetches import RunningFetch
from app.routing.keeper import Keeper
from app.routing.lifecycle import FetchMethod
from app.routing.network import Remote, Sent
from app.routing.remotes import remote_for
from app.routing.sending import Means

log = logging.getLogger(__name__)

_TELL_EVERY = 1.0
_SUCCESS = 0x0000


def fetch_due(means: Means) -> int:
    """Fetches what waits, one after the other; how many it were."""
    with means.db.reading() as tx:
        waiting = fetches.due_fetches(tx)
    return sum(run_fetch(means, fetch_id) for fetch_id in waiting)


def run_fetch(means: Means, fetch_id: str) -> bool:
    """A fetch that nobody holds, to its end; says whether it was ours. Begun again after a crash, what is here already
    is a repetition.
    """
    with means.db.transaction() as tx:
        running = fetches.claim_fetch(tx, fetch_id)
    if running is None:
        return False
    error: HoichanError | None = None
    try:
        held = partial(fetches.fetch_is_held, fetch_id=running.id)
        with Keeper(means.db, running.id, held, partial(fetches.renew_fetch, fetch_id=running.id)) as keeper:
            _fetch(means, running, keeper)
    except HoichanError as told:
        error = told
    except Exception as fault:  # noqa: BLE001 - the row's reader is told
        log.error("fetch %s failed: %s", running.id, fault_of(fault))  # noqa: TRY400 - no text: T18
        error = Unavailable("internal", "Something went wrong here. The log has more.")
    with means.db.transaction() as tx:
        fetches.end_fetch(tx, running.id, error)
    return True


def _fetch(means: Means, running: RunningFetch, keeper: Keeper) -> None:
    with means.db.reading() as tx:
        remote = remote_for(tx, SYSTEM, running.device_id)
    if running.method is FetchMethod.GET:
        counts = _get(means, running, remote, keeper)
    elif running.method is FetchMethod.MOVE:
        counts = _move(means, running, remote, keeper)
    else:
        counts = _by_either(means, running, remote, keeper)
    if not keeper.is_lost() and (counts.failed or not counts.done):
        raise _incomplete(remote, counts)


def _by_either(means: Means, running: RunningFetch, remote: Remote, keeper: Keeper) -> Sent:
    """C-MOVE; where it brings nothing, C-GET. What went wrong is told of the first where the second fails too."""
    try:
        counts = _move(means, running, remote, keeper)
        refusal = None if counts.done or keeper.is_lost() else _incomplete(remote, counts)
    except HoichanError as error:
        counts, refusal = Sent(), error
    if refusal is None:
        return counts
    if keeper.is_lost():
        raise refusal
    try:
        return _get(means, running, remote, keeper)
    except HoichanError as error:
        raise refusal from error


def _incomplete(remote: Remote, counts: Sent) -> HoichanError:
    if not counts.done and not counts.failed:
        return Unavailable(
            "nothing_came", "{name} sent no images. It may no longer have them.", name=remote.name
        )
    return Unavailable(
        "some_failed",
        "{count} images could not be fetched from {name}: {reason}",
        count=counts.failed,
        name=remote.name,
        reason=counts.last_error or "-",
    )


def _move(means: Means, running: RunningFetch, remote: Remote, keeper: Keeper) -> Sent:
    """They arrive at our own door for DICOM, sent to the hospital's AE title."""
    return _counted(
        means.db,
        running,
        means.network.move(
            remote,
            running.study_instance_uid,
            destination_ae_title=remote.calling_ae_title,
            cancelled=keeper.is_lost,
        ),
    )


def _get(means: Means, running: RunningFetch, remote: Remote, keeper: Keeper) -> Sent:
    actor = Actor(ActorKind.DEVICE, remote.device_id, remote.ae_title, running.hospital_id)
    source = Source(SourceKind.DIMSE, new_id(), remote.ae_title, remote.device_id)
    problems: list[HoichanError] = []
    store = _storing(means, actor, source, problems)
    try:
        answers = means.network.get(remote, running.study_instance_uid, store=store, cancelled=keeper.is_lost)
        counts = _counted(means.db, running, answers)
    except HoichanError as error:
        raise (problems or [error])[0] from error  # we know why, the other archive does not
    finally:
        with means.db.transaction() as tx:
            association_closed(tx, actor, association_id=source.association_id)
    if problems and not keeper.is_lost():
        raise problems[0]
    return counts


def _counted(db: Database, running: RunningFetch, answers: Iterator[Sent]) -> Sent:
    counts, told_at = Sent(), time.monotonic()
    try:
        for counts in answers:
            if time.monotonic() - told_at >= _TELL_EVERY:
                told_at = time.monotonic()
                _note(db, running, counts)
    finally:
        _note(db, running, counts)
    return counts


def _note(db: Database, running: RunningFetch, counts: Sent) -> None:
    with db.transaction() as tx:
        fetches.note_fetched(tx, running.id, counts)


def _storing(
    means: Means, actor: Actor, source: Source, problems: list[HoichanError]
) -> Callable[[str, str, str, Iterator[bytes]], int]:
    """What takes each instance that comes over the line we asked on: durable before its status is told. The first
    reason why one was not kept is put into `problems`.
    """
    with means.db.reading() as tx:
        charset = profile_of(tx, source.device_id).charset

    def store(sop_class: str, sop_instance: str, transfer_syntax: str, pieces: Iterator[bytes]) -> int:
        try:
            _store(means, actor, source, (sop_class, sop_instance, transfer_syntax, charset), pieces)
        except HoichanError as error:
            problems[:] = problems or [error]
            return failure_of(error)
        except Exception as fault:  # noqa: BLE001 - the other archive is told, the rest goes on
            log.error("an image fetched was not stored: %s", fault_of(fault))  # noqa: TRY400 - no text: T18
            return PROCESSING_FAILURE
        return _SUCCESS

    return store


def _store(
    means: Means, actor: Actor, source: Source, meta: tuple[str, str, str, str], pieces: Iterator[bytes]
) -> None:
    sop_class, sop_instance, transfer_syntax, charset = meta
    check_quota(means.db, actor.hospital_id)
    with means.blobs.open_spool() as spool:
        spool.write(
            file_header(
                sop_class_uid=sop_class, sop_instance_uid=sop_instance, transfer_syntax_uid=transfer_syntax
            )
        )
        for piece in pieces:
            spool.write(piece)
        spool.flush()
        part10 = read_part10(spool.path, accept_private=True, charset=charset)
        blob = spool.commit()

        def enter(known: Known) -> StoredInstance:
            with means.db.transaction() as tx:
                return store_instance(tx, actor, blob=blob, part10=part10, source=source, known=known)

        stored = entered(means.blobs, spool, part10, enter)
    stored.check()
