"""Studies that somebody asked to destroy: a second person decides. What was destroyed stays on record."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from app.archive import actions, queries
from app.base.actor import Permission
from app.base.errors import Conflict, Forbidden, NotFound
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.services import Services
from app.web import correction_words as words
from app.web.forms import sentence

CORRECT = requires(Permission.STUDY_CORRECT)


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("deletions", __name__)
    pages = _Pages(services)
    door.get("/deletions")(pages.deletions)
    door.post("/deletions/<deletion_id>/<decision>")(pages.decide)
    return door


@dataclass
class _Pages:
    services: Services

    @CORRECT
    def deletions(self) -> str:
        return self._show("")

    def _show(self, problem: str) -> str:
        actor = current_actor()
        with self.services.db.reading() as tx:
            waiting = queries.deletions(tx, actor, waiting=True)
            records = queries.deletions(tx, actor, waiting=False)
        return render_template(
            "deletions.html", waiting=waiting, records=records, words=words, problem=problem
        )

    @CORRECT
    def decide(self, deletion_id: str, decision: str) -> Response | tuple[str, int]:
        acts = {
            "endorse": (actions.endorse_deletion, "Asked for. A second person must confirm it."),
            "confirm": (actions.confirm_deletion, "The study is destroyed. Its record stays below."),
            "refuse": (actions.refuse_deletion, "Refused. The study stays."),
            "withdraw": (actions.withdraw_deletion, "Taken back. The study stays."),
        }
        if decision not in acts:
            raise NotFound
        act, told = acts[decision]
        try:
            with self.services.db.transaction() as tx:
                act(tx, current_actor(), deletion_id=deletion_id)
        except (Conflict, Forbidden) as error:
            return self._show(sentence(error)), status_of(error)
        flash("done", told)
        return redirect("/deletions", 303)
