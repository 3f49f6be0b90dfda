"""Studies are put right: other data, another patient, merged, split, rejected, or asked to be destroyed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.archive import actions, queries
from app.archive.states import RejectionReason
from app.base.actor import Actor, Permission
from app.base.db import Tx
from app.base.errors import Conflict, Forbidden, HoichanError, Invalid, NotFound
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.language import gettext
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.web import correction_words as words
from app.web import dicom_words
from app.web.forms import sentence, text

CORRECT = requires(Permission.STUDY_CORRECT)
_STUDY = ("accession_number", "study_date", "study_time", "description", "referring_physician_name", "study_id",
          "patient_age")  # fmt: skip
_PATIENT = ("name", "patient_id", "issuer_of_patient_id", "birth_date", "sex")
_SERIES = ("description", "body_part", "laterality")
_Act = Callable[[Tx, Actor, str], str | None]
"""Does what the form asks for; the study to show afterwards, when it is another."""


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("corrections", __name__)

    def waiting(actor: Actor) -> int:
        with services.db.reading() as tx:
            found = queries.waiting_counts(tx, actor)
        return found.set_asides + found.collisions + found.deletions

    offer(door, NavItem(41, "/corrections", "Put right", (Permission.STUDY_CORRECT,), "Archive", waiting))
    dicom_words.install(door)
    pages = _Pages(services)
    door.get("/corrections")(pages.overview)
    door.get("/studies/<study_id>/corrections")(pages.study)
    door.post("/studies/<study_id>/corrections/<what>")(pages.correct)
    door.get("/studies/<study_id>/corrections/series/<series_id>")(pages.series)
    door.post("/studies/<study_id>/corrections/undo/<correction_id>")(pages.undo)
    return door


@dataclass
class _Pages:
    services: Services

    @CORRECT
    def overview(self) -> str:
        actor = current_actor()
        with self.services.db.reading() as tx:
            counts = queries.waiting_counts(tx, actor)
            hidden = queries.hidden_studies(tx, actor)
        return render_template("corrections.html", counts=counts, hidden=hidden, reasons=words.REASONS)

    @CORRECT
    def study(self, study_id: str) -> str:
        return self._show(study_id)

    def _show(self, study_id: str, problem: str = "", failed: str = "") -> str:
        actor = current_actor()
        looked_for = request.values.get("patient", "")[:200]
        with self.services.db.reading() as tx:
            study = queries.study_to_correct_info(tx, actor, study_id)
            history = queries.corrections_of_study(tx, actor, study_id)
            others = queries.other_studies(tx, actor, study_id)
            found = queries.find_patients(tx, actor, looked_for)
        return render_template(
            "study_corrections.html",
            study=study,
            history=history,
            others=others,
            found=[one for one in found if one.id != study.patient.id],
            looked_for=looked_for,
            more=len(found) == queries.MOST_FOUND,
            problem=problem,
            failed=failed,
            form=request.form,
            words=words,
            fields=_STUDY,
            patient_fields=_PATIENT,
            series_fields=_SERIES,
        )

    @CORRECT
    def series(self, study_id: str, series_id: str) -> str:
        actor = current_actor()
        with self.services.db.reading() as tx:
            study = queries.study_to_correct_info(tx, actor, study_id)
            images = queries.images_to_correct(tx, actor, series_id)
        (series,) = (one for one in study.series if one.id == series_id)
        return render_template(
            "series_corrections.html", study=study, series=series, images=images, words=words
        )

    @CORRECT
    def correct(self, study_id: str, what: str) -> Response | tuple[str, int]:
        actor = current_actor()
        act = ACTS.get(what)
        if act is None:
            raise NotFound
        try:
            with self.services.db.transaction() as tx:
                shown = act(tx, actor, study_id)
        except (Conflict, Forbidden, Invalid) as error:
            error.params |= _in_words(error.params)
            return self._show(study_id, sentence(error), what), status_of(error)
        flash(
            "done",
            "Asked for. A second person must confirm."
            if what == "delete"
            else "Corrected. It can be taken back below.",
        )
        return redirect(f"/studies/{shown or study_id}/corrections", 303)

    @CORRECT
    def undo(self, study_id: str, correction_id: str) -> Response | tuple[str, int]:
        try:
            with self.services.db.transaction() as tx:
                actions.undo_correction(tx, current_actor(), correction_id=correction_id)
        except HoichanError as error:
            return self._show(study_id, sentence(error)), status_of(error)
        flash("done", "Taken back.")
        return redirect(f"/studies/{study_id}/corrections", 303)


def _in_words(told: Mapping[str, str]) -> dict[str, str]:
    """The field an error is about, and what stands in it, as the page says them."""
    field, value = told.get("field", ""), told.get("value", "")
    said = {"field": gettext(words.FIELDS[field])} if field in words.FIELDS else {}
    label = words.CHOICES.get(field, {}).get(value)
    return said | ({"value": gettext(label) if label else value or "—"} if "value" in told else {})


def _given(names: tuple[str, ...]) -> dict[str, str]:
    """A date may be written as the browser writes it."""
    found = {name: text(name) for name in names if name in request.form}
    return {name: value.replace("-", "") if name.endswith("date") else value for name, value in found.items()}


class _Edited(TypedDict):
    wanted: dict[str, str]
    replacing: dict[str, str]
    reason: str


def _edited(names: tuple[str, ...]) -> _Edited:
    """What this person changed, and what stood there when they opened the form. A field they left alone is in neither:
    somebody else may have corrected it since.
    """
    given = _given(names)
    seen = {name: request.form.get(f"was_{name}", "") for name in given}
    changed = [name for name, value in given.items() if value != seen[name].strip()]
    return {
        "wanted": {name: given[name] for name in changed},
        "replacing": {name: seen[name] for name in changed},
        "reason": text("reason"),
    }


def _edit_study(tx: Tx, actor: Actor, study_id: str) -> None:
    actions.edit_study(tx, actor, study_id=study_id, **_edited(_STUDY))


def _edit_series(tx: Tx, actor: Actor, _study_id: str) -> None:
    actions.edit_series(tx, actor, series_id=text("series"), **_edited(_SERIES))


def _edit_patient(tx: Tx, actor: Actor, study_id: str) -> None:
    patient = queries.study_to_correct_info(tx, actor, study_id).patient
    if text("whose") != patient.id:
        raise Conflict(
            "patient_moved",
            "The study was moved to another patient meanwhile. What you wrote is still in the form; look whom it is about and save again.",
        )
    actions.edit_patient(tx, actor, patient_id=patient.id, **_edited(_PATIENT))


def _move(tx: Tx, actor: Actor, study_id: str) -> None:
    actions.move_study(tx, actor, study_id=study_id, patient_id=text("patient_row"), reason=text("reason"))


def _move_to_new(tx: Tx, actor: Actor, study_id: str) -> None:
    actions.move_study(tx, actor, study_id=study_id, new_patient=_given(_PATIENT), reason=text("reason"))


def _merge(tx: Tx, actor: Actor, study_id: str) -> str:
    actions.merge_studies(tx, actor, study_id=study_id, into_id=text("into"), reason=text("reason"))
    return text("into")


def _split(tx: Tx, actor: Actor, study_id: str) -> str:
    chosen = request.form.getlist("series")
    return actions.split_study(tx, actor, study_id=study_id, series_ids=chosen, reason=text("reason"))


def _reject(tx: Tx, actor: Actor, study_id: str) -> None:
    try:
        code = RejectionReason(text("code"))
    except ValueError:
        raise Invalid("bad_reason", "Choose why it is rejected.") from None
    series, image = text("series") or None, text("image") or None
    of = {"instance_id": image} if image else {"series_id": series} if series else {"study_id": study_id}
    actions.reject(tx, actor, code=code, reason=text("reason") or words.REASONS[code], **of)


def _ask_to_destroy(tx: Tx, actor: Actor, study_id: str) -> None:
    actions.request_deletion(tx, actor, study_id=study_id, reason=text("reason"))


ACTS: dict[str, _Act] = {
    "delete": _ask_to_destroy,
    "edit-patient": _edit_patient,
    "edit-series": _edit_series,
    "edit-study": _edit_study,
    "merge": _merge,
    "move": _move,
    "move-to-new": _move_to_new,
    "reject": _reject,
    "split": _split,
}
