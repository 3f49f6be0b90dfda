"""Preamble and File Meta Information (PS3.10 section 7.1), written for data sets that come without."""

import struct

IMPLEMENTATION_CLASS_UID = "2.25.286144213371430386116393106254541806441"
IMPLEMENTATION_VERSION_NAME = "HOICHAN_1"
PREAMBLE = bytes(128) + b"DICM"


def file_header(*, sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str) -> bytes:
    """All that stands before the data set. It names nobody who sent it, so that the same instance from two
    devices is the same file.
    """
    elements = b"".join(
        (
            _short(0x0002, b"UI", sop_class_uid),
            _short(0x0003, b"UI", sop_instance_uid),
            _short(0x0010, b"UI", transfer_syntax_uid),
            _short(0x0012, b"UI", IMPLEMENTATION_CLASS_UID),
            _short(0x0013, b"SH", IMPLEMENTATION_VERSION_NAME),
        )
    )
    version = struct.pack("<HH2sxxL", 0x0002, 0x0001, b"OB", 2) + b"\x00\x01"
    length = struct.pack("<HH2sHL", 0x0002, 0x0000, b"UL", 4, len(version) + len(elements))
    return PREAMBLE + length + version + elements


def _short(element: int, vr: bytes, text: str) -> bytes:
    value = text.encode("ascii", "replace")
    value += (b"\0" if vr == b"UI" else b" ") * (len(value) % 2)
    return struct.pack("<HH2sH", 0x0002, element, vr, len(value)) + value
