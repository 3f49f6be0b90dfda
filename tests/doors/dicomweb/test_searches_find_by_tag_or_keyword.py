"""QIDO-RS at every level, as OHIF and dicomweb-client ask (reference/viewer.md, section 3)."""

import pytest

from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, keep

NAME = "Nguyễn^Văn Thử"


@pytest.fixture
def filled(dicomweb: Dicomweb, cast: Cast) -> Dicomweb:
    thu = dicomgen.series(3, patient_name=NAME, patient_id="BN0007", study="thu")
    other = dicomgen.ct_slice(study="other", patient_id="BN0008", patient_name="Lê^Thị Hoa")
    keep(dicomweb.services, cast.ct_a, *thu, other)
    return dicomweb


def patients(found: list[dict[str, object]]) -> set[str]:
    return {str(item["00100020"]["Value"][0]) for item in found}  # type: ignore[index] # a JSON answer


def test_a_vietnamese_name_comes_back_right(filled: Dicomweb) -> None:
    (found,) = filled.ask("/studies?PatientID=BN0007")
    assert found["00100010"] == {"vr": "PN", "Value": [{"Alphabetic": NAME}]}


KEYS = [
    "00100020=BN0007",
    "PatientID=BN0007",
    "PatientID=BN0007&00100010=",
    "PatientName=NGUYEN*",
    "PatientName=thử&fuzzymatching=true",
    f"StudyInstanceUID={dicomgen.uid('thu')}",
    "PatientID=BN000?&PatientName=*thu*",
]


def test_keys_are_tags_or_keywords_with_wildcards_and_without_accents(filled: Dicomweb) -> None:
    for query in KEYS:
        assert patients(filled.ask(f"/studies?{query}")) == {"BN0007"}, query


def test_what_ohif_asks_for_its_list(filled: Dicomweb) -> None:
    query = "limit=101&offset=0&fuzzymatching=false&includefield=00081030,00080060,00080090,00100030"
    found = filled.ask(f"/studies?{query}")
    assert patients(found) == {"BN0007", "BN0008"}
    assert {item["00201208"]["Value"][0] for item in found} == {3, 1}
    assert all(item["00081190"]["Value"][0].startswith("http://localhost/dicomweb/") for item in found)


def test_dates_and_modalities_narrow(filled: Dicomweb) -> None:
    assert len(filled.ask("/studies?StudyDate=20260301-20260303&ModalitiesInStudy=CT")) == 2
    assert filled.ask("/studies?StudyDate=20260303-") == []
    assert filled.ask("/studies?ModalitiesInStudy=MR") == []


def test_limit_and_offset_page_through_and_say_that_there_is_more(filled: Dicomweb) -> None:
    first = filled.get("/studies?limit=1")
    assert "further results" in first.headers["Warning"]
    assert patients(filled.ask("/studies?limit=1")) | patients(filled.ask("/studies?limit=1&offset=1")) == {
        "BN0007",
        "BN0008",
    }


def test_series_and_instances_are_found_below_a_study_and_across_studies(filled: Dicomweb) -> None:
    study = dicomgen.uid("thu")
    (series,) = filled.ask(f"/studies/{study}/series?includefield=00080021,00080031,0008103E,00200011")
    assert series["0020000E"]["Value"] == [dicomgen.uid("thu", "series-1")]
    uid = series["0020000E"]["Value"][0]
    assert len(filled.ask(f"/studies/{study}/series/{uid}/instances")) == 3
    assert len(filled.ask(f"/studies/{study}/instances")) == 3
    assert len(filled.ask("/series?Modality=CT")) == 2
    assert len(filled.ask("/instances")) == 4
    assert len(filled.ask("/instances?PatientID=BN0007&InstanceNumber=2")) == 1


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_key_that_cannot_be_matched_is_ignored_with_a_warning(filled: Dicomweb) -> None:
    assert "ignored" in filled.get("/studies?00101030=50").headers["Warning"]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_value_that_makes_no_sense_is_told(filled: Dicomweb) -> None:
    for query in ("limit=many", "offset=-1", "StudyDate=yesterday", "StudyInstanceUID=../x"):
        answer = filled.get(f"/studies?{query}", "application/dicom+json")
        assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_query"), query


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_study_that_is_not_there_has_no_series(filled: Dicomweb) -> None:
    assert filled.get("/studies/1.2.3/series").status_code == 404
