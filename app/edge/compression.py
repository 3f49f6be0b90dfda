"""Text that repeats itself, packed for thin lines. Only for answers that never mirror what somebody else sent."""

import gzip
from functools import lru_cache

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

_WORTH = 1400  # less fits into one packet anyway
_TEXTS = frozenset({"image/svg+xml", "text/css", "text/javascript"})


def gzipped(response: Response) -> Response:
    """The same answer, gzip-encoded where the browser takes it by name."""
    response.headers["Vary"] = "Accept-Encoding"
    body = response.get_data()
    if len(body) >= _WORTH and request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def pack_file(response: BaseResponse) -> None:
    """A script, a style or a drawing of our own static folder; each version of it is packed once."""
    is_whole = request.method == "GET" and response.status_code == 200
    if not is_whole or response.mimetype not in _TEXTS or not request.accept_encodings["gzip"] > 0:
        return
    response.direct_passthrough = False
    response.set_data(_packed(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"


@lru_cache(maxsize=64)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=9, mtime=0)
