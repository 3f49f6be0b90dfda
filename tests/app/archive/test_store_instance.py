"""What arrives is entered once; what contradicts is set aside and its sender told."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.archive.models import Instance, Patient, Series, SetAside, Study
from app.archive.queries import StudyQuery, list_studies, set_asides
from app.audit.models import AuditRecord
from app.base.errors import Conflict, Forbidden
from tests import dicomgen
from tests.app.archive.conftest import Archive


def count(archive: Archive, table: type) -> int:
    with archive.db.reading() as tx:
        return tx.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_series_becomes_one_study_with_its_counts(archive: Archive) -> None:
    stored = archive.send(dicomgen.series(3))

    with archive.db.reading() as tx:
        (study,) = list_studies(tx, archive.cast.alice, StudyQuery()).studies

    assert {item.outcome for item in stored} == {"stored"}
    assert study.id == stored[0].study_id
    assert (study.instance_count, study.series_count, study.state) == (3, 1, "arriving")
    assert study.patient_name == "NGUYỄN VĂN AN"
    assert study.modalities == ("CT",)
    assert (study.hospital_name, study.shared) == (archive.cast.a.name, False)


def test_the_same_file_again_is_a_success_and_changes_nothing(archive: Archive) -> None:
    first = archive.store(dicomgen.ct_slice())
    second = archive.store(dicomgen.ct_slice())

    assert second.outcome == "duplicate"
    assert second.instance_id == first.instance_id
    second.check()
    assert count(archive, Instance) == 1


def test_the_same_data_set_under_another_preamble_is_the_same(archive: Archive) -> None:
    archive.store(dicomgen.ct_slice())

    assert archive.store(dicomgen.hostile("preamble_pe")).outcome == "duplicate"


def test_other_content_under_the_same_uid_is_set_aside_and_refused(archive: Archive) -> None:
    first = archive.store(dicomgen.ct_slice())
    second = archive.store(dicomgen.ct_slice(StudyDescription="CT PHỔI"))

    assert second.outcome == "set-aside"
    with pytest.raises(Conflict) as told:
        second.check()
    assert told.value.code == "uid_collision"
    with archive.db.reading() as tx:
        assert tx.session.scalars(select(Instance.id)).all() == [first.instance_id]
        (aside,) = set_asides(tx, archive.cast.alice)
        record = tx.session.scalars(select(AuditRecord).where(AuditRecord.subject_type == "set-aside")).one()
    assert aside.reason_code == "uid_collision"
    assert (record.outcome, record.subject_id) == (4, aside.id)


def test_one_study_of_two_patients_is_set_aside(archive: Archive) -> None:
    archive.store(dicomgen.ct_slice(1, patient_id="BN0001"))
    second = archive.store(dicomgen.ct_slice(2, patient_id="BN0002"))

    with pytest.raises(Conflict) as told:
        second.check()
    assert told.value.code == "study_two_patients"
    assert count(archive, Patient) == 1
    assert count(archive, SetAside) == 1


def test_what_one_image_leaves_out_contradicts_nothing(archive: Archive) -> None:
    archive.store(dicomgen.ct_slice(1))

    assert archive.store(dicomgen.ct_slice(2, PatientBirthDate="", patient_name="")).outcome == "stored"
    assert archive.store(dicomgen.ct_slice(3, patient_name="Nguyen^Van An")).outcome == "stored"


def test_two_people_under_one_number_stay_two(archive: Archive) -> None:
    archive.store(dicomgen.ct_slice(study="one", patient_name="NGUYỄN^VĂN AN"))
    archive.store(dicomgen.ct_slice(study="two", patient_name="LÊ^THỊ BƯỞI"))
    archive.store(dicomgen.ct_slice(study="three", PatientBirthDate="19990101"))
    archive.store(dicomgen.ct_slice(study="four", IssuerOfPatientID="BHYT"))
    archive.store(dicomgen.ct_slice(study="five", patient_name="Nguyen^Van An"))

    assert count(archive, Patient) == 4


def test_people_without_a_number_are_never_one(archive: Archive) -> None:
    archive.store(dicomgen.ct_slice(study="one", patient_id=""))
    archive.store(dicomgen.ct_slice(study="two", patient_id=""))

    assert count(archive, Patient) == 2


def test_the_same_uid_at_another_hospital_is_neither_revealed_nor_shared(archive: Archive) -> None:
    archive.store(dicomgen.ct_slice())
    other = archive.store(dicomgen.ct_slice(StudyDescription="KHÁC"), archive.cast.ct_b, association_id="b")

    assert other.outcome == "stored"
    with archive.db.reading() as tx:
        assert [s.description for s in list_studies(tx, archive.cast.bob, StudyQuery()).studies] == ["KHÁC"]


def test_ten_senders_of_one_instance_make_one_row(archive: Archive) -> None:
    data = dicomgen.ct_slice()

    with ThreadPoolExecutor(10) as pool:
        stored = list(pool.map(lambda n: archive.store(data, association_id=f"a{n}"), range(10)))

    assert sorted(item.outcome for item in stored) == ["duplicate"] * 9 + ["stored"]
    assert len({item.instance_id for item in stored}) == 1
    assert count(archive, Instance) == 1


def test_many_senders_of_one_study_lose_no_count(archive: Archive) -> None:
    files = [dicomgen.ct_slice(number, series=f"s{number % 3}") for number in range(1, 13)]

    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(lambda item: archive.store(item[1], association_id=f"a{item[0] % 4}"), enumerate(files))
        )

    with archive.db.reading() as tx:
        study = tx.session.scalars(select(Study)).one()
        assert (study.instance_count, study.series_count) == (12, 3)
        assert sorted(tx.session.scalars(select(Series.instance_count))) == [4, 4, 4]


def test_who_may_not_store_cannot(archive: Archive) -> None:
    with pytest.raises(Forbidden):
        archive.store(dicomgen.ct_slice(), archive.cast.lan)
    assert count(archive, Instance) == 0


def test_control_characters_in_codes_never_reach_the_database(archive: Archive) -> None:
    data = dicomgen.ct_slice().replace(
        dicomgen.element(0x00080060, "CS", b"CT"), dicomgen.element(0x00080060, "CS", b"C\0T\n")
    )

    archive.store(data).check()
    with archive.db.reading() as tx:
        assert tx.session.scalars(select(Series.modality)).all() == ["CT"]
