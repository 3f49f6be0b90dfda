"""`python -m tests.bench.corpus_pictures [part of a file's name]`: the picture of every readable file of the reference
data, by the server and by the viewer's own arithmetic, beside renderers that are not ours; and what stands at its edges.

Of films the first, the middle and the last frame. Prints a table, and every difference with its reason. Ends with 1 when
one is not explained. Needs DCMTK and the viewer's packages of node.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from app.archive.frames_index import FrameLocation
from app.base.errors import HoichanError
from app.render.packing import wire_values
from app.render.params import FrameParams, Window
from tests.bench import independent as others
from tests.bench import independent_geometry as geometry
from tests.bench.corpus import CORPUS, darkroom, rows
from tests.bench.corpus_facts import opened
from tests.bench.corpus_reasons import REASONS, tolerance
from tests.bench.viewer_arithmetic import Answer, Question, answers, bundled
from tests.decoding import Darkroom

_NO_PICTURE = "no picture: a document, a plan, a video"


@dataclass
class Shown:
    """One frame: what was compared, and by how many levels it differed at most."""

    file: str
    frame: int
    differences: dict[str, float] = field(default_factory=dict)
    """By renderer: dcmtk, dcmtk min-max, pydicom, viewer, or a fact of the edges (1: differs)."""
    tolerance: float = 1
    unread: str = ""


@dataclass(frozen=True)
class Pending:
    """A frame whose viewer has not answered yet."""

    shown: Shown
    question: Question
    picture: others.Picture
    ds: Any


def picked(frames: Sequence[FrameLocation]) -> list[FrameLocation]:
    """First, middle, last."""
    return [frames[place] for place in sorted({0, len(frames) // 2, len(frames) - 1})] if frames else []


def of_file(room: Darkroom, row: dict[str, str], folder: Path) -> Iterator[Shown | Pending]:
    """Every picked frame of a file."""
    path = folder / row["file"]
    data = path.read_bytes()
    try:
        file = opened(room, data)
    except HoichanError as error:
        yield Shown(row["file"], 0, unread=f"{error.code}: {error}")
        return
    if not file.frames:
        yield Shown(row["file"], 0, unread=_NO_PICTURE)
    ds = others.read(data)
    for location in picked(file.frames):
        shown = Shown(row["file"], location.frame_number)
        try:
            yield compare(room, path, location, shown, ds, file.facts)
        except HoichanError as error:
            shown.unread = f"{error.code}: {error}"
            yield shown


def compare(
    room: Darkroom, path: Path, location: FrameLocation, shown: Shown, ds: Any, facts: dict[str, Any]
) -> Pending:
    """The server's picture beside the others'; raises what makes the frame unreadable."""
    renderer, number = room.renderer, location.frame_number
    description = renderer.description(location)
    picture = renderer.picture(location, FrameParams()).astype(float)
    stored = renderer.values(location)
    padding = others.padding_of(ds, stored) if description.monochrome else np.zeros(stored.shape[:2], bool)
    values, by = others.values_of(ds, number), "pydicom"
    if values is None and not description.photometric.startswith("YBR_FULL"):
        values, by = stored, "pydicom's tables"  # the values' hash is compared by `tests.bench.corpus`
    expected = None if values is None else others.by_pydicom(ds, number, values)
    if expected is not None:
        shown.differences[by] = difference(picture, expected.picture, padding)
    per_value = expected.per_value if expected else 255 / max(float(np.ptp(stored)), 1)
    shown.tolerance = tolerance(location.transfer_syntax_uid, description.samples, per_value)
    grey = description.grey_of(number)
    if description.monochrome and not grey.windows and not grey.voi_luts:
        _by_range(room, path, location, shown, padding)
    else:
        options = ["+Wi", "1"] if grey.windows else ["+Wl", "1"]
        theirs = others.by_dcmtk(path, number, *(options if description.monochrome else []))
        if theirs is not None:
            shown.differences["dcmtk"] = difference(picture, theirs, padding)
    wire = wire_values(description, stored) if facts["stored"] else None
    return Pending(shown, Question(facts, number, wire), picture, ds)


def _by_range(
    room: Darkroom, path: Path, location: FrameLocation, shown: Shown, padding: others.Picture
) -> None:
    """Where nothing says how to look, each program has its own rule; so both get the window that DCMTK computes."""
    theirs = others.by_dcmtk(path, location.frame_number, "+Wm")
    if theirs is None:
        return
    description = room.renderer.description(location)
    stored = room.renderer.values(location).astype(float)
    grey = description.grey_of(location.frame_number)
    real = grey.modality_lut.look_up(stored) if grey.modality_lut else stored * grey.slope + grey.intercept
    low, high = float(real.min()), float(real.max())
    if low == high:
        return  # one value alone has no range
    window = Window((low + high + 1) / 2, high - low + 1)
    ours = room.renderer.picture(location, FrameParams(window=window)).astype(float)
    shown.differences["dcmtk min-max"] = difference(ours, theirs, padding)


def difference(ours: others.Picture, theirs: others.Picture, padding: others.Picture) -> float:
    """The largest, in levels; what is no image must be black with us. Endless where the sizes differ."""
    if ours.shape != theirs.shape:
        return float("inf")
    if padding.any() and ours[padding].max() > 0:
        return float("inf")
    return float(np.abs(ours - theirs)[~padding].max(initial=0))


def finish(pending: Sequence[Pending], found: Sequence[Answer]) -> None:
    """What the viewer shows, beside the server's picture and what pydicom reads of the header."""
    for one, answer in zip(pending, found, strict=True):
        differences, number = one.shown.differences, one.shown.frame
        if answer.levels is not None:
            none = np.zeros(answer.levels.shape, bool)
            differences["viewer"] = difference(answer.levels.astype(float), one.picture, none)
        if one.ds is None:
            continue
        letters = geometry.letters(one.ds, number)
        if letters:
            differences["letters"] = float(letters != answer.letters)
        if axes := geometry.main_axes(one.ds, number):
            told = answer.letters or {"right": " ", "bottom": " "}
            differences["main axes"] = float((told["right"][:1], told["bottom"][:1]) != axes)
        wanted = geometry.aspect(one.ds, number)
        differences["aspect"] = float(abs(answer.aspect / wanted - 1) > 1e-9)
        if side := geometry.side(one.ds, number):
            differences["side"] = float(not answer.side.startswith(side))


