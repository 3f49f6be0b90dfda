"""C-FIND: levels, matching, character sets, cancelling, and what is refused (PS3.4 C.2.2 and C.4.1).

The expectations are those that the test suites of big open archives share; the questions are asked by DCMTK's and
pynetdicom's clients.
"""

from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence

from app.base.actor import SYSTEM, Right
from app.base.db import Database
from app.dimse import find
from app.dimse.network import DicomNetwork
from app.identity.actions import create_hospital, register_device
from tests import dicomgen
from tests.doors.dimse.asking import PATIENT_ROOT, STUDY_ROOT, ask, associated, found, identifier
from tests.doors.dimse.conftest import CALLED, CALLING, Dicom, remote_at
from tests.doors.dimse.dcmtk import findscu, run, store

FIRST, SECOND, THIRD = dicomgen.uid("first"), dicomgen.uid("second"), dicomgen.uid("third")
PENDING, WITH_WARNING = 0xFF00, 0xFF01


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """What is asked of the database is tested on both engines elsewhere."""
    return sqlite_db


@pytest.fixture
def filled(dicom: Dicom) -> Dicom:
    """Three studies of two patients."""
    request = Dataset()
    request.RequestedProcedureID, request.ScheduledProcedureStepID = "RP7", "SPS7"
    store(
        dicom,
        *dicomgen.series(3, study="first", RequestAttributesSequence=Sequence([request])),
        *dicomgen.series(
            2, study="second", StudyDate="20260401", StudyTime="233000", AccessionNumber="ACC-2"
        ),
        dicomgen.ct_slice(
            study="third",
            patient_id="BN0002",
            patient_name="MÜLLER^JÖRG=王^小東",
            StudyDate="20260402",
            StudyTime="003000",
            modality="MR",
        ),
    )
    return dicom


def test_a_study_is_found_with_what_was_asked_for_and_no_more(filled: Dicom, tmp_path: Path) -> None:
    keys = ("-k", "StudyInstanceUID", "-k", "NumberOfStudyRelatedInstances", "-k", "ModalitiesInStudy=CT")
    answers = findscu(filled, tmp_path / "a", "-S", "-k", "QueryRetrieveLevel=STUDY", *keys)
    assert sorted(int(one.NumberOfStudyRelatedInstances) for one in answers) == [2, 3]
    assert {one.RetrieveAETitle for one in answers} == {CALLED}
    assert {one.QueryRetrieveLevel for one in answers} == {"STUDY"}
    assert {one.ModalitiesInStudy for one in answers} == {"CT"}
    assert all("StudyDescription" not in one for one in answers)


def test_patients_are_found_with_their_counts(filled: Dicom) -> None:
    query = identifier(
        "PATIENT",
        PatientID="",
        PatientName="",
        NumberOfPatientRelatedStudies="",
        NumberOfPatientRelatedInstances="",
    )
    answers = found(ask(filled, query, root=PATIENT_ROOT))
    counted = {one.PatientID: one.NumberOfPatientRelatedStudies for one in answers}
    assert counted == {"BN0001": 2, "BN0002": 1}
    assert {one.NumberOfPatientRelatedInstances for one in answers} == {5, 1}


def test_images_are_found_below_their_series(filled: Dicom) -> None:
    series_uid = dicomgen.uid("first", "series-1")
    keys = {
        "StudyInstanceUID": FIRST,
        "SeriesInstanceUID": series_uid,
        "InstanceNumber": "",
        "SOPClassUID": "",
    }
    query = identifier("IMAGE", SOPInstanceUID="", InstanceAvailability="", **keys)
    answers = found(ask(filled, query))
    assert [one.InstanceNumber for one in answers] == [1, 2, 3]
    assert {(one.SOPClassUID, one.InstanceAvailability) for one in answers} == {(dicomgen.CT, "ONLINE")}


MATCHES: list[tuple[dict[str, str], set[str]]] = [
    ({"StudyInstanceUID": f"{FIRST}\\{THIRD}"}, {FIRST, THIRD}),
    ({"StudyDate": "20260302"}, {FIRST}),
    ({"StudyDate": "20260401-20260402"}, {SECOND, THIRD}),
    ({"StudyDate": "-20260401"}, {FIRST, SECOND}),
    ({"StudyDate": "20260402-"}, {THIRD}),
    ({"PatientID": "BN*1"}, {FIRST, SECOND}),
    ({"PatientID": "BN000?"}, {FIRST, SECOND, THIRD}),
    ({"AccessionNumber": "ACC-2"}, {SECOND}),
    ({"PatientName": "nguyen*"}, {FIRST, SECOND}),
    ({"PatientName": "NGUYỄN^VĂN AN"}, {FIRST, SECOND}),
    ({"PatientName": "Müller*"}, {THIRD}),
    ({"PatientName": "*"}, {FIRST, SECOND, THIRD}),
    ({"ModalitiesInStudy": "MR"}, {THIRD}),
    ({"ModalitiesInStudy": "MR\\CT"}, {FIRST, SECOND, THIRD}),
    ({"StudyInstanceUID": "1.2.3"}, set()),
]


def test_keys_match_as_the_standard_says(filled: Dicom) -> None:
    with associated(filled, STUDY_ROOT) as association:
        for keys, expected in MATCHES:
            query = identifier("STUDY", **{"StudyInstanceUID": "", **keys})
            answers = [
                (int(status.Status), data) for status, data in association.send_c_find(query, STUDY_ROOT)
            ]
            assert {one.StudyInstanceUID for one in found(answers)} == expected, keys


