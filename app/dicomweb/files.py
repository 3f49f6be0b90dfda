"""Stored instances as files of PS3.10 on their way out."""

from collections.abc import Iterator

from app.archive.file_header import PREAMBLE, file_header
from app.archive.queries import StoredFile
from app.base.blobs import Blobs
from app.dicomweb.media import ANY_SYNTAX, DICOM, MediaRange, matches, not_acceptable

_CHUNK = 1 << 20
_TIFF = (b"II*\0", b"MM\0*")


def check_acceptable(ranges: list[MediaRange], files: list[StoredFile]) -> MediaRange:
    """The range under which the files go out as they are stored; nothing is transcoded. Raises Unsupported."""
    syntaxes = {file.transfer_syntax_uid for file in files}
    for wanted in ranges:
        if matches(wanted.media_type, DICOM) and (
            wanted.transfer_syntax in {"", ANY_SYNTAX} or syntaxes == {wanted.transfer_syntax}
        ):
            return wanted
    raise not_acceptable()


def file_bytes(blobs: Blobs, file: StoredFile) -> Iterator[bytes]:
    """The file with a harmless preamble: what stands there may make it an HTML page or a program at the same
    time (T7). Only TIFF, for which the standard made room (PS3.10 7.1), keeps its own.
    """
    start = min(_CHUNK, file.size)
    head = blobs.read_range(file.digest, 0, start)
    yield _safe(file, head)
    for offset in range(start, file.size, _CHUNK):
        yield blobs.read_range(file.digest, offset, min(_CHUNK, file.size - offset))


def _safe(file: StoredFile, head: bytes) -> bytes:
    if head[128:132] == b"DICM" and file.dataset_start:
        return head if head.startswith(_TIFF) else PREAMBLE + head[132:]
    if file.dataset_start:
        return PREAMBLE + head
    meta = file_header(
        sop_class_uid=file.sop_class_uid,
        sop_instance_uid=file.sop_instance_uid,
        transfer_syntax_uid=file.transfer_syntax_uid,
    )
    return meta + head
