from collections.abc import Callable
from typing import Any

import pytest

from app.annotations.actions import put_annotation
from app.annotations.schemas import AnnotationInput
from app.base.actor import Actor
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.ids import new_id
from app.evidence.saving import Evidence
from tests import dicomgen
from tests.app.storing import store
from tests.cast import Cast

Draw = Callable[..., dict[str, Any]]


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database keeps the rows does not matter here."""
    return sqlite_db


@pytest.fixture
def study_id(db: Database, blobs: Blobs, cast: Cast) -> str:
    """A CT of three slices at hospital A."""
    for number in (1, 2, 3):
        study = store(db, blobs, cast.ct_a, dicomgen.ct_slice(number))
    return study


@pytest.fixture
def evidence(db: Database, blobs: Blobs) -> Evidence:
    return Evidence(db, blobs)


@pytest.fixture
def draw(db: Database, study_id: str) -> Draw:
    """Puts a mark on a slice as its author's browser does."""

    def draw(
        actor: Actor, kind: str, points: list[list[float]], slice_: int = 1, **more: Any
    ) -> dict[str, Any]:
        types = {"ellipse": "ELLIPSE", "circle": "ELLIPSE", "probe": "POINT", "text": "POINT"}
        mark = {
            "id": new_id(),
            "kind": kind,
            "graphic_type": types.get(kind, "POLYLINE"),
            "points": points,
            "study_id": more.pop("study", study_id),
            "sop_instance_uid": dicomgen.uid("study-1", "series-1", slice_),
            "frame_number": 1,
            **more,
        }
        with db.transaction() as tx:
            return put_annotation(tx, actor, annotation=AnnotationInput.from_wire(mark))[0]

    return draw
