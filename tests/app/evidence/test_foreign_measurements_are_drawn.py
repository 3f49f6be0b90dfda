"""What another maker's report measured is told to the viewer with its places, names and values."""

from typing import Any

import pytest

from app.archive.part10 import open_header
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
