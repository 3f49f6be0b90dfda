"""What a browser must load for the viewer, as gzip sends it: read from the built files, nothing is run.

`python -m tests.bench.weight` prints it. *First* is what a page asks for before the first image can be painted: the
entry's scripts and styles with all they import at once, and the words of its language. *Whole* is that and everything
that is loaded by need, but for codecs, which are told apart.
"""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.edge.bundles import FOLDER

ENTRIES = ("viewer", "room", "studies")
LANGUAGES = ("vi", "en")
CODECS = ("decode_worker",)
LEVEL = 9  # as app/edge/compression.pack_file sends them


@dataclass(frozen=True)
class Weight:
    """Bytes by file; names as in the manifest."""

    first: dict[str, int]
    later: dict[str, int]
    codecs: dict[str, int]

    @property
    def first_bytes(self) -> int:
        return sum(self.first.values())

    @property
    def whole_bytes(self) -> int:
        return self.first_bytes + sum(self.later.values())


def weigh(entry: str, language: str) -> Weight:
    """The weight of one kind of page; KeyError when the viewer is not built or has no such entry."""
    chunks: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    names = {chunk["name"]: key for key, chunk in chunks.items() if chunk.get("isEntry")}
    starts = [names[entry]] + [names[words] for words in (f"{entry}.{language}",) if words in names]
    at_once = _reached(chunks, starts, ("imports",))
    by_need = _reached(chunks, starts, ("imports", "dynamicImports"))
    if language == "en":  # words of another language are asked for by nobody
        by_need = [
            key
            for key in by_need
            if not key.endswith(("virtual:messages/rest", "virtual:messages/room_rest"))
        ]
    first = _files(chunks, at_once)
    everything = _files(chunks, by_need, ("css", "assets"))
    codecs = {file for file in everything if Path(file).name.startswith(CODECS)}
    return Weight(
        first={file: gzipped(file) for file in first},
        later={file: gzipped(file) for file in everything if file not in first and file not in codecs},
        codecs={file: gzipped(file) for file in sorted(codecs)},
    )


def _reached(chunks: dict[str, Any], starts: list[str], kinds: tuple[str, ...]) -> list[str]:
    reached = list(starts)
    for key in reached:  # grows while it is walked
        wanted = (name for kind in kinds for name in chunks[key].get(kind, []))
        reached.extend(name for name in dict.fromkeys(wanted) if name not in reached)
    return reached


def _files(chunks: dict[str, Any], keys: list[str], beside: tuple[str, ...] = ("css",)) -> list[str]:
    files = (
        file
        for key in keys
        for file in (chunks[key]["file"], *(found for kind in beside for found in chunks[key].get(kind, [])))
    )
    return list(dict.fromkeys(files))


@cache
def gzipped(file: str) -> int:
    """Bytes of one built file on the line."""
    return len(gzip.compress((FOLDER / file).read_bytes(), LEVEL))


def report() -> str:
    """One line for each file of the viewer, then the sums of each kind of page."""
    lines = []
    viewer = weigh("viewer", "vi")
    for title, files in (("first", viewer.first), ("later", viewer.later), ("codecs", viewer.codecs)):
        for file, size in sorted(files.items(), key=lambda item: -item[1]):
            raw = (FOLDER / file).stat().st_size
            lines.append(f"{title:<7}{raw:>9,} {size:>8,}  {Path(file).name}")
    lines.append("")
    lines.append(f"{'':<12}{'first':>9}{'whole':>9}{'codecs':>9}   gzipped kB")
    for entry in ENTRIES:
        for language in LANGUAGES:
            weight = weigh(entry, language)
            sums = (weight.first_bytes, weight.whole_bytes, sum(weight.codecs.values()))
            figures = "".join(f"{size / 1000:>9.1f}" for size in sums)
            lines.append(f"{entry:<8} {language:<3}{figures}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(report())
