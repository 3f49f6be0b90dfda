"""Door: what the sockets of a room say about its call and about who leads the view.

Signals go to one member of the same call and to nobody else, through whichever process holds that member's socket.
"""

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from app.base.clock import now
from app.base.errors import HoichanError, NotFound, TooMany
from app.base.events import LiveEvent
from app.base.ids import new_id
from app.edge.services import Services
from app.edge.sockets import Connection, Handler
from consults.calls import control
from consults.calls.actions import end_call, start_call
from consults.calls.control import Control, Controls
from consults.calls.ice import ice_servers
from consults.calls.members import Caller, Member, Members
from consults.calls.queries import check_call, check_leading
from consults.calls.schemas import GiveControl, SendSignal, Shown
from consults.doors.conference import ConferenceDesk
from consults.event_base import moment_json
from consults.schemas import Plain, parse

log = logging.getLogger("hoichan.calls")

TOPIC = "consult:"
SIGNAL = "call.signal"
CONTROL = "control.is"
MEMBERS = "call.beat"
OURS = frozenset({CONTROL, MEMBERS, SIGNAL})


class Place(Protocol):
    """One socket in one room."""

    connection: Connection
    consult_id: str
    is_blind: bool

    @property
    def author(self) -> Caller:
        """The person as others see them."""


class Rooms(Protocol):
    """The sockets of this process, by room."""

    def place_of(self, connection: Connection, consult_id: str) -> Place:
        """Raises NotFound when the socket is not in this room."""

    def in_room(self, consult_id: str) -> Sequence[Place]:
        """Everybody of this process."""

    def person_in(self, consult_id: str, person_id: str) -> Caller:
        """Somebody who is in the room, in whichever process; raises NotFound."""


