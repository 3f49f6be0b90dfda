"""Stored instances on their way out: to another archive, a workstation, a browser. Files stay as they came."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.archive.file_header import PREAMBLE, file_header
from app.archive.frames_index import FrameLocation, unpack
from app.archive.inflate import inflated
from app.archive.uids import transfer_syntax
from app.base.blobs import Blobs

CHUNK = 1 << 20
_TIFF = (b"II*\0", b"MM\0*")


@dataclass(frozen=True)
class OutgoingFile:
    """An instance as it leaves: the identifiers are those of the rows, which a correction may have changed."""

    instance_id: str
    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str
    transfer_syntax_uid: str
    digest: str
    dataset_start: int  # where the stored file's meta group ends; 0 when it has none
    size: int  # of the stored file
    corrected: bool
    header_length: int  # of the stored file, up to its pixel data
    frame_count: int = 0
    frame_index: bytes = b""

    def location(self, frame_number: int) -> FrameLocation:
        """Where a frame lies in the stored file, or NotFound."""
        spans, bit_offset = unpack(self.frame_index or b"x").location(frame_number)
        return FrameLocation(
            self.digest, self.transfer_syntax_uid, self.header_length, frame_number, spans, bit_offset
        )


@dataclass(frozen=True)
class OutgoingDataset:
    """The data set without preamble and meta group, in the transfer syntax it is stored in."""

    blobs: Blobs
    file: OutgoingFile

    @property
    def length(self) -> int | None:
        """In bytes; None when it is known only at the end."""
        return self.file.size - self.file.dataset_start

    def header(self) -> bytes:
        """The data set up to its pixel data, in its own encoding; of a deflated one, inflated."""
        start, end = self.file.dataset_start, self.file.header_length
        if transfer_syntax(self.file.transfer_syntax_uid).deflated:
            return inflated(self.blobs.read(self.file.digest), start)[start:end]
        return self.blobs.read_range(self.file.digest, start, end - start)

    def pieces(self, chunk: int = CHUNK) -> Iterator[bytes]:
        """The bytes in order, at most `chunk` at once. Raises NotFound when the stored file is gone."""
        for offset in range(self.file.dataset_start, self.file.size, chunk):
            yield self.blobs.read_range(self.file.digest, offset, min(chunk, self.file.size - offset))


def open_dataset(blobs: Blobs, file: OutgoingFile) -> OutgoingDataset:
    """What C-STORE sends of an instance."""
    return OutgoingDataset(blobs, file)


def file_pieces(blobs: Blobs, file: OutgoingFile, chunk: int = CHUNK) -> Iterator[bytes]:
    """The instance as a file of PS3.10."""
    yield _before_dataset(blobs, file)
    yield from open_dataset(blobs, file).pieces(chunk)


def _before_dataset(blobs: Blobs, file: OutgoingFile) -> bytes:
    """Preamble and meta group. What stands in a preamble may make the file a page or a program at the same time;
    only TIFF, for which the standard made room (PS3.10 7.1), keeps its own.
    """
    head = blobs.read_range(file.digest, 0, file.dataset_start)
    if head[128:132] == b"DICM":
        return head if head.startswith(_TIFF) else PREAMBLE + head[132:]
    if head:
        return PREAMBLE + head
    return file_header(
        sop_class_uid=file.sop_class_uid,
        sop_instance_uid=file.sop_instance_uid,
        transfer_syntax_uid=file.transfer_syntax_uid,
    )
