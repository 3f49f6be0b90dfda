"""Data sets of messages: identifiers and reports, a few hundred elements without pixels.

Read by the archive's own walker, because text of any machine is decoded there. Written from the DICOM JSON model,
always in UTF-8 (ISO_IR 192) and with defined lengths.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from app.archive.elements import Walker
from app.archive.header import TEXT_VRS, Header
from app.base.errors import HoichanError, Invalid
from app.dimse.contexts import IMPLICIT_LITTLE

SPECIFIC_CHARACTER_SET = "00080005"
UTF_8 = {"vr": "CS", "Value": ["ISO_IR 192"]}
_LONG = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
_NUMBERS = {"FD": "<d", "FL": "<f", "SL": "<i", "SS": "<h", "SV": "<q", "UL": "<I", "US": "<H", "UV": "<Q"}
_MOST_SHORT = 0xFFFE  # bytes of a value whose length takes two
_NAME_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_ITEM = struct.pack("<HH", 0xFFFE, 0xE000)
DataSet: TypeAlias = "dict[str, Value]"  # by tag, eight hexadecimal digits
Json: TypeAlias = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Value:
    """One element as it was asked or answered: its values joined by backslashes, or its items."""

    vr: str
    text: str
    items: "tuple[DataSet, ...] | None" = None

    @property
    def values(self) -> list[str]:
        return [one for one in self.text.split("\\") if one]


def read_data_set(data: bytes, transfer_syntax: str) -> DataSet:
    """All elements but group lengths. Raises Invalid when the bytes do not follow the transfer syntax."""
    walker = Walker(data, implicit=transfer_syntax == IMPLICIT_LITTLE)
    try:
        elements, _end = walker.top_level(0)
    except HoichanError as error:
        raise Invalid("bad_identifier", "The data set of the message cannot be read.") from error
    return _values(Header(data, elements))


def _values(header: Header) -> DataSet:
    found: DataSet = {}
    for tag, element in header.elements.items():
        if not tag & 0xFFFF:
            continue
        vr = element.vr.decode("ascii", "replace")
        if element.items is not None:
            items = tuple(_values(item) for item in header.items(tag))
            found[f"{tag:08X}"] = Value("SQ", "", items)
        elif element.vr in TEXT_VRS:
            found[f"{tag:08X}"] = Value(vr, header.text(tag))
        elif vr in _NUMBERS:
            found[f"{tag:08X}"] = Value(vr, "\\".join(f"{number:.15g}" for number in header.numbers(tag)))
        else:
            found[f"{tag:08X}"] = Value(vr, "\\".join(header.codes(tag)))
    return found


def as_json(data_set: DataSet) -> dict[str, dict[str, Any]]:
    """In the DICOM JSON model (PS3.18 annex F)."""
    return {tag: _json_of(value) for tag, value in data_set.items()}


def _json_of(value: Value) -> dict[str, Any]:
    if value.items is not None:
        values: list[Any] = [as_json(item) for item in value.items]
    elif value.vr == "PN":
        groups = (one.split("=") for one in value.values)
        values = [
            {name: group for name, group in zip(_NAME_GROUPS, parts, strict=False) if group}
            for parts in groups
        ]
    elif value.vr == "IS" or value.vr in _NUMBERS:
        values = [int(one) if one.lstrip("+-").isdecimal() else one for one in value.values]
    else:
        values = list(value.values)
    return {"vr": value.vr, "Value": values} if values else {"vr": value.vr}


def write_data_set(attributes: Json, transfer_syntax: str) -> bytes:
    """Encoded in Implicit or Explicit VR Little Endian, in the order of tags."""
    implicit = transfer_syntax == IMPLICIT_LITTLE
    return b"".join(
        [
            _element(tag, attributes[tag], implicit=implicit) for tag in sorted(attributes)
        ]  # a list joins faster
    )


def _element(tag: str, attribute: Mapping[str, Any], *, implicit: bool) -> bytes:
    vr = attribute["vr"]
    values = attribute.get("Value")
    value = encoded_value(vr, values, implicit=implicit) if values else b""
    if len(value) > _MOST_SHORT and vr not in _LONG:
        vr = "UN"  # the only way to say more than two bytes of length can count (PS3.5 6.2.2)
    head, long = _head(tag, vr, implicit=implicit)
    return head + (struct.pack("<L", len(value)) if long else struct.pack("<H", len(value))) + value


@lru_cache(maxsize=4096)
def _head(tag: str, vr: str, *, implicit: bool) -> tuple[bytes, bool]:
    """What stands before the length, and whether the length takes four bytes."""
    number = int(tag, 16)
    head = struct.pack("<HH", number >> 16, number & 0xFFFF)
    if implicit:
        return head, True
    return head + vr.encode() + (b"\0\0" if vr in _LONG else b""), vr in _LONG


def encoded_value(vr: str, values: Sequence[Any], *, implicit: bool) -> bytes:
    """The values of one element, padded to an even length."""
    if vr == "SQ":
        items = [write_data_set(item, IMPLICIT_LITTLE if implicit else "") for item in values]
        return b"".join(_ITEM + struct.pack("<L", len(item)) + item for item in items)
    if vr in _NUMBERS:
        return b"".join(struct.pack(_NUMBERS[vr], value) for value in values)
    texts = [_name(value) if vr == "PN" else str(value) for value in values]
    value = (texts[0] if len(texts) == 1 else "\\".join(texts)).encode()
    if len(value) % 2:
        value += b"\0" if vr == "UI" else b" "
    return value


def _name(value: Any) -> str:
    groups = [value.get(name, "") for name in _NAME_GROUPS]
    return "=".join(groups).rstrip("=")
