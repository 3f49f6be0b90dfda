"""Rendered frames a second against Orthanc's /rendered, the same files on both, so many asking at once, each for one
frame after the other; and how long one frame from the cache takes there and back on loopback.

Three doors take turns in one run: our frame channel, our HTTP, Orthanc's HTTP; all on connections that stay open, asked
by the same few lines of Python. Three views of a study: the first after it was stored (nothing is kept but what the
preview job left in files), another window (values are in memory, every picture is drawn anew), and again (the picture
itself is in memory: who scrolls back, or the second reader). Orthanc keeps no pictures and draws anew each time.

On a quiet machine: `python -m tests.bench.bench_rendered`, nothing else running; judge ratios.
"""

import json
import queue
import re
import socket
import statistics
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime
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
ROUNDS = 3
ASKED = 300
"""Frames in a round, at least."""
NOT_DRAWN = "without its GDCM plug-in does not draw it (with it: 20 ms a frame, one at once, measured before)"
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
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
    ct = [
        file_of(data) for data in datasets.ct_chest(_exam("RB1", 1), slices=ASKED)
    ]  # seen once: not over in a moment
    j2k = [_as_jpeg_2000(data) for data in datasets.ct_chest(_exam("RB2", 2), slices=40)]
    dx = variants(next(datasets.dx_chest(_exam("RB3", 3))), 1)
    us = [file_of(data) for data in datasets.us_heart(_exam("RB4", 4))]
    return [
        Case("CT", "RB1", ct, (512, 512), 2.5),
        Case("JPEG 2000 CT", "RB2", j2k, (512, 512), 5.0),
        Case("DX to half size", "RB3", dx, (1000, 1250), 4.0),
        Case("ultrasound cine", "RB4", us, (640, 480), 8.0),
    ]


Ask = Callable[[str], None]


def http_asker(port: int, headers: dict[str, str]) -> Callable[[], Ask]:
    """Makes one connection that stays open."""
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())

    def connect() -> Ask:
        line = _connected(port)

        def ask(path: str) -> None:
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{told}\r\n".encode())
            head, body = b"", b""
            while b"\r\n\r\n" not in head:
                head += _some(line)
            head, _, body = head.partition(b"\r\n\r\n")
            found = LENGTH.search(head)
            if found is None or b" 200 " not in head[:16]:
                raise RuntimeError(f"{head[:300]!r} for {path}")
            _check(body + _exactly(line, int(found.group(1)) - len(body)))

        return ask

    return connect


def channel_asker(port: int, cookie: str) -> Callable[[], Ask]:
    """Makes one channel; of an address only what follows the key is asked. A mask of zeros changes nothing."""

    def connect() -> Ask:
        line = _connected(port)
        opened: list[str] = []

        def ask(path: str) -> None:
            _, _, key, rest = path.split("/", 3)
            if not opened:
                _open_channel(line, port, key, cookie)
                opened.append(key)
            text = json.dumps({"ask": [[1, rest, 0]], "drop": []}).encode()
            length = bytes([0x80 | len(text)]) if len(text) < 126 else struct.pack(">BH", 0xFE, len(text))
            line.sendall(b"\x81" + length + bytes(4) + text)
            more = True
            body = b""
            while more:
                message = _message(line)
                _, status, headers, more = struct.unpack_from("<IHHB", message)
                body += message[12 + headers :]
            if status != 200:
                raise RuntimeError(f"{status} for {path}: {body!r}")
            _check(body)

        return ask

    return connect


