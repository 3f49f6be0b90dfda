"""OHIF, the viewer nobody here wrote, against our DICOMweb: does the list come, does a study open?

    npm pack @ohif/app@3.13.2 && tar xzf ohif-app-3.13.2.tgz
    python -m tests.bench.ohif package/dist [folder for screenshots]

Serves OHIF and our door from one origin with a device's token, opens both pages in Chromium, prints what was asked,
and fails when no image is drawn or an answer is an error.
"""

import collections
import mimetypes
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request, sync_playwright
from werkzeug.serving import make_server

from app.archive.actions import Source, SourceKind, store_instance
from app.archive.part10 import read_part10
from app.base.blobs import Blobs
from app.base.db import Base, Database
from app.base.events import LiveEvents
from app.base.settings import Settings
from app.dicomweb import blueprint
from app.edge.services import Services
from app.identity.actions import new_device_token
from app.migrations import models
from app.render.cache import FileCache
from app.render.decode import DecodeClient
from app.render.frames import Renderer
from tests import dicomgen
from tests.cast import make_cast
from tests.decoding import running_decoder
from tests.factories import make_app

assert models.metadata is Base.metadata  # importing it made every table known
NAME = "Nguyễn^Văn Thử"
SLICES = 24
STUDY = dicomgen.uid("ohif")
_DRAWN = """() => [...document.querySelectorAll('canvas')].some(c => { if (c.width < 200) return false;
  const o = document.createElement('canvas'); o.width = 64; o.height = 64; const x = o.getContext('2d');
  try { x.drawImage(c, 0, 0, 64, 64); } catch { return false; }
  const d = x.getImageData(0, 0, 64, 64).data; let n = 0;
  for (let i = 0; i < d.length; i += 4) if (d[i] > 30) n++; return n > 200; })"""
_CONFIG = """window.config = { routerBasename: '/', extensions: [], modes: [], customizationService: {},
  showStudyList: true, investigationalUseDialog: { option: 'never' }, maxNumberOfWebWorkers: 2,
  defaultDataSourceName: 'hoichan', dataSources: [{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb', sourceName: 'hoichan', configuration: {
      friendlyName: 'Hoichan', name: 'hoichan', qidoRoot: 'ROOT', wadoRoot: 'ROOT', wadoUriRoot: 'ROOT',
      qidoSupportsIncludeField: false, imageRendering: 'wadors', thumbnailRendering: 'wadors',
      enableStudyLazyLoad: true, supportsFuzzyMatching: true, supportsWildcard: true, supportsStow: true,
      omitQuotationForMultipartRequest: true, singlepart: 'bulkdata,video,pdf',
      bulkDataURI: { enabled: true, relativeResolution: 'studies' } } }] };"""
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class OneOrigin:
    """OHIF's files, and our door behind a token: what a reverse proxy would do."""

    def __init__(self, dist: Path, door: Wsgi, root: str, token: str) -> None:
        self._dist, self._door, self._root, self._token = dist, door, root, token

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith("/dicomweb/"):
            return self._door({**environ, "HTTP_AUTHORIZATION": f"Bearer {self._token}"}, start)
        if path == "/app-config.js":
            body = _CONFIG.replace("ROOT", self._root).encode()
        else:
            file = self._dist / path.lstrip("/")
            path = path if file.is_file() else "/index.html"
            body = (self._dist / path.lstrip("/")).read_bytes()
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        start("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]


def fill(services: Services, actor: Any) -> None:
    ct = dicomgen.series(SLICES, rows=256, columns=256, study="ohif", patient_name=NAME, patient_id="BN0007")
    for data in ct:
        with services.blobs.open_spool() as spool:
            spool.write(data)
            blob = spool.commit()
        with services.db.transaction() as tx:
            source = Source(SourceKind.IMPORT, "bench", "bench")
            store_instance(tx, actor, blob=blob, part10=read_part10(data), source=source).check()


@contextmanager
def served(dist: Path, folder: Path) -> Iterator[str]:
    """The address of OHIF with our door behind it."""
    settings = Settings(data_dir=folder / "data")
    settings.data_dir.mkdir()
    db = Database(settings.database)
    Base.metadata.create_all(db.engine)
    cast = make_cast(db)
    with running_decoder(folder) as decoder:
        blobs, client = Blobs(settings.data_dir), DecodeClient(decoder.path)
        renderer = Renderer(blobs, client, FileCache(folder / "cache", 1 << 28))
        services = Services(settings, db, blobs, LiveEvents(db, folder / "run"), renderer)
        fill(services, cast.ct_a)
        with db.transaction() as tx:
            token = new_device_token(tx, cast.dung, device_id=cast.ct_a.id)
        app = make_app(services, blueprint(services))
        origin = OneOrigin(dist, app.wsgi_app, f"/dicomweb/{cast.a.slug}", token)
        server = make_server("127.0.0.1", 0, origin, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        client.close()
    db.dispose()


class Watch:
    """What the page asked of our door, and what went wrong."""

    def __init__(self, page: Page) -> None:
        self.asked: collections.Counter[str] = collections.Counter()
        self.wrong: list[str] = []
        page.on("requestfinished", self._finished)
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"[:200]))

    def _finished(self, request: Request) -> None:
        if "/dicomweb/" not in request.url:
            return
        response = request.response()
        path = request.url.split("/dicomweb/", 1)[1].split("?")[0]
        kind = re.sub(r"frames/\d+", "frames/N", re.sub(r"/[0-9.]{10,}", "/UID", path))
        self.asked[kind] += 1
        if response is None or response.status >= 400:
            self.wrong.append(f"{response.status if response else 'no answer'}: {request.url}")


def look(url: str, shots: Path) -> list[str]:
    """Opens list and viewer; what went wrong."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        )
        page = browser.new_page(viewport={"width": 1400, "height": 850})
        watch = Watch(page)
        page.goto(url)
        page.get_by_text("Nguyễn, Văn Thử").first.wait_for(timeout=60_000)
        print("the list shows the name right")
        page.screenshot(path=str(shots / "ohif_list.png"))
        begun = time.perf_counter()
        page.goto(f"{url}/viewer?StudyInstanceUIDs={STUDY}")
        page.wait_for_function(_DRAWN, timeout=90_000)
        print(f"first image drawn after {time.perf_counter() - begun:.1f} s")
        page.wait_for_timeout(4000)
        page.screenshot(path=str(shots / "ohif_viewer.png"))
        for kind, count in watch.asked.most_common():
            print(f"  {count:4d} x {kind}")
        browser.close()
    return watch.wrong


def main() -> None:
    dist = Path(sys.argv[1])
    shots = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="hoichan-ohif-"))
    if not (dist / "index.html").is_file():
        sys.exit(f"{dist} holds no OHIF: see the first lines of {__file__}")
    with tempfile.TemporaryDirectory() as folder, served(dist, Path(folder)) as url:
        wrong = look(url, shots)
    print(f"screenshots in {shots}")
    if wrong:
        sys.exit("\n".join(["went wrong:", *wrong]))


if __name__ == "__main__":
    main()
