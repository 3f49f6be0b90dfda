"""Two people under one patient number: one person or two?"""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from app.archive import actions, queries
from app.base.actor import Permission
from app.base.errors import Conflict, Invalid
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.language import gettext
from app.edge.services import Services
from app.web import dicom_words
from app.web.forms import optional, sentence


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("collisions", __name__)
    dicom_words.install(door)

    def show(problem: str) -> str:
        with services.db.reading() as tx:
            found = queries.patient_collisions(tx, current_actor())
        return render_template("collisions.html", collisions=found, problem=problem)

    @door.get("/patient-collisions")
    @requires(Permission.STUDY_CORRECT)
    def collisions() -> str:
        return show("")

    @door.post("/patient-collisions/<collision_id>")
    @requires(Permission.STUDY_CORRECT)
    def decide(collision_id: str) -> Response | tuple[str, int]:
        keep = optional("keep")
        try:
            with services.db.transaction() as tx:
                reason = gettext("Two entries of one person under one number")
                actions.decide_collision(
                    tx, current_actor(), collision_id=collision_id, keep_id=keep, reason=reason
                )
        except (Conflict, Invalid) as error:
            return show(sentence(error)), status_of(error)
        flash(
            "done",
            "They are one patient now. It can be taken back at any of the studies."
            if keep
            else "They stay two patients.",
        )
        return redirect("/patient-collisions", 303)

    return door
