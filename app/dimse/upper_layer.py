"""PDUs on a socket (PS3.8 section 9.3): reading with limits and deadlines, and the few that we write ourselves.

Debian's DCMTK clients leave Nagle's algorithm on: without an immediate acknowledgement of each read they stall
40 ms for every image, so TCP_QUICKACK is armed again after every receive.
"""

import select
import socket
import ssl
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from enum import IntEnum

MAX_PDU = 131_072
MAX_ASSOCIATE_RQ = 262_144
_HEADER = struct.Struct(">BxL")
_PDV = struct.Struct(">LBB")
_QUICKACK = getattr(socket, "TCP_QUICKACK", None)  # Linux only


class PduType(IntEnum):
    """PS3.8 table 9-11 and following."""

    A_ASSOCIATE_RQ = 0x01
    A_ASSOCIATE_AC = 0x02
    A_ASSOCIATE_RJ = 0x03
    P_DATA_TF = 0x04
    A_RELEASE_RQ = 0x05
    A_RELEASE_RP = 0x06
    A_ABORT = 0x07


class AbortReason(IntEnum):
    """PS3.8 table 9-26, for aborts whose source is the service provider."""

    NOT_SPECIFIED = 0
    UNRECOGNIZED_PDU = 1
    UNEXPECTED_PDU = 2
    UNRECOGNIZED_PARAMETER = 4
    UNEXPECTED_PARAMETER = 5
    INVALID_PARAMETER = 6


class ConnectionLost(Exception):
    """The peer closed, or sent nothing for too long."""


class ProtocolFault(Exception):
    """What came is not the protocol; the association is aborted with `reason`."""

    def __init__(self, reason: AbortReason, why: str) -> None:
        super().__init__(why)
        self.reason = reason


