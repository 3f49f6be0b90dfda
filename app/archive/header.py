"""Typed access to the walked elements of a data set. Values are read from the source when asked for."""

import math
import struct

from app.archive import charset
from app.archive.elements import Dataset, Element, Source

_FORMATS = {
    b"FD": "d", b"FL": "f", b"OW": "H", b"SL": "i", b"SS": "h", b"SV": "q", b"UL": "I", b"US": "H", b"UV": "Q",
}  # fmt: skip
_CONTROL = bytes(range(32)) + b"\x7f"
# These follow Specific Character Set; all others are ASCII (PS3.5 6.1.2.3).
_LINES = frozenset({b"LT", b"ST", b"UT"})
TEXT_VRS = frozenset({b"LO", b"LT", b"PN", b"SH", b"ST", b"UC", b"UT"})
_GUESSED_BY = frozenset({b"LO", b"PN", b"SH"})
CHARACTER_SET = 0x00080005
_PATIENT_NAME = 0x00100010


def _is_text(element: Element) -> bool:
    """Short text that people wrote; reports and private data say nothing about how names are written."""
    return (
        element.vr in _GUESSED_BY
        and element.items is None
        and 0 < element.length <= 1024
        and not element.tag >> 16 & 1
    )


class Header:
    """One data set: the file's own, or an item of a sequence in it. Wrong types and nonsense read as absent."""

    def __init__(
        self,
        source: Source,
        elements: Dataset,
        *,
        big_endian: bool = False,
        labels: tuple[str, ...] = (),
        believed: str = "",
    ) -> None:
        self.source = source
        self.elements = elements
        self.big_endian = big_endian
        self.believed = believed  # the set it is really written in, see charset.decode
        self.guessed_charset = ""  # the same where it is not what somebody confirmed
        self.repaired = False
        own = self.codes(CHARACTER_SET)
        self.labels = own if CHARACTER_SET in elements and (own or not labels) else labels

    def __contains__(self, tag: int) -> bool:
        return tag in self.elements

    def raw(self, tag: int) -> bytes:
        element = self.elements.get(tag)
        return b"" if element is None or element.items is not None else self.value(element)

    def value(self, element: Element) -> bytes:
        return bytes(self.source[element.start : element.start + element.length])

    def codes(self, tag: int) -> tuple[str, ...]:
        """Values of an ASCII element (CS, UI, DA, ...), all of them, stripped."""
        raw = self.raw(tag)
        if not raw:
            return ()
        plain = raw.translate(None, _CONTROL).decode("ascii", "replace")
        return tuple(value.strip(" ") for value in plain.split("\\"))

    def code(self, tag: int) -> str:
        values = self.codes(tag)
        return values[0] if values else ""

    def uid(self, tag: int) -> str:
        """As sent, only the padding removed: the grammar is checked by `uids.check_uid`."""
        return self.raw(tag).decode("latin-1").rstrip("\0 ")

    def text(self, tag: int, limit: int = 0) -> str:
        """Decoded by the character set, without control characters and padding; at most `limit` characters."""
        element = self.elements.get(tag)
        if element is None or element.items is not None or not element.length:
            return ""
        decoded, repaired = charset.decode(
            self.value(element), self.labels, self.believed, name=element.vr == b"PN"
        )
        self.repaired |= repaired
        shown = charset.printable(decoded, lines=element.vr in _LINES).strip()
        return shown[:limit] if limit else shown

    def settle_charset(self, confirmed: str) -> None:
        """Decides how the texts are read: in the set that a person confirmed for the device (AS_DECLARED: as the label
        says), but in another one where the names plainly are of that; guessed where nobody confirmed any.
        """
        self.believed = confirmed
        if confirmed == charset.AS_DECLARED:
            return
        self.guessed_charset = self._plainly_other(confirmed) if confirmed else self.guess_charset()
        self.believed = self.guessed_charset or confirmed

    def _plainly_other(self, confirmed: str) -> str:
        """By the patient's name, and only where that is plain ASCII by other people's: images of a study are read
        alike.
        """
        patient = self.raw(_PATIENT_NAME)
        names = [patient]
        if patient.isascii():
            people = (one for one in self.elements.values() if one.vr == b"PN" and _is_text(one))
            names = [value for value in map(self.value, people) if not value.isascii()]
        return charset.plainly_other(names, self.labels, confirmed)

    def guess_charset(self) -> str:
        """The set in which a header is written whose label cannot be true; "": as it says. The patient's name alone
        decides where it can: all images of a study must be read alike, whatever else they tell. Where its letters are
        the same by the label (Ngô, Tú), the other texts decide, and the name must read as before.
        """
        patient = self.raw(_PATIENT_NAME)
        found = "" if patient.isascii() else charset.believed_of([patient], (), self.labels)
        if found:
            return found
        texts = [
            (element.vr, self.value(element))
            for element in self.elements.values()
            if _is_text(element) and element.tag != _PATIENT_NAME
        ]
        names = [value for vr, value in texts if vr == b"PN"]
        found = charset.believed_of(names, [value for vr, value in texts if vr != b"PN"], self.labels)
        both = (charset.decode(patient, self.labels, believed, name=True)[0] for believed in ("", found))
        return found if len(set(both)) == 1 else ""

    def numbers(self, tag: int) -> tuple[float, ...]:
        """All values as numbers; empty when one of them is none (NaN and infinity count as none)."""
        element = self.elements.get(tag)
        if element is None or element.items is not None or not element.length:
            return ()
        try:
            found = self._numbers(element)
        except (ValueError, struct.error, OverflowError):
            return ()
        return found if all(math.isfinite(number) for number in found) else ()

    def _numbers(self, element: Element) -> tuple[float, ...]:
        raw = self.value(element)
        kind = _FORMATS.get(element.vr)
        if kind is None:
            return tuple(float(value) for value in raw.decode("ascii").strip(" \0").split("\\"))
        count = len(raw) // struct.calcsize(kind)
        return struct.unpack_from(f"{'>' if self.big_endian else '<'}{count}{kind}", raw)

    def number(self, tag: int) -> float | None:
        found = self.numbers(tag)
        return found[0] if found else None

    def integer(self, tag: int) -> int | None:
        found = self.number(tag)
        return None if found is None else int(found)

    def items(self, tag: int) -> "list[Header]":
        """The items of a sequence; they inherit the character set (PS3.3 C.12.1.1.2)."""
        element = self.elements.get(tag)
        if element is None or element.items is None:
            return []
        return [
            Header(
                self.source,
                item,
                big_endian=self.big_endian,
                labels=self.labels,
                believed=self.believed,
            )
            for item in element.items
        ]

    def item(self, tag: int) -> "Header | None":
        found = self.items(tag)
        return found[0] if found else None
