"""Presentation states of colour films, of images with a table in place of a slope, and of projections."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from app.annotations.actions import put_annotation
from app.annotations.schemas import AnnotationInput
from app.archive.queries import files_of, manifest
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.ids import new_id
from app.evidence.saving import Evidence
from app.evidence.schemas import Form
from tests import dicomgen
from tests.app.evidence.test_marks_are_saved_as_objects import check_valid
from tests.app.storing import store
from tests.cast import Cast


def with_table() -> bytes:
    """A grey image whose values a Modality LUT makes real."""
    ds = dicomgen.ct_dataset(1)
    del ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [4, 0, 16])
    table.ModalityLUTType = "OD"
    table.add_new("LUTData", "US", [0, 10, 20, 65535])
    ds.ModalityLUTSequence = Sequence([table])
    return dicomgen.file(ds)


def projection() -> bytes:
    """The smallest value is white, and the spacing is that of the detector."""
    ds = dicomgen.ct_dataset(1)
    ds.PhotometricInterpretation = "MONOCHROME1"
    ds.ImagerPixelSpacing = [0.2, 0.2]
    del ds.PixelSpacing
    return dicomgen.file(ds)


def unscaled() -> bytes:
    """An X-ray with a spacing that may be the detector's or the body's."""
    return dicomgen.ct_slice(1, SOPClassUID="1.2.840.10008.5.1.4.1.1.1.1", Modality="DX")


def colour_film() -> bytes:
    """Four frames of an ultrasound, in colour."""
    ds = dicomgen.base(sop_class=dicomgen.ULTRASOUND_MULTIFRAME, modality="US")
    pixels = np.zeros((4, 32, 48, 3), np.uint8)
    dicomgen.add_pixels(ds, pixels, frames=4, photometric="RGB")
    return dicomgen.file(ds)


IMAGES = {
    "colour film": colour_film,
    "projection": projection,
    "table": with_table,
    "unscaled": unscaled,
}


@pytest.fixture(params=sorted(IMAGES))
def state(
    request: pytest.FixtureRequest, db: Database, blobs: Blobs, cast: Cast, evidence: Evidence
) -> tuple[str, Any]:
    """Of one length on the last frame, and on the only one."""
    file = IMAGES[request.param]()
    study_id = store(db, blobs, cast.ct_a, file)
    image = dcmread(BytesIO(file))
    doubt = {"uncertain": True} if request.param == "unscaled" else {"at_detector": True}
    mark = {
        "id": new_id(),
        "kind": "length",
        "graphic_type": "POLYLINE",
        "points": [[1, 2], [10, 12]],
        "study_id": study_id,
        "sop_instance_uid": image.SOPInstanceUID,
        "frame_number": int(image.get("NumberOfFrames", 1)),
        "values": {"length": 12.5, "unit": "mm", **doubt},
    }
    with db.transaction() as tx:
        put_annotation(tx, cast.alice, annotation=AnnotationInput.from_wire(mark))
    saved = evidence.save_marks(cast.alice, study_id, Form.GSPS)
    report = evidence.save_marks(cast.alice, study_id, Form.SR)
    found = [
        _read(db, blobs, cast, image.StudyInstanceUID, uid)
        for uid in (*saved.sop_instance_uids, *report.sop_instance_uids)
    ]
    for one in found:
        check_valid(one)
    with db.reading() as tx:
        assert len(manifest(tx, cast.alice, study_id)["series"]) == 3
    assert ("whether its scale" in found[1].to_json()) == (request.param == "unscaled")
    return request.param, found[0]


def _read(db: Database, blobs: Blobs, cast: Cast, study: str, uid: str) -> Any:
    with db.reading() as tx:
        (file,) = files_of(
            tx, cast.alice, hospital_id=cast.a.id, study_instance_uid=study, sop_instance_uid=uid
        )
    return dcmread(blobs.path(file.digest))


def test_each_kind_of_image_gets_the_state_it_needs(state: tuple[str, Any]) -> None:
    kind, made = state
    words = made.GraphicAnnotationSequence[0].TextObjectSequence[0].UnformattedTextValue
    assert words == f"12.5 mm ({'uncertain scale' if kind == 'unscaled' else 'at the detector'})"
    area = made.DisplayedAreaSelectionSequence[0]
    if kind == "colour film":
        assert made.SOPClassUID.name.startswith("Color Softcopy Presentation State")
        assert made.ICCProfile
        assert made.GraphicAnnotationSequence[0].ReferencedImageSequence[0].ReferencedFrameNumber == 4
    elif kind == "table":
        assert list(made.ModalityLUTSequence[0].LUTData) == [0, 10, 20, 65535]
        assert "RescaleSlope" not in made
    else:
        assert made.PresentationLUTShape == ("INVERSE" if kind == "projection" else "IDENTITY")
        assert list(area.PresentationPixelAspectRatio) == [1, 1]
        assert "PresentationPixelSpacing" not in area
