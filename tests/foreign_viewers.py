"""Viewers that nobody here wrote, served beside our DICOMweb as a reverse proxy would: OHIF and dwv.

`tests/install_tools.sh` unpacks their npm packages into tests/.tools.
"""

import collections
import mimetypes
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request
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
STUDY = dicomgen.uid("foreign")
TOOLS = Path(__file__).parent / ".tools"
DRAWN = """() => [...document.querySelectorAll('canvas')].some(c => { if (c.width < 200) return false;
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
# dwv comes as a module; what it stands on comes as scripts.
_DWV_PAGE = """<!doctype html><meta charset="utf-8"><title>dwv</title>
<script type="importmap">{"imports": {"dwv": "/dwv/package/dist/dwv.min.js",
  "konva": "/shim/Konva.js", "jszip": "/shim/JSZip.js", "magic-wand-tool": "/shim/MagicWand.js"}}</script>
<script src="/konva/package/konva.min.js"></script><script src="/jszip/package/dist/jszip.min.js"></script>
<script src="/magic-wand-tool/package/dist/magic-wand.js"></script>
<div id="layers" style="width:600px;height:600px"></div>
<script type="module">
import { App, AppOptions, ViewConfig } from "dwv";
const app = new App();
app.init(new AppOptions({ "*": [new ViewConfig("layers")] }));
window.told = { wrong: [] };
app.addEventListener("error", (event) => window.told.wrong.push(`${event.error} ${event.error?.stack}`));
app.addEventListener("load", (event) => {
  const image = app.getData(event.dataid).image;
  window.told.size = Array.from(image.getGeometry().getSize().getValues());
  window.told.range = image.getBuffer().reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [1e9, -1e9]);
});
const answer = await fetch("ROOT/studies/STUDY/series", { headers: { Accept: "application/dicom+json" } });
const urls = (await answer.json()).map((one) => one["00081190"].Value[0]);
app.loadURLs(urls, { requestHeaders: [
  { name: "Accept", value: 'multipart/related; type="application/dicom"; transfer-syntax=*' }] });
</script>"""
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class OneOrigin:
    """A viewer's files, and our door behind a token."""

    def __init__(self, door: Wsgi, root: str, token: str) -> None:
        self._door, self._token = door, token
        self._made = {
            "/app-config.js": _CONFIG.replace("ROOT", root),
            "/dwv.html": _DWV_PAGE.replace("ROOT", root).replace("STUDY", STUDY),
        }

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith("/dicomweb/"):
            return self._door({**environ, "HTTP_AUTHORIZATION": f"Bearer {self._token}"}, start)
        kind, body = self._file(path)
        start("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _file(self, path: str) -> tuple[str, bytes]:
        if path.startswith("/shim/"):
            name = path.removeprefix("/shim/").removesuffix(".js")
            return "text/javascript", f"export default window.{name};".encode()
        if path in self._made:
            return mimetypes.guess_type(path)[0] or "text/html", self._made[path].encode()
        for file in (TOOLS / path.lstrip("/"), TOOLS / "ohif-app" / "package" / "dist" / path.lstrip("/")):
            if file.is_file():
                return mimetypes.guess_type(path)[0] or "application/octet-stream", file.read_bytes()
        return "text/html", (TOOLS / "ohif-app" / "package" / "dist" / "index.html").read_bytes()


def images() -> list[bytes]:
    """The study that both open."""
    return dicomgen.series(
        SLICES, rows=256, columns=256, study="foreign", patient_name=NAME, patient_id="BN0007"
    )


def fill(services: Services, actor: Any) -> None:
    for data in images():
        with services.blobs.open_spool() as spool:
            spool.write(data)
            blob = spool.commit()
        with services.db.transaction() as tx:
            source = Source(SourceKind.IMPORT, "foreign", "foreign")
            store_instance(tx, actor, blob=blob, part10=read_part10(data), source=source).check()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the viewers with our door behind it."""
    settings = Settings(data_dir=folder / "data")
    settings.data_dir.mkdir()
    db = Database(settings.database)
    Base.metadata.create_all(db.engine)
    cast = make_cast(db)
    with running_decoder(folder) as decoder:
        blobs, client = Blobs(settings.data_dir), DecodeClient(decoder.path)
        renderer = Renderer(blobs, client, FileCache(folder / "cache", 1 << 28))
        events = LiveEvents(db, folder / "run")
        services = Services(settings, db, blobs, events, renderer)
        fill(services, cast.ct_a)
        with db.transaction() as tx:
            token = new_device_token(tx, cast.dung, device_id=cast.ct_a.id)
        app = make_app(services, blueprint(services))
        origin = OneOrigin(app.wsgi_app, f"/dicomweb/{cast.a.slug}", token)
        server = make_server("127.0.0.1", 0, origin, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        server.server_close()
        events.stop()
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
