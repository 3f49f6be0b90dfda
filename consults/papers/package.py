"""The consult as a package: objects any archive can take, the minutes, and a page that opens without a server.

Nothing that was written to chosen people goes into it. Objects of a study are made for its own hospital alone, as
everywhere; for the other one the package has pictures, page and minutes.
"""

import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset

from app.annotations.queries import annotations_of
from app.archive.frames_index import FrameLocation
from app.archive.queries import locate_frame, manifest
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor
from app.base.blobs import Blobs
from app.base.db import Database, Tx
from app.base.errors import Forbidden, HoichanError, Invalid, NotFound
from app.capture import to_dicom
from app.evidence.gathering import wish_for, with_tables
from app.evidence.key_objects import key_object_selection
from app.evidence.measurements import measurement_report
from app.evidence.modules import as_file
from app.evidence.presentation import presentation_states
from app.evidence.subjects import Mark, Wish
from app.render.params import FrameParams
from app.render.profiles import srgb_profile
from consults.minutes.access import consult_with_minutes
from consults.minutes.facts import facts_of
from consults.minutes.lifecycle import Standing
from consults.minutes.queries import readable_minutes
from consults.models import Consult
from consults.papers.minutes_pdf import minutes_pdf
from consults.talk.queries import lines_for_everybody

MOST_PICTURES = 40
BOX = (1024, 1024)
FOR_CONFERENCE = "113005"  # CID 7010
Render = Callable[[FrameLocation, FrameParams], bytes]
Frame = tuple[str, int]
Known = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Told:
    """Everything that was read in one transaction."""

    facts: dict[str, Any]
    state: str
    lines: list[dict[str, Any]]
    marks: list[dict[str, Any]]
    minutes: dict[str, Any] | None
    wishes: list[Wish]
    places: dict[Frame, FrameLocation]


@dataclass
class Package:
    """What goes into the ZIP, by name; `pictures` by frame for the page."""

    files: dict[str, bytes] = field(default_factory=dict)
    pictures: dict[Frame, str] = field(default_factory=dict)


def gather(db: Database, actor: Actor, consult_id: str) -> Told:
    """Reads it all, and records that the consult leaves the house. Raises NotFound for whoever may not see it."""
    with db.transaction() as tx:
        consult, row = consult_with_minutes(tx, actor, consult_id)
        marks = annotations_of(tx, consult.id)
        lines = lines_for_everybody(tx, consult.id)
        frames, known = _frames(marks, lines), _known(tx, actor, consult)
        is_written = row is not None and row.state != Standing.DRAFT
        told = Told(
            facts=facts_of(tx, actor, consult),
            state=consult.state,
            lines=lines,
            marks=marks,
            minutes=readable_minutes(tx, actor, consult.id) if is_written else None,
            wishes=_wishes(tx, actor, known, frames),
            places=_places(tx, actor, known, frames),
        )
        record(
            tx,
            actor,
            AuditKind.EXPORT,
            "R",
            subject_type="consult",
            subject_id=consult.id,
            hospital_id=consult.referring_hospital_id,
            detail={"studies": [study.study_id for study in consult.studies], "state": consult.state},
        )
    return told


def _frames(marks: list[dict[str, Any]], lines: list[dict[str, Any]]) -> dict[Frame, str]:
    """Every image that was marked or shown, in the order of the talk, with its study."""
    views = [line["view"] for line in lines if line["view"]]
    return {(one["sop_instance_uid"], one["frame_number"]): one["study_id"] for one in (*views, *marks)}


def _wishes(tx: Tx, actor: Actor, known: Known, frames: dict[Frame, str]) -> list[Wish]:
    """One for each study of the actor's own hospital of which an image was spoken of."""
    found = []
    for study_id, instances in known.items():
        uids = {uid for (uid, _), its_study in frames.items() if its_study == study_id} & instances.keys()
        try:
            found.append(wish_for(tx, actor, study_id, uids))
        except (Forbidden, Invalid, NotFound):
            continue  # another hospital's, or no image of it was spoken of
    return found


