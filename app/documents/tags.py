"""Every attribute of an object as a tree for people: bounded, values as text, long ones cut and said to be."""

import re
import struct
import unicodedata
from collections.abc import Sequence
from typing import Any

from pydicom import config
from pydicom.datadict import keyword_for_tag
from pydicom.uid import UID

from app.archive import charset
from app.archive.elements import Dataset, Element
from app.archive.header import TEXT_VRS, Header
from app.archive.rewriting import ATTRIBUTES

MOST_ROWS = 5_000
LONGEST_VALUE = 1_024
MOST_NUMBERS = 64
_MOST_WORDS = 8
_NUMBERS = {
    b"FD": "d", b"FL": "f", b"OD": "d", b"OF": "f", b"OL": "I", b"OV": "Q", b"OW": "H", b"SL": "i", b"SS": "h",
    b"SV": "q", b"UL": "I", b"US": "H", b"UV": "Q",
}  # fmt: skip
_BYTES = frozenset({b"OB", b"UN"})
_CORRECTABLE = {tag: name for name, (tag, _) in ATTRIBUTES.items()}
_CREATOR = range(0x10, 0x100)


class _Rows:
    def __init__(self, corrected: frozenset[str], words: Sequence[str]) -> None:
        self.found: list[dict[str, Any]] = []
        self.corrected = corrected
        self.words = words
        self.cut = False
        self._above: list[tuple[dict[str, Any], list[bool]]] = []  # the way to here, and what of it is listed

    def is_full(self) -> bool:
        """Nothing more is listed."""
        if len(self.found) >= MOST_ROWS:
            self.cut = True
        return self.cut

    def take(self, row: dict[str, Any]) -> None:
        """Lists it; of a search what is found, each under the sequences that lead to it."""
        if not self.words:
            self.found.append(row)
            return
        while self._above and self._above[-1][0]["depth"] >= row["depth"]:
            self._above.pop()
        hit = "tag" in row and all(word in _said(row) for word in self.words)
        if hit:
            for one, listed in self._above:
                if not listed[0]:
                    self.found.append(one)
                    listed[0] = True
            self.found.append(row)
        self._above.append((row, [hit]))


def tags_of(header: Header, corrected: frozenset[str] = frozenset(), search: str = "") -> dict[str, Any]:
    """`rows` in order, `depth` says how deep in sequences; `total`: attributes there are. At most MOST_ROWS are listed,
    else `cut`; `search` looks through all for its words. `corrected`: names of rewriting.ATTRIBUTES that a person
    changed here, whose rows are marked.
    """
    rows = _Rows(corrected, _plain(search).split()[:_MOST_WORDS])
    _add(header, rows, 0)
    return {"rows": rows.found, "cut": rows.cut, "total": _counted(header.elements)}


def _counted(elements: Dataset) -> int:
    return sum(1 + sum(_counted(item) for item in one.items or ()) for one in elements.values())


def _plain(text: str) -> str:
    """Small letters without accents, so that "nguyen" finds "NGUYỄN"."""
    bare = (letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    return "".join(bare).lower().replace("đ", "d")


def _said(row: dict[str, Any]) -> str:
    keyword = row["keyword"]
    spaced = re.sub(r"([a-z])([A-Z])", r"\1 \2", keyword)
    told = (row["tag"], row["tag"].replace(",", ""), keyword, spaced, row["vr"])
    return _plain("\n".join((*told, row.get("value", ""), row.get("private", ""))))


def _add(header: Header, rows: _Rows, depth: int) -> None:
    creators = {
        tag: header.text(tag, 64) for tag in header.elements if tag >> 16 & 1 and tag & 0xFFFF in _CREATOR
    }
    for tag, element in sorted(header.elements.items()):
        if rows.is_full():
            return
        rows.take(_row(header, element, creators, rows, depth))
        for number, item in enumerate(header.items(tag), 1):
            if rows.is_full():
                return
            rows.take({"depth": depth + 1, "item": number})
            _add(item, rows, depth + 2)


def _row(
    header: Header, element: Element, creators: dict[int, str], rows: _Rows, depth: int
) -> dict[str, Any]:
    tag = element.tag
    row: dict[str, Any] = {
        "depth": depth,
        "tag": f"{tag >> 16:04X},{tag & 0xFFFF:04X}",
        "vr": element.vr.decode("ascii", "replace"),
        "keyword": keyword_for_tag(tag),
    }
    if tag >> 16 & 1:
        row["private"] = creators.get(tag & 0xFFFF0000 | tag >> 8 & 0xFF, "")
    if depth == 0 and _CORRECTABLE.get(tag) in rows.corrected:
        row["corrected"] = True
    if element.items is not None:
        return row | {"items": len(element.items)}
    value, is_cut = _value(header, element)
    row["value"] = value
    if is_cut:
        row["cut"] = element.length
    return row


def _value(header: Header, element: Element) -> tuple[str, bool]:
    """Text of the value, and whether there is more of it."""
    if not element.length:
        return "", False
    if element.vr in _BYTES:
        head = bytes(header.source[element.start : element.start + min(element.length, 32)])
        return _bytes_text(head, element.length), element.length > len(head)
    if element.vr in _NUMBERS:
        return _numbers_text(header, element)
    if element.vr == b"AT":
        raw = header.value(element)
        order = ">" if header.big_endian else "<"
        pairs = struct.iter_unpack(order + "HH", raw[: len(raw) // 4 * 4])
        return "\\".join(f"({group:04X},{number:04X})" for group, number in pairs), False
    text = _text(header, element)
    if element.vr == b"UI" and (name := UID(text, validation_mode=config.IGNORE).name) != text:
        text = f"{text} ({name})"
    return text[:LONGEST_VALUE], len(text) > LONGEST_VALUE


def _text(header: Header, element: Element) -> str:
    raw = header.value(element)
    if element.vr in TEXT_VRS:
        return charset.printable(
            charset.decode(raw, header.labels, header.believed, name=element.vr == b"PN")[0], lines=True
        ).strip()
    return charset.printable(raw.decode("ascii", "replace")).strip(" ")


def _numbers_text(header: Header, element: Element) -> tuple[str, bool]:
    kind = _NUMBERS[element.vr]
    size = struct.calcsize("=" + kind)
    count = min(element.length // size, MOST_NUMBERS)
    raw = bytes(header.source[element.start : element.start + count * size])
    numbers = struct.unpack(f"{'>' if header.big_endian else '<'}{count}{kind}", raw)
    text = "\\".join(f"{number:.9g}" if isinstance(number, float) else str(number) for number in numbers)
    return text, element.length // size > count


def _bytes_text(head: bytes, length: int) -> str:
    """Private text often comes as UN; what is plain ASCII is shown as such."""
    plain = head.rstrip(b"\0 ")
    if plain and all(32 <= byte < 127 for byte in plain) and length <= len(head):
        return plain.decode("ascii")
    return head.hex(" ")
