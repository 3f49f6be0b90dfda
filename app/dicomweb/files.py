"""Stored instances as files of PS3.10 on their way out: as they are stored, or in another transfer syntax."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from app.archive.file_header import file_header
from app.archive.outgoing import OutgoingFile, file_head, file_pieces
from app.archive.uids import EXPLICIT_LITTLE
from app.archive.whole import check_before
from app.base.errors import Unsupported
from app.dicomweb.media import ANY_SYNTAX, DICOM, MediaRange, matches, not_acceptable
from app.dicomweb.ranges import Ranged, joined, of_bytes
from app.edge.services import Services
from app.render.transcode import TARGETS, can_transcode, transcode

T = TypeVar("T")


@dataclass(frozen=True)
class FileForm:
    """How files go out. `target` is empty when they leave as they are stored; a target that was `named` is kept to,
    the one that is meant where none is named (PS3.18 8.7.3.5.2) gives way for what cannot be decoded.
    """

    multipart: bool
    target: str
    named: bool = False


def form_of_files(ranges: list[MediaRange], files: list[OutgoingFile]) -> FileForm:
    """The first range that all of them can be had in. Raises Unsupported, not acceptable."""
    for wanted in ranges:
        if not matches(wanted.media_type, DICOM):
            continue
        multipart = wanted.multipart or wanted.media_type != DICOM
        if wanted.transfer_syntax == ANY_SYNTAX or (
            wanted.media_type == "*/*" and not wanted.transfer_syntax
        ):
            return FileForm(multipart, "")
        target = wanted.transfer_syntax or EXPLICIT_LITTLE
        if not wanted.transfer_syntax or all(_can(file, target) for file in files):
            return FileForm(multipart, target, named=bool(wanted.transfer_syntax))
    raise not_acceptable(sorted({file.transfer_syntax_uid for file in files} | _targets(files)))


def _can(file: OutgoingFile, target: str) -> bool:
    """Objects without pictures have nothing to compress and leave uncompressed, whatever is asked for."""
    return not file.frame_count or can_transcode(file.transfer_syntax_uid, target)


def _targets(files: list[OutgoingFile]) -> set[str]:
    return {target for target in TARGETS if all(_can(file, target) for file in files)}


@dataclass(frozen=True)
class Outgoing:
    """A file that is ready to be sent."""

    transfer_syntax_uid: str
    pieces: Iterator[bytes]
    length: int | None = None


def outgoing(services: Services, file: OutgoingFile, target: str, *, strict: bool) -> Outgoing:
    """The file in the transfer syntax asked for. What its pixels do not allow is refused when `strict`; else it leaves
    as it is stored, which its part says.
    """
    if not file.frame_count and target not in {"", EXPLICIT_LITTLE}:
        target = EXPLICIT_LITTLE
    if target in {"", file.transfer_syntax_uid}:
        return Outgoing(file.transfer_syntax_uid, primed(file_pieces(services.blobs, file)))
    check_before(services.blobs, file)
    try:
        made = transcode(services.renderer.decoder, services.blobs, file, target)
    except Unsupported:
        if strict:
            raise
        return Outgoing(file.transfer_syntax_uid, primed(file_pieces(services.blobs, file)))
    head = file_header(
        sop_class_uid=file.sop_class_uid,
        sop_instance_uid=file.sop_instance_uid,
        transfer_syntax_uid=made.transfer_syntax_uid,
    )
    return Outgoing(made.transfer_syntax_uid, chain((head,), made.pieces()), len(head) + made.length)


def ranged_file(services: Services, file: OutgoingFile) -> Ranged | None:
    """The file as it is stored, readable anywhere; None when it is written anew on its way. All of it at once is
    compared with its digest: what fits into one piece before the answer begins.
    """
    if file.wanted is not None:
        return None
    head = file_head(services.blobs, file)
    dataset = Ranged(
        file.size - file.dataset_start,
        lambda offset, length: services.blobs.read_range(file.digest, file.dataset_start + offset, length),
    )
    return replace(joined([of_bytes(head), dataset]), whole=lambda: primed(file_pieces(services.blobs, file)))


def primed(pieces: Iterator[T]) -> Iterator[T]:
    """The same, the first one made now: what is wrong with it is told by an answer."""
    return chain((next(pieces),), pieces)


def mark_of(files: list[OutgoingFile], *more: str) -> str:
    """Changes whenever what would be sent changes."""
    digest = hashlib.sha256("\n".join(more).encode())
    for file in files:
        digest.update(
            f"{file.digest}{file.charset}{file.wanted!r}{file.sop_instance_uid}{file.series_instance_uid}".encode()
        )
    return digest.hexdigest()[:32]
