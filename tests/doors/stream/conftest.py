from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.edge.services import Services
from app.render.cache import FileCache
from app.render.decode import DecodeClient
from app.render.frames import Renderer
from tests.cast import Cast
from tests.decoding import RunningDecoder, running_decoder
from tests.website import Website, make_website


@pytest.fixture(scope="session")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDecoder]:
    with running_decoder(tmp_path_factory.mktemp("decode"), workers=1) as running:
        yield running


@pytest.fixture
def site(services: Services, cast: Cast, tmp_path: Path, decoder: RunningDecoder) -> Iterator[Website]:
    """All pages and addresses, drawing with real decode processes."""
    client = DecodeClient(decoder.path)
    renderer = Renderer(services.blobs, client, FileCache(tmp_path / "cache", 8 << 20))
    yield make_website(replace(services, renderer=renderer), cast)
    client.close()
