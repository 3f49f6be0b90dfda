"""The page behind a one-time link: choose a password, or connect the hospital's identity provider."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.base.errors import HoichanError, Invalid
from app.edge.actor import public
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.headers import hide_address
from app.edge.services import Services
from app.identity import actions, queries
from app.identity.passwords import check_password, hash_password
from app.identity.queries import InvitationInfo
from app.identity.sign_in import visitor
from app.web.forms import sentence


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("invitations", __name__)
    pages = _Pages(services)
    door.get("/invitations/<token>")(pages.invitation)
    door.post("/invitations/<token>")(pages.accept)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @public
    def invitation(self, token: str) -> str:
        """Looking changes nothing: programs that preview links do not use it up."""
        hide_address()
        return self._page(self._find(token), token, "")

    def _find(self, token: str) -> InvitationInfo:
        with self.services.db.transaction() as tx:
            actions.count_link_try(tx, visitor(request.remote_addr))
        with self.services.db.reading() as tx:
            return queries.invitation(tx, token)

    def _page(self, invitation: InvitationInfo, token: str, problem: str) -> str:
        providers = [
            (number, provider)
            for number, provider in enumerate(self.services.settings.oidc)
            if provider.hospital == invitation.hospital_slug
        ]
        return render_template(
            "invitation.html", invitation=invitation, token=token, problem=problem, providers=providers
        )

    @public
    def accept(self, token: str) -> Response | tuple[str, int]:
        hide_address()
        invitation = self._find(token)
        password = request.form.get("password", "")
        try:
            if password != request.form.get("again", ""):
                raise Invalid("passwords_differ", "The two new passwords are not the same.")
            check_password(password, invitation.login, invitation.person_name, invitation.hospital_name)
        except HoichanError as error:
            return self._page(invitation, token, sentence(error)), status_of(error)
        password_hash = hash_password(password)
        with self.services.db.transaction() as tx:
            actions.accept_invitation(
                tx, visitor(request.remote_addr), token=token, password_hash=password_hash
            )
        flash("done", "Your password is set. Sign in with it now.")
        return redirect("/sign-in", 303)
