"""A decode supervisor for tests: real processes on a real socket."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.render import decode_wire

_PATIENCE = 20


@contextmanager
def running_decoder(
    folder: Path, *, workers: int = 2, memory_mb: int = 1536, seconds: int = 10
) -> Iterator[Path]:
    """The socket of a supervisor that runs while the block does."""
    path = folder / "decode.sock"
    limits = ["--workers", str(workers), "--memory-mb", str(memory_mb), "--seconds", str(seconds)]
    command = [sys.executable, "-m", "app.render.decode_server", "--socket", str(path), *limits]
    process = subprocess.Popen(command)
    try:
        _wait_for(path)
        yield path
    finally:
        process.terminate()
        process.wait(_PATIENCE)


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            decode_wire.connect(path).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
