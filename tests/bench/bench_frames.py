"""From a stored file to a JPEG, in milliseconds a frame: 512x512 CT and 2500x2000 DX, beside pydicom with Pillow.

Every frame is another file, so nothing comes from a cache of ours; both sides read from the page cache.
"""

import io
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut

from app.archive.frames_index import FrameLocation
from app.archive.part10 import read_part10
from app.base.blobs import Blob, Blobs
from app.demo import datasets
from app.demo.datasets import Exam, Person
from app.render.cache import FileCache
from app.render.decode import DecodeClient
from app.render.frames import PREVIEW, Renderer
from app.render.params import FrameParams

NOBODY = Person("Bench^Nobody", "0", date(1970, 1, 1), "O")
ROUNDS = 5


def exam(seed: int) -> Exam:
    return Exam(NOBODY, datetime(2026, 1, 1, tzinfo=UTC), "0", "Bench", "Nobody", "BENCH", seed)


def file_of(data: Dataset) -> bytes:
    out = io.BytesIO()
    pydicom.dcmwrite(out, data, enforce_file_format=True)
    return out.getvalue()


def kept(blobs: Blobs, file: bytes) -> tuple[Blob, FrameLocation]:
    """Stored as the archive stores it, and where its first frame lies."""
    part10 = read_part10(file)
    with blobs.open_spool() as spool:
        spool.write(file)
        blob = spool.commit()
    spans, bit = part10.frames.location(1)
    return blob, FrameLocation(blob.digest, part10.transfer_syntax_uid, part10.header_length, 1, spans, bit)


def milliseconds(work: Callable[[int], object], count: int) -> float:
    began = time.perf_counter()
    for number in range(count):
        work(number)
    return (time.perf_counter() - began) * 1000 / count


def naive(path: Path) -> bytes:
    """What the libraries' documentation suggests."""
    data = pydicom.dcmread(path)
    values = apply_voi_lut(apply_modality_lut(data.pixel_array, data), data)
    low, high = float(values.min()), float(values.max())
    out = io.BytesIO()
    Image.fromarray(((values - low) / max(high - low, 1) * 255).astype(np.uint8)).save(
        out, "JPEG", quality=85
    )
    return out.getvalue()


def _renderer(blobs: Blobs, cache: Path) -> Renderer:
    """A new one: nothing is in its memory yet."""
    return Renderer(blobs, DecodeClient(cache / "none"), FileCache(cache, 1 << 30))


def _rendered(
    renderer: Renderer, stored: Sequence[tuple[Blob, FrameLocation]], params: FrameParams, n: int
) -> bytes:
    return renderer.rendered_frame(stored[n][1], params)


def variants(data: Dataset, count: int) -> list[bytes]:
    """The same picture, moved by some rows, as different files."""
    values = np.frombuffer(data.PixelData, "<u2").reshape(data.Rows, data.Columns)
    files = []
    for number in range(count):
        data.PixelData = np.roll(values, number * 7, axis=0).tobytes()
        files.append(file_of(data))
    return files


def compare(name: str, blobs: Blobs, files: Sequence[bytes], folder: Path) -> None:
    stored = [kept(blobs, file) for file in files]
    ours, theirs, previews = [], [], []
    for round_ in range(ROUNDS):
        ours.append(
            milliseconds(
                partial(_rendered, _renderer(blobs, folder / f"{name}{round_}"), stored, FrameParams()),
                len(stored),
            )
        )
        previews.append(
            milliseconds(
                partial(_rendered, _renderer(blobs, folder / f"{name}{round_}p"), stored, PREVIEW),
                len(stored),
            )
        )
        theirs.append(milliseconds(lambda n: naive(blobs.path(stored[n][0].digest)), len(stored)))
    our, their, preview = (statistics.median(times) for times in (ours, theirs, previews))
    print(
        f"{name}: file to JPEG {our:.2f} ms a frame [{min(ours):.2f}..{max(ours):.2f}], preview 256 {preview:.2f} ms;"
    )
    print(
        f"    pydicom + Pillow {their:.2f} ms [{min(theirs):.2f}..{max(theirs):.2f}]: {their / our:.1f} times as long"
    )


def main() -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        blobs = Blobs(folder)
        compare(
            "CT 512x512", blobs, [file_of(data) for data in datasets.ct_chest(exam(1), slices=30)], folder
        )
        compare("DX 2500x2000", blobs, variants(next(datasets.dx_chest(exam(2))), 6), folder)


if __name__ == "__main__":
    main()