class CallDesk:
    """The calls and the leading of this process's rooms."""

    def __init__(self, services: Services, process: str, rooms: Rooms) -> None:
        self.services = services
        self.members = Members(process)
        self.controls = Controls()
        self._rooms = rooms
        self._shown: dict[str, list[Member]] = {}
        self._writing = threading.Lock()  # a call begins and ends in order
        self.handlers: dict[str, Handler] = {
            "call.change": self._change,
            "call.ice": self._renew,
            "call.join": self._join,
            "call.leave": self._hang_up,
            "call.signal": self._signal,
            "control.ask": self._ask,
            "control.end": self._lay_down,
            "control.give": self._give,
            "control.take": self._take,
        }
        self.conference = ConferenceDesk(services.settings.call, self.members, self._own_member)
        self.handlers |= self.conference.handlers

    # -- the call

    def _join(self, connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
        wish = parse(Shown, data)
        place = self._rooms.place_of(connection, wish.consult_id)
        consult_id = place.consult_id
        with self.services.db.reading() as tx:
            check_call(tx, connection.actor, consult_id)
        if self._is_large(place):
            self.conference.check()
        with self._writing:
            large = self._is_large(place)
            if not self.members.all(consult_id):
                with self.services.db.transaction() as tx:
                    start_call(tx, connection.actor, consult_id=consult_id)
            member = _member(new_id(), place.author, moment_json(now()), wish, conference=large)
            self.members.put(consult_id, connection.sid, member)
        self._say_members(consult_id)
        return {"id": member["id"], "members": self.members.all(consult_id), "ice": self._ice(connection)}

    def _is_large(self, place: Place) -> bool:
        """Whether the call outgrows its browsers when this person joins. Raises TooMany when it has no place left."""
        here = self.members.all(place.consult_id)
        others = [one for one in here if one["person"]["id"] != place.author["id"]]
        if len(others) >= self.conference.most:
            raise TooMany("call_is_full", "The call is full. Somebody has to leave it first.")
        return len(others) >= self.services.settings.call.max_mesh

    def _ice(self, connection: Connection) -> list[dict[str, Any]]:
        return ice_servers(self.services.settings.call, connection.actor.id, now())

    def _renew(self, connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
        """Credentials end after an hour; whoever is still in the call gets new ones."""
        self._own_member(connection, parse(Plain, data).consult_id)
        return {"ice": self._ice(connection)}

    def _own_member(self, connection: Connection, consult_id: str) -> Member:
        member = self.members.own(consult_id, connection.sid)
        if member is None:
            raise NotFound
        return member

    def _change(self, connection: Connection, data: dict[str, Any]) -> None:
        wish = parse(Shown, data)
        member = self._own_member(connection, wish.consult_id)
        changed: Member = {
            **member,
            "muted": wish.muted,
            "camera": wish.camera,
            "screen": wish.screen,
        }
        self.members.put(wish.consult_id, connection.sid, changed)
        self._say_members(wish.consult_id)

    def _signal(self, connection: Connection, data: dict[str, Any]) -> None:
        wish = parse(SendSignal, data)
        member = self._own_member(connection, wish.consult_id)
        self.members.check(wish.consult_id, wish.to)
        told = wish.model_dump(mode="json") | {"from": member["id"]}
        self.services.events.publish_volatile(TOPIC + wish.consult_id, SIGNAL, told)

    def _hang_up(self, connection: Connection, data: dict[str, Any]) -> None:
        self.leave(connection, parse(Plain, data).consult_id)

    def leave(self, connection: Connection, consult_id: str) -> None:
        """Out of the call, if it was in it; the last one ends it."""
        with self._writing:
            member = self.members.drop(consult_id, connection.sid)
            if member is None:
                return
            is_last = not self.members.all(consult_id)
            self.conference.leave(member["id"], last=is_last)
            if is_last:
                self._end(connection, consult_id)
        self._say_members(consult_id)

    def _end(self, connection: Connection, consult_id: str) -> None:
        people = self.members.take_past(consult_id)
        try:
            with self.services.db.transaction() as tx:
                end_call(tx, connection.actor, consult_id=consult_id, people=people)
        except HoichanError as error:
            log.info("the end of a call was not noted: %s", error.code)

    # -- who leads

    def _ask(self, connection: Connection, data: dict[str, Any]) -> None:
        consult_id = parse(Plain, data).consult_id
        with self.services.db.reading() as tx:
            check_leading(tx, connection.actor, consult_id)
        self._led(connection, consult_id, control.asked)

    def _take(self, connection: Connection, data: dict[str, Any]) -> None:
        self._led(connection, parse(Plain, data).consult_id, control.taken_back)

    def _lay_down(self, connection: Connection, data: dict[str, Any]) -> None:
        self._led(
            connection, parse(Plain, data).consult_id, lambda now_, who: control.laid_down(now_, who["id"])
        )

    def _give(self, connection: Connection, data: dict[str, Any]) -> None:
        wish = parse(GiveControl, data)
        to = self._rooms.person_in(wish.consult_id, wish.person_id)
        self._led(connection, wish.consult_id, lambda now_, who: control.given(now_, who["id"], to))

    def _led(
        self, connection: Connection, consult_id: str, change: Callable[[Control, Caller], Control]
    ) -> None:
        place = self._rooms.place_of(connection, consult_id)
        self._say_control(consult_id, change(self.controls.of(consult_id), place.author))

    def _say_control(self, consult_id: str, told: Control) -> None:
        if self.controls.hear(consult_id, told):
            self._show_control(consult_id)
        self.services.events.publish_volatile(TOPIC + consult_id, CONTROL, {"control": told})

    def _show_control(self, consult_id: str) -> None:
        for place in self._rooms.in_room(consult_id):
            place.connection.send("control", self._control_of(consult_id))

    def _control_of(self, consult_id: str) -> dict[str, Any]:
        return {"consult_id": consult_id, **self.controls.of(consult_id)}

    # -- what the room tells the desk

    def entered(self, place: Place) -> None:
        """Whoever comes in is told the call, who leads, and what the leader shows: the last not while they read blind."""
        consult_id = place.consult_id
        place.connection.send("call", {"consult_id": consult_id, "members": self.members.all(consult_id)})
        place.connection.send("control", self._control_of(consult_id))
        view = self.controls.view_of(consult_id)
        if view is not None and not place.is_blind:
            place.connection.send("viewport", view)

    def left(self, place: Place) -> None:
        """A socket is no longer in the room."""
        self.leave(place.connection, place.consult_id)

    def only(self, consult_id: str, present: Collection[str]) -> None:
        """Who is here, by person: whoever is not leads no longer and asks no longer."""
        known = self.controls.of(consult_id)
        told = control.without(known, present)
        if told is not known:
            self._say_control(consult_id, told)
        if not self._rooms.in_room(consult_id):
            self.controls.forget(consult_id)

    def beat(self, consult_id: str) -> None:
        """Repeats to the other processes what this one knows."""
        self.conference.keep()
        if self.members.beat(consult_id) or self.members.all(consult_id):
            self._say_members(consult_id)
        known = self.controls.of(consult_id)
        if known["turn"]:
            self.services.events.publish_volatile(TOPIC + consult_id, CONTROL, {"control": known})

    def _say_members(self, consult_id: str) -> None:
        told = {"process": self.members.process, "members": self.members.beat(consult_id)}
        self.services.events.publish_volatile(TOPIC + consult_id, MEMBERS, told)
        self._show_members(consult_id)

    def hear(self, event: LiveEvent) -> None:
        """One of `OURS`, from any process."""
        consult_id = event.topic.removeprefix(TOPIC)
        if event.type == SIGNAL:
            self._deliver(consult_id, event.payload)
        elif event.type == CONTROL:
            if self.controls.hear(consult_id, event.payload["control"]):
                self._show_control(consult_id)
        else:
            self.members.hear(consult_id, event.payload["process"], event.payload["members"])
            self._show_members(consult_id)

    def _deliver(self, consult_id: str, signal: dict[str, Any]) -> None:
        sid = self.members.socket_of(consult_id, signal["to"])
        for place in self._rooms.in_room(consult_id):
            if place.connection.sid == sid:
                place.connection.send("call.signal", signal)

    def _show_members(self, consult_id: str) -> None:
        """Tells the room who is in the call when that has changed; who called from a newer window is out of the old."""
        members = self.members.all(consult_id)
        places = self._rooms.in_room(consult_id)
        ids = {member["id"] for member in members}
        for place in places:
            own = self.members.own(consult_id, place.connection.sid)
            if own is not None and own["id"] not in ids:
                self.members.drop(consult_id, place.connection.sid)
                self.conference.leave(own["id"], last=False)
                place.connection.send("call.out", {"consult_id": consult_id})
        if self._shown.get(consult_id, []) == members:
            return
        if places:
            self._shown[consult_id] = members
        else:
            self._shown.pop(consult_id, None)
        for place in places:
            place.connection.send("call", {"consult_id": consult_id, "members": members})


def _member(id_: str, person: Caller, since: str, shown: Shown, *, conference: bool) -> Member:
    return {
        "id": id_,
        "person": person,
        "since": since,
        "muted": shown.muted,
        "camera": shown.camera,
        "screen": shown.screen,
        "conference": conference,
    }
