"""Standardised uptake value by body weight: the factor from activity per volume (PS3.3 C.8.9.1; QIBA's reading of it).

SUV = activity (Bq/ml) x weight (g) / dose (Bq), both taken at the same moment. Decay Correction says which moment the
pixels are corrected to: ADMIN the injection, so that the dose is the injected one; START the start of the series' first
image, so that the dose has decayed since the injection. g/ml, 1 ml of body taken as 1 g.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from app.archive.header import Header

# Why there is no SUV; the viewer translates these sentences.
REASONS = {
    "decay": "No SUV: the image does not say how decay was corrected.",
    "dose": "No SUV: the injected dose is not known.",
    "half_life": "No SUV: the half-life of the tracer is not known.",
    "time": "No SUV: the times of injection and scan are not known.",
    "unit": "No SUV: the image does not count in Bq/ml.",
    "weight": "No SUV: the weight of the patient is not known.",
}
_LONGEST = timedelta(days=1)  # from injection to scan


class _Missing(Exception):
    """A reason, told instead of a factor; it never leaves this file."""


def suv_facts(header: Header) -> dict[str, Any]:
    """`suv_factor` of a PET image (SUV = value after rescale x factor), or `suv_reason`; nothing for other images."""
    if header.code(0x00080060) != "PT" or 0x00541001 not in header:
        return {}
    try:
        return {"suv_factor": _factor(header)}
    except _Missing as missing:
        return {"suv_reason": REASONS[str(missing)]}


def _factor(header: Header) -> float:
    unit = header.code(0x00541001)
    if unit == "GML" and header.code(0x00541006) in {"", "BW"}:
        return 1
    if unit != "BQML":
        raise _Missing("unit")
    weight = _positive(header.number(0x00101030), "weight")
    tracer = header.item(0x00540016)
    if tracer is None:
        raise _Missing("dose")
    return 1000 * weight / _dose_at_reference(header, tracer)


def _dose_at_reference(header: Header, tracer: Header) -> float:
    dose = _positive(tracer.number(0x00181074), "dose")
    correction = header.code(0x00541102)
    if correction == "ADMIN":
        return dose
    if correction != "START":
        raise _Missing("decay")
    half_life = _positive(tracer.number(0x00181075), "half_life")
    return float(dose * 2 ** (-_waited(header, tracer).total_seconds() / half_life))


def _positive(value: float | None, reason: str) -> float:
    if value is None or value <= 0:
        raise _Missing(reason)
    return value


def _waited(header: Header, tracer: Header) -> timedelta:
    """From injection to the start of the scan: Series Time, unless that is later than the acquisition of an image
    (then it is that of a later processing, and the start is unknown).
    """
    scan = _moment(header.code(0x00080021), header.code(0x00080031))
    image = _moment(header.code(0x00080022), header.code(0x00080032))
    if scan is None or (image is not None and scan > image):
        raise _Missing("time")
    injected = _injected(header, tracer, scan)
    if injected is None or not timedelta(0) <= scan - injected <= _LONGEST:
        raise _Missing("time")
    return scan - injected


def _injected(header: Header, tracer: Header, scan: datetime) -> datetime | None:
    """A time without a date is on the day of the scan, or the day before when it would be later than the scan.

    A moment with an offset from UTC is told in the scan's own zone, which Timezone Offset From UTC says.
    """
    whole = tracer.code(0x00181078)
    if found := _moment(whole[:8], whole[8:14]):
        offset = whole.lstrip("0123456789.")
        return found + _zone(header.code(0x00080201)) - _zone(offset) if offset else found
    found = _moment(f"{scan:%Y%m%d}", tracer.code(0x00181072))
    return found - timedelta(days=1) if found and found > scan else found


def _zone(offset: str) -> timedelta:
    """Offset from UTC, `+0700` (PS3.5 6.2)."""
    if not re.fullmatch(r"[+-]\d{4}", offset):
        raise _Missing("time")
    ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:]))
    return -ahead if offset[0] == "-" else ahead


def _moment(day: str, time: str) -> datetime | None:
    """Date and time of day as DICOM writes them; the fraction of a second and an offset are left out."""
    try:
        return datetime.strptime(day + time[:6].ljust(6, "0"), "%Y%m%d%H%M%S") if time else None  # noqa: DTZ007  local time
    except ValueError:
        return None