def verdict(shown: Shown) -> str:
    """`within 1`, `tolerated`, `explained`, `unreadable`, `no picture`, `not compared` or `DIFFERS`: the worst."""
    if shown.unread:
        return "no picture" if shown.unread == _NO_PICTURE else "unreadable"
    if not shown.differences:
        return "not compared"
    kinds = {_one(shown, name, value) for name, value in shown.differences.items()}
    return next(kind for kind in ("DIFFERS", "explained", "tolerated", "within 1") if kind in kinds)


def _one(shown: Shown, name: str, value: float) -> str:
    is_fact = name in {"letters", "main axes", "aspect", "side"}
    if value <= (0 if is_fact else 1):
        return "within 1"
    seconded = any(shown.differences.get(other, 9) <= 1 for other in ("dcmtk", "dcmtk min-max"))
    if (shown.file, name) in REASONS and seconded:
        return "explained"
    return "tolerated" if not is_fact and value <= shown.tolerance else "DIFFERS"


def run(chosen: Sequence[dict[str, str]], folder: Path = CORPUS) -> list[Shown]:
    """Every frame of the chosen rows of the manifest."""
    done: list[Shown] = []
    pending: list[Pending] = []
    with tempfile.TemporaryDirectory() as name, darkroom() as room:
        program = bundled(Path(name))
        for row in chosen:
            for one in of_file(room, row, folder):
                done.append(one if isinstance(one, Shown) else one.shown)
                pending += [one] if isinstance(one, Pending) else []
        finish(pending, answers([one.question for one in pending], program))
    return done


def report(found: Sequence[Shown]) -> None:
    """Every difference that is not within one level, then the table."""
    for one in found:
        kind = verdict(one)
        if kind in {"within 1", "no picture"}:
            continue
        apart = ", ".join(
            f"{name} {value:.2f}" for name, value in one.differences.items() if _one(one, name, value) == kind
        )
        why = {REASONS.get((one.file, name)) for name in one.differences} - {None}
        print(f"{kind:12} {one.file} [{one.frame}] {one.unread or apart} {'; '.join(map(str, why))}")
    renderers = sorted({name for one in found for name in one.differences})
    print(f"\n{'':15}{'compared':>9}{'within 1':>9}{'tolerated':>10}{'explained':>10}{'DIFFERS':>8}")
    for name in renderers:
        kinds = Counter(_one(one, name, one.differences[name]) for one in found if name in one.differences)
        counts = [kinds[kind] for kind in ("within 1", "tolerated", "explained", "DIFFERS")]
        print(f"{name:15}{sum(counts):9}{counts[0]:9}{counts[1]:10}{counts[2]:10}{counts[3]:8}")
    worst: dict[str, str] = {}
    order = ("DIFFERS", "explained", "tolerated", "within 1", "not compared", "unreadable", "no picture")
    for one in found:
        kind = verdict(one)
        worst[one.file] = min(worst.get(one.file, kind), kind, key=order.index)
    print(f"{len(worst)} files:", ", ".join(f"{n} {kind}" for kind, n in Counter(worst.values()).items()))


def main() -> int:
    if not CORPUS.is_dir():
        print(f"no reference data at {CORPUS}")
        return 1
    began = time.monotonic()
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    found = run([row for row in rows() if wanted in row["file"]])
    report(found)
    print(f"{len(found)} frames in {time.monotonic() - began:.0f} s")
    return int(any(verdict(one) in {"DIFFERS", "not compared"} for one in found))


if __name__ == "__main__":
    sys.exit(main())
