"""The volumes of a process: made in the background one after the other, kept up to a number of bytes.

Whoever wants one asks again and again and hears how far it is; what nobody asks for any more is not finished. A volume
belongs to a version of its series: images that come, go or prove damaged make it again.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.archive.frames_index import FrameLocation
from app.base.errors import HoichanError, Unavailable
from app.render.frames import Renderer
from app.render.volume import Volume
from app.render.volume_geometry import Place, stack_of
from app.render.volume_loading import load, size_of, step_for

log = logging.getLogger(__name__)

Clock = Callable[[], float]
_PATIENCE = 30.0
"""Seconds after the last question until a loading is given up."""
_KEPT = 900.0
"""Seconds a volume nobody looks at is kept."""
_FAILURE_HOLDS = 60.0
_ALMOST = 0.99
"""All images are in, the volume is not yet handed over."""
_BUSY_HOLDS = 2.0
"""Seconds until one more try, for what may pass: a decoder that is busy or just starting."""
_LARGEST = 4 << 30


@dataclass(frozen=True)
class Images:
    """What a volume is made of. `version` changes when images come, go or prove damaged; after a dash it may say that
    it is made for people who see other pixels: theirs lies beside that of the others.
    """

    series_id: str
    version: str
    frames: Sequence[FrameLocation]
    places: Sequence[Place]

    @property
    def slot(self) -> str:
        return _slot(self.series_id, self.version)


def _slot(series_id: str, version: str) -> str:
    return series_id + version.partition("-")[2]


def places_of(slices: Sequence[tuple[FrameLocation, Mapping[str, Any]]]) -> list[Place]:
    """From each frame of a series with what the manifest says of its instance."""
    return [_place(index, location, facts) for index, (location, facts) in enumerate(slices)]


def _place(index: int, location: FrameLocation, facts: Mapping[str, Any]) -> Place:
    overrides = facts["frame_overrides"] or []
    own = overrides[location.frame_number - 1] if location.frame_number <= len(overrides) else {}
    position, orientation, spacing = (
        own.get(name, facts[name]) for name in ("position", "orientation", "spacing")
    )
    if facts["frames"] > 1 and not own:  # a cine has one position for all its frames: that is no stack
        position = None
    return Place(index, facts["rows"], facts["columns"], position, orientation, spacing)


@dataclass(eq=False)
class _Entry:
    images: Images
    asked: float
    progress: float = 0.0
    size: int = 0
    volume: Volume | None = None
    error: HoichanError | None = None
    failed_at: float = field(default=0.0)

    @property
    def done(self) -> bool:
        return self.volume is not None or self.error is not None


class _GivenUp(Exception):
    """Nobody asks for it any more, or another version is wanted."""


class Volumes:
    """Shared by all threads of a process."""

    def __init__(self, renderer: Renderer, limit: int, clock: Clock = time.monotonic) -> None:
        self._renderer = renderer
        self._limit = min(limit, _LARGEST)
        self._clock = clock
        self._change = threading.Condition()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._thread: threading.Thread | None = None

    def ready(self, series_id: str, version: str) -> Volume:
        """The volume, or Unavailable("volume_loading") until it is asked for and there."""
        with self._change:
            entry = self._entries.get(_slot(series_id, version))
            if entry is not None and entry.images.version == version and entry.volume is not None:
                self._seen(entry)
                return entry.volume
        raise Unavailable("volume_loading", "The volume is still being made. One moment.")

    def progress(self, series_id: str, version: str) -> float | None:
        """How far a volume asked for is, 0 to 1; None when it is not being made: then `start` it.

        Raises what ended its making: Unsupported("no_volume") with the reason, for example.
        """
        with self._change:
            entry = self._entries.get(_slot(series_id, version))
            if entry is None or entry.images.version != version or self._stale(entry):
                return None
            self._seen(entry)
            if entry.error is not None:
                raise type(entry.error)(entry.error.code, entry.error.message, **entry.error.params)
            return 1.0 if entry.volume is not None else min(entry.progress, _ALMOST)

    def start(self, images: Images) -> None:
        """Makes it in the background, after those that were asked for before."""
        with self._change:
            self._entries[images.slot] = _Entry(images, self._clock())
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="volumes", daemon=True)
                self._thread.start()
            self._change.notify_all()

    def _seen(self, entry: _Entry) -> None:
        entry.asked = self._clock()
        self._entries.move_to_end(entry.images.slot)

    def _stale(self, entry: _Entry) -> bool:
        holds = _BUSY_HOLDS if isinstance(entry.error, Unavailable) else _FAILURE_HOLDS
        return entry.error is not None and self._clock() - entry.failed_at > holds

    def _work(self) -> None:
        while True:
            with self._change:
                entry = self._next()
                while entry is None:
                    self._change.wait(timeout=60)
                    self._forget_unused()
                    entry = self._next()
            self._make(entry)

    def _next(self) -> _Entry | None:
        return next((entry for entry in self._entries.values() if not entry.done), None)

    def _forget_unused(self) -> None:
        now = self._clock()
        for slot, entry in list(self._entries.items()):
            if entry.done and now - entry.asked > _KEPT:
                del self._entries[slot]

    def _make(self, entry: _Entry) -> None:
        try:
            stack = stack_of(entry.images.places)
            step = step_for(stack, self._limit)
            self._make_room(entry, size_of(stack, step))
            volume = load(
                self._renderer, entry.images.frames, stack, step, lambda done: self._told(entry, done)
            )
        except _GivenUp:
            self._drop(entry)
        except HoichanError as error:
            self._fail(entry, error)
        except Exception:
            log.exception("a volume could not be made")
            self._fail(entry, Unavailable("volume_failed", "The volume could not be made. Try again later."))
        else:
            with self._change:
                entry.volume = volume

    def _told(self, entry: _Entry, done: float) -> None:
        with self._change:
            entry.progress = done
            current = self._entries.get(entry.images.slot) is entry
            if not current or self._clock() - entry.asked > _PATIENCE:
                raise _GivenUp

    def _drop(self, entry: _Entry) -> None:
        with self._change:
            if self._entries.get(entry.images.slot) is entry:
                del self._entries[entry.images.slot]

    def _fail(self, entry: _Entry, error: HoichanError) -> None:
        with self._change:
            entry.error, entry.failed_at, entry.size = error, self._clock(), 0

    def _make_room(self, entry: _Entry, size: int) -> None:
        """The volumes not looked at for longest go."""
        with self._change:
            entry.size = size
            others = [slot for slot, other in self._entries.items() if other.volume is not None]
            for slot in others:
                if sum(one.size for one in self._entries.values()) <= self._limit:
                    return
                del self._entries[slot]
