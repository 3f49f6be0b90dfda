"""A machine is told silent by its own habit, for as long as it stays so; one never heard is told as well."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from app.archive.connectivity import device_state
from app.archive.models import DeviceTraffic
from app.archive.profiles import profile_row
from app.archive.silence import NEVER_HEARD, Silence
from app.base import clock
from app.base.actor import Right
from app.base.db import Database
from app.identity.models import Device
from tests.cast import Cast, make_cast

DAILY = range(1, 40)
# Monday to Friday: the last day with images was a Monday, or a Friday.
UP_TO_MONDAY = [day for day in range(1, 80) if day % 7 not in {2, 3}]
UP_TO_FRIDAY = [day for day in range(1, 80) if day % 7 not in {6, 0}]
WEEKLY = range(0, 80, 7)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """Of today in Vietnam, so that days are whole."""
    hour = clock.now().astimezone(clock.VIETNAM).replace(hour=12, minute=0)
    with clock.shifted(hour - clock.now()):
        yield


@pytest.fixture
def cast(sqlite_db: Database) -> Cast:
    return make_cast(sqlite_db)


def registered(db: Database, cast: Cast, *, days: float = 400, **columns: object) -> None:
    with db.transaction() as tx:
        changed = {"created_at": tx.now - timedelta(days=days), **columns}
        tx.session.execute(update(Device).where(Device.id == cast.ct_a.id).values(changed))


def sent(db: Database, cast: Cast, days_ago: Iterable[float]) -> None:
    """A few images at noon so many days ago each."""
    days = sorted(days_ago)
    with db.transaction() as tx:
        for ago in days:
            at = _hour(tx.now, ago)
            tx.session.add(DeviceTraffic(device_id=cast.ct_a.id, hour=at, images=9, bytes=9, refused=0))
        profile_row(tx, cast.ct_a.id, cast.a.id).last_image_at = tx.now - timedelta(days=days[0])


def _hour(moment: datetime, days_ago: float) -> datetime:
    return (moment - timedelta(days=days_ago)).replace(minute=0, second=0, microsecond=0)


def silence(db: Database, cast: Cast) -> Silence | None:
    with db.reading() as tx:
        return device_state(tx, cast.dung, cast.ct_a.id).silence


@pytest.mark.parametrize(
    ("habit", "days", "told"),
    [
        (DAILY, 1, False),
        (DAILY, 2, True),
        (DAILY, 9, True),
        (DAILY, 200, True),
        (UP_TO_MONDAY, 1, False),
        (UP_TO_MONDAY, 2, True),
        (UP_TO_FRIDAY, 3, False),
        (UP_TO_FRIDAY, 4, True),
        (WEEKLY, 7, False),
        (WEEKLY, 8, True),
        (WEEKLY, 100, True),
        ((0, 30, 60), 30, False),
        ((0, 30, 60), 31, True),
        ((0, 1), 30, False),
        ((0, 1), 31, True),
    ],
)
def test_by_its_own_habit_and_until_it_sends_again(
    sqlite_db: Database, cast: Cast, habit: Iterable[int], days: int, told: bool
) -> None:
    registered(sqlite_db, cast)
    first = min(habit)
    sent(sqlite_db, cast, [day - first + days for day in habit])
    assert silence(sqlite_db, cast) == (Silence(days) if told else None)
    with sqlite_db.transaction() as tx:
        profile_row(tx, cast.ct_a.id, cast.a.id).last_image_at = tx.now
    assert silence(sqlite_db, cast) is None


def test_one_long_holiday_is_no_habit(sqlite_db: Database, cast: Cast) -> None:
    registered(sqlite_db, cast)
    sent(sqlite_db, cast, [*range(2, 12), *range(21, 60)])
    assert silence(sqlite_db, cast) == Silence(2)


def test_what_is_kept_out_is_not_told(sqlite_db: Database, cast: Cast) -> None:
    registered(sqlite_db, cast, active=False)
    sent(sqlite_db, cast, range(5, 40))
    assert silence(sqlite_db, cast) is None


@pytest.mark.parametrize(
    ("days", "columns", "told"),
    [
        (0.01, {}, False),
        (0.9, {}, False),
        (1.1, {}, True),
        (300, {}, True),
        (300, {"active": False}, False),
        (300, {"kind": "archive"}, False),
        (300, {"kind": "workstation"}, False),
        (300, {"rights": Right.QUERY.value}, False),
    ],
)
def test_a_machine_never_heard_is_told_a_day_after_it_was_registered(
    sqlite_db: Database, cast: Cast, days: float, columns: dict[str, object], told: bool
) -> None:
    registered(sqlite_db, cast, days=days, **columns)
    assert silence(sqlite_db, cast) == (NEVER_HEARD if told else None)


def test_a_machine_that_was_tried_and_never_sent_an_image(sqlite_db: Database, cast: Cast) -> None:
    for days, told in ((29, None), (31, Silence(31))):
        registered(sqlite_db, cast, last_seen_at=clock.now() - timedelta(days=days))
        assert silence(sqlite_db, cast) == told
