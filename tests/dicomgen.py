"""DICOM files made by code: valid ones with known pixels, and hostile ones by name. Nobody in them exists.

Everything is determined by the arguments: the same call gives the same bytes.
"""

import hashlib
import io
import struct
import zlib
from collections.abc import Callable, Sequence
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


def pdf_document(body: bytes = b"%PDF-1.4\n%%EOF\n") -> bytes:
    """An encapsulated PDF: an object without pixels."""
    ds = base(sop_class=ENCAPSULATED_PDF, modality="DOC", series="doc")
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


# --- hostile files -------------------------------------------------------------------------------------------


def element(tag: int, vr: str, value: bytes, *, length: int | None = None) -> bytes:
    """One element of Explicit VR Little Endian; `length` may lie."""
    declared = len(value) if length is None else length
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    if vr in {"OB", "OW", "SQ", "UN", "UT"}:
        return head + struct.pack("<HI", 0, declared) + value
    return head + struct.pack("<H", declared) + value


def _before_pixels(data: bytes) -> int:
    return data.rindex(b"\xe0\x7f\x10\x00OW")


def _with(addition: bytes) -> bytes:
    """A good slice with more elements in front of its pixel data."""
    good = ct_slice()
    place = _before_pixels(good)
    return good[:place] + addition + good[place:]


def _uid_replaced(keyword: str, value: bytes) -> bytes:
    ds = ct_dataset()
    old = str(ds[keyword].value).encode()
    old += b"\0" * (len(old) % 2)
    data = file(ds)
    place = data.rindex(old)
    value += b"\0" * (len(value) % 2)
    return data[: place - 2] + struct.pack("<H", len(value)) + value + data[place + len(old) :]


