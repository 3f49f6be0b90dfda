"""The supervisor of the decode processes: one loop, a bounded queue, and children that may die.

It listens on a Unix socket, gives each waiting frame to a free child, and kills a child that takes too long. A frame
that kills its child costs an answer with a reason; a new child takes the place. It never looks into a frame itself.
"""

import argparse
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.render import decode_wire

CLIENT_LIMIT = 400
QUEUE_LIMIT = 256
_START_SECONDS = 30.0
_ORPHAN_SECONDS = 1.0
"""A frame nobody waits for any more may still finish for so long."""
_RESTART_PAUSE = 1.0
_TICK = 0.25
_WAITING_PART = 0.5
"""Of the time for an answer: waiting longer for a free decoder leaves too little for decoding."""
_AT_ONCE = 0.5


@dataclass(eq=False)
class _Job:
    client: socket.socket
    packet: dict[str, Any]
    handle: int
    asked_at: float
    began_at: float = 0.0


@dataclass(eq=False)
class _Child:
    process: subprocess.Popen[bytes]
    channel: socket.socket
    deadline: float
    ready: bool = False
    job: _Job | None = None
    reason: str = "crashed"
    """Why it died, if it dies: told to whoever waits."""


@dataclass(frozen=True)
class Limits:
    """What one decode process may use, and how many there are. `seconds` pass from the question to its answer at most,
    waiting for a free decoder included.
    """

    workers: int = 2
    memory_mb: int = 1536
    seconds: int = 9


