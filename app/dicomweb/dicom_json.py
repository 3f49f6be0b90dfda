"""A data set as DICOM JSON (PS3.18 annex F), from the walked elements: values are decoded, never interpreted.

Long binary values become a BulkDataURI whose path is the way through the sequences: `00091010` or
`00540016/0/00181072`.
"""

import base64
import math
import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from app.archive import charset
from app.archive.dicom_json import person_name
from app.archive.elements import Element
from app.archive.header import CHARACTER_SET, TEXT_VRS, Header

Json: TypeAlias = dict[str, Any]
BulkAddress: TypeAlias = Callable[[str], str]

INLINE_LIMIT = 1024
_BINARY = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"UN"})
_NUMBERS = {
    b"FD": "d", b"FL": "f", b"SL": "i", b"SS": "h", b"SV": "q", b"UL": "I", b"US": "H", b"UV": "Q",
}  # fmt: skip
_ONE_TEXT = frozenset({b"LT", b"ST", b"UR", b"UT"})  # may contain a backslash, PS3.5 table 6.2-1
_TEXT = frozenset({b"AE", b"AS", b"CS", b"DA", b"DT", b"LO", b"SH", b"TM", b"UC", b"UI"}) | _ONE_TEXT
_READ = _TEXT | TEXT_VRS | _NUMBERS.keys() | {b"AT", b"DS", b"IS"}
_REPEATED = 128  # bytes
_PIXEL_REPRESENTATION = 0x00280103
_UTF8 = "ISO_IR 192"


@lru_cache(maxsize=8192)
def key(tag: int) -> str:
    """The name of an attribute: eight hexadecimal digits in upper case."""
    return f"{tag:08X}"


def attribute(vr: str, *values: Any) -> Json:
    """One attribute with its values; when all are empty it has none, else an empty one is null (F.2.5)."""
    kept = [None if value == "" else value for value in values]
    return {"vr": vr, "Value": kept} if any(value is not None for value in kept) else {"vr": vr}


def data_set(header: Header, address: BulkAddress, path: str = "") -> Json:
    """All elements in ascending order, without group lengths; texts are UTF-8 and say so."""
    found: Json = {}
    signed = header.integer(_PIXEL_REPRESENTATION) == 1
    for tag, element in sorted(header.elements.items()):
        if tag & 0xFFFF == 0:
            continue
        name = key(tag)
        if tag == CHARACTER_SET:
            found[name] = attribute("CS", _UTF8)
            continue
        found[name] = _element(header, element, address, path + name, signed=signed)
    return found


def _element(header: Header, element: Element, address: BulkAddress, path: str, *, signed: bool) -> Json:
    if element.items is not None:
        items = [
            data_set(item, address, f"{path}/{number}/")
            for number, item in enumerate(header.items(element.tag))
        ]
        return {"vr": "SQ", "Value": items} if items else {"vr": "SQ"}
    vr = _pixel_vr(element, signed=signed)
    if vr not in _READ:
        return _binary(header, element, vr if vr in _BINARY else b"UN", address, path)
    of_names = (header.labels, header.believed) if vr in TEXT_VRS else ((), "")
    read = _read_again if element.length <= _REPEATED else _read
    return read(vr, header.value(element), *of_names, header.big_endian)


def _read(vr: bytes, raw: bytes, labels: tuple[str, ...], believed: str, big_endian: bool) -> Json:
    return attribute(vr.decode(), *_values(vr, raw, labels, believed, big_endian=big_endian))


# The images of a series say nearly all the same: what was read once is not read again. Nobody changes it.
_read_again = lru_cache(maxsize=8192)(_read)


def _pixel_vr(element: Element, *, signed: bool) -> bytes:
    """Implicit encodings cannot say whether a pixel value is US or SS; Pixel Representation does (PS3.5 annex A.1)."""
    return b"SS" if element.vr == b"US" and signed and element.tag in _PIXEL_VALUES else element.vr


_PIXEL_VALUES = frozenset(
    {0x00280106, 0x00280107, 0x00280108, 0x00280109, 0x00280110, 0x00280111, 0x00280120, 0x00280121}
)


def _binary(header: Header, element: Element, vr: bytes, address: BulkAddress, path: str) -> Json:
    if element.length > INLINE_LIMIT:
        return {"vr": vr.decode(), "BulkDataURI": address(path)}
    value = little_endian(header, element)
    return (
        {"vr": vr.decode(), "InlineBinary": base64.b64encode(value).decode()}
        if value
        else {"vr": vr.decode()}
    )


_WORD_LENGTH = {b"OW": 2, b"OF": 4, b"OL": 4, b"OD": 8, b"OV": 8}


def little_endian(header: Header, element: Element) -> bytes:
    """A binary value in little endian order, as PS3.18 F.2.7 wants it."""
    value = header.value(element)
    word = _WORD_LENGTH.get(element.vr, 1)
    if not header.big_endian or word == 1:
        return value
    return b"".join(value[at : at + word][::-1] for at in range(0, len(value), word))


def _values(vr: bytes, raw: bytes, labels: tuple[str, ...], believed: str, *, big_endian: bool) -> list[Any]:
    if not raw:
        return []
    if vr in _NUMBERS:
        return _numbers(raw, _NUMBERS[vr], big_endian=big_endian)
    if vr == b"AT":
        order = ">" if big_endian else "<"
        return [f"{g:04X}{e:04X}" for g, e in struct.iter_unpack(order + "HH", raw[: len(raw) // 4 * 4])]
    if vr in TEXT_VRS:
        text = charset.decode(raw, labels, believed, name=vr == b"PN")[0]
    else:
        text = raw.decode("ascii", "replace")
    text = charset.printable(text)
    if vr in _ONE_TEXT:
        return [text.rstrip(" ")]
    return [_value(piece, vr) for piece in text.split("\\")]


def _value(text: str, vr: bytes) -> Any:
    text = text.strip(" ")
    if not text:
        return None  # an empty value between others is null, F.2.5
    if vr == b"PN":
        return person_name(text)
    if vr in {b"DS", b"IS"}:
        return _number(text)
    return text


def _number(text: str) -> Any:
    """A JSON number; what is no number stays the text that was sent, which F.2.3.1 allows."""
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _numbers(raw: bytes, kind: str, *, big_endian: bool) -> list[Any]:
    size = struct.calcsize("=" + kind)
    order = ">" if big_endian else "<"
    values = struct.unpack(f"{order}{len(raw) // size}{kind}", raw[: len(raw) // size * size])
    return [value if math.isfinite(value) else None for value in values]
