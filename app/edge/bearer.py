"""Bearer tokens of programs and devices. Who tries wrong ones is told to wait, and leaves one record for many tries."""

import threading
import time

from app.audit.summing import Summed
from app.base.actor import Actor
from app.base.errors import TooMany, Unauthenticated
from app.edge.services import Services
from app.identity import actions, queries
from app.identity.sign_in import visitor
from app.identity.tokens import program_with_token

_WRONG_A_MINUTE = 30
_MINUTE = 60.0
_RECORD_EVERY = 900
_REMEMBERED = 5000


class Bearer:
    """Shared by all threads of a process."""

    def __init__(self, services: Services) -> None:
        self._db = services.db
        self._wrong = WrongTries()
        self._told = Summed(_RECORD_EVERY)

    def actor(self, token: str, address: str | None) -> Actor:
        """Who holds this token. Raises Unauthenticated, or TooMany after many wrong ones from one address."""
        try:
            return self._known(token, address)
        except Unauthenticated:
            self._refused(address)
            raise

    def _known(self, token: str, address: str | None) -> Actor:
        with self._db.reading(snapshot=False) as tx:
            found = program_with_token(tx, token, address)
            if found is None:
                return queries.actor_for_device_token(tx, token, address)
        actor, touch_due = found
        if touch_due:
            with self._db.transaction() as tx:
                actions.touch_access_token(tx, actor)
        return actor

    def _refused(self, address: str | None) -> None:
        tries = self._told.due(address or "")
        if tries is not None:
            with self._db.transaction() as tx:
                actions.record_wrong_token(tx, visitor(address), tries=tries + 1)
        self._wrong.count(address or "")


class WrongTries:
    """Wrong tokens by address within a minute. Right ones are never held up by them: a whole hospital may share an
    address.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[float, int]] = {}

    def count(self, address: str) -> None:
        """One more. Raises TooMany when there are too many."""
        now = time.monotonic()
        with self._lock:
            began, count = self._counts.get(address, (now, 0))
            if now - began >= _MINUTE:
                began, count = now, 0
            if len(self._counts) >= _REMEMBERED:
                self._counts.clear()
            self._counts[address] = began, count + 1
        if count >= _WRONG_A_MINUTE:
            seconds = max(1, round(_MINUTE - (now - began)))
            raise TooMany(
                "too_many_tries", "Too many tries. Wait {seconds} seconds and try again.", seconds=seconds
            )
