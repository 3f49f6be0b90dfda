"""A storage SCU for tests and benchmarks: sends files as they are, as fast as the machine can, or as badly as asked.

Unlike DCMTK's and pynetdicom's it does not limit what is measured, and it can stop in the middle.
"""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    ImplementationClassUIDNotification,
    MaximumLengthNotification,
)
from pynetdicom.presentation import PresentationContext

VERIFICATION = "1.2.840.10008.1.1"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
_ELEMENT = struct.Struct("<HHL")
_MAX_PDU = 131_072
_META_START = 132
_LONG_VRS = (b"OB", b"UN", b"OW")


class AssociationRejected(Exception):
    """A-ASSOCIATE-RJ: result, source, reason."""

    def __init__(self, numbers: tuple[int, int, int]) -> None:
        super().__init__(numbers)
        self.numbers = numbers


@dataclass(frozen=True)
class Outgoing:
    """A data set to send: its identity as the command says it, its transfer syntax, its encoded bytes."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax: str
    data: bytes


def outgoing(part10: bytes) -> Outgoing:
    """From a file's bytes; the data set is what follows the meta group, or all when there is none."""
    if part10[128:_META_START] != b"DICM":
        return Outgoing("", "", IMPLICIT_LITTLE, part10)
    meta: dict[int, str] = {}
    position = _META_START
    while part10[position : position + 2] == b"\x02\x00":
        element, vr = (
            int.from_bytes(part10[position + 2 : position + 4], "little"),
            part10[position + 4 : position + 6],
        )
        long = vr in _LONG_VRS
        length = int.from_bytes(
            part10[position + 8 : position + 12] if long else part10[position + 6 : position + 8], "little"
        )
        start = position + (12 if long else 8)
        meta[element] = part10[start : start + length].rstrip(b"\0 ").decode("latin-1")
        position = start + length
    return Outgoing(meta.get(2, ""), meta.get(3, ""), meta.get(0x10, IMPLICIT_LITTLE), part10[position:])


@dataclass(frozen=True)
class Response:
    status: int
    comment: str


