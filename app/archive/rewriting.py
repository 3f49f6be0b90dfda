"""A data set with other values of some attributes, as it leaves the house. What is not spoken of keeps its bytes.

The result is a list of pieces: new bytes, and ranges of the old source, so that pixel data are never copied. What
stood there before is told in the Original Attributes Sequence (PS3.3 C.12.1.1.9).
"""

import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeAlias

from app.archive import charset, values
from app.archive.elements import Element, Source, Walker
from app.archive.header import CHARACTER_SET, TEXT_VRS, Header
from app.archive.references import SERIES, STUDY_UID, Referring, moved_references
from app.archive.uids import TransferSyntax

# Attributes that a correction may change: our name, tag and VR.
ATTRIBUTES: Mapping[str, tuple[int, bytes]] = {
    "instance.sop_instance_uid": (0x00080018, b"UI"),
    "patient.birth_date": (0x00100030, b"DA"),
    "patient.issuer_of_patient_id": (0x00100021, b"LO"),
    "patient.name": (0x00100010, b"PN"),
    "patient.patient_id": (0x00100020, b"LO"),
    "patient.sex": (0x00100040, b"CS"),
    "series.body_part": (0x00180015, b"CS"),
    "series.description": (0x0008103E, b"LO"),
    "series.laterality": (0x00200060, b"CS"),
    "series.series_instance_uid": (0x0020000E, b"UI"),
    "study.accession_number": (0x00080050, b"SH"),
    "study.description": (0x00081030, b"LO"),
    "study.patient_age": (0x00101010, b"AS"),
    "study.referring_physician_name": (0x00080090, b"PN"),
    "study.study_date": (0x00080020, b"DA"),
    "study.study_id": (0x00200010, b"SH"),
    "study.study_instance_uid": (0x0020000D, b"UI"),
    "study.study_time": (0x00080030, b"TM"),
}
MODIFYING_SYSTEM = "HOICHAN"
UTF_8 = "ISO_IR 192"
_ORIGINALS, _MODIFIED = 0x04000561, 0x04000550
_SHORT_VRS = frozenset(b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split())
_UNDEFINED = 0xFFFFFFFF
# Sets in which a text is encoded without escapes; in all others only ASCII is written.
_PLAIN_CODECS = ("GB18030", "GBK", "UTF8", "iso8859_", "iso_ir_1", "latin_1")

Piece: TypeAlias = "bytes | tuple[int, int]"
"""New bytes, or (offset, length) in the source."""


@dataclass(frozen=True)
class Wanted:
    """What the rows say: `values` by the names of ATTRIBUTES; since when, for the record of what stood there. `moved`:
    series that became another study's, as (old study's UID, series' UID, new study's UID), for references to them.
    """

    values: tuple[tuple[str, str], ...]
    at: datetime
    moved: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Rewritten:
    """`head`: all before the pixel data, `tail`: the range from them to the end (length 0 when there is nothing)."""

    head: list[Piece]
    tail: tuple[int, int]


def rewritten(
    source: Source, start: int, syntax: TransferSyntax, wanted: Wanted, charset: str = ""
) -> Rewritten:
    """The data set that begins at `start`. `source` is a checked file, of a deflated one its inflated form. `charset`
    is what was confirmed for its device; the header is read with it, or guessed, as when it arrived.
    """
    walker = Walker(source, implicit=syntax.implicit, big_endian=syntax.big_endian)
    elements, end = walker.top_level(start)
    tail = (end, len(source) - end)
    header = Header(source, elements, big_endian=syntax.big_endian)
    header.settle_charset(charset)
    changed = _changed(header, wanted)
    editor = _Editor(header, syntax, changed)
    moved = editor.writable(moved_references(header, wanted.moved))
    if not changed and not moved:
        return Rewritten([(start, end - start)], tail)
    return Rewritten(_spliced(editor, editor.replaced(changed, moved, wanted.at), start, end), tail)


def _changed(header: Header, wanted: Wanted) -> dict[int, tuple[bytes, str]]:
    """Tag to VR and value, of what the file says otherwise. It is compared as it was read when it arrived, so that a
    name whose encoding was repaired for display counts as the same.
    """
    read = (
        ("patient", asdict(values.patient_values(header))),
        ("study", asdict(values.study_values(header))),
        ("series", asdict(values.series_values(header))),
        ("instance", asdict(values.instance_values(header))),
    )
    said = {f"{level}.{name}": value for level, found in read for name, value in found.items()}
    return {
        ATTRIBUTES[name][0]: (ATTRIBUTES[name][1], _writable(ATTRIBUTES[name][1], value))
        for name, value in wanted.values
        if said[name] != value
    }


