"""Every write of routing that a person or a device asks for leaves a line in the audit log."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditRecord
from app.base.db import Tx
from app.routing import actions
from tests import dicomgen
from tests.app.routing.conftest import Place


def _acts(place: Place, study_id: str) -> dict[str, Callable[[Tx], object]]:
    cast, rule = place.cast, actions.RuleInput("r", "arrival", "notify", role="referrer")

    def made(tx: Tx) -> str:
        return actions.create_rule(tx, cast.dung, hospital_id=cast.a.id, rule=rule)

    def sent(tx: Tx) -> str:
        return actions.send_study(tx, cast.tam, study_id=study_id, device_id=place.device_id)

    def begun(tx: Tx) -> str:
        return actions.start_fetch(
            tx, cast.tam, device_id=place.device_id, study_instance_uid="1.2.3", description=""
        )

    def promised(tx: Tx) -> str:
        return actions.promise_commitment(
            tx, cast.ct_a, transaction_uid="1.2", study_id=None, committed=[], failed=[], delay_seconds=60
        )

    def retried(tx: Tx) -> str:
        fetch_id = begun(tx)
        actions.cancel_fetch(tx, cast.tam, fetch_id=fetch_id)
        return actions.retry_fetch(tx, cast.tam, fetch_id=fetch_id)

    return {
        "add_delivery": lambda tx: actions.add_delivery(
            tx, cast.tam, kind="study", device_id=place.device_id
        ),
        "cancel_delivery": lambda tx: actions.cancel_delivery(tx, cast.tam, delivery_id=sent(tx)),
        "cancel_fetch": lambda tx: actions.cancel_fetch(tx, cast.tam, fetch_id=begun(tx)),
        "commitment_told": lambda tx: actions.commitment_told(tx, cast.ct_a, delivery_id=promised(tx)),
        "create_rule": made,
        "delete_rule": lambda tx: actions.delete_rule(tx, cast.dung, rule_id=made(tx)),
        "promise_commitment": promised,
        "resend_all": lambda tx: (sent(tx), actions.resend_all(tx, cast.tam, device_id=place.device_id)),
        "resend_delivery": lambda tx: actions.resend_delivery(tx, cast.tam, delivery_id=sent(tx)),
        "retry_fetch": retried,
        "send_study": sent,
        "start_fetch": begun,
        "switch_rule": lambda tx: actions.switch_rule(tx, cast.dung, rule_id=made(tx), active=False),
        "update_rule": lambda tx: actions.update_rule(tx, cast.dung, rule_id=made(tx), rule=rule),
    }


# How many lines each leaves with what it needs before it.
LINES = {
    "cancel_delivery": 2,
    "cancel_fetch": 2,
    "commitment_told": 2,
    "delete_rule": 2,
    "resend_all": 2,
    "resend_delivery": 2,
    "retry_fetch": 3,
    "switch_rule": 2,
    "update_rule": 2,
}


def test_no_action_is_forgotten(place: Place) -> None:
    acts = {name for name in actions.__all__ if name[0].islower()}
    assert acts == set(_acts(place, ""))


@pytest.mark.parametrize("name", sorted({name for name in actions.__all__ if name[0].islower()}))
def test_an_action_leaves_its_line(place: Place, name: str) -> None:
    study_id = place.store(dicomgen.series(1))
    with place.db.transaction() as tx:
        before = tx.session.scalar(select(func.count()).select_from(AuditRecord)) or 0
        _acts(place, study_id)[name](tx)
        tx.session.flush()
        after = tx.session.scalar(select(func.count()).select_from(AuditRecord)) or 0
        details = list(tx.session.scalars(select(AuditRecord.detail)))
    assert after - before == LINES.get(name, 1)
    assert not any("NGUYỄN" in detail for detail in details)