class Sender:
    """One association as requestor; a context manager that releases."""

    def __init__(
        self, port: int, *, called: str, calling: str, offers: Iterable[tuple[str, str]], seconds: float = 30
    ) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._message_id = 0
        self._offers = {offer: 2 * n + 1 for n, offer in enumerate(dict.fromkeys(offers))}
        try:
            self.socket.sendall(self._request(called, calling))
            self.accepted = self._accepted()
        except BaseException:
            self.socket.close()
            raise

    def _request(self, called: str, calling: str) -> bytes:
        primitive = A_ASSOCIATE()
        primitive.application_context_name = "1.2.840.10008.3.1.1.1"
        primitive.calling_ae_title, primitive.called_ae_title = calling, called
        maximum, identity = MaximumLengthNotification(), ImplementationClassUIDNotification()
        maximum.maximum_length_received = _MAX_PDU
        identity.implementation_class_uid = "2.25.1"
        primitive.user_information.extend([maximum, identity])
        primitive.presentation_context_definition_list = [
            self._context(number, *offer) for offer, number in self._offers.items()
        ]
        pdu = A_ASSOCIATE_RQ()
        pdu.from_primitive(primitive)
        return bytes(pdu.encode())

    @staticmethod
    def _context(number: int, abstract_syntax: str, transfer_syntax: str) -> PresentationContext:
        context = PresentationContext()
        context.context_id, context.abstract_syntax = number, abstract_syntax
        context.add_transfer_syntax(transfer_syntax)
        return context

    def _accepted(self) -> dict[int, int]:
        kind, body = self.read_pdu()
        if kind == 0x03:
            raise AssociationRejected((body[1], body[2], body[3]))
        if kind != 0x02:
            raise ConnectionError(f"PDU {kind} instead of an answer to the association request")
        pdu = A_ASSOCIATE_AC()
        pdu.decode(struct.pack(">BxL", kind, len(body)) + body)
        primitive = pdu.to_primitive()
        theirs = primitive.maximum_length_received or _MAX_PDU  # 0: any length
        self._step = min(theirs, _MAX_PDU) - 6
        results = primitive.presentation_context_definition_results_list
        return {context.context_id or 0: context.result or 0 for context in results}

    def read_pdu(self) -> tuple[int, bytes]:
        kind, length = struct.unpack(">BxL", self._read(6))
        return kind, self._read(length)

    def _read(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError("closed by the server")
            data += more
        return bytes(data)

    def echo(self) -> Response:
        return self.exchange(self.echo_request())

    def echo_request(self) -> bytes:
        self._message_id += 1
        return self._pdv(self._context_of(VERIFICATION, IMPLICIT_LITTLE), 3, self._command(0x30))

    def store(self, item: Outgoing) -> Response:
        return self.exchange(self.store_request(item))

    def store_request(self, item: Outgoing) -> bytes:
        """All PDUs of a C-STORE-RQ."""
        self._message_id += 1
        context = self._context_of(item.sop_class_uid, item.transfer_syntax)
        step = self._step
        pdus = [self._pdv(context, 3, self._command(0x01, item))]
        for at in range(0, max(len(item.data), 1), step):
            last = at + step >= len(item.data)
            pdus.append(self._pdv(context, 2 if last else 0, item.data[at : at + step]))
        return b"".join(pdus)

    def begin_store(self, item: Outgoing) -> None:
        """The command and the first bytes of a data set that does not fit into memory; `send_data` sends the others."""
        self._message_id += 1
        context = self._context_of(item.sop_class_uid, item.transfer_syntax)
        self.socket.sendall(self._pdv(context, 3, self._command(0x01, item)))
        self.send_data(item, item.data, last=False)

    def send_data(self, item: Outgoing, data: bytes, *, last: bool) -> None:
        """More of its bytes."""
        context = self._context_of(item.sop_class_uid, item.transfer_syntax)
        for at in range(0, len(data), self._step):
            ends = last and at + self._step >= len(data)
            self.socket.sendall(self._pdv(context, 2 if ends else 0, data[at : at + self._step]))

    def _context_of(self, abstract_syntax: str, transfer_syntax: str) -> int:
        return self._offers[abstract_syntax, transfer_syntax]

    @staticmethod
    def _pdv(context: int, control: int, data: bytes) -> bytes:
        return struct.pack(">BxLLBB", 4, len(data) + 6, len(data) + 2, context, control) + data

    def _command(self, field: int, item: Outgoing | None = None) -> bytes:
        number = struct.pack("<H", self._message_id)
        elements = [
            (0x0002, _padded(item.sop_class_uid if item else VERIFICATION)),
            (0x0100, struct.pack("<H", field)),
            (0x0110, number),
            (0x0700, b"\0\0"),
            (0x0800, b"\x02\x00" if item else b"\x01\x01"),
            (0x1000, _padded(item.sop_instance_uid) if item else b""),
        ]
        body = b"".join(_ELEMENT.pack(0, tag, len(value)) + value for tag, value in elements if value)
        return _ELEMENT.pack(0, 0, 4) + struct.pack("<L", len(body)) + body

    def exchange(self, request: bytes) -> Response:
        """Sends what `store_request` or `echo_request` made; the answer."""
        self.socket.sendall(request)
        return self.response()

    def response(self) -> Response:
        kind, body = self.read_pdu()
        if kind != 0x04:
            raise ConnectionError(f"PDU {kind} instead of a response")
        found: dict[int, bytes] = {}
        position = 6
        while position < len(body):
            _, tag, length = _ELEMENT.unpack_from(body, position)
            position += _ELEMENT.size
            found[tag] = body[position : position + length]
            position += length
        return Response(
            int.from_bytes(found[0x0900], "little"), found.get(0x0902, b"").decode("ascii").strip()
        )

    def release(self) -> None:
        self.socket.sendall(struct.pack(">BxL4x", 5, 4))
        kind, _ = self.read_pdu()
        if kind != 0x06:
            raise ConnectionError(f"PDU {kind} instead of a release")
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.release()
        self.socket.close()


def _padded(uid: str) -> bytes:
    value = uid.encode("latin-1")
    return value + b"\0" * (len(value) % 2)
