"""What an MP4 says of its one video track (ISO/IEC 14496-12, 14496-15): enough to put it into DICOM as it is.

Only boxes of the index are read; lengths are held against the file's.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.base.errors import Invalid, Unsupported

_LARGEST_INDEX = 64 << 20
_MOST_BOXES = 10_000
_HEAD = struct.Struct(">I4s")
# By profile and level: MPEG-4 AVC/H.264 High Profile 4.1 and 4.2; HEVC/H.265 Main and Main 10 (PS3.5 8.2.7, 8.2.10).
_AVC_41, _AVC_42 = "1.2.840.10008.1.2.4.102", "1.2.840.10008.1.2.4.104"
_HEVC_MAIN, _HEVC_MAIN_10 = "1.2.840.10008.1.2.4.107", "1.2.840.10008.1.2.4.108"
_AVC_PROFILES = frozenset({66, 77, 100})  # baseline and main streams are read by every decoder of high ones


@dataclass(frozen=True)
class Video:
    rows: int
    columns: int
    frames: int
    frame_time_ms: float
    transfer_syntax_uid: str

    @property
    def is_avc(self) -> bool:
        """H.264, not H.265."""
        return self.transfer_syntax_uid in {_AVC_41, _AVC_42}


def read_mp4(path: Path) -> Video:
    """Raises Invalid or Unsupported with a sentence."""
    try:
        return _video(_index(path))
    except (struct.error, IndexError, KeyError, ValueError, ZeroDivisionError) as error:
        raise Invalid("video_damaged", "The video is damaged or incomplete. Export it again.") from error


def _index(path: Path) -> bytes:
    """The `moov` box, which lies before or behind the pictures."""
    size, at = path.stat().st_size, 0
    with path.open("rb") as file:
        for _ in range(_MOST_BOXES):
            file.seek(at)
            length, kind = _HEAD.unpack(file.read(8))
            head = 8
            if length == 1:
                (length,), head = struct.unpack(">Q", file.read(8)), 16
            elif length == 0:
                length = size - at
            if length < head or at + length > size or (kind == b"moov" and length > _LARGEST_INDEX):
                raise ValueError(kind)
            if kind == b"moov":
                return file.read(length - head)
            at += length
    raise ValueError("no index")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, kind = _HEAD.unpack_from(data, at)
        if length < 8 or at + length > len(data):
            raise ValueError(kind)
        yield kind, data[at + 8 : at + length]
        at += length


def _child(data: bytes, *path: bytes) -> bytes:
    for kind in path:
        data = dict(reversed(list(_boxes(data))))[kind]  # the first of its kind
    return data


def _video(moov: bytes) -> Video:
    tracks = [body for kind, body in _boxes(moov) if kind == b"trak"]
    media = [_child(track, b"mdia") for track in tracks]
    videos = [one for one in media if _child(one, b"hdlr")[8:12] == b"vide"]
    if len(videos) != 1:
        raise Unsupported("video_tracks", "The file does not hold exactly one video. Export it again.")
    (track,) = videos
    table = _child(track, b"minf", b"stbl")
    kind, entry = next(_boxes(_child(table, b"stsd")[8:]))
    columns, rows = struct.unpack_from(">HH", entry, 24)
    (frames,) = struct.unpack_from(">I", _child(table, b"stsz"), 8)
    return Video(rows, columns, frames, _duration_ms(track) / frames, _syntax(kind, entry[78:]))


def _duration_ms(track: bytes) -> float:
    header = _child(track, b"mdhd")
    scale, duration = struct.unpack_from(
        ">IQ" if header[0] == 1 else ">II", header, 20 if header[0] == 1 else 12
    )
    return float(1000 * duration / scale)


def _syntax(kind: bytes, boxes: bytes) -> str:
    if kind in {b"avc1", b"avc3"}:
        _, profile, _, level = _child(boxes, b"avcC")[:4]
        if profile in _AVC_PROFILES and level <= 42:
            return _AVC_41 if level <= 41 else _AVC_42
    elif kind in {b"hvc1", b"hev1"}:
        profile, level = _child(boxes, b"hvcC")[1] & 0x1F, _child(boxes, b"hvcC")[12]
        if profile in {1, 2} and level <= 153:  # level 5.1
            return _HEVC_MAIN if profile == 1 else _HEVC_MAIN_10
    raise Unsupported(
        "video_coding",
        "DICOM has no place for this kind of video ({kind}). Export it as MP4 with H.264, at most 1920x1080.",
        kind=kind.decode("ascii", "replace"),
    )
