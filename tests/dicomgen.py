"""DICOM files made by code: valid ones with known pixels, and hostile ones by name. Nobody in them exists.

Everything is determined by the arguments: the same call gives the same bytes.
"""

import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from pydicom.encaps import encapsulate

from tests.dicomfiles import (
    BASIC_TEXT_SR,
    BIG_ENDIAN,
    CT,
    DEFLATED,
    ENCAPSULATED_PDF,
    ENHANCED_CT,
    EXPLICIT,
    H264,
    IMPLICIT,
    JPEG,
    JPEG_2000,
    JPEG_LS,
    RLE,
    SECONDARY_CAPTURE,
    ULTRASOUND_MULTIFRAME,
    Pixels,
    add_pixels,
    base,
    big_endian,
    cine,
    cine_frame,
    compressed,
    ct_dataset,
    ct_slice,
    encoded,
    enhanced_ct,
    file,
    one_bit,
    pdf_document,
    phantom,
    series,
    text_report,
    uid,
)

__all__ = [
    "BASIC_TEXT_SR",
    "BIG_ENDIAN",
    "CT",
    "DEFLATED",
    "ENCAPSULATED_PDF",
    "ENHANCED_CT",
    "EXPLICIT",
    "H264",
    "HOSTILE",
    "IMPLICIT",
    "JPEG",
    "JPEG_2000",
    "JPEG_LS",
    "RLE",
    "SECONDARY_CAPTURE",
    "ULTRASOUND_MULTIFRAME",
    "Pixels",
    "add_pixels",
    "base",
    "big_endian",
    "cine",
    "cine_frame",
    "compressed",
    "ct_dataset",
    "ct_slice",
    "element",
    "encoded",
    "enhanced_ct",
    "file",
    "hostile",
    "one_bit",
    "pdf_document",
    "phantom",
    "series",
    "text_report",
    "uid",
]


def element(tag: int, vr: str, value: bytes, *, length: int | None = None) -> bytes:
    """One element of Explicit VR Little Endian; `length` may lie."""
    declared = len(value) if length is None else length
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    if vr in {"OB", "OW", "SQ", "UN", "UT"}:
        return head + struct.pack("<HI", 0, declared) + value
    return head + struct.pack("<H", declared) + value


def _before_pixels(data: bytes) -> int:
    return data.rindex(b"\xe0\x7f\x10\x00OW")


def _with(addition: bytes) -> bytes:
    """A good slice with more elements in front of its pixel data."""
    good = ct_slice()
    place = _before_pixels(good)
    return good[:place] + addition + good[place:]


def _uid_replaced(keyword: str, value: bytes) -> bytes:
    ds = ct_dataset()
    old = str(ds[keyword].value).encode()
    old += b"\0" * (len(old) % 2)
    data = file(ds)
    place = data.rindex(old)
    value += b"\0" * (len(value) % 2)
    return data[: place - 2] + struct.pack("<H", len(value)) + value + data[place + len(old) :]


def _nested(depth: int) -> bytes:
    opening = struct.pack("<HH2sHI", 0x0040, 0xA730, b"SQ", 0, 0xFFFFFFFF) + struct.pack(
        "<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF
    )
    closing = struct.pack("<HHIHHI", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)
    return _with(opening * depth + closing * depth)


def _patched(keyword: str, value: Any) -> bytes:
    return file(ct_dataset(**{keyword: value}))


def _named(name: bytes) -> bytes:
    old = element(0x00100010, "PN", "NGUYỄN^VĂN AN".encode())
    return ct_slice().replace(old, element(0x00100010, "PN", name + b" " * (len(name) % 2)), 1)


def _pixel_length_lies() -> bytes:
    good = ct_slice()
    place = _before_pixels(good) + 8
    return good[:place] + struct.pack("<I", 0x7FFFFFFE) + good[place + 4 :]


def _implicit_said_explicit() -> bytes:
    explicit, implicit = ct_slice(), ct_slice(transfer_syntax=IMPLICIT)
    return _meta_of(explicit) + implicit[len(_meta_of(implicit)) :]


def _deflate_bomb() -> bytes:
    data = ct_slice()
    start = len(_meta_of(data))
    bomb = data[start : _before_pixels(data)] + element(0x7FE00010, "OW", b"\0" * (200 << 20))
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return _meta_of(ct_slice(transfer_syntax=DEFLATED)) + stream.compress(bomb) + stream.flush()


def _meta_of(data: bytes) -> bytes:
    length = struct.unpack_from("<I", data, 140)[0]
    return data[: 144 + length]


def _meta_mismatch() -> bytes:
    data = ct_slice()
    mine = uid("study-1", "series-1", 1).encode()
    other = mine[:-2] + (b"11" if not mine.endswith(b"11") else b"22")
    return data.replace(mine, other, 1)


def _rle_bomb() -> bytes:
    """A frame of 64x64 whose one segment unpacks to 25 MB."""
    ds = base(series="rle", modality="OT", sop_class=SECONDARY_CAPTURE)
    add_pixels(ds, np.zeros((64, 64), np.uint8))
    ds.PixelData = encapsulate([struct.pack("<16I", 1, 64, *[0] * 14) + b"\x81\x00" * 200_000])
    ds["PixelData"].is_undefined_length = True
    return file(ds, RLE)


