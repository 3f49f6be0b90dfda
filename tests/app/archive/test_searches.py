"""The page, QIDO-RS and C-FIND find the same studies by the same table of attributes."""

import pytest

from app.archive.attributes import ATTRIBUTES, Level
from app.archive.queries import (
    Search,
    StudyQuery,
    list_studies,
    search_instances,
    search_series,
    search_studies,
)
from app.base.errors import Invalid
from tests import dicomgen
from tests.app.archive.conftest import Archive

NAME, NUMBER, UID = "00100010", "00100020", "0020000D"


@pytest.fixture
def filled(archive: Archive) -> Archive:
    """Four studies of hospital A and one of hospital B."""
    send = [
        dicomgen.ct_slice(1, study="an", patient_id="BN0001", patient_name="NGUYỄN^VĂN AN"),
        dicomgen.ct_slice(2, study="an", patient_id="BN0001", patient_name="NGUYỄN^VĂN AN"),
        dicomgen.ct_slice(
            study="huong",
            patient_id="BN_02",
            patient_name="ĐẶNG^THỊ HƯỜNG",
            StudyDate="20260101",
            modality="MR",
        ),
        dicomgen.ct_slice(
            study="le",
            patient_id="BNX02",
            patient_name="LÊ^VĂN AN",
            StudyDate="20251231",
            AccessionNumber="Z 9",
        ),
        dicomgen.ct_slice(study="none", patient_id="", patient_name="", StudyDate="", StudyTime="233000"),
    ]
    archive.send(send)
    archive.store(dicomgen.ct_slice(study="b", patient_id="BN0001"), archive.cast.ct_b, association_id="b")
    return archive


def found(archive: Archive, **asked: str) -> list[str]:
    """Patient numbers found by QIDO's way, in order."""
    fuzzy = asked.pop("fuzzy", "") == "true"
    with archive.db.reading() as tx:
        search = search_studies(tx, archive.cast.alice, Search(asked, fuzzy=fuzzy))
    return [item[NUMBER].get("Value", [""])[0] for item in search.items]


def listed(archive: Archive, query: StudyQuery) -> list[str]:
    with archive.db.reading() as tx:
        return [study.patient_id for study in list_studies(tx, archive.cast.alice, query).studies]


def test_everything_newest_first(filled: Archive) -> None:
    assert found(filled) == ["BN0001", "BN_02", "BNX02", ""]
    assert listed(filled, StudyQuery()) == found(filled)


MATCHES: list[tuple[dict[str, str], list[str]]] = [
    ({"PatientID": "BN0001"}, ["BN0001"]),
    ({"00100020": "BN0001"}, ["BN0001"]),
    ({"PatientID": "bn0001"}, []),
    ({"PatientID": "BN?02"}, ["BN_02", "BNX02"]),
    ({"PatientID": "BN_02"}, ["BN_02"]),
    ({"PatientID": "*0*2"}, ["BN_02", "BNX02"]),
    ({"PatientID": "*"}, ["BN0001", "BN_02", "BNX02", ""]),
    ({"PatientID": "%"}, []),
    ({"AccessionNumber": "Z 9"}, ["BNX02"]),
    ({"StudyDate": "20260101"}, ["BN_02"]),
    ({"StudyDate": "20251231-20260101"}, ["BN_02", "BNX02"]),
    ({"StudyDate": "-20251231"}, ["BNX02"]),
    ({"StudyDate": "20260102-"}, ["BN0001"]),
    ({"StudyTime": "08-09"}, ["BN0001", "BN_02", "BNX02"]),
    ({"StudyTime": "23"}, [""]),
    ({"ModalitiesInStudy": "MR"}, ["BN_02"]),
    ({"ModalitiesInStudy": "mr,US"}, ["BN_02"]),
    ({"ModalitiesInStudy": "M"}, []),
    ({"StudyInstanceUID": f"{dicomgen.uid('an')},{dicomgen.uid('le')}"}, ["BN0001", "BNX02"]),
    ({"PatientName": "NGUYEN^VAN AN"}, ["BN0001"]),
    ({"PatientName": "nguyễn văn*"}, ["BN0001"]),
    ({"PatientName": "*an"}, ["BN0001", "BNX02"]),
    ({"PatientName": "an"}, []),
    ({"PatientName": "an", "fuzzy": "true"}, ["BN0001", "BNX02"]),
    ({"PatientName": "*huong dang*", "fuzzy": "true"}, ["BN_02"]),
    ({"PatientName": "an ng", "fuzzy": "true"}, ["BN0001"]),
    ({"PatientName": "_", "fuzzy": "true"}, []),
    ({"ReferringPhysicianName": "TRẦN*"}, ["BN0001", "BN_02", "BNX02", ""]),
    ({"PatientName": "an", "StudyDate": "20251231", "fuzzy": "true"}, ["BNX02"]),
    ({"PatientName": "'; DROP TABLE study;--"}, []),
]


def test_keys_match_as_the_standard_says(filled: Archive) -> None:
    wrong = [(asked, got) for asked, expected in MATCHES if (got := found(filled, **asked)) != expected]

    assert wrong == []


SENSELESS: list[dict[str, str]] = [
    {"StudyDate": "2026"},
    {"StudyDate": "20260101-x"},
    {"StudyTime": "noon"},
    {"StudyInstanceUID": "1.2.3'"},
    {"StudyInstanceUID": "\\"},
]


