"""Marks become presentation states, a report of measurements, and key objects that others can read."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import highdicom as hd
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from sqlalchemy import select

from app.archive.actions import grant_study
from app.archive.queries import files_of, manifest
from app.archive.states import GranteeType
from app.audit.kinds import AuditKind
from app.audit.models import AuditRecord
from app.base.actor import Actor
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Forbidden, Invalid
from app.evidence.presentation import Look, shown_corners
from app.evidence.saving import Evidence
from app.evidence.schemas import Form
from tests import dicomgen
from tests.app.evidence.conftest import Draw
from tests.app.storing import store
from tests.cast import Cast

SERIES = dicomgen.uid("study-1", "series-1")
REGION = {"count": 40, "area_mm2": 125.5, "mean": 41.25, "sd": 3.5, "min": 30, "max": 55, "unit": "HU"}


@pytest.fixture
def drawn(draw: Draw, cast: Cast) -> list[dict[str, Any]]:
    """One mark of each sort, by two people."""
    length = {"length": 23.75, "unit": "mm", "at_detector": False}
    axes = {"first": 31.5, "second": 12.25, "unit": "mm"}
    return [
        draw(cast.alice, "length", [[10.5, 10.5], [40.25, 30.125]], values=length, text="đường kính"),
        draw(cast.alice, "angle", [[5, 5], [20, 5], [20, 30]], values={"degrees": 90.0}),
        draw(cast.dao, "ellipse", [[10, 20], [30, 20], [20, 12], [20, 28]], slice_=2, values=REGION),
        draw(cast.alice, "bidirectional", [[1, 1], [30, 30], [10, 20], [20, 10]], slice_=2, values=axes),
        draw(cast.alice, "freehand", [[1, 1], [30, 2], [15, 25]], slice_=3, values=REGION),
        draw(cast.alice, "arrow", [[50, 50], [30, 30]], slice_=3, text="nốt 8 mm"),
        draw(cast.alice, "text", [[12, 12]], slice_=3, text="xem lại"),
    ]


def read(db: Database, blobs: Blobs, actor: Actor, uid: str) -> FileDataset:
    """The object as it is stored."""
    with db.reading() as tx:
        (file,) = files_of(
            tx,
            actor,
            hospital_id=actor.hospital_id or "",
            study_instance_uid=dicomgen.uid("study-1"),
            sop_instance_uid=uid,
        )
    return dcmread(blobs.path(file.digest))


def complaints(path: Path) -> list[str]:
    """What dicom3tools finds wrong with a file, where it is installed."""
    program = shutil.which("dciodvfy")
    if program is None:
        return []
    said = subprocess.run(
        [program, "-new", str(path)], capture_output=True, text=True, check=False, timeout=30
    )
    return [line for line in (said.stdout + said.stderr).splitlines() if line.startswith("Error")]


def check_valid(found: FileDataset) -> None:
    assert complaints(Path(str(found.filename))) == []


def test_a_presentation_state_shows_the_marks_where_they_were_drawn(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, study_id: str, drawn: list[dict[str, Any]]
) -> None:
    looks = {SERIES: Look(window=(40.0, 400.0, "LINEAR"), invert=True)}
    saved = evidence.save_marks(cast.alice, study_id, Form.GSPS, title="Hội chẩn", looks=looks)

    (uid,) = saved.sop_instance_uids
    state = read(db, blobs, cast.alice, uid)
    check_valid(state)
    assert state.Modality == "PR"
    assert state.ContentCreatorName == cast.alice.name
    assert (state.RescaleSlope, state.RescaleIntercept, state.RescaleType) == (1, -1024, "HU")
    (voi,) = state.SoftcopyVOILUTSequence
    assert (voi.WindowCenter, voi.WindowWidth, len(voi.ReferencedImageSequence)) == (40, 400, 3)
    assert state.PresentationLUTShape == "INVERSE"
    assert [layer.GraphicLayerDescription.split(",")[0] for layer in state.GraphicLayerSequence] == [
        cast.alice.name,
        cast.dao.name,
    ]
    graphics, words = _graphics(state)
    assert ("POLYLINE", [10.5, 10.5, 40.25, 30.125]) in graphics[1]
    assert ("ELLIPSE", [10, 20, 30, 20, 20, 12, 20, 28]) in graphics[2]
    assert ("POLYLINE", [1, 1, 30, 2, 15, 25, 1, 1]) in graphics[3]
    assert "đường kính\r\n23.8 mm" in words
    assert "41.25 ± 3.5 HU\r\n30 ... 55 HU\r\n125.5 mm²" in words


def test_long_vietnamese_names_stay_within_what_other_programs_take(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, study_id: str, draw: Draw
) -> None:
    doctor = replace(cast.alice, name="Bác sĩ chuyên khoa II Nguyễn Thị Hồng Hạnh, Khoa Chẩn đoán hình ảnh")
    draw(doctor, "length", [[1, 1], [20, 20]])
    title = "Hội chẩn từ xa: chảy máu não, đề nghị chuyển tuyến trong đêm"
    saved = evidence.save_marks(doctor, study_id, Form.GSPS, title=title, looks={})

    state = read(db, blobs, doctor, saved.sop_instance_uids[0])
    check_valid(state)
    assert doctor.name.startswith(state.GraphicLayerSequence[0].GraphicLayerDescription)
    assert title.startswith(state.ContentDescription)


def _graphics(state: FileDataset) -> tuple[dict[int, list[tuple[str, list[float]]]], list[str]]:
    """By slice: graphic types and data; and all words."""
    slices = {dicomgen.uid("study-1", "series-1", number): number for number in (1, 2, 3)}
    graphics: dict[int, list[tuple[str, list[float]]]] = {1: [], 2: [], 3: []}
    words = []
    for item in state.GraphicAnnotationSequence:
        number = slices[item.ReferencedImageSequence[0].ReferencedSOPInstanceUID]
        for graphic in item.get("GraphicObjectSequence", []):
            graphics[number].append((graphic.GraphicType, list(graphic.GraphicData)))
        words += [text.UnformattedTextValue for text in item.get("TextObjectSequence", [])]
    return graphics, words


def test_a_report_holds_every_value_with_its_unit_and_its_place(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, study_id: str, drawn: list[dict[str, Any]]
) -> None:
    saved = evidence.save_marks(cast.alice, study_id, Form.SR)

    report = read(db, blobs, cast.alice, saved.sop_instance_uids[0])
    check_valid(report)
    told = _as_highdicom_reads(report)
    groups = [*told.get_image_measurement_groups(), *told.get_planar_roi_measurement_groups()]
    assert len(groups) == len(drawn)
    values = {
        (one.name.meaning, float(one.value), one.unit.value)
        for group in groups
        for one in group.get_measurements()
    }
    assert values == {
        ("Length", 23.75, "mm"),
        ("Angle", 90.0, "deg"),
        ("Long axis", 31.5, "mm"),
        ("Short axis", 12.25, "mm"),
        ("Area", 125.5, "mm2"),
        ("Mean", 41.25, "[hnsf'U]"),
        ("Standard Deviation", 3.5, "[hnsf'U]"),
        ("Minimum", 30.0, "[hnsf'U]"),
        ("Maximum", 55.0, "[hnsf'U]"),
    }


def test_the_measurements_of_a_report_are_named_by_kind_and_number(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, study_id: str, draw: Draw
) -> None:
    """PS3.16 TID 1501: a name that people read, and an identifier that programs follow."""
    corners = [[2, 2], [20, 2], [20, 12], [2, 12]]
    lines = {"length": 23.75, "unit": "mm"}
    marks = [
        draw(cast.alice, "rectangle", corners, values=REGION),
        draw(cast.alice, "length", [[1, 1], [9, 9]], values=lines),
        draw(cast.dao, "rectangle", corners, slice_=2, values=REGION),
    ]
    saved = evidence.save_marks(cast.alice, study_id, Form.SR)

    report = read(db, blobs, cast.alice, saved.sop_instance_uids[0])
    told = _as_highdicom_reads(report)
    groups = [*told.get_image_measurement_groups(), *told.get_planar_roi_measurement_groups()]
    assert {group.tracking_identifier for group in groups} == {"Length 1", "Rectangle 1", "Rectangle 2"}
    assert len({group.tracking_uid for group in groups}) == len(marks)
    assert not any(mark["id"] in str(report) for mark in marks)


def _as_highdicom_reads(report: FileDataset) -> hd.sr.MeasurementReport:
    told = hd.sr.srread(str(report.filename)).content
    assert isinstance(told, hd.sr.MeasurementReport)
    return told


def test_the_regions_of_a_report_are_read_by_highdicom(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, study_id: str, drawn: list[dict[str, Any]]
) -> None:
    saved = evidence.save_marks(cast.alice, study_id, Form.SR)
    report = read(db, blobs, cast.alice, saved.sop_instance_uids[0])
    regions = [one.roi for one in _as_highdicom_reads(report).get_planar_roi_measurement_groups() if one.roi]
    assert [roi.graphic_type.value for roi in regions] == ["ELLIPSE", "POLYLINE"]
    assert regions[0].value.tolist() == [[10, 20], [30, 20], [20, 12], [20, 28]]


def test_key_images_are_a_selection_with_title_and_words(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, study_id: str
) -> None:
    frames = [(dicomgen.uid("study-1", "series-1", number), 1) for number in (3, 1)]
    saved = evidence.save_key_images(
        cast.alice, study_id, frames, title_code="113002", description="Nốt phổi phải"
    )

    found = read(db, blobs, cast.alice, saved.sop_instance_uids[0])
    check_valid(found)
    selection = hd.ko.KeyObjectSelectionDocument.from_dataset(found)
    title = selection.content[0].ConceptNameCodeSequence[0]
    assert (title.CodeValue, title.CodeMeaning) == ("113002", "For Referring Provider")
    described = [item.TextValue for item in found.ContentSequence if item.ValueType == "TEXT"]
    assert "Nốt phổi phải" in described
    assert [
        item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        for item in found.ContentSequence
        if item.ValueType == "IMAGE"
    ] == [uid for uid, _ in frames]
    assert [selection.resolve_reference(uid)[1] for uid, _ in frames] == [SERIES, SERIES]


def test_objects_belong_to_the_study_as_it_is_known_now(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, study_id: str, drawn: list[dict[str, Any]]
) -> None:
    evidence.save_marks(cast.alice, study_id, Form.SR)
    with db.reading() as tx:
        told = manifest(tx, cast.alice, study_id)
        made = tx.session.scalars(
            select(AuditRecord).where(
                AuditRecord.subject_id == study_id, AuditRecord.actor_id == cast.alice.id
            )
        ).all()
    assert [series["modality"] for series in told["series"]] == ["CT", "SR"]
    assert {record.kind for record in made} >= {AuditKind.PROCEDURE_RECORD, AuditKind.INSTANCES_TRANSFERRED}


def test_only_the_hospital_of_the_images_adds_to_a_study(
    db: Database, cast: Cast, evidence: Evidence, study_id: str, drawn: list[dict[str, Any]]
) -> None:
    with db.transaction() as tx:
        grant_study(
            tx,
            cast.alice,
            study_id=study_id,
            grantee_type=GranteeType.HOSPITAL,
            grantee_id=cast.b.id,
            scope="view",
            expires_at=None,
            reason="consult",
            reason_ref="consult-1",
        )
    with pytest.raises(Forbidden):
        evidence.save_marks(cast.bob, study_id, Form.SR)


def test_an_image_of_another_study_is_no_key_image(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, study_id: str
) -> None:
    store(db, blobs, cast.ct_a, dicomgen.ct_slice(1, study="study-2", series="series-2"))
    for frames in (
        [(dicomgen.uid("study-2", "series-2", 1), 1)],
        [(dicomgen.uid("study-1", "series-1", 1), 9)],
    ):
        with pytest.raises(Invalid):
            evidence.save_key_images(cast.alice, study_id, frames, title_code="113000")


def test_nothing_drawn_makes_nothing(cast: Cast, evidence: Evidence, study_id: str) -> None:
    with pytest.raises(Invalid):
        evidence.save_marks(cast.alice, study_id, Form.GSPS)


@pytest.mark.parametrize(
    ("rotation", "flip", "corners"),
    [
        (0, False, ((1, 1), (4, 3))),
        (90, False, ((1, 3), (4, 1))),
        (180, False, ((4, 3), (1, 1))),
        (270, False, ((4, 1), (1, 3))),
        (0, True, ((4, 1), (1, 3))),
        (90, True, ((1, 1), (4, 3))),
    ],
)
def test_the_shown_corners_are_those_after_turning_and_flipping(
    rotation: int, *, flip: bool, corners: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    assert shown_corners(3, 4, rotation, flip=flip) == corners


def test_a_value_of_one_point_is_saved_with_its_image(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, study_id: str, draw: Draw
) -> None:
    values = {"value": 45.0, "unit": "HU"}
    draw(cast.alice, "probe", [[12.5, 20.5]], 2, values=values)
    saved = evidence.save_marks(cast.alice, study_id, Form.SR)
    report = read(db, blobs, cast.alice, saved.sop_instance_uids[0])
    check_valid(report)
    place, image = _place_of(report)
    assert (place.GraphicType, list(place.GraphicData)) == ("POINT", [12.5, 20.5])
    assert image.ReferencedSOPInstanceUID == dicomgen.uid("study-1", "series-1", 2)


def test_a_time_on_an_ultrasound_picture_is_no_length(
    db: Database, blobs: Blobs, cast: Cast, evidence: Evidence, study_id: str, draw: Draw
) -> None:
    values = {"length": 0.34, "unit": "s", "down": 2.1, "down_unit": "cm"}
    draw(cast.alice, "length", [[1, 1], [11, 21]], values=values)
    saved = evidence.save_marks(cast.alice, study_id, Form.SR)
    report = read(db, blobs, cast.alice, saved.sop_instance_uids[0])
    kinds = [item.ValueType for item in _items(report)]
    words = [item.TextValue for item in _items(report) if item.ValueType == "TEXT"]
    assert "NUM" not in kinds
    assert "SCOORD" in kinds
    assert any("0.340 s" in text and "2.10 cm" in text for text in words)


def _items(content: Dataset) -> Iterator[Dataset]:
    for item in content.get("ContentSequence", []):
        yield item
        yield from _items(item)


def _place_of(report: Dataset) -> tuple[Dataset, Dataset]:
    (place,) = [item for item in _items(report) if item.ValueType == "SCOORD"]
    return place, place.ContentSequence[0].ReferencedSOPSequence[0]
