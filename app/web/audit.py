"""Who did what and when, for auditors and administrators."""

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from app.audit.actions import record_log_used
from app.audit.kinds import TYPES, AuditKind
from app.audit.queries import AuditFilter, AuditPage, list_records
from app.base.actor import Permission
from app.base.clock import VIETNAM
from app.edge.actor import current_actor, requires
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.identity import queries

ACTIONS = {"C": "created", "R": "read", "U": "changed", "D": "removed", "E": "carried out"}
OUTCOMES = {0: "done", 4: "refused", 8: "serious failure", 12: "major failure"}
# Kinds of things that records speak of; a kind that is not here is shown by its code.
SUBJECTS = {
    "agreement": "agreement",
    "annotation": "drawing",
    "association": "DICOM association",
    "audit-log": "audit log",
    "consult": "consult",
    "device": "device",
    "hospital": "hospital",
    "patient_link": "patient's link",
    "person": "person",
    "report": "report",
    "series": "series",
    "set-aside": "file set aside",
    "study": "study",
    "upload": "upload",
}
FILTERS = ("who", "kind", "action", "subject", "since", "until", "hospital")


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("audit", __name__)
    offer(door, NavItem(80, "/audit", "Audit log", (Permission.AUDIT_READ,), "Manage"))
    door.get("/audit")(_Pages(services).audit)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @requires(Permission.AUDIT_READ)
    def audit(self) -> str:
        actor, entered = current_actor(), _entered()
        with self.services.db.transaction() as tx:
            page = list_records(tx, actor, _wanted(entered), before=request.args.get("before"))
            record_log_used(tx, actor, filters=entered)
            hospitals = {item.id: item for item in queries.hospitals(tx)}
        return render_template(
            "audit.html",
            page=page,
            entered=entered,
            hospitals=hospitals,
            everywhere=actor.allows(Permission.HOSPITAL_MANAGE),
            kinds=list(AuditKind),
            types=TYPES,
            subjects=SUBJECTS,
            actions=ACTIONS,
            outcomes=OUTCOMES,
            older=_older(page, entered),
            newest=f"/audit?{urlencode(entered)}" if request.args.get("before") else "",
        )


def _entered() -> dict[str, str]:
    return {name: value for name in FILTERS if (value := request.args.get(name, "").strip()[:200])}


def _wanted(entered: dict[str, str]) -> AuditFilter:
    kind, action = entered.get("kind", ""), entered.get("action", "")
    until = _midnight(entered.get("until"))
    return AuditFilter(
        who=entered.get("who"),
        kind=next((item for item in AuditKind if item.value == kind), None),
        action=action if action in ACTIONS else None,
        subject=entered.get("subject"),
        since=_midnight(entered.get("since")),
        until=until + timedelta(days=1) if until else None,
        hospital_id=entered.get("hospital"),
    )


def _midnight(day: str | None) -> datetime | None:
    """The day's first moment here; what is no date is left aside, and so are the ends of the calendar: the moment has no
    hour in another zone.
    """
    try:
        found = date.fromisoformat(day or "")
    except ValueError:
        return None
    return datetime.combine(found, time.min, VIETNAM) if date.min.year < found.year < date.max.year else None


def _older(page: AuditPage, entered: dict[str, str]) -> str:
    return f"/audit?{urlencode({**entered, 'before': page.older})}" if page.older else ""
