"""DIMSE command sets (PS3.7 section 6.3 and annex E): always Implicit VR Little Endian, a dozen elements."""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from enum import IntEnum

from app.archive.failures import comment
from app.dimse.upper_layer import AbortReason, ProtocolFault

MAX_COMMAND = 65_536
NO_DATA_SET = 0x0101
RESPONSE = 0x8000
_ELEMENT = struct.Struct("<HHL")

_AFFECTED_SOP_CLASS_UID = 0x0002
_REQUESTED_SOP_CLASS_UID = 0x0003
_COMMAND_FIELD = 0x0100
_MESSAGE_ID = 0x0110
_RESPONDED_TO = 0x0120
_MOVE_DESTINATION = 0x0600
_PRIORITY = 0x0700
_DATA_SET_TYPE = 0x0800
_STATUS = 0x0900
_OFFENDING_ELEMENT = 0x0901
_ERROR_COMMENT = 0x0902
_AFFECTED_SOP_INSTANCE_UID = 0x1000
_REQUESTED_SOP_INSTANCE_UID = 0x1001
_EVENT_TYPE_ID = 0x1002
_ACTION_TYPE_ID = 0x1008
_SUB_OPERATIONS = (0x1020, 0x1021, 0x1022, 0x1023)
_MOVE_ORIGINATOR = 0x1030
_MOVE_ORIGINATOR_MESSAGE_ID = 0x1031
_WITH_DATA_SET = 0x0001


class CommandField(IntEnum):
    """PS3.7 annex E.1, those we know by name."""

    C_STORE_RQ = 0x0001
    C_GET_RQ = 0x0010
    C_FIND_RQ = 0x0020
    C_MOVE_RQ = 0x0021
    C_ECHO_RQ = 0x0030
    N_EVENT_REPORT_RQ = 0x0100
    N_ACTION_RQ = 0x0130
    N_CREATE_RQ = 0x0140
    C_CANCEL_RQ = 0x0FFF


@dataclass(frozen=True)
class Counts:
    """Sub-operations of a C-GET or C-MOVE (PS3.4 C.4.2.1.6 and following); `remaining` None in a last answer."""

    remaining: int | None
    completed: int
    failed: int
    warning: int


@dataclass(frozen=True)
class Command:
    """A command set, of a request or (`status`) of a response."""

    field: int
    message_id: int
    has_data_set: bool
    sop_class_uid: str
    sop_instance_uid: str
    elements: Mapping[int, bytes] = made(default_factory=dict, repr=False)

    @property
    def status(self) -> int:
        """Of a response."""
        return _number(self.elements, _STATUS)

    @property
    def comment(self) -> str:
        """Of a response: why it failed, in the peer's words."""
        return self.elements.get(_ERROR_COMMENT, b"").decode("ascii", "replace").strip("\0 ")

    @property
    def move_destination(self) -> str:
        """Of a C-MOVE: the AE title to send to."""
        return self.elements.get(_MOVE_DESTINATION, b"").decode("ascii", "replace").strip("\0 ")

    @property
    def action_type(self) -> int:
        """Of an N-ACTION; 0 when it names none."""
        return int.from_bytes(self.elements.get(_ACTION_TYPE_ID, b"")[:2], "little")

    @property
    def counts(self) -> Counts:
        """Of a C-GET's or C-MOVE's response; what is missing counts as none."""
        remaining, completed, failed, warning = (
            int.from_bytes(self.elements.get(element, b""), "little") for element in _SUB_OPERATIONS
        )
        return Counts(remaining, completed, failed, warning)


@dataclass(frozen=True)
class Answer:
    """A status (PS3.7 annex C) and, when it is a failure, a sentence that says why and the attributes at fault."""

    status: int
    comment: str = ""
    offending: tuple[int, ...] = ()  # tags
    counts: Counts | None = None
    data_set: bytes = b""


def read_command(data: bytes) -> Command:
    """Raises ProtocolFault when it is no command set or lacks its field, id or data set type."""
    found: dict[int, bytes] = {}
    position = 0
    while position < len(data):
        if len(data) - position < _ELEMENT.size:
            raise ProtocolFault(AbortReason.INVALID_PARAMETER, "the command set is cut short")
        group, element, length = _ELEMENT.unpack_from(data, position)
        position += _ELEMENT.size
        if group != 0 or length > len(data) - position:
            raise ProtocolFault(AbortReason.INVALID_PARAMETER, "not a command set")
        found[element] = data[position : position + length]
        position += length
    field = _number(found, _COMMAND_FIELD)
    cancels = field == CommandField.C_CANCEL_RQ or field & RESPONSE  # these name the message they belong to
    return Command(
        field=field,
        message_id=_number(found, _RESPONDED_TO if cancels else _MESSAGE_ID),
        has_data_set=_number(found, _DATA_SET_TYPE) != NO_DATA_SET,
        sop_class_uid=_uid(found, _AFFECTED_SOP_CLASS_UID) or _uid(found, _REQUESTED_SOP_CLASS_UID),
        sop_instance_uid=_uid(found, _AFFECTED_SOP_INSTANCE_UID) or _uid(found, _REQUESTED_SOP_INSTANCE_UID),
        elements=found,
    )


