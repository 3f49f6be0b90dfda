"""Each write of archive, sharing, reporting and annotations leaves a line in the audit log, or is named with its reason."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType

import pytest
from sqlalchemy import func, select, update

from app.annotations import actions as annotations
from app.annotations.schemas import AnnotationInput
from app.archive import actions as archive
from app.archive.models import Deletion, Instance, PatientCollision, Series, Study
from app.archive.part10 import read_part10
from app.archive.retention import propose_destruction
from app.archive.states import GranteeType, RejectionReason, SetAsideDecision, Source, SourceKind
from app.audit.models import AuditRecord
from app.base.actor import SYSTEM, link_holder
from app.base.blobs import Blob, Blobs
from app.base.db import Database, Tx
from app.base.errors import Conflict
from app.base.ids import new_id
from app.reporting import actions as reporting
from app.sharing import actions as sharing
from app.sharing.states import Factor
from tests import dicomgen
from tests.app.storing import no_record, store
from tests.cast import Cast, make_cast

UNRECORDED = {
    "announce_changed_studies": "tells lists what is stored already",
    "association_opened": "the record comes with what it brought, when it is closed",
    "complete_quiet_studies": "a state that follows from time; lost associations are closed, which records",
    "count_device_images": "transfers are recorded when the association is closed",
    "count_refusal": "refused associations and set-aside files are recorded by who refuses them",
    "drop_old_sessions": "removes what ended by itself",
    "end_link_session": "the patient gives up what the opening recorded",
    "store_instance": "one record for each study when the association is closed (house.md, rule 3)",
}


@dataclass(frozen=True)
class Place:
    """Hospital A with one study of an association that is still open."""

    cast: Cast
    study_id: str

    def report(self, tx: Tx) -> str:
        made = reporting.create_report(tx, self.cast.alice, study_ids=[self.study_id], conclusion="Không.")
        return made.id

    def link(self, tx: Tx) -> sharing.NewLink:
        return sharing.create_link(
            tx,
            self.cast.alice,
            study_id=self.study_id,
            factor=Factor.BIRTH_DATE,
            text="Không.",
            days=1,
            most_days=2,
        )

    def grant(self, tx: Tx) -> str:
        return archive.grant_study(
            tx,
            self.cast.alice,
            study_id=self.study_id,
            grantee_type=GranteeType.PERSON,
            grantee_id=self.cast.bob.id,
            scope="view",
            expires_at=None,
            reason="consult",
            reason_ref="one",
        )

    def mark(self, tx: Tx) -> str:
        wire = {
            "id": new_id(),
            "kind": "length",
            "graphic_type": "POLYLINE",
            "points": [[1, 2], [3, 4]],
            "text": "",
            "study_id": self.study_id,
            "sop_instance_uid": dicomgen.uid("study-1", "series-1", 1),
            "frame_number": 1,
            "revision": 0,
            "values": None,
        }
        annotation = AnnotationInput.from_wire(wire)
        annotations.put_annotation(tx, self.cast.alice, annotation=annotation, context=None)
        return str(wire["id"])

    def correction(self, tx: Tx) -> str:
        wanted = {"description": "X"}
        return archive.edit_study(tx, self.cast.tam, study_id=self.study_id, wanted=wanted, reason="x")

    def deletion(self, tx: Tx) -> str:
        no_record(tx, self.study_id)
        return archive.request_deletion(tx, self.cast.tam, study_id=self.study_id, reason="x")

    def proposal(self, tx: Tx) -> str:
        long_here = tx.now - timedelta(days=400)
        tx.session.execute(
            update(Study).values(
                retention_class="ordinary", retain_until="20200101", first_received_at=long_here
            )
        )
        assert propose_destruction(tx, SYSTEM) == 1
        return tx.session.scalars(select(Deletion.id)).one()

    def patient(self, tx: Tx) -> str:
        return tx.session.get_one(Study, self.study_id).patient_id

    def other_study(self, tx: Tx, name: str = "NGUYỄN^VĂN AN") -> str:
        part10 = read_part10(dicomgen.ct_slice(study="study-2", series="series-2", patient_name=name))
        source = Source(SourceKind.DIMSE, "association-1", "CT01")
        blob = Blob("1" * 64, 1)
        return (
            archive.store_instance(tx, self.cast.ct_a, blob=blob, part10=part10, source=source).study_id or ""
        )

    def regrouped(self, tx: Tx) -> str:
        """The other study, which has this one's series now."""
        other = self.other_study(tx)
        series = update(Series).where(Series.study_id == self.study_id)
        tx.session.execute(series.values(study_id=other))
        return other

    def collision(self, tx: Tx) -> str:
        self.other_study(tx, "LÊ^MAI")
        return tx.session.scalars(select(PatientCollision.id)).one()

    def aside(self, tx: Tx) -> str:
        return archive.set_aside(
            tx,
            self.cast.ct_a,
            blob=Blob("0" * 64, 1),
            part10=read_part10(dicomgen.ct_slice()),
            reason=Conflict("uid_collision", "x"),
            source=Source(SourceKind.DIMSE, "association-1", "CT01"),
        )

    def series(self, tx: Tx) -> str:
        return tx.session.scalars(select(Series.id).where(Series.study_id == self.study_id)).first() or ""


