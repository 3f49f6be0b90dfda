"""What a person's viewer is set to."""

from typing import Any

from sqlalchemy import select

from app.base.actor import Actor
from app.base.db import Tx
from app.viewing.hanging import DEFAULTS
from app.viewing.models import ViewerPreference


def preferences_for(tx: Tx, actor: Actor) -> dict[str, Any]:
    """By name: the defaults of the actor's hospital, and over them the actor's own.

    Hanging rules are one list, in which the first that fits is taken: own ones, the hospital's, the program's.
    """
    shared, own = _of(tx, actor.hospital_id), _of(tx, actor.id)
    default = [rule.model_dump(mode="json") for rule in DEFAULTS]
    return shared | own | {"hanging": [*own.get("hanging", ()), *shared.get("hanging", ()), *default]}


def hospital_preferences(tx: Tx, actor: Actor) -> dict[str, Any]:
    """The defaults of the actor's hospital alone."""
    return _of(tx, actor.hospital_id)


def own_preferences(tx: Tx, actor: Actor) -> dict[str, Any]:
    """What the actor set, without the hospital's defaults."""
    return _of(tx, actor.id)


def _of(tx: Tx, owner_id: str | None) -> dict[str, Any]:
    if owner_id is None:
        return {}
    query = select(ViewerPreference.name, ViewerPreference.value).where(ViewerPreference.owner_id == owner_id)
    return {row.name: row.value for row in tx.session.execute(query)}
