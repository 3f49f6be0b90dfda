"""The server's pipeline and the viewer's table give the same grey levels: both are held to tests/golden/grey_levels.json
(the other half is viewer_js/test/viewport/grey_levels.test.ts, within one level).

After a wanted change: HOICHAN_WRITE_GOLDEN=1 python -m pytest tests/contracts/test_one_grey_level.py
"""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from app.render.description import Grey
from app.render.luts import GreyScale, look_up
from app.render.params import Window

GOLDEN = Path(__file__).parents[1] / "golden" / "grey_levels.json"
WINDOWS = [(40.0, 400.0), (-550.0, 1500.0), (0.5, 1.0), (35.25, 80.5), (3000.0, 2.0)]
FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
SCALES: list[dict[str, Any]] = [
    {"slope": 1.0, "intercept": -1024.0, "signed": False, "padding": None, "inverse": False},
    {"slope": 1.0, "intercept": 0.0, "signed": True, "padding": [-2000, -1900], "inverse": False},
    {"slope": 0.3371, "intercept": 7.25, "signed": True, "padding": None, "inverse": True},
]


def _stored(signed: bool) -> list[int]:
    lowest = -32768 if signed else 0
    return sorted(
        {*range(lowest, lowest + 65536, 997), *range(-2010, -1890, 10), *range(900, 1500, 7)}
        & set(range(lowest, lowest + 65536))
    )


def _cases() -> list[dict[str, Any]]:
    cases = []
    for scale in SCALES:
        stored = _stored(scale["signed"])
        values = np.array(stored, np.int16 if scale["signed"] else np.uint16)
        padding = tuple(scale["padding"]) if scale["padding"] else None
        for center, width in WINDOWS:
            for function in FUNCTIONS:
                grey = Grey(slope=scale["slope"], intercept=scale["intercept"])
                window = Window(center, width, function)
                look = GreyScale(grey=grey, voi=window, inverse=scale["inverse"], padding=padding)
                told = {"center": center, "width": width, "function": function}
                cases.append(
                    {"scale": scale, "window": told, "stored": stored, "grey": look_up(look, values).tolist()}
                )
    return cases


def test_the_server_draws_the_golden_grey_levels() -> None:
    cases = _cases()
    if os.environ.get("HOICHAN_WRITE_GOLDEN"):
        GOLDEN.write_text(json.dumps(cases, separators=(",", ":")) + "\n", encoding="utf-8")
    assert cases == json.loads(GOLDEN.read_text(encoding="utf-8"))
