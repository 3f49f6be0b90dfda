"""The storage page: what is kept, how it grows, how long it will last; classes of record, holds, quotas."""

import shutil
from dataclasses import astuple, dataclass, fields

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.archive import retention
from app.archive.maintenance import last_runs
from app.archive.storage_use import (
    ALARM_AT,
    WARN_AT,
    Destroyed,
    destruction_record,
    find_studies,
    storage_use,
)
from app.base.actor import Permission
from app.base.errors import HoichanError
from app.base.spreadsheet import csv_table
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.web.correction_words import RETENTION
from app.web.dicom_words import dicom_day
from app.web.forms import sentence, text

KEEP = requires(Permission.STORAGE_MANAGE)
_FORESEEABLE_DAYS = 3650
RUNS = {"backup": "Last backup", "sweep": "Files and rows compared", "verification": "Files read again"}
OUTCOMES = {"": "under way", "cancelled": "broken off", "done": "finished", "failed": "failed"}


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("storage", __name__)
    offer(door, NavItem(78, "/storage", "Storage", (Permission.STORAGE_MANAGE,), "Archive"))
    pages = _Pages(services)
    door.get("/storage")(pages.storage)
    door.get("/storage/destroyed.csv")(pages.destroyed)
    door.post("/storage/hospitals/<hospital_id>")(pages.set_hospital)
    door.post("/storage/studies/<study_id>/<wish>")(pages.set_study)
    return door


def amount(size: float) -> str:
    """Bytes in words: 1.5 GB."""
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit in {"B", "KB"} else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.2f} TB"


@dataclass
class _Pages:
    services: Services

    @KEEP
    def storage(self) -> str:
        return self._show("")

    def _show(self, problem: str) -> str:
        actor = current_actor()
        wanted = request.args.get("study", "")
        with self.services.db.reading() as tx:
            use = storage_use(tx, actor)
            found = find_studies(tx, actor, wanted)
            runs = last_runs(tx)
        disk = shutil.disk_usage(self.services.settings.data_dir)
        pace = sum(hospital.bytes_a_day for hospital in use.hospitals)
        free = max(0, disk.free - (self.services.settings.storage.reserve_mb << 20))
        return render_template(
            "storage.html",
            use=use,
            wanted=wanted,
            found=found,
            runs=runs,
            run_names=RUNS,
            outcomes=OUTCOMES,
            classes=RETENTION,
            disk=disk,
            disk_days=free // pace if 0 <= free < pace * _FORESEEABLE_DAYS else None,
            amount=amount,
            date=dicom_day,
            warn_at=WARN_AT,
            alarm_at=ALARM_AT,
            may_set_quota=actor.allows(Permission.HOSPITAL_MANAGE),
            problem=problem,
        )

    @KEEP
    def destroyed(self) -> Response:
        """The destruction record as a table, readable by Excel with its Vietnamese."""
        with self.services.db.reading() as tx:
            rows = destruction_record(tx, current_actor())
        table = csv_table([field.name for field in fields(Destroyed)], map(astuple, rows))
        headers = {"Content-Disposition": 'attachment; filename="destroyed.csv"', "Cache-Control": "no-store"}
        return Response(table, content_type="text/csv; charset=utf-8", headers=headers)

    @KEEP
    def set_hospital(self, hospital_id: str) -> AnyResponse | tuple[str, int]:
        quota = text("quota_gb")
        try:
            with self.services.db.transaction() as tx:
                retention.set_hospital_storage(
                    tx,
                    current_actor(),
                    hospital_id=hospital_id,
                    retention_class=text("retention_class"),
                    quota_gb=(int(quota) if quota.isdigit() else -1) if quota else None,
                )
        except HoichanError as error:
            return self._show(sentence(error)), status_of(error)
        flash("done", "Saved.")
        return redirect("/storage")

    @KEEP
    def set_study(self, study_id: str, wish: str) -> AnyResponse | tuple[str, int]:
        actor, reason = current_actor(), text("reason")
        try:
            with self.services.db.transaction() as tx:
                if wish == "hold":
                    retention.set_legal_hold(tx, actor, study_id=study_id, reason=reason)
                elif wish == "lift":
                    retention.lift_legal_hold(tx, actor, study_id=study_id, reason=reason)
                else:
                    retention.set_retention(
                        tx, actor, study_id=study_id, retention_class=text("retention_class"), reason=reason
                    )
        except HoichanError as error:
            return self._show(sentence(error)), status_of(error)
        flash("done", "Saved.")
        return redirect(f"/storage?study={study_id}#found")
