"""A running Hoichan with doctors in consults that are going on, for benches."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.base.actor import SYSTEM, Actor, ActorKind, Right, Role
from app.base.blobs import Blobs
from app.base.db import Database, Tx
from app.base.settings import Settings
from app.edge.actor import session_cookie_name
from app.identity import actions
from app.identity.queries import HospitalInfo
from app.main.platform import load_parts
from consults.agreements.samples import basis_by, conclude
from consults.queries import events_after
from consults.wishes import fulfil
from tests import dicomgen
from tests.app.storing import store
from tests.cast import password_hash
from tests.factories import start_session
from tests.running import Running, running

CALLING = "CT01"
"""The machine that may send to it."""


@dataclass
class Room:
    """A consult that is going on, who is in it, and one of its images."""

    consult_id: str
    people: Sequence[Actor]
    image: dict[str, Any]


@dataclass
class House:
    """The database of the running Hoichan, for setting up and for comparing."""

    db: Database
    rooms: list[Room]
    called: str

    def cookie(self, actor: Actor) -> str:
        return f"{session_cookie_name(secure=False)}={start_session(self.db, actor).token}"

    def happened(self, room: Room, actor: Actor) -> list[tuple[int, str]]:
        """Number and text, or type, of everything in a room, as this person may see it."""
        found: list[tuple[int, str]] = []
        with self.db.reading() as tx:
            head = 1
            while (found[-1][0] if found else 0) < head:
                after = found[-1][0] if found else 0
                events, head = events_after(tx, actor, room.consult_id, after)
                found += [told(event) for event in events]
        return found


def told(event: dict[str, Any]) -> tuple[int, str]:
    """What is compared of an event."""
    data = event.get("data", {})
    return event["number"], data.get("text") or event["type"]


@contextmanager
def house(hoichan: Running, rooms: int, people: int) -> Iterator[House]:
    """`people` doctors of two hospitals spread over the rooms, each room with both."""
    settings = Settings.model_validate({"data_dir": hoichan.data_dir})
    load_parts(settings)
    db = Database(settings.database)
    blobs = Blobs(settings.data_dir, settings.storage.reserve_mb << 20)
    try:
        with db.transaction() as tx:
            homes = [_hospital(tx, number) for number in (1, 2)]
            sender = _device(tx, homes[0])
            administrators = [_person(tx, home, "manager", Role.HOSPITAL_ADMINISTRATOR) for home in homes]
            sides = [
                [_person(tx, home, str(number), role) for number in range(people // 2)]
                for home, role in zip(homes, (Role.REFERRER, Role.SPECIALIST), strict=True)
            ]
        conclude(db, *administrators, number="01/2026/BENCH")
        study_id = store(db, blobs, sender, dicomgen.ct_slice())
        made = []
        for number in range(rooms):
            referrers, specialists = (side[number::rooms] for side in sides)
            consult_id = _going_on(db, referrers[0], specialists[0], study_id, homes[1].id)
            image = {"study_id": study_id, "sop_instance_uid": dicomgen.uid("study-1", "series-1", 1)}
            made.append(Room(consult_id, [*referrers, *specialists], image))
        yield House(db, made, homes[0].ae_title)
    finally:
        db.dispose()


@contextmanager
def open_house(rooms: int, people: int) -> Iterator[tuple[Running, House]]:
    """A Hoichan of its own, gone afterwards."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as hoichan,
        house(hoichan, rooms, people) as house_,
    ):
        yield hoichan, house_


def _hospital(tx: Tx, number: int) -> HospitalInfo:
    name = f"Bench {number}"
    slug, ae_title = f"bench-{number}", f"BENCH{number}"
    return actions.create_hospital(
        tx, SYSTEM, name=name, short_name=name, slug=slug, ae_title=ae_title, address="Nghệ An"
    )


def _person(tx: Tx, home: HospitalInfo, name: str, role: Role) -> Actor:
    login = f"{home.slug}-{name}"
    person = actions.create_person(
        tx,
        SYSTEM,
        hospital_id=home.id,
        name=login,
        login=login,
        roles=frozenset({role}),
        password_hash=password_hash(),
    )
    return Actor(ActorKind.PERSON, person.id, person.name, home.id, roles=person.roles, address="127.0.0.1")


def _device(tx: Tx, home: HospitalInfo) -> Actor:
    address, rights = "127.0.0.1", frozenset(Right)
    device = actions.register_device(
        tx, SYSTEM, hospital_id=home.id, ae_title=CALLING, name="CT", address=address, rights=rights
    )
    return Actor(ActorKind.DEVICE, device.id, CALLING, home.id, address=address)


def _going_on(db: Database, referrer: Actor, specialist: Actor, study_id: str, hospital_id: str) -> str:
    content = {
        "study_ids": [study_id],
        "questions": ["Có xuất huyết nội sọ không?"],
        "history": "Ngã, đau đầu.",
        "urgency": "urgent",
        "hospital_id": hospital_id,
        "basis": basis_by(referrer.name, "2026-01-05T08:00:00+07:00"),
    }
    consult_id: str = fulfil(db, referrer, "consult.create", content, access_days=7)["id"]
    fulfil(db, referrer, "consult.request", {"consult_id": consult_id}, access_days=7)
    fulfil(db, specialist, "consult.accept", {"consult_id": consult_id}, access_days=7)
    return consult_id


def processor_seconds(hoichan: Running) -> float:
    """What the web process and its worker have used so far."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"\0web\0" not in (folder / "cmdline").read_bytes():
                continue
            if f"HOICHAN_WEB__PORT={hoichan.web_port}\0".encode() not in (folder / "environ").read_bytes():
                continue
            fields = (folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
