"""Valid DICOM files made by code, with known pixels; `tests.dicomgen` has them all. Nobody in them exists.

Everything is determined by the arguments: the same call gives the same bytes.
"""

import hashlib
import io
import struct
from collections.abc import Sequence
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID

EXPLICIT = "1.2.840.10008.1.2.1"
IMPLICIT = "1.2.840.10008.1.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
JPEG = "1.2.840.10008.1.2.4.50"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000 = "1.2.840.10008.1.2.4.90"
RLE = "1.2.840.10008.1.2.5"
H264 = "1.2.840.10008.1.2.4.102"

CT = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
ULTRASOUND_MULTIFRAME = "1.2.840.10008.5.1.4.1.1.3.1"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1"
BASIC_TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11"

Pixels = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.int16]


def uid(*names: object) -> str:
    """A UID that is always the same for the same names (form of PS3.5 B.2)."""
    digest = hashlib.sha256("/".join(str(name) for name in names).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:15], 'big')}"


def base(
    *,
    sop_class: str = CT,
    study: str = "study-1",
    series: str = "series-1",
    number: int = 1,
    modality: str = "CT",
    patient_id: str = "BN0001",
    patient_name: str = "NGUYỄN^VĂN AN",
    **attributes: Any,
) -> Dataset:
    """Patient, study, series and instance of an object; any attribute by its keyword, None takes it out."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, uid(study, series, number)
    ds.StudyInstanceUID, ds.SeriesInstanceUID = uid(study), uid(study, series)
    ds.StudyDate, ds.StudyTime = "20260302", "081500"
    ds.AccessionNumber, ds.StudyID = f"A-{study}"[:16], "1"
    ds.StudyDescription, ds.SeriesDescription = "CT SỌ NÃO", "Axial 1 mm"
    ds.ReferringPhysicianName = "TRẦN^THỊ BÌNH"
    ds.PatientName, ds.PatientID = patient_name, patient_id
    ds.PatientBirthDate, ds.PatientSex = "19710528", "M"
    ds.Modality, ds.SeriesNumber, ds.InstanceNumber = modality, 1, number
    for keyword, value in attributes.items():
        if value is not None:
            setattr(ds, keyword, value)
        elif keyword in ds:
            delattr(ds, keyword)
    return ds


def add_pixels(ds: Dataset, pixels: Pixels, *, frames: int | None = None, photometric: str = "") -> Dataset:
    """The Image Pixel module for an array (frames,) rows, columns (, 3), and the pixels uncompressed."""
    colour = pixels.shape[-1] == 3 and pixels.ndim >= 3
    ds.SamplesPerPixel = 3 if colour else 1
    ds.PhotometricInterpretation = photometric or ("RGB" if colour else "MONOCHROME2")
    if colour:
        ds.PlanarConfiguration = 0
    ds.Rows, ds.Columns = pixels.shape[-3:-1] if colour else pixels.shape[-2:]
    if frames is not None:
        ds.NumberOfFrames = frames
    ds.BitsAllocated = ds.BitsStored = pixels.dtype.itemsize * 8
    ds.HighBit = ds.BitsStored - 1
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    ds.PixelData = pixels.tobytes() + b"\0" * (pixels.nbytes % 2)
    ds["PixelData"].VR = "OW" if pixels.dtype.itemsize == 2 else "OB"
    return ds


def file(ds: Dataset, transfer_syntax: str = EXPLICIT, *, preamble: bytes = b"\0" * 128) -> bytes:
    """The data set as a file of PS3.10."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = ds.get("SOPClassUID", CT)
    meta.MediaStorageSOPInstanceUID = ds.get("SOPInstanceUID", "1.2.3")
    meta.TransferSyntaxUID = UID(transfer_syntax)
    meta.ImplementationClassUID = UID("2.25.1")
    ds.file_meta = meta
    ds.preamble = preamble
    out = io.BytesIO()
    dcmwrite(out, ds, enforce_file_format=True)
    return out.getvalue()


