"""The bell in the header, and the list behind it."""

from flask import Blueprint, g, jsonify, redirect, render_template
from werkzeug.wrappers import Response

from app.base.actor import ActorKind
from app.edge.actor import current_actor, optional_actor, signed_in
from app.edge.flash import flash
from app.edge.services import Services
from app.routing import actions, queries


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
