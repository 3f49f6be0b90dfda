"""A decode supervisor and a renderer for tests: real processes on a real socket, files in a real store."""

import io
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate

from app.archive.frames_index import FrameIndex, FrameLocation
from app.archive.part10 import read_part10
from app.base.blobs import Blobs
from app.render import decode_wire
from app.render.cache import FileCache
from app.render.decode import DecodeClient
from app.render.description import Grey, ImageDescription
from app.render.frames import Renderer
from app.render.params import FrameParams
from tests.dicomgen import file

_PATIENCE = 20
_UNKNOWN_TO_PYDICOM = {
    "1.2.840.10008.1.2.4.110": "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.8.1": "1.2.840.10008.1.2.4.90",
}
"""Written under one of the same length, then renamed in the bytes."""


@dataclass(frozen=True)
class RunningDecoder:
    """A supervisor: where it listens, and its process."""

    path: Path
    pid: int

    def children(self) -> list[int]:
        """Its decode processes."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def only_child(self, *, unlike: int = 0) -> int:
        """The one decode process once it is there; with `unlike`, the one that took the place of that one."""
        for _ in range(500):
            found = self.children()
            if len(found) == 1 and found[0] != unlike:
                return found[0]
            time.sleep(0.02)
        raise AssertionError("no decode process came up")


@contextmanager
def running_decoder(
    folder: Path, *, workers: int = 2, memory_mb: int = 1536, seconds: int = 10
) -> Iterator[RunningDecoder]:
    """A supervisor that runs while the block does."""
    path = folder / "decode.sock"
    limits = ["--workers", str(workers), "--memory-mb", str(memory_mb), "--seconds", str(seconds)]
    command = [sys.executable, "-m", "app.render.decode_server", "--socket", str(path), *limits]
    process = subprocess.Popen(command)
    try:
        _wait_for(path)
        yield RunningDecoder(path, process.pid)
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


class Darkroom:
    """A renderer over a store of its own."""

    def __init__(self, folder: Path, decoder_path: Path) -> None:
        self.blobs = Blobs(folder)
        self.client = DecodeClient(decoder_path)
        self.cache = FileCache(folder / "cache", 64 << 20)
        self.renderer = Renderer(self.blobs, self.client, self.cache)

    def keep(self, data: bytes) -> list[FrameLocation]:
        """Stores a file; where its frames lie."""
        part10 = read_part10(data)
        return self.locations(data, part10.frames, part10.transfer_syntax_uid, part10.header_length)

    def locations(
        self, data: bytes, frames: FrameIndex, transfer_syntax_uid: str, header_length: int
    ) -> list[FrameLocation]:
        """The same for a file read by other means."""
        with self.blobs.open_spool() as spool:
            spool.write(data)
            digest = spool.commit().digest
        return [
            FrameLocation(digest, transfer_syntax_uid, header_length, number, *frames.location(number))
            for number in range(1, frames.count + 1)
        ]

    def values(self, data: bytes) -> NDArray[Any]:
        """Stored values of all frames of a file."""
        return np.stack([self.renderer.values(frame) for frame in self.keep(data)])

    def picture(self, data: bytes, params: FrameParams | None = None) -> NDArray[np.uint8]:
        """The first frame as PNG shows it."""
        wanted = replace(params or FrameParams(), media_type="image/png")
        return pixels_of(self.renderer.rendered_frame(self.keep(data)[0], wanted))


def pixels_of(picture: bytes) -> NDArray[np.uint8]:
    """An encoded picture's pixels, read by Pillow, which did not make it."""
    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image)


def compressed(ds: Dataset, transfer_syntax_uid: str, streams: Sequence[bytes]) -> bytes:
    """A file whose frames are these streams, one fragment each."""
    padded = [stream + b"\0" * (len(stream) % 2) for stream in streams]
    ds.PixelData = encapsulate(padded)
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    stand_in = _UNKNOWN_TO_PYDICOM.get(transfer_syntax_uid, transfer_syntax_uid)
    wanted = transfer_syntax_uid.ljust(len(stand_in), "\0")
    return file(ds, stand_in).replace(stand_in.encode(), wanted.encode(), 1)


def description(**facts: Any) -> ImageDescription:
    """Of a plain grey image of 16 bits, but for what is named."""
    plain: dict[str, Any] = {
        "rows": 16,
        "columns": 16,
        "samples": 1,
        "photometric": "MONOCHROME2",
        "planar": 0,
        "bits_allocated": 16,
        "bits_stored": 16,
        "signed": False,
        "frames": 1,
        "pixels": "integer",
        "big_endian": False,
        "words": False,
        "inverse": False,
        "padding": None,
        "palette": None,
        "grey": Grey(),
    }
    plain |= facts
    return ImageDescription(**{"high_bit": plain["bits_stored"] - 1, **plain})
