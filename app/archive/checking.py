"""The first images of a device are looked at by a job: what is wrong with them is told on its page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.archive.events import announce_devices_changed
from app.archive.findings import Finding, findings_of
from app.archive.models import DeviceFinding, Instance, Series, SetAside, Study
from app.archive.part10 import open_header
from app.archive.profiles import FIRST_IMAGES, profile_of, profile_row
from app.archive.refusals import FINDING, count_refusal
from app.base.actor import SYSTEM, Actor, Permission
from app.base.blobs import Blobs
from app.base.db import Database, Tx
from app.base.errors import HoichanError
from app.identity.queries import device_info


@dataclass(frozen=True)
class _Image:
    digest: str
    transfer_syntax_uid: str
    notes: str
    received_at: datetime


def check_device(db: Database, blobs: Blobs, device_id: str) -> None:
    """The job. Done twice, the images are counted once: the second finds them checked."""
    with db.reading() as tx:
        before = profile_of(tx, device_id).checked_images
        images = _next_images(tx, device_id, before)
    found = [finding for image in images for finding in _look(blobs, image)]
    with db.transaction() as tx:
        note_check(tx, SYSTEM, device_id=device_id, before=before, images=len(images), found=found)


def _next_images(tx: Tx, device_id: str, checked: int) -> list[_Image]:
    columns = (Instance.digest, Instance.transfer_syntax_uid, Instance.notes, Instance.received_at)
    query = (
        select(*columns)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Series.study_id)
        .where(Study.device_id == device_id)
        .order_by(Instance.id)
        .limit(max(0, FIRST_IMAGES - checked))
        .offset(checked)
    )
    return [_Image(*row) for row in tx.session.execute(query)]


def _look(blobs: Blobs, image: _Image) -> list[Finding]:
    try:
        with open_header(blobs.path(image.digest)) as header:
            return findings_of(header, image.transfer_syntax_uid, image.notes, image.received_at)
    except (HoichanError, OSError):
        return []  # the scrub tells of damaged and missing files


def note_check(
    tx: Tx, actor: Actor, *, device_id: str, before: int, images: int, found: list[Finding]
) -> None:
    """Counts what was found in so many images. Nothing happens when somebody else counted them already. Not audited:
    nothing of a patient is changed or shown.
    """
    actor.check(Permission.DEVICE_MANAGE)
    row = profile_row(tx, device_id, device_info(tx, device_id).hospital_id)
    if row.checked_images != before:
        return
    row.checked_images += images
    counts: dict[str, tuple[str, int]] = {}
    for finding in found:
        so_far = counts.get(finding.counted_as, ("", 0))[1]
        counts[finding.counted_as] = (finding.detail, so_far + 1)
    repeated = select(func.count(SetAside.id)).where(
        SetAside.device_id == device_id, SetAside.reason_code == "uid_collision"
    )
    if (collisions := tx.session.scalar(repeated) or 0) and not _known(tx, device_id, "repeated_uids"):
        counts["repeated_uids"] = (str(collisions), collisions)
    for code, (detail, count) in counts.items():
        count_refusal(tx, actor, device_id=device_id, code=code, detail=detail, kind=FINDING, count=count)
    announce_devices_changed(tx, row.hospital_id)


def _known(tx: Tx, device_id: str, code: str) -> bool:
    query = select(DeviceFinding.id).where(
        DeviceFinding.device_id == device_id, DeviceFinding.kind == FINDING, DeviceFinding.code == code
    )
    return tx.session.scalar(query) is not None
