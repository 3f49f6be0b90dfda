"""Door: Socket.IO namespace /consults.

What lasts goes through `wishes.fulfil`, as it does over HTTP, and comes back to everybody in the room, its author
included, as an event read from the database after commit: each socket is given what comes after the last number it
was given, under its own rights. What does not last (pointer, view, sketch, typing) is passed on and forgotten; whoever
reads blind is not shown it.
"""

import logging
import math
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from app.base.clock import now
from app.base.db import Tx
from app.base.errors import HoichanError, NotFound
from app.base.events import LiveEvent
from app.edge.errors import fault
from app.edge.sockets import Connection, GuardedNamespace, Handler, SocketGate
from consults.access import consult_for, read_consults, seats_of
from consults.actions import leave_room, note_read
from consults.calls.members import Caller
from consults.doors.calls import OURS as CALLS
from consults.doors.calls import CallDesk
from consults.event_base import Person, moment_json
from consults.history import person_of
from consults.lifecycle import Seat
from consults.looking import has_left
from consults.presence import BEAT_SECONDS, Presence, Present
from consults.queries import events_after, heads
from consults.recordings.actions import ask_recording
from consults.schemas import EnterRoom, MovePointer, Plain, ShowViewport, Sketch, parse
from consults.talk.actions import note_seen
from consults.talk.queries import seen_in
from consults.talk.schemas import SeenTalk
from consults.wishes import WISHES, fulfil

log = logging.getLogger("hoichan.consults")

HEAD_SECONDS = 5.0
NOTE_SECONDS = 30.0
TOPIC = "consult:"
BEAT = "presence.beat"
TICK = "consult-rooms"


@dataclass(eq=False)
class Place:
    """One socket in one room, and the number of the last event it was given."""

    connection: Connection
    consult_id: str
    person: Present
    given: int
    is_blind: bool  # not shown what others point at, draw and look at
    seen: int = 0  # how far the talk was in sight on this screen
    noted: int = 0  # how far it was written down that they have read
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def author(self) -> Caller:
        """The person as others see them."""
        return {"id": self.person["id"], "name": self.person["name"], "hospital": self.person["hospital"]}


