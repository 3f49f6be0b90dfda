"""Another archive is searched as people write, and what is fetched from it is stored like anything that arrives."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.archive.queries import StudyQuery, list_studies
from app.base.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from app.base.settings import Settings
from app.dimse.server import create_server
from app.identity.actions import remove_device
from app.identity.models import Hospital
from app.notify.queries import notices_of
from app.routing import actions, queries
from app.routing.fetching import fetch_due
from app.routing.queries import RemoteSearch
from app.routing.sentences import told
from tests import dicomgen
from tests.app.routing.conftest import Place


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def own_door(place: Place, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Our own receiver, which the foreign archive knows as a destination once it is called."""
    settings = Settings.model_validate({"data_dir": tmp_path / "door", "dicom": {"port": free_port()}})
    server = create_server(settings, place.db, place.blobs)
    server.start()

    def known() -> None:
        place.foreign.move_to[place.cast.a.ae_title] = ("127.0.0.1", server.port)

    yield known
    server.stop()


def _start(place: Place, method: str) -> str:
    with place.db.transaction() as tx:
        return actions.start_fetch(
            tx,
            place.cast.tam,
            device_id=place.device_id,
            study_instance_uid=dicomgen.uid("study-1"),
            description="CT SỌ NÃO",
            total=3,
            method=method,
        )


def _stored(place: Place) -> list[int]:
    with place.db.reading() as tx:
        return [study.instance_count for study in list_studies(tx, place.cast.alice, StudyQuery()).studies]


def test_by_c_move_it_arrives_at_our_own_door(place: Place, own_door: Callable[[], None]) -> None:
    own_door()
    place.foreign.files = dicomgen.series(3)
    fetch_id = _start(place, "move")
    assert fetch_due(place.means) == 1
    row = place.fetch(fetch_id)
    assert (row.state, row.done, row.total, row.failed) == ("done", 3, 3, 0)
    assert _stored(place) == [3]
    with place.db.reading() as tx:
        (notice,) = notices_of(tx, place.cast.tam)
    assert notice.path.startswith("/studies/")


def test_by_c_get_it_comes_over_the_same_line(place: Place) -> None:
    place.foreign.files = dicomgen.series(3)
    fetch_id = _start(place, "get")
    fetch_due(place.means)
    row = place.fetch(fetch_id)
    assert (row.state, row.done, row.failed) == ("done", 3, 0)
    assert _stored(place) == [3]


def test_where_c_move_is_refused_c_get_is_tried(place: Place) -> None:
    place.foreign.files = dicomgen.series(2)
    fetch_id = _start(place, "auto")
    fetch_due(place.means)
    assert place.fetch(fetch_id).state == "done"
    assert _stored(place) == [2]


def test_a_destination_the_archive_does_not_know_is_said_in_plain_words(place: Place) -> None:
    place.foreign.files = dicomgen.series(1)
    fetch_id = _start(place, "move")
    fetch_due(place.means)
    row = place.fetch(fetch_id)
    message, params = told(row.last_error)
    assert row.state == "failed"
    assert message.startswith("{name} does not know {ae_title}")
    assert params["ae_title"] == place.cast.a.ae_title


def test_an_archive_that_is_away_fails_the_fetch_and_it_can_be_done_again(place: Place) -> None:
    place.foreign.files = dicomgen.series(1)
    place.foreign.stop()
    fetch_id = _start(place, "get")
    fetch_due(place.means)
    assert place.fetch(fetch_id).state == "failed"
    assert place.fetch(fetch_id).last_error
    place.foreign.start()
    with place.db.transaction() as tx:
        again = actions.retry_fetch(tx, place.cast.tam, fetch_id=fetch_id)
    fetch_due(place.means)
    assert place.fetch(again).state == "done"


