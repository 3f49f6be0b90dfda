"""A setting of the viewer: the person's own over the hospital's, only of a known name and shape, and recorded."""

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditRecord
from app.base.actor import SYSTEM
from app.base.db import Database
from app.base.errors import Forbidden, Invalid, NotFound
from app.viewing.actions import drop_preference, set_preference
from app.viewing.queries import preferences_for
from tests.cast import Cast, make_cast

RULE = {"modality": "CT", "rows": 2, "columns": 2, "places": [{"description": "lung"}]}


@pytest.fixture
def cast(db: Database) -> Cast:
    return make_cast(db)


def _lines(db: Database) -> int:
    with db.reading() as tx:
        of_settings = AuditRecord.subject_type == "viewer-preference"
        return tx.session.scalar(select(func.count()).select_from(AuditRecord).where(of_settings)) or 0


def test_ones_own_stands_over_the_hospitals_and_others_have_neither(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        set_preference(tx, cast.dung, name="hanging", value=[RULE], for_hospital=True)
        set_preference(tx, cast.dung, name="shortcuts", value={"zoom-in": "a"}, for_hospital=True)
        set_preference(tx, cast.alice, name="shortcuts", value={"zoom-in": "b"})
        set_preference(tx, cast.alice, name="shortcuts", value={"zoom-in": "c"})
    with db.reading() as tx:
        own, colleague, stranger = (preferences_for(tx, who) for who in (cast.alice, cast.dao, cast.chi))
    assert own["shortcuts"] == {"zoom-in": "c"}
    assert colleague["shortcuts"] == {"zoom-in": "a"}
    assert own["hanging"] == colleague["hanging"]
    assert own["hanging"][0]["places"][0]["description"] == "lung"
    assert own["hanging"][1:] == stranger["hanging"]
    assert set(stranger) == {"hanging"}
    assert _lines(db) == 4


def test_what_is_dropped_falls_back_to_the_hospitals(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        set_preference(tx, cast.dung, name="shortcuts", value={"zoom-in": "a"}, for_hospital=True)
        set_preference(tx, cast.alice, name="shortcuts", value={})
        drop_preference(tx, cast.alice, name="shortcuts")
        drop_preference(tx, cast.alice, name="shortcuts")
    with db.reading() as tx:
        assert preferences_for(tx, cast.alice)["shortcuts"] == {"zoom-in": "a"}
    assert _lines(db) == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hanging", [RULE | {"rows": 5}]),
        ("hanging", [RULE | {"places": [{}] * 17}]),
        ("hanging", [RULE | {"role": "king"}]),
        ("hanging", {"modality": "CT"}),
        ("shortcuts", {"zoom in!": "a"}),
        ("shortcuts", {"zoom-in": "a" * 25}),
        ("shortcuts", {f"command-{n}": "x" * 24 for n in range(2000)}),
        ("shortcuts", None),
    ],
)
def test_what_does_not_fit_its_shape_is_refused(db: Database, cast: Cast, name: str, value: object) -> None:
    with db.transaction() as tx, pytest.raises(Invalid):
        set_preference(tx, cast.alice, name=name, value=value)


def test_only_who_may_sets_it_and_only_what_there_is(db: Database, cast: Cast) -> None:
    with db.transaction() as tx:
        with pytest.raises(Forbidden):
            set_preference(tx, cast.alice, name="shortcuts", value={}, for_hospital=True)
        with pytest.raises(Forbidden):
            set_preference(tx, cast.ct_a, name="shortcuts", value={})
        for who in (SYSTEM, cast.root):
            with pytest.raises((NotFound, Forbidden)):
                set_preference(tx, who, name="shortcuts", value={}, for_hospital=True)
        with pytest.raises(NotFound):
            set_preference(tx, cast.alice, name="colour", value={})
        with pytest.raises(NotFound):
            drop_preference(tx, cast.alice, name="colour")
