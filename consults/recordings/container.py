"""The one object of a recording, `hoichan-recording/1`: see the package's own words for what lies in it."""

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from app.base.errors import NotFound
from app.base.spool import Spool

FORMAT = "hoichan-recording/1"
HEAD, TRACK = "recording.json", "track.jsonl"
ENDINGS = {"audio/mp4": "m4a", "audio/ogg": "ogg", "audio/webm": "webm"}
_WHEN = (2020, 1, 1, 0, 0, 0)  # the same pieces make the same object


@dataclass(frozen=True)
class Voice:
    """A piece of somebody's voice; `person`: their place among the people."""

    person: int
    offset_ms: int
    duration_ms: int
    media_type: str


class _Writing:
    """What zipfile wants of a file that cannot be gone back in."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def write(self, data: bytes) -> int:
        self._spool.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing: the spool is committed as a whole."""


def write(
    spool: Spool,
    *,
    people: Sequence[dict[str, Any]],
    duration_ms: int,
    lines: Iterable[bytes],
    voices: Iterable[tuple[Voice, bytes]],
) -> None:
    """`lines` as JSON with their person's place, in the order of time."""
    told = []
    # zipfile asks for no more of a file than this one has
    with zipfile.ZipFile(cast("IO[bytes]", _Writing(spool)), "w") as archive:
        for number, (voice, content) in enumerate(voices):
            name = f"voice/{number}.{ENDINGS[voice.media_type]}"
            archive.writestr(zipfile.ZipInfo(name, _WHEN), content)
            told.append({**voice.__dict__, "name": name})
        track = zipfile.ZipInfo(TRACK, _WHEN)
        track.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(track, "w") as written:
            for line in lines:
                written.write(line + b"\n")
        head = {"format": FORMAT, "duration_ms": duration_ms, "people": list(people), "voices": told}
        text = json.dumps(head, ensure_ascii=False)
        archive.writestr(zipfile.ZipInfo(HEAD, _WHEN), text, zipfile.ZIP_DEFLATED)


def read_head(path: Path) -> dict[str, Any]:
    """recording.json, with its voices in their order."""
    with zipfile.ZipFile(path) as archive:
        head: dict[str, Any] = json.loads(archive.read(HEAD))
    return head


def read_lines(path: Path) -> Iterator[list[Any]]:
    """The track, line by line."""
    with zipfile.ZipFile(path) as archive, archive.open(TRACK) as track:
        for line in track:
            yield json.loads(line)


def read_voice(path: Path, number: int) -> tuple[str, bytes]:
    """Media type and bytes of one piece of a voice; raises NotFound."""
    with zipfile.ZipFile(path) as archive:
        voices = json.loads(archive.read(HEAD))["voices"]
        if not 0 <= number < len(voices):
            raise NotFound
        return str(voices[number]["media_type"]), archive.read(voices[number]["name"])
