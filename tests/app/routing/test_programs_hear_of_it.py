"""The hospital's programs hear that a study is complete, was fetched, or could not be sent: by ids alone."""

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from app.notify.actions import create_webhook
from app.notify.lifecycle import Kind
from app.notify.models import Outgoing
from app.notify.webhooks import WebhookInput
from app.routing import actions
from app.routing.fetching import fetch_due
from tests import dicomgen
from tests.app.routing.conftest import Place


def _calls(place: Place) -> list[dict[str, Any]]:
    with place.db.reading() as tx:
        return [json.loads(row.content) for row in tx.session.scalars(select(Outgoing).order_by(Outgoing.id))]


def test_a_complete_study_a_lost_delivery_and_a_fetch_are_told_to_who_asked_for_them(place: Place) -> None:
    wish = WebhookInput("RIS", "https://ris.example.vn/hook", frozenset({Kind.ARCHIVE}))
    others = replace(wish, kinds=frozenset(Kind) - {Kind.ARCHIVE})
    with place.db.transaction() as tx:
        create_webhook(tx, place.cast.dung, wish=wish)
        create_webhook(tx, place.cast.dung, wish=others)
        create_webhook(tx, place.cast.giang, wish=wish)

    study_id = place.store(dicomgen.series(1))
    place.run_jobs()
    place.foreign.stop()
    with place.db.transaction() as tx:
        actions.start_fetch(
            tx,
            place.cast.tam,
            device_id=place.device_id,
            study_instance_uid=dicomgen.uid("elsewhere"),
            description="CT",
            total=1,
            method="get",
        )
    fetch_due(place.means)
    with place.db.transaction() as tx:
        actions.send_study(tx, place.cast.alice, study_id=study_id, device_id=place.device_id)
    place.deliver()
    place.later(days=3, hours=1)
    place.deliver()

    calls = _calls(place)
    assert [call["type"] for call in calls] == ["study.completed", "fetch.failed", "delivery.failed"]
    assert calls[0]["data"] == {
        "study_id": study_id,
        "study_instance_uid": dicomgen.uid("study-1"),
        "path": f"/studies/{study_id}",
    }
    with place.db.reading() as tx:
        hospitals = set(tx.session.scalars(select(Outgoing.hospital_id)))
    assert hospitals == {place.cast.a.id}