def big_endian(ds: Dataset) -> bytes:
    """The data set in Explicit VR Big Endian, retired but alive in old archives."""
    whole = file(ds)
    out = io.BytesIO()
    ds.file_meta.TransferSyntaxUID = UID(BIG_ENDIAN)
    dcmwrite(out, ds, enforce_file_format=True, implicit_vr=False, little_endian=False)
    assert len(out.getvalue()) == len(whole)
    return out.getvalue()


def phantom(rows: int = 64, columns: int = 64, seed: int = 0) -> NDArray[np.int16]:
    """A disc of water with a rod of bone in air, in Hounsfield units; `seed` moves the rod."""
    y, x = np.mgrid[0:rows, 0:columns]
    from_centre = np.hypot(y - rows / 2, x - columns / 2)
    rod = np.hypot(y - rows / 2, x - columns / 2 - (seed % 16) * columns / 64) < columns / 12
    values = np.where(from_centre < columns * 0.4, 0, -1000)
    return np.where(rod, 900, values).astype(np.int16)


def ct_dataset(number: int = 1, *, rows: int = 64, columns: int = 64, **attributes: Any) -> Dataset:
    """One axial CT slice; slices of a series lie 1 mm apart."""
    ds = base(number=number, **attributes)
    ds.ImagePositionPatient = [-columns / 4, -rows / 4, float(number)]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [0.5, 0.5], 1
    ds.FrameOfReferenceUID = uid("frame", ds.StudyInstanceUID)
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = 1, -1024, "HU"
    ds.WindowCenter, ds.WindowWidth = 40, 400
    stored = (phantom(rows, columns, number) + 1024).astype(np.uint16)
    add_pixels(ds, stored)
    ds.BitsStored, ds.HighBit = 12, 11
    for keyword, value in attributes.items():
        if keyword[0].isupper() and value is not None:
            setattr(ds, keyword, value)
    return ds


def ct_slice(number: int = 1, *, transfer_syntax: str = EXPLICIT, **attributes: Any) -> bytes:
    """One CT slice as a file, uncompressed in the transfer syntax named."""
    return file(ct_dataset(number, **attributes), transfer_syntax)


def series(count: int, **attributes: Any) -> list[bytes]:
    """`count` slices of one series."""
    return [ct_slice(number, **attributes) for number in range(1, count + 1)]


def encoded(frame: Pixels, transfer_syntax: str) -> bytes:
    """The code stream of one frame, always the same."""
    if transfer_syntax == JPEG:
        return bytes(imagecodecs.jpeg8_encode(frame, level=90))
    if transfer_syntax == JPEG_LS:
        return bytes(imagecodecs.jpegls_encode(frame))
    if transfer_syntax == JPEG_2000:
        return bytes(imagecodecs.jpeg2k_encode(frame, codecformat="j2k", reversible=True))
    if transfer_syntax == RLE:
        return _rle(frame)
    raise ValueError(transfer_syntax)


def _rle(frame: Pixels) -> bytes:
    """PS3.5 annex G, one segment for each byte of a sample, the most significant first; literal runs only."""
    planes = frame.reshape(-1).view(np.uint8).reshape(-1, frame.dtype.itemsize)[:, ::-1]
    segments = []
    for plane in planes.T:
        data = plane.tobytes()
        runs = [data[at : at + 128] for at in range(0, len(data), 128)]
        segment = b"".join(bytes([len(run) - 1]) + run for run in runs)
        segments.append(segment + b"\0" * (len(segment) % 2))
    offsets = [64 + sum(map(len, segments[:n])) for n in range(len(segments))]
    return struct.pack("<16I", len(segments), *offsets, *[0] * (15 - len(segments))) + b"".join(segments)


