"""The first images of a device are looked at, and what is wrong with them is told with its number of images."""

from datetime import timedelta
from typing import Any

import pytest

from app.archive.actions import Source, SourceKind, count_refusal, store_instance
from app.archive.checking import check_device
from app.archive.connectivity import DeviceState, device_state, device_states
from app.archive.part10 import read_part10
from app.archive.profiles import FIRST_IMAGES, DeviceTally
from app.archive.refusals import Refusals
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.clock import now
from app.base.db import Database
from app.base.errors import Forbidden, NotFound
from tests import dicomgen
from tests.cast import Cast, make_cast
from tests.vietnamese_names import encoded


@pytest.fixture
def cast(sqlite_db: Database) -> Cast:
    return make_cast(sqlite_db)


def send(db: Database, blobs: Blobs, cast: Cast, number: int = 1, **attributes: Any) -> None:
    with blobs.open_spool() as spool:
        spool.write(dicomgen.ct_slice(number, **attributes))
        spool.flush()
        part10 = read_part10(spool.path, accept_private=True)
        blob = spool.commit()
    with db.transaction() as tx:
        source = Source(SourceKind.DIMSE, "association-1", "CT01", cast.ct_a.id)
        store_instance(tx, cast.ct_a, blob=blob, part10=part10, source=source)


def found(db: Database, blobs: Blobs, cast: Cast) -> dict[str, tuple[str, int]]:
    check_device(db, blobs, cast.ct_a.id)
    return {told.code: (told.detail, told.count) for told in state(db, cast).findings}


def state(db: Database, cast: Cast) -> DeviceState:
    with db.reading() as tx:
        return device_state(tx, cast.dung, cast.ct_a.id)


GOOD: dict[str, Any] = {
    "ContentDate": f"{now() + timedelta(hours=7):%Y%m%d}",
    "ContentTime": f"{now() + timedelta(hours=7):%H%M%S}",
}


def test_a_good_image_has_nothing_wrong(sqlite_db: Database, blobs: Blobs, cast: Cast) -> None:
    send(sqlite_db, blobs, cast, **GOOD)
    assert found(sqlite_db, blobs, cast) == {}
    assert state(sqlite_db, cast).profile.checked_images == 1


@pytest.mark.parametrize(
    ("attributes", "code", "detail"),
    [
        ({"PixelSpacing": ""}, "no_spacing", "CT"),
        ({"BodyPartExamined": "KNEE"}, "no_laterality", "KNEE"),
        ({"patient_id": ""}, "no_patient_id", ""),
        ({"PatientBirthDate": ""}, "no_birth_date", ""),
        ({"BurnedInAnnotation": "YES"}, "burned_in", ""),
        ({"WindowCenter": "", "WindowWidth": ""}, "no_window", "CT"),
        ({"TimezoneOffsetFromUTC": "+0000"}, "clock_ahead", ""),
        ({"ContentDate": "20200101"}, "clock_behind", ""),
    ],
)
def test_what_is_wrong_is_named(
    sqlite_db: Database, blobs: Blobs, cast: Cast, attributes: dict[str, Any], code: str, detail: str
) -> None:
    send(sqlite_db, blobs, cast, **(GOOD | attributes))
    told = found(sqlite_db, blobs, cast)
    assert list(told) == [code]
    assert told[code][1] == 1
    assert detail in told[code][0]


def test_names_in_another_character_set_are_found(sqlite_db: Database, blobs: Blobs, cast: Cast) -> None:
    latin = encoded("Nguyễn^Thị^Hường", "VNI").decode("latin-1")
    texts = {"SpecificCharacterSet": "ISO_IR 100", "StudyDescription": "CT", "ReferringPhysicianName": ""}
    send(sqlite_db, blobs, cast, patient_name=latin, **(GOOD | texts))
    assert found(sqlite_db, blobs, cast) == {"charset": ("VNI", 1)}


def test_twenty_images_are_looked_at_and_each_once(sqlite_db: Database, blobs: Blobs, cast: Cast) -> None:
    for number in range(1, 24):
        send(sqlite_db, blobs, cast, number, **(GOOD | {"PatientBirthDate": ""}))
        if number in {3, 23}:
            found(sqlite_db, blobs, cast)
    assert found(sqlite_db, blobs, cast) == {"no_birth_date": ("", FIRST_IMAGES)}


def test_two_images_under_one_identifier_are_told(sqlite_db: Database, blobs: Blobs, cast: Cast) -> None:
    send(sqlite_db, blobs, cast, **GOOD)
    send(sqlite_db, blobs, cast, **(GOOD | {"PatientComments": "another"}))
    assert found(sqlite_db, blobs, cast) == {"repeated_uids": ("1", 1)}


def test_traffic_and_refusals_stand_beside_the_device(sqlite_db: Database, cast: Cast) -> None:
    refusals = Refusals(sqlite_db)
    tally = DeviceTally(sqlite_db, cast.ct_a, refusals)
    tally.stored(1000)
    tally.close()
    for _ in range(3):
        tally.refused("uid_collision", "Another image.")
    shown = state(sqlite_db, cast)
    assert (shown.images_last_hour, shown.images_last_day, shown.bytes_last_day) == (1, 1, 1000)
    ((told, *others),) = (shown.refusals,)
    assert (told.code, told.detail, told.count, others) == ("uid_collision", "Another image.", 1, [])


def test_a_device_counts_only_its_own_refusals(sqlite_db: Database, cast: Cast) -> None:
    with pytest.raises(Forbidden), sqlite_db.transaction() as tx:
        count_refusal(tx, cast.ct_b, device_id=cast.ct_a.id, code="x", detail="")
    with sqlite_db.transaction() as tx:
        count_refusal(tx, SYSTEM, device_id=cast.ct_a.id, code="x", detail="y", count=7)
    assert state(sqlite_db, cast).refused_last_day == 7


def test_devices_are_shown_to_those_who_manage_them(sqlite_db: Database, cast: Cast) -> None:
    with sqlite_db.reading() as tx:
        assert [one.device.id for one in device_states(tx, cast.dung)] == [cast.ct_a.id]
        assert len(device_states(tx, cast.root)) == 3
        with pytest.raises(NotFound):
            device_state(tx, cast.giang, cast.ct_a.id)
        with pytest.raises(Forbidden):
            device_states(tx, cast.alice)
