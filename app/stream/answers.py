"""What a frame's address asks for, and the bytes it gives: the same for both doors, HTTP and the channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from app.archive.frames_index import FrameLocation
from app.base.errors import Unsupported
from app.base.i18n import Language, translate
from app.render.frames import Renderer
from app.render.packing import Coding
from app.render.params import FrameParams, picture_type
from app.render.parts import Part
from app.render.tile import grey_tile
from app.stream.encoding import Encoding, coding_named

KEPT = "private, max-age=3600"
BYTES = "application/octet-stream"
REASON = "X-Hoichan-Reason"


@dataclass(frozen=True)
class StoredForm:
    """In which form stored values travel."""

    coding: Coding
    part: Part | None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "StoredForm":
        """Raises Invalid."""
        coding = coding_named(query.get("coding", "left"))
        return cls(coding, Part.from_query(query.get("region", ""), query.get("shrink", "")))


Form = FrameParams | StoredForm


@dataclass(frozen=True)
class Answer:
    """Body, and the headers that tell how to read and keep it."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Asker:
    """What of an answer depends on who asks."""

    encoding: Encoding
    language: Language


def answer(renderer: Renderer, location: FrameLocation, form: Form, asker: Asker) -> Answer:
    """Raises what the renderer raises, but that a picture which cannot be drawn is a tile with its reason."""
    if isinstance(form, StoredForm):
        body = renderer.packed_stored(location, asker.encoding, form.coding, form.part)
        return Answer(body, _STORED_HEADERS[asker.encoding])
    try:
        return _picture(renderer.rendered_frame(location, form), form)
    except Unsupported as error:
        return _grey(error, asker.language)


def kept(renderer: Renderer, location: FrameLocation, form: Form, asker: Asker) -> Answer | None:
    """The same if it costs nothing, else None."""
    if isinstance(form, StoredForm):
        body = renderer.kept_stored(location, asker.encoding, form.coding, form.part)
        return None if body is None else Answer(body, _STORED_HEADERS[asker.encoding])
    picture = renderer.kept_frame(location, form)
    return None if picture is None else _picture(picture, form)


def is_quick(renderer: Renderer, location: FrameLocation, form: Form) -> bool:
    """Whether it takes a millisecond or two: a small picture without decoding."""
    return isinstance(form, FrameParams) and renderer.draws_quickly(location, form)


def _stored_headers(encoding: Encoding) -> dict[str, str]:
    headers = {"Content-Type": BYTES, "Cache-Control": KEPT, "Vary": "Accept-Encoding"}
    return headers if encoding == "identity" else {**headers, "Content-Encoding": encoding}


_ENCODINGS: tuple[Encoding, ...] = ("identity", "gzip", "zstd")
_STORED_HEADERS = {encoding: _stored_headers(encoding) for encoding in _ENCODINGS}


def _picture(picture: bytes, params: FrameParams) -> Answer:
    return Answer(picture, {"Content-Type": picture_type(picture, params), "Cache-Control": KEPT})


def _grey(error: Unsupported, spoken: Language) -> Answer:
    """A tile and its reason: one broken frame must not stop a stack."""
    reason = quote(translate(spoken, error.message, **error.params))
    headers = {"Content-Type": "image/jpeg", REASON: reason, "Cache-Control": "no-store"}
    return Answer(grey_tile(str(error)), headers)