def compressed(
    ds: Dataset,
    frames: Sequence[Pixels],
    transfer_syntax: str,
    *,
    table: str = "basic",
    fragments_per_frame: int = 1,
) -> bytes:
    """A file with the frames compressed; `table`: "basic", "extended" or "none"."""
    first = frames[0]
    add_pixels(ds, first, frames=len(frames))
    streams = [encoded(frame, transfer_syntax) for frame in frames]
    if table == "extended":
        data, offsets, lengths = encapsulate_extended(streams)
        ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths = offsets, lengths
    else:
        data = encapsulate(streams, fragments_per_frame=fragments_per_frame, has_bot=table == "basic")
    ds.PixelData = data
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    return file(ds, transfer_syntax)


def cine(count: int = 4, *, transfer_syntax: str = JPEG, **options: Any) -> bytes:
    """An ultrasound cine of `count` frames of 8 bit grey, each with another brightness."""
    ds = base(sop_class=ULTRASOUND_MULTIFRAME, modality="US", series="cine")
    ds.FrameTime = 40
    return compressed(ds, [cine_frame(n) for n in range(count)], transfer_syntax, **options)


def cine_frame(number: int) -> Pixels:
    """The frame `number` of every cine, from 0."""
    return np.full((48, 64), 20 + 5 * number, np.uint8)


def one_bit(count: int = 3, rows: int = 5, columns: int = 7) -> tuple[bytes, NDArray[np.uint8]]:
    """A segmentation-like object of 1 bit whose frames begin inside bytes; and its frames as 0 and 1."""
    bits = (np.arange(count * rows * columns) % 3 == 0).astype(np.uint8)
    ds = base(series="bits", modality="SEG", sop_class="1.2.840.10008.5.1.4.1.1.66.4")
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns, ds.NumberOfFrames = rows, columns, count
    ds.BitsAllocated = ds.BitsStored = 1
    ds.HighBit = ds.PixelRepresentation = 0
    packed = np.packbits(bits, bitorder="little").tobytes()
    ds.PixelData = packed + b"\0" * (len(packed) % 2)
    ds["PixelData"].VR = "OB"
    return file(ds), bits.reshape(count, rows, columns)


def enhanced_ct(count: int = 3) -> bytes:
    """An enhanced CT: what its frames share and where each lies stands in functional groups."""
    ds = base(sop_class=ENHANCED_CT, series="enhanced")
    stored = np.stack([(phantom(seed=n) + 1024).astype(np.uint16) for n in range(count)])
    add_pixels(ds, stored, frames=count)
    ds.SharedFunctionalGroupsSequence = [
        _group(
            PixelMeasuresSequence={"PixelSpacing": [0.7, 0.7], "SliceThickness": 1},
            PlaneOrientationSequence={"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]},
            PixelValueTransformationSequence={
                "RescaleSlope": 1,
                "RescaleIntercept": -1024,
                "RescaleType": "HU",
            },
            FrameVOILUTSequence={"WindowCenter": 40, "WindowWidth": 400},
        )
    ]
    ds.PerFrameFunctionalGroupsSequence = [
        _group(PlanePositionSequence={"ImagePositionPatient": [0, 0, n + 1]}) for n in range(count)
    ]
    return file(ds)


def _group(**macros: dict[str, Any]) -> Dataset:
    group = Dataset()
    for keyword, attributes in macros.items():
        item = Dataset()
        for name, value in attributes.items():
            setattr(item, name, value)
        setattr(group, keyword, [item])
    return group


def pdf_document(body: bytes = b"%PDF-1.4\n%%EOF\n", **attributes: Any) -> bytes:
    """An encapsulated PDF: an object without pixels."""
    ds = base(sop_class=ENCAPSULATED_PDF, modality="DOC", series="doc", **attributes)
    ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
    ds.EncapsulatedDocument = body + b"\0" * (len(body) % 2)
    return file(ds)


def text_report(text: str = "Không thấy tổn thương.") -> bytes:
    """A Basic Text SR of one line."""
    ds = base(sop_class=BASIC_TEXT_SR, modality="SR", series="sr")
    line = Dataset()
    line.RelationshipType, line.ValueType, line.TextValue = "CONTAINS", "TEXT", text
    ds.ValueType, ds.ContentSequence = "CONTAINER", [line]
    return file(ds)
