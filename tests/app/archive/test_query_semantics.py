"""What the large open archives' own tests expect of queries (dcm4chee, Orthanc, DICOMweb's conformance), told anew."""

from dataclasses import replace
from typing import Any

import pytest
from pydicom import Dataset

from app.archive.models import Instance, Series, Study
from app.archive.queries import Search, search_instances, search_patients, search_series, search_studies
from app.base.errors import Invalid
from tests import dicomgen
from tests.app.archive.conftest import Archive

SEARCHES = {
    "PATIENT": search_patients,
    "STUDY": search_studies,
    "SERIES": search_series,
    "INSTANCE": search_instances,
}
AN, BINH, TARO = dicomgen.uid("an"), dicomgen.uid("binh"), dicomgen.uid("taro")


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """Three studies of three people; Bình's has a series of CT and one of reports."""
    request, code = Dataset(), Dataset()
    request.ScheduledProcedureStepID, request.RequestedProcedureID = "SPS1", "RP1"
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "18.0067", "BYT", "Chụp CT ngực"
    archive.send(
        [
            dicomgen.ct_slice(1, study="an", patient_id="P1", patient_name="NGUYỄN^VĂN AN", StudyDate="20260101", StudyTime="100000",
                StationName="CT-A", RequestAttributesSequence=[request], ProcedureCodeSequence=[code]),
            dicomgen.ct_slice(2, study="an", patient_id="P1", patient_name="NGUYỄN^VĂN AN", StudyDate="20260101", StudyTime="100000"),
            dicomgen.ct_slice(study="binh", patient_id="P2", patient_name="Trần Thanh Bình", StudyDate="20260102", StudyTime="090000"),
            dicomgen.ct_slice(study="binh", series="report", patient_id="P2", patient_name="Trần Thanh Bình", modality="SR",
                StudyDate="20260102", StudyTime="090000", SOPInstanceUID=dicomgen.uid("binh", "report", 9)),
            dicomgen.ct_slice(study="taro", patient_id="p3", patient_name="Yamada^Tarou=山田^太郎=やまだ^たろう", StudyDate="20260103",
                StudyTime="", StudyDescription="Chụp ngực", BodyPartExamined="CHEST"),
        ]
    )  # fmt: skip
    return archive


def found(
    archive: Archive, level: str, matches: dict[str, Any], tag: str = "0020000D", **more: Any
) -> list[Any]:
    """The values of one attribute, sorted."""
    with archive.db.reading() as tx:
        answers = SEARCHES[level](tx, archive.cast.alice, Search(matches, **more)).items
    return sorted(value for item in answers for value in item[tag].get("Value", []))


STUDIES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("a list of UIDs", {"StudyInstanceUID": [AN, TARO]}, [AN, TARO]),
    ("a list with backslashes", {"StudyInstanceUID": f"{AN}\\{TARO}"}, [AN, TARO]),
    ("an unknown UID among them", {"StudyInstanceUID": [AN, "1.2.3"]}, [AN]),
    ("case counts in numbers", {"PatientID": "P3"}, []),
    ("case counts with wildcards", {"PatientID": "P*"}, [AN, BINH]),
    ("one letter", {"PatientID": "?3"}, [TARO]),
    ("stars alone are universal", {"PatientID": "**", "PatientName": "*"}, [AN, BINH, TARO]),
    ("several values of one key", {"PatientID": ["P1", "p3"]}, [AN, TARO]),
    ("names without case", {"PatientName": "nguyễn^văn an"}, [AN]),
    ("names without accents", {"PatientName": "TRAN THANH BINH"}, [BINH]),
    ("caret and space are one", {"PatientName": "TRAN^THANH BINH"}, [BINH]),
    ("a component left empty", {"PatientName": "^*BINH"}, [BINH]),
    ("empty components behind", {"PatientName": "NGUYEN^VAN AN^^^"}, [AN]),
    ("the family name alone is another name", {"PatientName": "NGUYEN"}, []),
    ("ideographic group", {"PatientName": "山田^太郎"}, [TARO]),
    ("phonetic group with a wildcard", {"PatientName": "やまだ*"}, [TARO]),
    ("all groups", {"PatientName": "Yamada^Tarou=山田^太郎"}, [TARO]),
    ("a part of a word", {"PatientName": "*guye*"}, [AN]),
    ("days up to", {"StudyDate": "-20260102"}, [AN, BINH]),
    ("no time is not within a range", {"StudyTime": "0000-2359"}, [AN, BINH]),
    ("date and time apart", {"StudyDate": "20260101-20260102", "StudyTime": "0930-1100"}, [AN]),
    ("any modality", {"ModalitiesInStudy": "SR"}, [BINH]),
    ("modalities with a wildcard", {"ModalitiesInStudy": "S?"}, [BINH]),
    ("one of several modalities", {"ModalitiesInStudy": "SR\\XA"}, [BINH]),
    ("SOP classes", {"SOPClassesInStudy": dicomgen.CT}, [AN, BINH, TARO]),
    ("an item of a sequence", {"ProcedureCodeSequence": {"CodeValue": "18.*", "00080102": "BYT"}}, [AN]),
    ("another code", {"ProcedureCodeSequence": {"CodeValue": "99"}}, []),
    ("an item that asks nothing", {"ProcedureCodeSequence": {}}, [AN, BINH, TARO]),
]  # fmt: skip


