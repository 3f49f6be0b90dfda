"""A decode process: takes a frame, gives an array, trusts nothing it decodes.

Started by the supervisor as a new program, never forked. Its memory and processor time are limited by the kernel, its
patience by the supervisor; whatever a codec does in here ends here.
"""

import math
import os
import resource
import socket
import sys
from pathlib import Path
from typing import Any

import numpy as np

from app.render import decode_wire
from app.render.codecs import Decoded, Refused, Task, decode


def main(descriptor: int, memory_mb: int, seconds: int) -> None:
    """Serves the supervisor's socket until it closes."""
    channel = socket.socket(fileno=descriptor)
    memory = _own_memory() + (memory_mb << 20)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _silence()
    decode_wire.send(channel, {"ready": True})
    while True:
        try:
            packet, handle = decode_wire.receive(channel)
        except EOFError:
            return
        _limit_processor_time(seconds)
        _answer(channel, packet, handle)


def _silence() -> None:
    """Codecs write about every damaged byte; a log is not the place for what strangers send."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _own_memory() -> int:
    """Address space of this program itself, libraries included, in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def _limit_processor_time(seconds: int) -> None:
    """So many seconds from now; the kernel ends the process after them."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime) + seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def _answer(channel: socket.socket, packet: dict[str, Any], handle: int | None) -> None:
    try:
        decoded = _decode(packet, handle)
        values = np.ascontiguousarray(decoded.values)
        result = decode_wire.memory_file(values.data)
    except Refused as error:
        decode_wire.send(channel, {"reason": error.reason, "params": error.params})
    except MemoryError:
        decode_wire.send(channel, {"reason": "memory"})
    except BaseException:  # noqa: BLE001 - codecs raise anything, also past Exception; it must not end this process
        decode_wire.send(channel, {"reason": "damaged"})
    else:
        answer = {"shape": values.shape, "dtype": values.dtype.str, "colour": decoded.colour}
        decode_wire.send(channel, answer, result)
        os.close(result)


def _decode(packet: dict[str, Any], handle: int | None) -> Decoded:
    if handle is None:
        raise Refused("damaged")
    try:
        data = bytes(decode_wire.contents(handle, packet["size"]))
    finally:
        os.close(handle)
    return decode(Task(**packet["task"]), data)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
