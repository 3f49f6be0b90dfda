"""Which coding carries stored values: bytes and milliseconds of each for real frames, the viewer's decoder included.

Frames of the corpus (the folder named first on the command line, or shared beside the project), one CT of the
demonstration without it. ms are of one thread, the best of five. `left` and `predicted` are ours, around them zstd or
gzip as HTTP's Content-Encoding; the others stand as they are. Then, what a CT takes as previews and at a quarter of
its size, exact.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import imagecodecs
import numpy as np
import pydicom
from numpy.typing import NDArray

from app.demo import datasets
from app.render.packing import differences, split
from app.render.prediction import predicted
from tests.bench.bench_frames import exam

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "data" / "dicom"
CHOSEN = (
    "pydicom/J2K_pixelrep_mismatch.dcm",
    "pydicom-data/explicit_VR-UN.dcm",
    "series_ct_phantom_54_jls/I10.dcm",
    "series_ct_phantom_54_jls/I40.dcm",
    "series_mr_t1_120/N2D_0131.dcm",
    "wg04/MR1_J2KR.dcm",
    "wg04/RG3_J2KR.dcm",
    "wg04/XA1_J2KR.dcm",
    "wg04/MG1_J2KI.dcm",
    "pydicom/examples_overlay.dcm",
)
TRIES = 5
LARGE = 4_000_000


class Frame(NamedTuple):
    """`values` (rows, columns), 8 or 16 bits."""

    name: str
    values: NDArray[Any]
    bits: int


class Coding(NamedTuple):
    name: str
    encode: Callable[[Frame], bytes]
    decode: Callable[[bytes], object] | None


def _unsigned(frame: Frame) -> NDArray[Any]:
    return frame.values.view(f"u{frame.values.dtype.itemsize}")


def _plain(frame: Frame) -> bytes:
    return split(differences(frame.values))


def _zstd(data: bytes) -> bytes:
    return bytes(imagecodecs.zstd_encode(data, level=1))


def _gzip(data: bytes) -> bytes:
    return bytes(imagecodecs.gzip_encode(data, level=1))


def _jpeg2000(frame: Frame) -> bytes:
    data = imagecodecs.jpeg2k_encode(
        frame.values, codecformat="j2k", reversible=True, bitspersample=frame.bits, numthreads=1
    )
    return bytes(data)


def _jpeg_ls(frame: Frame) -> bytes:
    room = 2 * frame.values.nbytes + 4096
    return bytes(imagecodecs.jpegls_encode(np.ascontiguousarray(_unsigned(frame)), out=room))


def _jpeg_xl(frame: Frame) -> bytes:
    return bytes(imagecodecs.jpegxl_encode(_unsigned(frame), lossless=True, effort=3, numthreads=1))


CODINGS = (
    Coding("left zstd", lambda frame: _zstd(_plain(frame)), None),
    Coding("left gzip", lambda frame: _gzip(_plain(frame)), None),
    Coding("predicted zstd", lambda frame: _zstd(predicted(frame.values)), None),
    Coding("predicted gzip", lambda frame: _gzip(predicted(frame.values)), None),
    Coding(
        "HTJ2K",
        lambda frame: bytes(imagecodecs.htj2k_encode(frame.values, reversible=True)),
        imagecodecs.htj2k_decode,
    ),
    Coding("JPEG 2000", _jpeg2000, lambda data: imagecodecs.jpeg2k_decode(data, numthreads=1)),
    Coding("JPEG-LS", _jpeg_ls, imagecodecs.jpegls_decode),
    Coding("JPEG XL", _jpeg_xl, imagecodecs.jpegxl_decode),
)


def frames(corpus: Path) -> list[Frame]:
    """The chosen ones that are there, and a CT of the demonstration."""
    found = [_frame(path.stem, pydicom.dcmread(path)) for name in CHOSEN if (path := corpus / name).exists()]
    middle = list(datasets.ct_chest(exam(1), slices=3))[1]
    return [*found, _frame("demonstration CT", middle)]


def _frame(name: str, data: pydicom.Dataset) -> Frame:
    values = data.pixel_array[0] if data.pixel_array.ndim == 3 else data.pixel_array
    size = 1 if data.BitsStored <= 8 else 2
    kept = np.ascontiguousarray(values.astype(f"<{values.dtype.kind}{size}"))
    return Frame(f"{data.get('Modality', '')} {name}", kept, int(data.BitsStored))


def best(work: Callable[[], object], tries: int) -> float:
    """Milliseconds."""
    times = []
    for _ in range(tries):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return min(times)


def tell_codings(found: list[Frame]) -> None:
    print("bytes as a share of the raw ones, ms to encode / to decode (ours: see below)")
    for frame in found:
        print(f"  {frame.name} {frame.values.shape[1]}x{frame.values.shape[0]}, {frame.bits} bits")
        tries = 1 if frame.values.size > LARGE else TRIES
        for coding in CODINGS:
            data = coding.encode(frame)
            encode = best(partial(coding.encode, frame), tries)
            decode = f" / {best(partial(coding.decode, data), tries):6.1f}" if coding.decode else ""
            share = 100 * len(data) / frame.values.nbytes
            print(f"    {coding.name:15} {share:5.1f} %  {encode:7.1f}{decode}")


VIEWER = """
import { readFileSync } from "node:fs";
const [worker, shape, ...files] = process.argv.slice(2);
let values;
globalThis.self = { postMessage: (message) => { values = message.values ?? values; } };
await import(worker);
for (const file of files) {
  const wire = new Uint8Array(readFileSync(file));
  const data = { number: 1, wire, shape: JSON.parse(shape), coding: file.split("/").pop() };
  const times = [];
  for (let i = 0; i < 30; i++) {
    const began = performance.now();
    self.onmessage({ data });
    times.push(performance.now() - began);
  }
  console.log(data.coding, Math.min(...times).toFixed(1), values === undefined ? "FAILED" : "");
}
"""


def tell_viewer(found: list[Frame]) -> None:
    """The decoders that the browser is sent, run by node."""
    worker = next((ROOT / "app/web/static/viewer/assets").glob("decode_worker-*.js"), None)
    if worker is None:
        print("the viewer is not built: `make build`")
        return
    print("the viewer's decoders, ms (best of 30)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "decode.mjs"
        script.write_text(VIEWER)
        module = folder / "worker.mjs"  # by its name node knows it for a module
        module.write_bytes(worker.read_bytes())
        left, guessed = folder / "left", folder / "predicted"
        for frame in found:
            left.write_bytes(_plain(frame))
            guessed.write_bytes(predicted(frame.values))
            shape = {
                "rows": frame.values.shape[0],
                "columns": frame.values.shape[1],
                "bits_stored": frame.bits,
                "signed": frame.values.dtype.kind == "i",
            }
            told = _run("node", *map(str, (script, module)), json.dumps(shape), str(left), str(guessed))
            print(f"  {frame.name}: {', '.join(line.strip() for line in told.splitlines())}")


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def tell_sums(found: list[Frame]) -> None:
    """What the issue asks of a CT."""
    cts = [frame for frame in found if frame.name.startswith("CT")]
    ours = sum(len(_zstd(predicted(frame.values))) for frame in cts)
    theirs = sum(len(imagecodecs.htj2k_encode(frame.values, reversible=True)) for frame in cts)
    quarters = [len(_zstd(predicted(quarter(frame.values)))) / frame.values.nbytes for frame in cts]
    print(f"all CT in full: ours {ours} bytes, lossless HTJ2K {theirs}: {ours / theirs:.3f} of it")
    print(
        f"exact quarter-size picture of a CT: {100 * statistics.median(quarters):.2f} % of its raw bytes"
        f" [{100 * min(quarters):.2f}..{100 * max(quarters):.2f}]"
    )


def quarter(values: NDArray[Any]) -> NDArray[Any]:
    """A quarter of the width and height: means of 4 x 4 values, whole numbers."""
    rows, columns = (side // 4 * 4 for side in values.shape)
    means = values[:rows, :columns].astype(np.int32).reshape(rows // 4, 4, columns // 4, 4).sum(axis=(1, 3))
    return np.ascontiguousarray(((means + 8) >> 4).astype(values.dtype))


def main() -> None:
    """Prints the figures."""
    found = frames(Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS)
    tell_codings(found)
    tell_viewer(found)
    tell_sums(found)


if __name__ == "__main__":
    main()