def test_studies_match(filled: Archive) -> None:
    wrong = [
        (why, got)
        for why, asked, expected in STUDIES
        if (got := found(filled, "STUDY", asked)) != sorted(expected)
    ]
    assert wrong == []


def test_a_range_of_moments_runs_through_the_night(filled: Archive) -> None:
    asked = {"StudyDate": "20260101-20260102", "StudyTime": "0930-0800"}
    assert found(filled, "STUDY", asked, combined_times=True) == [AN]
    assert found(filled, "STUDY", asked | {"StudyTime": "1030-0900"}, combined_times=True) == [BINH]


def test_patients_count_what_one_may_see(filled: Archive) -> None:
    counts = ("00201200", "00201202", "00201204")
    with filled.db.reading() as tx:
        search = Search({"PatientID": "P2"}, include=counts)
        (item,) = search_patients(tx, filled.cast.alice, search).items
        assert [item[tag]["Value"] for tag in counts] == [[1], [2], [2]]
        assert search_patients(tx, filled.cast.ct_b, replace(search, matches={})).items == ()
    assert found(filled, "PATIENT", {"PatientName": "*an*"}, "00100020") == ["P1", "P2"]


def test_series_match_by_request_station_and_study(filled: Archive) -> None:
    request = {"RequestAttributesSequence": {"00400009": "SPS1"}}
    assert found(filled, "SERIES", request) == [AN]
    assert found(filled, "SERIES", {"StationName": "CT-?"}) == [AN]
    assert found(filled, "SERIES", {"Modality": ["SR", "MR"]}) == [BINH]
    assert found(filled, "SERIES", {"ModalitiesInStudy": "SR"}, "00080060") == ["CT", "SR"]


def test_only_what_is_asked_is_answered_and_the_unique_key(filled: Archive) -> None:
    with filled.db.reading() as tx:
        search = Search({"PatientID": "P1"}, include=["StudyDate", "SOPClassesInStudy"], only=True)
        (item,) = search_studies(tx, filled.cast.alice, search).items
        (whole,) = search_studies(tx, filled.cast.alice, replace(search, include=["all"])).items
        images = search_instances(tx, filled.cast.alice, Search({"PatientID": "P1"})).items
    assert set(item) == {"00080020", "0020000D", "00080062"}
    assert item["00080062"] == {"vr": "UI", "Value": [dicomgen.CT]}
    (procedure,) = whole["00081032"]["Value"]
    assert procedure["00080104"]["Value"] == ["Chụp CT ngực"]
    assert [(one["00280010"], one["00280008"]["Value"]) for one in images] == [
        ({"vr": "US", "Value": [64]}, [1])
    ] * 2


def test_a_hierarchical_search_gives_the_way_down(filled: Archive) -> None:
    for asked in ({}, {"StudyInstanceUID": [AN, BINH]}, {"StudyInstanceUID": "1.*"}):
        with pytest.raises(Invalid) as caught:
            found(filled, "SERIES", asked, relational=False)
        assert caught.value.code == "missing_unique_key"
    assert len(found(filled, "SERIES", {"StudyInstanceUID": BINH}, relational=False)) == 2
    with pytest.raises(Invalid):
        found(filled, "STUDY", {}, relational=False, patient_root=True)
    assert found(filled, "STUDY", {"PatientID": "P2"}, relational=False, patient_root=True) == [BINH]


def test_what_cannot_be_matched_is_named(filled: Archive) -> None:
    with filled.db.reading() as tx:
        asked = {"PatientComments": "x", "Rows": "5", "NumberOfStudyRelatedSeries": "", "Modality": "CT"}
        assert search_studies(tx, filled.cast.alice, Search(asked)).ignored == (
            "PatientComments",
            "Rows",
            "Modality",
        )


def test_rejected_and_merged_away_is_never_found(filled: Archive) -> None:
    with filled.db.transaction() as tx:
        tx.session.query(Study).filter_by(study_instance_uid=AN).one().rejected = "quality"
        tx.session.query(Study).filter_by(study_instance_uid=TARO).one().merged_into_id = "x"
        tx.session.query(Series).filter_by(modality="SR").one().rejected = "quality"
    assert (
        found(filled, "STUDY", {}) == found(filled, "SERIES", {}) == found(filled, "INSTANCE", {}) == [BINH]
    )
    assert found(filled, "PATIENT", {}, "00100020") == ["P2"]
    with filled.db.transaction() as tx:
        for image in tx.session.query(Instance):
            image.rejected = "quality"
    assert found(filled, "INSTANCE", {"StudyInstanceUID": BINH}) == []