def _number(found: Mapping[int, bytes], element: int) -> int:
    value = found.get(element, b"")
    if len(value) != 2:
        raise ProtocolFault(AbortReason.INVALID_PARAMETER, f"(0000,{element:04X}) is missing or not a US")
    return int.from_bytes(value, "little")


def _uid(found: Mapping[int, bytes], element: int) -> str:
    return found.get(element, b"").rstrip(b"\0 ").decode("ascii", "replace")


def write_response(command: Command, answer: Answer) -> bytes:
    """The response's command set; what the peer sent is repeated only as far as it is a UID."""
    elements = [
        (_AFFECTED_SOP_CLASS_UID, _padded(command.sop_class_uid)),
        (_COMMAND_FIELD, _us(command.field | RESPONSE)),
        (_RESPONDED_TO, _us(command.message_id)),
        (_DATA_SET_TYPE, _us(_WITH_DATA_SET if answer.data_set else NO_DATA_SET)),
        (_STATUS, _us(answer.status)),
        (
            _OFFENDING_ELEMENT,
            b"".join(struct.pack("<HH", tag >> 16, tag & 0xFFFF) for tag in answer.offending),
        ),
        (_ERROR_COMMENT, _comment(answer.comment)),
        (_AFFECTED_SOP_INSTANCE_UID, _padded(command.sop_instance_uid)),
        *_counted(answer.counts),
    ]
    return _command_set(elements)


def _counted(counts: Counts | None) -> list[tuple[int, bytes]]:
    if counts is None:
        return []
    numbers = (counts.remaining, counts.completed, counts.failed, counts.warning)
    return [
        (element, _us(min(number, 0xFFFF)))
        for element, number in zip(_SUB_OPERATIONS, numbers, strict=True)
        if number is not None
    ]


def _command_set(elements: Iterable[tuple[int, bytes]]) -> bytes:
    body = b"".join(_ELEMENT.pack(0, tag, len(value)) + value for tag, value in elements if value)
    return _ELEMENT.pack(0, 0, 4) + struct.pack("<L", len(body)) + body


def write_request(
    field: CommandField,
    message_id: int,
    *,
    sop_class_uid: str,
    sop_instance_uid: str = "",
    data_set: bool = True,
    destination: str = "",
    event_type: int | None = None,
) -> bytes:
    """The command set of a request of ours."""
    of_composite = field < CommandField.N_EVENT_REPORT_RQ and field != CommandField.C_ECHO_RQ
    elements = [
        (_AFFECTED_SOP_CLASS_UID, _padded(sop_class_uid)),
        (_COMMAND_FIELD, _us(field)),
        (_MESSAGE_ID, _us(message_id)),
        (_MOVE_DESTINATION, _title(destination)),
        (_PRIORITY, _us(0) if of_composite else b""),
        (_DATA_SET_TYPE, _us(_WITH_DATA_SET if data_set else NO_DATA_SET)),
        (_AFFECTED_SOP_INSTANCE_UID, _padded(sop_instance_uid)),
        (_EVENT_TYPE_ID, b"" if event_type is None else _us(event_type)),
    ]
    return _command_set(elements)


def write_store(
    message_id: int, sop_class_uid: str, sop_instance_uid: str, originator: tuple[str, int] | None
) -> bytes:
    """C-STORE-RQ; `originator`: who asked for it by C-MOVE, and the number of that message."""
    elements = [
        (_AFFECTED_SOP_CLASS_UID, _padded(sop_class_uid)),
        (_COMMAND_FIELD, _us(CommandField.C_STORE_RQ)),
        (_MESSAGE_ID, _us(message_id)),
        (_PRIORITY, _us(0)),
        (_DATA_SET_TYPE, _us(_WITH_DATA_SET)),
        (_AFFECTED_SOP_INSTANCE_UID, _padded(sop_instance_uid)),
    ]
    if originator is not None:
        elements += [
            (_MOVE_ORIGINATOR, _title(originator[0])),
            (_MOVE_ORIGINATOR_MESSAGE_ID, _us(originator[1])),
        ]
    return _command_set(elements)


def write_cancel(message_id: int) -> bytes:
    """C-CANCEL-RQ of a request of ours (PS3.7 9.3.2.3)."""
    return _command_set(
        [
            (_COMMAND_FIELD, _us(CommandField.C_CANCEL_RQ)),
            (_RESPONDED_TO, _us(message_id)),
            (_DATA_SET_TYPE, _us(NO_DATA_SET)),
        ]
    )


def _title(text: str) -> bytes:
    value = text.encode("ascii", "replace")[:16]
    return value + b" " * (len(value) % 2)


def _us(value: int) -> bytes:
    return value.to_bytes(2, "little")


def _padded(uid: str) -> bytes:
    value = uid.encode("ascii", "replace")[:64]
    return value + b"\0" * (len(value) % 2)


def _comment(text: str) -> bytes:
    """ASCII of at most 64 characters: a command set has no character set of its own."""
    plain = " ".join("".join(c if 0x20 <= ord(c) < 0x7F and c != "\\" else "?" for c in text).split())
    value = comment(plain).encode()
    return value + b" " * (len(value) % 2)
