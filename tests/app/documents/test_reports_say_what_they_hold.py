"""Every node of a report's tree, its measurements and its doses, against what pydicom reads of the same file."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydicom.dataset import Dataset

from app.documents.dose import dose_of
from app.documents.measurements import groups_of
from app.documents.report import MOST_NODES, report_of
from tests.app.documents.conftest import Read, both
from tests.dicomgen import base, file, text_report
from tests.reports import code, container, ct_dose_report, number, xray_dose_report


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("children", ()):
        yield from nodes(child)


def items(item: Dataset) -> Iterator[Dataset]:
    yield item
    for child in item.get("ContentSequence", ()):
        yield from items(child)


def same(node: dict[str, Any], item: Dataset) -> bool:
    names = item.get("ConceptNameCodeSequence")
    meaning = names[0].CodeMeaning if names else ""
    assert ((node["name"] or {}).get("meaning", "")) == meaning
    assert node["type"] == item.get("ValueType", "")
    if node["type"] == "NUM" and item.MeasuredValueSequence:
        value = item.MeasuredValueSequence[0]
        assert node["measured"]["value"]["number"] == float(value.NumericValue)
        assert node["measured"]["unit"]["value"] == value.MeasurementUnitsCodeSequence[0].CodeValue
    if node["type"] == "TEXT":
        assert node["text"].split() == str(item.TextValue).split()
    if node["type"] == "CODE":
        assert node["code"]["meaning"] == item.ConceptCodeSequence[0].CodeMeaning
    if node["type"] == "SCOORD":
        assert node["graphic"]["data"] == pytest.approx([float(x) for x in item.GraphicData])
    if node["type"] == "IMAGE":
        told = [one["sop_instance_uid"] for one in node["references"]]
        assert told == [one.ReferencedSOPInstanceUID for one in item.ReferencedSOPSequence]
    return True


@pytest.mark.parametrize(
    "name",
    [
        "pydicom/reportsi.dcm",
        "pydicom/test-SR.dcm",
        "highdicom/sr_document.dcm",
        "synthetic/derived/SR_TID1500.dcm",
    ],
)
def test_every_node_is_what_pydicom_reads(name: str, from_corpus: Callable[[str], Read]) -> None:
    ours, theirs = from_corpus(name)
    told = report_of(ours)
    assert not told["cut"]
    pairs = list(zip(nodes(told["root"]), items(theirs), strict=True))
    assert len(pairs) > 1
    assert all(same(node, item) for node, item in pairs)


def test_vietnamese_text_arrives_as_written() -> None:
    ours, _ = both(text_report("Không thấy tổn thương ở thùy trên phổi phải."))
    (line,) = report_of(ours)["root"]["children"]
    assert line["text"] == "Không thấy tổn thương ở thùy trên phổi phải."


def test_measurements_stand_in_groups_with_their_images(from_corpus: Callable[[str], Read]) -> None:
    ours, theirs = from_corpus("synthetic/derived/SR_TID1500.dcm")
    (group,) = groups_of(report_of(ours)["root"])
    assert group["tracking"] == "Lesion 1"
    wanted = [item for item in items(theirs) if item.get("ValueType") == "NUM"]
    assert [one["measured"]["value"]["number"] for one in group["values"]] == [
        float(item.MeasuredValueSequence[0].NumericValue) for item in wanted
    ]
    image = next(item for item in items(theirs) if item.get("ValueType") == "IMAGE")
    uids = {place["sop_instance_uid"] for one in group["values"] for place in one["places"]}
    assert uids == {image.ReferencedSOPSequence[0].ReferencedSOPInstanceUID}


def test_a_ct_dose_report_is_a_table() -> None:
    ours, _ = both(ct_dose_report())
    dose = dose_of(report_of(ours)["root"])
    assert dose is not None
    totals = {one["name"]["meaning"]: one["measured"]["value"]["number"] for one in dose["totals"]}
    assert totals == {"Total Number of Irradiation Events": 2, "CT Dose Length Product Total": 812.5}
    assert [event["protocol"] for event in dose["events"]] == ["Topogram", "Sọ não"]
    assert [one["name"] for one in dose["columns"]] == ["Mean CTDIvol", "DLP", "KVP"]
    assert dose["events"][1]["values"]["113838"]["value"]["number"] == 800


def test_a_dose_report_of_other_x_rays_is_a_table() -> None:
    ours, _ = both(xray_dose_report())
    dose = dose_of(report_of(ours)["root"])
    assert dose is not None
    totals = {one["name"]["meaning"]: one["measured"]["unit"]["value"] for one in dose["totals"]}
    assert totals == {"Dose Area Product Total": "Gy.m2", "Total Fluoro Time": "s"}
    assert dose["events"][0]["type"] == "Fluoroscopy"


def test_other_reports_have_no_doses(from_corpus: Callable[[str], Read]) -> None:
    ours, _ = from_corpus("synthetic/derived/SR_TID1500.dcm")
    assert dose_of(report_of(ours)["root"]) is None


def test_a_report_too_large_for_a_page_is_cut_and_says_so() -> None:
    ds = base(sop_class="1.2.840.10008.5.1.4.1.1.88.33", modality="SR", series="sr")
    ds.ValueType = "CONTAINER"
    ds.ConceptNameCodeSequence = [code("126000", "Imaging Measurement Report")]
    ds.ContentSequence = [
        container(
            "126010", "Imaging Measurements", [number("410668003", "Length", n, "mm") for n in range(99)]
        )
        for _ in range(51)
    ]
    ours, _ = both(file(ds))
    told = report_of(ours)
    assert told["cut"]
    assert sum(1 for _ in nodes(told["root"])) == MOST_NODES
