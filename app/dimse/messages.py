"""DIMSE command sets (PS3.7 section 6.3 and annex E): always Implicit VR Little Endian, a dozen elements."""

import struct
from dataclasses import dataclass
from enum import IntEnum

from app.dimse.upper_layer import AbortReason, ProtocolFault

MAX_COMMAND = 65_536
NO_DATA_SET = 0x0101
RESPONSE = 0x8000
_ELEMENT = struct.Struct("<HHL")
_ERROR_COMMENT_LENGTH = 64  # VR LO

_AFFECTED_SOP_CLASS_UID = 0x0002
_COMMAND_FIELD = 0x0100
_MESSAGE_ID = 0x0110
_RESPONDED_TO = 0x0120
_DATA_SET_TYPE = 0x0800
_STATUS = 0x0900
_ERROR_COMMENT = 0x0902
_AFFECTED_SOP_INSTANCE_UID = 0x1000


class CommandField(IntEnum):
    """PS3.7 annex E.1, those we know by name."""

    C_STORE_RQ = 0x0001
    C_ECHO_RQ = 0x0030
    C_CANCEL_RQ = 0x0FFF


@dataclass(frozen=True)
class Command:
    """A request's command set."""

    field: int
    message_id: int
    has_data_set: bool
    sop_class_uid: str
    sop_instance_uid: str


@dataclass(frozen=True)
class Answer:
    """A status (PS3.7 annex C) and, when it is a failure, a sentence that says why."""

    status: int
    comment: str = ""


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
        sop_class_uid=_uid(found, _AFFECTED_SOP_CLASS_UID),
        sop_instance_uid=_uid(found, _AFFECTED_SOP_INSTANCE_UID),
    )


def _number(found: dict[int, bytes], element: int) -> int:
    value = found.get(element, b"")
    if len(value) != 2:
        raise ProtocolFault(AbortReason.INVALID_PARAMETER, f"(0000,{element:04X}) is missing or not a US")
    return int.from_bytes(value, "little")


def _uid(found: dict[int, bytes], element: int) -> str:
    return found.get(element, b"").rstrip(b"\0 ").decode("ascii", "replace")


def write_response(command: Command, answer: Answer) -> bytes:
    """The response's command set; what the peer sent is repeated only as far as it is a UID."""
    elements = [
        (_AFFECTED_SOP_CLASS_UID, _padded(command.sop_class_uid)),
        (_COMMAND_FIELD, _us(command.field | RESPONSE)),
        (_RESPONDED_TO, _us(command.message_id)),
        (_DATA_SET_TYPE, _us(NO_DATA_SET)),
        (_STATUS, _us(answer.status)),
        (_ERROR_COMMENT, _comment(answer.comment)),
        (_AFFECTED_SOP_INSTANCE_UID, _padded(command.sop_instance_uid)),
    ]
    body = b"".join(_ELEMENT.pack(0, tag, len(value)) + value for tag, value in elements if value)
    return _ELEMENT.pack(0, 0, 4) + struct.pack("<L", len(body)) + body


def _us(value: int) -> bytes:
    return value.to_bytes(2, "little")


def _padded(uid: str) -> bytes:
    value = uid.encode("ascii", "replace")[:64]
    return value + b"\0" * (len(value) % 2)


def _comment(text: str) -> bytes:
    """ASCII of at most 64 characters: a command set has no character set of its own. Of a longer text the
    first sentences that fit, or else the first words.
    """
    plain = " ".join("".join(c if 0x20 <= ord(c) < 0x7F and c != "\\" else "?" for c in text).split())
    if len(plain) > _ERROR_COMMENT_LENGTH:
        cut = plain[: _ERROR_COMMENT_LENGTH + 1]
        plain = cut.rpartition(". ")[0] + "." if ". " in cut else cut.rpartition(" ")[0]
    value = plain.encode()
    return value + b" " * (len(value) % 2)