class Supervisor:
    """Owns the listening socket, the children and the queue. Single-threaded: nothing here is shared."""

    def __init__(self, socket_path: Path, limits: Limits) -> None:
        self._limits = limits
        self._path = socket_path
        self._selector = selectors.DefaultSelector()
        self._listener = decode_wire.listen(socket_path)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ, None)
        self._queue: deque[_Job] = deque()
        self._children: list[_Child] = []
        self._clients: set[socket.socket] = set()
        self._start_next_at = 0.0
        self._stopping = False

    def run(self) -> None:
        """Until `stop()`."""
        try:
            while not self._stopping:
                self._keep_children()
                for key, _ in self._selector.select(_TICK):
                    self._serve(key.fileobj, key.data)
                self._enforce_time()
        finally:
            self._close()

    def stop(self) -> None:
        """Ends the loop within a tick; safe in a signal handler."""
        self._stopping = True

    def _serve(self, source: Any, child: _Child | None) -> None:
        if child is not None:
            self._hear_child(child)
        elif source is self._listener:
            self._accept()
        elif source in self._clients:
            self._hear_client(source)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        if len(self._clients) >= CLIENT_LIMIT:
            client.close()
            return
        self._clients.add(client)
        self._selector.register(client, selectors.EVENT_READ, None)

    def _hear_client(self, client: socket.socket) -> None:
        try:
            packet, handle = decode_wire.receive(client)
        except (OSError, EOFError, ValueError):
            self._forget(client)
            return
        if handle is None or len(self._queue) >= QUEUE_LIMIT:
            if handle is not None:
                os.close(handle)
            self._tell(client, {"reason": "busy"})
            return
        self._queue.append(_Job(client, packet, handle, time.monotonic()))
        self._hand_out()

    def _hand_out(self) -> None:
        """The oldest job to each free child."""
        for child in self._children:
            if not self._queue:
                return
            if child.ready and child.job is None:
                self._give(child, self._queue.popleft())

    def _give(self, child: _Child, job: _Job) -> None:
        child.job, child.reason = job, "crashed"
        job.began_at = time.monotonic()
        child.deadline = job.asked_at + self._limits.seconds
        try:
            decode_wire.send(child.channel, job.packet, job.handle)
        except OSError:
            self._bury(child)
        finally:
            os.close(job.handle)

    def _hear_child(self, child: _Child) -> None:
        try:
            packet, handle = decode_wire.receive(child.channel)
        except (OSError, EOFError, ValueError):
            self._bury(child)
            return
        job, child.job = child.job, None
        child.deadline = float("inf")
        if not child.ready:
            child.ready = True
        elif job is not None:
            self._tell(job.client, packet, handle)
        if handle is not None:
            os.close(handle)
        self._hand_out()

    def _tell(self, client: socket.socket, packet: dict[str, Any], handle: int | None = None) -> None:
        if client not in self._clients:
            return
        try:
            decode_wire.send(client, packet, handle)
        except OSError:
            self._forget(client)

    def _forget(self, client: socket.socket) -> None:
        """A client went away: what it waited for is dropped, what runs for it is not waited for."""
        self._clients.discard(client)
        self._selector.unregister(client)
        client.close()
        for job in [job for job in self._queue if job.client is client]:
            self._queue.remove(job)
            os.close(job.handle)
        for child in self._children:
            if child.job is not None and child.job.client is client:
                child.deadline = min(child.deadline, time.monotonic() + _ORPHAN_SECONDS)

    def _enforce_time(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if now > child.deadline:
                child.reason = self._late(child.job)
                child.process.kill()
                child.deadline = float("inf")
        while self._queue and now > self._queue[0].asked_at + self._limits.seconds * _WAITING_PART:
            job = self._queue.popleft()
            os.close(job.handle)
            self._tell(job.client, {"reason": "busy" if self._children else "away"})

    def _late(self, job: _Job | None) -> str:
        """A frame that had to wait for its place has not shown that it takes too long: it may be asked for again."""
        return "time" if job is None or job.began_at - job.asked_at < _AT_ONCE else "busy"

    def _keep_children(self) -> None:
        """As many as wanted; after one that died before it was ready, with a pause."""
        now = time.monotonic()
        while len(self._children) < self._limits.workers and now >= self._start_next_at:
            self._children.append(self._start(now))

    def _start(self, now: float) -> _Child:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "app.render.decode_child", str(theirs.fileno())]
        command += [str(self._limits.memory_mb), str(self._limits.seconds)]
        with theirs:
            process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=_environment(),
                process_group=0,
            )
        child = _Child(process, ours, now + _START_SECONDS)
        self._selector.register(ours, selectors.EVENT_READ, child)
        return child

    def _bury(self, child: _Child) -> None:
        """A child is dead or as good as dead: its job gets the reason, its place becomes free."""
        self._selector.unregister(child.channel)
        child.channel.close()
        child.process.kill()
        status = child.process.wait()
        self._children.remove(child)
        if not child.ready:
            self._start_next_at = time.monotonic() + _RESTART_PAUSE
        if child.job is not None:
            reason = "time" if status == -signal.SIGXCPU else child.reason
            self._tell(child.job.client, {"reason": reason})

    def _close(self) -> None:
        self._path.unlink(missing_ok=True)
        for child in self._children:
            child.process.kill()
            child.process.wait()
            child.channel.close()
        for job in self._queue:
            os.close(job.handle)
        for client in self._clients:
            client.close()
        self._listener.close()
        self._selector.close()


def _environment() -> dict[str, str]:
    """What a decode process needs and no more: who decodes strangers' bytes holds no secret of ours."""
    root = str(Path(__file__).parents[2])
    found = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": root}
    return found | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def serve(socket_path: Path, limits: Limits) -> None:
    """The program: until SIGTERM or SIGINT."""
    supervisor = Supervisor(socket_path, limits)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop())
    supervisor.run()


def main(arguments: list[str] | None = None) -> None:
    """`python -m app.render.decode_server --socket PATH`."""
    parser = argparse.ArgumentParser(description="Decodes image frames in processes of their own.")
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--workers", type=int, default=Limits.workers)
    parser.add_argument("--memory-mb", type=int, default=Limits.memory_mb)
    parser.add_argument("--seconds", type=int, default=Limits.seconds)
    given = parser.parse_args(arguments)
    try:
        serve(given.socket, Limits(given.workers, given.memory_mb, given.seconds))
    except OSError as error:
        sys.exit(f"The decoder cannot listen on {given.socket}: {error.strerror}.")


if __name__ == "__main__":
    main()
