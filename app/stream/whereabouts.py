"""Where the frames of an opening lie, remembered for the few seconds between two looks at the right."""

from collections.abc import Iterable

from app.archive.frames_index import FrameLocation
from app.archive.queries import InstancePlace
from app.base.errors import HoichanError, NotFound
from app.edge.services import Services
from app.stream.reach import check_opened, opened_places

Frame = tuple[str, int]
"""Instance and number of the frame, from 1."""


class Whereabouts:
    """Of one socket, on its thread, within its request."""

    def __init__(self, services: Services, key: str) -> None:
        self._services = services
        self._key = key
        self._places: dict[str, InstancePlace | None] = {}

    def check(self) -> None:
        """Raises NotFound when the key opens nothing any more. What was known is asked anew."""
        check_opened(self._services, self._key)
        self._places.clear()

    def of(self, frames: Iterable[Frame]) -> dict[Frame, FrameLocation | HoichanError]:
        """Of each its place, or why there is none. Raises what `check` raises."""
        return {frame: self._place(*frame) for frame in frames}

    def _place(self, instance_id: str, number: int) -> FrameLocation | HoichanError:
        if instance_id not in self._places:
            self._places[instance_id] = None
            self._places |= opened_places(self._services, self._key, instance_id)
        place = self._places[instance_id]
        if place is None:
            return NotFound()
        try:
            return place.frame(number)
        except HoichanError as error:
            return error
