"""Hanging rules: one's own, and the hospital's by who manages its viewer. The first rule that fits is taken."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.base.actor import Actor, Permission, Role
from app.base.db import Tx
from app.base.errors import Invalid, NotFound
from app.edge.actor import current_actor, signed_in
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.language import gettext
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.viewing.actions import set_preference
from app.viewing.hanging import DEFAULTS, MOST_ROWS
from app.viewing.queries import hospital_preferences, own_preferences
from app.web.forms import number, sentence, text
from app.web.people import ROLES

OWN, HOSPITAL = "own", "hospital"
READERS = (Role.REFERRER, Role.SPECIALIST, Role.TECHNICIAN)
MODALITIES = ("CR", "CT", "DX", "MG", "MR", "NM", "PT", "RF", "US", "XA")
Rule = dict[str, Any]
_NOWHERE: Rule = {"description": "", "number": None, "laterality": "", "view": "", "prior": False}


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("hanging", __name__, url_prefix="/hanging")
    readers = (Permission.STUDY_READ, Permission.VIEWER_MANAGE)
    offer(door, NavItem(47, "/hanging", "Hanging rules", readers, "Archive"))
    pages = _Pages(services)
    door.get("")(pages.rules)
    door.get("/rule")(pages.rule)
    door.post("/rule")(pages.save)
    door.post("/move")(pages.move)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @signed_in
    def rules(self) -> str:
        actor = current_actor()
        return render_template(
            "hanging.html",
            own=self._rules(actor, OWN),
            shared=self._rules(actor, HOSPITAL),
            default=[rule.model_dump(mode="json") for rule in DEFAULTS],
            roles=dict(_roles()),
            may_manage=_may_manage(actor),
        )

    @signed_in
    def rule(self) -> str:
        whose, place = _whose(), _place(request.args.get("n", ""))
        known = self._rules(current_actor(), whose)
        if place is not None and place >= len(known):
            raise NotFound
        return self._form(whose, place, known[place] if place is not None else _empty())

    @signed_in
    def save(self) -> Response | str | tuple[str, int]:
        whose, place = _whose(), _place(text("n"))
        wish = _entered()
        if text("do") != "save":
            return self._form(whose, place, wish)
        try:
            self._keep(whose, place, wish)
        except Invalid as error:
            return self._form(whose, place, wish, problem=sentence(error)), status_of(error)
        flash("done", gettext("Saved. It counts for studies opened from now on."))
        return redirect("/hanging", 303)

    @signed_in
    def move(self) -> Response:
        """Up, or out."""
        whose, place = _whose(), _place(text("n"))
        with self.services.db.transaction() as tx:
            rules = list(_kept(tx, current_actor(), whose))
            if place is None or place >= len(rules):
                raise NotFound
            rule = rules.pop(place)
            if text("do") == "up":
                rules.insert(max(place - 1, 0), rule)
            set_preference(tx, current_actor(), name="hanging", value=rules, for_hospital=whose == HOSPITAL)
        return redirect("/hanging", 303)

    def _keep(self, whose: str, place: int | None, wish: Rule) -> None:
        with self.services.db.transaction() as tx:
            rules = list(_kept(tx, current_actor(), whose))
            if place is None:
                rules.append(wish)
            elif place < len(rules):
                rules[place] = wish
            else:
                raise NotFound
            set_preference(tx, current_actor(), name="hanging", value=rules, for_hospital=whose == HOSPITAL)

    def _rules(self, actor: Actor, whose: str) -> list[Rule]:
        with self.services.db.reading() as tx:
            return _kept(tx, actor, whose)

    def _form(self, whose: str, place: int | None, rule: Rule, problem: str = "") -> str:
        cells = min(rule["rows"], MOST_ROWS) * min(rule["columns"], MOST_ROWS)
        places = [*rule["places"], *(_NOWHERE for _ in range(cells))][:cells]
        return render_template(
            "hanging_rule.html",
            whose=whose,
            place=place,
            rule=rule,
            places=places,
            modalities=[("", gettext("Any")), *((one, one) for one in MODALITIES)],
            roles=[("", gettext("Everybody")), *_roles()],
            sizes=[(size, str(size)) for size in range(1, MOST_ROWS + 1)],
            problem=problem,
        )


def _kept(tx: Tx, actor: Actor, whose: str) -> list[Rule]:
    found = hospital_preferences(tx, actor) if whose == HOSPITAL else own_preferences(tx, actor)
    return list(found.get("hanging", ()))


def _roles() -> list[tuple[str, str]]:
    return [(role.value, gettext(name)) for role, name, _ in ROLES if role in READERS]


def _may_manage(actor: Actor) -> bool:
    return actor.allows(Permission.VIEWER_MANAGE) and actor.hospital_id is not None


def _whose() -> str:
    """NotFound for the hospital's rules when one does not manage them."""
    whose = request.values.get("of", OWN)
    if whose not in {OWN, HOSPITAL} or (whose == HOSPITAL and not _may_manage(current_actor())):
        raise NotFound
    return whose


def _place(entered: str) -> int | None:
    return int(entered) if entered.isdecimal() and len(entered) < 4 else None


def _empty() -> Rule:
    return {
        "modality": "",
        "body_part": "",
        "role": "",
        "rows": 1,
        "columns": 1,
        "tile": False,
        "priors": False,
        "places": [],
    }


def _entered() -> Rule:
    rows, columns = (_size(name) for name in ("rows", "columns"))
    return {
        "modality": text("modality"),
        "body_part": text("body_part"),
        "role": text("role"),
        "rows": rows,
        "columns": columns,
        "tile": "tile" in request.form.getlist("also"),
        "priors": "priors" in request.form.getlist("also"),
        "places": _trimmed([_entered_place(place) for place in range(rows * columns)]),
    }


def _size(name: str) -> int:
    return min(max(number(name, 1) or 1, 1), MOST_ROWS)


def _entered_place(place: int) -> Rule:
    return {
        "description": text(f"description-{place}"),
        "number": number(f"number-{place}", None),
        "laterality": text(f"laterality-{place}"),
        "view": text(f"view-{place}").upper(),
        "prior": bool(text(f"prior-{place}")),
    }


def _trimmed(places: list[Rule]) -> list[Rule]:
    """Without those at the end that say nothing."""
    while (
        places
        and not any(value for name, value in places[-1].items() if name != "number")
        and (places[-1]["number"] is None)
    ):
        places.pop()
    return places
