"""What the first reading said when the second one was first given. Whoever wrote it sees the second from then on and may
write anew; the events keep what stood before.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.base.db import Tx
from consults.access import readers_of
from consults.lifecycle import ReaderKind
from consults.models import Consult, ConsultEvent, Reader
from consults.opinions.models import ConsultReading
from consults.opinions.written import ANSWER, OPINION

READING = "reading.given"
Events = Sequence[ConsultEvent]


@dataclass(frozen=True)
class FirstWords:
    """By question, None: the opinion. `changed`: what was written first or otherwise after the second reading.
    `names`: of all who wrote any of it.
    """

    texts: dict[str | None, str]
    changed: frozenset[str | None]
    names: frozenset[str]


def written_events(tx: Tx, consult_ids: Collection[str]) -> dict[str, Events]:
    """Of each consult every text that was given, in its order."""
    query = (
        select(ConsultEvent)
        .where(ConsultEvent.consult_id.in_(consult_ids), ConsultEvent.type.in_((ANSWER, OPINION, READING)))
        .order_by(ConsultEvent.consult_id, ConsultEvent.number)
    )
    found: defaultdict[str, list[ConsultEvent]] = defaultdict(list)
    for event in tx.session.scalars(query):
        found[event.consult_id].append(event)
    return dict(found)


def first_words(events: Events, reader: Reader, reading: ConsultReading) -> FirstWords:
    """As they stood when the reading was first given: worded anew it stays compared with these, or what was copied from
    it would count as said before.
    """
    gave = [event.number for event in events if event.type == READING and event.actor_id == reader.person_id]
    texts: dict[str | None, str] = {}
    changed: set[str | None] = set()
    first = [event for event in events if event.type != READING]
    for event in first:
        question_id = event.data.get("question_id")
        if event.number < gave[0] if gave else event.at < reading.given_at:
            texts[question_id] = event.data["text"]
        elif event.data["text"] != texts.get(question_id):
            changed.add(question_id)
    return FirstWords(texts, frozenset(changed), frozenset(event.actor["name"] for event in first))


def read_by(events: Events, consult: Consult, reader: Reader) -> set[str | None]:
    """The people behind the two readings: whoever wrote or signed the first, and the second reader."""
    wrote = {event.actor_id for event in events if event.type != READING}
    signed = {one.person_id for one in readers_of(consult) if one.kind == ReaderKind.JOINT}
    return {reader.person_id, consult.consultant_id} | wrote | signed
