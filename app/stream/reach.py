"""How a frame's address is checked: session or link, the opening key, and the image within that opened study."""

from collections.abc import Callable
from typing import Any, TypeVar

from app.archive.access import opening_for
from app.archive.documents import DocumentInfo, document_of
from app.archive.frames_index import FrameLocation
from app.archive.outgoing import OutgoingFile
from app.archive.queries import (
    InstancePlace,
    locate_frame,
    manifest,
    outgoing_of,
    places_beside,
    series_frames,
    series_slices,
    series_version,
)
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.edge.actor import current_actor, link_actor
from app.edge.services import Services
from app.reading.actions import report_reading
from app.reading.schemas import ReadingReport

T = TypeVar("T")


def opened_manifest(services: Services, key: str) -> dict[str, object]:
    return _within(services, key, manifest)


def opened_frame(services: Services, key: str, instance_id: str, frame_number: int) -> FrameLocation:
    """Where a frame lies; NotFound when it is not of the study that this key opened."""
    return _within(
        services,
        key,
        lambda tx, actor, study_id: locate_frame(
            tx, actor, instance_id=instance_id, frame_number=frame_number, study_id=study_id
        ),
    )


def opened_places(services: Services, key: str, instance_id: str) -> dict[str, InstancePlace]:
    """Where the frames of an instance lie, and of all others of its series; empty when it is not of the study that this
    key opened, NotFound when the key itself opens nothing.
    """
    return _within(
        services,
        key,
        lambda tx, actor, study_id: places_beside(tx, actor, instance_id=instance_id, study_id=study_id),
    )


def check_opened(services: Services, key: str) -> None:
    """Raises NotFound when the key opens nothing any more."""
    _within(services, key, lambda _tx, _actor, _study_id: None)


def opened_series(services: Services, key: str, series_id: str) -> list[FrameLocation]:
    """All frames of a series, in the order of the manifest: the place in the list is the frame index."""
    return _within(
        services,
        key,
        lambda tx, actor, study_id: series_frames(tx, actor, series_id, study_id=study_id),
    )


def report_opened(services: Services, key: str, report: ReadingReport) -> None:
    """Keeps what this opening had on the screen."""
    with services.db.transaction() as tx:
        actor, _study_id = _opener(services, tx, key)
        report_reading(tx, actor, key=key, report=report)


def opened_document(services: Services, key: str, instance_id: str) -> DocumentInfo:
    """A PDF or video of the opened study, or NotFound."""
    return _within(services, key, lambda tx, actor, study_id: _document(tx, actor, study_id, instance_id))


def opened_file(services: Services, key: str, instance_id: str) -> OutgoingFile:
    """An object of the opened study as it would leave the house, or NotFound."""
    return _within(services, key, lambda tx, actor, study_id: _file(tx, actor, study_id, instance_id))


def _document(tx: Tx, actor: Actor, study_id: str, instance_id: str) -> DocumentInfo:
    if not actor.sees_names:  # whoever may not know the patient gets pictures, never papers or files
        raise NotFound
    return document_of(tx, actor, study_id, instance_id)


def _file(tx: Tx, actor: Actor, study_id: str, instance_id: str) -> OutgoingFile:
    if not actor.sees_names:
        raise NotFound
    found = outgoing_of(tx, actor, study_id=study_id, instance_id=instance_id)
    if not found:
        raise NotFound
    return found[0]


def opened_slices(services: Services, key: str, series_id: str) -> list[tuple[FrameLocation, dict[str, Any]]]:
    """The same frames, each with what the manifest says of its instance."""
    return _within(
        services,
        key,
        lambda tx, actor, study_id: series_slices(tx, actor, series_id, study_id=study_id),
    )


def opened_version(services: Services, key: str, series_id: str) -> str:
    """Changes when an image of the series comes, goes or proves damaged."""
    return _within(
        services,
        key,
        lambda tx, actor, study_id: series_version(tx, actor, series_id, study_id=study_id),
    )


def _within(services: Services, key: str, read: Callable[[Tx, Actor, str], T]) -> T:
    with services.db.reading() as tx:
        actor, study_id = _opener(services, tx, key)
        return read(tx, actor, study_id)


def _opener(services: Services, tx: Tx, key: str) -> tuple[Actor, str]:
    actor = current_actor()
    try:
        return actor, opening_for(tx, actor, key).study_id
    except NotFound:
        link = link_actor(services)
        if link is None or link == actor:
            raise
        return link, opening_for(tx, link, key).study_id
