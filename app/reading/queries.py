"""What was read, summed over all openings of a reader."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.archive.access import SHOWN_INSTANCE, SHOWN_SERIES, study_for
from app.archive.manifest import SERIES_ORDER
from app.archive.models import Instance, Series
from app.base.actor import Actor
from app.base.db import Tx
from app.reading.models import Reading
from app.reading.runs import count, merged
from app.reading.schemas import Seen
from app.reading.seal import seal_of


@dataclass(frozen=True)
class PlanesRead:
    """Seconds on the screen: planes through a series, those of them in all values, its body in three dimensions."""

    shown: int = 0
    full: int = 0
    body: int = 0


NO_PLANES = PlanesRead()


@dataclass(frozen=True)
class SeriesRead:
    """How many of a series' `frames` were on the screen, at any quality, sharp on it, and in full."""

    id: str
    number: int | None
    modality: str
    description: str
    frames: int
    shown: int
    rendered: int
    full: int
    planes: PlanesRead = NO_PLANES

    @property
    def opened(self) -> bool:
        """Also in planes alone, as whoever follows another may see them."""
        return self.shown + self.planes.shown + self.planes.body > 0

    @property
    def previews_only(self) -> bool:
        """Of its images, and no plane had all its values."""
        return self.opened and self.rendered + self.planes.full == 0


@dataclass(frozen=True)
class StudyRead:
    """One reader and one study. `intact`: every closed reading still agrees with its digest."""

    study_id: str
    reader_id: str
    reader_name: str
    first_at: datetime
    last_at: datetime
    intact: bool
    series: tuple[SeriesRead, ...]

    @property
    def opened(self) -> tuple[SeriesRead, ...]:
        return tuple(one for one in self.series if one.opened)

    @property
    def in_planes(self) -> tuple[SeriesRead, ...]:
        return tuple(one for one in self.series if one.planes.shown)

    @property
    def as_body(self) -> tuple[SeriesRead, ...]:
        return tuple(one for one in self.series if one.planes.body)

    @property
    def unopened(self) -> tuple[SeriesRead, ...]:
        return tuple(one for one in self.series if not one.opened)

    @property
    def previews_only(self) -> tuple[SeriesRead, ...]:
        return tuple(one for one in self.series if one.previews_only)


def readings_of(tx: Tx, actor: Actor, study_id: str) -> list[StudyRead]:
    """Who read a study the actor may see, the first reader first."""
    return readings_by(tx, [study_for(tx, actor, study_id).id])


def readings_by(
    tx: Tx, study_ids: Collection[str], readers: Collection[str] | None = None
) -> list[StudyRead]:
    """The same for a room that owns the context and has guarded it; `readers`: only these."""
    query = select(Reading).where(Reading.study_id.in_(study_ids)).order_by(Reading.opened_at)
    if readers is not None:
        query = query.where(Reading.reader_id.in_(readers))
    found: dict[tuple[str, str], list[Reading]] = {}
    for row in tx.session.scalars(query):
        found.setdefault((row.study_id, row.reader_id), []).append(row)
    series = {study_id: _series(tx, study_id) for study_id in {study_id for study_id, _ in found}}
    return [_study_read(rows, series[study_id]) for (study_id, _), rows in found.items()]


def _series(tx: Tx, study_id: str) -> list[tuple[Series, int]]:
    """The series that have pictures, in the order of the manifest, with their frames."""
    frames = func.sum(Instance.frame_count)
    query = (
        select(Series, frames)
        .join(Instance, Instance.series_id == Series.id)
        .where(Series.study_id == study_id, SHOWN_SERIES, SHOWN_INSTANCE)
        .group_by(Series.id)
        .having(frames > 0)
        .order_by(*SERIES_ORDER)
    )
    return [(series, int(total)) for series, total in tx.session.execute(query)]


def _study_read(rows: list[Reading], series: Iterable[tuple[Series, int]]) -> StudyRead:
    first = rows[0]
    return StudyRead(
        study_id=first.study_id,
        reader_id=first.reader_id,
        reader_name=first.reader_name,
        first_at=first.opened_at,
        last_at=max(row.reported_at for row in rows),
        intact=all(row.closed_at is None or row.digest == seal_of(row) for row in rows),
        series=tuple(_series_read(rows, one, frames) for one, frames in series),
    )


def _series_read(rows: Iterable[Reading], series: Series, frames: int) -> SeriesRead:
    seen = [row.series[series.id] for row in rows if series.id in row.series]
    shown, rendered, full = (
        min(frames, count(merged(run for one in seen for run in one[level])))
        for level in ("shown", "rendered", "full")
    )
    return SeriesRead(
        id=series.id,
        number=series.number,
        modality=series.modality,
        description=series.description,
        frames=frames,
        shown=shown,
        rendered=rendered,
        full=full,
        planes=_planes_read(seen),
    )


def _planes_read(seen: Iterable[Seen]) -> PlanesRead:
    """Summed over the openings."""
    planes = [one["planes"] for one in seen if "planes" in one]
    return PlanesRead(
        shown=sum(one["shown"] for one in planes),
        full=sum(one["full"] for one in planes),
        body=sum(one["body"] for one in planes),
    )
