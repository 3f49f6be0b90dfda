"""`make bench`: every figure of this house, one after the other, each beside a baseline of the same run."""

import sys
from collections.abc import Callable

from tests.bench import (
    bench_coding,
    bench_drawing,
    bench_find,
    bench_frames,
    bench_live,
    bench_rendered,
    bench_retrieve,
    bench_store,
    bench_viewer,
    bench_volume,
)

BENCHMARKS: dict[str, Callable[[], None]] = {
    "store": bench_store.main,
    "drawing": bench_drawing.main,
    "frames": bench_frames.main,
    "coding": bench_coding.main,
    "rendered": bench_rendered.main,
    "viewer": bench_viewer.main,
    "volume": bench_volume.main,
    "live": bench_live.main,
    "retrieve": bench_retrieve.main,
    "find": bench_find.main,
}


def main() -> None:
    """All, or those named."""
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"── {name}", flush=True)
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
