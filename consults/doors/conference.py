"""Door: what the browsers of a conference agree with Janus, passed on word by word. Only members of the call may."""

from collections.abc import Callable
from typing import Any

from app.base.settings import CallSettings
from app.edge.sockets import Connection, Handler
from consults.calls.conference import Conference
from consults.calls.janus import Janus, away
from consults.calls.members import Member, Members
from consults.calls.schemas import HearMember, Publish, StartHearing
from consults.schemas import parse

OwnMember = Callable[[Connection, str], Member]


class ConferenceDesk:
    """The large calls of this process. Without a Janus in the settings there are none."""

    def __init__(self, settings: CallSettings, members: Members, own: OwnMember) -> None:
        self.settings = settings
        self._members = members
        self._own = own
        janus = Janus(settings.janus_url, settings.janus_secret)
        self._conference = Conference(janus, settings.max_conference) if settings.janus_url else None
        self.handlers: dict[str, Handler] = {
            "conference.hear": self._hear,
            "conference.publish": self._publish,
            "conference.start": self._start,
        }

    @property
    def most(self) -> int:
        """People in one call."""
        return self.settings.max_conference if self._conference else self.settings.max_mesh

    def check(self) -> None:
        """Before a call grows: raises Unavailable when Janus does not answer."""
        self._janus.check()

    def keep(self) -> None:
        """With each beat."""
        if self._conference:
            self._conference.keep()

    def leave(self, member_id: str, *, last: bool) -> None:
        """The member is out of the call, for whatever reason: Janus passes nothing on any more."""
        if self._conference:
            self._conference.leave(member_id, last=last)

    def _publish(self, connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
        wish = parse(Publish, data)
        member = self._own(connection, wish.consult_id)
        answer = self._janus.publish(wish.consult_id, member["id"], wish.sdp)
        if self._members.own(wish.consult_id, connection.sid) is None:  # turned out meanwhile
            self._janus.leave(member["id"])
        return {"sdp": answer}

    def _hear(self, connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
        wish = parse(HearMember, data)
        member = self._own(connection, wish.consult_id)
        self._members.check(wish.consult_id, wish.to)
        return {"sdp": self._janus.subscribe(member["id"], wish.to)}

    def _start(self, connection: Connection, data: dict[str, Any]) -> None:
        wish = parse(StartHearing, data)
        member = self._own(connection, wish.consult_id)
        self._janus.start(member["id"], wish.to, wish.sdp)

    @property
    def _janus(self) -> Conference:
        if self._conference is None:
            raise away()
        return self._conference
