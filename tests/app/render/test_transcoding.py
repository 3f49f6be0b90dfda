"""An instance written in another transfer syntax holds the same pixels, by DCMTK's and pydicom's word too."""

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from app.archive.file_header import file_header
from app.archive.outgoing import OutgoingFile
from app.archive.part10 import read_part10
from app.base.errors import Unsupported
from app.render.transcode import TARGETS, can_transcode, transcode
from tests import dicomgen
from tests.decoding import Darkroom
from tests.dicomgen import EXPLICIT, IMPLICIT, JPEG, JPEG_2000, JPEG_LS, RLE

LOSSLESS = sorted(TARGETS - {JPEG})
HTJ2K = "1.2.840.10008.1.2.4.201"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"


def outgoing(darkroom: Darkroom, data: bytes) -> OutgoingFile:
    part10 = read_part10(data)
    with darkroom.blobs.open_spool() as spool:
        spool.write(data)
        blob = spool.commit()
    return OutgoingFile(
        instance_id="",
        sop_class_uid=part10.sop_class_uid,
        sop_instance_uid=part10.sop_instance_uid,
        series_instance_uid=part10.series.series_instance_uid,
        study_instance_uid=part10.study.study_instance_uid,
        transfer_syntax_uid=part10.transfer_syntax_uid,
        digest=blob.digest,
        dataset_start=part10.dataset_start,
        size=blob.size,
        corrected=False,
        header_length=part10.header_length,
        frame_count=part10.frames.count,
        frame_index=part10.frames.pack(),
    )


def transcoded(darkroom: Darkroom, data: bytes, target: str) -> bytes:
    """The file as whoever asked for it keeps it."""
    source = outgoing(darkroom, data)
    made = transcode(darkroom.client, darkroom.blobs, source, target)
    body = b"".join(made.pieces())
    assert len(body) == made.length
    head = file_header(
        sop_class_uid=source.sop_class_uid,
        sop_instance_uid=source.sop_instance_uid,
        transfer_syntax_uid=made.transfer_syntax_uid,
    )
    return head + body


def signed_ct() -> bytes:
    ds = dicomgen.base()
    dicomgen.add_pixels(ds, dicomgen.phantom(40, 48) - 3)
    ds.RescaleSlope, ds.RescaleIntercept = 1, 0
    return dicomgen.file(ds)


def colour(*, photometric: str = "RGB", planar: int = 0) -> bytes:
    ds = dicomgen.base(sop_class=dicomgen.SECONDARY_CAPTURE, modality="OT")
    y, x = np.mgrid[0:24, 0:32]
    pixels = np.stack([y * 10, x * 7, (x * y) % 251], axis=-1).astype(np.uint8)
    dicomgen.add_pixels(ds, pixels, photometric=photometric)
    if planar:
        ds.PlanarConfiguration, ds.PixelData = 1, np.moveaxis(pixels, -1, 0).tobytes()
    return dicomgen.file(ds)


def odd(*, bits: int = 8, frames: int = 3, **elements: Any) -> bytes:
    """Frames of 5 by 7 points: nothing has an even length."""
    ds = dicomgen.base(sop_class=dicomgen.SECONDARY_CAPTURE, modality="OT")
    values = np.arange(frames * 35).reshape(frames, 5, 7) * 7 % 251
    dicomgen.add_pixels(ds, values.astype(f"<u{bits // 8}"), frames=frames)
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return dicomgen.file(ds)