def _writable(vr: bytes, value: str) -> str:
    """A date of which only the year is known cannot be written as one (PS3.5 table 6.2-1)."""
    return "" if vr == b"DA" and len(value) != 8 else value


def _spliced(editor: "_Editor", replaced: dict[int, bytes], start: int, end: int) -> list[Piece]:
    """The new elements put in their places between what stays."""
    pieces: list[Piece] = []
    waiting = sorted(replaced)
    kept_from = start

    def keep_until(offset: int) -> None:
        if offset > kept_from:
            pieces.append((kept_from, offset - kept_from))

    for element in sorted(editor.header.elements.values(), key=lambda one: one.start):
        here = editor.head_of(element)
        is_group_length = element.tag & 0xFFFF == 0  # retired, and now wrong
        earlier = [tag for tag in waiting if tag < element.tag]
        if not (earlier or is_group_length or element.tag in waiting):
            continue
        keep_until(here)
        kept_from = here
        pieces.extend(replaced[tag] for tag in earlier)
        waiting = waiting[len(earlier) :]
        if element.tag in waiting:
            pieces.append(replaced[element.tag])
            waiting.remove(element.tag)
            kept_from = element.start + element.length
        elif is_group_length:
            kept_from = element.start + element.length
    keep_until(end)
    return [*pieces, *(replaced[tag] for tag in waiting)]


