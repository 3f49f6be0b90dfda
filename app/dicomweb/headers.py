"""Headers of stored files, read again when metadata or bulk data are asked for."""

from app.archive.frames_index import unpack
from app.archive.inflate import inflated
from app.archive.outgoing import OutgoingFile
from app.archive.outgoing_headers import header_of
from app.archive.uids import transfer_syntax
from app.base.blobs import Blobs
from app.dicomweb.dicom_json import Json, attribute, data_set

PIXEL_DATA = "7FE00010"


def stored_range(blobs: Blobs, file: OutgoingFile, offset: int, length: int) -> bytes:
    """A part of the file; of a deflated one in its inflated form, in which its offsets count."""
    if transfer_syntax(file.transfer_syntax_uid).deflated:
        return inflated(blobs.read(file.digest), file.dataset_start)[offset : offset + length]
    return blobs.read_range(file.digest, offset, length)


def has_pixels(file: OutgoingFile) -> bool:
    """Whether it has pixel data, cut into frames or, as a video, not."""
    return bool(file.frame_count) or unpack(file.frame_index or b"x").reason == "video"


def metadata_of(blobs: Blobs, file: OutgoingFile, instance: str) -> Json:
    """The instance as metadata (PS3.18 10.4.1.1.2): everything but bulk data, which is named by its address.
    `instance` is the address of the instance.
    """
    address = f"{instance}/bulkdata/"
    header = header_of(blobs, file)
    found = data_set(header, lambda path: address + path)
    if header.believed:  # no label, or another one
        found["00080005"] = attribute("CS", "ISO_IR 192")
    found["00083002"] = attribute("UI", file.transfer_syntax_uid)
    found["00081190"] = attribute("UR", instance)
    if has_pixels(file):
        vr = "OB" if transfer_syntax(file.transfer_syntax_uid).encapsulated else "OW"
        found[PIXEL_DATA] = {"vr": vr, "BulkDataURI": address + PIXEL_DATA}
    return dict(sorted(found.items()))
