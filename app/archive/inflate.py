"""The deflated transfer syntax (PS3.5 A.5): meta group as it is, the data set behind it inflated, within limits."""

import zlib

from app.archive.elements import Source
from app.archive.uids import DEFLATED_LITTLE, EXPLICIT_LITTLE
from app.base.errors import Invalid, TooLarge

MAX_INFLATED = 128 << 20
FREE = 10 << 20  # below this any ratio is believed
MAX_RATIO = 100
_CHUNK = 1 << 16


def inflate(source: Source, start: int) -> bytearray:
    """The data set that begins at `start`; raises TooLarge `inflate_too_large`, or Invalid for a broken stream."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    found = bytearray()
    try:
        for position in range(start, len(source), _CHUNK):
            waiting = bytes(source[position : position + _CHUNK])
            while waiting and not stream.eof:
                found += stream.decompress(waiting, _CHUNK * 16)
                waiting = stream.unconsumed_tail
                _check(len(found), position + _CHUNK - start)
            if stream.eof:
                break
    except zlib.error as error:
        raise Invalid(
            "bad_deflate", "The deflated data are damaged. Send the file again from the source."
        ) from error
    if not stream.eof:
        raise Invalid(
            "truncated",
            "The file ends too early (at {where}). Send it again from the source.",
            where=len(source),
        )
    return found


def _check(inflated: int, read: int) -> None:
    if inflated > MAX_INFLATED or (inflated > FREE and inflated > read * MAX_RATIO):
        raise TooLarge(
            "inflate_too_large",
            "The deflated file grows beyond all measure. Send it in another transfer syntax.",
        )


def inflated(file: Source, dataset_start: int) -> bytes:
    """The whole file with its data set inflated: the space in which offsets of a deflated file count. Its meta
    group names Explicit VR Little Endian, padded to the same length, so that any reader can read the result.
    """
    meta = bytes(file[:dataset_start])
    plain = EXPLICIT_LITTLE.ljust(len(DEFLATED_LITTLE), "\0").encode()
    return meta.replace(DEFLATED_LITTLE.encode(), plain, 1) + inflate(file, dataset_start)
