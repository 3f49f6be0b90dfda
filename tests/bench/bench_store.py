"""C-STORE against Orthanc of Debian in the same run: images a second, each acknowledged when file, folder and row are on the disk.

    python -m tests.bench.bench_store [count [rounds [receiving processes]]]

Ours and Orthanc take turns; memory is warmed before. Read ratios, machines are shared. "Fast sender" is tests/sender.py, which sends
as fast as the machine can, to an Orthanc told to do its best (TCP_NODELAY=1). DCMTK's programs and the Orthanc they send to run as
Debian ships them, with Nagle's algorithm on. "The disk alone" takes turns with them: the same bytes written to a file each and
synced, nothing else; nobody who keeps each image in a file of its own can be much faster.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.base.db import Database
from app.base.events import announce
from tests import dicomgen
from tests.bench.orthanc import installed, orthanc
from tests.bench.serving import CALLED, CALLING, serving
from tests.sender import Sender, outgoing

PORT = 21_104
ROUNDS = 5
ONE, FOUR = "1 association, fast sender", "4 associations, fast sender"
DISK = "the disk alone"


@dataclass(frozen=True)
class Target:
    """Who receives."""

    name: str
    port: int
    called: str
    port_as_shipped: int = 0  # 0: the same


def slices(count: int, round_name: str) -> list[bytes]:
    """CT slices of 512x512, 525 kB each, of an instance UID of their own."""
    return dicomgen.series(count, rows=512, columns=512, study=f"bench-{round_name}")


def senders(target: Target, files: Sequence[bytes], count: int) -> float:
    """Images a second over `count` associations, established before the clock starts."""
    works = [_associated(target, files[start::count]) for start in range(count)]
    threads = [threading.Thread(target=work) for work in works]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(files) / (time.perf_counter() - begun)


def _associated(target: Target, files: Sequence[bytes]) -> Callable[[], None]:
    ready = [outgoing(data) for data in files]
    offers = {(item.sop_class_uid, item.transfer_syntax) for item in ready}
    sender = Sender(target.port, called=target.called, calling=CALLING, offers=offers)
    requests = [sender.store_request(item) for item in ready]  # not while the clock runs

    def work() -> None:
        with sender:
            for request in requests:
                if sender.exchange(request).status:
                    raise AssertionError("an image was not stored")

    return work


def disk(files: Sequence[bytes], count: int, root: Path) -> float:
    """Files a second that so many threads write and sync, each on the disk before the next."""
    with tempfile.TemporaryDirectory(dir=root) as folder, ThreadPoolExecutor(count) as pool:

        def write(number: int) -> None:
            with (Path(folder) / str(number)).open("wb") as file:
                file.write(files[number])
                file.flush()
                os.fdatasync(file.fileno())

        begun = time.perf_counter()
        list(pool.map(write, range(len(files))))
        return len(files) / (time.perf_counter() - begun)


def dcmtk(program: str, target: Target, files: Sequence[bytes], root: Path) -> float:
    """Images a second by one of DCMTK's programs."""
    with tempfile.TemporaryDirectory(dir=root) as folder:
        for number, data in enumerate(files):
            (Path(folder) / f"{number:05}.dcm").write_bytes(data)
        address = ["127.0.0.1", str(target.port_as_shipped or target.port)]
        begun = time.perf_counter()
        command = [program, "-aet", CALLING, "-aec", target.called, *address, "+sd", folder]
        subprocess.run(command, check=True, capture_output=True)
        return len(files) / (time.perf_counter() - begun)


@contextmanager
def small_writes(db: Database) -> Iterator[list[float]]:
    """Meanwhile somebody writes a line every 20 ms; milliseconds each took."""
    took: list[float] = []
    done = threading.Event()

    def chat() -> None:
        while not done.wait(0.02):
            begun = time.perf_counter()
            with db.transaction() as tx:
                announce(tx, "bench", "message.posted", {"text": "." * 80})
            took.append((time.perf_counter() - begun) * 1000)

    thread = threading.Thread(target=chat)
    thread.start()
    try:
        yield took
    finally:
        done.set()
        thread.join()


def measure(targets: Sequence[Target], db: Database, count: int, rounds: int, root: Path) -> None:
    """Prints medians, and ratios to the last target."""
    programs = [program for program in ("storescu", "dcmsend") if shutil.which(program)]
    found: dict[tuple[str, str], list[float]] = {}
    waits: list[float] = []
    for turn in range(-1, rounds):  # the first only warms
        for target in targets:
            mark = f"{target.name}-{turn}"
            rates = {ONE: senders(target, slices(count, f"{mark}-1"), 1)}
            with small_writes(db) as took:
                rates[FOUR] = senders(target, slices(count, f"{mark}-4"), 4)
            waits += took if target is targets[0] and turn >= 0 else []
            for program in programs:
                few = slices(max(count // 4, 10), f"{mark}-{program}")  # 20 a second into Orthanc
                rates[f"{program} as shipped"] = dcmtk(program, target, few, root)
            for name, rate in rates.items() if turn >= 0 else ():
                found.setdefault((name, target.name), []).append(rate)
        files = slices(count, "disk")
        for name, at_once in (ONE, 1), (FOUR, 4):
            found.setdefault((name, DISK), []).append(disk(files, at_once, root))
    _print(found, targets)
    waits.sort()
    print(
        f"  a small transaction while four associations store: median {statistics.median(waits):.1f} ms,"
        f" p99 {waits[int(len(waits) * 0.99)]:.1f} ms"
    )


def _print(found: dict[tuple[str, str], list[float]], targets: Sequence[Target]) -> None:
    for name in dict.fromkeys(name for name, _ in found):
        runs = {
            who: found[name, who]
            for who in (*(target.name for target in targets), DISK)
            if (name, who) in found
        }
        medians = {who: statistics.median(rates) for who, rates in runs.items()}
        parts = [
            f"{who} {medians[who]:5.0f}/s [{min(rates):.0f}..{max(rates):.0f}]" for who, rates in runs.items()
        ]
        ratio = medians[targets[0].name] / medians[targets[-1].name]
        print(f"  {name:28} {'   '.join(parts)}   ratio {ratio:.2f}")


def main(count: int = 200, rounds: int = ROUNDS, processes: int = 1) -> None:
    root = Path(tempfile.mkdtemp(prefix="hoichan-bench-"))
    print(f"{count} CT slices of 525 kB, median of {rounds} rounds, images a second")
    try:
        with ExitStack() as stack:
            for _ in range(processes):
                stack.enter_context(serving(root / "data", PORT, CALLED, CALLING, f"processes={processes}"))
            db = Database(f"sqlite:///{root / 'data' / 'hoichan.db'}")
            ours = Target("hoichan", PORT, CALLED)
            if installed():
                with orthanc(root, nodelay=True) as best, orthanc(root, nodelay=False) as shipped:
                    both = (ours, Target("orthanc", best.dicom_port, "ORTHANC", shipped.dicom_port))
                    measure(both, db, count, rounds, root)
            else:
                print("  Orthanc is not installed: no ratios")
                measure((ours,), db, count, rounds, root)
            db.dispose()
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:4]))
