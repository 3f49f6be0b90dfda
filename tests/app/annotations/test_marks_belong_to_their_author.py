"""A mark is kept as drawn, changed only by its author and only from the revision they saw."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.annotations.actions import delete_annotation, follow_images, put_annotation
from app.annotations.queries import list_annotations
from app.annotations.schemas import AnnotationInput
from app.archive.actions import grant_study, split_study, undo_correction
from app.archive.models import Series
from app.archive.queries import corrections_of_study
from app.archive.regrouping import REGROUPED
from app.archive.states import GranteeType
from app.base.actor import SYSTEM, Actor
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.errors import Conflict, Forbidden, HoichanError, Invalid, NotFound
from app.base.ids import new_id
from app.base.jobs import Job
from tests import dicomgen
from tests.app.storing import store
from tests.cast import Cast

Put = Callable[..., dict[str, Any]]


@pytest.fixture
def study_id(db: Database, blobs: Blobs, cast: Cast) -> str:
    return store(db, blobs, cast.ct_a, dicomgen.ct_slice())


@pytest.fixture
def mark(study_id: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": "length",
        "graphic_type": "POLYLINE",
        "points": [[1.5, 2.25], [30.0, 40.125]],
        "text": "đường kính",
        "study_id": study_id,
        "sop_instance_uid": dicomgen.uid("study-1", "series-1", 1),
        "frame_number": 1,
        "revision": 0,
        "values": {"length": 23.75, "unit": "mm", "at_detector": False},
    }


@pytest.fixture
def put(db: Database) -> Put:
    def put(actor: Actor, mark: dict[str, Any], context: str | None = None, **change: Any) -> dict[str, Any]:
        with db.transaction() as tx:
            annotation = AnnotationInput.from_wire(mark | change)
            return put_annotation(tx, actor, annotation=annotation, context=context)[0]

    return put


def _listed(db: Database, actor: Actor, study_id: str, context: str | None = None) -> list[dict[str, Any]]:
    with db.reading() as tx:
        return list_annotations(tx, actor, study_id, context)


def test_a_mark_is_kept_exactly_as_drawn(db: Database, cast: Cast, put: Put, mark: dict[str, Any]) -> None:
    kept = put(cast.alice, mark)

    assert {name: kept[name] for name in mark} == mark | {"revision": 1}
    assert kept["author"] == {"id": cast.alice.id, "name": cast.alice.name, "hospital": cast.a.name}
    assert _listed(db, cast.dao, mark["study_id"]) == [kept]


def test_a_change_names_the_revision_it_started_from(
    db: Database, cast: Cast, put: Put, mark: dict[str, Any]
) -> None:
    put(cast.alice, mark)
    moved = put(cast.alice, mark, revision=1, points=[[2, 2], [3, 3]])
    assert (moved["revision"], moved["points"]) == (2, [[2.0, 2.0], [3.0, 3.0]])

    with pytest.raises(Conflict) as late:
        put(cast.alice, mark, revision=1, text="muộn")
    assert late.value.code == "annotation_moved_on"
    assert _listed(db, cast.alice, mark["study_id"]) == [moved]


def test_a_change_sent_twice_is_done_once(cast: Cast, put: Put, mark: dict[str, Any]) -> None:
    first = put(cast.alice, mark)
    assert put(cast.alice, mark) == first
    changed = put(cast.alice, mark, revision=1, text="khác")
    assert put(cast.alice, mark, revision=1, text="khác") == changed


def test_nobody_else_changes_or_removes_it(db: Database, cast: Cast, put: Put, mark: dict[str, Any]) -> None:
    kept = put(cast.alice, mark)
    with pytest.raises(Forbidden):
        put(cast.dao, mark, revision=1, text="sửa hộ")
    with pytest.raises(Forbidden), db.transaction() as tx:
        delete_annotation(tx, cast.dao, annotation_id=mark["id"])
    assert _listed(db, cast.alice, mark["study_id"]) == [kept]


def test_a_removed_mark_is_gone_and_stays_gone(
    db: Database, cast: Cast, put: Put, mark: dict[str, Any]
) -> None:
    put(cast.alice, mark)
    with db.transaction() as tx:
        gone, changed = delete_annotation(tx, cast.alice, annotation_id=mark["id"])
        again, changed_again = delete_annotation(tx, cast.alice, annotation_id=mark["id"])

    assert (gone["deleted"], gone["revision"], changed) == (True, 2, True)
    assert (again, changed_again) == (gone, False)
    assert _listed(db, cast.alice, mark["study_id"]) == []
    with pytest.raises(Conflict):
        put(cast.alice, mark, revision=2)


def test_talks_keep_their_marks_apart(db: Database, cast: Cast, put: Put, mark: dict[str, Any]) -> None:
    talk = new_id()
    kept = put(cast.alice, mark, talk)

    assert _listed(db, cast.alice, mark["study_id"]) == []
    assert _listed(db, cast.alice, mark["study_id"], talk) == [kept]
    with pytest.raises(Conflict):
        put(cast.alice, mark, None)
    with pytest.raises(NotFound), db.transaction() as tx:
        delete_annotation(tx, cast.alice, annotation_id=mark["id"], context=new_id())


def test_strangers_and_their_studies_are_not_found(
    db: Database, cast: Cast, put: Put, mark: dict[str, Any]
) -> None:
    put(cast.alice, mark)
    for attempt in (
        lambda: put(cast.chi, mark | {"id": new_id()}),
        lambda: put(cast.chi, mark, revision=1),
        lambda: _listed(db, cast.chi, mark["study_id"]),
        lambda: put(cast.alice, mark | {"id": new_id()}, study_id=new_id()),
        lambda: put(cast.alice, mark | {"id": new_id()}, sop_instance_uid="1.2.3"),
        lambda: put(cast.alice, mark | {"id": new_id()}, revision=4),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_mark_lies_on_an_image_that_is_there(cast: Cast, put: Put, mark: dict[str, Any]) -> None:
    for change in ({"frame_number": 2}, {"points": [[0, 0], [500, 0]]}):
        with pytest.raises(Invalid):
            put(cast.alice, mark, **change)


def test_a_technician_draws_nothing(cast: Cast, put: Put, mark: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        put(cast.tam, mark)


def test_a_guest_s_marks_stay_after_their_right_ends_but_cannot_be_changed(
    db: Database, cast: Cast, put: Put, mark: dict[str, Any]
) -> None:
    with db.transaction() as tx:
        grant_study(
            tx,
            cast.alice,
            study_id=mark["study_id"],
            grantee_type=GranteeType.PERSON,
            grantee_id=cast.bob.id,
            scope="view",
            expires_at=None,
            reason="consult",
            reason_ref="talk",
        )
    kept = put(cast.bob, mark)
    with db.transaction() as tx:
        grant_study(
            tx,
            cast.alice,
            study_id=mark["study_id"],
            grantee_type=GranteeType.PERSON,
            grantee_id=cast.bob.id,
            scope="view",
            expires_at=tx.now,
            reason="consult",
            reason_ref="talk",
        )

    assert _listed(db, cast.alice, mark["study_id"]) == [kept]
    with pytest.raises(HoichanError):
        put(cast.bob, mark, revision=1, text="x")


def test_marks_follow_their_image_into_another_study_and_back(
    db: Database, blobs: Blobs, cast: Cast, study_id: str, mark: dict[str, Any], put: Put
) -> None:
    store(db, blobs, cast.ct_a, dicomgen.ct_slice(series="series-2"))
    other = mark | {"id": new_id(), "sop_instance_uid": dicomgen.uid("study-1", "series-2", 1)}
    put(cast.alice, mark)
    put(cast.alice, other)
    with db.reading() as tx:
        (moving,) = tx.session.scalars(
            select(Series.id).where(Series.series_instance_uid == dicomgen.uid("study-1", "series-2"))
        )
    with db.transaction() as tx:
        fresh = split_study(tx, cast.tam, study_id=study_id, series_ids=[moving], reason="two people")
        told = set(tx.session.scalars(select(Job.subject_id).where(Job.name == REGROUPED)))
    assert told == {study_id, fresh}
    with db.transaction() as tx:
        assert follow_images(tx, SYSTEM, study_id=study_id) == 1
    assert [one["id"] for one in _listed(db, cast.alice, study_id)] == [mark["id"]]
    assert [one["id"] for one in _listed(db, cast.alice, fresh)] == [other["id"]]
    put(cast.alice, other, study_id=fresh, text="đổi", revision=1)
    with db.transaction() as tx:
        (done,) = corrections_of_study(tx, cast.tam, study_id)
        undo_correction(tx, cast.tam, correction_id=done.id)
    with db.transaction() as tx:
        assert follow_images(tx, SYSTEM, study_id=fresh) == 1
    assert {one["id"] for one in _listed(db, cast.alice, study_id)} == {mark["id"], other["id"]}
