"""Text that repeats itself, packed for thin lines. Only for answers that never mirror what somebody else sent."""

import gzip

from flask import Response, request

_WORTH = 1400  # less fits into one packet anyway


def gzipped(response: Response) -> Response:
    """The same answer, gzip-encoded where the browser takes it by name."""
    response.headers["Vary"] = "Accept-Encoding"
    body = response.get_data()
    if len(body) >= _WORTH and request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(body, compresslevel=5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
