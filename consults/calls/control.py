"""Who leads the view in which room, over all web processes. Kept in memory, never stored.

One person leads at a time. Whoever asks leads at once if nobody does; else the leader is told and may give it. Whoever
gave it away may take it back. Leaving the room ends it. The leader's last view is kept, so that whoever comes late sees
at once what the others see.
"""

import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, TypedDict

from app.base.errors import Conflict
from consults.calls.members import Caller


class Control(TypedDict):
    """`turn` counts changes: of two that meet the higher one holds. `lender` may take it back."""

    turn: int
    leader: Caller | None
    lender: str | None
    asking: list[Caller]


NOBODY: Control = {"turn": 0, "leader": None, "lender": None, "asking": []}


def asked(now: Control, who: Caller) -> Control:
    """`who` would like to lead."""
    if now["leader"] is None:
        return _next(now, leader=who)
    if now["leader"]["id"] == who["id"] or who["id"] in {person["id"] for person in now["asking"]}:
        return now
    return _next(now, leader=now["leader"], lender=now["lender"], asking=[*now["asking"], who])


def given(now: Control, by: str, to: Caller) -> Control:
    """The leader lets another lead. Raises Conflict when `by` does not lead."""
    leader = _led_by(now, by)
    if to["id"] == by:
        return now
    rest = [person for person in now["asking"] if person["id"] != to["id"]]
    return _next(now, leader=to, lender=leader["id"], asking=rest)


def taken_back(now: Control, who: Caller) -> Control:
    """Whoever gave it away leads again. Raises Conflict for everybody else while somebody leads."""
    if now["leader"] is None or now["leader"]["id"] == who["id"]:
        return asked(now, who)
    if now["lender"] != who["id"]:
        raise Conflict("not_yours", "Somebody else leads the view now. Ask them for it.")
    return _next(now, leader=who, asking=now["asking"])


def laid_down(now: Control, by: str) -> Control:
    """The leader leads no longer; whoever asked no longer has done."""
    if now["leader"] is None or now["leader"]["id"] != by:
        asking = [person for person in now["asking"] if person["id"] != by]
        if asking == now["asking"]:
            return now
        return _next(now, leader=now["leader"], lender=now["lender"], asking=asking)
    return _next(now, leader=None)


def without(now: Control, present: Collection[str]) -> Control:
    """Everybody who is not here any more leads no longer and asks no longer."""
    people = [*([now["leader"]] if now["leader"] else []), *now["asking"]]
    for person in people:
        if person["id"] not in present:
            now = laid_down(now, person["id"])
    return now


def _led_by(now: Control, person_id: str) -> Caller:
    if now["leader"] is None or now["leader"]["id"] != person_id:
        raise Conflict("not_yours", "Somebody else leads the view now. Ask them for it.")
    return now["leader"]


def _next(
    now: Control, *, leader: Caller | None, lender: str | None = None, asking: list[Caller] | None = None
) -> Control:
    return {"turn": now["turn"] + 1, "leader": leader, "lender": lender, "asking": asking or []}


@dataclass
class Controls:
    """Every room's control as this process knows it."""

    _known: dict[str, Control] = field(default_factory=dict)
    _views: dict[str, dict[str, Any]] = field(default_factory=dict)  # consult -> the leader's last view
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, consult_id: str) -> Control:
        """Who leads now."""
        with self._lock:
            return self._known.get(consult_id, NOBODY)

    def hear(self, consult_id: str, told: Control) -> bool:
        """What a process said, this one too; true when it is news."""
        with self._lock:
            known = self._known.get(consult_id, NOBODY)
            if _rank(told) <= _rank(known):
                return False
            if _leader(told) != _leader(known):
                self._views.pop(consult_id, None)
            self._known[consult_id] = told
            return True

    def saw(self, consult_id: str, viewport: dict[str, Any]) -> None:
        """A view that somebody showed: the leader's is kept."""
        with self._lock:
            leader = _leader(self._known.get(consult_id, NOBODY))
            if leader and viewport["person"]["id"] == leader:
                self._views[consult_id] = viewport

    def view_of(self, consult_id: str) -> dict[str, Any] | None:
        """What the leader showed last."""
        with self._lock:
            return self._views.get(consult_id)

    def forget(self, consult_id: str) -> None:
        """Nobody of this process is in the room any more."""
        with self._lock:
            self._known.pop(consult_id, None)
            self._views.pop(consult_id, None)


def _leader(control: Control) -> str:
    return control["leader"]["id"] if control["leader"] else ""


def _rank(control: Control) -> tuple[int, str]:
    return control["turn"], _leader(control)
