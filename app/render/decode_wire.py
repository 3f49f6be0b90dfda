"""How client, supervisor and decode process talk: one packet of JSON, and one memory file with the bytes.

Packets of a Unix socket keep their bounds, so there is nothing to parse by length. Memory files travel as descriptors:
no copy, no name, gone with the last one who holds them.
"""

import json
import os
import socket
from pathlib import Path
from typing import Any

_LARGEST_PACKET = 65536


def memory_file(data: bytes | memoryview) -> int:
    """A memory file of these bytes, to be closed by the caller."""
    handle = os.memfd_create("frame", os.MFD_CLOEXEC)
    view = memoryview(data).cast("B")
    while view:
        view = view[os.write(handle, view) :]
    return handle


def contents(handle: int, size: int) -> bytearray:
    """A copy of the file's bytes: what the other process does to it afterwards does not matter.

    Raises EOFError when the file is not of this size.
    """
    data = bytearray(size)
    view, at = memoryview(data), 0
    while at < size:
        count = os.preadv(handle, [view[at:]], at)
        if count == 0:
            raise EOFError
        at += count
    if os.fstat(handle).st_size != size:
        raise EOFError
    return data


def send(channel: socket.socket, packet: dict[str, Any], handle: int | None = None) -> None:
    """One packet, with a descriptor that stays ours to close."""
    text = json.dumps(packet).encode()
    socket.send_fds(channel, [text], [] if handle is None else [handle])


def receive(channel: socket.socket) -> tuple[dict[str, Any], int | None]:
    """One packet and its descriptor, ours to close. Raises EOFError when the other side is gone, ValueError for nonsense."""
    text, handles, _, _ = socket.recv_fds(channel, _LARGEST_PACKET, 1)
    handle = handles[0] if handles else None
    try:
        return _packet(text), handle
    except (EOFError, ValueError):
        if handle is not None:
            os.close(handle)
        raise


def _packet(text: bytes) -> dict[str, Any]:
    if not text:
        raise EOFError
    packet = json.loads(text)
    if not isinstance(packet, dict):
        raise ValueError("not a packet")  # noqa: TRY004 - to the caller it is one kind of nonsense
    return packet


def connect(path: Path) -> socket.socket:
    """A client's end. Raises OSError when nobody listens."""
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
    try:
        with _Short(path) as address:
            channel.connect(address)
    except OSError:
        channel.close()
        raise
    return channel


def listen(path: Path) -> socket.socket:
    """The supervisor's end; replaces a socket that a dead one left. Raises OSError when one is alive."""
    try:
        connect(path).close()
    except OSError:
        path.unlink(missing_ok=True)
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
    with _Short(path) as address:
        channel.bind(address)
    path.chmod(0o600)
    channel.listen(256)
    return channel


class _Short:
    """An address for a socket in any folder: by the folder's descriptor, because addresses end at 107 bytes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> str:
        self._folder = os.open(self._path.parent, os.O_PATH | os.O_DIRECTORY)
        return f"/proc/self/fd/{self._folder}/{self._path.name}"

    def __exit__(self, *_: object) -> None:
        os.close(self._folder)
