"""A study as a ZIP of images without whose they are, made while it is sent."""

import io
import secrets
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset

from app.archive.nameless import may_name
from app.archive.outgoing import OutgoingFile
from app.archive.queries import outgoing_of
from app.archive.study_list import study_info
from app.audit.actions import record
from app.audit.kinds import AuditKind
from app.base.actor import Actor, Permission
from app.base.blobs import Blobs
from app.base.db import Tx
from app.base.errors import Forbidden, NotFound, Unavailable
from app.documents.basic_profile import Disguise
from app.documents.nameless_file import Image, nameless_pieces, opened_image

MOST_AT_ONCE = 2
WAIT_SECONDS = 10.0
_LONGEST_SHIFT = 3650  # days
_LONG = 1 << 31  # bytes: what a member of a plain ZIP may hold, with room for its header
# A report, presentation or paper may name the patient in its own words.
_PRESENTATIONS = "1.2.840.10008.5.1.4.1.1.11."


@dataclass(frozen=True)
class CopyWish:
    """`code` stands where the name stood; `keep_order` moves all dates alike instead of emptying them; `unread` takes
    pictures into which machines often write a name.
    """

    code: str
    keep_order: bool
    unread: bool


@dataclass(frozen=True)
class CopyPlan:
    files: tuple[OutgoingFile, ...]
    suspicious: int
    documents: int

    @property
    def size(self) -> int:
        """Bytes of the stored files: about as long as the copy is."""
        return sum(file.size for file in self.files)


def copy_plan(tx: Tx, actor: Actor, study_id: str, *, unread: bool = False) -> CopyPlan:
    """What a copy would hold, and how much it leaves out. Forbidden for another hospital's study."""
    actor.check(Permission.STUDY_EXPORT)
    if study_info(tx, actor, study_id).shared:
        raise Forbidden("foreign_study_copy", "Only the hospital that took the images can make such a copy.")
    found = outgoing_of(tx, actor, study_id=study_id)
    images = [one for one in found if one.frame_count and not one.sop_class_uid.startswith(_PRESENTATIONS)]
    plain = [one for one in images if not may_name(one.sop_class_uid)]
    taken = images if unread else plain
    return CopyPlan(tuple(taken), len(images) - len(plain), len(found) - len(images))


def plan_copy(tx: Tx, actor: Actor, *, study_id: str, wish: CopyWish) -> CopyPlan:
    """The same, told to the audit log: from here on the images leave."""
    plan = copy_plan(tx, actor, study_id, unread=wish.unread)
    record(
        tx,
        actor,
        AuditKind.EXPORT,
        "R",
        subject_type="study",
        subject_id=study_id,
        hospital_id=actor.hospital_id,
        detail={
            "way": "de-identified",
            "images": len(plan.files),
            "dates": "moved" if wish.keep_order else "removed",
            "suspicious": wish.unread,
        },
    )
    return plan


class Copies:
    """How many copies are made at once in this process: each takes a processor for as long as it is fetched."""

    def __init__(self, most: int = MOST_AT_ONCE, wait_seconds: float = WAIT_SECONDS) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._wait = wait_seconds

    def begin(self) -> Callable[[], None]:
        """Waits a little for its turn; what is to be called once at the end. Raises Unavailable."""
        if not self._free.acquire(timeout=self._wait):
            raise Unavailable(
                "copies_busy", "Other copies are being made just now. Try again when one of them is finished."
            )
        return self._free.release


def copy_pieces(blobs: Blobs, plan: CopyPlan, wish: CopyWish) -> Iterator[bytes]:
    """The ZIP in pieces of about a megabyte: of an image no more is held, but for its header."""
    shift = -(secrets.randbelow(_LONGEST_SHIFT) + 1) if wish.keep_order else None
    how = Disguise(wish.code, secrets.token_bytes(32), shift)
    sink = _Sink()
    named = damaged = 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as packed:
        for number, file in enumerate(plan.files, 1):
            try:
                image = opened_image(blobs, file)
            except (NotFound, Unavailable):
                damaged += 1
                continue
            if _is_named(image, wish):
                named += 1
                continue
            series = how.uid(file.series_instance_uid)[-8:]
            member = zipfile.ZipInfo(f"{wish.code}/{series}/{number:06}.dcm")
            with packed.open(member, "w", force_zip64=file.size > _LONG) as into:
                for piece in nameless_pieces(image, how):
                    into.write(piece)
                    yield sink.taken()
        packed.writestr(f"{wish.code}/README.txt", _words(plan, wish, named=named, damaged=damaged))
    yield sink.taken()


def _is_named(image: Image, wish: CopyWish) -> bool:
    """Whether the picture may say whose it is, and nobody has looked."""
    if image.syntax.encapsulated and image.hides_overlay:
        return True  # what the compressed words hold beside the picture cannot be cleared
    return _says_name(image.ds) and not wish.unread


class _Sink(io.RawIOBase):
    """Takes what is written, and can neither seek nor tell."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:  # whatever has a buffer (PEP 688's name for it begins with 3.12)
        piece = bytes(data)
        self._pieces.append(piece)
        return len(piece)

    def taken(self) -> bytes:
        found = b"".join(self._pieces)
        self._pieces.clear()
        return found


def _says_name(ds: Dataset) -> bool:
    """Burned In Annotation (0028,0301), or a picture of a screen (PS3.3 C.7.6.1.1.2)."""
    kinds: Sequence[str] = ds.get("ImageType") or ()
    return str(ds.get("BurnedInAnnotation", "")).upper() == "YES" or "SCREEN SAVE" in kinds


def _words(plan: CopyPlan, wish: CopyWish, *, named: int, damaged: int) -> str:
    dates = "moved by the same number of days" if wish.keep_order else "removed"
    out = named + (0 if wish.unread else plan.suspicious)
    return (
        "De-identified by Hoichan: DICOM PS3.15 Basic Application Level Confidentiality Profile.\n"
        f"Images: {len(plan.files) - named - damaged}. Dates: {dates}. UIDs: replaced, alike in all files.\n"
        f"Left out, because a name may be written in the picture: {out}. Reports and papers left out: {plan.documents}.\n"
        f"Left out, because the stored file is damaged or gone: {damaged}.\n"
        "Text in the pixels and faces in head scans were not removed. Look at every image before you pass it on.\n"
    )
