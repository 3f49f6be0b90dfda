"""QIDO-RS: lists, ranges, ways into sequences, includefield, pages and their headers (PS3.18 10.6, PS3.4 C.2.2.2)."""

import json
from typing import Any

import pytest
from pydicom import Dataset

from app.base.db import Database
from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, keep

ONE, TWO = dicomgen.uid("one"), dicomgen.uid("two")


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """The archive's own tests compare the databases."""
    return sqlite_db


@pytest.fixture
def filled(dicomweb: Dicomweb, cast: Cast) -> Dicomweb:
    request = Dataset()
    request.ScheduledProcedureStepID, request.RequestedProcedureID = "STEP7", "RP7"
    keep(
        dicomweb.services,
        cast.ct_a,
        dicomgen.ct_slice(1, study="one", series="one", RequestAttributesSequence=[request]),
        dicomgen.ct_slice(2, study="one", series="one", RequestAttributesSequence=[request]),
        dicomgen.ct_slice(
            1, study="two", series="two", patient_id="BN0002", patient_name="TRẦN^THỊ HƯƠNG", StudyDate="20260410"
        ),
        dicomgen.file(
            dicomgen.add_pixels(
                dicomgen.base(study="two", series="us", modality="US", patient_id="BN0002",
                              patient_name="TRẦN^THỊ HƯƠNG", StudyDate="20260410"),
                dicomgen.cine_frame(0),
            )
        ),
    )  # fmt: skip
    return dicomweb


def studies(door: Dicomweb, query: str) -> set[str]:
    return {item["0020000D"]["Value"][0] for item in door.ask(f"/studies?{query}")}


KEYS: list[tuple[str, set[str]]] = [
    (f"StudyInstanceUID={ONE},{TWO}", {ONE, TWO}),
    (f"0020000d={TWO}", {TWO}),
    (f"StudyInstanceUID={ONE}\\{TWO}", {ONE, TWO}),
    ("ModalitiesInStudy=US,MR", {TWO}),
    ("ModalitiesInStudy=US&ModalitiesInStudy=CT", {ONE, TWO}),
    ("StudyDate=20260401-", {TWO}),
    ("StudyDate=-20260401", {ONE}),
    ("StudyDate=20260301-20260411", {ONE, TWO}),
    ("PatientName=*huong*", {TWO}),
    ("PatientName=huong tran&fuzzymatching=true", {TWO}),
    ("PatientName=hương&fuzzymatching=true", {TWO}),
    ("PatientName=nobody&fuzzymatching=true", set()),
    ("PatientID=BN000?", {ONE, TWO}),
    ("00100020=BN0001&PatientSex=M", {ONE}),
    ("PatientID=", {ONE, TWO}),
]


def test_keys_match_as_the_standard_says(filled: Dicomweb) -> None:
    for query, found in KEYS:
        assert studies(filled, query) == found, query


@pytest.mark.parametrize("path", ["/series", f"/studies/{ONE}/series"])
def test_a_way_into_a_sequence_is_a_key(filled: Dicomweb, path: str) -> None:
    for key in ("RequestAttributesSequence.ScheduledProcedureStepID", "00400275.00400009"):
        assert len(filled.ask(f"{path}?{key}=STEP7")) == 1
        assert filled.ask(f"{path}?{key}=STEP8") == []


def test_instances_tell_their_size_and_frames(filled: Dicomweb) -> None:
    first = filled.ask(f"/studies/{ONE}/instances")[0]
    assert (first["00280010"]["Value"], first["00280011"]["Value"]) == ([64], [64])
    assert first["00280008"]["Value"] == [1]


def test_searches_below_the_study_may_ask_for_what_stands_above(filled: Dicomweb) -> None:
    assert len(filled.ask("/series?PatientID=BN0002")) == 2
    assert len(filled.ask("/instances?PatientID=BN0002&Modality=US")) == 1
    assert len(filled.ask(f"/studies/{TWO}/instances?Modality=CT")) == 1


def test_what_is_asked_for_is_answered_too(filled: Dicomweb) -> None:
    plain = filled.ask(f"/studies?StudyInstanceUID={ONE}")[0]
    assert "00080062" not in plain
    for wish in ("includefield=SOPClassesInStudy", "includefield=00080062", "includefield=all",
                 "includefield=PatientAge,SOPClassesInStudy", "includefield=PatientAge&includefield=00080062"):  # fmt: skip
        assert filled.ask(f"/studies?StudyInstanceUID={ONE}&{wish}")[0]["00080062"]["Value"] == [dicomgen.CT]


def headers(filled: Dicomweb, path: str) -> tuple[list[Any], list[str]]:
    answer = filled.get(path, "application/dicom+json")
    assert answer.status_code == 200
    return json.loads(answer.text), answer.headers.getlist("Warning")


def test_pages_say_when_there_is_more(filled: Dicomweb) -> None:
    first, warned = headers(filled, "/instances?limit=3")
    assert len(first) == 3
    assert [one[:3] for one in warned] == ["299"]
    rest, warned = headers(filled, "/instances?limit=3&offset=3")
    assert len(rest) == 1
    assert warned == []
    uids = [one["00080018"]["Value"][0] for one in first + rest]
    assert len(set(uids)) == 4
    assert headers(filled, "/instances?limit=0")[0] == []


def test_keys_that_are_not_ours_are_told(filled: Dicomweb) -> None:
    found, warned = headers(filled, "/studies?EthnicGroup=x")
    assert len(found) == 2
    assert [one[:3] for one in warned] == ["299"]


NONSENSE = [
    "limit=-1",
    "limit=x",
    "offset=1.5",
    "fuzzymatching=perhaps",
    "StudyDate=yesterday",
    "StudyInstanceUID=a b",
]


def test_a_search_that_makes_no_sense_is_refused_with_a_sentence(filled: Dicomweb) -> None:
    for query in NONSENSE:
        answer = filled.get(f"/studies?{query}")
        assert answer.status_code == 400, query
        assert json.loads(answer.text)["detail"]


def test_what_is_not_offered_is_not_acceptable_and_json_is_named(filled: Dicomweb) -> None:
    refused = filled.get("/studies", "text/csv")
    assert refused.status_code == 406
    assert "application/dicom+json" in refused.text
