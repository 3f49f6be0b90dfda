"""Curves of a waveform object in physical units (PS3.3 C.10.9): ECG, haemodynamics and the like.

Value = (sample + baseline) * sensitivity * correction factor, in the unit of the sensitivity (C.10.9.1.4).
"""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.archive.elements import UNDEFINED
from app.archive.header import Header
from app.base.errors import Unsupported
from app.documents.concepts import first_code, moment

MOST_SAMPLES = 4_000_000  # all channels of one group
MOST_GROUPS = 16
MOST_NOTES = 200

_GROUPS, _CHANNELS, _SAMPLES, _RATE = 0x54000100, 0x003A0005, 0x003A0010, 0x003A001A
_LABEL, _BITS, _KIND, _DATA = 0x003A0020, 0x54001004, 0x54001006, 0x54001010
_DEFINITIONS, _SOURCE, _CHANNEL_LABEL = 0x003A0200, 0x003A0208, 0x003A0203
_SENSITIVITY, _UNITS, _CORRECTION, _BASELINE = 0x003A0210, 0x003A0211, 0x003A0212, 0x003A0213
_LOW, _HIGH, _NOTCH, _PADDING = 0x003A0220, 0x003A0221, 0x003A0222, 0x5400100A
_ANNOTATIONS, _NOTE, _NOTE_NAME, _NOTE_CODE = 0x0040B020, 0x00700006, 0x0040A043, 0x0040A168
_NUMERIC, _NOTE_UNITS, _CHANNELS_MEANT, _POSITIONS = 0x0040A30A, 0x004008EA, 0x0040A0B0, 0x0040A132
_ACQUIRED = 0x0008002A

# PS3.3 C.10.9.1.5: two's complement and unsigned; MB, AB are companded sound, which nobody reads as a curve.
_TYPES = {"SB": "i1", "UB": "u1", "SS": "i2", "US": "u2", "SL": "i4", "UL": "u4", "SV": "i8", "UV": "u8"}


def waveforms_of(header: Header) -> dict[str, Any]:
    """Multiplex groups with their channels; samples are base64 of little-endian float32 in the channel's unit,
    NaN where there is none. Unsupported when the curves cannot be read.
    """
    groups = [_group(item) for item in header.items(_GROUPS)[:MOST_GROUPS]]
    if not groups:
        raise Unsupported("no_waveform", "This object has no curves.")
    notes = [found for item in header.items(_ANNOTATIONS)[:MOST_NOTES] if (found := _note(item))]
    return {"at": moment(header, _ACQUIRED), "groups": groups, "notes": notes}


def _group(item: Header) -> dict[str, Any]:
    samples = samples_of(item)
    definitions = item.items(_DEFINITIONS)
    if len(definitions) != samples.shape[1]:
        raise Unsupported("bad_waveform", "The curves do not fit to their own description.")
    padding = _padding(item)
    channels = [_channel(one, samples[:, place], padding) for place, one in enumerate(definitions)]
    return {
        "label": item.text(_LABEL, 64),
        "rate": item.number(_RATE) or 0,
        "samples": int(samples.shape[0]),
        "channels": channels,
    }


def samples_of(item: Header) -> NDArray[Any]:
    """The stored samples of a group: one row a moment, one column a channel."""
    channels, count = item.integer(_CHANNELS) or 0, item.integer(_SAMPLES) or 0
    kind = _TYPES.get(item.code(_KIND))
    element = item.elements.get(_DATA)
    if kind is None or element is None or element.length == UNDEFINED or channels < 1 or count < 1:
        raise Unsupported("bad_waveform", "The curves do not fit to their own description.")
    if channels * count > MOST_SAMPLES:
        raise Unsupported("long_waveform", "The curves are too long to be shown here.")
    stored = np.frombuffer(item.value(element), dtype=_ordered(item, kind))
    if stored.size < channels * count:
        raise Unsupported("bad_waveform", "The curves do not fit to their own description.")
    return stored[: channels * count].reshape(count, channels)


def _padding(item: Header) -> int | None:
    raw = item.raw(_PADDING)
    kind = _TYPES[item.code(_KIND)]
    size = np.dtype(kind).itemsize
    if len(raw) < size:
        return None
    return int(np.frombuffer(raw[:size], dtype=_ordered(item, kind))[0])


def _ordered(item: Header, kind: str) -> np.dtype[Any]:
    return np.dtype(kind).newbyteorder(">" if item.big_endian else "<")


def _channel(item: Header, stored: NDArray[Any], padding: int | None) -> dict[str, Any]:
    sensitivity, correction = item.number(_SENSITIVITY), item.number(_CORRECTION)
    factor = 1.0 if sensitivity is None else sensitivity * (1.0 if correction is None else correction)
    values = (stored.astype(np.float64) + (item.number(_BASELINE) or 0)) * factor
    if padding is not None:
        values[stored == padding] = np.nan
    source = first_code(item, _SOURCE)
    return {
        "name": (source or {}).get("meaning") or item.text(_CHANNEL_LABEL, 64),
        "code": source,
        "unit": first_code(item, _UNITS) if sensitivity is not None else None,
        "filters": {"low": item.number(_LOW), "high": item.number(_HIGH), "notch": item.number(_NOTCH)},
        "data": base64.b64encode(values.astype("<f4").tobytes()).decode(),
    }


def _note(item: Header) -> dict[str, Any] | None:
    """An annotation: a sentence, a coded finding, or a measurement of the machine (C.10.10)."""
    number = item.number(_NUMERIC)
    found = {
        "text": item.text(_NOTE, 2000),
        "name": first_code(item, _NOTE_NAME),
        "code": first_code(item, _NOTE_CODE),
        "number": number,
        "unit": first_code(item, _NOTE_UNITS) if number is not None else None,
        "positions": [int(one) for one in item.numbers(_POSITIONS)[:100]],
        "channels": [int(one) for one in item.numbers(_CHANNELS_MEANT)[:64]],
    }
    return found if found["text"] or found["code"] or number is not None else None
