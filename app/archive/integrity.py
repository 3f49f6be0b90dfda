"""Whether stored objects and rows agree, and the bytes are still those that came. Reads and actions of the periodic
checks (app.main.reconcile, app.main.scrub); what is damaged is said, never served as good.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import and_, or_, select, update

from app.archive.counters import recount
from app.archive.models import Instance, Series, SetAside, Study
from app.archive.part10 import Part10
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.blobs import Blob
from app.base.db import Tx
from app.base.kept_objects import kept

_AT_ONCE = 500  # parameters of one statement
_NO_SYNC = {"synchronize_session": False}


def _batches(digests: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(digests)
    while batch := list(islice(rest, _AT_ONCE)):
        yield batch


def digests_of_instances(tx: Tx, folder: str) -> set[str]:
    """Of all images whose digest begins so, read along the index."""
    after = f"{folder}~"  # beyond every hexadecimal digit
    query = select(Instance.digest).where(Instance.digest >= folder, Instance.digest < after)
    return set(tx.session.scalars(query))


def referenced(tx: Tx, digests: Collection[str]) -> set[str]:
    """Which of these objects some row still speaks of: an image, a file set aside that waits for a person, or what a
    part beyond the archive keeps.
    """
    found: set[str] = set()
    waiting = SetAside.decision == ""
    for batch in _batches(digests):
        found.update(tx.session.scalars(select(Instance.digest).where(Instance.digest.in_(batch))))
        found.update(tx.session.scalars(select(SetAside.digest).where(SetAside.digest.in_(batch), waiting)))
        found.update(kept(tx, batch))
    return found


@dataclass(frozen=True)
class DamagedImage:
    """An image, or a file set aside, whose bytes are gone or changed."""

    hospital_id: str
    study_id: str  # empty for a file set aside
    instance_id: str
    sop_instance_uid: str
    digest: str


def damage_found(tx: Tx, actor: Actor, *, digests: Collection[str], how: str) -> list[DamagedImage]:
    """Marks every image of these objects as damaged; those newly marked. `how` is "missing" or "changed"."""
    actor.check(Permission.STORAGE_MANAGE)
    found: list[DamagedImage] = []
    for batch in _batches(digests):
        marked = (
            update(Instance)
            .where(Instance.digest.in_(batch), Instance.damaged.is_(False))
            .values(damaged=True)
            .returning(Instance.id)
        )
        ids = list(tx.session.scalars(marked, execution_options=_NO_SYNC))
        read = update(Instance).where(Instance.digest.in_(batch)).values(verified_at=tx.now)
        tx.session.execute(read, execution_options=_NO_SYNC)
        found.extend(_described(tx, ids))
        found.extend(_files_aside(tx, batch, damaged=True))
    for one in found:
        _record(tx, actor, one, outcome=8, what=how)
    return found


def _files_aside(tx: Tx, digests: list[str], *, damaged: bool) -> list[DamagedImage]:
    """Notes what reading those that wait for a person showed; those of which it is new."""
    waiting = (SetAside.digest.in_(digests), SetAside.decision == "")
    columns = (SetAside.hospital_id, SetAside.id, SetAside.sop_instance_uid, SetAside.digest)
    news = tx.session.execute(select(*columns).where(*waiting, SetAside.damaged.is_not(damaged))).all()
    read = update(SetAside).where(*waiting).values(damaged=damaged, verified_at=tx.now)
    tx.session.execute(read, execution_options=_NO_SYNC)
    return [DamagedImage(row[0], "", row[1], row[2], row[3]) for row in news]


def _described(tx: Tx, ids: Collection[str]) -> Iterator[DamagedImage]:
    query = (
        select(Instance.hospital_id, Series.study_id, Instance.id, Instance.sop_instance_uid, Instance.digest)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.id.in_(ids))
    )
    return (DamagedImage(*row) for row in tx.session.execute(query))


def verified(tx: Tx, actor: Actor, *, digests: Collection[str]) -> list[DamagedImage]:
    """These objects were read and are what they were: notes when. Those that had been damaged and are whole again."""
    actor.check(Permission.STORAGE_MANAGE)
    healed: list[DamagedImage] = []
    for batch in _batches(digests):
        damaged = select(Instance.id).where(Instance.digest.in_(batch), Instance.damaged)
        healed.extend(_described(tx, list(tx.session.scalars(damaged))))
        read = update(Instance).where(Instance.digest.in_(batch)).values(verified_at=tx.now, damaged=False)
        tx.session.execute(read, execution_options=_NO_SYNC)
        healed.extend(_files_aside(tx, batch, damaged=False))
    for one in healed:
        _record(tx, actor, one, outcome=0, what="healed")
    return healed


def heal(tx: Tx, actor: Actor, *, instance_id: str, blob: Blob, part10: Part10) -> None:
    """A damaged image came again with the same content: from now on its file is this one."""
    actor.check(Permission.STUDY_STORE)
    query = select(Instance.size, Series.study_id).join(Series, Series.id == Instance.series_id)
    query = query.where(Instance.id == instance_id, Instance.damaged).with_for_update(of=Instance)
    before = tx.session.execute(query).one_or_none()
    if before is None:
        return
    grown = update(Study).where(Study.id == before.study_id)
    grown = grown.values(size=Study.size - before.size + blob.size)
    tx.session.execute(grown, execution_options=_NO_SYNC)
    whole = update(Instance).where(Instance.id == instance_id)
    whole = whole.values(
        damaged=False,
        verified_at=tx.now,
        digest=blob.digest,
        size=blob.size,
        transfer_syntax_uid=part10.transfer_syntax_uid,
        dataset_start=part10.dataset_start,
        header_length=part10.header_length,
        frame_index=part10.frames.pack(),
    )
    tx.session.execute(whole, execution_options=_NO_SYNC)
    for one in _described(tx, [instance_id]):
        _record(tx, actor, one, outcome=0, what="healed")


def _record(tx: Tx, actor: Actor, image: DamagedImage, *, outcome: int, what: str) -> None:
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        "U",
        outcome=outcome,
        subject_type="study" if image.study_id else "set-aside",
        subject_id=image.study_id or image.instance_id,
        hospital_id=image.hospital_id,
        detail={"object": what, "sop_instance_uid": image.sop_instance_uid, "digest": image.digest},
    )


def counters_repaired(tx: Tx, actor: Actor, *, study_id: str) -> None:
    """Sets a study's counters to what its rows say."""
    actor.check(Permission.STORAGE_MANAGE)
    recount(tx, study_id)
    record(
        tx,
        actor,
        AuditKind.APPLICATION_ACTIVITY,
        "U",
        subject_type="study",
        subject_id=study_id,
        hospital_id=tx.session.scalar(select(Study.hospital_id).where(Study.id == study_id)),
        detail={"counters": "repaired"},
    )


def to_verify(tx: Tx, *, before: datetime, limit: int) -> list[tuple[str, int]]:
    """Digest and size of objects not read since, the longest unread first; one digest once. Files set aside, too."""
    never = and_(Instance.verified_at.is_(None), Instance.received_at < before)
    due = or_(never, Instance.verified_at < before)
    query = (
        select(Instance.digest, Instance.size)
        .where(due)
        .order_by(Instance.verified_at.is_not(None), Instance.verified_at)
        .limit(limit)
    )
    found = {row.digest: row.size for row in tx.session.execute(query)}
    if len(found) < limit:
        never_read = and_(SetAside.verified_at.is_(None), SetAside.created_at < before)
        aside = select(SetAside.digest, SetAside.size).where(
            SetAside.decision == "", or_(never_read, SetAside.verified_at < before)
        )
        found |= {row.digest: row.size for row in tx.session.execute(aside.limit(limit - len(found)))}
    return list(found.items())
