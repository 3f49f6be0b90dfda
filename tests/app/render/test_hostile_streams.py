"""Streams that lie, bombs, garbage and cut ones are refused with a sentence, quickly, and the next frame decodes."""

import struct
import time

import imagecodecs
import numpy as np
import pytest

from app.base.errors import Unsupported
from app.render.codecs import Task
from app.render.codestreams import tiles_fit
from app.render.decode import REASONS, DecodeClient
from tests.decoding import RunningDecoder

SIZE = 64
ROOT = "1.2.840.10008.1.2."
RANDOM = np.random.default_rng(7)
GREY = RANDOM.integers(0, 256, (SIZE, SIZE), np.uint8)
JPEG = bytes(imagecodecs.jpeg8_encode(GREY, level=90))
JPEG_2000 = bytes(imagecodecs.jpeg2k_encode(GREY, codecformat="J2K", reversible=True))
STREAMS = {
    "4.50": JPEG,
    "4.70": bytes(imagecodecs.ljpeg_encode(GREY)),
    "4.80": bytes(imagecodecs.jpegls_encode(GREY)),
    "4.90": JPEG_2000,
    "4.201": bytes(imagecodecs.htj2k_encode(GREY, reversible=True)),
}


def rle(segments: int, offsets: list[int], data: bytes) -> bytes:
    return struct.pack("<16I", segments, *offsets, *[0] * (15 - len(offsets))) + data


def refusal(decoder: RunningDecoder, syntax: str, stream: bytes, *, samples: int = 1) -> Unsupported:
    client = DecodeClient(decoder.path)
    started = time.monotonic()
    with pytest.raises(Unsupported) as caught:
        client.decode(Task(ROOT + syntax, SIZE, SIZE, samples, 8), stream)
    assert time.monotonic() - started < 3
    assert np.array_equal(
        client.decode(Task(ROOT + "4.80", SIZE, SIZE, 1, 8), STREAMS["4.80"]).values, GREY
    ), "the next frame decodes"
    client.close()
    assert caught.value.code == "undecodable"
    return caught.value


def sof_says(rows: int, columns: int) -> bytes:
    at = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:at] + struct.pack(">HH", rows, columns) + JPEG[at + 4 :]


def siz_says(rows: int, columns: int) -> bytes:
    return JPEG_2000[:8] + struct.pack(">II", columns, rows) + JPEG_2000[16:]


@pytest.mark.parametrize(
    ("syntax", "stream"),
    [("4.50", sof_says(65500, 65500)), ("4.90", siz_says(60000, 60000)), ("4.201", siz_says(1, 2**31))],
    ids=["jpeg", "jpeg 2000", "htj2k"],
)
def test_a_stream_that_announces_another_size_is_not_decoded(
    decoder: RunningDecoder, syntax: str, stream: bytes
) -> None:
    error = refusal(decoder, syntax, stream)
    assert error.message == REASONS["size_differs"]
    assert "64x64x1" in str(error)


@pytest.mark.parametrize("syntax", ["4.90", "4.201"])
@pytest.mark.parametrize("tiles", [(64, 0, 0, 0), (64, 64, 0xDF000000, 0), (64, 64, 0, 12)], ids=str)
def test_tiles_that_do_not_cover_the_image_are_refused_unread(
    decoder: RunningDecoder, syntax: str, tiles: tuple[int, int, int, int]
) -> None:
    stream = STREAMS[syntax][:24] + struct.pack(">IIII", *tiles) + STREAMS[syntax][40:]
    assert refusal(decoder, syntax, stream).message == REASONS["damaged"]


def test_more_tiles_than_can_be_numbered_are_refused() -> None:
    stream = bytearray(siz_says(300, 300))
    stream[24:32] = struct.pack(">II", 1, 1)
    assert not tiles_fit(bytes(stream), ROOT + "4.90")
    assert tiles_fit(JPEG_2000, ROOT + "4.90")


