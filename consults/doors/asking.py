"""Door: the form of a new case, with what stands against sending it."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from app.archive.queries import study_info
from app.base.actor import Permission
from app.base.errors import HoichanError
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.language import gettext
from app.edge.services import Services
from consults.agreements.queries import covers_for_form
from consults.asking import choices, further_studies
from consults.dispatch.asked import groups_to_ask
from consults.doors.asking_checks import check_looked, found_among, key_of
from consults.doors.asking_files import FORM_LIMIT, chosen_files, keep_files
from consults.doors.asking_starts import saved_key_images
from consults.doors.wishing import fulfil_here
from consults.forms import LABELS, BasisForm, ConsultForm, field_of, label_of
from consults.grounds import GROUND_NAMES, MODE_NAMES, TOLD_NAMES
from consults.lifecycle import State
from consults.preflight.checking import check_studies
from consults.queries import addressed, room_state
from consults.schemas import MAX_STUDIES
from consults.urgency import DUE_WITHIN, URGENCY_NAMES


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/new and /consults/<id>/edit."""

    @door.get("/new")
    @requires(Permission.CONSULT_ASK)
    def new() -> str:
        study_id = request.args.get("study", "")
        days = str(services.settings.consult.access_days)
        return _form(services, study_id, _empty_form(study_id, days))

    @door.post("/new")
    @requires(Permission.CONSULT_ASK, body_limit=FORM_LIMIT)
    def create() -> BaseResponse | tuple[str, int]:
        return _posted(services, request.args.get("study", ""), None)

    @door.get("/checks")
    @requires(Permission.CONSULT_ASK)
    def checks() -> str:
        """What stands against the studies chosen so far; part of the form, asked for anew as others are chosen."""
        with services.db.reading() as tx:
            findings = check_studies(
                tx, current_actor(), dict.fromkeys(request.args.getlist("study")[:MAX_STUDIES])
            )
        return render_template("consults/form_checks.html", findings=findings, finding_key=key_of)

    @door.get("/<consult_id>/edit")
    @requires(Permission.CONSULT_ASK)
    def edit(consult_id: str) -> BaseResponse | str:
        with services.db.reading() as tx:
            told = room_state(tx, current_actor(), consult_id)
            whom = addressed(tx, current_actor(), consult_id)
        if told["consult"]["state"] != State.DRAFT:
            return redirect(f"/consults/{consult_id}", 303)
        form = ConsultForm.of_draft(told, whom, current_actor().name)
        return _form(services, form.study_ids[0], form, consult_id)

    @door.post("/<consult_id>/edit")
    @requires(Permission.CONSULT_ASK, body_limit=FORM_LIMIT)
    def change(consult_id: str) -> BaseResponse | tuple[str, int]:
        return _posted(services, request.form.get("study", ""), consult_id)


def _empty_form(study_id: str, days: str) -> ConsultForm:
    basis = BasisForm(informed_by=current_actor().name)
    return ConsultForm(study_ids=(study_id,), access_days=days, basis=basis)


def _posted(services: Services, study_id: str, consult_id: str | None) -> BaseResponse | tuple[str, int]:
    """Keeps the draft, and sends it unless only keeping was asked for."""
    form = ConsultForm.posted(request.form)
    if consult_id is not None and request.form.get("do") == "discard":
        discard = {"consult_id": consult_id, "reason": gettext("The draft was discarded.")}
        fulfil_here(services, "consult.cancel", discard)
        return redirect("/consults?box=sent", 303)
    files = chosen_files()
    try:
        content = form.wish()
        if consult_id is None:
            consult_id = fulfil_here(services, "consult.create", content)["id"]
        else:
            fulfil_here(services, "consult.edit", {"consult_id": consult_id, "content": content})
        keep_files(services, consult_id, files)
        if request.form.get("do") == "keep":
            return redirect("/consults?box=sent", 303)
        with services.db.reading() as tx:
            check_looked(tx, form.study_ids)
        fulfil_here(services, "consult.request", {"consult_id": consult_id})
    except HoichanError as error:
        lost = tuple(file.filename or "" for file in files)
        shown = form.with_problem(_sentence(error), at=field_of(error), lost=lost)
        return _form(services, study_id, shown, consult_id), status_of(error)
    return redirect(f"/consults/{consult_id}", 303)


def _sentence(error: HoichanError) -> str:
    params = error.params
    if error.code == "invalid_wish":
        params = {"where": gettext(label_of(str(params["where"])))}
    told = gettext(error.message, **params)
    match field_of(error):
        case "file":
            return f"{params['file']}: {told}"
        case "labs":
            return f"{gettext(LABELS['labs'])}: {told}"
    return told


def _form(services: Services, study_id: str, form: ConsultForm, consult_id: str | None = None) -> str:
    actor = current_actor()
    with services.db.reading() as tx:
        study = study_info(tx, actor, study_id)
        further = further_studies(tx, actor, study)
        whom = choices(tx, actor)
        groups = {each.hospital_id: groups_to_ask(tx, actor, each.hospital_id) for each in whom}
        covers = covers_for_form(tx, actor, study.modalities)
        offered = [study.id, *(other.id for other in further)]
        findings = found_among(tx, form.study_ids, offered)
        files = room_state(tx, actor, consult_id)["attachments"]["files"] if consult_id else []
    starts = list(dict.fromkeys([*form.starts, *saved_key_images(services, offered)]))
    return render_template(
        "consults/form.html",
        action=f"/consults/{consult_id}/edit" if consult_id else f"/consults/new?study={study.id}",
        consult_id=consult_id,
        form=form,
        study=study,
        further=further,
        choices=whom,
        groups=groups,
        covers=covers,
        findings=findings,
        finding_key=key_of,
        starts=starts,
        files=files,
        mode_names=MODE_NAMES,
        ground_names=GROUND_NAMES,
        told_names=TOLD_NAMES,
        urgency_names=URGENCY_NAMES,
        due_minutes={urgency: int(span.total_seconds() // 60) for urgency, span in DUE_WITHIN.items()},
    )
