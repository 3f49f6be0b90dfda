"""The whole of Hoichan as its own processes on free ports and a folder of its own, for journeys and benchmarks."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
READY = re.compile(r"Started in ([\d.]+) s")
ACCOUNT = re.compile(r"^ {4}(\S+) +((?:[a-z]+-){3}\d{5}) ", re.MULTILINE)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """`hoichan run --demonstration` and what it printed."""

    data_dir: Path
    web_port: int
    dicom_port: int
    environment: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    output: str = ""
    started_in: float = 0.0
    process: "subprocess.Popen[str] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def start(self, seconds: float = 240) -> None:
        """Returns once the console says that everything runs."""
        command = [sys.executable, "-m", "app.main", "run", "--demonstration"]
        environment = {**os.environ, **self.environment, **self._ports(), "PYTHONUNBUFFERED": "1"}
        environment.pop("HOICHAN_WRITE_GOLDEN", None)  # the tests' own, no setting
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=environment
        )
        self.output = ""
        ready = threading.Event()
        threading.Thread(target=self._read, args=(self.process, ready), daemon=True).start()
        deadline = time.monotonic() + seconds
        while not ready.wait(0.05):
            assert self.process.poll() is None, f"it ended: {self.output}"
            assert time.monotonic() < deadline, f"it did not start: {self.output}"
        found = READY.search(self.output)
        assert found is not None
        self.started_in = float(found.group(1))
        self.passwords |= dict(ACCOUNT.findall(self.output))

    def _ports(self) -> dict[str, str]:
        return {
            "HOICHAN_DATA_DIR": str(self.data_dir),
            "HOICHAN_WEB__PORT": str(self.web_port),
            "HOICHAN_DICOM__PORT": str(self.dicom_port),
        }

    def _read(self, process: "subprocess.Popen[str]", ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.output += line
            if READY.search(line):
                ready.set()

    def kill_web(self) -> None:
        """As a crash does; whoever watches the processes starts it again."""
        assert self.process is not None
        parent = self.process.pid
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split():
            if b"\0web\0" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.killpg(int(child), signal.SIGKILL)  # each process leads a group of its own

    def stop(self) -> int:
        """As Ctrl-C does; returns the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(timeout=60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[Running]:
    """Started, and stopped at the end of the block."""
    hoichan = Running(folder / "data", free_port(), free_port(), environment)
    hoichan.start()
    try:
        yield hoichan
    finally:
        if hoichan.process is not None and hoichan.process.poll() is None:
            hoichan.stop()
