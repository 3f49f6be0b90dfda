"""Which images of a series are new to a job that runs each time some have come."""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from app.archive.access import SHOWN_INSTANCE
from app.archive.models import Instance
from app.base.db import Tx
from app.base.prepared import Prepared

_IMAGES_KEPT = 100_000  # some 15 MB
# Once the renderer has forgotten that it failed (ten minutes), and no more often: most of what fails is damaged.
_AGAIN_AFTER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))

_IMAGES = Prepared(
    lambda _dialect: select(Instance.sop_instance_uid, Instance.digest).where(
        Instance.series_id == bindparam("series_"), SHOWN_INSTANCE
    )
)


_MINUTE = timedelta(minutes=1)


class _Failed(NamedTuple):
    times: int
    again_at: datetime | None


class FreshImages:
    """Of the series met last, what has been tried or is being tried. While a series arrives its job runs every second: over
    all of it each time, a series would take the square of its time; two jobs at once would do the same work twice.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: OrderedDict[str, set[str]] = OrderedDict()  # of a series the digests
        self._failed: OrderedDict[str, _Failed] = OrderedDict()  # by digest
        self._told: OrderedDict[tuple[str, datetime], None] = (
            OrderedDict()
        )  # when a series is to be looked at again

    def take(self, tx: Tx, series_id: str) -> dict[str, str]:
        """SOP Instance UIDs with their objects' digests, which nobody else is given; an image that was replaced is new
        again. What could not be tried is to be given back.
        """
        found: dict[str, str] = dict(_IMAGES.rows(tx, series_=series_id))
        with self._lock:
            taken = self._taken.setdefault(series_id, set())
            new = {
                uid: digest
                for uid, digest in found.items()
                if digest not in taken or self._is_due(digest, tx.now)
            }
            taken.update(new.values())
            self._taken.move_to_end(series_id)
            kept = sum(map(len, self._taken.values()))
            while kept > _IMAGES_KEPT and len(self._taken) > 1:
                kept -= len(self._taken.popitem(last=False)[1])
            return new

    def give_back(self, series_id: str, images: dict[str, str]) -> None:
        """They are new to the next who asks."""
        with self._lock:
            self._taken.get(series_id, set()).difference_update(images.values())

    def put_off(self, tx: Tx, series_id: str, digests: Iterable[str]) -> list[float]:
        """What failed, perhaps for want of memory or time, is new again some minutes later, and hours; a few times. After
        how many seconds there is something to be taken, where that was not told before: images that arrive and fail one
        after the other are looked at again together, at whole minutes.
        """
        moments = set()
        with self._lock:
            for digest in digests:
                times = self._failed.get(digest, _Failed(0, None)).times
                if times < len(_AGAIN_AFTER):
                    again = (tx.now + _AGAIN_AFTER[times]).replace(second=0, microsecond=0) + _MINUTE
                    self._failed[digest] = _Failed(times + 1, again)
                    moments.add(again)
            new = sorted(moment for moment in moments if (series_id, moment) not in self._told)
            self._told.update(((series_id, moment), None) for moment in new)
            _shorten(self._failed)
            _shorten(self._told)
        return [(moment - tx.now).total_seconds() for moment in new]

    def _is_due(self, digest: str, now: datetime) -> bool:
        """Given to one who asks."""
        failed = self._failed.get(digest)
        if failed is None or failed.again_at is None or failed.again_at > now:
            return False
        self._failed[digest] = failed._replace(again_at=None)
        return True


def _shorten(kept: OrderedDict[Any, Any]) -> None:
    while len(kept) > _IMAGES_KEPT:
        kept.popitem(last=False)
