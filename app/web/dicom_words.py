"""DICOM's own short forms in the words of a page."""

from datetime import date

from flask import Blueprint

from app.edge.language import gettext
from app.edge.moments import day

SEXES = {"F": "Female", "M": "Male", "O": "Other"}
MODALITIES = ("CR", "CT", "DX", "ES", "IO", "MG", "MR", "NM", "OT", "PT", "PX", "RF", "SC", "US", "XA")


def install(door: Blueprint) -> None:
    """As filters of every template."""
    door.add_app_template_filter(dicom_day, "dicom_day")
    door.add_app_template_filter(dicom_time, "dicom_time")
    door.add_app_template_filter(sex, "sex")


def dicom_day(text: str | None) -> str:
    """DA, `20261122` (PS3.5 6.2), as people here write a day; what is no date is shown as it is."""
    if not text:
        return day(None)
    try:
        return day(date(int(text[:4]), int(text[4:6]), int(text[6:8])))
    except ValueError:
        return text


def dicom_time(text: str | None) -> str:
    """TM, `140502.000`, to the minute."""
    return f"{text[:2]}:{text[2:4]}" if text and len(text) >= 4 else ""


def sex(code: str | None) -> str:
    """CS of Patient's Sex (PS3.3 C.7.1.1)."""
    return gettext(SEXES[code]) if code in SEXES else (code or "")
