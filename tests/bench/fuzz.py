"""`python -m tests.bench.fuzz [FILES] [FRAMES]`: broken files into C-STORE and STOW-RS and through the renderer, broken
streams into the decoder (reliability.md F7, F8). Seeded: a second run does the same.

Ends with 1 when a process of ours died, an answer took more than 10 s, or memory grew by more than 100 MB.
"""

import contextlib
import ctypes
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import imagecodecs
import numpy as np
from sqlalchemy import select

from app import dicomweb
from app.archive.models import Instance
from app.archive.queries import locate_frame
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.db import Base, Database
from app.base.errors import HoichanError
from app.base.events import LiveEvents
from app.base.settings import Settings
from app.dimse.server import create_server
from app.edge.services import Services
from app.main.platform import load_parts
from app.main.reconcile import reconcile
from app.migrations import models
from app.render.cache import FileCache
from app.render.codecs import Task
from app.render.decode import DecodeClient
from app.render.frames import PREVIEW, Renderer
from tests import dicomgen
from tests.bench.corpus import CORPUS
from tests.cast import make_cast
from tests.decoding import running_decoder
from tests.factories import browser, make_app
from tests.running import free_port
from tests.sender import Sender, outgoing

assert models.metadata is Base.metadata
assert load_parts(Settings()).migrations  # the tables of the parts, too

LONGEST = 10.0
GROWTH = 100 << 20
KEPT_PICTURES = (
    16 << 20
)  # as it runs 256 MB of frames just shown are kept; here the question is what broken ones leave
SIZE = 64
GREY = (np.add.outer(np.arange(SIZE), np.arange(SIZE)) % 256).astype(np.uint8)
STREAMS = {
    "1.2.840.10008.1.2.4.50": imagecodecs.jpeg8_encode(GREY),
    "1.2.840.10008.1.2.4.57": imagecodecs.ljpeg_encode(GREY),
    "1.2.840.10008.1.2.4.80": imagecodecs.jpegls_encode(GREY),
    "1.2.840.10008.1.2.4.90": imagecodecs.jpeg2k_encode(GREY, codecformat="j2k"),
    "1.2.840.10008.1.2.4.201": imagecodecs.htj2k_encode(GREY),
    "1.2.840.10008.1.2.5": b"\1\0\0\0@\0\0\0"
    + bytes(56)
    + b"".join(b"\x7f" + GREY.tobytes()[at : at + 128] for at in range(0, SIZE * SIZE, 128)),
}


class Watch:
    """What every try cost."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.longest: dict[str, float] = {}

    @contextlib.contextmanager
    def one(self, what: str) -> Iterator[None]:
        """One question; an error with a code is an answer, too."""
        began = time.monotonic()
        try:
            yield
            self.answers[f"{what}: taken"] += 1
        except HoichanError as error:
            self.answers[f"{what}: {error.code}"] += 1
        self.took(what, began)

    def took(self, what: str, began: float) -> None:
        """Keeps the longest answer of every kind."""
        self.longest[what] = max(self.longest.get(what, 0.0), time.monotonic() - began)


def resident() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def mutated(data: bytes, chance: random.Random) -> bytes:
    """1 to 32 edits, four of five in the first 3 KB; one in ten is cut."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 32)):
        end = min(len(data), 3072) if chance.random() < 0.8 else len(data)
        changed[chance.randrange(min(132, end - 1), end)] = chance.choice(
            (0, 255, 254, chance.randrange(256))
        )
    return bytes(changed[: chance.randrange(1, len(data))] if chance.random() < 0.1 else changed)


def seeds() -> list[bytes]:
    made = [dicomgen.ct_slice(), dicomgen.cine(3), dicomgen.enhanced_ct(2), dicomgen.text_report()]
    if CORPUS.is_dir():
        made += [
            path.read_bytes() for path in sorted(CORPUS.rglob("*.dcm")) if 400 < path.stat().st_size < 400_000
        ]
    return made


