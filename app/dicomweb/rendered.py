"""Rendered resources (PS3.18 section 10.4.1.1.3): pictures for whoever has no DICOM viewer."""

from flask import Blueprint, Response, request

from app.archive.frames_index import FrameLocation
from app.archive.queries import StoredFile
from app.base.actor import Permission, Right
from app.base.errors import Invalid, NotFound
from app.dicomweb.audit import Trail
from app.dicomweb.media import MediaRange, accepted, matches, not_acceptable
from app.dicomweb.reach import reach
from app.edge.actor import requires
from app.edge.services import Services
from app.render.params import FrameParams, Window

_PICTURES = ("image/jpeg", "image/png")
_FUNCTIONS = {"linear": "LINEAR", "linear-exact": "LINEAR_EXACT", "sigmoid": "SIGMOID"}
_QUALITY = 85
reads = requires(Permission.STUDY_READ, devices=True, right=Right.RETRIEVE)


def add_routes(door: Blueprint, services: Services, trail: Trail) -> None:
    """Pictures of frames, and thumbnails at every level."""

    @door.get("/studies/<study>/series/<series>/instances/<instance>/rendered")
    @door.get("/studies/<study>/series/<series>/instances/<instance>/frames/<int:frame>/rendered")
    @reads
    def rendered(slug: str, study: str, series: str, instance: str, frame: int = 1) -> Response:
        params = _params()
        reached = reach(services, slug, study, series, instance)
        trail.looked_at(reached)
        picture = services.renderer.rendered_frame(_location(reached.files[0], frame), params)
        return Response(picture, content_type=params.media_type)

    @door.get("/studies/<study>/thumbnail")
    @door.get("/studies/<study>/series/<series>/thumbnail")
    @door.get("/studies/<study>/series/<series>/instances/<instance>/thumbnail")
    @door.get("/studies/<study>/series/<series>/instances/<instance>/frames/<int:frame>/thumbnail")
    @reads
    def thumbnail(
        slug: str, study: str, series: str | None = None, instance: str | None = None, frame: int = 0
    ) -> Response:
        _media_type(("image/jpeg",))
        reached = reach(services, slug, study, series, instance)
        trail.looked_at(reached)
        location = _location(reached.files[0], frame) if frame else _typical(reached.files)
        return Response(services.renderer.preview(location), content_type="image/jpeg")


def _location(file: StoredFile, frame: int) -> FrameLocation:
    if not file.frame_count:
        raise NotFound
    return file.location(frame)


def _typical(files: list[StoredFile]) -> FrameLocation:
    """The middle of the first series that has pictures."""
    shown = [file for file in files if file.frame_count]
    if not shown:
        raise NotFound
    first = [file for file in shown if file.series_instance_uid == shown[0].series_instance_uid]
    middle = first[len(first) // 2]
    return middle.location((middle.frame_count + 1) // 2)


def _media_type(offered: tuple[str, ...]) -> str:
    wanted: list[MediaRange] = accepted(request.headers.get("Accept", ""), request.args.get("accept", ""))
    for item in wanted:
        for media_type in offered:
            if matches(item.media_type, media_type):
                return media_type
    raise not_acceptable()


def _params() -> FrameParams:
    return FrameParams(
        window=_window(request.args.get("window", "")),
        box=_viewport(request.args.get("viewport", "")),
        quality=_quality(request.args.get("quality", "")),
        media_type=_media_type(_PICTURES),
    )


def _window(text: str) -> Window | None:
    """center,width,function (PS3.18 8.3.5.1.4)."""
    if not text:
        return None
    center, _, rest = text.partition(",")
    width, _, function = rest.partition(",")
    try:
        return Window(float(center), float(width), _FUNCTIONS[function.strip().lower() or "linear"])
    except (KeyError, ValueError):
        raise Invalid("bad_window", "A window is center,width,function: two numbers and a word.") from None


def _viewport(text: str) -> tuple[int, int] | None:
    """Width and height (PS3.18 8.3.5.1.3); regions of the source are not offered."""
    if not text:
        return None
    sides = text.split(",")
    if len(sides) != 2 or not all(side.isascii() and side.isdigit() and len(side) < 6 for side in sides):
        raise Invalid("bad_box", "The viewport is given as width,height.")
    return int(sides[0]), int(sides[1])


def _quality(text: str) -> int:
    if not text:
        return _QUALITY
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise Invalid("bad_quality", "The quality must be a whole number from 1 to 100.")
    return int(text)
