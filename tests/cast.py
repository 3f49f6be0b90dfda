"""The people of every test: three hospitals, of which C must never see what A and B do together."""

from dataclasses import dataclass
from functools import cache

from app.base.actor import SYSTEM, Actor, ActorKind, Right, Role
from app.base.db import Database, Tx
from app.identity import actions
from app.identity.passwords import hash_password
from app.identity.queries import HospitalInfo

PASSWORD = "bon tu de nho"


@dataclass(frozen=True)
class Cast:
    """Hospitals a, b, c; people by their first names; each hospital's machine CT01 at 127.0.0.1."""

    a: HospitalInfo
    b: HospitalInfo
    c: HospitalInfo
    alice: Actor  # A: referrer
    dao: Actor  # A: referrer, a colleague of Alice
    tam: Actor  # A: technician
    dung: Actor  # A: hospital administrator
    lan: Actor  # A: auditor
    bob: Actor  # B: specialist
    binh: Actor  # B: specialist, a colleague of Bob
    giang: Actor  # B: hospital administrator
    chi: Actor  # C: referrer and specialist; must see nothing of A and B
    vinh: Actor  # C: hospital administrator
    root: Actor  # platform administrator, of no hospital
    ct_a: Actor  # A's CT01
    ct_b: Actor
    ct_c: Actor


@cache
def password_hash() -> str:
    """Everybody's password in tests is PASSWORD; hashing is slow on purpose, so once is enough."""
    return hash_password(PASSWORD)


def make_cast(db: Database) -> Cast:
    """Adds everybody in one transaction."""
    with db.transaction() as tx:
        a = _hospital(tx, "Bệnh viện Đa khoa An Bình", "An Bình", "an-binh", "ANBINH")
        b = _hospital(tx, "Bệnh viện Tỉnh Bến Thủy", "Bến Thủy", "ben-thuy", "BENTHUY")
        c = _hospital(tx, "Bệnh viện Huyện Cửa Rào", "Cửa Rào", "cua-rao", "CUARAO")
        root = _person(tx, None, "Hồ Thị Quản", "root", Role.PLATFORM_ADMINISTRATOR)
        return Cast(
            a=a,
            b=b,
            c=c,
            alice=_person(tx, a, "BS. Nguyễn Thị Ái", "alice", Role.REFERRER),
            dao=_person(tx, a, "BS. Trần Văn Đạo", "dao", Role.REFERRER),
            tam=_person(tx, a, "KTV. Lê Minh Tâm", "tam", Role.TECHNICIAN),
            dung=_person(tx, a, "Phạm Thùy Dung", "dung", Role.HOSPITAL_ADMINISTRATOR),
            lan=_person(tx, a, "Vũ Ngọc Lan", "lan", Role.AUDITOR),
            bob=_person(tx, b, "BS. Hoàng Văn Bổng", "bob", Role.SPECIALIST),
            binh=_person(tx, b, "BS. Đặng Thanh Bình", "binh", Role.SPECIALIST),
            giang=_person(tx, b, "Bùi Hương Giang", "giang", Role.HOSPITAL_ADMINISTRATOR),
            chi=_person(tx, c, "BS. Đỗ Kim Chi", "chi", Role.REFERRER, Role.SPECIALIST),
            vinh=_person(tx, c, "Ngô Quang Vinh", "vinh", Role.HOSPITAL_ADMINISTRATOR),
            root=root,
            ct_a=_device(tx, a),
            ct_b=_device(tx, b),
            ct_c=_device(tx, c),
        )


def _hospital(tx: Tx, name: str, short_name: str, slug: str, ae_title: str) -> HospitalInfo:
    return actions.create_hospital(
        tx, SYSTEM, name=name, short_name=short_name, slug=slug, ae_title=ae_title, address="Nghệ An"
    )


def _person(tx: Tx, home: HospitalInfo | None, name: str, login: str, *roles: Role) -> Actor:
    person = actions.create_person(
        tx,
        SYSTEM,
        hospital_id=home.id if home else None,
        name=name,
        login=login,
        roles=frozenset(roles),
        password_hash=password_hash(),
    )
    return Actor(
        kind=ActorKind.PERSON,
        id=person.id,
        name=person.name,
        hospital_id=person.hospital_id,
        roles=person.roles,
        address="127.0.0.1",
    )


def _device(tx: Tx, home: HospitalInfo) -> Actor:
    device = actions.register_device(
        tx,
        SYSTEM,
        hospital_id=home.id,
        ae_title="CT01",
        name="CT 16 lát",
        address="127.0.0.1",
        rights=frozenset(Right),
    )
    return Actor(
        kind=ActorKind.DEVICE,
        id=device.id,
        name=device.ae_title,
        hospital_id=home.id,
        address="127.0.0.1",
    )