Prepare = Callable[[Tx, Place], str]
Act = Callable[[Tx, Place, str], object]


def _nothing(_tx: Tx, _place: Place) -> str:
    return ""


ACTS: dict[str, tuple[Prepare, Act]] = {
    "answer_link": (
        lambda tx, at: at.link(tx).token,
        lambda tx, _, token: sharing.answer_link(
            tx, link_holder(None), token=token, answer="01/01/1900", agent=""
        ),
    ),
    "association_closed": (
        _nothing,
        lambda tx, at, _: archive.association_closed(tx, at.cast.ct_a, association_id="association-1"),
    ),
    "cancel_report": (
        lambda tx, at: at.report(tx),
        lambda tx, at, id_: reporting.cancel_report(tx, at.cast.alice, report_id=id_),
    ),
    "confirm_charset": (
        _nothing,
        lambda tx, at, _: archive.confirm_charset(
            tx, at.cast.tam, device_id=at.cast.ct_a.id, charset="TCVN3"
        ),
    ),
    "cover_pictures": (
        lambda tx, at: at.series(tx),
        lambda tx, at, id_: archive.cover_pictures(
            tx, at.cast.alice, series_id=id_, columns=8, rows=8, rectangles=[(0, 0, 8, 2)], until=tx.now
        ),
    ),
    "create_link": (_nothing, lambda tx, at, _: at.link(tx)),
    "create_report": (_nothing, lambda tx, at, _: at.report(tx)),
    "delete_annotation": (
        lambda tx, at: at.mark(tx),
        lambda tx, at, id_: annotations.delete_annotation(tx, at.cast.alice, annotation_id=id_, context=None),
    ),
    "end_grants": (
        lambda tx, at: at.grant(tx),
        lambda tx, _, __: archive.end_grants(tx, SYSTEM, reason_ref="one", at=tx.now),
    ),
    "finalise_report": (
        lambda tx, at: at.report(tx),
        lambda tx, at, id_: reporting.finalise_report(tx, at.cast.alice, report_id=id_),
    ),
    "grant_study": (_nothing, lambda tx, at, _: at.grant(tx)),
    "guess_charset_again": (
        _nothing,
        lambda tx, at, _: archive.guess_charset_again(tx, at.cast.tam, device_id=at.cast.ct_a.id),
    ),
    "note_set_aside_seen": (
        lambda tx, at: at.aside(tx),
        lambda tx, at, id_: archive.note_set_aside_seen(tx, at.cast.tam, set_aside_id=id_),
    ),
    "open_study": (
        _nothing,
        lambda tx, at, _: archive.open_study(tx, at.cast.alice, study_id=at.study_id, session_id="s"),
    ),
    "put_annotation": (_nothing, lambda tx, at, _: at.mark(tx)),
    "revise_report": (
        lambda tx, at: at.report(tx),
        lambda tx, at, id_: reporting.revise_report(tx, at.cast.alice, report_id=id_, conclusion="Có."),
    ),
    "revoke_link": (
        lambda tx, at: at.link(tx).id,
        lambda tx, at, id_: sharing.revoke_link(tx, at.cast.alice, link_id=id_),
    ),
    "set_aside": (_nothing, lambda tx, at, _: at.aside(tx)),
    "confirm_deletion": (
        lambda tx, at: at.deletion(tx),
        lambda tx, at, id_: archive.confirm_deletion(tx, at.cast.dung, deletion_id=id_),
    ),
    "decide_collision": (
        lambda tx, at: at.collision(tx),
        lambda tx, at, id_: archive.decide_collision(tx, at.cast.tam, collision_id=id_, keep_id=None),
    ),
    "drop_marks": (
        lambda tx, at: at.mark(tx),
        lambda tx, at, _: annotations.drop_marks(tx, SYSTEM, study_id=at.study_id),
    ),
    "edit_patient": (
        lambda tx, at: at.patient(tx),
        lambda tx, at, id_: archive.edit_patient(
            tx, at.cast.tam, patient_id=id_, wanted={"name": "LÊ^MAI"}, reason="x"
        ),
    ),
    "edit_series": (
        lambda tx, at: at.series(tx),
        lambda tx, at, id_: archive.edit_series(
            tx, at.cast.tam, series_id=id_, wanted={"laterality": "L"}, reason="x"
        ),
    ),
    "edit_study": (_nothing, lambda tx, at, _: at.correction(tx)),
    "end_links_of": (
        lambda tx, at: at.link(tx).id,
        lambda tx, at, _: sharing.end_links_of(tx, SYSTEM, study_id=at.study_id),
    ),
    "end_links_of_another_person": (
        lambda tx, at: str(
            archive.end_grants(tx, at.cast.alice, reason_ref=sharing.grant_ref(at.link(tx).id), at=tx.now)
        ),
        lambda tx, at, _: sharing.end_links_of_another_person(tx, SYSTEM, study_id=at.study_id),
    ),
    "follow_images": (
        lambda tx, at: at.mark(tx) and at.regrouped(tx),
        lambda tx, at, _: annotations.follow_images(tx, SYSTEM, study_id=at.study_id),
    ),
    "heal": (
        lambda tx, _: str(
            tx.session.scalars(update(Instance).values(damaged=True).returning(Instance.id)).one()
        ),
        lambda tx, at, id_: archive.heal(
            tx,
            at.cast.ct_a,
            instance_id=id_,
            blob=Blob("2" * 64, 2),
            part10=read_part10(dicomgen.ct_slice()),
        ),
    ),
    "merge_patients": (
        lambda tx, at: tx.session.get_one(Study, at.other_study(tx, "LÊ^MAI")).patient_id,
        lambda tx, at, id_: archive.merge_patients(
            tx, at.cast.tam, patient_id=id_, into_id=at.patient(tx), reason="x"
        ),
    ),
    "merge_studies": (
        lambda tx, at: at.other_study(tx),
        lambda tx, at, id_: archive.merge_studies(
            tx, at.cast.tam, study_id=id_, into_id=at.study_id, reason="x"
        ),
    ),
    "move_study": (
        _nothing,
        lambda tx, at, _: archive.move_study(
            tx, at.cast.tam, study_id=at.study_id, new_patient={"name": "LÊ^MAI"}, reason="x"
        ),
    ),
    "endorse_deletion": (
        lambda tx, at: at.proposal(tx),
        lambda tx, at, id_: archive.endorse_deletion(tx, at.cast.tam, deletion_id=id_),
    ),
    "refuse_deletion": (
        lambda tx, at: at.deletion(tx),
        lambda tx, at, id_: archive.refuse_deletion(tx, at.cast.dung, deletion_id=id_),
    ),
    "reject": (
        _nothing,
        lambda tx, at, _: archive.reject(
            tx, at.cast.tam, code=RejectionReason.QUALITY, reason="x", study_id=at.study_id
        ),
    ),
    "request_deletion": (_nothing, lambda tx, at, _: at.deletion(tx)),
    "resolve_set_aside": (
        lambda tx, at: at.aside(tx),
        lambda tx, at, id_: archive.resolve_set_aside(
            tx,
            at.cast.tam,
            set_aside_id=id_,
            decision=SetAsideDecision.DISCARD,
            part10=read_part10(dicomgen.ct_slice()),
        ),
    ),
    "set_aside_compared": (
        lambda tx, at: at.aside(tx),
        lambda tx, _, id_: archive.set_aside_compared(tx, SYSTEM, set_aside_id=id_, found="pixels"),
    ),
    "set_aside_found_same": (
        lambda tx, at: at.aside(tx),
        lambda tx, _, id_: archive.set_aside_found_same(tx, SYSTEM, set_aside_id=id_),
    ),
    "split_study": (
        lambda tx, at: archive.merge_studies(
            tx, at.cast.tam, study_id=at.other_study(tx), into_id=at.study_id, reason="x"
        ),
        lambda tx, at, _: archive.split_study(
            tx, at.cast.tam, study_id=at.study_id, series_ids=[at.series(tx)], reason="x"
        ),
    ),
    "undo_correction": (
        lambda tx, at: at.correction(tx),
        lambda tx, at, id_: archive.undo_correction(tx, at.cast.tam, correction_id=id_),
    ),
    "withdraw_deletion": (
        lambda tx, at: at.deletion(tx),
        lambda tx, at, id_: archive.withdraw_deletion(tx, at.cast.tam, deletion_id=id_),
    ),
    "set_remarks": (
        _nothing,
        lambda tx, at, _: archive.set_remarks(
            tx,
            at.cast.tam,
            device_id=at.cast.ct_a.id,
            private_classes=False,
            clock_minutes=420,
            laterality_unreliable=True,
            modality_means={"CR": "DX"},
        ),
    ),
    "write_patient_text": (
        lambda tx, at: at.report(tx),
        lambda tx, at, id_: reporting.write_patient_text(tx, at.cast.alice, report_id=id_, text="Không."),
    ),
}


