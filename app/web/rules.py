"""The rules of routing: made, tried on what is here, switched and deleted."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from app.base.actor import Permission
from app.base.errors import Invalid, NotFound
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.language import gettext
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.identity.queries import devices_of, hospitals, people_of
from app.routing import actions, queries
from app.routing.actions import RuleInput
from app.routing.queries import Conditions, RuleInfo
from app.web import dicom_words, routing_words
from app.web.forms import sentence, text
from app.web.people import ROLES

MANAGE = requires(Permission.ROUTING_MANAGE)


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("rules", __name__, url_prefix="/rules")
    offer(door, NavItem(45, "/rules", "Rules", (Permission.ROUTING_MANAGE,), "Archive"))
    dicom_words.install(door)
    routing_words.install(door)
    pages = _Pages(services)
    door.get("")(pages.rules)
    door.get("/new")(pages.new)
    door.post("/new")(pages.create)
    door.get("/<rule_id>")(pages.rule)
    door.post("/<rule_id>")(pages.update)
    door.post("/<rule_id>/switch")(pages.switch)
    door.post("/<rule_id>/delete")(pages.delete)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @MANAGE
    def rules(self) -> str:
        with self.services.db.reading() as tx:
            found = queries.rules_of(tx, current_actor())
        return render_template("rules.html", rules=found)

    @MANAGE
    def new(self) -> str:
        return self._form(_empty(), _home())

    @MANAGE
    def create(self) -> Response | str | tuple[str, int]:
        wish, home = _wish(), _home()
        if text("do") == "try":
            return self._form(wish, home, tried=True)
        try:
            with self.services.db.transaction() as tx:
                rule_id = actions.create_rule(tx, current_actor(), hospital_id=home, rule=wish)
        except (Invalid, NotFound) as error:
            return self._form(wish, home, problem=sentence(error)), status_of(error)
        flash("done", "The rule holds for what arrives from now on.")
        return redirect(f"/rules#{rule_id}", 303)

    @MANAGE
    def rule(self, rule_id: str) -> str:
        with self.services.db.reading() as tx:
            found = queries.rule_info(tx, current_actor(), rule_id)
        return self._form(_input_of(found), found.hospital_id, rule=found)

    @MANAGE
    def update(self, rule_id: str) -> Response | str | tuple[str, int]:
        wish = _wish()
        with self.services.db.reading() as tx:
            found = queries.rule_info(tx, current_actor(), rule_id)
        if text("do") == "try":
            return self._form(wish, found.hospital_id, rule=found, tried=True)
        try:
            with self.services.db.transaction() as tx:
                actions.update_rule(tx, current_actor(), rule_id=rule_id, rule=wish)
        except (Invalid, NotFound) as error:
            return self._form(wish, found.hospital_id, rule=found, problem=sentence(error)), status_of(error)
        flash("done", "Saved.")
        return redirect("/rules", 303)

    @MANAGE
    def switch(self, rule_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.switch_rule(tx, current_actor(), rule_id=rule_id, active=text("active") == "yes")
        return redirect("/rules", 303)

    @MANAGE
    def delete(self, rule_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.delete_rule(tx, current_actor(), rule_id=rule_id)
        flash("done", "The rule is deleted. What it sent stays where it is.")
        return redirect("/rules", 303)

    def _form(
        self,
        wish: RuleInput,
        home: str,
        *,
        rule: RuleInfo | None = None,
        problem: str = "",
        tried: bool = False,
    ) -> str:
        actor = current_actor()
        with self.services.db.reading() as tx:
            every = hospitals(tx)
            devices = devices_of(tx, actor, home)
            people = people_of(tx, actor, home)
            met, of = (
                queries.try_conditions(
                    tx,
                    actor,
                    hospital_id=home,
                    conditions=Conditions(wish.device_id or None, wish.modality, wish.description),
                )
                if tried
                else ([], 0)
            )
        return render_template(
            "rule.html",
            rule=rule,
            wish=wish,
            home=home,
            hospitals=every,
            devices=devices,
            people=people,
            problem=problem,
            tried=tried,
            met=met,
            of=of,
            moments=routing_words.pairs(routing_words.MOMENTS),
            choices=routing_words.pairs(routing_words.ACTIONS),
            roles=[(role.value, gettext(name)) for role, name, _ in ROLES if role in actions.NOTIFIED_ROLES],
            syntaxes=routing_words.syntaxes(),
        )


def _home() -> str:
    """Whose rules they are: who keeps rules belongs to a hospital."""
    home = current_actor().hospital_id
    if home is None:
        raise NotFound
    return home


def _empty() -> RuleInput:
    return RuleInput("", "completion", "forward", days=30)


def _wish() -> RuleInput:
    """What stands in the form. Of the targets only that of the chosen action counts."""
    action = text("action")
    target = {
        "forward": "device_to",
        "availability": "device_to",
        "grant": "hospital_to",
        "notify": "person_to",
    }
    days = text("days")
    return RuleInput(
        name=text("name"),
        moment=text("moment"),
        action=action,
        device_id=text("device_from"),
        modality=text("modality"),
        description=text("description"),
        target_id=text(target[action]) if action in target else "",
        days=int(days) if days.isdecimal() and len(days) < 5 else 0,
        role=text("role"),
        syntax=text("syntax"),
    )


def _input_of(rule: RuleInfo) -> RuleInput:
    return RuleInput(
        rule.name,
        rule.moment,
        rule.action,
        rule.device_id,
        rule.modality,
        rule.description,
        rule.target_id,
        int(rule.parameters.get("days", 30)),
        str(rule.parameters.get("role", "")),
        str(rule.parameters.get("syntax", "")),
    )
