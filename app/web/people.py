"""The people of a hospital: invite, set roles, reset passwords, close and reopen accounts."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.base.actor import Permission, Role
from app.base.db import Tx
from app.base.errors import Conflict, HoichanError, Invalid
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.identity import access, accounts, actions, queries
from app.identity.invitations import IssuedInvitation
from app.web.forms import optional, sentence, text

Change = Callable[[Tx], None]
MANAGE = requires(Permission.PERSON_MANAGE)

# Role, what it is called, what it may do; in the order in which they are offered.
ROLES: tuple[tuple[Role, str, str], ...] = (
    (Role.REFERRER, "Referring doctor", "Opens studies, asks for consults, makes links for patients."),
    (Role.SPECIALIST, "Specialist", "Answers consults of other hospitals, and may ask for them too."),
    (
        Role.COORDINATOR,
        "Coordinator",
        "Hands out the consults asked of this hospital and keeps its duty roster.",
    ),
    (Role.TECHNICIAN, "Technician", "Sends and uploads images, sees the study list."),
    (Role.HOSPITAL_ADMINISTRATOR, "Hospital administrator", "Manages people and devices of this hospital."),
    (Role.AUDITOR, "Auditor", "Reads who did what and when."),
    (Role.PLATFORM_ADMINISTRATOR, "Platform administrator", "Creates hospitals and manages all of them."),
)


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("people", __name__)
    offer(door, NavItem(60, "/people", "Staff", (Permission.PERSON_MANAGE,), "Manage"))
    pages = _Pages(services)
    door.get("/people")(pages.people)
    door.get("/people/new")(pages.new_person)
    door.post("/people/new")(pages.create_person)
    door.get("/people/<person_id>")(pages.person)
    door.post("/people/<person_id>")(pages.update_person)
    door.post("/people/<person_id>/roles")(pages.set_roles)
    door.post("/people/<person_id>/provider")(pages.set_provider)
    door.post("/people/<person_id>/invite")(pages.invite)
    door.post("/people/<person_id>/reset")(pages.reset)
    door.post("/people/<person_id>/close")(pages.close)
    door.post("/people/<person_id>/reopen")(pages.reopen)
    door.post("/people/<person_id>/end-sessions")(pages.end_sessions)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @MANAGE
    def people(self) -> str:
        actor, chosen = current_actor(), self._hospital()
        with self.services.db.reading() as tx:
            found = accounts.accounts_of(tx, actor, chosen)
            hospitals = self._hospitals(tx)
        return render_template(
            "people.html", accounts=found, hospitals=hospitals, chosen=chosen, role_names=role_names()
        )

    def _hospital(self) -> str | None:
        """Whose people: one's own hospital's, or for a platform administrator the chosen one's."""
        return request.values.get("hospital") or current_actor().hospital_id

    def _hospitals(self, tx: Tx) -> tuple[queries.HospitalInfo, ...]:
        return queries.hospitals(tx) if current_actor().allows(Permission.HOSPITAL_MANAGE) else ()

    @MANAGE
    def new_person(self) -> str:
        return self._new_form("")

    def _new_form(self, problem: str) -> str:
        access.check_people_of(current_actor(), self._hospital())
        with self.services.db.reading() as tx:
            hospitals = self._hospitals(tx)
        return render_template(
            "person_new.html",
            problem=problem,
            hospitals=hospitals,
            chosen=self._hospital(),
            roles=self._roles_offered(),
            form=request.form,
        )

    def _roles_offered(self) -> list[tuple[Role, str, str]]:
        platform = current_actor().allows(Permission.HOSPITAL_MANAGE)
        return [entry for entry in ROLES if platform or entry[0] is not Role.PLATFORM_ADMINISTRATOR]

    @MANAGE
    def create_person(self) -> str | tuple[str, int]:
        actor = current_actor()
        try:
            with self.services.db.transaction() as tx:
                person = actions.create_person(
                    tx,
                    actor,
                    hospital_id=self._hospital(),
                    name=text("name"),
                    login=text("login"),
                    email=optional("email"),
                    roles=_chosen_roles(),
                )
                issued = actions.invite_person(tx, actor, person_id=person.id)
        except HoichanError as error:
            return self._new_form(sentence(error)), status_of(error)
        return self._show(person.id, issued=issued)

    @MANAGE
    def person(self, person_id: str) -> str:
        return self._show(person_id)

    def _show(self, person_id: str, *, problem: str = "", issued: IssuedInvitation | None = None) -> str:
        with self.services.db.reading() as tx:
            account = accounts.account(tx, current_actor(), person_id)
            home = queries.hospital(tx, account.person.hospital_id) if account.person.hospital_id else None
        providers = [item for item in self.services.settings.oidc if home and item.hospital == home.slug]
        link = f"{self.services.settings.web.origin}/invitations/{issued.token}" if issued else ""
        return render_template(
            "person.html",
            account=account,
            problem=problem,
            issued=issued,
            link=link,
            providers=providers,
            roles=self._roles_offered(),
            role_names=role_names(),
        )

    @MANAGE
    def update_person(self, person_id: str) -> Response | tuple[str, int]:
        def change(tx: Tx) -> None:
            actions.update_person(
                tx,
                current_actor(),
                person_id=person_id,
                name=text("name"),
                email=optional("email"),
                licence_number=text("licence_number"),
            )

        return self._change(person_id, change, "Saved.")

    def _change(self, person_id: str, change: Change, done: str) -> Response | tuple[str, int]:
        try:
            with self.services.db.transaction() as tx:
                change(tx)
        except (Invalid, Conflict) as error:
            return self._show(person_id, problem=sentence(error)), status_of(error)
        flash("done", done)
        return redirect(f"/people/{person_id}", 303)

    @MANAGE
    def set_roles(self, person_id: str) -> Response | tuple[str, int]:
        def change(tx: Tx) -> None:
            actions.set_roles(tx, current_actor(), person_id=person_id, roles=_chosen_roles())

        return self._change(person_id, change, "The roles have been changed. The person signs in again.")

    @MANAGE
    def set_provider(self, person_id: str) -> Response | tuple[str, int]:
        known = {provider.issuer for provider in self.services.settings.oidc}
        issuer = text("issuer")

        def change(tx: Tx) -> None:
            if issuer not in known:
                raise Invalid("bad_issuer", "This identity provider is not set up here.")
            actions.set_oidc_subject(
                tx, current_actor(), person_id=person_id, issuer=issuer, subject=optional("subject")
            )

        return self._change(person_id, change, "Saved.")

    @MANAGE
    def invite(self, person_id: str) -> str:
        with self.services.db.transaction() as tx:
            issued = actions.invite_person(tx, current_actor(), person_id=person_id)
        return self._show(person_id, issued=issued)

    @MANAGE
    def reset(self, person_id: str) -> str:
        with self.services.db.transaction() as tx:
            issued = actions.issue_reset(tx, current_actor(), person_id=person_id)
        return self._show(person_id, issued=issued)

    @MANAGE
    def close(self, person_id: str) -> Response | tuple[str, int]:
        def change(tx: Tx) -> None:
            actions.deactivate_person(tx, current_actor(), person_id=person_id)

        return self._change(person_id, change, "The account is closed.")

    @MANAGE
    def reopen(self, person_id: str) -> Response | tuple[str, int]:
        def change(tx: Tx) -> None:
            actions.reactivate_person(tx, current_actor(), person_id=person_id)

        return self._change(person_id, change, "The account is open again.")

    @MANAGE
    def end_sessions(self, person_id: str) -> Response | tuple[str, int]:
        def change(tx: Tx) -> None:
            actions.end_sessions_of(tx, current_actor(), person_id=person_id)

        return self._change(person_id, change, "The person has been signed out everywhere.")


def role_names() -> dict[Role, str]:
    """What each role is called, a sentence of the catalogue."""
    return {role: name for role, name, _ in ROLES}


def _chosen_roles() -> frozenset[Role]:
    try:
        return frozenset(Role(value) for value in request.form.getlist("roles"))
    except ValueError as error:
        raise Invalid("bad_role", "This role does not exist.") from error
