"""One's own account: password, and where one is signed in."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.base.errors import HoichanError, Invalid
from app.edge.actor import current_actor, signed_in
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.services import Services
from app.identity import accounts, actions
from app.identity.passwords import check_password, hash_password, verify_password
from app.web.forms import sentence
from app.web.people import role_names


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("account", __name__)
    pages = _Pages(services)
    door.get("/me")(pages.account)
    door.post("/me/password")(pages.change_password)
    door.post("/me/sessions/end-others")(pages.end_other_sessions)
    door.post("/me/sessions/<session_id>/end")(pages.end_session)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @signed_in
    def account(self) -> str:
        return self._page("")

    def _page(self, problem: str) -> str:
        actor = current_actor()
        with self.services.db.reading() as tx:
            account, sessions = accounts.own_account(tx, actor), accounts.own_sessions(tx, actor)
        return render_template(
            "account.html", account=account, sessions=sessions, problem=problem, role_names=role_names()
        )

    @signed_in
    def change_password(self) -> Response | tuple[str, int]:
        try:
            self._set_password(request.form.get("old", ""), request.form.get("new", ""))
        except HoichanError as error:
            return self._page(sentence(error)), status_of(error)
        flash("done", "Your password has been changed. You have been signed out everywhere else.")
        return redirect("/me", 303)

    def _set_password(self, old: str, new: str) -> None:
        actor, db = current_actor(), self.services.db
        with db.transaction() as tx:
            account, old_hash = accounts.own_account(tx, actor), accounts.password_hash_of(tx, actor)
            actions.count_password_try(tx, actor)
        if new != request.form.get("again", ""):
            raise Invalid("passwords_differ", "The two new passwords are not the same.")
        check_password(new, account.login, account.person.name, account.person.hospital_name)
        if not verify_password(old_hash, old):
            raise Invalid("wrong_password", "The present password is not right.")
        new_hash = hash_password(new)
        with db.transaction() as tx:
            actions.set_password(tx, actor, password_hash=new_hash)

    @signed_in
    def end_session(self, session_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.end_session(tx, current_actor(), session_id=session_id)
        flash("done", "That session has ended.")
        return redirect("/me", 303)

    @signed_in
    def end_other_sessions(self) -> Response:
        actor = current_actor()
        with self.services.db.transaction() as tx:
            actions.revoke_sessions(
                tx, actor, person_id=actor.id, reason="ended elsewhere", keep=actor.session_id
            )
        flash("done", "You have been signed out everywhere else.")
        return redirect("/me", 303)
