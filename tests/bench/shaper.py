"""A thin line on loopback: a shared rate and a fixed delay in each direction, for HTTP and WebSockets alike.

One queue a direction is shared by all connections, as on a real access line. The first bytes a client sends wait
one more round trip, in place of the TCP handshake that loopback finishes at once.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PIECE = 1460 * 4
_AHEAD = 256 * 1024  # bytes taken from a sender before it has to wait, as a kernel's buffer would


class Wire:
    """One direction of the line: when would `size` bytes have passed?"""

    def __init__(self, bits_per_second: float) -> None:
        self._bytes_per_second = bits_per_second / 8
        self._free_at = 0.0

    def pass_at(self, size: int, now: float) -> float:
        """The moment the last of `size` bytes leaves the line."""
        self._free_at = max(now, self._free_at) + size / self._bytes_per_second
        return self._free_at


class Shaper:
    """Listens on `port`, passes on to `target`; runs on a thread of its own."""

    def __init__(self, target: int, *, megabits: float, round_trip_ms: float) -> None:
        self._target = target
        self._half = round_trip_ms / 2000
        self._up, self._down = Wire(megabits * 1e6), Wire(megabits * 1e6)
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self.port = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(5)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = int(server.sockets[0].getsockname()[1])
        self._ready.set()
        self._loop.run_forever()
        server.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        for stream in (writer, there_writer):
            stream.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(
                self._pipe(reader, there_writer, self._up, handshake=2 * self._half),
                self._pipe(there_reader, writer, self._down, handshake=0.0),
            )

    async def _pipe(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wire: Wire, *, handshake: float
    ) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=_AHEAD // _PIECE)
        sender = asyncio.create_task(self._deliver(queue, writer))
        extra = handshake
        while piece := await reader.read(_PIECE):
            due = wire.pass_at(len(piece), self._loop.time()) + self._half + extra
            extra = 0.0
            await queue.put((due, piece))
        await queue.put((self._loop.time() + self._half, b""))
        await sender

    async def _deliver(self, queue: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):  # a side that has gone: its other task notices it too
            while True:
                due, piece = await queue.get()
                wait = due - self._loop.time()
                if wait > 0:
                    await asyncio.sleep(wait)
                if not piece:
                    writer.close()
                    return
                writer.write(piece)
                await writer.drain()


@contextmanager
def thin_line(target: int, *, megabits: float = 10, round_trip_ms: float = 60) -> Iterator[int]:
    """The port behind which `target` seems to be at the other end of such a line."""
    shaper = Shaper(target, megabits=megabits, round_trip_ms=round_trip_ms)
    shaper.start()
    try:
        yield shaper.port
    finally:
        shaper.stop()
