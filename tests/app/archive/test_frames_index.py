"""Each frame is found in its file, whatever the transfer syntax and the tables say."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.archive.frames_index import FrameIndex, unpack
from app.archive.inflate import inflated
from app.archive.part10 import read_part10
from app.base.errors import NotFound
from tests import dicomgen


def frame_bytes(data: bytes, number: int) -> bytes:
    spans, _ = read_part10(data).frames.location(number)
    return b"".join(data[offset : offset + length] for offset, length in spans)


@pytest.mark.parametrize("transfer_syntax", [dicomgen.EXPLICIT, dicomgen.IMPLICIT])
def test_an_uncompressed_frame_is_where_its_pixels_are(transfer_syntax: str) -> None:
    data = dicomgen.ct_slice(3, transfer_syntax=transfer_syntax)

    expected = (dicomgen.phantom(seed=3) + 1024).astype(np.uint16).tobytes()
    assert frame_bytes(data, 1) == expected


def test_frames_of_an_uncompressed_cine_follow_each_other() -> None:
    frames = np.arange(3 * 8 * 8 * 3, dtype=np.uint8).reshape(3, 8, 8, 3)
    data = dicomgen.file(dicomgen.add_pixels(dicomgen.base(), frames, frames=3))

    assert [frame_bytes(data, n) for n in (1, 2, 3)] == [frame.tobytes() for frame in frames]


def test_frames_of_one_bit_begin_inside_bytes() -> None:
    data, frames = dicomgen.one_bit(count=3, rows=5, columns=7)
    index = read_part10(data).frames

    for number, frame in enumerate(frames, start=1):
        ((offset, length),), first = index.location(number)
        bits = np.unpackbits(np.frombuffer(data[offset : offset + length], np.uint8), bitorder="little")
        assert bits[first : first + frame.size].tolist() == frame.reshape(-1).tolist()


VARIANTS: list[tuple[str, dict[str, Any]]] = [
    (dicomgen.JPEG, {"table": "basic"}),
    (dicomgen.JPEG, {"table": "none"}),
    (dicomgen.JPEG, {"table": "none", "fragments_per_frame": 3}),
    (dicomgen.JPEG_LS, {"table": "basic", "fragments_per_frame": 2}),
    (dicomgen.JPEG_2000, {"table": "extended"}),
    (dicomgen.JPEG_2000, {"table": "none", "fragments_per_frame": 2}),
    (dicomgen.RLE, {"table": "basic"}),
    (dicomgen.RLE, {"table": "none"}),
]


@pytest.mark.parametrize(("transfer_syntax", "options"), VARIANTS)
def test_a_compressed_frame_is_its_code_stream(transfer_syntax: str, options: dict[str, Any]) -> None:
    data = dicomgen.cine(5, transfer_syntax=transfer_syntax, **options)

    for number in range(1, 6):
        expected = dicomgen.encoded(dicomgen.cine_frame(number - 1), transfer_syntax)
        assert frame_bytes(data, number).rstrip(b"\0") == expected.rstrip(b"\0")


def test_a_wrong_offset_table_is_as_good_as_none() -> None:
    data = dicomgen.cine(4, table="basic", fragments_per_frame=2)
    table = data.index(b"\xfe\xff\x00\xe0\x10\x00\x00\x00") + 8
    broken = data[: table + 4] + b"\x07\x00\x00\x00" + data[table + 8 :]

    assert read_part10(broken).frames == read_part10(data).frames


def test_several_fragments_of_rle_without_a_table_are_not_guessed() -> None:
    index = read_part10(
        dicomgen.cine(4, transfer_syntax=dicomgen.RLE, table="none", fragments_per_frame=2)
    ).frames

    assert (index.count, index.reason) == (0, "frames_unknown")


def test_a_missing_delimiter_at_the_very_end_loses_nothing() -> None:
    data = dicomgen.cine(3)

    assert read_part10(data[:-8]).frames == read_part10(data).frames


def test_a_video_is_kept_without_frames() -> None:
    ds = dicomgen.base(modality="ES", series="video")
    frame = np.zeros((64, 64), np.uint8)
    dicomgen.compressed(ds, [frame], dicomgen.JPEG)
    ds.NumberOfFrames = 250
    index = read_part10(dicomgen.file(ds, dicomgen.H264)).frames

    assert (index.count, index.reason) == (0, "video")
    with pytest.raises(NotFound):
        index.location(1)


def test_offsets_of_a_deflated_file_count_in_the_inflated_one() -> None:
    data = dicomgen.ct_slice(2, transfer_syntax=dicomgen.DEFLATED)
    part10 = read_part10(data)
    whole = inflated(data, part10.dataset_start)

    assert frame_bytes(dicomgen.ct_slice(2), 1) == whole[part10.frames.start :][: 64 * 64 * 2]
    assert read_part10(bytes(whole)).study == part10.study


@pytest.mark.parametrize("number", [0, -1, 2])
def test_frames_that_are_not_there_are_not_found(number: int) -> None:
    with pytest.raises(NotFound):
        read_part10(dicomgen.ct_slice()).frames.location(number)


spans = st.lists(st.tuples(st.integers(0, 1 << 40), st.integers(0, 1 << 32)), min_size=1, max_size=4)


@given(st.lists(spans.map(tuple), min_size=1, max_size=30))
def test_what_is_packed_is_unpacked(frames: list[tuple[tuple[int, int], ...]]) -> None:
    index = FrameIndex(len(frames), frames=tuple(frames))

    assert unpack(index.pack()) == index


def test_the_other_forms_are_packed_too() -> None:
    for index in (FrameIndex(7, 1 << 33, 35), FrameIndex(reason="video")):
        assert unpack(index.pack()) == index


def test_a_thousand_frames_take_a_few_bytes_each() -> None:
    frames = tuple(((1000 + 20008 * n, 20000),) for n in range(1000))

    assert len(FrameIndex(1000, frames=frames).pack()) < 6000
