"""What a rule says is done with the studies it meets, once; what comes later is all that goes later."""

from typing import Any

import pytest

from app.archive.queries import StudyQuery, list_studies
from app.base.actor import Actor, ActorKind
from app.base.errors import Forbidden, Invalid, NotFound
from app.notify.actions import read_notice
from app.notify.queries import notices_of, unread_notices
from app.routing import actions, queries
from app.routing.conditions import Conditions, StudyFacts
from tests import dicomgen
from tests.app.routing.conftest import Place


def _rule(place: Place, **values: Any) -> str:
    rule = {"name": "CT lên tuyến trên", "moment": "completion", "action": "forward"} | values
    if rule["action"] in {"forward", "availability"}:
        rule.setdefault("target_id", place.device_id)
    with place.db.transaction() as tx:
        return actions.create_rule(
            tx, place.cast.dung, hospital_id=place.cast.a.id, rule=actions.RuleInput(**rule)
        )


def _work(place: Place) -> None:
    place.run_jobs()
    place.later(seconds=6)
    place.deliver()


def test_a_complete_study_is_forwarded_once_and_only_new_images_follow(place_on_both: Place) -> None:
    place = place_on_both
    _rule(place, modality="CT")
    files = dicomgen.series(5)
    place.store(files[:3])
    _work(place)
    assert len(place.foreign.received) == 3
    place.store(files[:3])  # a machine that sends again brings nothing new
    _work(place)
    assert len(place.foreign.received) == 3
    place.store(files)
    _work(place)
    assert len(place.foreign.received) == len(set(place.foreign.received)) == 5
    (row,) = place.deliveries()
    assert (row.state, row.done, row.total) == ("delivered", 5, 5)


def test_a_rule_on_arrival_sends_while_images_still_come(place: Place) -> None:
    _rule(place, moment="arrival")
    files = dicomgen.series(4)
    place.store(files[:2], end=False)
    place.later(seconds=2)
    _work(place)
    assert len(place.foreign.received) == 2
    assert place.deliveries()[0].state == "waiting"
    place.store(files[2:])
    _work(place)
    assert len(place.foreign.received) == 4
    assert place.deliveries()[0].state == "delivered"


def test_nothing_goes_back_to_where_it_came_from(place: Place) -> None:
    _rule(place)
    pacs = Actor(ActorKind.DEVICE, place.device_id, "PACSCU", place.cast.a.id)
    place.store(dicomgen.series(1), actor=pacs)
    _work(place)
    assert place.deliveries() == []


def test_a_rule_switched_off_meets_nothing_and_a_deleted_one_stops(place: Place) -> None:
    rule_id = _rule(place)
    with place.db.transaction() as tx:
        actions.switch_rule(tx, place.cast.dung, rule_id=rule_id, active=False)
    place.store(dicomgen.series(1))
    _work(place)
    assert place.deliveries() == []
    with place.db.transaction() as tx:
        actions.switch_rule(tx, place.cast.dung, rule_id=rule_id, active=True)
    place.store(dicomgen.series(1, study="study-2"))
    place.run_jobs()
    with place.db.transaction() as tx:
        actions.delete_rule(tx, place.cast.dung, rule_id=rule_id)
    assert [row.state for row in place.deliveries()] == ["cancelled"]


def test_a_grant_opens_the_study_to_the_other_hospital_for_its_days(place: Place) -> None:
    _rule(place, action="grant", target_id=place.cast.b.id, days=7)
    place.store(dicomgen.series(1))
    _work(place)
    with place.db.reading() as tx:
        assert len(list_studies(tx, place.cast.bob, StudyQuery()).studies) == 1
        assert list_studies(tx, place.cast.chi, StudyQuery()).studies == ()
    (row,) = place.deliveries()
    assert (row.kind, row.state) == ("grant", "delivered")


def test_a_notice_reaches_the_role_and_nobody_else(place: Place) -> None:
    _rule(place, action="notify", role="referrer", name="Sọ não")
    place.store(dicomgen.series(1))
    _work(place)
    with place.db.reading() as tx:
        told = {who.name: unread_notices(tx, who) for who in (place.cast.alice, place.cast.dao)}
        untold = [unread_notices(tx, who) for who in (place.cast.tam, place.cast.bob, place.cast.chi)]
        (notice,) = notices_of(tx, place.cast.alice)
    assert set(told.values()) == {1}
    assert untold == [0, 0, 0]
    assert notice.params == {"rule": "Sọ não", "modality": "CT"}
    with place.db.transaction() as tx:
        with pytest.raises(NotFound):
            read_notice(tx, place.cast.dao, notice_id=notice.id)
        assert read_notice(tx, place.cast.alice, notice_id=notice.id) == notice.path
        assert unread_notices(tx, place.cast.alice) == 0


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        (Conditions(), True),
        (Conditions(modality="ct mr"), True),
        (Conditions(modality="US"), False),
        (Conditions(description="so nao"), True),
        (Conditions(description="NÃO SỌ"), True),
        (Conditions(description="sọ ngực"), False),
        (Conditions(description="s? n*"), True),
        (Conditions(description="s"), False),
        (Conditions(description="cot song"), True),
        (Conditions(device_id="d1"), True),
        (Conditions(device_id="d2"), False),
    ],
)
def test_conditions_are_words_in_any_order_without_accents(conditions: Conditions, met: bool) -> None:
    study = StudyFacts("s", "d1", frozenset({"CT"}), ("CT SỌ-NÃO", "Cột sống cổ"))
    assert conditions.meet(study) is met


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "},
        {"moment": "never"},
        {"action": "grant", "target_id": ""},
        {"action": "notify"},
        {"action": "compress", "syntax": "1.2.840.10008.1.2.4.50"},
    ],
)
def test_a_rule_that_could_not_work_is_refused(place: Place, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        _rule(place, **values)


def test_rules_are_the_hospitals_own(place: Place) -> None:
    rule_id = _rule(place)
    with place.db.transaction() as tx:
        for stranger in (place.cast.vinh, place.cast.giang):
            with pytest.raises(NotFound):
                actions.switch_rule(tx, stranger, rule_id=rule_id, active=False)
            assert queries.rules_of(tx, stranger) == ()
        with pytest.raises(Forbidden):
            actions.delete_rule(tx, place.cast.alice, rule_id=rule_id)
        other = actions.RuleInput("x", "arrival", "forward", target_id=place.cast.ct_b.id)
        with pytest.raises(NotFound):
            actions.create_rule(tx, place.cast.dung, hospital_id=place.cast.a.id, rule=other)
        with pytest.raises(Forbidden):
            queries.rules_of(tx, place.cast.root)


def test_a_rule_is_tried_on_what_is_here_without_doing_anything(place: Place) -> None:
    place.store(dicomgen.series(1))
    place.store(dicomgen.series(1, study="study-2", modality="MR"))
    with place.db.reading() as tx:
        met, of = queries.try_conditions(
            tx, place.cast.dung, hospital_id=place.cast.a.id, conditions=Conditions(modality="CT")
        )
        with pytest.raises(Forbidden):
            queries.try_conditions(tx, place.cast.alice, hospital_id=place.cast.a.id, conditions=Conditions())
    assert of == 2
    assert [study.modalities for study in met] == [("CT",)]
    assert place.deliveries() == []
