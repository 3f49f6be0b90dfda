from dataclasses import replace

import pytest

from app.edge.services import Services
from app.render.cache import FileCache
from app.render.decode import DecodeClient
from app.render.frames import Renderer
from tests.cast import Cast
from tests.website import Website, make_website


@pytest.fixture
def site(services: Services, cast: Cast) -> Website:
    """All pages; pictures of uncompressed images are drawn, no decoder runs."""
    data_dir = services.settings.data_dir
    decoder = DecodeClient(data_dir / "no-decoder.sock")
    renderer = Renderer(services.blobs, decoder, FileCache(data_dir / "cache", 8 << 20))
    return make_website(replace(services, renderer=renderer), cast)
