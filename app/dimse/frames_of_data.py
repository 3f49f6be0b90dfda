"""A data set on its way out, cut into PDUs without being copied twice: read from its file into a buffer that already
has the headers of the PDUs between the places for data.
"""

import os
import struct
from collections.abc import Iterable, Iterator

from app.base.errors import HoichanError, NotFound
from app.dimse.upper_layer import PduType

_PDU = struct.Struct(">BxLLBB")
_WINDOW = 1 << 20
_MOST_SLOTS = 512  # of one read into many places (IOV_MAX is 1024)
_LONGEST_PDU = 262_144  # to a peer that names no maximum
_LAST = 2


def damaged() -> HoichanError:
    """The stored file is not as long as its row says."""
    return NotFound("blob_missing", "The stored file is missing. Tell your administrator.")


class PduBuffer:
    """At most one megabyte of a data set as P-DATA-TF PDUs, used again and again."""

    def __init__(self, max_length: int) -> None:
        self._payload = min(max_length or _LONGEST_PDU, _LONGEST_PDU) - 6
        self._stride = self._payload + _PDU.size
        self._slots = max(1, min(_WINDOW // self._payload, _MOST_SLOTS))
        self._view = memoryview(bytearray(self._slots * self._stride))
        self._places = [
            self._view[slot * self._stride + _PDU.size : (slot + 1) * self._stride]
            for slot in range(self._slots)
        ]
        self._context_id = 0
        self._other = 0  # the slot whose header is not the usual one
        self._filled = memoryview(b"")
        self._held: list[memoryview] = []

    @property
    def capacity(self) -> int:
        """Bytes of data set that fit."""
        return self._slots * self._payload

    @property
    def filled(self) -> memoryview:
        """The PDUs of the last filling."""
        return self._filled

    @property
    def held(self) -> list[memoryview]:
        """The bytes of data set in the last filling, without the headers between them."""
        return self._held

    def read(self, handle: int, offset: int, count: int, *, context_id: int, last: bool) -> None:
        """From an open file; at most `capacity` bytes. Raises NotFound when they are not there."""
        places = self._take(count, context_id, last=last)
        if os.preadv(handle, places, offset) != count:
            raise damaged()

    def write(self, data: bytes | memoryview, *, context_id: int, last: bool) -> None:
        """From memory; at most `capacity` bytes."""
        at = 0
        for place in self._take(len(data), context_id, last=last):
            place[:] = data[at : at + len(place)]
            at += len(place)

    def _take(self, count: int, context_id: int, *, last: bool) -> list[memoryview]:
        """Headers for `count` bytes, and the places they go to. Only the last data set's last PDU differs from the
        others, so that most headers are written once for a whole association.
        """
        if context_id != self._context_id:
            self._context_id = context_id
            for slot in range(self._slots):
                self._head(slot, self._payload, 0)
        else:
            self._head(self._other, self._payload, 0)
        slots = max(1, -(-count // self._payload))
        rest = count - (slots - 1) * self._payload
        self._other = slots - 1
        self._head(self._other, rest, _LAST if last else 0)
        self._filled = self._view[: self._other * self._stride + _PDU.size + rest]
        self._held = [*self._places[: self._other], self._places[self._other][:rest]]
        return self._held

    def _head(self, slot: int, length: int, control: int) -> None:
        _PDU.pack_into(
            self._view,
            slot * self._stride,
            PduType.P_DATA_TF,
            length + 6,
            length + 2,
            self._context_id,
            control,
        )


def windows(pieces: Iterable[bytes | memoryview], size: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of any length as pieces of `size` bytes, each with whether it is the last."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > size:
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True
