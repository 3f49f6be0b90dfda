"""How a hospital's devices are doing: what they sent lately, what they were refused for, what was found in their
images. For their administrators; no patient is named here.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.archive.models import DeviceFinding, DeviceTraffic, Instance, Patient, Series, Study
from app.archive.profiles import Profile, profile_of, profiles_of
from app.archive.refusals import FINDING, REFUSAL
from app.archive.silence import Silence, silence_of
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.identity.queries import DeviceInfo, device, device_of_own_hospital, devices_of

HOURS = 24
_WEEK = timedelta(days=7)
_LOOKED_AT = 200
_GUESSED = func.coalesce(func.nullif(Patient.guessed_charset, ""), Study.guessed_charset)


@dataclass(frozen=True)
class Told:
    """A finding or a reason of refusal; `code` is a key of the catalogue, `detail` the last one's value."""

    code: str
    detail: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class DeviceState:
    """One line of the connectivity page."""

    device: DeviceInfo
    profile: Profile
    hours: tuple[int, ...]  # images in each of the last 24 hours, the running one last
    images_last_day: int
    bytes_last_day: int
    refused_last_day: int
    silence: Silence | None
    findings: tuple[Told, ...]
    refusals: tuple[Told, ...]  # of the last week

    @property
    def images_last_hour(self) -> int:
        return self.hours[-1]


def device_states(tx: Tx, actor: Actor, hospital_id: str | None = None) -> tuple[DeviceState, ...]:
    """Of every device the actor manages (of one hospital)."""
    return _states(tx, devices_of(tx, actor, hospital_id))


def device_state(tx: Tx, actor: Actor, device_id: str) -> DeviceState:
    """Of one device. Raises NotFound."""
    return _states(tx, (device(tx, actor, device_id),))[0]


def _states(tx: Tx, devices: Collection[DeviceInfo]) -> tuple[DeviceState, ...]:
    ids = [one.id for one in devices]
    profiles, traffic, told = profiles_of(tx, ids), _traffic(tx, ids), _told(tx, ids)
    return tuple(
        _state(tx, one, profiles.get(one.id) or Profile(one.id), traffic[one.id], told[one.id])
        for one in devices
    )


def _traffic(tx: Tx, ids: list[str]) -> dict[str, list[DeviceTraffic]]:
    found: dict[str, list[DeviceTraffic]] = defaultdict(list)
    query = select(DeviceTraffic).where(
        DeviceTraffic.device_id.in_(ids), DeviceTraffic.hour > tx.now - timedelta(hours=HOURS)
    )
    for row in tx.session.scalars(query):
        found[row.device_id].append(row)
    return found


def _told(tx: Tx, ids: list[str]) -> dict[str, list[DeviceFinding]]:
    found: dict[str, list[DeviceFinding]] = defaultdict(list)
    query = select(DeviceFinding).where(DeviceFinding.device_id.in_(ids))
    for row in tx.session.scalars(query.order_by(DeviceFinding.last_at.desc())):
        found[row.device_id].append(row)
    return found


def findings_count(tx: Tx, device_id: str) -> int:
    """How many kinds of odd things its first images showed."""
    found = select(func.count()).where(DeviceFinding.device_id == device_id, DeviceFinding.kind == FINDING)
    return tx.session.scalar(found) or 0


def _state(
    tx: Tx, info: DeviceInfo, profile: Profile, traffic: list[DeviceTraffic], told: list[DeviceFinding]
) -> DeviceState:
    running = tx.now.replace(minute=0, second=0, microsecond=0)
    by_hour = {row.hour: row for row in traffic}
    hours = [by_hour.get(running - timedelta(hours=back)) for back in reversed(range(HOURS))]
    return DeviceState(
        device=info,
        profile=profile,
        hours=tuple(row.images if row else 0 for row in hours),
        images_last_day=sum(row.images for row in hours if row),
        bytes_last_day=sum(row.bytes for row in hours if row),
        refused_last_day=sum(row.refused for row in hours if row),
        silence=silence_of(tx, info, profile),
        findings=tuple(_as_told(row) for row in told if row.kind == FINDING),
        refusals=tuple(_as_told(row) for row in told if row.kind == REFUSAL and row.last_at > tx.now - _WEEK),
    )


def _as_told(row: DeviceFinding) -> Told:
    return Told(row.code.partition(":")[0], row.detail, row.count, row.first_at, row.last_at)


@dataclass(frozen=True)
class CharsetWork:
    """What a person needs to say in which set a device writes."""

    device: DeviceInfo
    profile: Profile
    studies: int
    guesses: tuple[tuple[str, int], ...]  # sets guessed and in how many studies, the most frequent first
    digests: tuple[str, ...]  # files of the newest studies of each set whose names are not plain ASCII


def charset_work(tx: Tx, actor: Actor, device_id: str, *, most: int = 4) -> CharsetWork:
    """Of a device of the actor's own hospital, for those who may correct its studies. Raises NotFound."""
    actor.check(Permission.STUDY_CORRECT)
    info = device_of_own_hospital(tx, actor, device_id)
    counted = (
        select(_GUESSED, func.count())
        .join_from(Study, Patient, Patient.id == Study.patient_id)
        .where(Study.device_id == device_id)
        .group_by(_GUESSED)
    )
    counts: dict[str, int] = {row[0]: row[1] for row in tx.session.execute(counted)}
    studies = sum(counts.values())
    named = [study for charset in sorted(counts) for study in _with_odd_names(tx, device_id, charset, most)]
    counts.pop("", None)
    return CharsetWork(
        device=info,
        profile=profile_of(tx, device_id),
        studies=studies,
        guesses=tuple(sorted(counts.items(), key=lambda item: -item[1])),
        digests=_first_files(tx, named),
    )


def _with_odd_names(tx: Tx, device_id: str, charset: str, most: int) -> list[str]:
    """The newest studies whose names were guessed to be in this set ("": in none), each name once."""
    newest = (
        select(Study.id, Patient.name)
        .join(Patient, Patient.id == Study.patient_id)
        .where(Study.device_id == device_id, _GUESSED.in_([charset]))
        .order_by(Study.id.desc())
        .limit(_LOOKED_AT)
    )
    odd: dict[str, str] = {}
    for study_id, name in tx.session.execute(newest):
        if not name.isascii() and name not in odd:
            odd[name] = study_id
    return list(odd.values())[:most]


def _first_files(tx: Tx, study_ids: list[str]) -> tuple[str, ...]:
    first = (
        select(func.min(Instance.id))
        .join(Series, Series.id == Instance.series_id)
        .where(Series.study_id.in_(study_ids))
        .group_by(Series.study_id)
    )
    newest = select(Instance.digest).where(Instance.id.in_(first)).order_by(Instance.id.desc())
    return tuple(tx.session.scalars(newest))