def fuzz_files(count: int, folder: Path, decoder: Path, watch: Watch) -> None:
    db, blobs = Database(f"sqlite:///{folder / 'hoichan.db'}"), Blobs(folder)
    Base.metadata.create_all(db.engine)
    cast = make_cast(db)
    client, caches = DecodeClient(decoder), FileCache(folder / "cache", 1 << 24)
    renderer = Renderer(blobs, client, caches, memory_bytes=KEPT_PICTURES)
    port = free_port()
    settings = Settings.model_validate({"data_dir": folder, "dicom": {"port": port}})
    services = Services(settings, db, blobs, LiveEvents(db, folder / "run"), renderer)
    server = create_server(settings, db, blobs)
    server.start()
    web = make_app(services, dicomweb.blueprint(services))
    alice = browser(web, db, cast.alice)
    chance, sources, rendered = random.Random(7), seeds(), set[str]()
    try:
        for number in range(count):
            source = chance.choice(sources)
            began = time.monotonic()
            if number % 2:
                headers = {"X-CSRF-Token": alice.csrf}
                address = f"/dicomweb/{cast.a.slug}/studies"
                data = mutated(source, chance)
                answer = alice.client.post(
                    address, data=data, content_type="application/dicom", headers=headers
                )
                watch.answers[f"STOW {answer.status_code}"] += 1
            else:
                _send(server.port, cast.a.ae_title, source, chance, watch)
            watch.took("STOW" if number % 2 else "C-STORE", began)
            if number % 50 == 49:
                _render(db, renderer, rendered, watch)
    finally:
        server.stop()
        client.close()
    found = reconcile(db, blobs, whole=True)
    print(f"afterwards: {found.sentence()}")
    db.dispose()


def _send(port: int, called: str, source: bytes, chance: random.Random, watch: Watch) -> None:
    """As a machine does: what it names itself is right, its data set is broken."""
    item = outgoing(source)
    broken = replace(item, data=mutated(item.data, chance))
    offers = [(item.sop_class_uid, item.transfer_syntax)]
    try:
        with Sender(port, called=called, calling="CT01", offers=offers) as sender:
            watch.answers[f"C-STORE {sender.store(broken).status:04X}"] += 1
    except (AssertionError, KeyError, OSError) as error:
        watch.answers[f"C-STORE not accepted: {type(error).__name__}"] += 1


def _render(db: Database, renderer: Renderer, done: set[str], watch: Watch) -> None:
    with db.reading() as tx:
        ids = [one for one in tx.session.scalars(select(Instance.id)) if one not in done]
    for instance_id in ids:
        done.add(instance_id)
        with watch.one("render"):
            with db.reading() as tx:
                location = locate_frame(tx, SYSTEM, instance_id=instance_id, frame_number=1)
            renderer.rendered_frame(location, PREVIEW)


def fuzz_frames(count: int, decoder: Path, watch: Watch) -> None:
    chance, client = random.Random(8), DecodeClient(decoder)
    kinds = sorted(STREAMS)
    for number in range(count):
        syntax = kinds[number % len(kinds)]
        stream = bytearray(STREAMS[syntax])
        for _ in range(chance.randint(1, 32)):
            stream[chance.randrange(len(stream))] = chance.randrange(256)
        with watch.one(f"decode {syntax[18:]}"):
            client.decode(Task(syntax, SIZE, SIZE, 1, 8), bytes(stream))
    client.close()


def main(files: int = 10_000, frames: int = 10_000) -> bool:
    """Whether all promises held; prints the figures."""
    watch = Watch()
    with (
        tempfile.TemporaryDirectory(prefix="hoichan-fuzz-") as name,
        running_decoder(Path(name), seconds=Settings().decode.seconds) as decoder,
    ):
        fuzz_files(min(files, 200), Path(name) / "warm", decoder.path, Watch()) if files > 1000 else None
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        before, began = resident(), time.monotonic()
        (Path(name) / "data").mkdir()
        fuzz_files(files, Path(name) / "data", decoder.path, watch)
        fuzz_frames(frames, decoder.path, watch)
        held = resident() - before
        ctypes.CDLL("libc.so.6").malloc_trim(0)  # what the allocator keeps for later is not growth
        grown = resident() - before
        alive = Path(f"/proc/{decoder.pid}").exists() and bool(decoder.children())
    for answer, count in sorted(watch.answers.items()):
        print(f"  {answer}: {count}")
    for what, seconds in sorted(watch.longest.items()):
        print(f"  longest {what}: {seconds:.2f} s")
    longest = max(watch.longest.values(), default=0.0)
    whole = alive and longest <= LONGEST and grown <= GROWTH
    print(
        f"{files} files, {frames} frames in {time.monotonic() - began:.0f} s; longest answer {longest:.2f} s, memory "
        f"{grown >> 20:+} MB ({held >> 20:+} MB with what the allocator keeps), decode supervisor {'alive' if alive else 'DEAD'}: {'held' if whole else 'BROKEN'}"
    )
    return whole


if __name__ == "__main__":
    sys.exit(0 if main(*(int(word) for word in sys.argv[1:])) else 1)
