"""The hospitals of the platform, for its administrators."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from app.base.actor import Permission
from app.base.errors import Conflict, Invalid
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.identity import actions, queries
from app.identity.queries import HospitalInfo
from app.web.forms import sentence, text

MANAGE = requires(Permission.HOSPITAL_MANAGE)
FIELDS = ("name", "short_name", "slug", "ae_title", "address")


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("hospitals", __name__)
    offer(door, NavItem(50, "/hospitals", "Hospitals", (Permission.HOSPITAL_MANAGE,), "Manage"))
    pages = _Pages(services)
    door.get("/hospitals")(pages.hospitals)
    door.get("/hospitals/new")(pages.new_hospital)
    door.post("/hospitals/new")(pages.create_hospital)
    door.get("/hospitals/<hospital_id>")(pages.hospital)
    door.post("/hospitals/<hospital_id>")(pages.update_hospital)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @MANAGE
    def hospitals(self) -> str:
        with self.services.db.reading() as tx:
            found = queries.hospitals(tx)
        return render_template("hospitals.html", hospitals=found)

    @MANAGE
    def new_hospital(self) -> str:
        return _form(None, {})

    @MANAGE
    def create_hospital(self) -> Response | tuple[str, int]:
        entered = {name: text(name) for name in FIELDS}
        try:
            with self.services.db.transaction() as tx:
                created = actions.create_hospital(tx, current_actor(), **entered)
        except (Invalid, Conflict) as error:
            return _form(None, entered, sentence(error)), status_of(error)
        flash("done", "The hospital has been created. Invite its administrator now.")
        return redirect(f"/people/new?hospital={created.id}", 303)

    @MANAGE
    def hospital(self, hospital_id: str) -> str:
        found = self._find(hospital_id)
        return _form(found, {name: getattr(found, name) for name in FIELDS})

    def _find(self, hospital_id: str) -> HospitalInfo:
        with self.services.db.reading() as tx:
            return queries.hospital(tx, hospital_id)

    @MANAGE
    def update_hospital(self, hospital_id: str) -> Response | tuple[str, int]:
        entered = {name: text(name) for name in FIELDS}
        try:
            with self.services.db.transaction() as tx:
                actions.update_hospital(tx, current_actor(), hospital_id=hospital_id, **entered)
        except (Invalid, Conflict) as error:
            return _form(self._find(hospital_id), entered, sentence(error)), status_of(error)
        flash("done", "Saved.")
        return redirect("/hospitals", 303)


def _form(hospital: HospitalInfo | None, entered: dict[str, str], problem: str = "") -> str:
    return render_template("hospital.html", hospital=hospital, entered=entered, problem=problem)
