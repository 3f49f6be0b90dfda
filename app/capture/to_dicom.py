"""Photos, scans, PDFs and videos as DICOM objects of a study (PS3.3 A.8.1, A.32.4, A.45.1): made here, with the
study's identity. The file's own bytes are kept wherever DICOM can hold them.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    SecondaryCaptureImageStorage,
    VideoPhotographicImageStorage,
)

from app.archive.file_header import file_header
from app.archive.identity import StudyIdentity, identify
from app.base.errors import Invalid, TooLarge
from app.capture.mp4 import Video, read_mp4
from app.render.pictures import Decoder, Picture, jpeg_picture, png_picture

_LARGEST_IN_MEMORY = 256 << 20
_LARGEST_VIDEO = 0xFFFFFFFE  # one fragment (PS3.5 A.4)
_COPY = 1 << 20
_MAKER = "Hoichan"
_SERIES_NUMBER = 9000  # behind those of the machine
_PIXEL_DATA_OB = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF)
_ITEM, _SEQUENCE_END = struct.Struct("<HHI"), struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


class Foreign(StrEnum):
    """What can be turned into DICOM."""

    JPEG = "jpeg"
    MP4 = "mp4"
    PDF = "pdf"
    PNG = "png"


class Shown(StrEnum):
    """What a picture shows, as the person says who adds it: decides modality and conversion type."""

    DOCUMENT = "document"
    FILM = "film"
    PHOTO = "photo"


_MODALITY = {Shown.DOCUMENT: "DOC", Shown.FILM: "OT", Shown.PHOTO: "XC"}
_CONVERSION = {Shown.DOCUMENT: "SD", Shown.FILM: "DF", Shown.PHOTO: "DI"}  # PS3.3 C.8.6.1


@dataclass(frozen=True)
class Wish:
    """What is made: for which study, under which title, when; `upload_id` and `file_id` give the UIDs, so that doing
    it again makes the same object.
    """

    identity: StudyIdentity
    title: str
    shown: Shown
    upload_id: str
    file_id: str
    number: int
    at: datetime


def foreign_kind(start: bytes) -> Foreign | None:
    """By a file's first bytes."""
    if start.startswith(b"\xff\xd8\xff"):
        return Foreign.JPEG
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return Foreign.PNG
    if start.startswith(b"%PDF-"):
        return Foreign.PDF
    return Foreign.MP4 if start[4:8] == b"ftyp" else None


def convert(
    kind: Foreign, path: Path, wish: Wish, decoder: Decoder, write: Callable[[bytes], object]
) -> None:
    """Writes the object as a file of PS3.10. Raises Invalid, TooLarge or Unsupported; videos are never in memory."""
    if kind is Foreign.MP4:
        _video(path, wish, write)
    elif kind is Foreign.PDF:
        document(_small(path), wish, write)
    else:
        make = jpeg_picture if kind is Foreign.JPEG else png_picture
        _picture(make(decoder, _small(path)), wish, write)


def _small(path: Path) -> bytes:
    if path.stat().st_size > _LARGEST_IN_MEMORY:
        raise TooLarge("file_size", "The file is larger than 256 MB. Send it in several parts.")
    return path.read_bytes()


def _uid(*parts: str) -> str:
    """From the parts alone (PS3.5 B.2)."""
    return f"2.25.{uuid5(NAMESPACE_URL, '/'.join(parts)).int}"


def _common(wish: Wish, sop_class: str, modality: str) -> Dataset:
    data = Dataset()
    identify(data, wish.identity)
    data.SOPClassUID, data.SOPInstanceUID = sop_class, _uid("instance", wish.upload_id, wish.file_id)
    data.SeriesInstanceUID = _uid("series", wish.upload_id, sop_class, modality)
    data.Modality, data.SeriesDescription = modality, wish.title[:64]
    data.SeriesNumber, data.InstanceNumber, data.Laterality = _SERIES_NUMBER, wish.number, ""
    data.InstanceCreationDate = data.ContentDate = data.SeriesDate = wish.at.strftime("%Y%m%d")
    data.InstanceCreationTime = data.ContentTime = data.SeriesTime = wish.at.strftime("%H%M%S")
    data.TimezoneOffsetFromUTC = wish.at.strftime("%z") or "+0000"
    data.Manufacturer, data.ManufacturerModelName = _MAKER, _MAKER
    return data


