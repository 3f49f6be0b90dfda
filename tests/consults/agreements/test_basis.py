"""No case without a basis; an emergency goes ahead of it, and what is missing is asked for until it is there."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.base import clock
from app.base.errors import Conflict, Forbidden, Invalid, NotFound
from consults.agreements.actions import end_agreement
from consults.agreements.basis import basis_scan
from consults.agreements.queries import chased, list_agreements
from consults.agreements.reminders import remind
from consults.agreements.samples import any_modality, conclude
from consults.agreements.schemas import TermInput
from consults.grounds import Lack, Mode
from tests import dicomgen
from tests.consults.agreements.chasing import SCAN, chase
from tests.consults.conftest import Clinic
from tests.consults.folding import fold


def _end_all(clinic: Clinic) -> None:
    with clinic.db.transaction() as tx:
        for agreement in list_agreements(tx, clinic.cast.dung):
            end_agreement(tx, clinic.cast.dung, agreement_id=agreement.id, reason="Hết nhu cầu")


def _ct_only(minutes: int) -> tuple[TermInput, ...]:
    times = {"routine": minutes, "urgent": minutes, "emergency": minutes}
    return (TermInput(mode=Mode.CONSULTATION, modality="CT", **times),)


def _minutes_promised(clinic: Clinic, **change: Any) -> float:
    consult = clinic.state(clinic.cast.alice, clinic.asked(**change))["consult"]
    return round((datetime.fromisoformat(consult["due_at"]) - clock.now()) / timedelta(minutes=1))


def test_what_is_missing_stops_a_case_with_one_sentence_that_names_it_all(sqlite_clinic: Clinic) -> None:
    clinic = sqlite_clinic
    whole = clinic.content()["basis"]
    lacking = {
        "ground for passing": {"informed": whole["informed"]},
        "has not been informed": {"ground": "emergency"},
        "is missing, and the patient has not been informed": {},
        "ground for passing the": {"informed": whole["informed"], "ground": "other"},  # that nobody named
    }
    for words, basis in lacking.items():
        with pytest.raises(Invalid, match=words) as refused:
            clinic.asked(basis=basis)
        assert refused.value.code == "basis_missing"
    _end_all(clinic)
    with pytest.raises(Invalid, match="no agreement in force"):
        clinic.asked()
    with pytest.raises(Invalid, match="are missing"):
        clinic.asked(basis={})


def test_an_agreement_covers_its_modes_modalities_days_and_direction_only(sqlite_clinic: Clinic) -> None:
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    _end_all(clinic)
    conclude(clinic.db, cast.giang, cast.dung, number="the other way round")
    conclude(clinic.db, cast.dung, cast.giang, number="CT", terms=_ct_only(60))
    x_ray = clinic.store(dicomgen.ct_slice(study="study-2", Modality="DX"))

    assert _minutes_promised(clinic) == 60
    with pytest.raises(Invalid, match="no agreement in force"):
        clinic.asked(study_ids=[clinic.study_id, x_ray])
    with pytest.raises(Invalid, match="no agreement in force"):
        clinic.asked(basis=clinic.content()["basis"] | {"mode": "conference"})
    with clock.shifted(timedelta(days=367)), pytest.raises(Invalid, match="no agreement in force"):
        clinic.asked()


def test_the_promise_is_the_agreement_s_and_stays_what_it_was(sqlite_clinic: Clinic) -> None:
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    conclude(clinic.db, cast.dung, cast.giang, number="02", terms=any_modality(urgent=90))
    assert _minutes_promised(clinic) == 90
    consult_id = clinic.asked()

    conclude(clinic.db, cast.dung, cast.giang, number="03", terms=any_modality(urgent=45))

    basis = clinic.state(cast.bob, consult_id)["consult"]["basis"]
    assert (basis["agreement"]["number"], basis["agreement"]["minutes"]) == ("02", 90)
    assert _minutes_promised(clinic) == 45


def test_an_emergency_is_sent_and_chased_every_four_hours_then_daily(clinic: Clinic) -> None:
    alice = clinic.cast.alice
    consult_id = clinic.asked(urgency="emergency", basis={})
    assert [event["type"] for event in clinic.events(clinic.cast.bob, consult_id)][-2:] == [
        "consult.requested",
        "basis.missing",
    ]
    assert remind(clinic.db) == 0
    with clinic.db.reading() as tx:
        (row,) = chased(tx, clinic.cast.dung)
        assert chased(tx, clinic.cast.giang) == []
    assert (row.missing, row.reminders) == ((Lack.GROUND, Lack.INFORMED), 0)

    hours, reminded = 0, []
    while hours < 80:
        hours += 1
        with clock.shifted(timedelta(hours=hours, minutes=1)):
            reminded += [hours] * remind(clinic.db)

    assert reminded == [4, 8, 12, 16, 20, 24, 48, 72]
    basis = clinic.content()["basis"]
    clinic.wish(alice, "basis.complete", consult_id=consult_id, basis={"ground": "emergency"})
    assert clinic.state(alice, consult_id)["consult"]["basis"]["missing"] == ["informed"]
    clinic.wish(alice, "basis.complete", consult_id=consult_id, basis=basis)
    with clock.shifted(timedelta(days=30)):
        assert remind(clinic.db) == 0
    with pytest.raises(Conflict):
        clinic.wish(alice, "basis.complete", consult_id=consult_id, basis=basis)


def test_only_the_referring_side_completes_a_basis_and_both_see_the_scan(sqlite_clinic: Clinic) -> None:
    clinic, cast = sqlite_clinic, sqlite_clinic.cast
    consult_id = clinic.asked(urgency="emergency", basis={})
    old = clinic.state(cast.bob, consult_id)
    with pytest.raises(Forbidden):
        clinic.wish(cast.bob, "basis.complete", consult_id=consult_id, basis=clinic.content()["basis"])

    chase(clinic, consult_id)

    with clinic.db.reading() as tx:
        assert basis_scan(tx, cast.bob, consult_id) == SCAN
        with pytest.raises(NotFound):
            basis_scan(tx, cast.chi, consult_id)
    fresh = clinic.state(cast.bob, consult_id)
    assert fold(old, clinic.events(cast.bob, consult_id, old["head"])) == fresh
    assert fresh["consult"]["basis"]["missing"] == []
