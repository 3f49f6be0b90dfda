"""Frames and manifest facts of a file of the reference data, also of those that are refused for their identifiers alone:
their pixels are to be shown right all the same.
"""

from dataclasses import dataclass
from typing import Any

from app.archive import facts
from app.archive.elements import Walker
from app.archive.frames_index import FrameLocation, index_frames
from app.archive.header import Header
from app.archive.inflate import inflated
from app.archive.part10 import read_part10
from app.archive.pixels import pixel_layout
from app.archive.uids import transfer_syntax
from app.base.errors import HoichanError
from app.render.description import dataset_start
from tests.decoding import Darkroom

IDENTITY = frozenset({"bad_uid", "meta_mismatch", "missing_uid"})


@dataclass(frozen=True)
class Opened:
    """`refusal`: the code of what is wrong with its identifiers."""

    frames: list[FrameLocation]
    facts: dict[str, Any]
    refusal: str = ""


def opened(room: Darkroom, data: bytes) -> Opened:
    """Raises what the archive refuses a file with, unless that is its identifiers."""
    try:
        part10 = read_part10(data, accept_private=True)
    except HoichanError as error:
        if error.code not in IDENTITY:
            raise
        return _despite_identity(room, data, error.code)
    frames = room.locations(data, part10.frames, part10.transfer_syntax_uid, part10.header_length)
    return Opened(frames, part10.facts)


def _despite_identity(room: Darkroom, data: bytes, refusal: str) -> Opened:
    start = dataset_start(data)
    meta, _ = Walker(data[:start], implicit=False).meta_group(132 if data[128:132] == b"DICM" else 0)
    syntax = transfer_syntax(Header(data, meta).uid(0x00020010))
    plain = inflated(data, start) if syntax.deflated else data
    walker = Walker(plain, implicit=syntax.implicit, big_endian=syntax.big_endian)
    elements, end = walker.top_level(start)
    header = Header(plain, elements, big_endian=syntax.big_endian)
    if walker.pixels is None:
        return Opened([], {}, refusal)
    layout = pixel_layout(header, walker.pixels)
    index = index_frames(plain, walker.pixels, layout, syntax, header)
    told = facts.instance_facts(header, layout, index, syntax)
    return Opened(room.locations(data, index, syntax.uid, end), told, refusal)
