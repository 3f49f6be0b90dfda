"""Uncompressed images of a study give way to the same images without loss in less room.

Each is compressed, stored, decoded again and compared frame by frame before its row speaks of the new file; the old one
goes an hour later. What carries
a digital signature, what was corrected and what does not become smaller stays as it came.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from app.archive.file_header import file_header
from app.archive.integrity import referenced
from app.archive.outgoing import OutgoingFile
from app.archive.part10 import Part10, read_part10
from app.archive.queries import outgoing_of
from app.archive.recoding import Recoding, recode_instance
from app.archive.uids import transfer_syntax
from app.archive.whole import check_whole
from app.base.actor import SYSTEM
from app.base.blob_removal import remove_unwanted
from app.base.blobs import Blob, Blobs
from app.base.db import Database
from app.base.errors import HoichanError, Unavailable
from app.base.jobs import enqueue
from app.render.transcode import FrameReader, transcode

HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
JPEG_LS_LOSSLESS = "1.2.840.10008.1.2.4.80"
SYNTAXES = {HTJ2K_LOSSLESS: "HTJ2K", JPEG_LS_LOSSLESS: "JPEG-LS"}

REMOVE = "compressed.remove"
_STILL_READ_SECONDS = 3600  # who began to send or to show the old file comes to an end with it
_STILL_IN_USE_SECONDS = 600
_MAC_PARAMETERS = b"\xfe\x4f\x01\x00"  # (4FFE,0001) stands wherever there are signatures (PS3.3 C.12.1.1.3)
_SIGNATURES = b"\xfa\xff\xfa\xff"
_ENCRYPTED = b"\x00\x04\x00\x05"


class DealtWith(NamedTuple):
    """One image of a study of so many; `changed`: it lies in another file now."""

    instance_id: str
    changed: bool
    total: int


def compress_study(
    db: Database,
    blobs: Blobs,
    decoder: Any,
    *,
    study_id: str,
    syntax: str,
    dealt_with: Collection[str],
    cancelled: Callable[[], bool],
) -> Iterator[DealtWith]:
    """Yields each instance dealt with. Raises Unavailable when no decoder can be had; an
    image that cannot be compressed is left as it is.
    """
    with db.reading() as tx:
        files = outgoing_of(tx, SYSTEM, study_id=study_id)
    for file in files:
        if cancelled():
            break
        if file.instance_id not in dealt_with:
            changed = compress_file(db, blobs, decoder, file, syntax)
            yield DealtWith(file.instance_id, changed, len(files))


def compress_file(db: Database, blobs: Blobs, decoder: Any, file: OutgoingFile, syntax: str) -> bool:
    """Whether the image lies in another file now."""
    if not _may_be_compressed(blobs, file) or not _is_whole(blobs, file):
        return False
    try:
        changed = _compress(db, blobs, decoder, file, syntax)
    except Unavailable:
        raise
    except HoichanError:
        return False
    return changed


def _is_whole(blobs: Blobs, file: OutgoingFile) -> bool:
    """A changed byte would get a digest that agrees with it."""
    try:
        check_whole(blobs, file)
    except HoichanError:
        return False
    return True


def _may_be_compressed(blobs: Blobs, file: OutgoingFile) -> bool:
    found = transfer_syntax(file.transfer_syntax_uid)
    if found.encapsulated or found.deflated or file.corrected or not file.frame_count:
        return False
    header = blobs.read_range(file.digest, file.dataset_start, file.header_length - file.dataset_start)
    if any(mark in header for mark in (_MAC_PARAMETERS, _SIGNATURES, _ENCRYPTED)):
        return False
    last_start, last_length = file.location(file.frame_count).spans[-1]
    return file.size - (last_start + last_length) <= 1  # nothing but padding stands behind the pixels


def _compress(db: Database, blobs: Blobs, decoder: Any, file: OutgoingFile, syntax: str) -> bool:
    made = transcode(decoder, blobs, file, syntax)
    head = file_header(
        sop_class_uid=file.sop_class_uid,
        sop_instance_uid=file.sop_instance_uid,
        transfer_syntax_uid=syntax,
    )
    if made.length + len(head) >= file.size:
        return False
    with blobs.open_spool() as spool:
        spool.write(head)
        for piece in made.pieces():
            spool.write(piece)
        spool.flush()
        part10 = read_part10(spool.path, accept_private=True)
        blob = spool.commit()
        changed = False
        if _same_pixels(decoder, blobs, file, part10, blob):
            with db.transaction() as tx:
                recoding = Recoding(file.instance_id, file.digest, blob, part10)
                changed = recode_instance(tx, SYSTEM, recoding=recoding)
                if changed:
                    enqueue(tx, REMOVE, file.digest, delay_seconds=_STILL_READ_SECONDS)
    if not changed:
        remove_replaced(db, blobs, blob.digest)
    return changed


def _same_pixels(decoder: Any, blobs: Blobs, file: OutgoingFile, part10: Part10, blob: Blob) -> bool:
    successor = replace(
        file,
        transfer_syntax_uid=part10.transfer_syntax_uid,
        digest=blob.digest,
        dataset_start=part10.dataset_start,
        size=blob.size,
        header_length=part10.header_length,
        frame_index=part10.frames.pack(),
    )
    before, after = FrameReader(decoder, blobs, file), FrameReader(decoder, blobs, successor)
    return part10.frames.count == file.frame_count and all(
        np.array_equal(before.values(number).stored, after.values(number).stored)
        for number in range(1, file.frame_count + 1)
    )


def remove_replaced(db: Database, blobs: Blobs, digest: str) -> None:
    """The job: what no row speaks of any more goes; what is in use just now (a backup copies it), a while later."""

    def wanted(asked: Collection[str]) -> set[str]:
        with db.reading() as tx:
            return referenced(tx, asked)

    if not remove_unwanted(blobs, [digest], wanted) and blobs.path(digest).exists() and not wanted([digest]):
        with db.transaction() as tx:
            enqueue(tx, REMOVE, digest, unique=True, delay_seconds=_STILL_IN_USE_SECONDS)
