"""Hospital B with a coordinator, a third specialist and a duty group of Bob and Bình."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.archive.queries import study_info
from app.base import clock
from app.base.actor import SYSTEM, Actor, Role
from app.base.errors import NotFound
from app.identity.actions import create_person
from app.identity.queries import actor_of_person
from app.notify.queries import notices_of
from consults.dispatch.escalation import escalate
from consults.dispatch.roster import add_shift, keep_group
from consults.dispatch.schemas import GroupInput
from tests.cast import password_hash
from tests.consults.conftest import Clinic


@dataclass(frozen=True)
class Ward:
    """Hospital B at work."""

    clinic: Clinic
    cuc: Actor  # the coordinator
    khoa: Actor  # a specialist of no group
    group_id: str

    def on_call(self, person: Actor, *, hours: float = 8) -> None:
        """From now on."""
        with self.clinic.db.transaction() as tx:
            span = {"begins_at": tx.now, "ends_at": tx.now + timedelta(hours=hours)}
            add_shift(tx, self.cuc, group_id=self.group_id, person_id=person.id, **span)

    def offer(self, consult_id: str) -> dict[str, Any] | None:
        """As both sides see it."""
        told: dict[str, Any] | None = self.clinic.state(self.clinic.cast.alice, consult_id)["consult"][
            "offer"
        ]
        return told

    def sees(self, consult_id: str, *people: Actor) -> list[bool]:
        """Who may see room and images: the two go together."""
        return [self._sees(consult_id, person) for person in people]

    def _sees(self, consult_id: str, person: Actor) -> bool:
        with self.clinic.db.reading() as tx:
            try:
                images = bool(study_info(tx, person, self.clinic.study_id))
            except NotFound:
                images = False
        try:
            room = bool(self.clinic.state(person, consult_id))
        except NotFound:
            room = False
        assert images == room, person.name
        return room


def ward(clinic: Clinic) -> Ward:
    """Made anew for each test."""
    cuc = _person(clinic, "CN. Phan Thị Cúc", "cuc", Role.COORDINATOR)
    khoa = _person(clinic, "BS. Trịnh Đăng Khoa", "khoa", Role.SPECIALIST)
    members = (clinic.cast.bob.id, clinic.cast.binh.id)
    with clinic.db.transaction() as tx:
        content = GroupInput(name="Chẩn đoán hình ảnh", modalities=("CT",), members=members)
        group_id = keep_group(tx, cuc, group_id=None, content=content)
    return Ward(clinic, cuc, khoa, group_id)


def _person(clinic: Clinic, name: str, login: str, role: Role) -> Actor:
    with clinic.db.transaction() as tx:
        added = create_person(
            tx,
            SYSTEM,
            hospital_id=clinic.cast.b.id,
            name=name,
            login=login,
            roles=frozenset({role}),
            password_hash=password_hash(),
        )
        return actor_of_person(tx, added.id)


def told(clinic: Clinic, who: Actor) -> list[str]:
    """What stands at somebody's bell."""
    with clinic.db.reading() as tx:
        return [notice.message for notice in notices_of(tx, who)]


@contextmanager
def after(clinic: Clinic, minutes: float) -> Iterator[int]:
    """So much later, with the periodic work done; says how many offers moved."""
    with clock.shifted(timedelta(minutes=minutes)):
        yield escalate(clinic.db)