class ConsultsNamespace(GuardedNamespace):
    """The rooms of this process."""

    guests = True
    passing = frozenset({"pointer.move", "viewport.show", "annotation.sketch", "typing", "talk.seen"})

    def __init__(self, gate: SocketGate) -> None:
        super().__init__("/consults", gate)
        self.presence = Presence()
        self._places: dict[str, Place] = {}  # by socket: a socket is in one room at most
        self._shown: dict[str, list[Present]] = {}
        self._ticking = False
        self._empty = threading.Event()
        self._lock = threading.Lock()
        self.desk = CallDesk(self.services, self.presence.process, self)
        self.services.events.subscribe(TOPIC, self._on_live_event)

    def handler_for(self, event: str) -> Handler | None:
        """Wishes of the table need no method of their own."""
        if event in WISHES:
            days = self.services.settings.consult.access_days
            return lambda connection, data: fulfil(
                self.services.db, connection.actor, event, data, access_days=days
            )
        return self.desk.handlers.get(event) or super().handler_for(event)

    def on_consult_enter(self, connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
        """Lets the socket into a room and gives it what it has missed."""
        wish = parse(EnterRoom, data)
        self.left(connection)
        with self.services.db.reading() as tx:
            head = consult_for(tx, connection.actor, wish.consult_id).last
            is_blind = _is_blind(tx, connection, wish.consult_id)
            person = _present(tx, connection)
            seen = seen_in(tx, connection.actor, wish.consult_id)
            is_back = has_left(tx, connection.actor, wish.consult_id)
        if is_back:  # known before they are shown anything
            with self.services.db.transaction() as tx:
                note_read(tx, connection.actor, consult_id=wish.consult_id, number=min(wish.after, head))
        place = Place(connection, wish.consult_id, person, min(wish.after, head), is_blind)
        self._admit(place)
        self._give_to([place])
        self._beat(wish.consult_id)
        connection.send("presence", self._presence_of(wish.consult_id))
        self.desk.entered(place)
        connection.send("seen.before", {"consult_id": wish.consult_id, "people": seen})
        return {"head": head, "person": connection.actor.id}

    def _admit(self, place: Place) -> None:
        """Raises NotFound when the socket has been closed from here meanwhile: nobody would take it out again."""
        connection, consult_id = place.connection, place.consult_id
        self.presence.enter(consult_id, connection.sid, place.person)
        with self._lock:
            self._places[connection.sid] = place
            self._empty.clear()
            start, self._ticking = not self._ticking, True
        if start:
            threading.Thread(target=self._tick, name=TICK, daemon=True).start()
        if self.gate.find(self.namespace, connection.sid) is None:
            self.left(connection)
            raise NotFound
        if not place.is_blind:
            self._let_hear(place)

    def _let_hear(self, place: Place) -> None:
        """From now on it is sent what does not last; whoever has left meanwhile is not."""
        with self._lock:
            if self._places.get(place.connection.sid) is place:
                with suppress(KeyError):  # closed just now: the hook takes it out
                    place.connection.join(place.consult_id)

    def on_consult_leave(self, connection: Connection, data: dict[str, Any]) -> None:
        """The person closed the room."""
        parse(Plain, data)
        self.left(connection)

    def left(self, connection: Connection) -> None:
        """A socket is gone, or goes elsewhere: the room is told, and how far it has read is noted. Who has another window
        there has not left.
        """
        with self._lock:
            place = self._places.pop(connection.sid, None)
            if not self._places:
                self._empty.set()
        if place is None:
            return
        connection.leave(place.consult_id)
        self.desk.left(place)
        self.presence.leave(place.consult_id, connection.sid)
        self._beat(place.consult_id)
        people = self.presence.people(place.consult_id)
        note = note_read if place.person["id"] in {one["id"] for one in people} else leave_room
        try:
            with self.services.db.transaction() as tx:
                note(tx, connection.actor, consult_id=place.consult_id, number=place.given)
                if place.seen:
                    note_seen(tx, connection.actor, consult_id=place.consult_id, number=place.seen)
        except HoichanError as error:
            log.info("how far somebody has read was not noted: %s", error.code)

    def on_pointer_move(self, connection: Connection, data: dict[str, Any]) -> None:
        """Where somebody's pointer is, in image coordinates."""
        self._pass_on(connection, "pointer", parse(MovePointer, data).model_dump(mode="json"))

    def on_viewport_show(self, connection: Connection, data: dict[str, Any]) -> None:
        """What somebody looks at, for those who follow."""
        self._pass_on(connection, "viewport", parse(ShowViewport, data).model_dump(mode="json"))

    def on_annotation_sketch(self, connection: Connection, data: dict[str, Any]) -> None:
        """A mark while it is drawn."""
        self._pass_on(connection, "sketch", parse(Sketch, data).model_dump(mode="json"))

    def on_typing(self, connection: Connection, data: dict[str, Any]) -> None:
        """Somebody writes."""
        self._pass_on(connection, "typing", parse(Plain, data).model_dump(mode="json"))

    def on_talk_seen(self, connection: Connection, data: dict[str, Any]) -> None:
        """How far somebody has the talk in sight; kept when they leave."""
        wish = parse(SeenTalk, data)
        self._pass_on(connection, "seen", wish.model_dump(mode="json"))
        place = self._places.get(connection.sid)
        if place is not None:
            place.seen = max(place.seen, wish.number)

    def on_recording_ask(self, connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
        """Somebody would like to record: everybody who is here now has to agree."""
        wish = parse(Plain, data)
        self.place_of(connection, wish.consult_id)
        here = self.presence.people(wish.consult_id)
        present = [Person(id=one["id"], name=one["name"], hospital=one["hospital"]) for one in here]
        with self.services.db.transaction() as tx:
            return ask_recording(tx, connection.actor, wish=wish, present=present)

    def _pass_on(self, connection: Connection, name: str, payload: dict[str, Any]) -> None:
        """To the others in the room, in every process; never stored. Where a blind reader looks would tell their reading."""
        place = self.place_of(connection, payload["consult_id"])
        if place.is_blind:
            return
        if "annotation" in payload:
            payload["annotation"] |= {
                "author": place.author,
                "deleted": False,
                "created_at": place.person["since"],
            }
        sent = payload | {"person": place.author, "from": connection.sid}
        self.services.events.publish_volatile(TOPIC + place.consult_id, name, sent)

    def _on_live_event(self, event: LiveEvent) -> None:
        consult_id = event.topic.removeprefix(TOPIC)
        if event.type == BEAT:
            self.presence.hear(consult_id, event.payload)
            self._show(consult_id)
        elif event.type in CALLS:
            self.desk.hear(event)
        elif event.id is None:
            told = {name: value for name, value in event.payload.items() if name != "from"}
            if event.type == "viewport":
                self.desk.controls.saw(consult_id, told)
            if event.type == "sketch" and not all(
                place.connection.actor.sees_names for place in self.in_room(consult_id)
            ):  # what is being written may name the patient; the mark itself comes searched for names
                told["annotation"] = told["annotation"] | {"text": ""}
            self.send_to_room(consult_id, event.type, told, but=event.payload["from"])
        else:
            self._give_to(self.in_room(consult_id))

    def place_of(self, connection: Connection, consult_id: str) -> Place:
        """Where the socket is; raises NotFound when that is not this room."""
        place = self._places.get(connection.sid)
        if place is None or place.consult_id != consult_id:
            raise NotFound
        return place

    def person_in(self, consult_id: str, person_id: str) -> Caller:
        """Somebody who is in the room, in whichever process; raises NotFound."""
        for person in self.presence.people(consult_id):
            if person["id"] == person_id:
                return {"id": person["id"], "name": person["name"], "hospital": person["hospital"]}
        raise NotFound

    def in_room(self, consult_id: str) -> list[Place]:
        """The sockets of this process that are in the room."""
        with self._lock:
            return [place for place in self._places.values() if place.consult_id == consult_id]

    def _give_to(self, places: Sequence[Place]) -> None:
        """From one snapshot, so that the consult of a room is read once; the rights of each are looked at."""
        gone = []
        with self.services.db.reading() as tx:
            for place in places:
                try:
                    self._give(tx, place)
                    self._seat(tx, place)
                except NotFound:
                    gone.append(place)
        for place in gone:
            self._turn_out(place)

    def _give(self, tx: Tx, place: Place) -> None:
        """Every event after the last one given, in order. Raises NotFound for whoever has lost the right."""
        with place.lock:
            head = place.given + 1
            while place.given < head:
                seen, head = events_after(tx, place.connection.actor, place.consult_id, place.given)
                for event in seen:
                    place.connection.send("event", event)
                    place.given = event["number"]
                head = head if seen else place.given

    def _seat(self, tx: Tx, place: Place) -> None:
        """Whoever reads blind hears the others with their own reading given, and not before. Raises NotFound."""
        is_blind = _is_blind(tx, place.connection, place.consult_id)
        if is_blind is place.is_blind:
            return
        place.is_blind = is_blind
        if is_blind:
            place.connection.leave(place.consult_id)
        else:
            self._let_hear(place)
            self.desk.entered(place)

    def _turn_out(self, place: Place) -> None:
        """The right has ended: the page asks to enter again and is told why it may not."""
        self.left(place.connection)
        place.connection.send("room.closed", {"consult_id": place.consult_id})

    def _check_rights(self, rooms: set[str]) -> None:
        """A right may end without an event of the consult, with a role or at a moment set before."""
        gone = []
        with self.services.db.reading() as tx:
            read_consults(tx, rooms)
            for place in [place for consult_id in rooms for place in self.in_room(consult_id)]:
                try:
                    self._seat(tx, place)
                except NotFound:
                    gone.append(place)
        for place in gone:
            self._turn_out(place)

    def _tick(self) -> None:
        """While anybody is in a room: says the newest numbers and who is here."""
        next_head = time.monotonic() + HEAD_SECONDS
        next_note, to_note = time.monotonic() + NOTE_SECONDS, list[str]()
        while True:
            self._empty.wait(BEAT_SECONDS)
            with self._lock:
                rooms = {place.consult_id for place in self._places.values()}
                self._ticking = bool(rooms)
            if not rooms:
                return
            try:
                for consult_id in rooms:
                    self._beat(consult_id)
                    self.desk.beat(consult_id)
                self._check_rights(rooms)
                if time.monotonic() >= next_head:
                    next_head += HEAD_SECONDS
                    self._say_heads(rooms)
                if not to_note and time.monotonic() >= next_note:
                    next_note, to_note = time.monotonic() + NOTE_SECONDS, sorted(rooms)
                few = math.ceil(len(rooms) * BEAT_SECONDS / NOTE_SECONDS)
                for consult_id in to_note[:few]:  # a few at a time: all at once would hold up who writes
                    self._note_reading(consult_id)
                to_note = to_note[few:]
            except Exception as error:  # noqa: BLE001 - nobody would start this thread again while a room is open
                fault(error, TICK)

    def _say_heads(self, rooms: set[str]) -> None:
        try:
            with self.services.db.reading() as tx:
                newest = heads(tx, rooms)
        except HoichanError:
            return  # the database is away: the next time
        for consult_id, number in newest.items():
            for place in self.in_room(consult_id):
                place.connection.send("head", {"consult_id": consult_id, "number": number})

    def _note_reading(self, consult_id: str) -> None:
        """Whoever sits here has read what they were given: nobody sends it after them."""
        behind = [place for place in self.in_room(consult_id) if place.given > place.noted]
        if not behind:
            return
        with self.services.db.transaction() as tx:
            for place in behind:
                place.noted = place.given
                with suppress(NotFound):
                    note_read(tx, place.connection.actor, consult_id=consult_id, number=place.noted)

    def _beat(self, consult_id: str) -> None:
        beat = self.presence.beat(consult_id)
        self.services.events.publish_volatile(TOPIC + consult_id, BEAT, beat)
        self._show(consult_id)
        self.desk.only(consult_id, {person["id"] for person in self.presence.people(consult_id)})

    def _show(self, consult_id: str) -> None:
        """Tells the room who is here when that has changed."""
        told = self._presence_of(consult_id)
        if self._shown.get(consult_id) == told["people"]:
            return
        places = self.in_room(consult_id)
        if places:
            self._shown[consult_id] = told["people"]
        else:
            self._shown.pop(consult_id, None)
        for place in places:
            place.connection.send("presence", told)

    def _presence_of(self, consult_id: str) -> dict[str, Any]:
        return {"consult_id": consult_id, "people": self.presence.people(consult_id)}


def _present(tx: Tx, connection: Connection) -> Present:
    person = person_of(tx, connection.actor)
    return Present(id=person.id, name=person.name, hospital=person.hospital, since=moment_json(now()))


def _is_blind(tx: Tx, connection: Connection, consult_id: str) -> bool:
    """Raises NotFound for whoever has no right to the consult."""
    return Seat.BLIND in seats_of(consult_for(tx, connection.actor, consult_id), connection.actor)


def namespace(gate: SocketGate) -> ConsultsNamespace:
    """The door, for the wiring."""
    return ConsultsNamespace(gate)
