"""The client of the decode processes: a compressed frame goes out, an array comes back, or an error with a reason.

Nothing here touches a codec: whatever a stream does, it does elsewhere.
"""

import math
import os
import queue
import socket
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

import numpy as np

from app.base.errors import HoichanError, Unavailable, Unsupported
from app.base.settings import Settings
from app.render import decode_wire
from app.render.codecs import Decoded, Task

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "crashed": "The image data is damaged: decoding it failed.",
        "damaged": "The image data is damaged.",
        "depth_differs": "The image data has {found} bits, its header says {said}.",
        "incomplete": "The image data ends early: the file is incomplete.",
        "memory": "Decoding this image takes more memory than allowed.",
        "size_differs": "The image data is {found} pixels, its header says {said}.",
        "time": "Decoding this image takes longer than allowed.",
    }
)
_BUSY = "Too many images are being decoded. Try again in a moment."
_AWAY = "The image decoder is not running. It should be back in a moment."
_SPARE_CONNECTIONS = 16


class DecodeClient:
    """Used by many threads at once; keeps a few connections open."""

    def __init__(self, socket_path: Path, *, patience_seconds: float = 60) -> None:
        self._path = socket_path
        self._patience = patience_seconds
        self._spare: queue.LifoQueue[socket.socket] = queue.LifoQueue(_SPARE_CONNECTIONS)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The one of this machine. Should even its supervisor hang, the answer comes within a second of the limit."""
        return cls(settings.run_dir / "decode.sock", patience_seconds=settings.decode.seconds + 0.8)

    def decode(self, task: Task, data: bytes | memoryview) -> Decoded:
        """Raises Unsupported("undecodable") with the reason, or Unavailable when no decoder can be had."""
        handle = decode_wire.memory_file(data)
        try:
            packet, result = self._ask({"task": task._asdict(), "size": len(data)}, handle)
        finally:
            os.close(handle)
        if result is None:
            raise _refusal(packet)
        try:
            return _decoded(task, packet, result)
        except (EOFError, KeyError, TypeError, ValueError) as error:
            raise Unsupported("undecodable", REASONS["crashed"]) from error
        finally:
            os.close(result)

    def close(self) -> None:
        """Closes the spare connections."""
        while True:
            try:
                self._spare.get_nowait().close()
            except queue.Empty:
                return

    def _ask(self, packet: dict[str, Any], handle: int) -> tuple[dict[str, Any], int | None]:
        """One question, one answer. A connection that a restart of the decoder cut is tried anew once."""
        try:
            try:
                return self._ask_over(self._spare.get_nowait(), packet, handle)
            except (queue.Empty, ConnectionError, EOFError):
                return self._ask_over(decode_wire.connect(self._path), packet, handle)
        except TimeoutError as error:
            raise Unavailable("decoder_busy", _BUSY) from error
        except (OSError, EOFError) as error:
            raise Unavailable("decoder_away", _AWAY) from error

    def _ask_over(
        self, channel: socket.socket, packet: dict[str, Any], handle: int
    ) -> tuple[dict[str, Any], int | None]:
        """Closing the connection, on any error, takes the question back."""
        try:
            channel.settimeout(self._patience)
            decode_wire.send(channel, packet, handle)
            answer = decode_wire.receive(channel)
        except BaseException:
            channel.close()
            raise
        try:
            self._spare.put_nowait(channel)
        except queue.Full:
            channel.close()
        return answer


def _refusal(packet: dict[str, Any]) -> HoichanError:
    reason = packet.get("reason")
    if reason == "busy":
        return Unavailable("decoder_busy", _BUSY)
    if reason == "away":
        return Unavailable("decoder_away", _AWAY)
    return Unsupported(
        "undecodable", REASONS.get(str(reason), REASONS["crashed"]), **packet.get("params", {})
    )


def _decoded(task: Task, packet: dict[str, Any], handle: int) -> Decoded:
    """The array, after checking what a process that met hostile bytes says about it."""
    shape = tuple(int(side) for side in packet["shape"])
    dtype = np.dtype(packet["dtype"])
    cells = math.prod(shape)
    if dtype.kind not in "iu" or cells > task.rows * task.columns * task.samples or min(shape, default=0) < 1:
        raise ValueError(shape)
    values = np.frombuffer(decode_wire.contents(handle, cells * dtype.itemsize), dtype)
    return Decoded(values.reshape(shape), packet["colour"] if packet["colour"] in {"RGB", "YBR"} else "")
