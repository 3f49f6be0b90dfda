"""Queries are audited in batches (PS3.15 A.5.3.10): one record for each kind of question of an association."""

import logging
import time
from collections import Counter

from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor
from app.base.db import Database
from app.base.errors import HoichanError

log = logging.getLogger(__name__)
_EVERY_SECONDS = 10.0


class QueryLog:
    """Of one association; written when the peer pauses, every ten seconds while it goes on asking, and at the end: what
    a sudden end of the process may lose is no more than that.
    """

    def __init__(self, db: Database, actor: Actor, association_id: str) -> None:
        self._db = db
        self._actor = actor
        self._association_id = association_id
        self._asked: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
        self._answered: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
        self._written_at = time.monotonic()

    def count(self, *, sop_class_uid: str, level: str, keys: tuple[str, ...], answers: int) -> None:
        """One query: which keys had a value, never which value."""
        kind = (sop_class_uid, level, keys)
        self._asked[kind] += 1
        self._answered[kind] += answers
        if time.monotonic() - self._written_at > _EVERY_SECONDS:
            self.write()

    @property
    def is_due(self) -> bool:
        """Whether anything is not yet recorded."""
        return bool(self._asked)

    def write(self) -> None:
        """The records that are due. Never raises: what cannot be written now is tried again."""
        self._written_at = time.monotonic()
        if not self._asked:
            return
        try:
            with self._db.transaction() as tx:
                for (sop_class_uid, level, keys), times in self._asked.items():
                    record(
                        tx,
                        self._actor,
                        AuditKind.QUERY,
                        "E",
                        subject_type="query",
                        subject_id=sop_class_uid,
                        hospital_id=self._actor.hospital_id,
                        detail={
                            "association": self._association_id,
                            "level": level,
                            "keys": list(keys),
                            "queries": times,
                            "answers": self._answered[sop_class_uid, level, keys],
                        },
                    )
        except HoichanError as error:
            log.warning("queries of association %s are audited later: %s", self._association_id, error)
            return
        self._asked.clear()
        self._answered.clear()
