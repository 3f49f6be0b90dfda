"""One decode supervisor for all tests of the room; a fresh store for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.decoding import Darkroom, RunningDecoder, running_decoder


@pytest.fixture(scope="session")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDecoder]:
    with running_decoder(tmp_path_factory.mktemp("decoder")) as running:
        yield running


@pytest.fixture
def darkroom(decoder: RunningDecoder, tmp_path: Path) -> Iterator[Darkroom]:
    room = Darkroom(tmp_path, decoder.path)
    yield room
    room.client.close()
