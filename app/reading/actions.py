"""Every write of the reading log. The opening's audit record is written by `open_study`, the closing's here."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_, select, update

from app.archive.access import OPENING_LASTS, opening_for
from app.archive.models import Series, Study, StudyOpening
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx, insert_once
from app.reading.models import Reading
from app.reading.runs import count, merged
from app.reading.schemas import PlanesSeen, ReadingReport, Seen
from app.reading.seal import seal_of

LEFT_FOR = timedelta(minutes=5)
"""A page that was left may come back (the browser's back button); then its reading goes on."""
_AT_ONCE = 200


def report_reading(tx: Tx, actor: Actor, *, key: str, report: ReadingReport) -> None:
    """Adds to what this opening had on the screen; said twice it is kept once. NotFound when the key opens nothing."""
    actor.check(Permission.STUDY_READ)
    opening = tx.session.get_one(StudyOpening, opening_for(tx, actor, key).id)
    insert_once(
        tx,
        Reading,
        opening_id=opening.id,
        study_id=opening.study_id,
        reader_id=actor.id,
        reader_name=actor.name,
        opened_at=opening.opened_at,
        reported_at=tx.now,
        digest="",
        series={},
    )
    row = tx.session.get_one(Reading, opening.id, with_for_update=True)
    own = set(tx.session.scalars(select(Series.id).where(Series.study_id == opening.study_id)))
    row.series = row.series | {
        series_id: _joined(row.series.get(series_id), told.seen())
        for series_id, told in report.series.items()
        if series_id in own
    }
    row.reported_at = tx.now
    row.left_at = tx.now if report.leaving else None
    tx.session.flush()


def _joined(known: Seen | None, told: Seen) -> Seen:
    """Nothing seen is unseen again. A series that has grown is told anew: its frames may have moved."""
    if known is None:
        return told
    # a copy: the row's own value, changed in place, would be taken for what is stored already
    joined = _joined_frames(known, told).copy()
    planes = [one["planes"] for one in (known, told) if "planes" in one]
    if planes:
        joined["planes"] = _longest(planes)
    return joined


def _joined_frames(known: Seen, told: Seen) -> Seen:
    if told["frames"] > known["frames"]:
        return told
    if told["frames"] < known["frames"]:
        return known
    return {
        "frames": known["frames"],
        "shown": merged([*known["shown"], *told["shown"]]),
        "rendered": merged([*known["rendered"], *told["rendered"]]),
        "full": merged([*known["full"], *told["full"]]),
    }


def _longest(planes: Sequence[PlanesSeen]) -> PlanesSeen:
    """A page counts its seconds up: said twice they are kept once."""
    return {
        "shown": max(one["shown"] for one in planes),
        "full": max(one["full"] for one in planes),
        "body": max(one["body"] for one in planes),
    }


def close_readings(tx: Tx, actor: Actor) -> int:
    """Periodic: ends the openings that were left, or whose key is too old, and seals what was read. How many."""
    left = Reading.left_at < tx.now - LEFT_FOR
    too_old = StudyOpening.opened_at <= tx.now - OPENING_LASTS
    query = (
        select(StudyOpening, Reading, Study.hospital_id)
        .join(Study, Study.id == StudyOpening.study_id)
        .outerjoin(Reading, Reading.opening_id == StudyOpening.id)
        .where(StudyOpening.ended_at.is_(None), or_(left, too_old))
        .limit(_AT_ONCE)
    )
    found = tx.session.execute(query).all()
    for opening, reading, hospital_id in found:
        tx.session.execute(update(StudyOpening).where(StudyOpening.id == opening.id).values(ended_at=tx.now))
        _close(tx, actor, opening, reading, hospital_id)
    return len(found)


def _close(tx: Tx, actor: Actor, opening: StudyOpening, reading: Reading | None, hospital_id: str) -> None:
    detail: dict[str, object] = {"opening": opening.id, "reader": opening.actor_id, "closed": True}
    if reading is not None:
        reading.closed_at = tx.now
        reading.digest = seal_of(reading)
        seen = reading.series.values()
        detail |= {
            "digest": reading.digest,
            "series": len(reading.series),
            "shown": sum(count(one["shown"]) for one in seen),
            "full": sum(count(one["full"]) for one in seen),
            "planes": sum("planes" in one for one in seen),
        }
    tx.session.flush()
    record(
        tx,
        actor,
        AuditKind.INSTANCES_ACCESSED,
        "E",
        subject_type="study",
        subject_id=opening.study_id,
        hospital_id=hospital_id,
        detail=detail,
    )