@pytest.fixture
def place(sqlite_db: Database, blobs: Blobs) -> Place:
    cast = make_cast(sqlite_db)
    return Place(cast, store(sqlite_db, blobs, cast.ct_a, dicomgen.ct_slice()))


def _lines(db: Database) -> int:
    with db.reading() as tx:
        return tx.session.scalar(select(func.count()).select_from(AuditRecord)) or 0


@pytest.mark.parametrize("name", ACTS)
def test_it_leaves_a_line(sqlite_db: Database, place: Place, name: str) -> None:
    prepare, act = ACTS[name]
    with sqlite_db.transaction() as tx:
        prepared = prepare(tx, place)
    before = _lines(sqlite_db)
    with sqlite_db.transaction() as tx:
        act(tx, place, prepared)
    assert _lines(sqlite_db) > before


def _actions(room: ModuleType) -> set[str]:
    """What takes a transaction and an actor, and is the room's own."""
    own = room.__name__.rsplit(".", 1)[0]
    return {
        name
        for name, value in vars(room).items()
        if inspect.isfunction(value)
        and not name.startswith("_")
        and value.__module__.startswith(own)
        and value.__module__.rsplit(".", 1)[1] not in {"access", "queries"}
        and list(inspect.signature(value).parameters)[:2] == ["tx", "actor"]
    }


def test_no_action_is_forgotten_here() -> None:
    rooms = (annotations, archive, reporting, sharing)
    assert set().union(*map(_actions, rooms)) == set(ACTS) | set(UNRECORDED)
