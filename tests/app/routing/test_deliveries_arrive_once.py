"""A delivery brings everything across once, however often the line breaks, and says how far it is."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.base.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from app.identity.actions import remove_device, set_device_reach
from app.notify.queries import notices_of
from app.routing import actions, progress, queries
from app.routing.lifecycle import wait_after
from app.routing.sentences import told
from tests import dicomgen
from tests.app.routing.conftest import Place


def _send(place: Place, study_id: str) -> str:
    with place.db.transaction() as tx:
        return actions.send_study(tx, place.cast.alice, study_id=study_id, device_id=place.device_id)


def test_a_study_sent_by_hand_arrives_whole(place_on_both: Place) -> None:
    place = place_on_both
    delivery_id = _send(place, place.store(dicomgen.series(5)))
    assert place.deliver() == 1
    assert len(set(place.foreign.received)) == len(place.foreign.received) == 5
    row = place.delivery(delivery_id)
    assert (row.state, row.done, row.total, row.attempts) == ("delivered", 5, 5, 1)
    assert place.deliver() == 0


def test_a_peer_that_is_away_gets_it_when_it_is_back(place_on_both: Place) -> None:
    place = place_on_both
    place.foreign.stop()
    delivery_id = _send(place, place.store(dicomgen.series(3)))
    place.deliver()
    row = place.delivery(delivery_id)
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.next_try_at is not None
    assert row.last_error
    assert place.deliver() == 0, "not before its time"
    place.foreign.start()
    place.later(minutes=1.1)
    place.deliver()
    assert place.delivery(delivery_id).state == "delivered"
    assert place.delivery(delivery_id).last_error == ""
    assert len(place.foreign.received) == 3


def test_after_a_broken_line_only_what_is_missing_is_sent(place: Place) -> None:
    place.foreign.breaks_after = 4
    delivery_id = _send(place, place.store(dicomgen.series(10)))
    place.deliver()
    row = place.delivery(delivery_id)
    assert (row.state, row.done, row.total) == ("waiting", 4, 10)
    place.foreign.breaks_after = None
    place.later(minutes=1.1)
    place.deliver()
    assert place.delivery(delivery_id).state == "delivered"
    assert len(place.foreign.received) == len(set(place.foreign.received)) == 10


def test_what_the_peer_refuses_is_tried_again_alone_and_said(place: Place) -> None:
    place.foreign.refused = {dicomgen.uid("study-1", "series-1", 2)}
    delivery_id = _send(place, place.store(dicomgen.series(3)))
    place.deliver()
    row = place.delivery(delivery_id)
    assert (row.state, row.done, row.total) == ("waiting", 2, 3)
    message, params = told(row.last_error)
    assert message.startswith("{name} refused")
    assert (params["count"], params["total"]) == ("1", "3")
    place.foreign.refused = set()
    place.later(minutes=1.1)
    place.deliver()
    assert place.delivery(delivery_id).state == "delivered"
    assert len(place.foreign.received) == 3


def test_after_three_days_it_fails_and_its_sender_is_told(place: Place) -> None:
    place.foreign.stop()
    delivery_id = _send(place, place.store(dicomgen.series(1)))
    place.deliver()
    place.later(days=3, hours=1)
    place.deliver()
    assert place.delivery(delivery_id).state == "failed"
    with place.db.reading() as tx:
        notices = notices_of(tx, place.cast.alice)
    assert [notice.params for notice in notices] == [{"name": "PACS cũ"}]
    place.foreign.start()
    with place.db.transaction() as tx:
        assert actions.resend_all(tx, place.cast.dung, device_id=place.device_id) == 1
    place.deliver()
    assert place.delivery(delivery_id).state == "delivered"


def test_waiting_grows_to_six_hours() -> None:
    minutes = [wait_after(attempts).total_seconds() / 60 for attempts in range(1, 12)]
    assert minutes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]


def test_what_is_cancelled_is_not_sent_and_may_be_sent_again(place: Place) -> None:
    delivery_id = _send(place, place.store(dicomgen.series(2)))
    with place.db.transaction() as tx:
        actions.cancel_delivery(tx, place.cast.alice, delivery_id=delivery_id)
    assert place.deliver() == 0
    assert place.delivery(delivery_id).state == "cancelled"
    with place.db.transaction() as tx:
        actions.resend_delivery(tx, place.cast.alice, delivery_id=delivery_id)
    place.deliver()
    assert len(place.foreign.received) == 2
    with place.db.transaction() as tx:
        actions.resend_delivery(tx, place.cast.alice, delivery_id=delivery_id)
    place.deliver()
    assert len(place.foreign.received) == 4, "the peer lost it: all of it goes again"


def test_one_study_goes_one_way_at_a_time(place: Place) -> None:
    study_id = place.store(dicomgen.series(1))
    _send(place, study_id)
    with pytest.raises(Conflict, match="already on its way"):
        _send(place, study_id)


def test_a_device_nobody_can_call_is_refused_with_a_sentence(place: Place) -> None:
    study_id = place.store(dicomgen.series(1))
    with place.db.transaction() as tx:
        set_device_reach(tx, place.cast.dung, device_id=place.device_id, host="", port=None, tls=False)
    with pytest.raises(Invalid, match="host and port"):
        _send(place, study_id)


def test_what_is_anothers_is_not_found(place: Place) -> None:
    study_id = place.store(dicomgen.series(1))
    delivery_id = _send(place, study_id)
    with place.db.transaction() as tx:
        for stranger in (place.cast.chi, place.cast.bob):
            with pytest.raises(NotFound):
                actions.cancel_delivery(tx, stranger, delivery_id=delivery_id)
            with pytest.raises(NotFound):
                actions.send_study(tx, stranger, study_id=study_id, device_id=place.device_id)
            assert queries.deliveries_of(tx, stranger).deliveries == ()
        with pytest.raises(Forbidden):
            actions.cancel_delivery(tx, place.cast.lan, delivery_id=delivery_id)
    assert place.delivery(delivery_id).state == "waiting"


def test_who_looks_after_routing_does_not_see_whose_study_it_is(place: Place) -> None:
    _send(place, place.store(dicomgen.series(1)))
    with place.db.reading() as tx:
        (seen,) = queries.deliveries_of(tx, place.cast.dung).deliveries
        (own,) = queries.deliveries_of(tx, place.cast.alice).deliveries
    assert seen.study.patient_name == ""
    assert own.study.patient_name == "NGUYỄN VĂN AN"


def test_a_device_that_was_removed_ends_its_deliveries_and_holds_up_no_other(place: Place) -> None:
    gone = _send(place, place.store(dicomgen.series(1)))
    with place.db.transaction() as tx:
        remove_device(tx, place.cast.dung, device_id=place.device_id)
    assert place.deliver() == 1
    assert place.delivery(gone).state == "failed"
    assert place.deliver() == 0


def test_of_two_couriers_at_once_only_one_calls_a_device(place_on_both: Place) -> None:
    place = place_on_both
    first, second = (
        _send(place, place.store(dicomgen.series(1, study=study))) for study in ("study-1", "study-2")
    )

    def claim(delivery_id: str) -> bool:
        with place.db.transaction() as tx:
            return progress.claim(tx, delivery_id) is not None

    with ThreadPoolExecutor(1) as pool:
        with place.db.transaction() as tx:
            assert progress.claim(tx, first) is not None
            other = pool.submit(claim, second)
            time.sleep(0.2)  # it looks before this one is committed
        assert not other.result(10)


def test_a_try_that_was_cancelled_and_begun_anew_changes_nothing_more(place: Place) -> None:
    delivery_id = _send(place, place.store(dicomgen.series(1)))
    with place.db.transaction() as tx:
        old = progress.claim(tx, delivery_id)
        actions.cancel_delivery(tx, place.cast.alice, delivery_id=delivery_id)
        actions.resend_delivery(tx, place.cast.alice, delivery_id=delivery_id)
        new = progress.claim(tx, delivery_id)
        assert old is not None
        assert new is not None
        progress.finish(tx, old)
        progress.put_off(tx, old, Unavailable("away", "Away."))
        assert (progress.is_held(tx, old), progress.is_held(tx, new)) == (False, True)
    assert place.delivery(delivery_id).state == "sending"
