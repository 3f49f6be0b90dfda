"""What may not be seen is not found: every address, every method, every way to ask (T9)."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.archive.actions import grant_study
from app.archive.queries import StudyQuery, list_studies
from app.archive.states import GranteeType
from app.base import clock
from app.base.actor import Actor
from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, dicomweb_of, keep
from tests.factories import browser

STUDY, SERIES, INSTANCE = (
    dicomgen.uid("study-1"),
    dicomgen.uid("study-1", "series-1"),
    dicomgen.uid("study-1", "series-1", 1),
)
SERIES_PATH = f"/studies/{STUDY}/series/{SERIES}"
INSTANCE_PATH = f"{SERIES_PATH}/instances/{INSTANCE}"
PATHS = [
    "/",
    "/openapi.json",
    "/studies",
    "/series",
    "/instances",
    f"/studies?StudyInstanceUID={STUDY}",
    f"/studies/{STUDY}",
    f"/studies/{STUDY}/metadata",
    f"/studies/{STUDY}/series",
    f"/studies/{STUDY}/instances",
    f"/studies/{STUDY}/rendered",
    f"/studies/{STUDY}/thumbnail",
    SERIES_PATH,
    f"{SERIES_PATH}/metadata",
    f"{SERIES_PATH}/instances",
    f"{SERIES_PATH}/rendered",
    f"{SERIES_PATH}/thumbnail",
    INSTANCE_PATH,
    f"{INSTANCE_PATH}/metadata",
    f"{INSTANCE_PATH}/frames/1",
    f"{INSTANCE_PATH}/frames/1/rendered",
    f"{INSTANCE_PATH}/frames/1/thumbnail",
    f"{INSTANCE_PATH}/rendered",
    f"{INSTANCE_PATH}/thumbnail",
    f"{INSTANCE_PATH}/bulkdata/7FE00010",
    f"/wado?requestType=WADO&studyUID={STUDY}&seriesUID={SERIES}&objectUID={INSTANCE}",
]


@pytest.fixture
def filled(dicomweb: Dicomweb, cast: Cast) -> Dicomweb:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice())
    return dicomweb


def client_of(filled: Dicomweb, actor: Actor) -> FlaskClient:
    return browser(filled.app, filled.services.db, actor).client


def answers(get: Callable[[str], TestResponse]) -> set[int]:
    """The statuses of all addresses."""
    return {get(path).status_code for path in PATHS}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_the_list_of_addresses_here_is_the_list_of_routes(filled: Dicomweb) -> None:
    routes = {rule.rule for rule in filled.app.url_map.iter_rules() if rule.endpoint.startswith("dicomweb.")}
    assert len(routes) == len({path.split("?")[0] for path in PATHS})
    assert answers(filled.get) == {200}


def test_a_person_of_a_third_hospital_finds_nothing(filled: Dicomweb, cast: Cast) -> None:
    chi = client_of(filled, cast.chi)
    assert answers(lambda path: chi.get(filled.root + path)) == {404}


def test_a_device_of_another_hospital_finds_nothing(filled: Dicomweb, cast: Cast) -> None:
    stranger = dicomweb_of(filled.app, filled.services, cast.giang, cast.ct_b, cast.a.slug)
    assert answers(stranger.get) == {404}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_nobody_at_all_is_told_to_sign_in(filled: Dicomweb) -> None:
    nobody = filled.app.test_client()
    assert answers(lambda path: nobody.get(filled.root + path)) == {401}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_wrong_slug_is_not_found_and_its_answer_is_the_same(filled: Dicomweb, cast: Cast) -> None:
    chi = client_of(filled, cast.chi)
    forbidden = chi.get(f"{filled.root}/studies/{STUDY}/metadata")
    unknown = chi.get(f"/dicomweb/nowhere/studies/{STUDY}/metadata")
    assert (forbidden.status_code, forbidden.data) == (unknown.status_code, unknown.data)
    assert filled.client.get("/dicomweb/nowhere/studies").status_code == 401


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_wrong_token_is_no_token(filled: Dicomweb) -> None:
    headers = {"Authorization": "Bearer nonsense"}
    assert filled.client.get(f"{filled.root}/studies", headers=headers).status_code == 401


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_storing_at_another_hospital_is_not_found(filled: Dicomweb, cast: Cast) -> None:
    stranger = dicomweb_of(filled.app, filled.services, cast.giang, cast.ct_b, cast.a.slug)
    assert stranger.store(dicomgen.ct_slice(2)).status_code == 404


def test_a_shared_study_is_found_at_its_hospital_until_the_grant_ends(filled: Dicomweb, cast: Cast) -> None:
    keep(filled.services, cast.ct_a, dicomgen.ct_slice(study="kept back"))
    bob = client_of(filled, cast.bob)
    assert bob.get(f"{filled.root}/studies").status_code == 404
    share(filled, cast)
    (found,) = bob.get(f"{filled.root}/studies").get_json(force=True)
    assert found["0020000D"]["Value"] == [STUDY]
    assert bob.get(f"{filled.root}{INSTANCE_PATH}/frames/1").status_code == 200
    with clock.shifted(timedelta(days=2)):
        later = client_of(filled, cast.bob)
        assert later.get(f"{filled.root}{INSTANCE_PATH}/frames/1").status_code == 404


def share(filled: Dicomweb, cast: Cast) -> None:
    with filled.services.db.transaction() as tx:
        studies = list_studies(tx, cast.alice, StudyQuery()).studies
        study = next(one for one in studies if one.study_instance_uid == STUDY)
        grant_study(
            tx,
            cast.alice,
            study_id=study.id,
            grantee_type=GranteeType.HOSPITAL,
            grantee_id=cast.b.id,
            scope="view",
            expires_at=clock.now() + timedelta(days=1),
            reason="consult",
            reason_ref="consult-1",
        )


def test_a_name_that_is_not_ours_is_not_repeated_in_addresses(dicomweb: Dicomweb, cast: Cast) -> None:
    """Whoever lies in the Host header would be told, or have others told, to fetch images elsewhere."""
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice())

    def retrieve_url(host: str) -> str:
        answer = dicomweb.get("/studies", "application/dicom+json", Host=host)
        (url,) = json.loads(answer.text)[0]["00081190"]["Value"]
        return str(url)

    path = f"{dicomweb.root}/studies/{STUDY}"
    assert retrieve_url("evil.example") == path
    assert retrieve_url("evil.example:443") == path
    assert retrieve_url("127.0.0.1:8042") == f"http://127.0.0.1:8042{path}"


def test_a_program_that_names_no_language_is_answered_in_english(dicomweb: Dicomweb) -> None:
    path = "/studies/1.2.3/metadata"
    assert json.loads(dicomweb.get(path).text)["title"] == "Not found"
    told = dicomweb.get(path, **{"Accept-Language": "vi"})
    assert json.loads(told.text)["title"] != "Not found"
