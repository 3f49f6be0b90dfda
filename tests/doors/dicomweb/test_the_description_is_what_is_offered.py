"""The OpenAPI description and the capabilities name every route, and every route answers as they say."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.base.db import Database
from tests import dicomgen
from tests.cast import Cast
from tests.doors.dicomweb.conftest import Dicomweb, keep
from tests.doors.dicomweb.serving import served

STUDY, SERIES, INSTANCE = (
    dicomgen.uid("study-1"),
    dicomgen.uid("study-1", "series-1"),
    dicomgen.uid("study-1", "series-1", 1),
)
KNOWN = {"study": STUDY, "series": SERIES, "instance": INSTANCE, "numbers": "1", "where": "7FE00010"}
ODD = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "*", "0", "-1", "1e999", "nan", "1,2,3", "20260101-", "\\", "..", "%00", "*/*", "all"]
    ),
)


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """Which database it is does not matter here."""
    return sqlite_db


@pytest.fixture
def filled(dicomweb: Dicomweb, cast: Cast) -> Dicomweb:
    keep(dicomweb.services, cast.ct_a, dicomgen.ct_slice(), dicomgen.text_report())
    return dicomweb


def described(door: Dicomweb) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(door.get("/openapi.json").text)
    return found


def operations(door: Dicomweb) -> list[tuple[str, str, dict[str, Any]]]:
    paths = described(door)["paths"]
    return [(path, method, said) for path, methods in paths.items() for method, said in methods.items()]


def test_every_route_is_described_and_every_description_is_a_route(filled: Dicomweb) -> None:
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/dicomweb/<slug>")), method.lower())
        for rule in filled.app.url_map.iter_rules()
        if rule.endpoint.startswith("dicomweb.")
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    assert {(path, method) for path, method, _ in operations(filled)} == routes
    capable = json.loads(filled.get("/").text)
    assert {one["path"] for one in capable["resources"]} == {path for path, _ in routes}


def test_what_is_there_is_answered_as_described(filled: Dicomweb) -> None:
    for path, method, said in operations(filled):
        if method == "get" and path != "/wado":
            answer = filled.get(path.format(**KNOWN))
            content = said["responses"][str(answer.status_code)]["content"]
            assert answer.status_code == 200, path
            assert answer.mimetype in content, path


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_asked_the_answer_is_one_of_those_described(
    filled: Dicomweb, data: st.DataObject
) -> None:
    path, method, said = data.draw(st.sampled_from(operations(filled)))
    steps = {name: data.draw(st.sampled_from([KNOWN[name], "1.2.3", "1", "0", "99"])) for name in KNOWN}
    query = {
        one["name"]: data.draw(ODD)
        for one in said["parameters"]
        if one["in"] == "query" and data.draw(st.booleans())
    }
    accept = data.draw(
        st.sampled_from(["*/*", "image/png", "multipart/related", "q=;,", "application/dicom+xml"])
    )
    answer = filled.client.open(
        filled.root + path.format(**steps),
        method=method.upper(),
        query_string=query,
        data=data.draw(st.binary(max_size=50)) if method == "post" else None,
        headers={"Authorization": f"Bearer {filled.token}", "Accept": accept},
    )
    assert len(answer.data) >= 0  # read to its end
    assert str(answer.status_code) in said["responses"], (path, steps, query, accept)


FEW = 7
"""Parameters of an operation that are tried; keys of a search are many and alike."""


def test_schemathesis_finds_nothing(filled: Dicomweb, tmp_path: Path) -> None:
    """With what is here filled into the steps of addresses, so that it gets behind "not found"."""
    schema = described(filled)
    for said in (said for methods in schema["paths"].values() for said in methods.values()):
        for one in said["parameters"]:
            if one["in"] == "path":
                one["schema"] = {"type": "string", "enum": [KNOWN[one["name"]], "1.2.3"]}
        del said["parameters"][FEW:]
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(schema), encoding="utf-8")
    program = Path(sys.executable).with_name("schemathesis")
    checks = "not_a_server_error,status_code_conformance,content_type_conformance"
    limits = ("--phases", "coverage", "--include-method", "GET", "--checks", checks)
    head = ("-H", f"Authorization: Bearer {filled.token}")
    with served(filled.app) as port:
        url = f"http://127.0.0.1:{port}{filled.root}"
        command = [str(program), "run", str(file), "--url", url, *limits, *head]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-6000:]
