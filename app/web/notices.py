"""The bell in the header, the list behind it, and how one wants to be told."""

from flask import Blueprint, g, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from app.base.actor import ActorKind
from app.base.errors import Invalid
from app.edge.actor import current_actor, optional_actor, signed_in
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.services import Services
from app.identity.accounts import own_account
from app.notify import actions, queries
from app.notify.preferences import Preference
from app.web import notify_words
from app.web.forms import sentence, text


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("notices", __name__, url_prefix="/notices")

    def unread() -> int:
        """For the layout: asked once for each page."""
        actor = optional_actor()
        if actor is None or actor.kind is not ActorKind.PERSON:
            return 0
        if "unread_notices" not in g:
            with services.db.reading() as tx:
                g.unread_notices = queries.unread_notices(tx, actor)
        return int(g.unread_notices)

    door.add_app_template_global(unread, "unread_notices")
    pages = _Settings(services)
    door.get("/settings")(pages.show)
    door.post("/settings")(pages.change)

    @door.get("")
    @signed_in
    def notices() -> str:
        with services.db.reading() as tx:
            found = queries.notices_of(tx, current_actor())
        return render_template("notices.html", notices=found)

    @door.get("/count")
    @signed_in
    def count() -> Response:
        return jsonify(unread=unread())

    @door.post("/<notice_id>")
    @signed_in
    def read(notice_id: str) -> Response:
        with services.db.transaction() as tx:
            path = actions.read_notice(tx, current_actor(), notice_id=notice_id)
        return redirect(path, 303)

    @door.post("/read")
    @signed_in
    def read_all() -> Response:
        with services.db.transaction() as tx:
            actions.read_all_notices(tx, current_actor())
        flash("done", "All notices are marked as read.")
        return redirect("/notices", 303)

    return door


class _Settings:
    def __init__(self, services: Services) -> None:
        self.services = services

    @signed_in
    def show(self) -> str:
        with self.services.db.reading() as tx:
            preference = queries.own_preference(tx, current_actor())
        return self._page(preference)

    @signed_in
    def change(self) -> Response | tuple[str, int]:
        wish = _wish()
        try:
            with self.services.db.transaction() as tx:
                actions.set_preference(tx, current_actor(), preference=wish)
        except Invalid as error:
            return self._page(wish, sentence(error)), status_of(error)
        flash("done", "Saved.")
        return redirect("/notices/settings", 303)

    def _page(self, preference: Preference, problem: str = "") -> str:
        actor = current_actor()
        with self.services.db.reading() as tx:
            email = own_account(tx, actor).email
            gateway = queries.has_gateway(tx, actor.hospital_id)
        return render_template(
            "notice_settings.html",
            preference=preference,
            problem=problem,
            email=email,
            gateway=gateway,
            mails=bool(self.services.settings.mail.host),
            kinds=notify_words.kinds(),
            digests=notify_words.digests(),
        )


def _wish() -> Preference:
    """What stands in the form; words that are none of ours are passed over."""
    return Preference(
        mail_kinds=notify_words.kinds_in(request.form.getlist("mail")),
        messenger_kinds=notify_words.kinds_in(request.form.getlist("messenger_kind")),
        messenger=text("messenger"),
        quiet_from=text("quiet_from"),
        quiet_to=text("quiet_to"),
        digest=notify_words.digest_in(text("digest")),
    )
