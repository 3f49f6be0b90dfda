"""`hoichan run`: starts the processes of one machine, watches them, ends them together."""

import contextlib
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import FrameType

from app.base.settings import Settings, SettingsError

log = logging.getLogger(__name__)

PROCESSES = ("decode", "worker", "web", "dicom")  # ended in the opposite order
END_WITHIN = 35.0
RESTART_AFTER = 1.0
GIVE_UP_AFTER = 5  # deaths within a minute


@dataclass
class Child:
    """One process and its deaths."""

    name: str
    process: subprocess.Popen[bytes]
    deaths: list[float] = field(default_factory=list)


class Supervisor:
    """Holds the children; `run` returns when it is told to stop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._children: list[Child] = []
        self._stopping = threading.Event()

    def start(self) -> None:
        """Starts all; they load, and wait for `release`."""
        signal.signal(signal.SIGINT, self._told_to_stop)
        signal.signal(signal.SIGTERM, self._told_to_stop)
        names = [*PROCESSES, *["dicom"] * (self._settings.dicom.processes - 1)]
        self._children = [Child(name, _start(name)) for name in names]

    def release(self) -> None:
        """The database is ready. Returns when pages and machines are answered, or we were told to stop.

        Raises SettingsError when a process cannot start.
        """
        for child in self._children:
            _release(child.process)
        for host, port in self._ports():
            self._wait_for(host, port)

    def watch(self) -> None:
        """Starts again what dies, until told to stop."""
        while not self._stopping.wait(0.5):
            for child in self._children:
                if child.process.poll() is not None and not self._stopping.is_set():
                    self._restart(child)

    def stop(self) -> None:
        """Ends machines' door first, decoders last; what does not end in time is killed."""
        self._stopping.set()
        for child in reversed(self._children):
            child.process.terminate()
        deadline = time.monotonic() + END_WITHIN
        for child in reversed(self._children):
            try:
                child.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("%s did not end in time and was killed", child.name)
                child.process.kill()
                child.process.wait()
            if child.process.stdin is not None:
                with contextlib.suppress(BrokenPipeError):  # it died before it had read what was written
                    child.process.stdin.close()

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()

    def _ports(self) -> list[tuple[str, int]]:
        settings = self._settings
        ports = [(settings.web.host, settings.web.port), (settings.dicom.host, settings.dicom.port)]
        if settings.dicom.tls_port is not None:
            ports.append((settings.dicom.host, settings.dicom.tls_port))
        return ports

    def _wait_for(self, host: str, port: int) -> None:
        near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
        deadline = time.monotonic() + 60
        while not self._stopping.is_set():
            dead = next((child for child in self._children if child.process.poll() is not None), None)
            if dead is not None or time.monotonic() > deadline:
                what = dead.name if dead else f"port {port}"
                raise SettingsError(
                    f"{what} did not start. See {self._settings.data_dir / 'logs'} for the reason."
                )
            try:
                socket.create_connection((near, port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return

    def _restart(self, child: Child) -> None:
        moment = time.monotonic()
        child.deaths = [death for death in child.deaths if moment - death < 60] + [moment]
        if len(child.deaths) > GIVE_UP_AFTER:
            log.error("%s dies again and again: stopping. See the logs folder", child.name)
            self._stopping.set()
            return
        log.warning("%s ended with %s and is started again", child.name, child.process.returncode)
        time.sleep(RESTART_AFTER)
        child.process = _start(child.name)
        _release(child.process)


def _start(name: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "app.main", name, "--supervised"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def _release(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it died while loading: whoever waits for its port finds out
        process.stdin.write(b"g")
        process.stdin.flush()
