"""What in the pictures of a series is covered before whoever may not know the patient gets them: said by somebody of the
hospital who has looked through all of one size. Pictures that arrive later wait until they have been looked at too.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.archive.access import SHOWN_INSTANCE, series_for, study_for
from app.archive.cover_models import SeriesCover
from app.archive.manifest import manifest
from app.archive.models import Instance
from app.archive.nameless import UNTOLD, Cover, Rectangle, Veil
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Forbidden, Invalid, NotFound

MOST_RECTANGLES = 20
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

LookedOver = tuple[tuple[Cover, datetime], ...]


def looked_over(tx: Tx, actor: Actor, series_id: str) -> LookedOver | None:
    """What of the series has been looked at, and when; None for whoever may know the patient."""
    return None if actor.sees_names else _looked_over(tx, series_id)


def _looked_over(tx: Tx, series_id: str) -> LookedOver:
    query = select(SeriesCover).where(SeriesCover.series_id == series_id)
    rows = tx.session.scalars(query.order_by(SeriesCover.columns, SeriesCover.rows))
    return tuple((_cover(row), row.made_at) for row in rows)


def _cover(row: SeriesCover) -> Cover:
    rectangles = tuple((left, top, right, bottom) for left, top, right, bottom in json.loads(row.rectangles))
    return Cover(row.columns, row.rows, rectangles)


def veil_at(looked: LookedOver, received_at: datetime) -> Veil:
    """Over a picture that arrived then: what was looked at before is not about it, but makes it wait."""
    covers = tuple(cover for cover, at in looked if received_at <= at)
    return Veil(covers, tuple((cover.columns, cover.rows) for cover, at in looked if received_at > at))


def cover_pictures(
    tx: Tx,
    actor: Actor,
    *,
    series_id: str,
    columns: int,
    rows: int,
    rectangles: Sequence[Rectangle] | None,
    until: datetime,
) -> None:
    """All pictures of this size in the series that arrived `until` then have been looked through: these parts of them
    name the patient, or nothing does. None takes back what was said: all of them wait again, whatever their headers
    say. Only the series' own hospital can say so.
    """
    actor.check(Permission.STUDY_EXPORT)
    study = series_for(tx, actor, series_id).study
    if study.hospital_id != actor.hospital_id:
        raise Forbidden
    key = {"series_id": series_id, "columns": columns, "rows": rows}
    row = tx.session.get(SeriesCover, key) or SeriesCover(**key, rectangles="[]")
    if rectangles is not None:
        _check_areas(rectangles, columns, rows)
        row.rectangles = json.dumps([list(one) for one in rectangles])
    row.made_at = NEVER if rectangles is None else min(until, tx.now)
    row.made_by = actor.id
    tx.session.add(row)
    tx.session.flush()
    areas = None if rectangles is None else len(rectangles)
    record(
        tx,
        actor,
        AuditKind.SECURITY_ALERT,
        "U",
        subject_type="study",
        subject_id=study.id,
        hospital_id=study.hospital_id,
        detail={"series": series_id, "size": f"{columns}x{rows}", "covered_areas": areas},
    )


def _check_areas(rectangles: Sequence[Rectangle], columns: int, rows: int) -> None:
    if len(rectangles) > MOST_RECTANGLES:
        raise Invalid("too_many_areas", "Cover at most {count} areas.", count=MOST_RECTANGLES)
    if not all(_is_within(one, columns, rows) for one in rectangles):
        raise Invalid("bad_area", "An area lies outside of the picture. Draw it again.")


def _is_within(rectangle: Rectangle, columns: int, rows: int) -> bool:
    left, top, right, bottom = rectangle
    return 0 <= left < right <= columns and 0 <= top < bottom <= rows


@dataclass(frozen=True)
class Pictures:
    """The pictures of one size in a series, as whoever covers them goes through them."""

    series_id: str
    number: int | None
    modality: str
    description: str
    columns: int
    rows: int
    frames: tuple[tuple[str, int], ...]
    """Instance and number of each frame, as the viewer shows them."""
    cover: Cover | None
    looked_at: datetime | None
    newest: datetime
    """When the last of them arrived: who looks through these has looked at none that comes later."""
    newer: int
    """Instances that arrived after somebody looked: they are not covered, so held back."""


def pictures_to_cover(tx: Tx, actor: Actor, study_id: str) -> list[Pictures]:
    """Every series by the sizes of its pictures; NotFound for another hospital's study."""
    actor.check(Permission.STUDY_EXPORT)
    if study_for(tx, actor, study_id).hospital_id != actor.hospital_id:
        raise NotFound
    return [
        _pictures(tx, series, size, images)
        for series in manifest(tx, actor, study_id)["series"]
        if series["frame_count"] and series["modality"] not in UNTOLD
        for size, images in _by_size(series["instances"]).items()
    ]


def _by_size(images: Sequence[dict[str, Any]]) -> dict[tuple[int, int], list[dict[str, Any]]]:
    found: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for image in images:
        if image["renderable"] and image["rows"]:
            found.setdefault((image["columns"], image["rows"]), []).append(image)
    return found


def _pictures(
    tx: Tx, series: dict[str, Any], size: tuple[int, int], images: list[dict[str, Any]]
) -> Pictures:
    columns, rows = size
    looked = [one for one in _looked_over(tx, series["id"]) if one[0][:2] == size]
    cover, looked_at = looked[0] if looked else (None, None)
    arrived = _arrivals(tx, series["id"], {image["id"] for image in images})
    return Pictures(
        series_id=series["id"],
        number=series["number"],
        modality=series["modality"],
        description=series["description"],
        columns=columns,
        rows=rows,
        frames=tuple((image["id"], number) for image in images for number in range(1, image["frames"] + 1)),
        cover=cover,
        looked_at=looked_at,
        newest=max(arrived, default=tx.now),
        newer=sum(at > looked_at for at in arrived) if looked_at else 0,
    )


def _arrivals(tx: Tx, series_id: str, images: set[str]) -> list[datetime]:
    """When these images of the series arrived."""
    query = select(Instance.id, Instance.received_at).where(Instance.series_id == series_id, SHOWN_INSTANCE)
    return [row.received_at for row in tx.session.execute(query) if row.id in images]