def _picture(picture: Picture, wish: Wish, write: Callable[[bytes], object]) -> None:
    data = _common(wish, SecondaryCaptureImageStorage, _MODALITY[wish.shown])
    data.ConversionType = _CONVERSION[wish.shown]
    data.DateOfSecondaryCapture, data.TimeOfSecondaryCapture = data.ContentDate, data.ContentTime
    data.SecondaryCaptureDeviceManufacturer = _MAKER
    data.PatientOrientation, data.AcquisitionContextSequence = "", Sequence()
    if wish.shown is Shown.DOCUMENT:
        data.BurnedInAnnotation = "YES"  # of photos and films nobody has looked
    _describe_pixels(data, picture.rows, picture.columns, picture.samples, picture.photometric)
    if picture.lossy:
        _describe_loss(data, picture.ratio, "ISO_10918_1")
    else:
        data.LossyImageCompression = "00"
    write(_file(data, picture.transfer_syntax_uid))
    _write_fragment(write, len(picture.data), lambda: write(picture.data))


def _describe_pixels(data: Dataset, rows: int, columns: int, samples: int, photometric: str) -> None:
    data.SamplesPerPixel, data.PhotometricInterpretation = samples, photometric
    data.Rows, data.Columns = rows, columns
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 8, 8, 7, 0
    if samples > 1:
        data.PlanarConfiguration = 0


def _describe_loss(data: Dataset, ratio: float, method: str) -> None:
    data.LossyImageCompression = "01"
    data.LossyImageCompressionRatio = f"{ratio:.6g}"
    data.LossyImageCompressionMethod = method


def document(pdf: bytes, wish: Wish, write: Callable[[bytes], object]) -> None:
    """Writes a PDF as an Encapsulated PDF of PS3.10 (PS3.3 A.45.1). Raises Invalid for one that was cut short."""
    if b"%%EOF" not in pdf[-2048:]:
        raise Invalid("pdf_damaged", "The PDF ends too early. Export it again.")
    data = _common(wish, EncapsulatedPDFStorage, "DOC")
    data.ConversionType, data.BurnedInAnnotation = "WSD", "YES"
    data.AcquisitionDateTime, data.DocumentTitle = "", wish.title
    data.ConceptNameCodeSequence = Sequence()
    data.MIMETypeOfEncapsulatedDocument = "application/pdf"
    data.EncapsulatedDocumentLength = len(pdf)
    data.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    write(_file(data, ExplicitVRLittleEndian))


def _video(path: Path, wish: Wish, write: Callable[[bytes], object]) -> None:
    size = path.stat().st_size
    if size > _LARGEST_VIDEO:
        raise TooLarge("video_size", "The video is larger than 4 GB. Cut it into parts.")
    video = read_mp4(path)
    data = _common(wish, VideoPhotographicImageStorage, "XC")
    data.ImageType, data.AcquisitionContextSequence = ["ORIGINAL", "PRIMARY"], Sequence()
    data.PatientOrientation = ""
    data.AnatomicRegionSequence = Sequence([_body_structure()])
    _describe_pixels(data, video.rows, video.columns, 3, "YBR_PARTIAL_420")
    _describe_time(data, video)
    ratio = video.rows * video.columns * 3 * video.frames / max(size, 1)
    _describe_loss(data, ratio, "ISO_14496_10" if video.is_avc else "ISO_23008_2")
    write(_file(data, video.transfer_syntax_uid))
    _write_fragment(write, size, lambda: _pour(path, write))


def _body_structure() -> Dataset:
    """Nobody said which: the widest code there is."""
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "123037004", "SCT", "Body structure"
    return code


def _describe_time(data: Dataset, video: Video) -> None:
    data.NumberOfFrames, data.FrameTime = video.frames, f"{video.frame_time_ms:.8g}"
    data.FrameIncrementPointer = 0x00181063  # Frame Time
    data.CineRate = data.RecommendedDisplayFrameRate = max(1, round(1000 / video.frame_time_ms))


def _file(data: Dataset, transfer_syntax_uid: str) -> bytes:
    """Preamble, meta group and the data set, up to where pixel data would follow."""
    head = file_header(
        sop_class_uid=data.SOPClassUID,
        sop_instance_uid=data.SOPInstanceUID,
        transfer_syntax_uid=transfer_syntax_uid,
    )
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_dataset(out, data)
    return head + out.getvalue()


def _write_fragment(write: Callable[[bytes], object], size: int, pour: Callable[[], Any]) -> None:
    """Pixel Data of one fragment behind an empty offset table (PS3.5 A.4)."""
    write(_PIXEL_DATA_OB + _ITEM.pack(0xFFFE, 0xE000, 0) + _ITEM.pack(0xFFFE, 0xE000, size + size % 2))
    pour()
    write(b"\0" * (size % 2) + _SEQUENCE_END)


def _pour(path: Path, write: Callable[[bytes], object]) -> None:
    with path.open("rb") as file:
        while chunk := file.read(_COPY):
            write(chunk)
