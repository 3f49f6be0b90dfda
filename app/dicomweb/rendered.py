"""Rendered resources (PS3.18 section 10.4.1.1.3): pictures for whoever has no DICOM viewer."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from flask import Blueprint, Response, request

from app.archive.frames_index import FrameLocation
from app.archive.outgoing import OutgoingFile
from app.base.actor import Permission, Right
from app.base.errors import Invalid, NotFound, TooLarge, Unsupported
from app.dicomweb.audit import Trail
from app.dicomweb.files import mark_of
from app.dicomweb.media import MediaRange, accepted, matches, not_acceptable
from app.dicomweb.multipart import OutgoingPart
from app.dicomweb.picture_params import PICTURES, annotations_of, params_of
from app.dicomweb.ranges import is_known, marked, not_modified
from app.dicomweb.reach import reach
from app.dicomweb.wado import multipart, numbers_of
from app.dicomweb.words import lines_for
from app.edge.actor import requires
from app.edge.services import Services
from app.render.encode import animation
from app.render.params import FrameParams

_MOST_IN_ANIMATION = 300
_MOST_POINTS = 300 * 512 * 512
_USUAL_FILM = (512, 512)
_USUAL_SECONDS = 0.1
reads = requires(Permission.STUDY_READ, devices=True, right=Right.RETRIEVE)
Shown = tuple[OutgoingFile, int]


def add_routes(door: Blueprint, services: Services, trail: Trail) -> None:
    """Pictures and thumbnails at every level."""

    @door.get("/studies/<study>/rendered")
    @door.get("/studies/<study>/series/<series>/rendered")
    @door.get("/studies/<study>/series/<series>/instances/<instance>/rendered")
    @door.get("/studies/<study>/series/<series>/instances/<instance>/frames/<numbers>/rendered")
    @reads
    def rendered(
        slug: str, study: str, series: str | None = None, instance: str | None = None, numbers: str = ""
    ) -> Response:
        media_type, several = chosen_media_type(wanted_types())
        params = params_of(request.args, media_type)
        kinds = annotations_of(request.args)
        reached = reach(services, slug, study, series, instance)
        trail.looked_at(reached)
        shown = _shown(reached.files, numbers)
        mark = mark_of(reached.files, request.full_path, media_type, str(several))
        if is_known(mark):
            return not_modified(mark)
        return marked(_answer(services, shown, params, kinds, several=several), mark)

    @door.get("/studies/<study>/thumbnail")
    @door.get("/studies/<study>/series/<series>/thumbnail")
    @door.get("/studies/<study>/series/<series>/instances/<instance>/thumbnail")
    @door.get("/studies/<study>/series/<series>/instances/<instance>/frames/<numbers>/thumbnail")
    @reads
    def thumbnail(
        slug: str, study: str, series: str | None = None, instance: str | None = None, numbers: str = ""
    ) -> Response:
        reached = reach(services, slug, study, series, instance)
        trail.looked_at(reached)
        file, frame = _shown(reached.files, numbers)[0] if numbers else typical(reached.files)
        if request.args.get("viewport"):
            media_type, _ = chosen_media_type(wanted_types())
            picture = services.renderer.rendered_frame(
                file.location(frame), params_of(request.args, media_type)
            )
            return Response(picture, content_type=media_type)
        _check_jpeg(wanted_types())
        return Response(services.renderer.preview(file.location(frame)), content_type="image/jpeg")


def wanted_types() -> list[MediaRange]:
    """What this request accepts."""
    return accepted(request.headers.get("Accept", ""), request.args.get("accept", ""))


def chosen_media_type(wanted: Sequence[MediaRange]) -> tuple[str, bool | None]:
    """The media type of a picture, and whether it is to be a part of several; None: as it comes. Raises Unsupported."""
    for item in wanted:
        for media_type in PICTURES:
            if matches(item.media_type, media_type):
                anything = item.media_type == "*/*" and not item.multipart
                return media_type, None if anything else item.multipart
    raise not_acceptable(PICTURES)


def _check_jpeg(wanted: Sequence[MediaRange]) -> None:
    if not any(matches(item.media_type, "image/jpeg") for item in wanted):
        raise not_acceptable(("image/jpeg",))


def _shown(files: Sequence[OutgoingFile], numbers: str) -> list[Shown]:
    """What there is to see: the frames named, or all of all files. Raises NotFound, Unsupported."""
    if numbers:
        wanted = numbers_of(numbers)
        if max(wanted) > files[0].frame_count or min(wanted) < 1:
            raise NotFound
        return [(files[0], number) for number in wanted]
    found = [(file, number) for file in files for number in range(1, file.frame_count + 1)]
    if not found:
        raise Unsupported("no_picture", "There is no picture in this object.")
    return found


def _answer(
    services: Services,
    shown: Sequence[Shown],
    params: FrameParams,
    kinds: Collection[str],
    *,
    several: bool | None,
) -> Response:
    """One picture by itself, a film of them, or one part for each. Raises what the first of them raises."""

    def picture(one: Shown) -> bytes:
        return rendered_frame(services, *one, params, kinds)

    if several is None:
        several = len(shown) > 1 and shown[0][0].frame_count < len(shown)
    if not several:
        if params.media_type == "image/gif" and len(shown) > 1:
            return Response(_film(services, shown, params, kinds), content_type=params.media_type)
        return Response(picture(shown[0]), content_type=params.media_type)
    first = picture(shown[0])

    def parts() -> Iterator[OutgoingPart]:
        yield OutgoingPart(params.media_type, (first,))
        for one in shown[1:]:
            yield OutgoingPart(params.media_type, (picture(one),))

    return multipart(parts(), params.media_type)


def rendered_frame(
    services: Services, file: OutgoingFile, frame: int, params: FrameParams, kinds: Collection[str]
) -> bytes:
    """A frame with its words. Raises NotFound, Unsupported, Invalid."""
    location: FrameLocation = file.location(frame)
    picture: bytes = services.renderer.rendered_frame(
        location, _with_words(services, file, frame, params, kinds)
    )
    return picture


def _with_words(
    services: Services, file: OutgoingFile, frame: int, params: FrameParams, kinds: Collection[str]
) -> FrameParams:
    return replace(params, lines=lines_for(services.blobs, file, kinds, frame))


def _film(services: Services, shown: Sequence[Shown], params: FrameParams, kinds: Collection[str]) -> bytes:
    """All its pictures are held at once, so their number and size are limited."""
    if len(shown) > _MOST_IN_ANIMATION:
        raise TooLarge("film_too_long", "A film has at most {most} pictures.", most=_MOST_IN_ANIMATION)
    params = replace(params, box=params.box or _USUAL_FILM)
    pictures, points = [], 0
    for file, frame in shown:
        wanted = _with_words(services, file, frame, params, kinds)
        pictures.append(services.renderer.picture(file.location(frame), wanted))
        points += pictures[-1].size
        if points > _MOST_POINTS:
            raise TooLarge(
                "film_too_large", "This makes too large a film. Ask for fewer or smaller pictures."
            )
    if len({picture.shape for picture in pictures}) > 1:
        raise Invalid("bad_film", "Pictures of different sizes make no film. Ask for one series or image.")
    return animation(pictures, _USUAL_SECONDS)


def typical(files: Sequence[OutgoingFile]) -> Shown:
    """The middle of the first series that has pictures."""
    shown = [file for file in files if file.frame_count]
    if not shown:
        raise Unsupported("no_picture", "There is no picture in this object.")
    first = [file for file in shown if file.series_instance_uid == shown[0].series_instance_uid]
    middle = first[len(first) // 2]
    return middle, (middle.frame_count + 1) // 2
