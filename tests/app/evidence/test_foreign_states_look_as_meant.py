"""Presentation states of another maker (highdicom): the viewer's picture beside DCMTK's dcmp2pgm, what is drawn on it."""

import shutil
import subprocess
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any

import highdicom as hd
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset

from app.archive.part10 import open_header, read_part10
from app.evidence.shown import shown_object
from tests import dicomgen, evidencefiles
from tests.bench.viewer_arithmetic import Question, answers, bundled

DCMP2PGM = shutil.which("dcmp2pgm")
CURVE = (np.linspace(0, 1, 700) ** 2 * 4095).astype(np.uint16)


def ct(**attributes: Any) -> Dataset:
    """Every value from air to bone, in steps of a third of a unit."""
    ds = dicomgen.ct_dataset(1, rows=96, columns=80, **attributes)
    ds.PixelData = (np.arange(96 * 80) // 3).astype("<u2").tobytes()
    return dcmread(BytesIO(dicomgen.file(ds)))


def voi_table() -> Any:
    table = hd.VOILUT(0, CURVE)
    table.add_new(0x00283002, "SS", [len(CURVE), -200, 12])  # highdicom makes none that begins below zero
    return [hd.pr.SoftcopyVOILUTTransformation(voi_luts=[table])]


def presentation_table() -> Any:
    """So smooth that it does not matter which of two entries a value between them takes."""
    values = (np.linspace(1, 0, 1024) ** 1.5 * 65535).astype(np.uint16)
    return hd.PresentationLUTTransformation(presentation_lut=hd.PresentationLUT(0, values))


def window() -> Any:
    return [hd.pr.SoftcopyVOILUTTransformation(window_center=50, window_width=350)]


STATES: dict[str, dict[str, Any]] = {
    "window": {"voi_lut_transformations": window()},
    "table": {"voi_lut_transformations": voi_table()},
    "table, then table": {
        "voi_lut_transformations": voi_table(),
        "presentation_lut_transformation": presentation_table(),
    },
    "window, then table": {
        "voi_lut_transformations": window(),
        "presentation_lut_transformation": presentation_table(),
    },
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bundled(tmp_path_factory.mktemp("viewer"))


def told(state: Dataset, folder: Path) -> dict[str, Any]:
    path = folder / "state.dcm"
    state.save_as(path)
    with open_header(path) as header:
        return shown_object(header)


def by_viewer(image: Dataset, state: dict[str, Any], program: Path) -> NDArray[np.uint8]:
    file = BytesIO()
    image.save_as(file)
    facts = read_part10(file.getvalue()).facts
    facts["sop_instance_uid"] = str(image.SOPInstanceUID)
    (answer,) = answers([Question(facts, 1, image.pixel_array, state)], program)
    assert answer.levels is not None
    return answer.levels


@pytest.mark.skipif(DCMP2PGM is None, reason="dcmp2pgm (Debian's dcmtk) is not installed")
@pytest.mark.parametrize("kind", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("name", STATES)
def test_tables_of_a_state_look_as_dcmtk_shows_them(
    name: str, kind: str, program: Path, tmp_path: Path
) -> None:
    image = ct(PhotometricInterpretation=kind)
    state = evidencefiles.state(image, **STATES[name])
    ours = by_viewer(image, told(state, tmp_path), program)
    image.save_as(tmp_path / "image.dcm")
    command = [str(DCMP2PGM), "-p", str(tmp_path / "state.dcm"), str(tmp_path / "image.dcm")]
    subprocess.run([*command, str(tmp_path / "out.pgm")], check=True, capture_output=True, timeout=30)
    with Image.open(tmp_path / "out.pgm") as picture:
        theirs = np.asarray(picture).astype(int)
    assert len(np.unique(theirs)) > 20
    assert np.abs(ours.astype(int) - theirs).max() <= 1


def with_plane(state: Dataset, group: int, bits: NDArray[np.bool_]) -> None:
    at = group << 16
    state.add_new(at | 0x10, "US", bits.shape[0])
    state.add_new(at | 0x11, "US", bits.shape[1])
    state.add_new(at | 0x40, "CS", "G")
    state.add_new(at | 0x50, "SS", [1, 1])
    state.add_new(at | 0x100, "US", 1)
    state.add_new(at | 0x102, "US", 0)
    state.add_new(at | 0x3000, "OW", np.packbits(bits.ravel(), bitorder="little").tobytes())


def points(plane: dict[str, Any]) -> NDArray[np.bool_]:
    bits = np.unpackbits(np.frombuffer(b64decode(plane["bits"]), np.uint8), bitorder="little")
    size = plane["rows"], plane["columns"]
    return bits[: size[0] * size[1]].reshape(size).astype(bool)


def test_overlays_of_a_state_are_shown_in_their_layer_and_its_shutter_bit_by_bit(tmp_path: Path) -> None:
    image = ct()
    state = evidencefiles.state(image, voi_lut_transformations=window())
    drawn, hidden, shut = (np.random.default_rng(seed).random((96, 80)) > 0.5 for seed in (1, 2, 3))
    for group, bits in ((0x6000, drawn), (0x6002, hidden), (0x6004, shut)):
        with_plane(state, group, bits)
    state.add_new(0x60001001, "CS", "OVERLAY")
    state.ShutterShape, state.ShutterOverlayGroup, state.ShutterPresentationValue = "BITMAP", 0x6004, 0x8080
    found = told(state, tmp_path)
    (plane,) = found["planes"]
    assert plane["layer"] == "OVERLAY"
    assert np.array_equal(points(plane), drawn)
    assert np.array_equal(points(found["bitmap_shutter"]), shut)
    assert found["bitmap_shutter"]["grey"] == 128
    assert found["partly"] is False
