"""Makes the demonstration: hospitals, people, devices and studies, through the same actions as the pages and doors."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO

import pydicom
from pydicom.dataset import Dataset

from app.archive.actions import association_closed, association_opened, store_instance
from app.archive.part10 import read_part10
from app.archive.states import Source, SourceKind
from app.base.actor import SYSTEM, Actor, Right
from app.base.blobs import Blobs, Spool
from app.base.clock import VIETNAM
from app.base.db import Database
from app.base.ids import new_id
from app.base.parts import Demonstration
from app.demo import datasets
from app.demo.accounts import DEVICE, HOSPITALS, PEOPLE, Account
from app.demo.datasets import Exam, Person
from app.identity.actions import create_hospital, create_person, register_device, set_password
from app.identity.passwords import hash_password
from app.identity.queries import actor_for_device, actor_of_person
from app.identity.setup import demonstration_logins

_WORDS = (
    "sen",
    "lua",
    "song",
    "nui",
    "may",
    "trang",
    "bien",
    "rung",
    "hoa",
    "gio",
    "tre",
    "cau",
    "dong",
    "suoi",
)


@dataclass(frozen=True)
class _Plan:
    name: str
    hospital: str
    make: Callable[[Exam], Iterator[Dataset]]
    patient: Person
    description: str
    hours_ago: float


def _plans() -> tuple[_Plan, ...]:
    an = Person("Nguyễn^Văn An", "DX-240113", date(1957, 3, 2), "M")
    bich = Person("Trần^Thị Bích", "DX-251877", date(1969, 10, 21), "F")
    ut = Person("Đặng^Văn Út", "LG-110245", date(1988, 1, 9), "M")
    mai = Person("Phạm^Ngọc Mai", "DX-260031", date(1974, 6, 30), "F")
    khoa = Person("Lý^Anh Khoa", "CS-000917", date(1995, 12, 5), "M")
    return (
        _Plan("ct-head", "dong-xanh", datasets.ct_head, an, "CT sọ não không cản quang", 1.2),
        _Plan("ct-chest", "dong-xanh", datasets.ct_chest, bich, "CT ngực", 26),
        _Plan("dx-chest", "dong-xanh", datasets.dx_chest, bich, "X-quang ngực thẳng", 27.5),
        _Plan("us-heart", "dong-xanh", datasets.us_heart, mai, "Siêu âm tim", 4),
        _Plan("mr-head", "lam-giang", datasets.mr_head, ut, "MRI sọ não", 50),
        _Plan("dx-other", "cua-song", datasets.dx_chest, khoa, "X-quang ngực thẳng", 7),
    )


def make_demonstration(db: Database, blobs: Blobs) -> tuple[list[Account], Demonstration]:
    """Everything but what parts add. Hours of studies are counted back from now."""
    accounts, actors = _make_people(db)
    studies = {plan.name: _store(db, blobs, plan, number) for number, plan in enumerate(_plans())}
    return accounts, Demonstration(actors=actors, studies=studies)


def new_passwords(db: Database) -> list[Account]:
    """For whoever lost what was shown at the first start."""
    with db.reading() as tx:
        people = demonstration_logins(tx)
    told = [person for person in PEOPLE if person[0] in people]
    passwords = {login: _password() for login, *_ in told}
    hashes = {login: hash_password(password) for login, password in passwords.items()}
    with db.transaction() as tx:
        for login, digest in hashes.items():
            set_password(tx, actor_of_person(tx, people[login]), password_hash=digest)
    return _accounts(passwords)


def _accounts(passwords: dict[str, str]) -> list[Account]:
    names = {hospital.slug: hospital.short_name for hospital in HOSPITALS}
    return [
        Account(login, passwords[login], name, names[slug] if slug else "Hoichan", tuple(sorted(roles)))
        for login, name, slug, roles in PEOPLE
        if login in passwords
    ]


def _make_people(db: Database) -> tuple[list[Account], dict[str, Actor]]:
    passwords = {login: _password() for login, *_ in PEOPLE}
    hashes = {login: hash_password(password) for login, password in passwords.items()}
    actors = {}
    with db.transaction() as tx:
        ids: dict[str | None, str | None] = {None: None}
        for plan in HOSPITALS:
            made = create_hospital(
                tx, SYSTEM, name=plan.name, short_name=plan.short_name, slug=plan.slug, ae_title=plan.ae_title
            )
            ids[plan.slug] = made.id
            register_device(
                tx,
                SYSTEM,
                hospital_id=made.id,
                ae_title=DEVICE,
                name="CT trình diễn",
                address="127.0.0.1",
                rights=frozenset(Right),  # so that every line of the README can be tried with it
            )
        for login, name, slug, roles in PEOPLE:
            person = create_person(
                tx,
                SYSTEM,
                hospital_id=ids[slug],
                name=name,
                login=login,
                roles=roles,
                password_hash=hashes[login],
                demonstration=True,
            )
            actors[login] = actor_of_person(tx, person.id)
    return _accounts(passwords), actors


def _password() -> str:
    """Three words and a number: easy to type at night, 2^26 to guess behind the sign-in limit, on loopback only."""
    words = [secrets.choice(_WORDS) for _ in range(3)]
    return f"{'-'.join(words)}-{secrets.randbelow(90000) + 10000}"


def _exam(plan: _Plan, number: int) -> Exam:
    at = datetime.now(VIETNAM) - timedelta(hours=plan.hours_ago)
    accession = f"{at:%y%m%d}{number + 1:03d}"
    return Exam(
        plan.patient,
        at,
        accession,
        plan.description,
        "Nguyễn^Thị Hạnh",
        f"{plan.hospital[:10].upper()}1",
        number,
    )


def _store(db: Database, blobs: Blobs, plan: _Plan, number: int) -> str:
    """As a machine would send it, but without the network; spooled in tens so that a commit pays for more."""
    hospital = next(item for item in HOSPITALS if item.slug == plan.hospital)
    with db.transaction() as tx:
        actor = actor_for_device(
            tx, called_ae_title=hospital.ae_title, calling_ae_title=DEVICE, address="127.0.0.1"
        )
        source = Source(SourceKind.DIMSE, new_id(), DEVICE)
        association_opened(tx, actor, association_id=source.association_id)
    study_id = ""
    for batch in _tens(plan.make(_exam(plan, number))):
        study_id = _store_batch(db, blobs, actor, batch, source)
    with db.transaction() as tx:
        association_closed(tx, actor, association_id=source.association_id)
    return study_id


def _store_batch(db: Database, blobs: Blobs, actor: Actor, batch: Sequence[Dataset], source: Source) -> str:
    kept = []
    for data in batch:
        with blobs.open_spool() as spool:
            _write(spool, data)
            part10 = read_part10(spool.path)
            kept.append((spool.commit(), part10))
    with db.transaction() as tx:
        stored = [store_instance(tx, actor, blob=blob, part10=part10, source=source) for blob, part10 in kept]
    assert stored[-1].study_id is not None  # new data cannot contradict an empty archive
    return stored[-1].study_id


def _write(spool: Spool, data: Dataset) -> None:
    whole = BytesIO()
    pydicom.dcmwrite(whole, data, enforce_file_format=True)
    spool.write(whole.getvalue())
    spool.flush()


def _tens(data: Iterable[Dataset]) -> Iterator[list[Dataset]]:
    batch: list[Dataset] = []
    for item in data:
        batch.append(item)
        if len(batch) == 10:
            yield batch
            batch = []
    if batch:
        yield batch
