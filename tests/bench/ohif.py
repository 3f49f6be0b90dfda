"""OHIF's own build on Orthanc, as a careful house would serve it: one origin, scripts compressed, nothing cached before."""

import gzip
import http.client
import mimetypes
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from playwright.sync_api import Browser
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.bench.orthanc import Orthanc
from tests.foreign_viewers import TOOLS

VERSION = "3.13.2"
DIST = TOOLS / "ohif-app" / "package" / "dist"
_CONFIG = """window.config = { routerBasename: '/', extensions: [], modes: [], customizationService: {},
  showStudyList: true, investigationalUseDialog: { option: 'never' }, maxNumberOfWebWorkers: 2,
  defaultDataSourceName: 'orthanc', dataSources: [{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb', sourceName: 'orthanc', configuration: {
      friendlyName: 'Orthanc', name: 'orthanc', qidoRoot: '/dicom-web', wadoRoot: '/dicom-web', wadoUriRoot: '/wado',
      qidoSupportsIncludeField: false, imageRendering: 'wadors', thumbnailRendering: 'wadors',
      enableStudyLazyLoad: true, supportsFuzzyMatching: false, supportsWildcard: true, supportsStow: true,
      omitQuotationForMultipartRequest: true, singlepart: 'bulkdata,video',
      bulkDataURI: { enabled: true, relativeResolution: 'studies' } } }] };"""
_TEXTS = frozenset({".js", ".mjs", ".css", ".html", ".json", ".svg", ".wasm"})
_PIECE = 1 << 16
_OWN = frozenset({"connection", "transfer-encoding", "keep-alive", "host", "date", "server"})


def installed() -> bool:
    return (DIST / "index.html").is_file()


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nobody reads it."""


class _Site:
    """The build's files, and Orthanc behind /dicom-web."""

    def __init__(self, orthanc_port: int) -> None:
        self._orthanc_port = orthanc_port

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if path.startswith(("/dicom-web/", "/wado")):
            return self._passed_on(environ, start)
        kind, body = _file(path)
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Content-Encoding", "gzip")]
        start("200 OK", headers)
        return [body]

    def _passed_on(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self._orthanc_port, timeout=120)
        query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        headers = {"Accept": environ.get("HTTP_ACCEPT", "*/*"), "Accept-Encoding": "gzip"}
        line.request("GET", environ["PATH_INFO"] + query, headers=headers)
        answer = line.getresponse()
        body = answer.read()
        kept = [
            (name, value)
            for name, value in answer.getheaders()
            if name.lower() not in _OWN | {"content-length"}
        ]
        line.close()
        start(f"{answer.status} {answer.reason}", [*kept, ("Content-Length", str(len(body)))])
        return [body]


@lru_cache(maxsize=512)
def _file(path: str) -> tuple[str, bytes]:
    """Compressed once; unknown addresses are the application's own."""
    if path == "/app-config.js":
        return "text/javascript", gzip.compress(_CONFIG.encode())
    file = DIST / path.lstrip("/")
    if not file.is_file():
        file = DIST / "index.html"
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream", gzip.compress(file.read_bytes())


@contextmanager
def ohif(orthanc: Orthanc) -> Iterator[int]:
    """The port of the viewer."""
    server = make_server("127.0.0.1", 0, _Site(orthanc.http_port), threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.port
    finally:
        server.shutdown()
        server.server_close()


def send(orthanc: Orthanc, files: Iterable[bytes]) -> None:
    """Into Orthanc by its own REST door."""
    line = http.client.HTTPConnection("127.0.0.1", orthanc.http_port, timeout=120)
    for data in files:
        line.request("POST", "/instances", body=data)
        answer = line.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"Orthanc refused an image: {answer.status}")
    line.close()


@contextmanager
def software_gl(chromium: Browser, executable: str = "/usr/bin/chromium") -> Iterator[Browser]:
    """OHIF draws nothing without WebGL: it is given one by software, as a PC without a graphics card would."""
    arguments = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    other = chromium.browser_type.launch(executable_path=executable, args=arguments)
    yield other
    other.close()
