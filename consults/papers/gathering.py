"""Everything a package tells, read in one transaction. Nothing that was written to chosen people is among it."""

from dataclasses import dataclass
from typing import Any

from app.annotations.queries import annotations_of
from app.archive.queries import manifest
from app.base.actor import Actor
from app.base.db import Database, Tx
from app.base.errors import Forbidden, Invalid, NotFound
from app.evidence.gathering import wish_for
from app.evidence.subjects import Wish
from consults.attachments.queries import AttachmentFile, attachment_for, attachments_state
from consults.minutes.access import consult_with_minutes
from consults.minutes.facts import facts_of
from consults.minutes.lifecycle import Standing
from consults.minutes.queries import readable_minutes
from consults.models import Consult
from consults.opinions.queries import opinions_state
from consults.papers.fhir import bundle_of
from consults.papers.fhir_case import case_for
from consults.papers.shots import Known, Scene, Shot, scenes_of
from consults.talk.queries import lines_for_everybody

Frame = tuple[str, int]


@dataclass(frozen=True)
class Told:
    """What was read. `wishes` by study: only studies of the reader's own hospital; `known`: images they may open."""

    history: str
    facts: dict[str, Any]
    state: str
    lines: list[dict[str, Any]]
    marks: list[dict[str, Any]]
    labs: list[dict[str, Any]]
    files: list[AttachmentFile]
    opinions: dict[str, Any]
    minutes: dict[str, Any] | None
    fhir: dict[str, Any]
    wishes: dict[str, Wish]
    known: Known
    scenes: dict[Shot, Scene]


def gather(db: Database, actor: Actor, consult_id: str) -> Told:
    """Raises NotFound for whoever may not see it."""
    with db.reading() as tx:
        consult, row = consult_with_minutes(tx, actor, consult_id)
        marks = annotations_of(tx, consult.id)
        lines = lines_for_everybody(tx, consult.id)
        frames, known = frames_of(marks, lines), _known(tx, actor, consult)
        brought = attachments_state(tx, actor, consult)
        is_written = row is not None and row.state != Standing.DRAFT
        return Told(
            history=consult.history,
            facts=facts_of(tx, actor, consult),
            state=consult.state,
            lines=lines,
            marks=marks,
            labs=brought["labs"],
            files=_files(tx, actor, consult, brought["files"]),
            opinions=opinions_state(tx, consult),
            minutes=readable_minutes(tx, actor, consult.id) if is_written else None,
            fhir=bundle_of(case_for(tx, actor, consult.id)),
            wishes=_wishes(tx, actor, known, frames),
            known=known,
            scenes=scenes_of(tx, actor, known, marks, lines),
        )


def frames_of(marks: list[dict[str, Any]], lines: list[dict[str, Any]]) -> dict[Frame, str]:
    """Every image that was marked or shown, in the order of the talk, with its study."""
    views = [line["view"] for line in lines if line["view"]]
    return {(one["sop_instance_uid"], one["frame_number"]): one["study_id"] for one in (*views, *marks)}


def _files(tx: Tx, actor: Actor, consult: Consult, told: list[dict[str, Any]]) -> list[AttachmentFile]:
    shown = [one["id"] for one in told if "recipients" not in one]
    return [attachment_for(tx, actor, consult.id, one) for one in shown]


def _wishes(tx: Tx, actor: Actor, known: Known, frames: dict[Frame, str]) -> dict[str, Wish]:
    """One for each study of the actor's own hospital of which an image was spoken of."""
    found = {}
    for study_id, instances in known.items():
        uids = {uid for (uid, _), its_study in frames.items() if its_study == study_id} & instances.keys()
        try:
            found[study_id] = wish_for(tx, actor, study_id, uids)
        except (Forbidden, Invalid, NotFound):
            continue  # another hospital's, or no image of it was spoken of
    return found


def _known(tx: Tx, actor: Actor, consult: Consult) -> Known:
    """A study whose right has ended is left out."""
    known: Known = {}
    for study in consult.studies:
        try:
            told = manifest(tx, actor, study.study_id)
        except NotFound:
            continue
        instances = [one for series in told["series"] for one in series["instances"]]
        known[study.study_id] = {one["sop_instance_uid"]: one for one in instances}
    return known
