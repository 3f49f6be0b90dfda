"""Where the frames of an opening lie, remembered for the few seconds between two looks at the right."""

from collections.abc import Iterable

from app.archive.frames_index import FrameLocation
from app.base.errors import HoichanError
from app.edge.services import Services
from app.stream.reach import opened_frames

Frame = tuple[str, int]
"""Instance and number of the frame, from 1."""


class Whereabouts:
    """Of one socket, on its thread, within its request."""

    def __init__(self, services: Services, key: str) -> None:
        self._services = services
        self._key = key
        self._known: dict[Frame, FrameLocation | HoichanError] = {}

    def check(self) -> None:
        """Raises NotFound when the key opens nothing any more. What was known is asked anew."""
        self._known = opened_frames(self._services, self._key, ())

    def of(self, frames: Iterable[Frame]) -> dict[Frame, FrameLocation | HoichanError]:
        """Of each its place, or why there is none. Raises what `check` raises."""
        new = [frame for frame in frames if frame not in self._known]
        if new:
            self._known |= opened_frames(self._services, self._key, new)
        return self._known
