"""Space that runs out and odd images of a new device reach the hospital's administrators by themselves, once."""

import shutil
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from app.archive.models import Instance, Study
from app.base.db import Database
from app.edge.services import Services
from app.identity.models import Hospital
from app.main import telling
from app.main.telling import check_and_tell, tell_of_space
from app.notify.models import Notice
from tests import dicomgen
from tests.app.storing import store
from tests.cast import make_cast

MEBIBYTE = 1 << 20


def _told(db: Database) -> list[tuple[str, str, str]]:
    with db.reading() as tx:
        rows = tx.session.scalars(select(Notice).order_by(Notice.id))
        return [(row.person_id, row.message, row.params) for row in rows]


def test_a_quota_that_fills_up_is_told_at_each_mark_once(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=100, free=90))
    db, cast = services.db, make_cast(services.db)
    store(db, services.blobs, cast.ct_a, dicomgen.ct_slice())
    with db.reading() as tx:
        size = tx.session.scalars(select(Instance.size)).one()
    for part, told in (
        (50, []),
        (85, ["85"]),
        (86, ["85"]),
        (97, ["85", "97"]),
        (40, ["85", "97"]),
        (81, ["85", "97", "81"]),
    ):
        with db.transaction() as tx:
            tx.session.execute(
                update(Hospital).where(Hospital.id == cast.a.id).values(quota_bytes=size * 100 // part)
            )
        tell_of_space(services)
        found = _told(db)
        assert [params for _, _, params in found] == [f'{{"percent": "{percent}"}}' for percent in told]
        assert {(who, message) for who, message, _ in found} <= {(cast.dung.id, telling.QUOTA)}


def test_a_full_disk_is_told_to_every_hospital(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(total=100, free=4))
    make_cast(services.db)
    tell_of_space(services)
    tell_of_space(services)
    with services.db.reading() as tx:
        hospitals = list(tx.session.scalars(select(Notice.hospital_id)))
    assert hospitals
    assert len(hospitals) == len(set(hospitals))


def test_what_the_first_images_of_a_device_show_is_told(services: Services) -> None:
    db, cast = services.db, make_cast(services.db)
    store(db, services.blobs, cast.ct_a, dicomgen.ct_slice(PatientBirthDate=""))
    with db.transaction() as tx:
        tx.session.execute(update(Study).values(device_id=cast.ct_a.id))
    check_and_tell(services, cast.ct_a.id)
    check_and_tell(services, cast.ct_a.id)
    ((person, message, params),) = _told(db)
    assert (person, message) == (cast.dung.id, telling.FINDINGS)
    assert '"device": "CT01"' in params
