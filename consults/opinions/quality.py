"""Differences between the first and the second reading of completed cases, for quality meetings: without names.

A case has a code of its own here. The first reading is what stood when the second was first given; of the second the
newest version is shown. What was written is shown as it stands, but for the names of the patient and of the readers,
which are struck out wherever they were written in full.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, false, or_, select
from sqlalchemy.orm import aliased

from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, ActorKind, Permission, Role
from app.base.db import Tx
from app.base.errors import Forbidden, NotFound
from app.identity.queries import ids_with_role, person_info
from consults.lifecycle import ReaderKind, State
from consults.models import Consult, Reader
from consults.opinions.first_words import Events, FirstWords, first_words, read_by, written_events
from consults.opinions.models import ConsultGrade, ConsultReading
from consults.opinions.schemas import GradeReading

GRADE_NAMES: dict[int, str] = {
    0: "No difference",
    1: "Wording only",
    2: "Minor difference",
    3: "Significant difference",
    4: "Critical difference",
}
WHO_GRADES = (
    "A coordinator of the hospitals that read grades it, or whoever asked for the second reading; where there is no such"
    " person, another specialist there. Neither of the two readers does."
)
STRUCK_OUT = "•••"
MOST = 500
Row = tuple[Reader, Consult, ConsultReading, ConsultGrade | None]


@dataclass(frozen=True)
class Words:
    """What both said on one question; `question` is empty for the opinion as a whole."""

    question: str
    first: str
    second: str
    is_changed: bool  # the first one, when the second had been given


@dataclass(frozen=True)
class Pair:
    """Two readings of one case. `month` as YYYY-MM: the day would say who was on duty."""

    id: str
    code: str
    month: str
    urgency: str
    is_blind: bool
    version: int  # of the second reading; the first is as it stood at version 1
    grade: int | None
    note: str
    may_grade: bool
    words: tuple[Words, ...]


def list_pairs(tx: Tx, actor: Actor) -> list[Pair]:
    """The newest first, those of the hospitals that read and those the actor asked for."""
    newest = _pairs(actor).order_by(Consult.closed_at.desc(), Reader.id.desc()).limit(MOST)
    rows = [
        (reader, consult, reading, grade) for reader, consult, reading, grade in tx.session.execute(newest)
    ]
    events = written_events(tx, {consult.id for _, consult, _, _ in rows})
    return [_pair(tx, actor, row, events.get(row[1].id, ())) for row in rows]


def pair_info(tx: Tx, actor: Actor, pair_id: str) -> Pair:
    """Raises NotFound for whoever would not find it in the list."""
    row = _row(tx, actor, pair_id)
    return _pair(tx, actor, row, _events(tx, row[1]))


def grade_reading(tx: Tx, actor: Actor, *, pair_id: str, wish: GradeReading) -> None:
    """Says how far the second reading lies from the first. No event of the room tells of it: a grade is for the
    meeting, not for the case.
    """
    actor.check(Permission.CONSULT_DISCUSS)
    reader, consult, _, _ = _row(tx, actor, pair_id)
    if not _may_grade(tx, actor, consult, reader, _events(tx, consult)):
        raise Forbidden("may_not_grade", WHO_GRADES)
    said = {"grade": wish.grade, "note": wish.note, "by_id": actor.id, "at": tx.now}
    tx.session.merge(ConsultGrade(reader_id=reader.id, **said))
    tx.session.flush()
    record(
        tx,
        actor,
        AuditKind.PROCEDURE_RECORD,
        "U",
        subject_type="reading",
        subject_id=reader.id,
        hospital_id=consult.referring_hospital_id,
        detail={"grade": wish.grade},
    )


def _pairs(actor: Actor) -> Select[Reader, Consult, ConsultReading, ConsultGrade]:
    """Completed cases with a separate reading that counts. Who still has to read a case blind does not see it here."""
    return (
        select(Reader, Consult, ConsultReading, ConsultGrade)
        .join(Consult, Consult.id == Reader.consult_id)
        .join(ConsultReading, ConsultReading.reader_id == Reader.id)
        .outerjoin(ConsultGrade, ConsultGrade.reader_id == Reader.id)
        .where(
            Consult.state == State.COMPLETED,
            Reader.ended_at.is_(None),
            ConsultReading.superseded_at.is_(None),
            _is_shown_to(actor),
            ~_still_reads_blind(actor),
        )
    )


def _is_shown_to(actor: Actor) -> ColumnElement[bool]:
    if actor.kind is not ActorKind.PERSON or actor.hospital_id is None:
        return false()
    theirs = Reader.inviter_id == actor.id
    if not (actor.allows(Permission.CONSULT_ANSWER) or actor.allows(Permission.CONSULT_COORDINATE)):
        return theirs
    read_here = or_(
        Consult.consulting_hospital_id == actor.hospital_id, Reader.hospital_id == actor.hospital_id
    )
    return or_(theirs, read_here)


def _still_reads_blind(actor: Actor) -> ColumnElement[bool]:
    mine = aliased(Reader)
    return exists().where(
        mine.consult_id == Consult.id,
        mine.person_id == actor.id,
        mine.kind == ReaderKind.BLIND,
        mine.given_at.is_(None),
        mine.ended_at.is_(None),
    )


def _row(tx: Tx, actor: Actor, pair_id: str) -> Row:
    found = tx.session.execute(_pairs(actor).where(Reader.id == pair_id)).one_or_none()
    if found is None:
        raise NotFound
    reader, consult, reading, grade = found
    return reader, consult, reading, grade


def _events(tx: Tx, consult: Consult) -> Events:
    return written_events(tx, {consult.id}).get(consult.id, ())


def _may_grade(tx: Tx, actor: Actor, consult: Consult, reader: Reader, events: Events) -> bool:
    """Whoever asked or coordinates where it was read, or where only the readers are left of those, a colleague there.
    Nobody judges a reading of their own.
    """
    readers = read_by(events, consult, reader)
    homes = {consult.consulting_hospital_id, reader.hospital_id}
    reads_here = actor.hospital_id in homes
    if actor.id in readers:
        return False
    if reader.inviter_id == actor.id or (reads_here and actor.allows(Permission.CONSULT_COORDINATE)):
        return True
    return reads_here and actor.allows(Permission.CONSULT_ANSWER) and not _judges(tx, reader, homes) - readers


def _judges(tx: Tx, reader: Reader, homes: Collection[str]) -> set[str]:
    coordinators = {one for home in homes for one in ids_with_role(tx, home, Role.COORDINATOR)}
    return coordinators | ({reader.inviter_id} if person_info(tx, reader.inviter_id).active else set())


def _pair(tx: Tx, actor: Actor, row: Row, events: Events) -> Pair:
    reader, consult, reading, grade = row
    assert consult.closed_at is not None  # it is completed
    first = first_words(events, reader, reading)
    names = [consult.patient_name, consult.patient_id, reader.person["name"], *first.names]
    if consult.consultant_id is not None:
        names.append(person_info(tx, consult.consultant_id).name)
    return Pair(
        id=reader.id,
        code=code_of(reader.id),
        month=_month(consult.closed_at),
        urgency=consult.urgency,
        is_blind=reader.kind == ReaderKind.BLIND,
        version=reading.version,
        grade=grade.grade if grade else None,
        note=grade.note if grade else "",
        may_grade=_may_grade(tx, actor, consult, reader, events),
        words=_words(consult, first, reading, names),
    )


def _words(
    consult: Consult, first: FirstWords, reading: ConsultReading, names: Sequence[str]
) -> tuple[Words, ...]:
    second: dict[str | None, str] = {one["question_id"]: one["text"] for one in reading.conclusions}
    second[None] = reading.text
    asked: list[tuple[str | None, str]] = [(one.id, one.text) for one in consult.questions]
    return tuple(
        Words(
            question=nameless(text, names),
            first=nameless(first.texts.get(key, ""), names),
            second=nameless(second.get(key, ""), names),
            is_changed=key in first.changed,
        )
        for key, text in [*asked, (None, "")]
    )


def nameless(text: str, names: Sequence[str]) -> str:
    """Without these names, however their letters are cased; what is shorter than three letters is no name."""
    for name in sorted(names, key=len, reverse=True):
        if len(name.strip()) > 2:
            text = re.sub(rf"(?<!\w){re.escape(name.strip())}(?!\w)", STRUCK_OUT, text, flags=re.IGNORECASE)
    return text


def code_of(reader_id: str) -> str:
    """What the case is called in the meeting: the part of the id that is chance."""
    return f"{reader_id[-8:-4]}-{reader_id[-4:]}".upper()


def _month(at: datetime) -> str:
    return f"{at:%Y-%m}"
