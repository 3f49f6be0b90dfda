"""A data set without whose it is: the Basic Application Level Confidentiality Profile (PS3.15 annex E).

Attributes are removed, emptied or replaced by the standard's own table (basic_profile.txt); private ones, overlays and
curves go. UIDs become others, the same everywhere within one copy. Text inside the pixels is not looked for.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from app.archive.uids import STANDARD_ROOT

METHOD = "Hoichan: PS3.15 Basic Application Level Confidentiality Profile"
_BASIC, _SHIFTED = (
    ("113100", "Basic Application Confidentiality Profile"),
    (
        "113107",
        "Retain Longitudinal Temporal Information Modified Dates Option",
    ),
)
_NAME, _ID = 0x00100010, 0x00100020
_BIRTH = frozenset({0x00100030, 0x00100032})  # date and time
_DATES = frozenset({"DA", "DT"})
_TIMES = _DATES | {"TM"}
_DUMMIES = {"DA": "19000101", "DT": "19000101000000", "TM": "000000", "PN": "Anonymous", "AS": "000D"}
_NUMBERS = frozenset({"DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"})


def _read_table() -> dict[int, str]:
    lines = Path(__file__).with_name("basic_profile.txt").read_text(encoding="ascii").splitlines()
    rows = (line.split() for line in lines if not line.startswith("#"))
    return {int(tag, 16): action for tag, action in rows}


ACTIONS = _read_table()


@dataclass(frozen=True)
class Disguise:
    """What one copy puts in place: `secret` makes its UIDs, `shift_days` moves its dates (None: they are emptied)."""

    code: str
    secret: bytes
    shift_days: int | None = None

    def uid(self, uid: str) -> str:
        """Another UID (PS3.5 B.2), the same for the same one; those of the standard say nothing of anybody."""
        if not uid or uid.startswith(STANDARD_ROOT):
            return uid
        digest = hmac.new(self.secret, uid.encode(), hashlib.sha256).digest()
        return f"2.25.{int.from_bytes(digest[:15], 'big')}"


def disguise(ds: Dataset, how: Disguise) -> None:
    """Changes the data set itself, sequences included."""
    _walk(ds, how)
    ds.PatientName, ds.PatientID = how.code, how.code
    ds.PatientBirthDate = ""
    ds.PatientIdentityRemoved = "YES"
    ds.DeidentificationMethod = METHOD
    codes = [_BASIC] if how.shift_days is None else [_BASIC, _SHIFTED]
    ds.DeidentificationMethodCodeSequence = [_code(*one) for one in codes]
    ds.LongitudinalTemporalInformationModified = "REMOVED" if how.shift_days is None else "MODIFIED"


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def _walk(ds: Dataset, how: Disguise) -> None:
    for tag in list(ds.keys()):
        if (
            tag.is_private
            or _is_graphic(int(tag))
            or (ACTIONS.get(int(tag)) == "X" and not _is_kept_date(ds, tag, how))
        ):
            del ds[tag]
            continue
        element = _read(ds, tag)
        if element is None:
            del ds[tag]  # what cannot be read cannot be cleared either
            continue
        _clear(ds, element, how)


def _read(ds: Dataset, tag: int) -> DataElement | None:
    """None where its bytes are not what its VR says: pydicom tells so by any of these."""
    try:
        return ds[tag]
    except (ValueError, TypeError, NotImplementedError, KeyError):
        return None


def _is_graphic(tag: int) -> bool:
    """Curves and overlays (50xx, 60xx), all of them: one in unused bits of the pixels is described by its geometry."""
    return tag >> 16 & 0xFF00 in {0x5000, 0x6000}


def _is_kept_date(ds: Dataset, tag: int, how: Disguise) -> bool:
    if how.shift_days is None or tag in _BIRTH:
        return False
    element = _read(ds, tag)
    return element is not None and element.VR in _TIMES


def _clear(ds: Dataset, element: DataElement, how: Disguise) -> None:
    action = ACTIONS.get(int(element.tag), "")
    if how.shift_days is not None and element.VR in _TIMES and int(element.tag) not in _BIRTH:
        _shift(ds, element, how.shift_days)
    elif element.VR == "SQ":
        _clear_sequence(ds, element, action, how)
    elif element.VR == "UI":
        element.value = [how.uid(str(one)) for one in _values(element)]
    elif action in {"Z", "X/Z"}:
        element.value = None if element.VR in _NUMBERS else ""
    elif "D" in action:
        _replace(ds, element)


def _clear_sequence(ds: Dataset, element: DataElement, action: str, how: Disguise) -> None:
    """Emptied where the table clears it; else, and where only its UIDs are to change, each item is cleared."""
    if action and "U" not in action:
        ds[element.tag] = DataElement(element.tag, "SQ", Sequence([]))
        return
    for item in element.value:
        _walk(item, how)


def _replace(ds: Dataset, element: DataElement) -> None:
    """A value that says nothing, right for its VR; where none is known the attribute goes."""
    if element.VR in _DUMMIES:
        element.value = _DUMMIES[element.VR]
    elif element.VR in _NUMBERS:
        element.value = 0
    elif element.VR in {"AE", "CS", "LO", "LT", "SH", "ST", "UC", "UT"}:
        element.value = "ANONYMOUS"
    else:
        del ds[element.tag]


def _shift(ds: Dataset, element: DataElement, days: int) -> None:
    """Dates by whole days; the time of the day stays. What is no date goes."""
    if element.VR == "TM":
        return
    try:
        moved = [_moved(str(one), days) for one in _values(element)]
    except (ValueError, OverflowError):
        del ds[element.tag]
        return
    element.value = moved if len(moved) != 1 else moved[0]


def _moved(text: str, days: int) -> str:
    day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    return f"{day + timedelta(days=days):%Y%m%d}{text[8:]}"


def _values(element: DataElement) -> list[object]:
    if element.is_empty:
        return []
    return list(element.value) if element.VM > 1 else [element.value]
