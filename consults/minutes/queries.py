"""Every read of the minutes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from consults.event_base import Person, moment_json
from consults.minutes.access import consult_with_minutes, may_read, may_take
from consults.minutes.events import MinutesNews
from consults.minutes.facts import members_of
from consults.minutes.lifecycle import Deed, Standing, allowed_deeds
from consults.minutes.models import ConsultMinutes
from consults.minutes.schemas import MinutesContent
from consults.models import Consult


@dataclass(frozen=True)
class MinutesInfo:
    """As the actor may see them. `content` and `facts` are None while they are being written by somebody else;
    `guests`: the ids of all who were ever invited as one.
    """

    consult_id: str
    number: str
    patient_name: str
    state: Standing
    version: int
    secretary: Person
    has_pen: bool
    may_take: bool
    allowed: tuple[Deed, ...]
    has_read: bool
    content: MinutesContent | None
    facts: dict[str, Any] | None
    read_by: tuple[dict[str, Any], ...]
    remarks: tuple[dict[str, Any], ...]
    closed_at: str | None
    saved_by: str | None  # None of what was saved before it was noted
    saved_at: datetime | None
    overtaken: tuple[tuple[int, str], ...]  # answers by number, 0 the opinion, that say something else now
    guests: frozenset[str]

    @property
    def unread_by(self) -> list[str]:
        """Members with an account who have not said that they read this version. Guests are not waited for: they are
        never shown the minutes (access.KEPT_OUT).
        """
        done = {one["id"] for one in self.read_by} | self.guests
        members = self.content.members if self.content else ()
        return [one.name for one in members if one.person_id and one.person_id not in done]

    @property
    def unlicensed(self) -> list[str]:
        """Members with an account whose licence number stands neither there nor here."""
        members = self.content.members if self.content else ()
        return [one.name for one in members if one.person_id and not one.licence_number]


@dataclass(frozen=True)
class NoMinutes:
    """Nobody has the pen yet."""

    consult_id: str
    number: str
    patient_name: str
    may_take: bool


def minutes_state(tx: Tx, consult: Consult) -> dict[str, Any] | None:
    """What the room shows; None: nobody has taken the pen."""
    row = tx.session.get(ConsultMinutes, consult.id)
    return news_of(row).model_dump(mode="json") if row else None


def news_of(row: ConsultMinutes) -> MinutesNews:
    """What everybody in the room may know."""
    return MinutesNews(
        state=Standing(row.state),
        version=row.version,
        secretary=Person.model_validate(row.secretary),
        read=len(row.read_by),
        remarks=len(row.remarks),
    )


def minutes_info(tx: Tx, actor: Actor, consult_id: str) -> MinutesInfo | NoMinutes:
    """For the page. Raises NotFound for whoever may not see the consult."""
    consult, row = consult_with_minutes(tx, actor, consult_id)
    if row is None:
        return NoMinutes(consult.id, consult.number, consult.patient_name, may_take(tx, consult, None))
    has_pen, readable = row.secretary_id == actor.id, may_read(row, actor)
    return MinutesInfo(
        consult_id=consult.id,
        number=consult.number,
        patient_name=consult.patient_name,
        state=Standing(row.state),
        version=row.version,
        secretary=Person.model_validate(row.secretary),
        has_pen=has_pen,
        may_take=may_take(tx, consult, row),
        allowed=tuple(allowed_deeds(Standing(row.state), has_pen=has_pen)),
        has_read=any(one["id"] == actor.id for one in row.read_by),
        content=_content(tx, actor, consult, row) if readable else None,
        facts=row.facts if readable else None,
        read_by=tuple(row.read_by),
        remarks=tuple(row.remarks),
        closed_at=moment_json(row.closed_at) if row.closed_at else None,
        saved_by=row.saved_by["name"] if row.saved_by else None,
        saved_at=row.saved_at,
        overtaken=_overtaken(consult, row) if readable and row.state != Standing.CLOSED else (),
        guests=frozenset(guest.person_id for guest in consult.guests),
    )


def _overtaken(consult: Consult, row: ConsultMinutes) -> tuple[tuple[int, str], ...]:
    """What the minutes know is as it was when they were saved."""
    known = {0: row.facts["opinion"], **{one["number"]: one["answer"] for one in row.facts["questions"]}}
    now = {0: consult.opinion, **{one.number: one.answer for one in consult.questions}}
    return tuple((number, text) for number, text in now.items() if text and text != known.get(number))


def _content(tx: Tx, actor: Actor, consult: Consult, row: ConsultMinutes) -> MinutesContent:
    """A draft has the licence numbers that were entered since."""
    content = MinutesContent.model_validate(row.content)
    if row.state != Standing.DRAFT:
        return content
    known = {one.person_id: one.licence_number for one in members_of(tx, actor, consult)}
    members = tuple(
        one.model_copy(update={"licence_number": one.licence_number or known.get(one.person_id, "")})
        for one in content.members
    )
    return content.model_copy(update={"members": members})


def readable_minutes(tx: Tx, actor: Actor, consult_id: str) -> dict[str, Any]:
    """The minutes as structured data: what the PDF is made of. Raises NotFound while there are none to be read."""
    info = minutes_info(tx, actor, consult_id)
    if isinstance(info, NoMinutes) or info.content is None:
        raise NotFound
    return {
        "form": "27/BV2",
        "consult_id": consult_id,
        "state": info.state,
        "version": info.version,
        "closed_at": info.closed_at,
        "secretary": info.secretary.model_dump(),
        "content": info.content.model_dump(mode="json"),
        "facts": info.facts,
        "read_by": list(info.read_by),
        "unread_by": info.unread_by,
        "remarks": list(info.remarks),
    }
