"""Access tokens of programs: made, shown once, watched, revoked."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.base.actor import Permission, Right
from app.base.errors import Invalid
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.identity import actions, queries
from app.identity.tokens import PROGRAM_RIGHTS, NewToken, access_tokens
from app.web.forms import sentence, text

MANAGE = requires(Permission.TOKEN_MANAGE)
RIGHTS = {  # sentences of the catalogue
    Right.QUERY: ("Search", "Find studies, series and images (QIDO-RS)."),
    Right.RETRIEVE: ("Fetch", "Fetch images, their data and pictures (WADO-RS, WADO-URI)."),
    Right.STORE: ("Store", "Put images into the archive (STOW-RS)."),
    Right.CONSULT: ("Consults", "Read consults that the hospital asks or answers (FHIR R4)."),
}
DAYS = (30, 90, 365, 730)
_USUAL_DAYS = 365


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("tokens", __name__)
    offer(door, NavItem(72, "/tokens", "Access tokens", (Permission.TOKEN_MANAGE,), "Manage"))
    pages = _Pages(services)
    door.get("/tokens")(pages.tokens)
    door.post("/tokens")(pages.make)
    door.post("/tokens/<token_id>/revoke")(pages.revoke)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @MANAGE
    def tokens(self) -> str:
        return self._show()

    def _show(self, *, problem: str = "", made: NewToken | None = None) -> str:
        actor = current_actor()
        with self.services.db.reading() as tx:
            found = access_tokens(tx, actor)
            hospitals = queries.hospitals(tx)
        several = actor.allows(Permission.HOSPITAL_MANAGE)
        home = next((token.hospital_id for token in found if made and token.id == made.id), actor.hospital_id)
        slug = next((hospital.slug for hospital in hospitals if hospital.id == home), "")
        return render_template(
            "tokens.html",
            tokens=found,
            several=several,
            hospitals=hospitals if several else (),
            chosen=request.form.get("hospital") or actor.hospital_id,
            rights=RIGHTS,
            days=DAYS,
            problem=problem,
            made=made,
            form={} if made else request.form,
            wanted=request.form.getlist("rights") or [Right.QUERY, Right.RETRIEVE],
            wanted_days=request.form.get("days", type=int) or _USUAL_DAYS,
            web_root=f"{self.services.settings.web.origin}/dicomweb/{slug}" if slug else "",
        )

    @MANAGE
    def make(self) -> str | tuple[str, int]:
        actor = current_actor()
        rights = [right for right in PROGRAM_RIGHTS if right in request.form.getlist("rights")]
        try:
            with self.services.db.transaction() as tx:
                made = actions.create_access_token(
                    tx,
                    actor,
                    hospital_id=text("hospital") or actor.hospital_id or "",
                    name=text("name"),
                    rights=rights,
                    days=request.form.get("days", type=int) or 0,
                )
        except Invalid as error:
            return self._show(problem=sentence(error)), status_of(error)
        return self._show(made=made)

    @MANAGE
    def revoke(self, token_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.revoke_access_token(tx, current_actor(), token_id=token_id)
        flash("done", "The access token no longer works.")
        return redirect("/tokens", 303)
