"""The rule for one consult and the condition for lists are the same rule."""

from dataclasses import fields

from sqlalchemy import select

from app.base.actor import Actor, ActorKind, Right
from consults.access import seats_of, visible_consults
from consults.lifecycle import Seat
from consults.models import Consult
from tests.consults.conftest import Clinic


def _everybody(clinic: Clinic) -> list[Actor]:
    people = [getattr(clinic.cast, field.name) for field in fields(clinic.cast)]
    homes = {person.hospital_id for person in people if isinstance(person, Actor)}
    programs = [
        Actor(ActorKind.PROGRAM, f"p{right}", f"{right} for {home}", home, rights=frozenset({right}))
        for home in homes
        for right in (Right.CONSULT, Right.RETRIEVE)
    ]
    return [person for person in people if isinstance(person, Actor)] + programs


def _one_of_each(clinic: Clinic) -> None:
    """Draft, cancelled draft, asked of a hospital, asked of a person, accepted, completed."""
    alice, bob = clinic.cast.alice, clinic.cast.bob
    clinic.wish(alice, "consult.create", **clinic.content())
    dropped = clinic.wish(alice, "consult.create", **clinic.content())["id"]
    clinic.wish(alice, "consult.cancel", consult_id=dropped, reason="nhầm bệnh nhân")
    clinic.asked()
    clinic.asked(hospital_id=None, person_id=bob.id)
    clinic.accepted()
    clinic.completed()


def test_seats_and_lists_agree_for_everybody(clinic: Clinic) -> None:
    _one_of_each(clinic)
    with clinic.db.reading() as tx:
        consults = tx.session.scalars(select(Consult)).all()
        assert len(consults) == 6
        for person in _everybody(clinic):
            listed = set(tx.session.scalars(select(Consult.id).where(visible_consults(person))))
            seated = {consult.id for consult in consults if seats_of(consult, person)}
            assert listed == seated, person.name


def test_who_sees_how_many(clinic: Clinic) -> None:
    _one_of_each(clinic)
    with clinic.db.reading() as tx:
        seen = {
            person.name: len(tx.session.scalars(select(Consult.id).where(visible_consults(person))).all())
            for person in _everybody(clinic)
        }
    cast = clinic.cast
    expected = {cast.alice.name: 6, cast.dao.name: 4, cast.bob.name: 4, cast.binh.name: 3}
    expected |= {f"{Right.CONSULT} for {one.hospital_id}": 4 for one in (cast.alice, cast.bob)}
    assert {name: count for name, count in seen.items() if count} == expected


def test_only_who_accepted_has_the_consultant_s_seat(clinic: Clinic) -> None:
    consult_id = clinic.accepted()
    with clinic.db.reading() as tx:
        consult = tx.session.get_one(Consult, consult_id)
        assert seats_of(consult, clinic.cast.bob) == {Seat.CONSULTANT, Seat.SPECIALIST}
        assert seats_of(consult, clinic.cast.binh) == {Seat.SPECIALIST}
        assert seats_of(consult, clinic.cast.alice) == seats_of(consult, clinic.cast.dao) == {Seat.REFERRER}