def _connected(port: int) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _open_channel(line: socket.socket, port: int, key: str, cookie: str) -> None:
    line.sendall(
        f"GET /stream/{key}/channel?accept=gzip HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        f"Origin: http://127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    )
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += _exactly(line, 1)
    if b" 101 " not in head[:16]:
        raise RuntimeError(f"no channel: {head[:200]!r}")


def _message(line: socket.socket) -> bytes:
    kind, length = _exactly(line, 2)
    if length == 126:
        (length,) = struct.unpack(">H", _exactly(line, 2))
    elif length == 127:
        (length,) = struct.unpack(">Q", _exactly(line, 8))
    if kind != 0x82:
        raise RuntimeError("the channel was closed")
    return _exactly(line, length)


def _exactly(line: socket.socket, count: int) -> bytes:
    found = bytearray(max(count, 0))
    view, at = memoryview(found), 0
    while at < count:
        got = line.recv_into(view[at:])
        if not got:
            raise RuntimeError("closed")
        at += got
    return bytes(found)


def _some(line: socket.socket) -> bytes:
    data = line.recv(1 << 16)
    if not data:
        raise RuntimeError("closed")
    return data


def _check(body: bytes) -> None:
    if not body.startswith(b"\xff\xd8"):
        raise RuntimeError(f"no picture: {body[:80]!r}")


@dataclass(frozen=True)
class Pace:
    """Of one round."""

    rate: float
    p50: float
    p95: float


def pace(connect: Callable[[], Ask], paths: Sequence[str], *, warm: str, at_once: int = AT_ONCE) -> Pace:
    """Frames a second, and milliseconds of one. Every connection has asked for `warm` before the time begins."""
    asks: queue.SimpleQueue[Ask] = queue.SimpleQueue()
    for _ in range(at_once):
        ask = connect()
        ask(warm)
        asks.put(ask)
    own, times = threading.local(), []

    def begin() -> None:
        own.ask = asks.get()

    def one(path: str) -> None:
        began = time.perf_counter()
        own.ask(path)
        times.append((time.perf_counter() - began) * 1000)

    together = threading.Barrier(at_once)
    with ThreadPoolExecutor(at_once, initializer=begin) as pool:
        list(pool.map(lambda _: together.wait(), range(at_once)))
        began = time.perf_counter()
        list(pool.map(one, paths))
        took = time.perf_counter() - began
    times.sort()
    return Pace(len(paths) / took, times[len(times) // 2], times[len(times) * 95 // 100])


def middle(found: Sequence[Pace]) -> Pace:
    """The medians of rounds."""
    columns = zip(*(astuple(one) for one in found), strict=True)
    return Pace(*(statistics.median(column) for column in columns))


class Site:
    """Hoichan with one person signed in."""

    def __init__(self, hoichan: Running, login: str) -> None:
        self._web = requests.Session()
        self._url = hoichan.url
        page = self._web.get(f"{self._url}/sign-in").text
        form = {"login": login, "password": hoichan.passwords[login], "csrf_token": _found(TOKEN, page)}
        self._web.post(f"{self._url}/sign-in", data=form)
        cookie = "; ".join(f"{one.name}={one.value}" for one in self._web.cookies)
        self.http = http_asker(hoichan.web_port, {"Cookie": cookie})
        self.channel = channel_asker(hoichan.web_port, cookie)

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
    warm, their_warm = f"{paths[0]}&quality=1", other[0]
    orthanc_door = http_asker(port, {"Accept": "image/jpeg"})
    first = pace(site.channel, paths, warm=warm)
    repeated = -(-ASKED // len(paths))
    doors: dict[str, list[Pace]] = {"channel, another window": [], "channel, again": [], "HTTP, again": []}
    peer = []
    draws = _draws(orthanc_door, their_warm)
    for turn in range(ROUNDS):
        windows = [[f"{path}&center={part}&width={400 + turn}" for path in paths] for part in range(repeated)]
        new = [path for window in windows for path in window]
        doors["channel, another window"].append(pace(site.channel, new, warm=warm))
        doors["channel, again"].append(pace(site.channel, paths * repeated, warm=warm))
        doors["HTTP, again"].append(pace(site.http, paths * repeated, warm=warm))
        if draws:
            peer.append(pace(orthanc_door, other * repeated, warm=their_warm))
    their = middle(peer) if draws else None
    print(
        f"  {case.name}, {AT_ONCE} at once; Orthanc {_told(their) if their else NOT_DRAWN}; goal {case.goal} times"
    )
    for name, found in {"channel, first view": [first], **doors}.items():
        ours = middle(found)
        times = f"{ours.rate / their.rate:5.1f} times" if their else ""
        print(f"    {name:24} {_told(ours)}  {times}", flush=True)


def _draws(door: Callable[[], Ask], path: str) -> bool:
    try:
        door()(path)
    except RuntimeError:
        return False
    return True


def _told(found: Pace) -> str:
    return f"{found.rate:6.0f}/s, p50 {found.p50:5.2f} ms, p95 {found.p95:5.2f} ms"


def round_trip(site: Site, case: Case) -> None:
    """One asker, one frame."""
    path = site.frames(case)[0]
    for name, door in (("channel", site.channel), ("HTTP", site.http)):
        found = pace(door, [path] * 500, warm=path, at_once=1)
        print(
            f"  one frame from the cache, there and back, {name}: p50 {found.p50:.2f} ms, p95 {found.p95:.2f} (goal 1)"
        )


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