class _Editor:
    """Writes elements in the encoding of one data set."""

    def __init__(
        self, header: Header, syntax: TransferSyntax, changed: Mapping[int, tuple[bytes, str]]
    ) -> None:
        self.header = header
        self._implicit = syntax.implicit
        self._order = ">" if syntax.big_endian else "<"
        texts = [value for vr, value in changed.values() if vr in TEXT_VRS]
        self._codec = _codec_for(header.labels, texts)
        self._to_utf_8 = self._codec is None

    def head_of(self, element: Element) -> int:
        """Where the element itself begins."""
        return element.start - (8 if self._implicit or element.vr in _SHORT_VRS else 12)

    def writable(self, moved: Mapping[int, list[Referring]]) -> dict[int, list[Referring]]:
        """Without sequences sent as UN: their items are written in another way than what they would be put into."""
        return {tag: items for tag, items in moved.items() if not self._is_unknown(self.header.elements[tag])}

    def replaced(
        self, changed: Mapping[int, tuple[bytes, str]], moved: Mapping[int, list[Referring]], at: datetime
    ) -> dict[int, bytes]:
        """Tag to new element, of all that changes."""
        found = self._all_as_utf_8() if self._to_utf_8 else {}
        found |= {tag: self._referring(tag, items) for tag, items in moved.items()}
        found |= {tag: self._element(tag, vr, self._value(vr, text)) for tag, (vr, text) in changed.items()}
        vrs = {tag: vr for tag, (vr, _) in changed.items()} | dict.fromkeys(moved, b"SQ")
        found[_ORIGINALS] = self._originals(vrs, at)
        return found

    def _referring(self, tag: int, items: list[Referring]) -> bytes:
        """The sequence of references, its items under the studies in which their series are now."""
        return self._sequence(tag, [self._referring_item(one) for one in items])

    def _referring_item(self, one: Referring) -> bytes:
        raw = self._item_as_utf_8 if self._to_utf_8 else self._raw_item
        study = self._element(STUDY_UID, b"UI", self._value(b"UI", one.study_uid))
        series = self._sequence(SERIES, [raw(item) for item in one.series])
        parts = {tag: self._raw(element) for tag, element in one.item.elements.items()}
        parts |= {STUDY_UID: study, SERIES: series}
        return b"".join(parts[tag] for tag in sorted(parts))

    def _all_as_utf_8(self) -> dict[int, bytes]:
        """Every text that is not plain ASCII, and the label."""
        found = {CHARACTER_SET: self._element(CHARACTER_SET, b"CS", _padded(UTF_8.encode(), b" "))}
        for element in self.header.elements.values():
            if self._is_foreign(self.header, element):
                found[element.tag] = self._as_utf_8(self.header, element)
        return found

    def _is_foreign(self, header: Header, element: Element) -> bool:
        """Whether it holds text, itself or inside, that must be written anew."""
        if element.items is None:
            value = header.value(element) if element.vr in TEXT_VRS else b""
            return b"\x1b" in value or not value.isascii()
        if self._is_unknown(element):
            return False
        inside = [item for item in header.items(element.tag) if CHARACTER_SET not in item.elements]
        return any(self._is_foreign(item, one) for item in inside for one in item.elements.values())

    def _is_unknown(self, element: Element) -> bool:
        """A sequence sent as UN: it is encoded in its own way (PS3.5 6.2.2) and left alone."""
        return (
            not self._implicit and bytes(self.header.source[element.start - 8 : element.start - 6]) == b"UN"
        )

    def _as_utf_8(self, header: Header, element: Element) -> bytes:
        if element.items is not None:
            return self._sequence(
                element.tag, [self._item_as_utf_8(item) for item in header.items(element.tag)]
            )
        text, _ = charset.decode(
            header.value(element), header.labels, header.believed, name=element.vr == b"PN"
        )
        return self._element(element.tag, element.vr, _padded(text.rstrip("\0").encode(), b" "))

    def _item_as_utf_8(self, item: Header) -> bytes:
        own = CHARACTER_SET in item.elements
        return b"".join(
            self._as_utf_8(item, element)
            if not own and self._is_foreign(item, element)
            else self._raw(element)
            for element in item.elements.values()
        )

    def _raw(self, element: Element) -> bytes:
        return bytes(self.header.source[self.head_of(element) : element.start + element.length])

    def _originals(self, vrs: dict[int, bytes], at: datetime) -> bytes:
        """The sequence with one item more; what stood there keeps its bytes, under its own character set."""
        known = self.header.elements.get(_ORIGINALS)
        readable = known is not None and not self._is_unknown(known)
        earlier = self.header.items(_ORIGINALS) if readable else []
        items = [self._item_as_utf_8(item) if self._to_utf_8 else self._raw_item(item) for item in earlier]
        if self._to_utf_8:
            vrs = vrs | {CHARACTER_SET: b"CS"}
        before = b"".join(self._original(tag, vrs[tag]) for tag in sorted(vrs))
        told = (
            (0x04000562, b"DT", f"{at:%Y%m%d%H%M%S}+0000"),
            (0x04000563, b"LO", MODIFYING_SYSTEM),
            (0x04000564, b"LO", ""),
            (0x04000565, b"CS", "CORRECT"),
        )
        item = self._sequence(_MODIFIED, [before]) + b"".join(
            self._element(tag, vr, _padded(text.encode(), b" ")) for tag, vr, text in told
        )
        return self._sequence(_ORIGINALS, [*items, item])

    def _raw_item(self, item: Header) -> bytes:
        return b"".join(self._raw(element) for element in item.elements.values())

    def _original(self, tag: int, vr: bytes) -> bytes:
        element = self.header.elements.get(tag)
        return self._element(tag, vr, b"") if element is None else self._raw(element)

    def _value(self, vr: bytes, text: str) -> bytes:
        codec = self._codec or "utf-8"
        return _padded(text.encode(codec if vr in TEXT_VRS else "ascii"), b"\0" if vr == b"UI" else b" ")

    def _element(self, tag: int, vr: bytes, value: bytes) -> bytes:
        return self._head(tag, vr, len(value)) + value

    def _head(self, tag: int, vr: bytes, length: int) -> bytes:
        group, element = tag >> 16, tag & 0xFFFF
        if self._implicit:
            return struct.pack(self._order + "HHI", group, element, length)
        if vr in _SHORT_VRS:
            return struct.pack(self._order + "HH2sH", group, element, vr, length)
        return struct.pack(self._order + "HH2sHI", group, element, vr, 0, length)

    def _sequence(self, tag: int, items: list[bytes]) -> bytes:
        mark = struct.Struct(self._order + "HHI")
        inside = b"".join(
            mark.pack(0xFFFE, 0xE000, _UNDEFINED) + item + mark.pack(0xFFFE, 0xE00D, 0) for item in items
        )
        return self._head(tag, b"SQ", _UNDEFINED) + inside + mark.pack(0xFFFE, 0xE0DD, 0)


def _padded(value: bytes, filler: bytes) -> bytes:
    return value + filler * (len(value) % 2)


def _codec_for(labels: tuple[str, ...], texts: list[str]) -> str | None:
    """What the data set's own character set writes these texts with; None when it cannot."""
    declared = charset.encodings(labels)[0]
    codec = declared if declared.startswith(_PLAIN_CODECS) else "ascii"
    try:
        for text in texts:
            text.encode(codec)
    except UnicodeEncodeError:
        return None
    return codec
