"""Which images of a series are new to a job that runs each time some have come."""

import threading
from collections import OrderedDict

from sqlalchemy import bindparam, select

from app.archive.access import SHOWN_INSTANCE
from app.archive.models import Instance
from app.base.db import Tx
from app.base.prepared import Prepared

_SERIES_KEPT = 200

_IMAGES = Prepared(
    lambda _dialect: select(Instance.sop_instance_uid, Instance.digest).where(
        Instance.series_id == bindparam("series_"), SHOWN_INSTANCE
    )
)


class FreshImages:
    """Of the series met last, what has been done. While a series arrives its job runs several times a second: over all
    of it each time, a series would take the square of its time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: OrderedDict[str, set[str]] = OrderedDict()

    def of(self, tx: Tx, series_id: str) -> dict[str, str]:
        """SOP Instance UIDs with their objects' digests; an image that was replaced is new again."""
        found: dict[str, str] = dict(_IMAGES.rows(tx, series_=series_id))
        with self._lock:
            done = self._done.get(series_id, set())
            return {uid: digest for uid, digest in found.items() if digest not in done}

    def done(self, series_id: str, images: dict[str, str]) -> None:
        """These need not be gone over again."""
        with self._lock:
            self._done.setdefault(series_id, set()).update(images.values())
            self._done.move_to_end(series_id)
            while len(self._done) > _SERIES_KEPT:
                self._done.popitem(last=False)
