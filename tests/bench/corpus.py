"""`python -m tests.bench.corpus`: every readable file of the reference data decoded, compared and rendered.

Prints how many came out equal to the reference hash of manifest.csv, how many within the tolerance of lossy coding, how
many were rendered, and every refusal with its reason. Ends with 1 when a file differs. `tests.bench.corpus_pictures`
compares the pictures.
"""

import csv
import hashlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.base.errors import HoichanError
from app.render.params import FrameParams
from tests.bench.corpus_facts import opened
from tests.decoding import Darkroom, running_decoder

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "dicom"
LOSSY_TOLERANCE = {"1.2.840.10008.1.2.4.50": 7, "1.2.840.10008.1.2.4.51": 2, "1.2.840.10008.1.2.4.81": 4}
# What we do on purpose where the reference decoders do something else; the reasons are told in the output.
ON_PURPOSE = {
    "synthetic/px/gray12_highbit15.dcm": "bits below HighBit are used; the reference keeps the low bits",
}


@dataclass(frozen=True)
class Outcome:
    """`kind` is exact, tolerated, on-purpose, rendered (no reference), refused, no-pixels or DIFFERS."""

    kind: str
    note: str = ""


def rows(folder: Path = CORPUS) -> list[dict[str, str]]:
    """The manifest."""
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@contextmanager
def darkroom() -> Iterator[Darkroom]:
    """A renderer over an empty store, with decode processes of its own."""
    with tempfile.TemporaryDirectory() as name, running_decoder(Path(name)) as decoder:
        room = Darkroom(Path(name), decoder.path)
        yield room
        room.client.close()


def check(room: Darkroom, row: dict[str, str], folder: Path = CORPUS) -> Outcome:
    """Decodes, compares and renders one file."""
    try:
        file = opened(room, (folder / row["file"]).read_bytes())
    except HoichanError as error:
        return Outcome("refused", f"at the door: {error.code}: {error}")
    frames, refusal = file.frames, file.refusal
    if not frames:
        return Outcome("no-pixels", refusal)
    try:
        values = np.stack([room.renderer.values(frame) for frame in frames])
        for frame in (frames[0], frames[-1]):
            room.renderer.rendered_frame(frame, FrameParams(box=(512, 512)))
    except HoichanError as error:
        return Outcome("refused", f"{error.code}: {error}")
    outcome = compare(row, values if len(values) > 1 else values[0])
    return replace(outcome, note=f"{outcome.note} (not storable: {refusal})") if refusal else outcome


def compare(row: dict[str, str], values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Outcome:
    """By the hash of the samples; lossy coding may be off by the tolerance of its majority."""
    if not row["ref_sha256"]:
        return Outcome("rendered", row["ref_status"][:40])
    dtype = np.dtype(row["ref_dtype"]).newbyteorder("<")
    if hashlib.sha256(values.astype(dtype).tobytes()).hexdigest() == row["ref_sha256"]:
        return Outcome("exact")
    if row["file"] in ON_PURPOSE:
        return Outcome("on-purpose", ON_PURPOSE[row["file"]])
    near = all(
        abs(float(found) - float(row[key])) <= LOSSY_TOLERANCE.get(row["transfer_syntax"], 0)
        for key, found in (("px_min", values.min()), ("px_max", values.max()), ("px_mean", values.mean()))
    )
    lossy = row["transfer_syntax"] in LOSSY_TOLERANCE and row["ref_status"].startswith("majority")
    return Outcome("tolerated" if near and lossy else "DIFFERS", f"min {values.min()} max {values.max()}")


def main() -> int:
    if not CORPUS.is_dir():
        print(f"no reference data at {CORPUS}")
        return 1
    started = time.monotonic()
    counts: Counter[str] = Counter()
    with darkroom() as room:
        for row in rows():
            outcome = check(room, row)
            counts[outcome.kind] += 1
            if outcome.note:
                print(f"{outcome.kind:10} {row['file']:60} {outcome.note}")
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    print(f"{sum(counts.values())} files in {time.monotonic() - started:.1f} s")
    return 1 if counts["DIFFERS"] else 0


if __name__ == "__main__":
    sys.exit(main())
