"""Which machines have fallen silent. Each is measured by its own habit, so that one that sends on Mondays alone is not
told on Tuesdays, and one that has stopped is told until it sends again or is kept out.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import select

from app.archive.models import DeviceTraffic
from app.archive.profiles import Profile
from app.base.actor import Right
from app.base.clock import VIETNAM
from app.base.db import Tx
from app.identity.queries import DeviceInfo, DeviceKind

_JUST_REGISTERED = timedelta(days=1)
_LOOKED_BACK = timedelta(days=90)
_DAYS_FOR_A_HABIT = 3
_WITHOUT_HABIT = 30


@dataclass(frozen=True)
class Silence:
    """`days` since the last image; None: nothing was ever heard."""

    days: int | None


NEVER_HEARD = Silence(None)


def silence_of(tx: Tx, device: DeviceInfo, profile: Profile) -> Silence | None:
    """None: all is well, as far as its habit tells."""
    last, is_to_send = profile.last_image_at, _is_to_send(device)
    if not device.active or (last is None and not is_to_send):
        return None
    heard = last or device.last_seen_at
    if heard is None:
        return NEVER_HEARD if tx.now - device.created_at > _JUST_REGISTERED else None
    days = (_day(tx.now) - _day(heard)).days
    if days < 2:  # not a whole day without an image: no habit need be looked up
        return None
    habit = _days_with_images(tx, device.id, last) if last is not None else []
    if len(habit) < _DAYS_FOR_A_HABIT:
        return Silence(days) if is_to_send and days > _WITHOUT_HABIT else None
    return Silence(days) if _misses(habit, _day(tx.now)) else None


def _is_to_send(device: DeviceInfo) -> bool:
    """Archives and workstations may send, and nobody waits for it."""
    return device.kind == DeviceKind.MODALITY and Right.STORE in device.rights


def _days_with_images(tx: Tx, device_id: str, last: datetime) -> list[date]:
    """Of the time that tells its habit, up to its last image."""
    query = select(DeviceTraffic.hour).where(
        DeviceTraffic.device_id == device_id,
        DeviceTraffic.images > 0,
        DeviceTraffic.hour.between(last - _LOOKED_BACK, last),
    )
    return sorted({_day(hour) for hour in tx.session.scalars(query)})


def _misses(habit: list[date], today: date) -> bool:
    """Whether a whole day has passed on whose weekday it mostly sends; of a machine without such days, whether it pauses
    longer than it ever did.
    """
    usual = _usual_weekdays(habit)
    if usual:
        passed = ((habit[-1] + timedelta(days=ahead)) for ahead in range(1, (today - habit[-1]).days))
        return any(day.weekday() in usual for day in passed)
    pauses = [(after - before).days for before, after in pairwise(habit)]
    return (today - habit[-1]).days > max(pauses)


def _usual_weekdays(habit: list[date]) -> set[int]:
    """Those on at least every second of which it sent, since it began."""
    passed = Counter(
        (habit[0] + timedelta(days=ahead)).weekday() for ahead in range((habit[-1] - habit[0]).days + 1)
    )
    sent = Counter(day.weekday() for day in habit)
    return {weekday for weekday, times in sent.items() if times > 1 and times * 2 >= passed[weekday]}


def _day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()