@pytest.mark.parametrize(
    ("charset", "name"), [("ISO_IR 100", "MÜLLER*"), ("GB18030", "*王*"), ("ISO_IR 192", "MÜLLER*")]
)
def test_a_name_is_found_in_the_character_set_of_the_query(filled: Dicom, charset: str, name: str) -> None:
    query = identifier("STUDY", StudyInstanceUID="", PatientName="")
    query.SpecificCharacterSet = charset
    query.PatientName = name
    (answer,) = found(ask(filled, query))
    assert answer.SpecificCharacterSet == "ISO_IR 192"
    assert str(answer.PatientName) == "MÜLLER^JÖRG=王^小東"


def test_a_name_that_nobody_labelled_is_read_as_utf_8(filled: Dicom, tmp_path: Path) -> None:
    keys = ("-k", "QueryRetrieveLevel=STUDY", "-k", "PatientName=NGUYỄN*", "-k", "StudyInstanceUID")
    assert len(findscu(filled, tmp_path / "a", "-S", *keys)) == 2


def test_the_item_of_a_sequence_is_matched_and_answered(filled: Dicom) -> None:
    item = Dataset()
    item.RequestedProcedureID = "RP7"
    query = identifier("SERIES", StudyInstanceUID=FIRST, RequestAttributesSequence=Sequence([item]))
    (answer,) = found(ask(filled, query))
    assert answer.RequestAttributesSequence[0].RequestedProcedureID == "RP7"
    item.RequestedProcedureID = "RP8"
    assert found(ask(filled, query)) == []


def test_date_and_time_are_one_moment_only_where_that_was_negotiated(filled: Dicom) -> None:
    query = identifier("STUDY", StudyInstanceUID="", StudyDate="20260401-20260402", StudyTime="230000-010000")
    together = {one.StudyInstanceUID for one in found(ask(filled, query, flags=(1, 1)))}
    assert together == {SECOND, THIRD}
    assert found(ask(filled, query)) == []


def test_a_key_that_is_not_kept_is_left_out_with_a_warning(filled: Dicom) -> None:
    answers = ask(filled, identifier("STUDY", StudyInstanceUID=FIRST, PatientReligiousPreference=""))
    assert [status for status, _data in answers] == [WITH_WARNING, 0]
    assert "PatientReligiousPreference" not in found(answers)[0]
    plain = ask(filled, identifier("STUDY", StudyInstanceUID=FIRST, StudyDescription=""))
    assert plain[0][0] == PENDING


def test_the_way_down_must_be_given_unless_relational_queries_were_negotiated(filled: Dicom) -> None:
    query = identifier("SERIES", SeriesInstanceUID="", Modality="MR")
    assert [status for status, _data in ask(filled, query)] == [0xA900]
    (answer,) = found(ask(filled, query, flags=(1,)))
    assert answer.SeriesInstanceUID == dicomgen.uid("third", "series-1")


@pytest.mark.parametrize(
    "query",
    [
        identifier("PATIENT", PatientID=""),  # not a level of Study Root
        identifier("", StudyInstanceUID=""),
        identifier("SERIES", StudyInstanceUID=f"{FIRST}\\{SECOND}", SeriesInstanceUID=""),
    ],
)
def test_an_identifier_that_does_not_fit_its_model_is_refused(dicom: Dicom, query: Dataset) -> None:
    assert [status for status, _data in ask(dicom, query)] == [0xA900]


def test_a_value_that_cannot_be_matched_is_refused_in_words(filled: Dicom, tmp_path: Path) -> None:
    keys = ("-k", "QueryRetrieveLevel=STUDY", "-k", "StudyDate=yesterday")
    done = run("findscu", filled, "-S", "-d", *keys, cwd=tmp_path)
    assert "0xc000" in done.stdout.lower()


def test_the_rest_is_not_sent_after_a_cancel(
    dicom: Dicom, network: DicomNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "_FIRST_PAGE", 2)
    monkeypatch.setattr(find, "_PAGE", 3)
    store(dicom, *(dicomgen.ct_slice(study=f"study {number}") for number in range(9)))
    remote = remote_at(dicom.port, calling_ae_title=CALLING)
    assert len(network.find(remote, "STUDY", {}, most=1)) == 1
    every = network.find(remote, "STUDY", {})
    assert len({str(one["0020000D"]["Value"]) for one in every}) == len(every) == 9


def test_both_encodings_of_the_identifier_are_understood(filled: Dicom) -> None:
    query = identifier("STUDY", StudyInstanceUID="", AccessionNumber="ACC-2", StudyDescription="")
    for syntax in (dicomgen.IMPLICIT, dicomgen.EXPLICIT):
        (answer,) = found(ask(filled, query, syntaxes=[syntax]))
        assert (answer.StudyInstanceUID, answer.StudyDescription) == (SECOND, "CT SỌ NÃO")


def test_another_hospital_finds_only_its_own(filled: Dicom) -> None:
    with filled.db.transaction() as tx:
        other = create_hospital(
            tx, SYSTEM, name="Bệnh viện Khác", short_name="BV Khác", slug="khac", ae_title="KHAC"
        )
        register_device(tx, SYSTEM, hospital_id=other.id, ae_title="WS", name="Trạm", rights=frozenset(Right))
    query = identifier("STUDY", StudyInstanceUID="")
    assert found(ask(filled, query, called="KHAC", calling="WS")) == []
    assert len(found(ask(filled, query))) == 3


def test_who_may_not_ask_is_told_so(filled: Dicom) -> None:
    with filled.db.transaction() as tx:
        register_device(
            tx,
            SYSTEM,
            hospital_id=filled.hospital_id,
            ae_title="ONLY",
            name="CT",
            rights=frozenset({Right.STORE}),
        )
    answers = ask(filled, identifier("STUDY", StudyInstanceUID=""), calling="ONLY")
    assert [status for status, _data in answers] == [0x0124]
