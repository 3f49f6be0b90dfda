"""What another maker's report measured is told to the viewer with its places, names and values."""

from pathlib import Path
from typing import Any

import pytest

from app.archive.part10 import open_header
from app.documents.measurements import groups_of
from app.documents.report import report_of
from app.evidence.shown import shown_object
from tests import dicomgen, evidencefiles, foreign_reports


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("report") / "report.dcm"
    path.write_bytes(foreign_reports.measured_report())
    with open_header(path) as header:
        return shown_object(header)


def test_a_region_of_an_image_lies_where_it_was_drawn(told: dict[str, Any]) -> None:
    (shape,) = told["groups"][0]["shapes"]
    assert (shape["type"], shape["uid"]) == ("ELLIPSE", dicomgen.uid("study-1", "series-1", 1))
    assert shape["points"] == [number for point in foreign_reports.ELLIPSE for number in point]


def test_a_region_in_the_patient_keeps_its_millimetres(told: dict[str, Any]) -> None:
    (shape,) = told["groups"][1]["shapes"]
    assert (shape["type"], shape["uid"]) == ("POLYGON", None)
    assert shape["points"] == [number for point in foreign_reports.CONTOUR_MM for number in point]
    assert shape["frame_of_reference_uid"] == evidencefiles.datasets(1)[0].FrameOfReferenceUID


def test_values_come_with_their_names_and_units(told: dict[str, Any]) -> None:
    first, second = told["groups"]
    assert (first["title"], second["title"]) == ("Nốt 1", "Nốt 2")
    values = [
        (one["name"], one["measured"]["value"]["number"], one["measured"]["unit"]["value"])
        for one in first["values"]
    ]
    assert values == [("Area", 94.25, "mm2"), ("Mean", 41.5, "[hnsf'U]")]


def test_an_identifier_of_ours_in_an_older_report_is_nobodys_name(tmp_path: Path) -> None:
    """Reports that were made here first bear the mark's row in the Tracking Identifier."""
    path = tmp_path / "report.dcm"
    names = ("rectangle 01m85rb5jms0mk7m5gseyntvwf", "spine_label 01m85rb5jms0mk7m5gseyntvwg")
    path.write_bytes(foreign_reports.measured_report(names))
    with open_header(path) as header:
        told = shown_object(header)
        listed = groups_of(report_of(header)["root"])
    assert [one["title"] for one in told["groups"]] == ["Rectangle", "Spine label"]
    assert [one["tracking"] for one in listed] == ["Rectangle", "Spine label"]
