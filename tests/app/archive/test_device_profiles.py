"""A machine that writes names in TCVN3: guessed, shown with a mark, confirmed once, found under the right name."""

import pytest
from sqlalchemy import select

from app.archive.actions import Source, SourceKind, confirm_charset, count_device_images, store_instance
from app.archive.charset import AS_DECLARED
from app.archive.models import DeviceTraffic, Patient
from app.archive.part10 import read_part10
from app.archive.profiles import DeviceTally, profile_of
from app.archive.queries import Search, StudyQuery, list_studies, search_studies
from app.archive.refusals import Refusals
from app.archive.rereading import reread_device
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Forbidden, NotFound
from app.base.jobs import Job
from tests import dicomgen
from tests.cast import Cast, make_cast
from tests.vietnamese_names import encoded

NAME = "Nguyễn^Thị^Hường"


def send(
    db: Database,
    blobs: Blobs,
    cast: Cast,
    name: str = NAME,
    study: str = "study-1",
    *,
    number: int = 1,
    charset: str | None = None,
) -> str:
    """From A's machine, whose label says Latin-1 and whose names are TCVN3. `charset`: as the door thought when the
    association began.
    """
    latin = encoded(name, "TCVN3").decode("latin-1")
    data = dicomgen.ct_slice(
        number,
        study=study,
        patient_name=latin,
        patient_id=f"BN-{study}",
        SpecificCharacterSet="ISO_IR 100",
        StudyDescription="CT",
        ReferringPhysicianName="",
    )
    with blobs.open_spool() as spool:
        spool.write(data)
        spool.flush()
        with db.reading() as tx:
            charset = profile_of(tx, cast.ct_a.id).charset if charset is None else charset
        part10 = read_part10(spool.path, charset=charset)
        blob = spool.commit()
    with db.transaction() as tx:
        source = Source(SourceKind.DIMSE, "association-1", "CT01", cast.ct_a.id)
        stored = store_instance(tx, cast.ct_a, blob=blob, part10=part10, source=source)
    assert stored.study_id is not None
    assert blobs.read(blob.digest) == data  # never changed
    return stored.study_id


def shown(db: Database, cast: Cast, text: str = "") -> list[tuple[str, str]]:
    with db.reading() as tx:
        found = list_studies(tx, cast.alice, StudyQuery(text=text)).studies
    return [(one.patient_name, one.guessed_charset) for one in found]


def run_reread(db: Database, blobs: Blobs, cast: Cast) -> None:
    for _ in range(5):
        reread_device(db, blobs, cast.ct_a.id)
    with db.reading() as tx:
        assert profile_of(tx, cast.ct_a.id).rereading is None


def test_a_guess_is_shown_with_a_mark_and_found_without_accents(
    db: Database, blobs: Blobs, cast: Cast
) -> None:
    send(db, blobs, cast)
    assert shown(db, cast, "huong nguyen") == [("Nguyễn Thị Hường", "TCVN3")]
    with db.reading() as tx:
        found = search_studies(tx, cast.alice, Search({"PatientName": "NGUYỄN*"}, hospital_id=cast.a.id))
    (answer,) = found.items
    assert answer["00100010"]["Value"] == [{"Alphabetic": NAME}]


def test_confirmed_by_a_person_the_mark_goes_and_later_names_have_none(
    db: Database, blobs: Blobs, cast: Cast
) -> None:
    send(db, blobs, cast)
    with db.transaction() as tx:
        confirm_charset(tx, cast.tam, device_id=cast.ct_a.id, charset="TCVN3")
    run_reread(db, blobs, cast)
    send(db, blobs, cast, "Lê^Văn^Đức", "study-2")
    assert sorted(shown(db, cast)) == [("Lê Văn Đức", ""), ("Nguyễn Thị Hường", "")]


@pytest.mark.parametrize("said", [AS_DECLARED, "TCVN3", "VNI"])
def test_said_while_a_study_arrives_its_other_images_come_in(
    sqlite_db: Database, blobs: Blobs, said: str
) -> None:
    db, cast = sqlite_db, make_cast(sqlite_db)
    first = send(db, blobs, cast)
    with db.transaction() as tx:
        confirm_charset(tx, cast.tam, device_id=cast.ct_a.id, charset=said)
    assert send(db, blobs, cast, number=2) == first  # the rows are still as guessed
    run_reread(db, blobs, cast)
    assert send(db, blobs, cast, number=3, charset="") == first  # an association that began before
    with pytest.raises(AssertionError):  # somebody else's
        send(db, blobs, cast, "Lê^Văn^Đức", number=4, charset="")


def test_declined_the_names_read_as_their_label_says_and_back_again(
    db: Database, blobs: Blobs, cast: Cast
) -> None:
    send(db, blobs, cast)
    for charset, beginning in ((AS_DECLARED, "NguyÔn ThÞ H"), ("TCVN3", "Nguyễn Thị Hường")):
        with db.transaction() as tx:
            confirm_charset(tx, cast.tam, device_id=cast.ct_a.id, charset=charset)
        run_reread(db, blobs, cast)
        ((name, mark),) = shown(db, cast)
        assert name.startswith(beginning)
        assert mark == ""
        with db.reading() as tx:
            assert len(tx.session.scalars(select(Patient)).all()) == 1
    assert shown(db, cast, "huong") == [("Nguyễn Thị Hường", "")]


def test_only_who_corrects_studies_of_that_hospital_confirms(db: Database, cast: Cast) -> None:
    for actor, error in ((cast.alice, Forbidden), (cast.root, Forbidden), (cast.giang, NotFound)):
        with pytest.raises(error), db.transaction() as tx:
            confirm_charset(tx, actor, device_id=cast.ct_a.id, charset="TCVN3")


def test_traffic_is_summed_for_the_association_not_for_the_image(db: Database, cast: Cast) -> None:
    tally = DeviceTally(db, cast.ct_a, Refusals(db))
    for _ in range(1000):
        tally.stored(525_000)
    with db.reading() as tx:
        assert tx.session.scalar(select(DeviceTraffic)) is None
    tally.close()
    with db.reading() as tx:
        row = tx.session.scalars(select(DeviceTraffic)).one()
        assert (row.images, row.bytes) == (1000, 525_000_000)
        jobs = tx.session.scalars(select(Job).where(Job.name == "device.check")).all()
        assert [job.subject_id for job in jobs] == [cast.ct_a.id]


def test_people_do_not_count_as_devices(db: Database, cast: Cast) -> None:
    with pytest.raises(Forbidden), db.transaction() as tx:
        count_device_images(tx, cast.alice, images=1, size=1)


def test_settings_are_kept_as_they_were_told(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        confirm_charset(tx, cast.tam, device_id=cast.ct_a.id, charset="VNI")
    with db.reading() as tx:
        profile = profile_of(tx, cast.ct_a.id)
    assert (profile.charset, profile.confirmed_by) == ("VNI", cast.tam.id)
    assert profile.rereading is not None
    assert (profile.rereading["done"], profile.rereading["after"]) == (0, "")
