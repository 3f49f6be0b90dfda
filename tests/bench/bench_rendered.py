"""Rendered frames a second against Orthanc's /rendered, the same files on both, so many asking at once; and how long
one frame from the cache takes there and back on loopback.

Both by HTTP/1.1 on connections that stay open. The second view is what a reader has who scrolls back.
"""

import http.client
import json
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import requests
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from app.demo import datasets
from app.demo.datasets import Exam, Person
from tests.bench.bench_frames import file_of, variants
from tests.bench.orthanc import installed, orthanc
from tests.running import Running, running
from tests.sender import Sender, outgoing

AT_ONCE = 4
CONFIG = re.compile(r'id="hoichan-config">(.*?)</script>', re.DOTALL)
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
JPEG_2000 = "1.2.840.10008.1.2.4.90"


@dataclass(frozen=True)
class Case:
    name: str
    patient_id: str
    files: Sequence[bytes]
    box: tuple[int, int]
    goal: float


def _exam(patient_id: str, seed: int) -> Exam:
    person = Person("Bench^Nobody", patient_id, date(1970, 1, 1), "O")
    return Exam(person, datetime(2026, 1, 1, tzinfo=UTC), patient_id, "Bench", "Nobody", "BENCH", seed)


def _as_jpeg_2000(data: Dataset) -> bytes:
    kind = "<i2" if data.PixelRepresentation else "<u2"
    values = np.frombuffer(data.PixelData, kind).reshape(data.Rows, data.Columns)
    code = imagecodecs.jpeg2k_encode(
        values, codecformat="j2k", reversible=True, bitspersample=data.BitsStored
    )
    data.PixelData = encapsulate([bytes(code)])
    data["PixelData"].is_undefined_length = True
    data.file_meta.TransferSyntaxUID = UID(JPEG_2000)
    return file_of(data)


def cases() -> list[Case]:
    """The goals are those of the issue."""
    ct = [file_of(data) for data in datasets.ct_chest(_exam("RB1", 1), slices=40)]
    j2k = [_as_jpeg_2000(data) for data in datasets.ct_chest(_exam("RB2", 2), slices=40)]
    dx = variants(next(datasets.dx_chest(_exam("RB3", 3))), 1)
    us = [file_of(data) for data in datasets.us_heart(_exam("RB4", 4))]
    return [
        Case("CT", "RB1", ct, (512, 512), 2.5),
        Case("JPEG 2000 CT", "RB2", j2k, (512, 512), 5.0),
        Case("DX to half size", "RB3", dx, (1000, 1250), 4.0),
        Case("ultrasound cine", "RB4", us, (640, 480), 8.0),
    ]


class Asker:
    """One connection for each thread; a request counts only when a picture came."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._port, self._headers = port, headers
        self._own = threading.local()
        self.times: list[float] = []

    def __call__(self, path: str) -> None:
        line: http.client.HTTPConnection | None = getattr(self._own, "line", None)
        if line is None:
            line = self._own.line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        began = time.perf_counter()
        line.request("GET", path, headers=self._headers)
        answer = line.getresponse()
        body = answer.read()
        self.times.append((time.perf_counter() - began) * 1000)
        if answer.status != 200 or not body.startswith(b"\xff\xd8"):
            raise RuntimeError(f"{answer.status} for {path}: {body[:80]!r}")


def rate(ask: Asker, paths: Sequence[str], at_once: int = AT_ONCE) -> tuple[float, float]:
    """Frames a second, and the middle time of one in milliseconds."""
    ask.times.clear()
    began = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(ask, paths))
    return len(paths) / (time.perf_counter() - began), statistics.median(ask.times)


class Site:
    """Hoichan with one person signed in."""

    def __init__(self, hoichan: Running, login: str) -> None:
        self._web = requests.Session()
        self._url = hoichan.url
        page = self._web.get(f"{self._url}/sign-in").text
        form = {"login": login, "password": hoichan.passwords[login], "csrf_token": _found(TOKEN, page)}
        self._web.post(f"{self._url}/sign-in", data=form)
        cookie = "; ".join(f"{one.name}={one.value}" for one in self._web.cookies)
        self.ask = Asker(hoichan.web_port, {"Cookie": cookie})

    def frames(self, case: Case) -> list[str]:
        """Addresses of the study's frames, once all images of it have come."""
        href = self._wait(case)
        config = json.loads(_found(CONFIG, self._web.get(self._url + href).text))
        (study,) = config["studies"]
        width, height = case.box
        return [
            f"/stream/{study['key']}/rendered/{image['id']}/{frame}?box={width}x{height}"
            for series in study["manifest"]["series"]
            for image in series["instances"]
            for frame in range(1, image["frames"] + 1)
        ]

    def _wait(self, case: Case) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            page = self._web.get(f"{self._url}/studies", params={"q": case.patient_id}).text
            found = re.search(r'class="study-name" href="(/studies/[0-9a-z]{26})"', page)
            if found and re.search(rf"\b{len(case.files)} (images?|ảnh)\b", page):
                return found.group(1)
            time.sleep(0.3)
        raise RuntimeError(f"the images of {case.name} did not arrive")


