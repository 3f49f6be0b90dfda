"""The coding `predicted` loses nothing: undone here as slowly and plainly as it is described."""

import base64
import gzip
import hashlib
import json
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.render import prediction
from app.render.packing import differences, split
from app.render.prediction import KINDS, predicted, rows_of_band

GOLDEN = Path(__file__).parents[2] / "golden" / "predicted_coding.json"
"""Read by viewer_js/test/stream/prediction.test.ts as well."""


def undone(wire: bytes, rows: int, columns: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """(rows, columns) from the wire."""
    size = dtype.itemsize
    field = np.zeros((rows + 2, columns + 3), np.int64)
    at = 0
    for top in range(0, rows, rows_of_band(columns)):
        count = (min(top + rows_of_band(columns), rows) - top) * columns
        heads = [struct.unpack_from("<I5h", wire, at + 14 * n) for n in range(len(KINDS) + 1)]
        at += 14 * len(heads)
        low = wire[at : at + count]
        high = wire[at + count : at + 2 * count] if size == 2 else bytes(count)
        at += count * size
        places = np.cumsum([0, *(head[0] for head in heads[:-1])]).tolist()
        for row in range(top + 2, top + 2 + count // columns):
            field[row, :2] = field[row - 1, 2]
            for x in range(2, columns + 2):
                n, nw, ne = field[row - 1, x], field[row - 1, x - 1], field[row - 1, x + 1]
                w, ww, nn = field[row, x - 1], field[row, x - 2], field[row - 2, x]
                unrest = abs(ne - n) + abs(n - nw) + abs(nw - w)
                kind = sum(unrest >= bound for bound in KINDS)
                weights = heads[kind][1:]
                guess = (256 - sum(weights)) * n + int(np.dot(weights, (w, nw, ne, ww, nn))) + 128 >> 8
                folded = low[places[kind]] | high[places[kind]] << 8
                places[kind] += 1
                value = int(guess + ((folded >> 1) ^ -(folded & 1)))
                field[row, x] = np.array(value & (256**size - 1), f"u{size}").view(dtype)
            field[row, -1] = field[row, -2]
    assert at == len(wire)
    return field[2:, 2:-1].astype(dtype)


def image(kind: str, rows: int = 40, columns: int = 31, seed: int = 1) -> NDArray[Any]:
    """Smooth, with an edge, with noise, at both ends of the range."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:rows, :columns]
    plain = 40 * np.sin(x / 9) + 30 * np.cos(y / 7) + 60 * (x > columns // 2) + random.normal(0, 2, x.shape)
    if kind in {"u1", "i1"}:
        narrow: NDArray[Any] = (plain + (60 if kind == "u1" else -20)).clip(-127, 255).astype(kind)
        return narrow
    found: NDArray[Any] = (plain * 20 + (2000 if kind == "<u2" else -500)).astype("i4")
    found[0, 0], found[-1, -1] = (65535, 0) if kind == "<u2" else (32767, -32768)
    wide: NDArray[Any] = found.astype(kind)
    return wide


@pytest.mark.parametrize("kind", ["u1", "i1", "<u2", "<i2"])
@pytest.mark.parametrize("shape", [(40, 31), (1, 50), (50, 1), (1, 1), (3, 2)])
def test_nothing_is_lost(monkeypatch: pytest.MonkeyPatch, kind: str, shape: tuple[int, int]) -> None:
    monkeypatch.setattr(prediction, "_BAND", 64)  # several bands
    values = image(kind, *shape)
    assert np.array_equal(undone(predicted(values), *shape, values.dtype), values)


def test_noise_over_the_whole_range_survives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prediction, "_BAND", 64)
    values = np.random.default_rng(3).integers(0, 65536, (40, 20)).astype("<u2")
    assert np.array_equal(undone(predicted(values), 40, 20, values.dtype), values)


def test_it_takes_less_than_the_left_neighbour() -> None:
    y, x = np.mgrid[:200, :200]
    values = (500 * np.sin(x / 40) + 300 * np.cos(y / 30)).astype("<i2")
    values += np.random.default_rng(1).normal(0, 3, x.shape).astype("<i2")
    left = gzip.compress(split(differences(values)), 1)
    assert len(gzip.compress(predicted(values), 1)) < 0.8 * len(left)


def _golden(values: NDArray[Any], bits_stored: int) -> dict[str, object]:
    return {
        "rows": values.shape[0],
        "columns": values.shape[1],
        "bits_stored": bits_stored,
        "signed": values.dtype.kind == "i",
        "wire": base64.b64encode(gzip.compress(predicted(values), 9, mtime=0)).decode(),
        "sha256": hashlib.sha256(values.tobytes()).hexdigest(),
    }


def test_what_the_viewer_is_tested_with_is_what_is_written() -> None:
    """Written anew with HOICHAN_WRITE_GOLDEN=1."""
    wide = np.zeros((40, 17000), "<u2")  # three bands
    wide[:, :300] = image("<u2", 40, 300)
    if os.environ.get("HOICHAN_WRITE_GOLDEN"):
        cases = [(image("u1"), 8), (image("i1"), 8), (image("<u2"), 16), (image("<i2"), 16), (wide, 12)]
        GOLDEN.write_text(json.dumps([_golden(values, bits) for values, bits in cases], indent=1) + "\n")
    for case in json.loads(GOLDEN.read_text())[:4]:
        wire = gzip.decompress(base64.b64decode(case["wire"]))
        dtype = np.dtype(f"<{'i' if case['signed'] else 'u'}{1 if case['bits_stored'] <= 8 else 2}")
        values = undone(wire, case["rows"], case["columns"], dtype)
        assert hashlib.sha256(values.tobytes()).hexdigest() == case["sha256"]
