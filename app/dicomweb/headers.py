"""Headers of stored files, read again when metadata or bulk data are asked for."""

from app.archive.elements import Walker
from app.archive.header import Header
from app.archive.inflate import inflated
from app.archive.uids import transfer_syntax
from app.base.blobs import Blobs


def stored_bytes(
    blobs: Blobs, digest: str, transfer_syntax_uid: str, dataset_start: int, length: int | None = None
) -> bytes:
    """The file up to `length`, or all of it; deflated ones inflated, as frame offsets count."""
    if transfer_syntax(transfer_syntax_uid).deflated:
        return inflated(blobs.read(digest), dataset_start)[:length]
    return blobs.read(digest) if length is None else blobs.read_range(digest, 0, length)


def header_of(data: bytes, transfer_syntax_uid: str, dataset_start: int) -> Header:
    """The elements of a file that was checked when it was stored; the pixels are not among them."""
    syntax = transfer_syntax(transfer_syntax_uid)
    walker = Walker(data, implicit=syntax.implicit, big_endian=syntax.big_endian)
    elements, _ = walker.top_level(dataset_start)
    return Header(data, elements, big_endian=syntax.big_endian)
