"""What is not fit for use is rejected with a reason and seen by nobody; its file stays, and it can be restored.

Rejected are always the images that are there: a new image of a rejected study or series is shown, because nobody
has looked at it yet. A rejected image that is sent again is a repetition: the sender is told success, so that it does
not try for ever, and the image stays rejected (as dcm4chee-arc does for reasons of quality).
"""

from typing import Any

from sqlalchemy import func, select, update

from app.archive.access import SHOWN_INSTANCE
from app.archive.correcting import Change, check_reason, keep, study_to_correct
from app.archive.models import Instance, Series, Study
from app.archive.regrouping import settle
from app.archive.states import CorrectionKind, RejectionReason
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import NotFound

_NO_SYNC = {"synchronize_session": False}


def reject(
    tx: Tx,
    actor: Actor,
    *,
    code: RejectionReason,
    reason: str,
    study_id: str | None = None,
    series_id: str | None = None,
    instance_id: str | None = None,
) -> str:
    """Rejects a study, a series or one image. The correction's id, by which it is restored."""
    actor.check(Permission.STUDY_CORRECT)
    study, series, instance = _found(tx, actor, study_id, series_id, instance_id)
    level = "instance" if instance else "series" if series else "study"
    scope = _images(study, series, instance)
    already = list(tx.session.scalars(select(Instance.id).where(scope, Instance.rejected != "")))
    change = Change(
        CorrectionKind.REJECT,
        check_reason(reason),
        {"already": already},
        {
            "level": level,
            "series": series.id if series else "",
            "instance": instance.id if instance else "",
            "code": code,
        },
        study_id=study.id,
    )
    reject_images(tx, study, scope, code)
    study.corrected = True  # whoever sends to it must look
    return keep(tx, actor, study.hospital_id, change)


def _found(
    tx: Tx, actor: Actor, study_id: str | None, series_id: str | None, instance_id: str | None
) -> tuple[Study, Series | None, Instance | None]:
    instance = tx.session.get(Instance, instance_id) if instance_id else None
    wanted = instance.series_id if instance else series_id
    series = tx.session.get(Series, wanted) if wanted else None
    if (instance_id and instance is None) or (wanted and series is None):
        raise NotFound
    study = study_to_correct(tx, actor, series.study_id if series else study_id or "")
    return study, series, instance


def _images(study: Study, series: Series | None, instance: Instance | None) -> Any:
    if instance is not None:
        return Instance.id == instance.id
    if series is not None:
        return Instance.series_id == series.id
    return Instance.series_id.in_(select(Series.id).where(Series.study_id == study.id))


def reject_images(tx: Tx, study: Study, scope: Any, code: RejectionReason) -> None:
    """Part of an action. What has no image left is rejected with the last of them."""
    rejected = update(Instance).where(scope, Instance.rejected == "").values(rejected=code)
    tx.session.execute(rejected, execution_options=_NO_SYNC)
    refresh(tx, study, code)


def refresh(tx: Tx, study: Study, code: str) -> None:
    """A series or study is hidden exactly when all its images are rejected."""
    tx.session.flush()
    shown = dict(
        tx.session.execute(
            select(Instance.series_id, func.count())
            .join(Series, Series.id == Instance.series_id)
            .where(Series.study_id == study.id, SHOWN_INSTANCE)
            .group_by(Instance.series_id)
        ).all()
    )
    for series in tx.session.scalars(select(Series).where(Series.study_id == study.id)):
        series.rejected = "" if series.id in shown else series.rejected or code
    study.rejected = "" if shown else study.rejected or code
    settle(tx, study)


def take_back_rejection(tx: Tx, study: Study, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Restores what this rejection hid; what was rejected before it stays so."""
    series = tx.session.get(Series, after["series"]) if after["series"] else None
    instance = tx.session.get(Instance, after["instance"]) if after["instance"] else None
    if (after["series"] and series is None) or (after["instance"] and instance is None):
        raise NotFound
    scope = _images(study, series, instance)
    images = select(Instance).where(scope, Instance.rejected == after["code"])
    already = set(before["already"])
    for image in tx.session.scalars(images):
        image.rejected = image.rejected if image.id in already else ""
    refresh(tx, study, after["code"])
