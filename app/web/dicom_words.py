"""DICOM's own short forms in the words of a page."""

from datetime import date

from flask import Blueprint

from app.archive.weights import Weight
from app.edge.language import gettext, language
from app.edge.moments import day

SEXES = {"F": "Female", "M": "Male", "O": "Other"}
MODALITIES = ("CR", "CT", "DX", "ES", "IO", "MG", "MR", "NM", "OT", "PT", "PX", "RF", "SC", "US", "XA")


def install(door: Blueprint) -> None:
    """As filters of every template."""
    door.add_app_template_filter(dicom_day, "dicom_day")
    door.add_app_template_filter(dicom_time, "dicom_time")
    door.add_app_template_filter(sex, "sex")
    door.add_app_template_filter(weight_short, "weight_short")
    door.add_app_template_filter(weight_told, "weight_told")


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


def weight_told(weight: Weight) -> str:
    """What opening a study takes, said before it is opened; of documents and videos their own size."""
    if not weight["full"]:
        return gettext("This study is {files}.", files=amount(weight["files"]))
    return gettext(
        "This study is {files}. Reading it takes about {preview} as previews, {full} in full quality.",
        files=amount(weight["files"]),
        preview=amount(weight["preview"]),
        full=amount(weight["full"]),
    )


def weight_short(weight: Weight) -> str:
    """The same for a line of a list."""
    if not weight["full"]:
        return amount(weight["files"])
    return gettext(
        "{files}, to read {preview} to {full}",
        files=amount(weight["files"]),
        preview=amount(weight["preview"]),
        full=amount(weight["full"]),
    )


def amount(size: int) -> str:
    """Kilobytes, megabytes or gigabytes, with the comma or point of the reader's language."""
    steps = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
    unit, name = next((step for step in steps if size >= 0.9995 * step[0]), steps[-1])
    number = size / unit
    text = f"{number:.1f}" if number < 9.95 and name != "kB" else f"{number:.0f}"
    return f"{text.replace('.', ',') if language() == 'vi' else text} {name}"
