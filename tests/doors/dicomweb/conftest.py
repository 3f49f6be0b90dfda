"""The DICOMweb door on a Flask app, with a real decoder; files enter as C-STORE would bring them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.archive.actions import Source, SourceKind, store_instance
from app.archive.part10 import read_part10
from app.base.actor import Actor
from app.dicomweb import blueprint
from app.dicomweb.multipart import MultipartReader, OutgoingPart, boundary_of, written
from app.edge.services import Services
from app.identity.actions import new_device_token
from app.render.cache import FileCache
from app.render.decode import DecodeClient
from app.render.frames import Renderer
from tests.cast import Cast
from tests.decoding import running_decoder
from tests.factories import make_app

DICOM_JSON = {"Accept": "application/dicom+json"}


@pytest.fixture(scope="session")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with running_decoder(tmp_path_factory.mktemp("decoder"), workers=1) as running:
        yield running.path


@dataclass(frozen=True)
class Dicomweb:
    """One hospital's DICOMweb root, asked by one device."""

    app: Flask
    services: Services
    client: FlaskClient
    root: str
    token: str

    def get(self, path: str, accept: str = "*/*", **headers: str) -> TestResponse:
        return self.client.get(self.root + path, headers=self._headers(Accept=accept, **headers))

    def ask(self, path: str) -> list[dict[str, Any]]:
        """A search or metadata answer."""
        answer = self.get(path, "application/dicom+json")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = json.loads(answer.text)
        return found

    def store(self, *files: bytes, path: str = "/studies") -> TestResponse:
        body = b"".join(written((OutgoingPart("application/dicom", [one]) for one in files), "frontier"))
        return self.post(body, 'multipart/related; type="application/dicom"; boundary=frontier', path)

    def post(self, body: bytes, content_type: str, path: str = "/studies", **headers: str) -> TestResponse:
        return self.client.post(
            self.root + path, data=body, content_type=content_type, headers=self._headers(**headers)
        )

    def _headers(self, **headers: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **headers}


def parts_of(answer: TestResponse) -> list[tuple[str, bytes]]:
    """Content-Type and body of the parts of a multipart answer."""
    assert answer.status_code == 200, answer.text
    reader = MultipartReader(_Body(answer.data), boundary_of(answer.content_type or ""))
    return [(part.headers["content-type"], b"".join(part.body)) for part in reader]


class _Body:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int, /) -> bytes:
        piece, self._data = self._data[:size], self._data[size:]
        return piece


@pytest.fixture
def door(services: Services, decoder: Path, tmp_path: Path) -> Iterator[Services]:
    """Services with a renderer."""
    client = DecodeClient(decoder)
    cache = FileCache(tmp_path / "cache", 1 << 26)
    yield replace(services, renderer=Renderer(services.blobs, client, cache))
    client.close()


@pytest.fixture
def web(door: Services) -> Flask:
    return make_app(door, blueprint(door))


@pytest.fixture
def dicomweb(web: Flask, door: Services, cast: Cast) -> Dicomweb:
    """Hospital A's root, asked by A's CT01."""
    return dicomweb_of(web, door, cast.dung, cast.ct_a, cast.a.slug)


def dicomweb_of(web: Flask, services: Services, administrator: Actor, device: Actor, slug: str) -> Dicomweb:
    with services.db.transaction() as tx:
        token = new_device_token(tx, administrator, device_id=device.id)
    return Dicomweb(web, services, web.test_client(), f"/dicomweb/{slug}", token)


def keep(services: Services, actor: Actor, *files: bytes) -> None:
    """Stores files as a modality would."""
    for data in files:
        with services.blobs.open_spool() as spool:
            spool.write(data)
            blob = spool.commit()
        with services.db.transaction() as tx:
            source = Source(SourceKind.DIMSE, "test", "CT01")
            store_instance(tx, actor, blob=blob, part10=read_part10(data), source=source).check()
