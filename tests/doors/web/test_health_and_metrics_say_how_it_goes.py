"""Health is for anybody and says nothing secret; metrics are for this machine or who has the token."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.archive.refusals import add_traffic
from app.base.db import Database
from app.base.settings import Settings
from app.base.vitals import beat
from app.edge.services import Services
from app.identity.models import Device
from app.web import health
from tests.cast import make_cast
from tests.decoding import running_decoder
from tests.factories import make_app


@pytest.fixture
def watched(sqlite_db: Database, services_of: Services) -> Services:
    make_cast(sqlite_db)
    return services_of


@pytest.fixture
def services_of(
    sqlite_db: Database, blobs: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Services:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    settings = Settings(data_dir=tmp_path / "data")
    settings.run_dir.mkdir()
    return Services(settings, sqlite_db, blobs, None, None)  # type: ignore[arg-type]  # live events are not used here


def test_ready_once_everything_it_stands_on_answers(watched: Services) -> None:
    client = make_app(watched, health.blueprint(watched)).test_client()
    assert client.get("/health").status_code == 200
    told = client.get("/ready")
    assert told.status_code == 503
    assert told.get_json()["checks"] == {
        "database": True,
        "decode": False,
        "dicom": False,
        "disk": True,
        "worker": False,
    }
    for name in ("dicom", "worker"):
        beat(watched.settings.run_dir, name)
    with running_decoder(watched.settings.run_dir, workers=1):
        assert client.get("/ready").status_code == 200


def test_metrics_are_for_this_machine(watched: Services) -> None:
    beat(watched.settings.run_dir, "worker")
    with watched.db.transaction() as tx:
        device_id = tx.session.scalars(select(Device.id).where(Device.ae_title == "CT01").limit(1)).one()
        add_traffic(tx, device_id, images=7, size=700)
    client = make_app(watched, health.blueprint(watched)).test_client()
    told = client.get("/metrics")
    assert told.status_code == 200
    expected = (
        'hoichan_hospital_instances{hospital="an-binh"} 0',
        'hoichan_hospital_received{hospital="an-binh"} 7',
        'hoichan_hospital_received_bytes{hospital="an-binh"} 700',
        "hoichan_jobs_waiting 0",
        "# TYPE hoichan_sockets gauge",
    )
    assert set(expected) <= set(told.text.splitlines())
    assert 'hoichan_process_threads{process="worker"}' in told.text
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics", environ_base=elsewhere).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404


def test_a_token_opens_them_to_others_and_only_with_it(watched: Services) -> None:
    web = watched.settings.web.model_copy(update={"metrics_token": "secret-of-prometheus"})
    settings = watched.settings.model_copy(update={"web": web})
    services = Services(settings, watched.db, watched.blobs, watched.events, None)
    client = make_app(services, health.blueprint(services)).test_client()
    assert client.get("/metrics").status_code == 404
    good = {"Authorization": "Bearer secret-of-prometheus"}
    assert client.get("/metrics", headers=good, environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200