def _found(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    if found is None:
        raise RuntimeError("the page is not the one that was meant")
    return found.group(1)


def theirs(port: int, case: Case) -> list[str]:
    """The same frames at Orthanc."""
    root = f"http://127.0.0.1:{port}"
    width, height = case.box
    paths = []
    for file in case.files:
        told: dict[str, Any] = requests.post(f"{root}/instances", data=file, timeout=60).json()
        frames = requests.get(f"{root}/instances/{told['ID']}/frames", timeout=60).json()
        paths += [
            f"/instances/{told['ID']}/frames/{n}/rendered?width={width}&height={height}" for n in frames
        ]
    return paths


def compare(site: Site, port: int, case: Case) -> None:
    paths, other = site.frames(case), theirs(port, case)
    first, _ = rate(site.ask, paths)
    again = [rate(site.ask, paths * 2) for _ in range(3)]
    ours, middle = statistics.median(one for one, _ in again), statistics.median(one for _, one in again)
    ask = Asker(port, {"Accept": "image/jpeg"})
    tries: list[Callable[[], tuple[float, float]]] = [partial(rate, ask, other)] * 3
    try:
        found = [one() for one in tries]
    except RuntimeError as error:
        print(f"  {case.name:16} {first:6.0f} then {ours:6.0f} frames/s; Orthanc does not draw it ({error})")
        return
    their, slow = statistics.median(one for one, _ in found), statistics.median(one for _, one in found)
    print(
        f"  {case.name:16} first view {first:6.0f}/s = {first / their:4.1f} times, second {ours:6.0f}/s ="
        f" {ours / their:4.1f} times Orthanc's {their:5.0f}/s (goal {case.goal}); p50 {middle:.1f} and {slow:.1f} ms"
    )


def round_trip(site: Site, case: Case) -> None:
    """One asker, one frame."""
    path = site.frames(case)[0]
    rate(site.ask, [path] * 50, 1)
    _, middle = rate(site.ask, [path] * 500, 1)
    print(f"  one frame from the cache, there and back: p50 {middle:.2f} ms (goal 1)")


def main() -> None:
    """Prints the figures."""
    if not installed():
        print("Orthanc is not installed")
        return
    made = cases()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as hoichan,
        orthanc(Path(folder), nodelay=True) as other,
    ):
        for case in made:
            files = [outgoing(file) for file in case.files]
            offers = [(file.sop_class_uid, file.transfer_syntax) for file in files]
            with Sender(hoichan.dicom_port, called="DONGXANH", calling="CT01", offers=offers) as sender:
                for file in files:
                    sender.store(file)
        site = Site(hoichan, "hanh")
        for case in made:
            compare(site, other.http_port, case)
        round_trip(site, made[0])


if __name__ == "__main__":
    main()
