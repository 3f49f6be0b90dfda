"""Every write of the images to begin with."""

from collections.abc import Sequence
from typing import Any

from app.archive.queries import outgoing_of
from app.base.actor import Actor, Permission
from app.base.db import Tx
from consults.access import consult_for, led_to
from consults.history import append, person_of
from consults.lifecycle import Verb
from consults.models import Consult
from consults.schemas import Place
from consults.starts.events import StartPlace, StartsChosenData
from consults.starts.models import ConsultStart
from consults.starts.schemas import ChooseStarts
from consults.steps import Answer


def draft_starts(tx: Tx, actor: Actor, consult: Consult, places: Sequence[Place]) -> None:
    """Those of the asking form; nobody else knows of the case yet."""
    _keep(tx, actor, consult, places)


def choose_starts(tx: Tx, actor: Actor, *, wish: ChooseStarts) -> Answer:
    """By whoever talks about the case, while it is talked about."""
    actor.check(Permission.CONSULT_DISCUSS)
    consult = consult_for(tx, actor, wish.consult_id, lock=True)
    led_to(consult, actor, Verb.DISCUSS)
    kept = _keep(tx, actor, consult, wish.places)
    data = StartsChosenData(places=[StartPlace(**place) for place in kept])
    return {"number": append(tx, actor, consult, "starts.chosen", data)}


def _keep(tx: Tx, actor: Actor, consult: Consult, places: Sequence[Place]) -> list[dict[str, Any]]:
    """What is not among the images of the case is left out: it may have gone since it was chosen."""
    frames = {study.study_id: _frames(tx, actor, study.study_id, places) for study in consult.studies}
    found = [place for place in places if place.frame_number <= _last(frames, place)]
    kept = [place.model_dump() for place in dict.fromkeys(found)]
    by = person_of(tx, actor).model_dump()
    tx.session.merge(ConsultStart(consult_id=consult.id, places=kept, by=by, at=tx.now))
    tx.session.flush()
    return kept


def _frames(tx: Tx, actor: Actor, study_id: str, places: Sequence[Place]) -> dict[str, int]:
    uids = {place.sop_instance_uid for place in places if place.study_id == study_id}
    files = outgoing_of(tx, actor, study_id=study_id, sop_instance_uids=uids) if uids else []
    return {file.sop_instance_uid: file.frame_count for file in files}


def _last(frames: dict[str, dict[str, int]], place: Place) -> int:
    """The last frame of its image; 0 when there is none."""
    return frames.get(place.study_id, {}).get(place.sop_instance_uid, 0)