def palette() -> dict[str, Any]:
    found: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for number, name in enumerate(("Red", "Green", "Blue")):
        entries = ((np.arange(256) * (number + 1)) % 256 * 257).astype("<u2")
        found[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        found[f"{name}PaletteColorLookupTableData"] = entries.tobytes()
    return found


SOURCES = {
    "12 bits": dicomgen.ct_slice(),
    "signed": signed_ct(),
    "big endian": dicomgen.big_endian(dicomgen.ct_dataset()),
    "deflated": dicomgen.ct_slice(transfer_syntax=dicomgen.DEFLATED),
    "implicit": dicomgen.ct_slice(transfer_syntax=IMPLICIT),
    "several frames": dicomgen.enhanced_ct(),
    "cine in JPEG-LS": dicomgen.cine(3, transfer_syntax=JPEG_LS),
    "colour": colour(),
    "colour by plane": colour(planar=1),
    "luminance and colour": colour(photometric="YBR_FULL"),
    "odd lengths": odd(),
    "8 of 16 bits": odd(bits=16, frames=1, BitsStored=8, HighBit=7),
    "not at the lowest bit": odd(bits=16, frames=1, BitsStored=8, HighBit=11, PixelRepresentation=1),
    "inverse": odd(frames=1, PhotometricInterpretation="MONOCHROME1"),
    "palette": odd(frames=2, **palette()),
}


@pytest.mark.parametrize("target", LOSSLESS)
@pytest.mark.parametrize("name", SOURCES)
def test_a_lossless_one_gives_back_the_same_values(darkroom: Darkroom, name: str, target: str) -> None:
    before = SOURCES[name]
    after = transcoded(darkroom, before, target)
    assert read_part10(after).transfer_syntax_uid == target
    assert np.array_equal(darkroom.values(before), darkroom.values(after))
    assert np.array_equal(darkroom.picture(before), darkroom.picture(after))


def test_what_the_header_says_stays_as_it_was_said(darkroom: Darkroom) -> None:
    before = dcmread(io.BytesIO(SOURCES["several frames"]))
    for target in (IMPLICIT, JPEG_LS):
        after = dcmread(io.BytesIO(transcoded(darkroom, SOURCES["several frames"], target)))
        for ds in (before, after):
            ds.pop("PixelData", None)
        assert {e.tag: e.value for e in before} == {e.tag: e.value for e in after} | {
            before["HighBit"].tag: before.HighBit
        }


def test_dcmtk_reads_what_is_written(darkroom: Darkroom, tmp_path: Path) -> None:
    programs = {JPEG_LS: "dcmdjpls", JPEG_LOSSLESS: "dcmdjpeg", RLE: "dcmdrle", EXPLICIT: "dcmconv"}
    if not all(shutil.which(program) for program in programs.values()):
        pytest.skip("DCMTK is not installed")
    for name in ("12 bits", "signed", "several frames", "colour", "odd lengths", "8 of 16 bits"):
        before = dcmread(io.BytesIO(SOURCES[name]))
        expected = np.frombuffer(before.PixelData, f"u{before.BitsAllocated // 8}")
        for target, program in programs.items():
            made, plain = tmp_path / "made.dcm", tmp_path / "plain.dcm"
            made.write_bytes(transcoded(darkroom, SOURCES[name], target))
            subprocess.run([program, made, plain], check=True)
            found = dcmread(plain)
            assert found.PhotometricInterpretation in {"MONOCHROME2", "RGB"}
            assert found.PlanarConfiguration == 0 if name == "colour" else "PlanarConfiguration" not in found
            values = np.frombuffer(found.PixelData, f"u{found.BitsAllocated // 8}")[: len(expected)]
            assert np.array_equal(values, expected), (name, target)


def test_several_frames_have_a_table_of_their_offsets(darkroom: Darkroom) -> None:
    after = transcoded(darkroom, SOURCES["several frames"], JPEG_2000)
    part10 = read_part10(after)
    assert part10.frames.count == 3
    table = dcmread(io.BytesIO(after)).PixelData[8 : 8 + 12]
    lengths = [spans[0][1] for spans in part10.frames.frames]
    assert list(np.frombuffer(table, "<u4")) == [0, lengths[0] + 8, lengths[0] + lengths[1] + 16]


def test_lossy_images_are_marked(darkroom: Darkroom) -> None:
    after = dcmread(io.BytesIO(transcoded(darkroom, SOURCES["colour"], JPEG)))
    assert after.LossyImageCompression == "01"
    assert after.LossyImageCompressionMethod == "ISO_10918_1"
    assert float(after.LossyImageCompressionRatio) > 1
    assert after.PhotometricInterpretation == "YBR_FULL_422"
    shown = darkroom.picture(transcoded(darkroom, SOURCES["colour"], JPEG)).astype(int)
    assert np.abs(shown - darkroom.picture(SOURCES["colour"])).mean() < 5


def test_a_lossy_image_is_decoded_but_never_called_lossless(darkroom: Darkroom) -> None:
    cine = dicomgen.cine(2, transfer_syntax=JPEG)
    assert np.array_equal(darkroom.values(transcoded(darkroom, cine, EXPLICIT)), darkroom.values(cine))
    assert not can_transcode(JPEG, JPEG_LS)
    with pytest.raises(Unsupported, match="that encoding"):
        transcode(darkroom.client, darkroom.blobs, outgoing(darkroom, cine), JPEG_LS)


def test_documents_and_reports_are_rewritten(darkroom: Darkroom) -> None:
    for data in (dicomgen.text_report(), dicomgen.pdf_document()):
        after = dcmread(io.BytesIO(transcoded(darkroom, data, IMPLICIT)))
        before: Dataset = dcmread(io.BytesIO(data))
        assert after == before
        with pytest.raises(Unsupported):
            transcode(darkroom.client, darkroom.blobs, outgoing(darkroom, data), JPEG_LS)


def test_damaged_frames_are_refused_before_anything_leaves(darkroom: Darkroom) -> None:
    data = bytearray(dicomgen.cine(1, transfer_syntax=JPEG_LS))
    data[data.index(b"\xff\xf7") + 6] += 1  # the stream's own word on its rows
    damaged = bytes(data)
    with pytest.raises(Unsupported):
        transcode(darkroom.client, darkroom.blobs, outgoing(darkroom, damaged), EXPLICIT)


@pytest.mark.parametrize("source", [dicomgen.H264, "1.2.3"])
def test_what_cannot_be_decoded_cannot_be_transcoded(source: str) -> None:
    assert not any(can_transcode(source, target) for target in TARGETS)


def test_pixels_that_do_not_fit_a_compression_are_refused(darkroom: Darkroom) -> None:
    bits, _ = dicomgen.one_bit()
    with pytest.raises(Unsupported, match="that encoding"):
        transcode(darkroom.client, darkroom.blobs, outgoing(darkroom, bits), HTJ2K)
    assert np.array_equal(darkroom.values(transcoded(darkroom, bits, IMPLICIT)), darkroom.values(bits))
