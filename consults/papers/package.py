"""The consult as a package: objects any archive can take, the minutes, its files, and a page that opens without a server.

Objects of a study are made for its own hospital alone, as everywhere; for the other one the package has pictures,
page, files and minutes.
"""

import json
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from itertools import chain
from typing import Any, Protocol

from pydicom.dataset import Dataset

from app.archive.frames_index import FrameLocation
from app.base.blobs import Blobs
from app.base.errors import HoichanError
from app.capture import to_dicom
from app.evidence.gathering import with_tables
from app.evidence.key_objects import key_object_selection
from app.evidence.measurements import measurement_report
from app.evidence.modules import as_file
from app.evidence.presentation import presentation_states
from app.evidence.subjects import Mark, Wish
from app.render.params import FrameParams
from app.render.profiles import srgb_profile
from consults.attachments.kinds import ENDINGS
from consults.attachments.photos import without_traces
from consults.papers.gathering import Told, frames_of
from consults.papers.minutes_pdf import minutes_pdf
from consults.papers.shots import Shot

FOR_CONFERENCE = "113005"  # CID 7010
Render = Callable[[FrameLocation, FrameParams], bytes]
Add = Callable[[str, bytes], None]
Named = tuple[str, bytes]  # kind of object, and its file
Page = Callable[["Told", "Package", str], str]


class Sink(Protocol):
    """Where the ZIP goes; it is written from beginning to end."""

    def write(self, data: bytes, /) -> object: ...


@dataclass(frozen=True)
class Tools:
    """`page` makes index.html of what is told and what is in the package, in a language."""

    blobs: Blobs
    render: Render
    page: Page


@dataclass
class Package:
    """What went into the ZIP: names in order, `pictures` by what they show, `objects` by study, for the archive."""

    names: list[str] = field(default_factory=list)
    pictures: dict[Shot, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)  # of the case: names by id
    objects: dict[str, list[Named]] = field(default_factory=dict)


class _Out:
    """A sink as zipfile wants one."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: bytes) -> int:
        self._sink.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def steps_of(told: Told) -> int:
    """How often `pack` calls `step`."""
    return len(told.scenes) + len(told.files) + len(told.wishes) + 1


def pack(told: Told, tools: Tools, language: str, sink: Sink, step: Callable[[], None]) -> Package:
    """Writes the ZIP; opens no transaction. `step` is called before each piece and may raise to end it all."""
    package = Package()
    with zipfile.ZipFile(_Out(sink), "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # a file that is only written

        def add(name: str, data: bytes) -> None:
            archive.writestr(name, data)
            package.names.append(name)

        pdf = minutes_pdf(told.minutes) if told.minutes is not None else None
        _add_pictures(add, package, told, tools.render, step)
        _add_files(add, package, told, tools.blobs, step)
        for study_id, wish in told.wishes.items():
            step()
            package.objects[study_id] = _objects(wish, told, tools.blobs, pdf)
        _add_dicom(add, package)
        step()
        if pdf is not None and told.minutes is not None:
            add("minutes.pdf", pdf)
            add("minutes.json", _json(told.minutes))
        add("fhir.json", _json(told.fhir))
        add("index.html", tools.page(told, package, language).encode())
    return package


def _json(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _add_pictures(add: Add, package: Package, told: Told, render: Render, step: Callable[[], None]) -> None:
    """A picture that cannot be drawn is left out; the words around it stay."""
    for number, (shot, scene) in enumerate(told.scenes.items(), 1):
        step()
        try:
            picture = render(scene.location, shot.look)
        except HoichanError:
            continue
        package.pictures[shot] = f"pictures/{number:02}.jpg"
        add(package.pictures[shot], picture)


def _add_files(add: Add, package: Package, told: Told, blobs: Blobs, step: Callable[[], None]) -> None:
    """As the room hands them out: photographs without place and device. Names are ours: a
    file's own might call a picture a page with scripts.
    """
    for number, file in enumerate(told.files, 1):
        step()
        try:
            content = without_traces(file.media_type, blobs.read(file.digest))
        except HoichanError:
            continue
        package.files[file.id] = f"files/{number:02}.{ENDINGS[file.media_type]}"
        add(package.files[file.id], content)


def _objects(wish: Wish, told: Told, blobs: Blobs, pdf: bytes | None) -> list[Named]:
    """Key objects first, then marks as report and as presentation states, then the minutes."""
    marks = [Mark.from_json(one) for one in told.marks if one["sop_instance_uid"] in wish.images]
    frames = [frame for frame in frames_of(told.marks, told.lines) if frame[0] in wish.images]
    title = f"Consult {told.facts['number']}"
    key_images = key_object_selection(wish, frames, title_code=FOR_CONFERENCE, description=title)
    made: list[tuple[str, Dataset]] = [("KO", key_images)]
    if marks:
        made.append(("SR", measurement_report(_anew(wish, "sr"), marks, title=title)))
        shown = with_tables(_anew(wish, "pr"), blobs, marks)
        states = presentation_states(shown, marks, {}, title=title, icc_profile=srgb_profile())
        made += [("PR", one) for one in states]
    named = [(kind, as_file(one)) for kind, one in made]
    return [*named, *([("DOC", _document(pdf, wish))] if pdf is not None else [])]


def _anew(wish: Wish, part: str) -> Wish:
    """The same images for another object: UIDs come of the wish's id."""
    return Wish(f"{wish.id}/{part}", wish.identity, wish.author, wish.at, wish.images)


def _document(pdf: bytes, wish: Wish) -> bytes:
    asked = to_dicom.Wish(
        identity=wish.identity,
        title="Biên bản hội chẩn",
        shown=to_dicom.Shown.DOCUMENT,
        upload_id=wish.id,
        file_id="minutes",
        number=1,
        at=wish.at,
    )
    made = BytesIO()
    to_dicom.document(pdf, asked, made.write)
    return made.getvalue()


def _add_dicom(add: Add, package: Package) -> None:
    """Named by what they are, counted over all studies."""
    count: Counter[str] = Counter()
    for kind, data in chain.from_iterable(package.objects.values()):
        count[kind] += 1
        add(f"DICOM/{kind}{count[kind]:03}.dcm", data)