def test_one_fetch_at_a_time_and_cancelled_before_it_began(place: Place) -> None:
    fetch_id = _start(place, "get")
    with pytest.raises(Conflict):
        _start(place, "get")
    with place.db.transaction() as tx:
        with pytest.raises(NotFound):
            actions.cancel_fetch(tx, place.cast.chi, fetch_id=fetch_id)
        with pytest.raises(Forbidden):
            actions.cancel_fetch(tx, place.cast.dung, fetch_id=fetch_id)
        actions.cancel_fetch(tx, place.cast.tam, fetch_id=fetch_id)
    assert fetch_due(place.means) == 0
    assert place.fetch(fetch_id).state == "cancelled"


def test_a_running_fetch_stops_when_it_is_cancelled(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.routing.keeper._LISTEN_EVERY", 0.05)
    place.foreign.files = dicomgen.series(40)
    place.foreign.seconds = 0.05
    fetch_id = _start(place, "get")
    arrived = place.means.network.get

    def cancel_soon(*args: object, **kwargs: object) -> object:
        for number, counts in enumerate(arrived(*args, **kwargs)):  # type: ignore[arg-type] # passed on as they are
            if number == 2:
                with place.db.transaction() as tx:
                    actions.cancel_fetch(tx, place.cast.tam, fetch_id=fetch_id)
            yield counts

    monkeypatch.setattr(place.means.network, "get", cancel_soon)
    fetch_due(place.means)
    row = place.fetch(fetch_id)
    assert row.state == "cancelled"
    assert 3 <= row.done < 40


def test_names_are_asked_with_and_without_accents(place: Place) -> None:
    place.foreign.files = [*dicomgen.series(2), *dicomgen.series(1, study="study-2")]
    with place.db.reading() as tx:
        remote = queries.remote_for(tx, place.cast.tam, place.device_id)
    found = queries.search_remote(place.means.network, remote, RemoteSearch(name="Nguyễn An", modality="CT"))
    assert {str(asked.PatientName) for asked in place.foreign.asked} == {"*NGUYEN*AN*", "*Nguyễn*An*"}
    assert [study.patient_name for study in found] == ["NGUYỄN VĂN AN"] * 2
    assert sorted(study.instance_count for study in found) == [1, 2]
    place.store(dicomgen.series(2))
    with place.db.reading() as tx:
        held = queries.held_here(tx, place.cast.tam, [study.study_instance_uid for study in found])
    assert [each.instance_count for each in held.values()] == [2]


def test_an_archive_that_is_away_is_said_at_once(place: Place) -> None:
    place.foreign.stop()
    with place.db.reading() as tx:
        remote = queries.remote_for(tx, place.cast.tam, place.device_id)
    with pytest.raises(Unavailable):
        queries.search_remote(place.means.network, remote, RemoteSearch(name="An"))


def test_a_fetch_from_an_archive_that_was_removed_ends(place: Place) -> None:
    fetch_id = _start(place, "get")
    with place.db.transaction() as tx:
        remove_device(tx, place.cast.dung, device_id=place.device_id)
    fetch_due(place.means)
    assert place.fetch(fetch_id).state == "failed"


@pytest.mark.parametrize("uid", ["", "*", "1.2.3\\1.2.4", "1.2?"])
def test_only_one_study_named_by_its_uid_is_fetched(place: Place, uid: str) -> None:
    with place.db.transaction() as tx, pytest.raises(Invalid):
        actions.start_fetch(
            tx, place.cast.tam, device_id=place.device_id, study_instance_uid=uid, description=""
        )


def test_what_is_fetched_counts_against_the_quota(place: Place) -> None:
    with place.db.transaction() as tx:
        tx.session.get_one(Hospital, place.cast.a.id).quota_bytes = 1
    place.store(dicomgen.series(1, study="study-2"))
    place.foreign.files = dicomgen.series(1)
    fetch_id = _start(place, "get")
    fetch_due(place.means)
    row = place.fetch(fetch_id)
    assert (row.state, row.failed) == ("failed", 1)
    assert told(row.last_error)[0].startswith("The storage agreed for this hospital is full")
    assert _stored(place) == [1]
