"""One device that sends names in several sets (a gateway, an old archive): a confirmed set is used where a name fits it."""

import pytest

from app.archive.actions import Source, SourceKind, confirm_charset, guess_charset_again, store_instance
from app.archive.charset import AS_DECLARED
from app.archive.charset_guess import CHARSETS, plainly_other
from app.archive.checking import check_device
from app.archive.connectivity import charset_work, device_state
from app.archive.part10 import read_part10
from app.archive.profiles import profile_of
from app.archive.rereading import name_samples
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Forbidden, NotFound
from tests import dicomgen
from tests.app.archive.test_device_profiles import run_reread, shown
from tests.cast import Cast
from tests.vietnamese_names import encoded, full_names

NAME = "Nguyễn^Văn^Đức"
SHOWN = "Nguyễn Văn Đức"
SETS = ("TCVN3", "VNI", "CP1258")
GUESSED = sorted((SHOWN, charset) for charset in SETS)


def send(db: Database, blobs: Blobs, cast: Cast, charset: str, number: int = 1) -> None:
    """A study whose label says Latin-1, from A's machine."""
    data = dicomgen.ct_slice(
        number,
        study=f"study-{charset}",
        patient_name=encoded(NAME, charset).decode("latin-1"),
        patient_id=f"BN-{charset}",
        SpecificCharacterSet="ISO_IR 100",
        StudyDescription="CT",
        ReferringPhysicianName="",
    )
    with blobs.open_spool() as spool:
        spool.write(data)
        spool.flush()
        with db.reading() as tx:
            part10 = read_part10(spool.path, charset=profile_of(tx, cast.ct_a.id).charset)
        blob = spool.commit()
    with db.transaction() as tx:
        source = Source(SourceKind.DIMSE, "association-1", "CT01", cast.ct_a.id)
        assert store_instance(tx, cast.ct_a, blob=blob, part10=part10, source=source).study_id
    assert blobs.read(blob.digest) == data  # never changed


def confirm(db: Database, blobs: Blobs, cast: Cast, charset: str) -> None:
    with db.transaction() as tx:
        confirm_charset(tx, cast.tam, device_id=cast.ct_a.id, charset=charset)
    run_reread(db, blobs, cast)


def test_images_are_counted_for_each_set_found(db: Database, blobs: Blobs, cast: Cast) -> None:
    for charset, images in (("TCVN3", 2), ("VNI", 3), ("CP1258", 1)):
        for number in range(images):
            send(db, blobs, cast, charset, number + 1)
    check_device(db, blobs, cast.ct_a.id)
    with db.reading() as tx:
        told = device_state(tx, cast.dung, cast.ct_a.id).findings
    counted = sorted((one.detail, one.count) for one in told if one.code == "charset")
    assert counted == [("CP1258", 1), ("TCVN3", 2), ("VNI", 3)]


def test_each_set_found_has_a_sample(db: Database, blobs: Blobs, cast: Cast) -> None:
    for charset in SETS:
        send(db, blobs, cast, charset)
    with db.reading() as tx:
        work = charset_work(tx, cast.tam, cast.ct_a.id)
    samples = name_samples(blobs, work.digests, "CP1258")
    assert len({one.declared for one in samples}) == len(SETS)
    assert sorted((one.read, one.guessed) for one in samples) == [
        (SHOWN, ""),
        (SHOWN, "TCVN3"),
        (SHOWN, "VNI"),
    ]


@pytest.mark.parametrize("confirmed", SETS)
def test_names_of_another_set_stay_recognised_and_marked(
    db: Database, blobs: Blobs, cast: Cast, confirmed: str
) -> None:
    for charset in SETS:
        send(db, blobs, cast, charset)
    assert sorted(shown(db, cast)) == GUESSED
    confirm(db, blobs, cast, confirmed)
    for charset in SETS:
        send(db, blobs, cast, charset, 2)  # later images are read alike
    marks = sorted("" if charset == confirmed else charset for charset in SETS)
    assert sorted(shown(db, cast)) == [(SHOWN, mark) for mark in marks]


@pytest.mark.parametrize("said", [AS_DECLARED, "VNI"])
def test_guessed_again_names_already_read_are_recognised_anew(
    db: Database, blobs: Blobs, cast: Cast, said: str
) -> None:
    for charset in SETS:
        send(db, blobs, cast, charset)
    confirm(db, blobs, cast, said)
    assert sorted(shown(db, cast)) != GUESSED
    with db.transaction() as tx:
        guess_charset_again(tx, cast.tam, device_id=cast.ct_a.id)
    run_reread(db, blobs, cast)
    assert sorted(shown(db, cast)) == GUESSED
    with db.reading() as tx:
        profile = profile_of(tx, cast.ct_a.id)
    assert (profile.charset, profile.confirmed_at, profile.confirmed_by) == ("", None, None)


def test_only_who_corrects_studies_of_that_hospital_has_them_guessed_again(db: Database, cast: Cast) -> None:
    for actor, error in ((cast.alice, Forbidden), (cast.root, Forbidden), (cast.giang, NotFound)):
        with pytest.raises(error), db.transaction() as tx:
            guess_charset_again(tx, actor, device_id=cast.ct_a.id)


@pytest.mark.parametrize("confirmed", sorted(CHARSETS))
def test_what_was_confirmed_wins_in_doubt(confirmed: str) -> None:
    names = full_names(500)
    strange = [
        f"{name}{tail}" for name in names for tail in ("k", " Bliă", " Kpuôr", " Đuêl", " Niêk", " Bih?")
    ]
    taken = [name for name in (*names, *strange) if plainly_other([encoded(name, confirmed)], confirmed)]
    assert taken == []


@pytest.mark.parametrize("confirmed", sorted(CHARSETS))
@pytest.mark.parametrize("written", sorted(CHARSETS))
def test_of_500_names_in_another_set_nearly_all_are_recognised(confirmed: str, written: str) -> None:
    names = [] if written == confirmed else full_names(500)
    lost = [name for name in names if plainly_other([encoded(name, written)], confirmed) != written]
    assert len(lost) <= 30, lost
