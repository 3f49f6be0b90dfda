"""Headers of stored files, read again when what they say is asked for."""

from app.archive.elements import Walker
from app.archive.header import Header
from app.archive.outgoing import OutgoingFile, open_dataset
from app.archive.uids import transfer_syntax
from app.base.blobs import Blobs


def header_of(blobs: Blobs, file: OutgoingFile) -> Header:
    """The elements before the pixels, of a file that was checked when it was stored; corrected values are in it."""
    header = parsed(open_dataset(blobs, file).header(), file.transfer_syntax_uid, 0)
    header.settle_charset(file.charset)
    return header


def parsed(data: bytes, transfer_syntax_uid: str, dataset_start: int) -> Header:
    """The elements of `data` from `dataset_start`."""
    syntax = transfer_syntax(transfer_syntax_uid)
    walker = Walker(data, implicit=syntax.implicit, big_endian=syntax.big_endian)
    elements, _ = walker.top_level(dataset_start)
    return Header(data, elements, big_endian=syntax.big_endian)