def _known(tx: Tx, actor: Actor, consult: Consult) -> Known:
    """The instances of each study that the actor may open now: their ids by SOP Instance UID."""
    known: Known = {}
    for study in consult.studies:
        try:
            told = manifest(tx, actor, study.study_id)
        except NotFound:
            continue
        instances = [one for series in told["series"] for one in series["instances"]]
        known[study.study_id] = {one["sop_instance_uid"]: one["id"] for one in instances}
    return known


def _places(tx: Tx, actor: Actor, known: Known, frames: dict[Frame, str]) -> dict[Frame, FrameLocation]:
    """Where the pictures lie."""
    places = {}
    for (uid, number), study_id in list(frames.items())[:MOST_PICTURES]:
        instance_id = known.get(study_id, {}).get(uid)
        if instance_id is not None:
            places[uid, number] = locate_frame(
                tx, actor, instance_id=instance_id, frame_number=number, study_id=study_id
            )
    return places


def packed(told: Told, blobs: Blobs, render: Render, page: Callable[[Told, Package], str]) -> bytes:
    """The ZIP; opens no transaction. `page` makes index.html of what is told and what is in the package."""
    package = Package()
    _add_pictures(package, told, render)
    for wish in told.wishes:
        _add_objects(package, wish, told, blobs)
    if told.minutes is not None:
        _add_minutes(package, told)
    package.files["index.html"] = page(told, package).encode()
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(package.files):
            archive.writestr(name, package.files[name])
    return out.getvalue()


def _add_pictures(package: Package, told: Told, render: Render) -> None:
    """A picture that cannot be drawn is left out; the words around it stay."""
    for number, (frame, place) in enumerate(told.places.items(), 1):
        try:
            picture = render(place, FrameParams(box=BOX))
        except HoichanError:
            continue
        name = f"pictures/{number:02}.jpg"
        package.files[name], package.pictures[frame] = picture, name


def _add_objects(package: Package, wish: Wish, told: Told, blobs: Blobs) -> None:
    marks = [Mark.from_json(one) for one in told.marks if one["sop_instance_uid"] in wish.images]
    frames = [frame for frame in _frames(told.marks, told.lines) if frame[0] in wish.images]
    title = f"Consult {told.facts['number']}"
    _add_dicom(
        package, "KO", [key_object_selection(wish, frames, title_code=FOR_CONFERENCE, description=title)]
    )
    if marks:
        _add_dicom(package, "SR", [measurement_report(_anew(wish, "sr"), marks, title=title)])
        shown = with_tables(_anew(wish, "pr"), blobs, marks)
        states = presentation_states(shown, marks, {}, title=title, icc_profile=srgb_profile())
        _add_dicom(package, "PR", states)


def _anew(wish: Wish, part: str) -> Wish:
    """The same images for another object: UIDs come of the wish's id."""
    return Wish(f"{wish.id}/{part}", wish.identity, wish.author, wish.at, wish.images)


def _add_dicom(package: Package, kind: str, objects: Sequence[Dataset]) -> None:
    before = sum(name.startswith(f"DICOM/{kind}") for name in package.files)
    for number, one in enumerate(objects, before + 1):
        package.files[f"DICOM/{kind}{number:03}.dcm"] = as_file(one)


def _add_minutes(package: Package, told: Told) -> None:
    """On paper, as data, and for each of the own studies as an Encapsulated PDF with its identity."""
    assert told.minutes is not None
    pdf = minutes_pdf(told.minutes)
    package.files["minutes.pdf"] = pdf
    package.files["minutes.json"] = json.dumps(told.minutes, ensure_ascii=False, indent=1).encode()
    for number, wish in enumerate(told.wishes, 1):
        package.files[f"DICOM/DOC{number:03}.dcm"] = _document(pdf, wish, told.minutes)


def _document(pdf: bytes, wish: Wish, minutes: dict[str, Any]) -> bytes:
    """The same minutes of the same study are the same object."""
    asked = to_dicom.Wish(
        identity=wish.identity,
        title="Biên bản hội chẩn",
        shown=to_dicom.Shown.DOCUMENT,
        upload_id=minutes["consult_id"],
        file_id=f"{wish.identity.study_instance_uid}/{minutes['version']}",
        number=1,
        at=wish.at,
    )
    made = BytesIO()
    to_dicom.document(pdf, asked, made.write)
    return made.getvalue()
