"""Every event that is written has its model, and the browser's types are those models."""

from pydantic import TypeAdapter

from consults import typescript
from consults.all_events import EVENTS
from consults.events import HiddenEvent
from tests.consults.agreements.chasing import chase
from tests.consults.conftest import Clinic
from tests.consults.preflight.studies import lame
from tests.consults.test_old_state_plus_events import _life


def test_the_browser_s_types_are_made_from_the_models() -> None:
    told = "viewer_js/src/consult/event_types.ts is old: run python -m consults.typescript"
    assert typescript.FILE.read_text(encoding="utf-8") == typescript.written(), told


def test_each_kind_of_event_happens_and_has_its_model(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    consult_id = clinic.asked()
    for happen in _life(clinic, consult_id):
        happen()
    refused = clinic.asked(urgency="emergency", basis={}, study_ids=[lame(clinic)])
    chase(clinic, refused)
    clinic.wish(clinic.cast.bob, "consult.reject", consult_id=refused, reason="Không thuộc chuyên khoa")
    seen = [*clinic.events(clinic.cast.alice, consult_id), *clinic.events(clinic.cast.alice, refused)]

    for event in seen:
        kept = EVENTS[event["type"]].model_validate(event)
        assert kept.model_dump(mode="json", exclude_unset=True) == event
    assert {event["type"] for event in seen} == set(EVENTS)
    TypeAdapter(HiddenEvent).validate_python(clinic.events(clinic.cast.bob, refused)[0])
