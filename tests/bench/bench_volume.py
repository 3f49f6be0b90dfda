"""Planes through a CT of 512x512x500 on the server: milliseconds each, and pictures a second over HTTP on loopback.

python -m tests.bench.bench_volume; the baseline is numpy fancy indexing as a textbook would write it.
"""

import http.client
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.render.params import Window
from app.render.volume import Volume
from app.render.volume_geometry import Floats
from app.render.volume_pictures import preview
from app.render.volume_presets import presets_for
from app.render.volume_rendering import rendered
from app.render.volume_sampling import Slab, Surface, plane, sampled
from app.render.volume_solid import solid_of
from app.render.volume_view import RenderingWish, View
from app.render.volume_wishes import Look, Turn
from tests.dicomfiles import ct_dataset, file
from tests.journeys.browser import browser, sign_in
from tests.running import ROOT, Running, running

SHAPE = (500, 512, 512)
MM = 0.7
ROUNDS = 25
SECONDS = 6.0
X, Y, Z = np.eye(3)
LINKS = """all => all.map(a => [a.getAttribute('href'), a.closest('tr, li, article').textContent])
    .filter(([href]) => /^.studies.[^/]+$/.test(href))"""
CONFIG = re.compile(r'id="hoichan-config">(.*?)</script>', re.DOTALL)


def body(k: int) -> NDArray[np.int16]:
    """One slice of an ellipsoid of water in air with a spine and ribs, and the noise of a CT."""
    y, x = np.mgrid[0 : SHAPE[1], 0 : SHAPE[2]].astype(np.float32)
    noise = np.random.default_rng(k).normal(0, 12, SHAPE[1:])
    inside = np.hypot((x - 256) / 200, (y - 256) / 150) < 1
    bone = (np.hypot(x - 256, y - 350) < 28) | (
        (np.abs(np.hypot((x - 256) / 200, (y - 256) / 150) - 0.93) < 0.03) & (k % 40 < 12)
    )
    values = np.where(inside, 40, -1000) + np.where(bone, 700, 0) + noise
    return np.clip(np.rint(values), -1024, 3071).astype(np.int16)


def the_volume() -> Volume:
    values = np.stack([body(k) for k in range(SHAPE[0])])
    return Volume(
        values=values,
        origin=np.zeros(3),
        matrix=np.diag([MM, MM, MM]),
        slope=1.0,
        intercept=0.0,
        low=int(values.min()),
        high=int(values.max()),
        unit="HU",
        inverse=False,
        window=Window(40, 400),
    )


def directions(angle: float = 0.5) -> tuple[Floats, Floats]:
    right = np.array([math.cos(angle), 0.4 * math.sin(angle), math.sin(angle)])
    right /= np.linalg.norm(right)
    down = np.cross(np.cross(right, Y), right)
    return right, down / np.linalg.norm(down)


PLANES = {"axial": (X, Y), "coronal": (X, -Z), "sagittal": (Y, -Z), "oblique": directions()}


def textbook(volume: Volume, surface: Surface) -> object:
    """All eight neighbours by fancy indexing, in double precision."""
    rows = (np.arange(surface.height) + 0.5 - surface.height / 2) * surface.spacing
    points = surface.middles[None] + rows[:, None, None] * surface.downs[None]
    places = ((points - volume.origin) @ volume.inside.T).reshape(-1, 3)
    whole = np.clip(np.floor(places).astype(int), 0, np.array(SHAPE[::-1]) - 2)
    rest = places - whole
    total = np.zeros(len(places))
    for corner in np.ndindex(2, 2, 2):
        i, j, k = (whole + corner).T
        total += volume.values[k, j, i] * np.prod(np.where(corner, rest, 1 - rest), axis=1)
    return total


def milliseconds(work: Callable[[], object]) -> str:
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return f"{statistics.median(times):6.2f} ms  [{times[0]:.2f}..{times[-1]:.2f}]"


def picture(volume: Volume, surface: Surface) -> bytes:
    return preview(volume, sampled(volume, surface), Look())


def on_the_server(volume: Volume) -> None:
    for side in (256, 384, 512):
        for name, (right, down) in PLANES.items():
            surface = plane(volume.centre, right, down, 358 / side, (side, side))
            print(f"  {name:9} {side}        {milliseconds(partial(sampled, volume, surface))}")
    for side in (256, 384):
        for name in ("axial", "oblique"):
            surface = plane(volume.centre, *PLANES[name], 358 / side, (side, side))
            slab = Slab(10.0, "max")
            shown = milliseconds(partial(sampled, volume, surface, slab, fine=False))
            print(f"  {name:9} {side} 10 mm  {shown}")
            whole = milliseconds(partial(picture, volume, surface))
            print(f"  {name:9} {side} JPEG   {whole}")
    surface = plane(volume.centre, *PLANES["oblique"], 358 / 512, (512, 512))
    print(f"  oblique   512 as a textbook does it  {milliseconds(lambda: textbook(volume, surface))}")


