"""Frames as doors want them: pictures, previews, stored values, statistics, each from a location in a file."""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.archive.frames_index import FrameLocation
from app.archive.inflate import inflated
from app.archive.nameless import Cover, Rectangle
from app.archive.uids import transfer_syntax
from app.base.errors import Unsupported
from app.render import codestreams
from app.render.cache import FileCache, MemoryCache
from app.render.codecs import Decoded, Task
from app.render.covering import covered
from app.render.description import ImageDescription, dataset_start
from app.render.packing import Coding, pack, wire_values
from app.render.params import FrameParams
from app.render.parts import Part
from app.render.passing import may_pass, passed
from app.render.pipeline import picture_of, shown_picture
from app.render.statistics import Region, RegionStatistics, region_statistics
from app.render.stored import Pixels, from_bytes, from_decoder, in_range

PREVIEW = FrameParams(box=(256, 256), quality=75)
_PIXEL_ELEMENT_HEAD = 6
_REMEMBERED_FAILURES = 4096
_FORGET_FAILURES_AFTER = 600.0
_SMALL = 1 << 20


Data: TypeAlias = bytes | memoryview


class Blobs(Protocol):
    """What is read from `app.base.blobs`."""

    def read(self, digest: str) -> bytes: ...
    def read_range(self, digest: str, offset: int, length: int) -> bytes: ...


class Decoder(Protocol):
    """`app.render.decode.DecodeClient`."""

    def decode(self, task: Task, data: Data) -> Decoded: ...


class Values(NamedTuple):
    """A frame's stored values; `ybr`: colour samples that still are luminance and colour differences."""

    stored: Pixels
    ybr: bool


def preview_key(location: FrameLocation) -> str:
    """Under which a preview lies in the file cache. The number changes when previews come to look different."""
    return f"preview-1-{location.frame_number}"