def test_colour_under_a_grey_header_is_not_decoded(decoder: RunningDecoder) -> None:
    stream = bytes(imagecodecs.jpeg8_encode(np.dstack([GREY] * 3)))
    assert refusal(decoder, "4.50", stream).message == REASONS["size_differs"]


def test_more_bits_than_a_cell_holds_are_not_decoded(decoder: RunningDecoder) -> None:
    stream = bytes(imagecodecs.jpegls_encode(GREY.astype(np.uint16) * 100))
    assert refusal(decoder, "4.80", stream).message == REASONS["depth_differs"]


@pytest.mark.parametrize("syntax", STREAMS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_a_stream_cut_short_is_refused_rather_than_filled_with_grey(
    decoder: RunningDecoder, syntax: str, part: float
) -> None:
    stream = STREAMS[syntax]
    assert refusal(decoder, syntax, stream[: int(len(stream) * part)]).message in REASONS.values()


def test_a_frame_whose_codec_gave_up_halfway_is_not_filled_from_memory(decoder: RunningDecoder) -> None:
    stream = bytearray(STREAMS["4.201"])
    refused = 0
    for place in range(200, len(stream) - 100, 40):
        damaged = bytes(stream[:place] + bytes(8) + stream[place + 8 :])
        client = DecodeClient(decoder.path)
        try:
            values = client.decode(Task(ROOT + "4.201", SIZE, SIZE, 1, 8), damaged).values
        except Unsupported:
            refused += 1
        else:
            again = client.decode(Task(ROOT + "4.201", SIZE, SIZE, 1, 8), damaged).values
            assert np.array_equal(values, again), "what memory held came out"
        client.close()
    assert refused > 10


@pytest.mark.parametrize("syntax", [*STREAMS, "5", "8.1", "4.110"])
@pytest.mark.parametrize(
    "stream", [b"", b"\0" * 100, RANDOM.bytes(5000), b"\xff" * 5000, b"\x89PNG\r\n\x1a\n" + bytes(200)]
)
def test_garbage_is_refused(decoder: RunningDecoder, syntax: str, stream: bytes) -> None:
    assert refusal(decoder, syntax, stream).message in REASONS.values()


@pytest.mark.parametrize(
    "stream",
    [
        rle(1, [64], b"\x81\x05" * 200_000),
        rle(15, [64 + 1000 * n for n in range(15)], bytes(10)),
        rle(1, [64], b"\x81\x05" * 3),
        rle(1, [4_000_000_000], b"\x81\x05" * 32),
        rle(1, [0], b"\x81\x05" * 32),
        rle(1, [64], b"\x7f" + bytes(5)),
    ],
    ids=[
        "bomb",
        "too many segments",
        "too short",
        "offset outside",
        "offset in the header",
        "run past the end",
    ],
)
def test_run_lengths_that_do_not_fit_are_refused(decoder: RunningDecoder, stream: bytes) -> None:
    assert refusal(decoder, "5", stream).message == REASONS["damaged"]


def test_hundreds_of_damaged_streams_leave_the_supervisor_alive(decoder: RunningDecoder) -> None:
    client = DecodeClient(decoder.path)
    outcomes = set()
    for number in range(300):
        syntax, stream = list(STREAMS.items())[number % len(STREAMS)]
        damaged = bytearray(stream)
        for place in RANDOM.integers(20, len(damaged), 4):
            damaged[place] ^= int(RANDOM.integers(1, 256))
        try:
            client.decode(Task(ROOT + syntax, SIZE, SIZE, 1, 8), bytes(damaged))
            outcomes.add("decoded")
        except Unsupported as error:
            outcomes.add(error.code)
    assert outcomes <= {"decoded", "undecodable"}
    assert np.array_equal(
        client.decode(Task(ROOT + "4.50", SIZE, SIZE, 1, 8), JPEG).values.shape, (SIZE, SIZE)
    )
    client.close()
