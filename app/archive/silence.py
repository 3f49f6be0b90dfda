"""Which machines have fallen silent. Each is measured by its own habit, so that one that sends on Mondays alone is not
told on Tuesdays, and one that has stopped is told until it sends again or is kept out.
"""

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
_MANY = 10  # pauses; of so many the longest may be a holiday's


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
    usual = _usual_pause(tx, device.id, last) or (_WITHOUT_HABIT if is_to_send else None)
    return Silence(days) if usual is not None and days > usual else None


def _is_to_send(device: DeviceInfo) -> bool:
    """Archives and workstations may send, and nobody waits for it."""
    return device.kind == DeviceKind.MODALITY and Right.STORE in device.rights


def _usual_pause(tx: Tx, device_id: str, last: datetime | None) -> int | None:
    """How many days it may let pass from one with images to the next, up to its last image; None: too few are known."""
    if last is None:
        return None
    query = select(DeviceTraffic.hour).where(
        DeviceTraffic.device_id == device_id,
        DeviceTraffic.images > 0,
        DeviceTraffic.hour.between(last - _LOOKED_BACK, last),
    )
    days = sorted({_day(hour) for hour in tx.session.scalars(query)})
    if len(days) < _DAYS_FOR_A_HABIT:
        return None
    pauses = sorted((after - before).days for before, after in pairwise(days))
    return pauses[-2 if len(pauses) >= _MANY else -1]


def _day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()