class Renderer:
    """Shared by all threads of a process; reads files, asks the decoder, keeps what was just used."""

    def __init__(
        self, blobs: Blobs, decoder: Decoder, cache: FileCache, *, memory_bytes: int = 256 << 20
    ) -> None:
        self._blobs = blobs
        self.decoder = decoder
        self.cache = cache
        self._values: MemoryCache[Values] = MemoryCache(memory_bytes, lambda found: found.stored.nbytes)
        self._files: MemoryCache[bytes] = MemoryCache(memory_bytes // 4, len)
        self._pictures: MemoryCache[bytes] = MemoryCache(memory_bytes // 4, len)
        self._packed: MemoryCache[bytes] = MemoryCache(memory_bytes // 4, len)
        self._descriptions: MemoryCache[ImageDescription] = MemoryCache(4096, lambda _: 1)
        self._failures = _Failures(_REMEMBERED_FAILURES)

    def rendered_frame(self, location: FrameLocation, params: FrameParams) -> bytes:
        """The encoded picture. Raises Unsupported("undecodable") with the reason, or Unavailable."""
        self._check(location)
        key = (*_frame_key(location), params)
        return self._pictures.get(key, lambda: self._render(location, params))

    def kept_frame(self, location: FrameLocation, params: FrameParams) -> bytes | None:
        """The same if it lies in memory, else None."""
        self._check(location)
        return self._pictures.kept((*_frame_key(location), params))

    def draws_quickly(self, location: FrameLocation, params: FrameParams) -> bool:
        """Whether the picture is small and needs no decoder: its values are in memory, or in the file as they are."""
        if sum(length for _, length in location.spans) > _SMALL or location.damaged:
            return False
        known = self._values.kept(_frame_key(location))
        if known is not None:
            return known.stored.nbytes <= _SMALL
        syntax = location.transfer_syntax_uid
        if syntax in codestreams.COMPRESSED:
            description = self._descriptions.kept(location.digest)
            if description is None or _covers(location, description):
                return False
            return may_pass(description, syntax, params)
        return not transfer_syntax(syntax).encapsulated and not transfer_syntax(syntax).deflated

    def _render(self, location: FrameLocation, params: FrameParams, *, keep: bool = True) -> bytes:
        description = self.description(location)
        if not _covers(location, description) and may_pass(description, location.transfer_syntax_uid, params):
            as_stored = passed(description, location.transfer_syntax_uid, bytes(self._data(location)))
            if as_stored is not None:
                return as_stored
        values = self._frame(location, description, keep=keep)
        return picture_of(description, location.frame_number, values.stored, values.ybr, params)

    def picture(self, location: FrameLocation, params: FrameParams) -> NDArray[np.uint8]:
        """The same before it is encoded."""
        description = self.description(location)
        values = self._frame(location, description)
        return shown_picture(description, location.frame_number, values.stored, values.ybr, params)

    def preview(self, location: FrameLocation) -> bytes:
        """A JPEG of at most 256x256 in the default window, from the file cache when it is there."""
        self._check(location)
        if location.veil and _covers(location, self._described(location)):
            return self.rendered_frame(location, PREVIEW)
        key = preview_key(location)
        kept = self.cache.get(location.digest, key)
        if kept is not None:
            return kept
        picture = self.rendered_frame(location, PREVIEW)
        self.cache.put(location.digest, key, picture)
        return picture

    def prepare_preview(self, location: FrameLocation) -> None:
        """Puts the same into the file cache, for all: nothing of it is covered. Its values do not stay in memory: nobody
        looks at it now.
        """
        assert location.veil is None  # asked for by our own job
        self._check(location)
        key = preview_key(location)
        if not self.cache.has(location.digest, key):
            self.cache.put(location.digest, key, self._render(location, PREVIEW, keep=False))

    def stored_frame(self, location: FrameLocation) -> Pixels:
        """Stored values of a monochrome frame: (rows, columns), 8 or 16 bits, as the manifest announces."""
        return wire_values(self.description(location), self.values(location))

    def packed_stored(
        self, location: FrameLocation, encoding: str, coding: Coding = "left", part: Part | None = None
    ) -> bytes:
        """The same, or a part of it, in the form the viewer unpacks; `encoding` is gzip, zstd or identity."""
        self._check(location)
        key = _stored_key(location, encoding, coding, part)
        return self._packed.get(key, lambda: self._pack(location, encoding, coding, part))

    def kept_stored(
        self, location: FrameLocation, encoding: str, coding: Coding = "left", part: Part | None = None
    ) -> bytes | None:
        """The same if it lies in memory, else None."""
        self._check(location)
        return self._packed.kept(_stored_key(location, encoding, coding, part))

    def _pack(self, location: FrameLocation, encoding: str, coding: Coding, part: Part | None) -> bytes:
        values = self.stored_frame(location)
        return pack(values if part is None else part.cut(values), encoding, coding)

    def statistics(self, location: FrameLocation, region: Region) -> RegionStatistics:
        """Figures of a region in real-world values."""
        description = self.description(location)
        grey = description.grey_of(location.frame_number)
        values = self._frame(location, description)
        return region_statistics(description, grey, values.stored, region, ybr=values.ybr)

    def description(self, location: FrameLocation) -> ImageDescription:
        """What the header says about the pixels."""
        self._check(location)
        return self._described(location)

    def _check(self, location: FrameLocation) -> None:
        """Before anything is taken from a cache. What may show a name is held back from whoever may not know it,
        until somebody has looked at it; so is what arrived after others of its series and size were looked at.
        """
        _check_whole(location)
        if location.veil is None:
            return
        description = self._described(location)
        size = (description.columns, description.rows)
        may_name = description.may_name or location.veil.waits(*size)
        if may_name and location.veil.over(*size) is None:
            raise Unsupported(
                "held_back",
                "The patient's name may be written in this image. It is held back until it has been checked.",
            )

    def _described(self, location: FrameLocation) -> ImageDescription:
        return self._descriptions.get(location.digest, lambda: self._describe(location))

    def values(self, location: FrameLocation) -> Pixels:
        """Stored values in the stored colour space."""
        return self._frame(location, self.description(location)).stored

    def passing_values(self, location: FrameLocation) -> Pixels:
        """The same, not kept: for a series read once from end to end."""
        return self._make(location, self.description(location)).stored

    def _describe(self, location: FrameLocation) -> ImageDescription:
        data = self._bytes(location, 0, location.header_length + _PIXEL_ELEMENT_HEAD)
        return ImageDescription.from_header(bytes(data), location.header_length, location.transfer_syntax_uid)

    def _frame(self, location: FrameLocation, description: ImageDescription, *, keep: bool = True) -> Values:
        key = _frame_key(location)
        self._failures.check(key)
        try:
            if not keep:
                return self._make(location, description)
            return self._values.get(key, lambda: self._make(location, description))
        except Unsupported as error:
            self._failures.remember(key, error)
            raise

    def _make(self, location: FrameLocation, description: ImageDescription) -> Values:
        data = self._data(location)
        found = values_of(self.decoder, description, location.transfer_syntax_uid, data, location.bit_offset)
        rectangles = _covers(location, description)
        return found._replace(stored=covered(found.stored, rectangles, ybr=found.ybr))

    def _data(self, location: FrameLocation) -> Data:
        parts = [self._bytes(location, offset, length) for offset, length in location.spans]
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _bytes(self, location: FrameLocation, offset: int, length: int) -> Data:
        """A range of the file; of a deflated one, in its inflated form."""
        if transfer_syntax(location.transfer_syntax_uid).deflated:
            plain = self._files.get(location.digest, lambda: self._inflated(location))
        elif (end := _end_of_small(location)) > 0:
            plain = self._files.get(location.digest, lambda: self._blobs.read_range(location.digest, 0, end))
        else:
            return self._blobs.read_range(location.digest, offset, length)
        return memoryview(plain)[offset : offset + length]

    def _inflated(self, location: FrameLocation) -> bytes:
        file = self._blobs.read(location.digest)
        return inflated(file, dataset_start(file))


def _covers(location: FrameLocation, description: ImageDescription) -> tuple[Rectangle, ...]:
    over = location.veil.over(description.columns, description.rows) if location.veil else None
    return over or ()


def _frame_key(location: FrameLocation) -> tuple[str, int, tuple[Cover, ...]]:
    """A frame that is covered in part is another picture."""
    return location.digest, location.frame_number, location.veil.covers if location.veil else ()


def _check_whole(location: FrameLocation) -> None:
    """What was found damaged is never shown as if it were good, though a copy may still lie in a cache."""
    if location.damaged:
        raise Unsupported(
            "damaged",
            "The stored file of this image is damaged, so it is not shown. Send it again, or restore it from a backup.",
        )


def _stored_key(location: FrameLocation, encoding: str, coding: Coding, part: Part | None) -> Hashable:
    return *_frame_key(location), encoding, coding, part


def _end_of_small(location: FrameLocation) -> int:
    """Where the first frame of a small file ends: header and frame then come in one read. 0 for all others."""
    end = max((offset + length for offset, length in location.spans), default=0)
    return end if location.frame_number == 1 and end <= _SMALL else 0


def values_of(
    decoder: Decoder, description: ImageDescription, syntax: str, data: Data, bit_offset: int = 0
) -> Values:
    """The stored values of a frame from its bytes. Raises Unsupported("undecodable") with the reason."""
    if syntax in codestreams.COMPRESSED:
        return _decoded(decoder, description, syntax, data)
    if transfer_syntax(syntax).encapsulated and syntax != codestreams.ENCAPSULATED_UNCOMPRESSED:
        raise _unknown(syntax)
    stored = from_bytes(description, data, bit_offset)
    return Values(stored, ybr=description.photometric.startswith("YBR"))


def _decoded(decoder: Decoder, description: ImageDescription, syntax: str, data: Data) -> Values:
    task = task_of(description, syntax)
    decoded = decoder.decode(task, data)
    if decoded.values.ndim == 1:
        return Values(from_bytes(description, decoded.values.tobytes()), ybr=False)
    if syntax in codestreams.CELL_BY_CELL:
        stored = in_range(description, decoded.values)
    else:
        stored = from_decoder(description, decoded.values, clamp=syntax in codestreams.LOSSY)
    return Values(np.ascontiguousarray(stored), ybr=_is_ybr(description, syntax, decoded.colour))


def task_of(description: ImageDescription, syntax: str) -> Task:
    """What the decoder must know of a frame."""
    return Task(
        syntax, description.rows, description.columns, description.samples, description.bits_allocated
    )


class _Failures:
    """Frames that could not be decoded are not tried again and again: each try may cost a process.

    They are after a while: the machine may have been short of memory or time.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._errors: OrderedDict[Hashable, tuple[Unsupported, float]] = OrderedDict()

    def check(self, key: Hashable) -> None:
        """Raises the error of the first try."""
        with self._lock:
            error, until = self._errors.get(key, (None, 0.0))
        if error is not None and time.monotonic() < until:
            raise Unsupported(error.code, error.message, **error.params)

    def remember(self, key: Hashable, error: Unsupported) -> None:
        with self._lock:
            self._errors[key] = error, time.monotonic() + _FORGET_FAILURES_AFTER
            while len(self._errors) > self._limit:
                self._errors.popitem(last=False)


def _is_ybr(description: ImageDescription, syntax: str, colour: str) -> bool:
    """What decoded samples are: JPEG 2000 undoes its own transform; JPEG by its marks, else by the header."""
    if description.samples != 3 or description.photometric in {"YBR_RCT", "YBR_ICT"}:
        return False
    if syntax in codestreams.TELLS_COLOUR and colour:
        return colour == "YBR"
    return description.photometric.startswith("YBR")


def _unknown(syntax: str) -> Unsupported:
    if transfer_syntax(syntax).video:
        return Unsupported("undecodable", "Video cannot be shown as single pictures yet.")
    return Unsupported(
        "undecodable", "The compression of this image ({syntax}) is not supported.", syntax=syntax[:64]
    )
