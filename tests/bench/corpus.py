"""`python -m tests.bench.corpus`: every readable file of the reference data decoded, compared and rendered.

Prints how many came out equal to the reference hash of manifest.csv, how many within the tolerance of lossy coding, how
many were rendered, and every refusal with its reason; where DCMTK is installed, how far our pictures are from its.
Ends with 1 when a file differs.
"""

import csv
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.archive.elements import Walker
from app.archive.frames_index import FrameLocation, index_frames
from app.archive.header import Header
from app.archive.pixels import pixel_layout
from app.archive.uids import transfer_syntax
from app.base.errors import HoichanError
from app.render.description import dataset_start
from app.render.params import FrameParams
from tests.decoding import Darkroom, pixels_of, running_decoder

_IDENTITY = frozenset({"bad_uid", "meta_mismatch", "missing_uid"})
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


def frames_of(room: Darkroom, data: bytes) -> tuple[list[FrameLocation], str]:
    """Where the frames lie. A file that is refused for its identifiers alone has pixels to compare all the same;
    then the second value is the code of the refusal.
    """
    try:
        return room.keep(data), ""
    except HoichanError as error:
        if error.code not in _IDENTITY:
            raise
        code = error.code
    start = dataset_start(data)
    meta, _ = Walker(data[:start], implicit=False).meta_group(132 if data[128:132] == b"DICM" else 0)
    syntax = transfer_syntax(Header(data, meta).uid(0x00020010))
    walker = Walker(data, implicit=syntax.implicit, big_endian=syntax.big_endian)
    elements, end = walker.top_level(start)
    header = Header(data, elements, big_endian=syntax.big_endian)
    if walker.pixels is None:
        return [], code
    layout = pixel_layout(header, walker.pixels)
    index = index_frames(data, walker.pixels, layout, syntax, header)
    return room.locations(data, index, syntax.uid, end), code


def check(room: Darkroom, row: dict[str, str], folder: Path = CORPUS) -> Outcome:
    """Decodes, compares and renders one file."""
    try:
        frames, refusal = frames_of(room, (folder / row["file"]).read_bytes())
    except HoichanError as error:
        return Outcome("refused", f"at the door: {error.code}: {error}")
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


def against_dcmtk(room: Darkroom, row: dict[str, str], folder: Path = CORPUS) -> int | None:
    """Largest difference of the first frame's grey levels to dcmj2pnm's picture; None where it makes none, or where
    no window is declared: then each program chooses its own.
    """
    path = folder / row["file"]
    try:
        frame = frames_of(room, path.read_bytes())[0][0]
        description = room.renderer.description(frame)
        ours = room.renderer.rendered_frame(frame, FrameParams(media_type="image/png"))
    except (HoichanError, IndexError):
        return None
    if description.per_frame or (description.monochrome and not description.grey.windows):
        return None
    options = ["-O", *(["+Wi", "1"] if description.monochrome else [])]
    done = subprocess.run(
        ["dcmj2pnm", "+op", "-q", *options, "+F", "1", str(path)], capture_output=True, check=False
    )
    theirs = pixels_of(done.stdout).astype(int) if done.returncode == 0 and done.stdout else np.empty(0)
    picture = pixels_of(ours)
    return int(np.abs(picture - theirs).max()) if picture.shape == theirs.shape else None


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
    differences: Counter[str] = Counter()
    with darkroom() as room:
        for row in rows():
            outcome = check(room, row)
            if shutil.which("dcmj2pnm") and (difference := against_dcmtk(room, row)) is not None:
                differences["within one level" if difference <= 1 else f"within {difference}"] += 1
            counts[outcome.kind] += 1
            if outcome.note:
                print(f"{outcome.kind:10} {row['file']:60} {outcome.note}")
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    print("against dcmj2pnm:", ", ".join(f"{count} {kind}" for kind, count in sorted(differences.items())))
    print(f"{sum(counts.values())} files in {time.monotonic() - started:.1f} s")
    return 1 if counts["DIFFERS"] else 0


if __name__ == "__main__":
    sys.exit(main())