def _frames_more_than_data() -> bytes:
    ds = base(series="few", modality="OT", sop_class=SECONDARY_CAPTURE)
    frame = np.zeros((64, 64), np.uint8)
    compressed(ds, [frame], JPEG)
    ds.NumberOfFrames = 50
    return file(ds, JPEG)


def _many_fragments() -> bytes:
    """A frame in a million fragments with nothing in them."""
    ds = base(series="dust", modality="OT", sop_class=SECONDARY_CAPTURE)
    compressed(ds, [np.zeros((64, 64), np.uint8)], JPEG)
    good = file(ds, JPEG)
    return good[:-8] + struct.pack("<HHI", 0xFFFE, 0xE000, 0) * 1_000_000 + good[-8:]


def _many_meta_elements() -> bytes:
    """The same element of the meta group again and again."""
    good = ct_slice()
    place = len(_meta_of(good))
    return good[:place] + element(0x00020013, "SH", b"AGAIN ") * 200 + good[place:]


def _random_bytes() -> bytes:
    return b"\0" * 128 + b"DICM" + np.random.default_rng(1).bytes(5000)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "absolute_path_series": lambda: _uid_replaced("SeriesInstanceUID", b"/etc/cron.d/hoichan"),
    "deflate_bomb": _deflate_bomb,
    "empty": lambda: b"",
    "element_3gb_length": lambda: _with(element(0x00091001, "UN", b"abcd", length=3 << 30)),
    "frames_2e9": lambda: _patched("NumberOfFrames", 2_000_000_000),
    "frames_more_than_data": _frames_more_than_data,
    "frames_negative": lambda: _patched("NumberOfFrames", -5),
    "garbage_after": lambda: ct_slice() + b"\x55" * 1000,
    "html": lambda: b"<!doctype html><script>alert(1)</script>" * 10,
    "implicit_said_explicit": _implicit_said_explicit,
    "many_elements": lambda: _with(
        b"".join(element(0x00110000 + n, "LO", b"ab") for n in range(0x1000, 0xFA60))
    ),
    "many_fragments": _many_fragments,
    "many_meta_elements": _many_meta_elements,
    "meta_mismatch": _meta_mismatch,
    "missing_sop_instance": lambda: file(ct_dataset(SOPInstanceUID=None)),
    "name_64k": lambda: _named(b"A" * 60_000),
    "name_control": lambda: _named(b"A\x1b[31mred\r\n2026-01-01 INFO forged^I"),
    "name_markup": lambda: _named(b'<script>document.title="XSS"</script>^A'),
    "nested_500": lambda: _nested(500),
    "nested_20000": lambda: _nested(20_000),
    "no_preamble": lambda: ct_slice()[132:],
    "only_dataset": lambda: ct_slice()[len(_meta_of(ct_slice())) :],
    "only_preamble": lambda: ct_slice()[:132],
    "pixel_length_lies": _pixel_length_lies,
    "preamble_pe": lambda: file(ct_dataset(), preamble=b"MZ" + b"\x90" * 126),
    "private_sop_class": lambda: ct_slice(sop_class="1.2.276.0.7230010.3.99.1"),
    "random_bytes": _random_bytes,
    "rle_bomb": _rle_bomb,
    "rows_as_UL": lambda: ct_slice().replace(
        b"\x28\x00\x10\x00US\x02\x00\x40\x00", b"\x28\x00\x10\x00UL\x04\x00\x40\x00\x00\x40", 1
    ),
    "rows_65535": lambda: _patched("Rows", 65535),
    "rows_zero": lambda: _patched("Rows", 0),
    "sequence_never_closed": lambda: _with(
        struct.pack("<HH2sHI", 0x0040, 0xA730, b"SQ", 0, 0xFFFFFFFF)
        + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    ),
    "sop_uid_traversal": lambda: _uid_replaced("SOPInstanceUID", b"../../../../../tmp/hoichan"),
    "study_uid_crlf": lambda: _uid_replaced("StudyInstanceUID", b"1.2.3\r\nX-Injected: 1"),
    "study_uid_empty": lambda: _uid_replaced("StudyInstanceUID", b""),
    "study_uid_html": lambda: _uid_replaced("StudyInstanceUID", b"<svg/onload=alert(1)>"),
    "truncated_header": lambda: ct_slice()[:420],
    "truncated_meta": lambda: ct_slice()[:150],
    "truncated_pixels": lambda: ct_slice()[:-3000],
    "uid_128_chars": lambda: _uid_replaced("SOPInstanceUID", b"1." * 63 + b"11"),
    "uid_nul": lambda: _uid_replaced("SOPInstanceUID", b"1.2.3\0.4/../x"),
    "unknown_transfer_syntax": lambda: ct_slice().replace(EXPLICIT.encode(), b"1.2.840.99999.9.9.9"),
    "window_nan": lambda: _with(b"").replace(
        b"\x28\x00\x50\x10DS\x04\x0040.0", b"\x28\x00\x50\x10DS\x04\x00NaN "
    ),
}


def hostile(name: str) -> bytes:
    """One of HOSTILE by its name."""
    return HOSTILE[name]()