class Wire:
    """One connection. `read` hands out views into its buffer, valid until the next `read`."""

    def __init__(self, connection: socket.socket, first: bytes = b"") -> None:
        self._socket = connection
        self._buffer = bytearray(first.ljust(4096))  # grows when somebody really speaks
        self._start = 0
        self._end = len(first)  # what the gate has read already
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def read(self, *, limit: int, seconds: float) -> tuple[int, memoryview]:
        """The next PDU: its type and its variable field of at most `limit` bytes, whole within `seconds`."""
        deadline = time.monotonic() + seconds
        self._fill(_HEADER.size, deadline)
        pdu_type, length = _HEADER.unpack_from(self._buffer, self._start)
        if length > limit:
            raise ProtocolFault(AbortReason.INVALID_PARAMETER, f"a PDU of {length} bytes, {limit} allowed")
        self._fill(_HEADER.size + length, deadline)
        begin = self._start + _HEADER.size
        self._start = begin + length
        return pdu_type, memoryview(self._buffer)[begin : self._start]

    def _fill(self, wanted: int, deadline: float) -> None:
        """Receives until `wanted` bytes stand behind the start of the buffer."""
        if self._start + wanted > len(self._buffer):
            self._move_to_front(wanted)
        while self._end - self._start < wanted:
            self._receive(deadline)

    def _move_to_front(self, wanted: int) -> None:
        rest = self._buffer[self._start : self._end]
        if wanted > len(self._buffer):
            self._buffer = bytearray(max(wanted, 2 * (MAX_PDU + 6)))  # `read` has checked the limit
        self._buffer[: len(rest)] = rest
        self._start, self._end = 0, len(rest)

    def _receive(self, deadline: float) -> None:
        if self._start == self._end:
            self._start = self._end = 0
        try:
            self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
            with memoryview(self._buffer)[self._end :] as free:
                count = self._socket.recv_into(free)
            if _QUICKACK is not None:
                self._socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        except OSError as error:
            raise ConnectionLost(str(error) or type(error).__name__) from error
        if count == 0:
            raise ConnectionLost("closed by the peer")
        self._end += count

    def send(self, data: bytes | memoryview, *, seconds: float = 30.0) -> None:
        """Sends all of it or raises ConnectionLost."""
        try:
            self._socket.settimeout(seconds)
            self._socket.sendall(data)
        except OSError as error:
            raise ConnectionLost(str(error)) from error

    def send_pieces(self, pieces: Sequence[bytes | memoryview], *, seconds: float = 30.0) -> None:
        """Sends all of them in few system calls, without joining them, or raises ConnectionLost."""
        if len(pieces) == 1 or isinstance(self._socket, ssl.SSLSocket):
            for piece in pieces:
                self.send(piece, seconds=seconds)
            return
        left = [memoryview(piece) for piece in pieces]
        try:
            self._socket.settimeout(seconds)
            while left:
                sent = self._socket.sendmsg(left)
                while left and sent >= len(left[0]):
                    sent -= len(left.pop(0))
                if sent:
                    left[0] = left[0][sent:]
        except OSError as error:
            raise ConnectionLost(str(error)) from error

    def waiting(self, *, seconds: float = 0.0) -> bool:
        """Whether something came, or comes within `seconds`, that `read` has not yet handed out."""
        if self._end > self._start or (isinstance(self._socket, ssl.SSLSocket) and self._socket.pending()):
            return True
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def end_input(self) -> None:
        """From another thread: a waiting `read` raises ConnectionLost now."""
        with suppress(OSError):  # closed already
            self._socket.shutdown(socket.SHUT_RD)

    def cut(self) -> None:
        """From another thread: reading and writing end now."""
        with suppress(OSError):  # closed already
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Lets what was sent arrive, then closes."""
        with suppress(OSError):  # the peer was faster
            self._socket.shutdown(socket.SHUT_WR)
        self._socket.close()


def release_rq() -> bytes:
    """A-RELEASE-RQ, PS3.8 table 9-24."""
    return struct.pack(">BxL4x", PduType.A_RELEASE_RQ, 4)


def release_rp() -> bytes:
    """A-RELEASE-RP, PS3.8 table 9-25."""
    return struct.pack(">BxL4x", PduType.A_RELEASE_RP, 4)


def abort(reason: AbortReason) -> bytes:
    """A-ABORT by the service provider, PS3.8 table 9-26."""
    return struct.pack(">BxLxxBB", PduType.A_ABORT, 4, 2, reason)


def reject(result: int, source: int, reason: int) -> bytes:
    """A-ASSOCIATE-RJ, PS3.8 table 9-21."""
    return struct.pack(">BxLxBBB", PduType.A_ASSOCIATE_RJ, 4, result, source, reason)


def data_values(field: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """The presentation data values of a P-DATA-TF: context id, message control header, fragment."""
    position = 0
    while position < len(field):
        if len(field) - position < _PDV.size:
            raise ProtocolFault(AbortReason.INVALID_PARAMETER, "a PDV header is cut short")
        length, context_id, control = _PDV.unpack_from(field, position)
        end = position + 4 + length
        if length < 2 or end > len(field):
            raise ProtocolFault(AbortReason.INVALID_PARAMETER, "a PDV does not fit its PDU")
        yield context_id, control, field[position + _PDV.size : end]
        position = end


def command_pdus(context_id: int, command: bytes, max_length: int) -> bytes:
    """A command set as P-DATA-TF PDUs, none longer than the peer's maximum (0: any length)."""
    return _pdus(context_id, command, max_length, kind=1)


def data_set_pdus(context_id: int, data: bytes, max_length: int) -> bytes:
    """A data set that is small enough to be held, as P-DATA-TF PDUs."""
    return _pdus(context_id, data, max_length, kind=0)


def _pdus(context_id: int, value: bytes, max_length: int, *, kind: int) -> bytes:
    step = (max_length - 6) if max_length else max(len(value), 1)
    pieces = [value[at : at + step] for at in range(0, len(value), step)]
    pdus = bytearray()
    for number, piece in enumerate(pieces, start=1):
        control = kind | (2 if number == len(pieces) else 0)
        pdus += _HEADER.pack(PduType.P_DATA_TF, len(piece) + 6)
        pdus += _PDV.pack(len(piece) + 2, context_id, control) + piece
    return bytes(pdus)
