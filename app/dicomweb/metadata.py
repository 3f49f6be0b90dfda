"""Metadata as JSON or XML (PS3.18 10.4.1.1.2). What is made of a header never changes, so it is kept beside the previews."""

import json
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

import orjson
from flask import Response, request

from app.archive.outgoing import OutgoingFile
from app.archive.queries import outgoing_of
from app.base.actor import SYSTEM
from app.base.blobs import Blobs
from app.base.errors import NotFound
from app.dicomweb.dicom_xml import native_xml
from app.dicomweb.headers import metadata_of
from app.dicomweb.media import DICOM_XML
from app.dicomweb.multipart import OutgoingPart
from app.dicomweb.reach import instance_url
from app.edge.services import Services
from app.render.cache import FileCache

_HERE = "hoichan:this-instance"
_QUOTED_HERE = f'"{_HERE}'.encode()
_PIECE = 1 << 16
_WORTH = 4096


def metadata_json(blobs: Blobs, cache: FileCache, file: OutgoingFile, root: str) -> bytes:
    """One instance. What is not kept is made and not kept now: writing it takes longer. Of a corrected study it is made
    each time: what it says depends on the correction.
    """
    kept = cache.get(file.digest, key_of(file)) if file.wanted is None else None
    if kept is None:
        return _made(blobs, file, instance_url(root, file))
    return kept.replace(_QUOTED_HERE, f'"{instance_url(root, file)}'.encode())


def key_of(file: OutgoingFile) -> str:
    """Under which it is kept. The number changes when metadata come to be written in another way."""
    return f"metadata-3-{file.charset}"


def prepare_metadata(services: Services, series_id: str, only: Collection[str] | None = None) -> None:
    """Part of the job `previews.make`, of all images or of these SOP Instance UIDs: who asks for a series that has come
    does not wait for its headers to be read.
    """
    with services.db.reading() as tx:
        files = outgoing_of(tx, SYSTEM, series_id=series_id, sop_instance_uids=only)
    cache = services.renderer.cache
    for file in files:
        if file.wanted is None and not cache.has(file.digest, key_of(file)):
            with suppress(NotFound):
                cache.put(file.digest, key_of(file), _made(services.blobs, file, _HERE))


def _made(blobs: Blobs, file: OutgoingFile, address: str) -> bytes:
    found = metadata_of(blobs, file, address)
    return orjson.dumps(found)


def metadata_array(
    blobs: Blobs, cache: FileCache, files: Iterable[OutgoingFile], root: str
) -> Iterator[bytes]:
    """A JSON array, written while the headers are read."""
    waiting = b"["
    comma = b""
    for file in files:
        waiting += comma + metadata_json(blobs, cache, file, root)
        comma = b","
        if len(waiting) >= _PIECE:
            yield waiting
            waiting = b""
    yield waiting + b"]"


def metadata_xml(
    blobs: Blobs, cache: FileCache, files: Iterable[OutgoingFile], root: str
) -> Iterator[OutgoingPart]:
    """Each instance as a part of its own."""
    for file in files:
        yield OutgoingPart(DICOM_XML, [native_xml(json.loads(metadata_json(blobs, cache, file, root)))])


def gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same, packed while it is written."""
    packer = zlib.compressobj(1, wbits=zlib.MAX_WBITS | 16)
    for piece in pieces:
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()


def packed(response: Response) -> Response:
    """An answer that is there already, packed where that is worth it and understood."""
    response.headers["Vary"] = "Accept, Accept-Encoding"
    body = response.get_data()
    if len(body) >= _WORTH and request.accept_encodings["gzip"] > 0:
        response.set_data(b"".join(gzipped([body])))
        response.headers["Content-Encoding"] = "gzip"
    return response