def bodies(volume: Volume) -> None:
    for fine, side, size in ((False, 144, 256), (True, 256, 512)):
        began = time.perf_counter()
        solid = solid_of(volume, side)
        print(f"  body of {side} steps made in {time.perf_counter() - began:.2f} s, {solid.nbytes >> 20} MB")
        for preset in presets_for(volume):
            times = []
            for azimuth in range(0, 360, 40):
                wish = RenderingWish(
                    preset, View(azimuth, 15, 1, (0, 0), (size, size)), None, full=fine, turn=Turn()
                )
                began = time.perf_counter()
                rendered(volume, solid, wish)
                times.append((time.perf_counter() - began) * 1000)
            print(
                f"  {preset:9} {size}  {statistics.median(times):6.0f} ms  [{min(times):.0f}..{max(times):.0f}]"
            )


class _Line:
    """One browser's connection, kept open."""

    def __init__(self, port: int, cookies: Sequence[Any], key: str, series_id: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        cookie = "; ".join(f"{one['name']}={one['value']}" for one in cookies)
        self._headers = {"Cookie": cookie, "Accept": "application/json, image/jpeg"}
        self._key, self._series_id = key, series_id

    def get(self, name: str, query: str = "") -> tuple[int, bytes]:
        path = f"/stream/{self._key}/{name}/{self._series_id}?{query}"
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


def _imported(hoichan: Running, folder: Path) -> None:
    folder.mkdir()
    for k in range(SHAPE[0]):
        ds = ct_dataset(k + 1, patient_id="VOLUME", study="volume", series="volume")
        ds.Rows, ds.Columns, ds.PixelSpacing = SHAPE[1], SHAPE[2], [MM, MM]
        ds.ImagePositionPatient = [0, 0, k * MM]
        ds.PixelData = (body(k) + 1024).astype("<u2").tobytes()
        (folder / f"{k:03}.dcm").write_bytes(file(ds))
    command = [sys.executable, "-m", "app.main", "import", str(folder), "--hospital", "dong-xanh"]
    environment = os.environ | {"HOICHAN_DATA_DIR": str(hoichan.data_dir)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def _moving(facts: dict[str, Any], side: int, seconds: float, extra: str) -> Iterator[str]:
    """Another place and direction each time, as a hand moves a plane."""
    centre, began, number = facts["centre"], time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        number += 1
        right, down = directions(0.02 * number)
        at = [centre[0], centre[1] + 60 * math.sin(number / 20), centre[2]]
        words = [",".join(f"{part:.5f}" for part in vector) for vector in (at, right, down)]
        yield (
            f"centre={words[0]}&right={words[1]}&down={words[2]}&spacing={358 / side:.4f}"
            f"&size={side}x{side}&wish={number}&pane={side}-{bool(extra)}{extra}"
        )


def _streamed(name: str, line: _Line, address: str, queries: Iterator[str]) -> None:
    times, sizes = [], []
    for query in queries:
        began = time.perf_counter()
        status, data = line.get(address, query)
        times.append(time.perf_counter() - began)
        sizes.append(len(data))
        assert status == 200, (status, data[:200])
    times.sort()
    print(
        f"  {name:24} {len(times) / sum(times):6.1f} a second, p95 {times[int(len(times) * 0.95)] * 1000:.1f} ms,"
        f" {statistics.mean(sizes) / 1000:.0f} kB each"
    )


def over_http() -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data") as hoichan:
        _imported(hoichan, Path(folder) / "files")
        with browser() as chromium:
            context = chromium.new_context()
            page = sign_in(context, hoichan.url, "hanh", hoichan.passwords["hanh"])
            page.goto(f"{hoichan.url}/studies?words=VOLUME")
            links = page.eval_on_selector_all("tr a, li a, article a", LINKS)
            page.goto(hoichan.url + next(href for href, text in links if f"{SHAPE[0]} " in text))
            found = CONFIG.search(page.content())
            assert found is not None
            (study,) = json.loads(found.group(1))["studies"]
            line = _Line(
                hoichan.web_port, context.cookies(), study["key"], study["manifest"]["series"][0]["id"]
            )
        facts = _loaded(line)
        for side in (256, 384):
            _streamed(f"plane moved {side}", line, "plane", _moving(facts, side, SECONDS, ""))
        slab = "&slab=10&mode=max"
        _streamed("10 mm slab moved 256", line, "plane", _moving(facts, 256, SECONDS, slab))
        line.get("rendering", "preset=bone")  # makes the body
        turning = (f"preset=bone&azimuth={3 * n}&elevation=15&size=256" for n in range(60))
        _streamed("bone turned 256", line, "rendering", turning)


def _loaded(line: _Line) -> dict[str, Any]:
    began = time.perf_counter()
    while True:
        status, data = line.get("volume")
        facts: dict[str, Any] = json.loads(data)
        assert status == 200, facts
        if facts["state"] == "ready":
            assert facts["shape"] == list(SHAPE), facts
            print(f"  500 images loaded in {time.perf_counter() - began:.1f} s")
            return facts
        time.sleep(0.1)


def main() -> None:
    """Prints the figures."""
    volume = the_volume()
    on_the_server(volume)
    bodies(volume)
    over_http()


if __name__ == "__main__":
    main()
