"""Files that were kept but not entered, because their identifiers contradict what is here: a person decides."""

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.archive import actions, queries
from app.archive.comparing import MOST_SHOWN, differences, open_stored
from app.archive.queries import SetAsideCase, set_asides
from app.archive.states import SetAsideDecision
from app.base.actor import Permission
from app.base.errors import Conflict, HoichanError, Invalid, NotFound
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.services import Services
from app.render.same_image import location_in
from app.web import correction_words as words
from app.web.forms import sentence, text

SOURCES = {"dimse": "DICOM", "import": "Import", "stow": "DICOMweb", "upload": "Upload"}
MOST_AT_ONCE = 500
_SHOWN = 14
CORRECT = requires(Permission.STUDY_CORRECT)


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("set_aside", __name__)
    pages = _Pages(services)
    door.get("/set-aside")(pages.set_aside)
    door.get("/set-aside/<set_aside_id>")(pages.case)
    door.post("/set-aside/<set_aside_id>")(pages.decide)
    door.get("/set-aside/<set_aside_id>/picture/<which>")(pages.picture)
    return door


@dataclass
class _Pages:
    services: Services

    @CORRECT
    def set_aside(self) -> str:
        with self.services.db.reading() as tx:
            files = set_asides(tx, current_actor())
        return render_template("set_aside.html", files=files, sources=SOURCES, short=short_uid)

    @CORRECT
    def case(self, set_aside_id: str) -> str:
        with self.services.db.transaction() as tx:
            actions.note_set_aside_seen(tx, current_actor(), set_aside_id=set_aside_id)
        return self._show(self._case(set_aside_id), "")

    def _case(self, set_aside_id: str) -> SetAsideCase:
        with self.services.db.reading() as tx:
            return queries.set_aside_case(tx, current_actor(), set_aside_id)

    def _show(self, case: SetAsideCase, problem: str) -> str:
        other = open_stored(self.services.blobs, case.digest)
        first = open_stored(self.services.blobs, case.first_digest) if case.first_digest else None
        found = differences(first.header, other.header) if first else []
        return render_template(
            "set_aside_case.html",
            case=case,
            found=found[:MOST_SHOWN],
            more=max(0, len(found) - MOST_SHOWN),
            first=first,
            other=other,
            decisions=[(one, *words.DECISIONS[SetAsideDecision(one)]) for one in case.decisions],
            problem=problem,
            short=short_uid,
        )

    @CORRECT
    def decide(self, set_aside_id: str) -> AnyResponse | tuple[str, int]:
        case = self._case(set_aside_id)
        try:
            decision = SetAsideDecision(text("decision"))
        except ValueError:
            error = Invalid("no_choice", "Choose one of the decisions.")
            return self._show(case, sentence(error)), status_of(error)
        chosen = [(case.id, case.digest)]
        if request.form.get("all") == "yes":
            with self.services.db.reading() as tx:
                chosen += queries.set_asides_alike(tx, current_actor(), case.id)[: MOST_AT_ONCE - 1]
        done = 0
        try:
            for one, digest in chosen:
                self._decide(one, digest, decision)
                done += 1
        except (Conflict, Invalid, NotFound) as error:
            if not done:
                return self._show(case, sentence(error)), status_of(error)
        flash("done", "Decided: {count} of {all} files.", count=str(done), all=str(len(chosen)))
        return redirect("/set-aside", 303)

    def _decide(self, set_aside_id: str, digest: str, decision: SetAsideDecision) -> None:
        part10 = open_stored(self.services.blobs, digest).part10
        with self.services.db.transaction() as tx:
            actions.resolve_set_aside(
                tx, current_actor(), set_aside_id=set_aside_id, decision=decision, part10=part10
            )

    @CORRECT
    def picture(self, set_aside_id: str, which: str) -> Response:
        case = self._case(set_aside_id)
        digest = {"first": case.first_digest, "other": case.digest}.get(which)
        if digest is None or self.services.renderer is None:
            raise NotFound
        opened = open_stored(self.services.blobs, digest)
        try:
            picture = self.services.renderer.preview(location_in(opened, 1))
        except HoichanError as error:
            raise NotFound from error
        return Response(picture, content_type="image/jpeg")


def short_uid(uid: str) -> str:
    """Its end, which tells it from its neighbours; the root is the same for a whole hospital."""
    return uid if len(uid) <= _SHOWN else f"\N{HORIZONTAL ELLIPSIS}{uid[-_SHOWN:]}"
