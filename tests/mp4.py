"""A minimal MP4: an index that is true and pictures that are not; nothing here is played."""

import struct


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def mp4(
    *,
    columns: int = 640,
    rows: int = 360,
    frames: int = 50,
    coding: bytes = b"avc1",
    profile: int = 100,
    level: int = 31,
) -> bytes:
    """25 pictures a second. `profile` and `level` as H.264 writes them (for hvc1: of H.265)."""
    if coding == b"hvc1":
        configuration = box(b"hvcC", bytes([1, profile]) + bytes(10) + bytes([level]) + bytes(10))
    else:
        configuration = box(b"avcC", bytes([1, profile, 0, level, 0xFF, 0xE0, 0]))
    sample = bytes(24) + struct.pack(">HH", columns, rows) + bytes(50)
    table = box(
        b"stbl",
        box(b"stsd", struct.pack(">II", 0, 1), box(coding, sample, configuration)),
        box(b"stsz", struct.pack(">III", 0, 100, frames)),
    )
    media = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIII", 0, 0, 0, 25_000, frames * 1000, 0)),
        box(b"hdlr", bytes(8) + b"vide" + bytes(12)),
        box(b"minf", table),
    )
    head = box(b"ftyp", b"isom" + bytes(4) + b"isomavc1")
    return head + box(b"mdat", bytes(range(256)) * 40) + box(b"moov", box(b"trak", media))