def test_a_value_that_makes_no_sense_is_said(filled: Archive) -> None:
    for asked in SENSELESS:
        with pytest.raises(Invalid):
            found(filled, **asked)


TEXTS: list[tuple[str, list[str]]] = [
    ("huong dang", ["BN_02"]),
    ("ĐẶNG", ["BN_02"]),
    ("van an", ["BN0001", "BNX02"]),
    ("BN0", ["BN0001"]),
    ("BN_", ["BN_02"]),
    ("A-huong", ["BN_02"]),
    ("Z 9", ["BNX02"]),
    ("z 9", ["BNX02"]),
    ("bnx0", ["BNX02"]),
    ("bN_", ["BN_02"]),
    ("nobody", []),
    ("%", []),
    ("  ", ["BN0001", "BN_02", "BNX02", ""]),
]


def test_the_one_field_finds_names_and_numbers(filled: Archive) -> None:
    wrong = [
        (text, got) for text, expected in TEXTS if (got := listed(filled, StudyQuery(text=text))) != expected
    ]

    assert wrong == []


def test_the_one_field_finds_numbers_in_small_letters_by_capitals(filled: Archive) -> None:
    filled.store(dicomgen.ct_slice(study="small", patient_id="ma7", AccessionNumber="phieu-9"))
    assert [listed(filled, StudyQuery(text=text)) for text in ("MA7", "PHIEU-9")] == [["ma7"], ["ma7"]]


def test_the_list_filters_and_turns_pages(filled: Archive) -> None:
    assert listed(filled, StudyQuery(modality="MR")) == ["BN_02"]
    assert listed(filled, StudyQuery(study_date_from="20260101")) == ["BN0001", "BN_02"]
    assert listed(filled, StudyQuery(study_date_to="20260101", study_date_from="20250101")) == [
        "BN_02",
        "BNX02",
    ]
    assert listed(filled, StudyQuery(state="complete")) == []
    assert listed(filled, StudyQuery(limit=1, offset=1)) == ["BN_02"]
    with filled.db.reading() as tx:
        assert list_studies(tx, filled.cast.alice, StudyQuery(limit=3)).more
        assert not list_studies(tx, filled.cast.alice, StudyQuery(limit=4)).more


def test_answers_have_what_qido_requires(filled: Archive) -> None:
    with filled.db.reading() as tx:
        (item,) = search_studies(tx, filled.cast.alice, Search({"PatientID": "BN0001"})).items

    assert item[NAME] == {"vr": "PN", "Value": [{"Alphabetic": "NGUYỄN^VĂN AN"}]}
    assert item["00080061"] == {"vr": "CS", "Value": ["CT"]}
    assert item["00201208"] == {"vr": "IS", "Value": [2]}
    assert item[UID]["Value"] == [dicomgen.uid("an")]
    assert item["00100021"] == {"vr": "LO"}
    required = {
        "00080020",
        "00080030",
        "00080050",
        "00080061",
        "00080090",
        "00100010",
        "00100020",
        "00100030",
    }
    assert required | {"00100040", "0020000D", "00200010", "00201206", "00201208"} <= set(item)


def test_series_and_instances_are_found_by_keys_of_every_level(filled: Archive) -> None:
    with filled.db.reading() as tx:
        alice = filled.cast.alice
        series = search_series(tx, alice, Search({"Modality": "CT", "PatientID": "BN0001"}))
        instances = search_instances(tx, alice, Search({"InstanceNumber": "2"}))
        by_uid = search_instances(tx, alice, Search({"SOPInstanceUID": dicomgen.uid("an", "series-1", 1)}))

    assert [item["00201209"]["Value"] for item in series.items] == [[2]]
    assert [item["00200013"]["Value"] for item in instances.items] == [[2]]
    assert [item["0020000E"]["Value"] for item in by_uid.items] == [[dicomgen.uid("an", "series-1")]]
    assert by_uid.items[0]["00083002"]["Value"] == [dicomgen.EXPLICIT]


def test_unknown_keys_are_named_and_ask_for_nothing(filled: Archive) -> None:
    with filled.db.reading() as tx:
        result = search_studies(
            tx, filled.cast.alice, Search({"PatientComments": "x", "Modality": "MR"}, limit=2)
        )

    assert result.ignored == ("PatientComments", "Modality")
    assert (len(result.items), result.more) == (2, True)


def test_a_hospitals_archive_answers_with_its_own_only(filled: Archive) -> None:
    with filled.db.reading() as tx:
        own = search_studies(tx, filled.cast.alice, Search({}, hospital_id=filled.cast.a.id))
        foreign = search_studies(tx, filled.cast.alice, Search({}, hospital_id=filled.cast.b.id))

    assert (len(own.items), foreign.items) == (4, ())


def test_every_level_has_its_unique_key() -> None:
    keywords = {attribute.keyword: attribute.level for attribute in ATTRIBUTES}

    assert keywords["StudyInstanceUID"] is Level.STUDY
    assert keywords["SeriesInstanceUID"] is Level.SERIES
    assert keywords["SOPInstanceUID"] is Level.INSTANCE
    assert len(keywords) == len(ATTRIBUTES) == len({attribute.tag for attribute in ATTRIBUTES})
