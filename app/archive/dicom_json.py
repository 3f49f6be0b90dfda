"""Attributes in the DICOM JSON model (PS3.18 annex F)."""

from typing import Any

_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")


def attribute(vr: str, value: Any) -> dict[str, Any]:
    """One attribute with one value; without any when there is none."""
    if value is None or value == "":
        return {"vr": vr}
    return {"vr": vr, "Value": [person_name(value) if vr == "PN" else value]}


def attributes(vr: str, values: list[Any]) -> dict[str, Any]:
    """One attribute with several values."""
    return {"vr": vr, "Value": values} if values else {"vr": vr}


def person_name(text: str) -> dict[str, str]:
    """A PN value (F.2.2), empty component groups left out."""
    return {name: group for name, group in zip(_GROUPS, text.split("="), strict=False) if group}
