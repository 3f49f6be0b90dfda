"""How each person wants to be told."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import time

from app.base.actor import Actor, ActorKind
from app.base.db import Tx
from app.base.errors import Forbidden, Invalid
from app.notify.lifecycle import MAILED_AT_FIRST, Digest, Kind, Peace
from app.notify.models import NotifyPreference

_LONGEST_NUMBER = 80


@dataclass(frozen=True)
class Preference:
    """What is sent beside the bell, and when."""

    mail_kinds: frozenset[Kind] = frozenset(MAILED_AT_FIRST)
    messenger_kinds: frozenset[Kind] = frozenset()
    messenger: str = ""
    quiet_from: str = ""
    quiet_to: str = ""
    digest: Digest = Digest.OFF

    @property
    def peace(self) -> Peace:
        if not (self.quiet_from and self.quiet_to):
            return Peace(digest=self.digest)
        return Peace(time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_to), self.digest)


def preference_of(tx: Tx, person_id: str) -> Preference:
    """What they chose, or what holds for everybody at first."""
    row = tx.session.get(NotifyPreference, person_id)
    if row is None:
        return Preference()
    return Preference(
        mail_kinds=_kinds(json.loads(row.mail_kinds)),
        messenger_kinds=_kinds(json.loads(row.messenger_kinds)),
        messenger=row.messenger,
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        digest=Digest(row.digest),
    )


def set_preference(tx: Tx, actor: Actor, *, preference: Preference) -> None:
    """One's own; what was told before leaves as it was promised then."""
    if actor.kind is not ActorKind.PERSON:
        raise Forbidden
    row = tx.session.get(NotifyPreference, actor.id) or NotifyPreference(person_id=actor.id)
    row.mail_kinds = json.dumps(sorted(preference.mail_kinds))
    row.messenger_kinds = json.dumps(sorted(preference.messenger_kinds))
    row.messenger = _messenger(preference.messenger)
    row.quiet_from, row.quiet_to = _quiet(preference.quiet_from, preference.quiet_to)
    row.digest, row.changed_at = preference.digest, tx.now
    tx.session.add(row)


def _kinds(words: Collection[str]) -> frozenset[Kind]:
    return frozenset(Kind(word) for word in words)


def _messenger(text: str) -> str:
    known = text.strip()
    if len(known) > _LONGEST_NUMBER or not known.isprintable():
        raise Invalid("bad_messenger", "Enter a telephone number or the name of your account.")
    return known


def _quiet(begin: str, end: str) -> tuple[str, str]:
    if not begin and not end:
        return "", ""
    try:
        return f"{time.fromisoformat(begin):%H:%M}", f"{time.fromisoformat(end):%H:%M}"
    except ValueError as error:
        raise Invalid(
            "bad_quiet_hours", "Quiet hours need a beginning and an end, as 22:00 and 06:00."
        ) from error
