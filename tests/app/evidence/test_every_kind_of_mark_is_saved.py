"""Marks of all kinds on a slice, a cine of ultrasound, an enhanced object and a PET, turned and flipped: each state,
report and selection is valid for dciodvfy; reports and selections are read back by highdicom.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, TypeAlias

import highdicom as hd
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID

from app.annotations.actions import put_annotation
from app.annotations.geometry import Kind
from app.annotations.schemas import AnnotationInput
from app.archive.queries import files_of
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.ids import new_id
from app.evidence.presentation import Look
from app.evidence.saving import Evidence
from app.evidence.schemas import Form
from tests import dicomgen
from tests.app.evidence.test_marks_are_saved_as_objects import check_valid
from tests.app.storing import store
from tests.cast import Cast

Points: TypeAlias = list[list[float]]
LINES: Points = [[1, 2], [20, 4], [3, 10], [22, 15]]
OVAL: Points = [[10, 20], [30, 20], [20, 15], [20, 25]]
LENGTH: dict[str, Any] = {"length": 23.75, "unit": "mm"}
REGION: dict[str, Any] = {
    "count": 40, "area_mm2": 12.5, "mean": 41.25, "sd": 3.5, "min": 30, "max": 55, "unit": ""
}  # fmt: skip
TWO: dict[str, Any] = {"first": 31.5, "second": 12.25, "unit": "mm"}
MARKS: dict[Kind, tuple[str, Points, dict[str, Any] | None]] = {
    Kind.ANGLE: ("POLYLINE", LINES[:3], {"degrees": 89.5}),
    Kind.ARROW: ("POLYLINE", LINES[:2], None),
    Kind.BIDIRECTIONAL: ("POLYLINE", LINES, TWO),
    Kind.CIRCLE: ("ELLIPSE", [[10, 20], [20, 20], [15, 15], [15, 25]], REGION),
    Kind.COBB: ("POLYLINE", LINES, {"degrees": 12.0}),
    Kind.ELLIPSE: ("ELLIPSE", OVAL, REGION),
    Kind.FREEHAND: ("POLYLINE", LINES[:3], REGION),
    Kind.LENGTH: ("POLYLINE", LINES[:2], LENGTH),
    Kind.POLYLINE: ("POLYLINE", LINES, LENGTH),
    Kind.PROBE: ("POINT", [[5.5, 6.5]], {"value": 17.0, "unit": ""}),
    Kind.RATIO: ("POLYLINE", LINES, TWO | {"ratio": 0.39}),
    Kind.RECTANGLE: ("POLYLINE", [[2, 2], [20, 2], [20, 12], [2, 12]], REGION),
    Kind.SPINE_LABEL: ("POINT", [[7, 8]], None),
    Kind.TEXT: ("POINT", [[9, 9]], None),
}


def pet() -> Dataset:
    ds = dicomgen.ct_dataset(1)
    ds.SOPClassUID, ds.Modality, ds.Units = "1.2.840.10008.5.1.4.1.1.128", "PT", "BQML"
    ds.RescaleType = "BQML"
    return ds


IMAGES: dict[str, tuple[bytes, int, dict[Kind, dict[str, Any]]]] = {
    "slice": (dicomgen.ct_slice(1), 1, {}),
    "cine of ultrasound": (
        dicomgen.cine(4),
        3,
        {
            Kind.LENGTH: {"length": 0.34, "unit": "s", "down": 2.1, "down_unit": "cm"},
            Kind.POLYLINE: {"length": 4.25, "unit": "cm"},
            Kind.BIDIRECTIONAL: {"first": 3.5, "second": 1.25, "unit": "cm"},
        },
    ),
    "enhanced": (dicomgen.enhanced_ct(3), 2, {}),
    "PET": (
        dicomgen.file(pet()),
        1,
        {
            Kind.ELLIPSE: REGION | {"unit": "BQML", "suv_factor": 0.00025},
            Kind.PROBE: {"value": 21_000.0, "unit": "BQML", "suv_factor": 0.00025},
        },
    ),
}
TURNED = Look((40, 400, "LINEAR"), 90, flip=True, invert=True)


@pytest.fixture(params=sorted(IMAGES))
def image(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def drawn(db: Database, blobs: Blobs, cast: Cast, image: str) -> tuple[str, Dataset]:
    """A study with one mark of every kind on one frame."""
    file, frame, values = IMAGES[image]
    study_id = store(db, blobs, cast.ct_a, file)
    read = dcmread(BytesIO(file))
    with db.transaction() as tx:
        for kind, (graphic_type, points, usual) in MARKS.items():
            mark = {
                "id": new_id(),
                "kind": kind.value,
                "graphic_type": graphic_type,
                "points": points,
                "text": "L3" if usual is None else "",
                "study_id": study_id,
                "sop_instance_uid": read.SOPInstanceUID,
                "frame_number": frame,
                "values": values.get(kind, usual),
            }
            put_annotation(tx, cast.alice, annotation=AnnotationInput.from_wire(mark))
    return study_id, read


def made(db: Database, blobs: Blobs, cast: Cast, image: Dataset, uids: tuple[str, ...]) -> Iterator[Any]:
    for uid in uids:
        with db.reading() as tx:
            (file,) = files_of(
                tx,
                cast.alice,
                hospital_id=cast.a.id,
                study_instance_uid=image.StudyInstanceUID,
                sop_instance_uid=uid,
            )
        found = dcmread(blobs.path(file.digest))
        check_valid(found)
        yield found


def test_states_are_valid_and_hold_every_mark(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, drawn: tuple[str, Dataset]
) -> None:
    study_id, image = drawn
    looks = {str(image.SeriesInstanceUID): TURNED}
    saved = evidence.save_marks(cast.alice, study_id, Form.GSPS, looks=looks)
    (state,) = made(db, blobs, cast, image, tuple(saved.sop_instance_uids))
    assert (state.ImageRotation, state.ImageHorizontalFlip) == (90, "Y")
    items = state.GraphicAnnotationSequence
    graphics = sum(len(item.get("GraphicObjectSequence", [])) for item in items)
    texts = sum(len(item.get("TextObjectSequence", [])) for item in items)
    assert graphics >= len(MARKS) - 2
    assert texts >= len(MARKS) - 1


def test_reports_and_selections_are_valid_and_read_by_highdicom(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, drawn: tuple[str, Dataset], image: str
) -> None:
    study_id, pictured = drawn
    frame = IMAGES[image][1]
    saved = evidence.save_marks(cast.alice, study_id, Form.SR)
    (report,) = made(db, blobs, cast, pictured, tuple(saved.sop_instance_uids))
    told = hd.sr.srread(str(report.filename)).content
    assert isinstance(told, hd.sr.MeasurementReport)
    groups = [*told.get_image_measurement_groups(), *told.get_planar_roi_measurement_groups()]
    assert len(groups) == len(MARKS)
    names = {group.tracking_identifier for group in groups}
    assert names >= {"Angle 1", "Rectangle 1", "Spine label 1"}
    assert all(UID(str(group.tracking_uid)).is_valid for group in groups)
    units = {one.unit.value for group in groups for one in group.get_measurements()}
    assert units >= ({"g/ml{SUVbw}"} if image == "PET" else {"cm"} if "ultrasound" in image else {"mm"})
    selected = evidence.save_key_images(
        cast.alice, study_id, [(str(pictured.SOPInstanceUID), frame)], title_code="113000", description="x"
    )
    (selection,) = made(db, blobs, cast, pictured, tuple(selected.sop_instance_uids))
    hd.ko.KeyObjectSelectionDocument.from_dataset(selection)
