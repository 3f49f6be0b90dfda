"""Messages both ways on an established association, for whoever holds it: a service at work, or a client of ours."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.dimse.messages import MAX_COMMAND, Command, CommandField, read_command
from app.dimse.upper_layer import (
    MAX_PDU,
    AbortReason,
    ConnectionLost,
    PduType,
    ProtocolFault,
    Wire,
    command_pdus,
    data_set_pdus,
    data_values,
)

MAX_DATA = 64 << 20  # of a message that is held whole: a commitment of some hundred thousand images


class Released(ConnectionLost):
    """The peer asked to release where an answer was expected."""


@dataclass(frozen=True)
class Message:
    """A command and its whole data set."""

    context_id: int
    command: Command
    data: bytes


class Channel:
    """Used by one thread. Every method raises ConnectionLost or ProtocolFault when the association cannot go on."""

    def __init__(self, wire: Wire, *, max_length: int, seconds: float) -> None:
        self.wire = wire
        self.max_length = max_length  # the peer's; 0: any length
        self.seconds = seconds  # how long a PDU may take
        self._incoming = self._fragments()

    def send(self, context_id: int, command: bytes, data: bytes = b"") -> None:
        """A whole message, in one write."""
        pdus = command_pdus(context_id, command, self.max_length)
        if data:
            pdus += data_set_pdus(context_id, data, self.max_length)
        self.wire.send(pdus)

    def _fragments(self) -> Iterator[tuple[int, int, memoryview]]:
        while True:
            pdu_type, field = self.wire.read(limit=MAX_PDU, seconds=self.seconds)
            if pdu_type == PduType.P_DATA_TF:
                yield from data_values(field)
            elif pdu_type == PduType.A_RELEASE_RQ:
                raise Released("released by the peer in the middle")
            elif pdu_type == PduType.A_ABORT:
                raise ConnectionLost("aborted by the peer")
            else:
                raise ProtocolFault(AbortReason.UNEXPECTED_PDU, f"PDU type {pdu_type} between messages")

    def receive_command(self) -> tuple[int, Command]:
        """The next message's context and command; its data set, if it has one, is read by `data`."""
        collected = bytearray()
        while True:
            context_id, control, fragment = next(self._incoming)
            if not control & 1:
                raise ProtocolFault(AbortReason.UNEXPECTED_PARAMETER, "a data set without its command")
            collected += fragment
            if len(collected) > MAX_COMMAND:
                raise ProtocolFault(AbortReason.INVALID_PARAMETER, "a command set without end")
            if control & 2:
                return context_id, read_command(bytes(collected))

    def data(self) -> Iterator[memoryview]:
        """The data set's fragments as they come, each valid until the next."""
        while True:
            _context_id, control, fragment = next(self._incoming)
            if control & 1:
                raise ProtocolFault(AbortReason.UNEXPECTED_PARAMETER, "a command inside a data set")
            yield fragment
            if control & 2:
                return

    def receive(self) -> Message:
        """The next message, whole."""
        context_id, command = self.receive_command()
        collected = bytearray()
        if command.has_data_set:
            for fragment in self.data():
                collected += fragment
                if len(collected) > MAX_DATA:
                    raise ProtocolFault(AbortReason.INVALID_PARAMETER, "a data set without end")
        return Message(context_id, command, bytes(collected))

    def cancelled(self, message_id: int) -> bool:
        """Whether a C-CANCEL of this operation has come; reads what waits, never waits itself."""
        while self.wire.waiting():
            message = self.receive()
            if message.command.field != CommandField.C_CANCEL_RQ:
                raise ProtocolFault(AbortReason.UNEXPECTED_PARAMETER, "a request inside another one")
            if message.command.message_id == message_id:
                return True
        return False
