"""A multipart body is cut into its parts whatever pieces the network makes of it."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.errors import HoichanError
from app.dicomweb.multipart import MultipartReader, OutgoingPart, boundary_of, written

BOUNDARY = "frontier"


class Trickle:
    """Gives `step` bytes at a time, as a slow line does."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data, self._step = BytesIO(data), step

    def read(self, size: int, /) -> bytes:
        return self._data.read(min(size, self._step))


def parts_of(body: bytes, step: int = 1 << 16) -> list[tuple[str, bytes]]:
    reader = MultipartReader(Trickle(body, step), BOUNDARY)
    return [(part.headers.get("content-type", ""), b"".join(part.body)) for part in reader]


def body_of(*contents: bytes) -> bytes:
    return b"".join(written([OutgoingPart("application/dicom", [one]) for one in contents], BOUNDARY))


@given(st.lists(st.binary(max_size=300), max_size=4), st.integers(1, 50))
def test_what_is_written_is_read_again_in_any_pieces(contents: list[bytes], step: int) -> None:
    assert parts_of(body_of(*contents), step) == [("application/dicom", one) for one in contents]


def test_content_that_nearly_holds_the_boundary_stays_whole() -> None:
    tricky = b"\r\n--frontie\r\n--\r\n-frontier\r\n"
    assert parts_of(body_of(tricky), step=3) == [("application/dicom", tricky)]


def test_a_preamble_before_the_first_boundary_is_skipped() -> None:
    assert parts_of(b"to whom it may concern\r\n" + body_of(b"x")) == [("application/dicom", b"x")]


def test_a_part_nobody_reads_is_passed_over() -> None:
    reader = MultipartReader(BytesIO(body_of(b"one" * 1000, b"two")), BOUNDARY)
    assert [part.headers["content-type"] for part in reader] == ["application/dicom"] * 2


def test_a_body_that_ends_too_early_is_told() -> None:
    with pytest.raises(HoichanError) as caught:
        parts_of(body_of(b"0123456789")[:-20])
    assert caught.value.code == "truncated_body"


def test_a_body_without_its_boundary_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(HoichanError) as caught:
        parts_of(b"x" * 10_000_000)
    assert caught.value.code == "bad_multipart"


def test_endless_part_headers_are_refused() -> None:
    with pytest.raises(HoichanError) as caught:
        parts_of(b"--frontier\r\n" + b"A: b\r\n" * 100_000)
    assert caught.value.code == "headers_too_large"


@pytest.mark.parametrize(
    "header",
    [
        'multipart/related; type="application/dicom"; boundary="a b=c"',
        "multipart/related;boundary=abc;type=application/dicom",
    ],
)
def test_quoted_and_plain_boundaries_are_read(header: str) -> None:
    assert boundary_of(header) in {"a b=c", "abc"}


@pytest.mark.parametrize("header", ["multipart/related", "multipart/related; boundary=", ""])
def test_a_missing_boundary_is_told(header: str) -> None:
    with pytest.raises(HoichanError) as caught:
        boundary_of(header)
    assert caught.value.code == "bad_multipart"
