"""A native multi-frame file of 3.9 GB (near the 32-bit limit of Pixel Data) by C-STORE: the most the server held of it.

python -m tests.bench.large [gigabytes]
"""

import io
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Self

from pydicom import dcmread
from pydicom.filewriter import dcmwrite

from tests import dicomgen
from tests.bench.serving import CALLED, CALLING, serving
from tests.sender import Outgoing, Sender, outgoing

PORT = 21_107
SIDE = 2048
_FRAME = SIDE * SIDE * 2
_PIXEL_DATA = b"\xe0\x7f\x10\x00OW\x00\x00"
GOAL_MB = 300


def header_of(frames: int) -> Outgoing:
    """A data set up to and with the head of its Pixel Data."""
    dataset = dcmread(io.BytesIO(dicomgen.ct_slice()))
    dataset.Rows = dataset.Columns = SIDE
    dataset.NumberOfFrames = frames
    del dataset.PixelData
    written = io.BytesIO()
    dcmwrite(written, dataset, enforce_file_format=True)
    item = outgoing(written.getvalue())
    head = _PIXEL_DATA + (frames * _FRAME).to_bytes(4, "little")
    return Outgoing(item.sop_class_uid, item.sop_instance_uid, item.transfer_syntax, item.data + head)


class Peak:
    """The most memory a process held, its part of the page cache not counted, looked at every 20 ms."""

    def __init__(self, process: int) -> None:
        self._status = Path(f"/proc/{process}/status")
        self.megabytes = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            lines = dict(line.split(":", 1) for line in self._status.read_text().splitlines() if ":" in line)
            self.megabytes = max(self.megabytes, int(lines["VmRSS"].split()[0]) / 1024)


def send(port: int, frames: int) -> float:
    """Seconds from the first byte to the answer."""
    item, frame = header_of(frames), bytes(range(256)) * (_FRAME // 256)
    offers = [(item.sop_class_uid, item.transfer_syntax)]
    with Sender(port, called=CALLED, calling=CALLING, offers=offers, seconds=600) as sender:
        begun = time.perf_counter()
        sender.begin_store(item)
        for number in range(frames):
            sender.send_data(item, frame, last=number == frames - 1)
        answer = sender.response()
        if answer.status:
            raise AssertionError(f"{answer.status:04X} {answer.comment}")
        return time.perf_counter() - begun


def main(gigabytes: float = 3.9) -> None:
    frames = int(gigabytes * 1e9) // _FRAME
    root = Path(tempfile.mkdtemp(prefix="hoichan-large-"))
    try:
        with serving(root / "data", PORT) as server, Peak(server.pid) as peak:
            took = send(PORT, frames)
    finally:
        shutil.rmtree(root)
    rate = frames * _FRAME / 1e6 / took
    print(
        f"  {frames * _FRAME / 1e9:.1f} GB in {took:.0f} s ({rate:.0f} MB/s), at most {peak.megabytes:.0f} MB held",
        end="",
    )
    print(f" (goal {GOAL_MB})")


if __name__ == "__main__":
    main(*(float(text) for text in sys.argv[1:2]))