def _nested(depth: int) -> bytes:
    opening = struct.pack("<HH2sHI", 0x0040, 0xA730, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    closing = struct.pack("<HHIHHI", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)
    return _with(opening * depth + closing * depth)


def _patched(keyword: str, value: Any) -> bytes:
    return file(ct_dataset(**{keyword: value}))


def _named(name: bytes) -> bytes:
    old = element(0x00100010, "PN", "NGUYỄN^VĂN AN".encode())
    return ct_slice().replace(old, element(0x00100010, "PN", name + b" " * (len(name) % 2)), 1)


def _pixel_length_lies() -> bytes:
    good = ct_slice()
    place = _before_pixels(good) + 8
    return good[:place] + struct.pack("<I", 0x7FFFFFFE) + good[place + 4 :]


def _implicit_said_explicit() -> bytes:
    explicit, implicit = ct_slice(), ct_slice(transfer_syntax=IMPLICIT)
    return _meta_of(explicit) + implicit[len(_meta_of(implicit)) :]


def _deflate_bomb() -> bytes:
    data = ct_slice()
    start = len(_meta_of(data))
    bomb = data[start : _before_pixels(data)] + element(0x7FE00010, "OW", b"\0" * (200 << 20))
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return _meta_of(ct_slice(transfer_syntax=DEFLATED)) + stream.compress(bomb) + stream.flush()


def _meta_of(data: bytes) -> bytes:
    length = struct.unpack_from("<I", data, 140)[0]
    return data[: 144 + length]


def _meta_mismatch() -> bytes:
    data = ct_slice()
    mine = uid("study-1", "series-1", 1).encode()
    other = mine[:-2] + (b"11" if not mine.endswith(b"11") else b"22")
    return data.replace(mine, other, 1)


def _rle_bomb() -> bytes:
    """A frame of 64x64 whose one segment unpacks to 25 MB."""
    ds = base(series="rle", modality="OT", sop_class=SECONDARY_CAPTURE)
    add_pixels(ds, np.zeros((64, 64), np.uint8))
    ds.PixelData = encapsulate([struct.pack("<16I", 1, 64, *[0] * 14) + b"\x81\x00" * 200_000])
    ds["PixelData"].is_undefined_length = True
    return file(ds, RLE)


def _frames_more_than_data() -> bytes:
    ds = base(series="few", modality="OT", sop_class=SECONDARY_CAPTURE)
    frame = np.zeros((64, 64), np.uint8)
    compressed(ds, [frame], JPEG)
    ds.NumberOfFrames = 50
    return file(ds, JPEG)


def _random_bytes() -> bytes:
    return b"\0" * 128 + b"DICM" + np.random.default_rng(1).bytes(5000)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "absolute_path_series": lambda: _uid_replaced("SeriesInstanceUID", b"/etc/cron.d/hoichan"),
    "deflate_bomb": _deflate_bomb,
    "empty": lambda: b"",
    "element_3gb_length": lambda: _with(element(0x00091001, "UN", b"abcd", length=3 << 30)),
    "frames_2e9": lambda: _patched("NumberOfFrames", 2_000_000_000),
    "frames_more_than_data": _frames_more_than_data,
    "frames_negative": lambda: _patched("NumberOfFrames", -5),
    "garbage_after": lambda: ct_slice() + b"\x55" * 1000,
    "html": lambda: b"<!doctype html><script>alert(1)</script>" * 10,
    "implicit_said_explicit": _implicit_said_explicit,
    "many_elements": lambda: _with(
        b"".join(element(0x00110000 + n, "LO", b"ab") for n in range(0x1000, 0xFA60))
    ),
    "meta_mismatch": _meta_mismatch,
    "missing_sop_instance": lambda: file(ct_dataset(SOPInstanceUID=None)),
    "name_64k": lambda: _named(b"A" * 60_000),
    "name_control": lambda: _named(b"A\x1b[31mred\r\n2026-01-01 INFO forged^I"),
    "name_markup": lambda: _named(b'<script>document.title="XSS"</script>^A'),
    "nested_500": lambda: _nested(500),
    "nested_20000": lambda: _nested(20_000),
    "no_preamble": lambda: ct_slice()[132:],
    "only_dataset": lambda: ct_slice()[len(_meta_of(ct_slice())) :],
    "only_preamble": lambda: ct_slice()[:132],
    "pixel_length_lies": _pixel_length_lies,
    "preamble_pe": lambda: file(ct_dataset(), preamble=b"MZ" + b"\x90" * 126),
    "private_sop_class": lambda: ct_slice(sop_class="1.2.276.0.7230010.3.99.1"),
    "random_bytes": _random_bytes,
    "rle_bomb": _rle_bomb,
    "rows_as_UL": lambda: ct_slice().replace(
        b"\x28\x00\x10\x00US\x02\x00\x40\x00", b"\x28\x00\x10\x00UL\x04\x00\x40\x00\x00\x40", 1
    ),
    "rows_65535": lambda: _patched("Rows", 65535),
    "rows_zero": lambda: _patched("Rows", 0),
    "sequence_never_closed": lambda: _with(
        struct.pack("<HH2sHI", 0x0040, 0xA730, b"SQ", 0, 0xFFFFFFFF)
        + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    ),
    "sop_uid_traversal": lambda: _uid_replaced("SOPInstanceUID", b"../../../../../tmp/hoichan"),
    "study_uid_crlf": lambda: _uid_replaced("StudyInstanceUID", b"1.2.3\r\nX-Injected: 1"),
    "study_uid_empty": lambda: _uid_replaced("StudyInstanceUID", b""),
    "study_uid_html": lambda: _uid_replaced("StudyInstanceUID", b"<svg/onload=alert(1)>"),
    "truncated_header": lambda: ct_slice()[:420],
    "truncated_meta": lambda: ct_slice()[:150],
    "truncated_pixels": lambda: ct_slice()[:-3000],
    "uid_128_chars": lambda: _uid_replaced("SOPInstanceUID", b"1." * 63 + b"11"),
    "uid_nul": lambda: _uid_replaced("SOPInstanceUID", b"1.2.3\0.4/../x"),
    "unknown_transfer_syntax": lambda: ct_slice().replace(EXPLICIT.encode(), b"1.2.840.99999.9.9.9"),
    "window_nan": lambda: _with(b"").replace(
        b"\x28\x00\x50\x10DS\x04\x0040.0", b"\x28\x00\x50\x10DS\x04\x00NaN "
    ),
}


def hostile(name: str) -> bytes:
    """One of HOSTILE by its name."""
    return HOSTILE[name]()
