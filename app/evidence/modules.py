"""The modules every object made here has: patient, study, series, equipment; references; the file itself."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import NAMESPACE_URL, uuid5

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import ExplicitVRLittleEndian

from app.archive.file_header import IMPLEMENTATION_VERSION_NAME, file_header
from app.archive.identity import identify
from app.evidence.subjects import Pictured, Wish

_MAKER = "Hoichan"
_SERIES_NUMBER = 9100  # behind those of the machine and what people added


def short(text: str, most: int = 64) -> str:
    """At most so many bytes of it: other programs count bytes where PS3.5 6.2 counts characters."""
    return text.encode()[:most].decode(errors="ignore").rstrip()


def object_of(wish: Wish, sop_class: str, modality: str, description: str, number: int = 1) -> Dataset:
    """PS3.3 C.7.1.1, C.7.2.1, C.7.3.1, C.7.5.1, C.12.1: of a series of its own."""
    data = Dataset()
    identify(data, wish.identity)
    data.SOPClassUID, data.SOPInstanceUID = sop_class, uid_of(wish, number)
    data.SeriesInstanceUID = uid_of(wish, "series")
    data.Modality, data.SeriesDescription = modality, short(description)
    data.SeriesNumber, data.InstanceNumber, data.Laterality = _SERIES_NUMBER, number, ""
    data.Manufacturer, data.ManufacturerModelName = _MAKER, _MAKER
    data.DeviceSerialNumber, data.SoftwareVersions = "1", IMPLEMENTATION_VERSION_NAME
    data.SeriesDate = data.InstanceCreationDate = wish.at.strftime("%Y%m%d")
    data.SeriesTime = data.InstanceCreationTime = wish.at.strftime("%H%M%S")
    data.TimezoneOffsetFromUTC = wish.at.strftime("%z") or "+0000"
    return data


def uid_of(wish: Wish, part: object) -> str:
    """Of the series, or of an object in it; always the same for one wish (PS3.5 B.2)."""
    return f"2.25.{uuid5(NAMESPACE_URL, f'{wish.id}/{part}').int}"


def person_name(name: str) -> str:
    """A name as people write it, as one component group: nothing is guessed about which word is the family's."""
    return short(name.replace("\\", " ").replace("^", " ").replace("=", " "))


def reference(image: Pictured, frames: Iterable[int] = ()) -> Dataset:
    """PS3.3 10.3; frame numbers only where the image has several."""
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = image.sop_class_uid, image.sop_instance_uid
    numbers = sorted(set(frames))
    if image.multi_frame and numbers:
        item.ReferencedFrameNumber = numbers
    return item


def by_series(images: Iterable[Pictured]) -> list[tuple[str, list[Pictured]]]:
    ordered = sorted(images, key=lambda image: (image.series_instance_uid, image.sop_instance_uid))
    return [(uid, list(some)) for uid, some in groupby(ordered, key=lambda one: one.series_instance_uid)]


def evidence(wish: Wish, images: Sequence[Pictured]) -> Items:
    """The images an SR document speaks of, by study and series (PS3.3 C.17.2.1)."""
    series = Items()
    for uid, some in by_series(images):
        item = Dataset()
        item.SeriesInstanceUID = uid
        item.ReferencedSOPSequence = Items([reference(image) for image in some])
        series.append(item)
    study = Dataset()
    study.StudyInstanceUID, study.ReferencedSeriesSequence = wish.identity.study_instance_uid, series
    return Items([study])


def as_file(data: Dataset) -> bytes:
    """A file of PS3.10."""
    head = file_header(
        sop_class_uid=data.SOPClassUID,
        sop_instance_uid=data.SOPInstanceUID,
        transfer_syntax_uid=ExplicitVRLittleEndian,
    )
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    write_dataset(out, data)
    return head + out.getvalue()
