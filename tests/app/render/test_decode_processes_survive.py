"""Whatever a frame does to its decode process, the supervisor lives and the asker is told why."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from app.base.errors import HoichanError, Unavailable, Unsupported
from app.render import decode_wire
from app.render.codecs import Task
from app.render.decode import REASONS, DecodeClient
from app.render.decode_server import QUEUE_LIMIT
from tests.decoding import RunningDecoder, running_decoder

JPEG_LS = "1.2.840.10008.1.2.4.80"
RLE = "1.2.840.10008.1.2.5"
SIZE = 64
TASK = Task(JPEG_LS, SIZE, SIZE, 1, 16)
VALUES = (np.arange(SIZE * SIZE, dtype=np.uint16) * 7).reshape(SIZE, SIZE)
STREAM = bytes(imagecodecs.jpegls_encode(VALUES))


def decodes(client: DecodeClient) -> bool:
    return bool(np.array_equal(client.decode(TASK, STREAM).values, VALUES))


def decodes_soon(client: DecodeClient) -> bool:
    """On a busy machine a new child may take longer to start than is waited for it: one is told to ask again, and does."""
    give_up = time.monotonic() + 20
    while True:
        try:
            return decodes(client)
        except Unavailable:
            if time.monotonic() > give_up:
                raise


def error_of(client: DecodeClient, task: Task = TASK, data: bytes = STREAM) -> HoichanError:
    with pytest.raises(HoichanError) as caught:
        client.decode(task, data)
    return caught.value


def test_a_child_killed_in_the_middle_is_replaced(tmp_path: Path) -> None:
    with running_decoder(tmp_path, workers=1) as decoder:
        client = DecodeClient(decoder.path)
        assert decodes(client)
        child = decoder.only_child()
        os.kill(child, signal.SIGSTOP)
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(error_of, client)
            time.sleep(0.1)
            os.kill(child, signal.SIGKILL)
            error = waiting.result(10)
        assert isinstance(error, Unsupported)
        assert (error.code, error.message) == ("undecodable", REASONS["crashed"])
        assert decodes(client)
        assert decoder.only_child() != child
        client.close()


def test_a_child_that_takes_too_long_is_killed_and_the_reason_is_time(tmp_path: Path) -> None:
    with running_decoder(tmp_path, workers=1, seconds=1) as decoder:
        client = DecodeClient(decoder.path)
        assert decodes(client)
        os.kill(decoder.only_child(), signal.SIGSTOP)
        assert error_of(client).message == REASONS["time"]
        assert decodes_soon(client)
        client.close()


def test_a_frame_that_needs_more_memory_than_allowed_is_refused(tmp_path: Path) -> None:
    rows = 12000
    runs = rows * rows // 128
    stream = (1).to_bytes(4, "little") + (64).to_bytes(4, "little") + bytes(56) + b"\x81\0" * runs
    with running_decoder(tmp_path, workers=1, memory_mb=128) as decoder:
        client = DecodeClient(decoder.path)
        assert error_of(client, Task(RLE, rows, rows, 1, 8), stream).message == REASONS["memory"]
        assert decodes(client)
        client.close()


def test_a_frame_nobody_waits_for_any_more_is_dropped_and_frees_its_place(tmp_path: Path) -> None:
    with running_decoder(tmp_path, workers=1, seconds=30) as decoder:
        client = DecodeClient(decoder.path)
        assert decodes(client)
        os.kill(decoder.only_child(), signal.SIGSTOP)
        hasty = DecodeClient(decoder.path, patience_seconds=0.2)
        started = time.monotonic()
        assert isinstance(error_of(hasty), Unavailable)
        assert decodes(client), "the child that worked for nobody was replaced"
        assert time.monotonic() - started < 10
        client.close()


def test_a_connection_used_before_runs_out_of_patience_alike(tmp_path: Path) -> None:
    with running_decoder(tmp_path, workers=1, seconds=30) as decoder:
        client = DecodeClient(decoder.path, patience_seconds=2)
        assert decodes(client)
        child = decoder.only_child()
        os.kill(child, signal.SIGSTOP)
        error = error_of(client)
        assert (type(error), error.code) == (Unavailable, "decoder_busy")
        client.close()


def test_who_waits_behind_frames_that_eat_their_time_is_told_in_time_to_ask_again(tmp_path: Path) -> None:
    with running_decoder(tmp_path, workers=1, seconds=2) as decoder:
        client = DecodeClient(decoder.path)
        assert decodes(client)
        os.kill(decoder.only_child(), signal.SIGSTOP)
        started = time.monotonic()
        with ThreadPoolExecutor(3) as pool:
            errors = [asked.result(10) for asked in [pool.submit(error_of, client) for _ in range(3)]]
        assert time.monotonic() - started < 3
        assert sorted(error.code for error in errors) == ["decoder_busy", "decoder_busy", "undecodable"]
        assert decodes_soon(client)
        client.close()


def test_a_full_queue_answers_busy_at_once(tmp_path: Path) -> None:
    with running_decoder(tmp_path, workers=1, seconds=30) as decoder:
        client = DecodeClient(decoder.path)
        assert decodes(client)
        child = decoder.only_child()
        os.kill(child, signal.SIGSTOP)
        handle = decode_wire.memory_file(STREAM)
        channel = decode_wire.connect(decoder.path)
        for _ in range(QUEUE_LIMIT + 2):
            decode_wire.send(channel, {"task": TASK._asdict(), "size": len(STREAM)}, handle)
        assert decode_wire.receive(channel)[0] == {"reason": "busy"}
        error = error_of(client)
        assert (type(error), error.code) == (Unavailable, "decoder_busy")
        os.kill(child, signal.SIGCONT)
        channel.close()
        os.close(handle)
        client.close()


def test_without_a_supervisor_the_decoder_is_away(tmp_path: Path) -> None:
    error = error_of(DecodeClient(tmp_path / "nobody.sock"))
    assert (type(error), error.code) == (Unavailable, "decoder_away")


def test_a_client_outlives_a_restart_of_the_supervisor(tmp_path: Path) -> None:
    client = DecodeClient(tmp_path / "decode.sock")
    for _ in range(2):
        with running_decoder(tmp_path, workers=1):
            assert decodes(client)
    client.close()


def test_the_socket_may_lie_deeper_than_an_address_is_long(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 100) / ("b" * 100)
    folder.mkdir(parents=True)
    with running_decoder(folder, workers=1) as decoder:
        client = DecodeClient(decoder.path)
        assert decodes(client)
        client.close()


def test_many_threads_share_one_client(decoder: RunningDecoder) -> None:
    client = DecodeClient(decoder.path)
    with ThreadPoolExecutor(24) as pool:
        assert all(pool.map(lambda _: decodes(client), range(200)))
    client.close()


def test_nonsense_on_the_socket_only_ends_that_connection(decoder: RunningDecoder) -> None:
    client = DecodeClient(decoder.path)
    for nonsense in (b"", b"\xff\xfe", b"[]", b'{"task": 1}', b"{}"):
        channel = decode_wire.connect(decoder.path)
        if nonsense:
            channel.send(nonsense)
        channel.close()
    handle = decode_wire.memory_file(b"x")
    for packet in ({}, {"task": {}, "size": 1}, {"task": TASK._asdict(), "size": 1 << 40}):
        channel = decode_wire.connect(decoder.path)
        decode_wire.send(channel, packet, handle)
        answer, _ = decode_wire.receive(channel)
        assert answer["reason"] in REASONS
        channel.close()
    os.close(handle)
    assert decodes(client)
    client.close()


def test_children_end_with_their_supervisor(tmp_path: Path) -> None:
    with running_decoder(tmp_path) as decoder:
        client = DecodeClient(decoder.path)
        assert decodes(client)
        children = decoder.children()
        client.close()
    assert children
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def test_a_decode_process_holds_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOICHAN_DATABASE_URL", "postgresql+psycopg://hoichan:secret@localhost/hoichan")
    with running_decoder(tmp_path, workers=1) as decoder:
        client = DecodeClient(decoder.path)
        assert decodes(client)
        child = decoder.only_child()
        assert b"secret" not in Path(f"/proc/{child}/environ").read_bytes()
        opened = {handle.readlink().name for handle in Path(f"/proc/{child}/fd").iterdir()}
        assert len([name for name in opened if name.startswith("socket:")]) == 1
        client.close()
