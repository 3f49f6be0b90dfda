"""Silent, half-sent, lying and noisy connections: a registered device's C-ECHO still answers within a second (T5)."""

import os
import resource
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from app.base.db import Database
from tests import dicomgen
from tests.doors.dimse.conftest import Dicom
from tests.sender import AssociationRejected, outgoing

ABORT = 0x07


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


@pytest.fixture
def crowd() -> Iterator[Callable[..., list[socket.socket]]]:
    """Connections that say `first` and nothing more."""
    with ExitStack() as stack:

        def gather(port: int, count: int, first: bytes = b"") -> list[socket.socket]:
            made = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(count)]
            for one in made:
                one.sendall(first)
            return made

        yield gather


def echo_seconds(dicom: Dicom) -> float:
    begun = time.perf_counter()
    with dicom.connect() as sender:
        assert sender.echo().status == 0
    return time.perf_counter() - begun


def ends_with_abort(connection: socket.socket) -> bool:
    connection.settimeout(5)
    answer = connection.recv(10)
    return not answer or answer[0] == ABORT


def test_silent_connections_make_room(dicom: Dicom, crowd: Callable[..., list[socket.socket]]) -> None:
    crowd(dicom.port, 200)
    assert echo_seconds(dicom) < 1


def test_half_sent_requests_make_room(dicom: Dicom, crowd: Callable[..., list[socket.socket]]) -> None:
    crowd(dicom.port, 50, b"\x01\x00\x00\x00\x10\x00\x00\x01\x00\x00")
    assert echo_seconds(dicom) < 1


def test_noise_is_closed_at_once(dicom: Dicom, crowd: Callable[..., list[socket.socket]]) -> None:
    noisy = crowd(dicom.port, 30, os.urandom(200))
    assert all(ends_with_abort(one) for one in noisy)
    assert echo_seconds(dicom) < 1


def test_a_request_of_4_gb_is_refused_unread(dicom: Dicom, crowd: Callable[..., list[socket.socket]]) -> None:
    (liar,) = crowd(dicom.port, 1, struct.pack(">BxL", 1, 0xFFFFFFF0) + bytes(10_000))
    assert ends_with_abort(liar)


def test_a_pdu_above_what_was_negotiated_ends_the_association_without_filling_the_memory(
    dicom: Dicom,
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sender = dicom.connect()
    sender.socket.sendall(struct.pack(">BxL", 4, 1 << 30) + bytes(100_000))
    assert sender.read_pdu()[0] == ABORT
    sender.socket.close()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize(
    "pdu",
    [
        struct.pack(">BxL", 0x02, 4) + bytes(4),
        struct.pack(">BxL", 0x63, 4) + bytes(4),
        struct.pack(">BxLLBB", 4, 6, 500, 1, 3),
        struct.pack(">BxLLBB", 4, 6, 2, 77, 3),
        struct.pack(">BxLLBB", 4, 6, 2, 1, 2),
        struct.pack(">BxLLBB", 4, 10, 6, 1, 3) + b"junk",
    ],
    ids=["accept", "unknown type", "lying PDV", "unknown context", "data without command", "no command set"],
)
def test_what_is_not_the_protocol_is_aborted(dicom: Dicom, pdu: bytes) -> None:
    sender = dicom.connect()
    sender.socket.sendall(pdu)
    assert sender.read_pdu()[0] == ABORT
    sender.socket.close()
    assert echo_seconds(dicom) < 1


def test_when_all_associations_are_taken_the_next_is_told_so(start_dicom: Callable[..., Dicom]) -> None:
    dicom = start_dicom(max_associations=2)
    with dicom.connect() as one, dicom.connect() as two:
        assert (one.echo().status, two.echo().status) == (0, 0)  # who says nothing would make room
        with pytest.raises(AssociationRejected) as caught:
            dicom.connect()
        assert caught.value.numbers == (2, 3, 2)
    assert echo_seconds(dicom) < 1


def test_an_abort_in_the_middle_of_a_data_set_leaves_nothing(dicom: Dicom) -> None:
    item = outgoing(dicomgen.ct_slice(rows=512, columns=512))
    sender = dicom.connect(item)
    request = sender.store_request(item)
    sender.socket.sendall(request[: len(request) // 2])
    while not dicom.spooled_files():
        time.sleep(0.01)
    sender.socket.close()
    deadline = time.monotonic() + 5
    while dicom.spooled_files() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (dicom.spooled_files(), dicom.stored_files()) == ([], [])
