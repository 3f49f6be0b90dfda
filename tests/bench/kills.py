"""kill -9 of the receiving process while several senders store (reliability.md F1): nothing acknowledged may be lost.

python -m tests.bench.kills [kills [images [senders]]]
"""

import hashlib
import queue
import random
import shutil
import sys
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from app.archive.integrity import referenced
from app.base.blob_removal import FOLDERS, digests_on_disk
from app.base.blobs import Blobs
from app.base.db import Base, Database
from app.main.reconcile import reconcile
from tests import dicomgen
from tests.bench.serving import CALLED, CALLING, serving
from tests.sender import Outgoing, Sender, outgoing

PORT = 21_106
OFFERS = [(dicomgen.CT, dicomgen.EXPLICIT)]
_GIVE_UP = 1200.0


@dataclass
class Figures:
    """What came of it."""

    acknowledged: dict[str, str] = field(default_factory=dict)  # SOP Instance UID to SHA-256 of what was sent
    unanswered: int = 0
    restarts: list[float] = field(default_factory=list)  # seconds from the kill to the first connection
    lost: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    orphans: int = 0
    miscounted: int = 0
    seconds: float = 0.0


class Senders:
    """Threads that send what the queue holds; what was not answered is sent again."""

    def __init__(self, port: int, items: list[Outgoing], count: int) -> None:
        self._port = port
        self._left: queue.SimpleQueue[Outgoing] = queue.SimpleQueue()
        for item in items:
            self._left.put(item)
        self._wanted = len(items)
        self._lock = threading.Lock()
        self.figures = Figures()
        self._until = time.monotonic() + _GIVE_UP
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(count)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    @property
    def done(self) -> bool:
        return len(self.figures.acknowledged) >= self._wanted or time.monotonic() > self._until

    def _send(self) -> None:
        while not self.done:
            try:
                sender = Sender(self._port, called=CALLED, calling=CALLING, offers=OFFERS)
            except (OSError, ConnectionError):
                time.sleep(0.05)
                continue
            with closing(sender.socket):
                self._send_over(sender)

    def _send_over(self, sender: Sender) -> None:
        while not self.done:
            try:
                item = self._left.get(timeout=0.1)
            except queue.Empty:
                continue
            try:
                status = sender.store(item).status
            except (OSError, ConnectionError):
                self._left.put(item)
                with self._lock:
                    self.figures.unanswered += 1
                return
            if status:
                raise AssertionError(f"status {status:04X}")
            with self._lock:
                self.figures.acknowledged[item.sop_instance_uid] = hashlib.sha256(item.data).hexdigest()


def kill_and_compare(root: Path, port: int, *, kills: int, images: int, senders: int) -> Figures:
    """Kills at random moments, starts again at once, and looks at every file at the end."""
    items = [outgoing(data) for data in dicomgen.series(images, rows=128, columns=128, study="kills")]
    sending = Senders(port, items, senders)
    begun = time.monotonic()
    dice = random.Random(4)
    shares = sorted(0.05 + dice.random() * 0.9 for _ in range(kills))
    killed_at = None
    for number in range(kills + 1):
        with serving(root / "data", port) as server:
            if killed_at is not None:
                sending.figures.restarts.append(time.monotonic() - killed_at)
            if number == 0:
                sending.start()
            goal = images if number == kills else int(shares[number] * images)
            while len(sending.figures.acknowledged) < goal and not sending.done:
                time.sleep(0.002)
            if number == kills:
                sending.join()
            else:
                killed_at = time.monotonic()
                server.kill()
    sending.figures.seconds = time.monotonic() - begun
    _compare(root / "data", sending.figures)
    return sending.figures


def _compare(data_dir: Path, figures: Figures) -> None:
    db, blobs = Database(f"sqlite:///{data_dir / 'hoichan.db'}"), Blobs(data_dir)
    with db.transaction() as tx:  # parts that were imported beside this would be asked what they keep
        Base.metadata.create_all(tx.connection)
    with db.reading() as tx:
        rows = dict(tx.driver.execute("SELECT sop_instance_uid, digest FROM instance").fetchall())
        on_disk = {digest for folder in FOLDERS for digest in digests_on_disk(blobs, folder)}
        figures.orphans = len(on_disk - referenced(tx, on_disk)) + len(list((data_dir / "spool").iterdir()))
    for uid, sent in figures.acknowledged.items():
        if uid not in rows:
            figures.lost.append(uid)
        elif hashlib.sha256(outgoing(blobs.read(rows[uid])).data).hexdigest() != sent:
            figures.changed.append(uid)
    figures.miscounted = len(reconcile(db, blobs, whole=True, repair=False).miscounted)
    db.dispose()


def main(kills: int = 20, images: int = 10_000, senders: int = 6) -> None:
    root = Path(tempfile.mkdtemp(prefix="hoichan-kills-"))
    try:
        found = kill_and_compare(root, PORT, kills=kills, images=images, senders=senders)
    finally:
        shutil.rmtree(root)
    print(
        f"  {kills} kills, {len(found.acknowledged)} images acknowledged, {found.unanswered} cut off and sent again"
    )
    print(
        f"  lost {len(found.lost)}, changed {len(found.changed)}, orphans {found.orphans}, miscounted {found.miscounted}"
    )
    print(
        f"  ready again within {max(found.restarts, default=0):.1f} s (goal 5); all in {found.seconds:.0f} s"
    )


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:4]))
