"""Door: the pages of agreements, the scan of what a patient signed, and the yearly report."""

from io import BytesIO
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Response, jsonify, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from app.base.actor import Permission
from app.base.clock import VIETNAM, now
from app.base.errors import HoichanError, NotFound
from app.edge.actor import current_actor, requires, signed_in
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.language import gettext, language
from app.edge.services import Services
from app.identity.queries import hospitals
from consults.agreements import actions
from consults.agreements.basis import add_basis_scan, basis_scan
from consults.agreements.lifecycle import STANDING_NAMES, Deed
from consults.agreements.papers import LARGEST, Scan
from consults.agreements.queries import agreement_info, chased, contract_scan, list_agreements
from consults.agreements.report import csv_of, yearly_report
from consults.agreements.schemas import AgreementInput
from consults.doors.agreement_form import AgreementForm, name_of
from consults.grounds import LACK_NAMES, MODE_NAMES
from consults.numbers import printed
from consults.schemas import parse

MANAGE = requires(Permission.AGREEMENT_MANAGE)
UPLOAD = LARGEST + (1 << 16)
# Who writes agreements is no doctor and who reads them no administrator: pages that show are open to whoever is signed
# in, and the rows decide what they see.
PLAIN_DEEDS: dict[Deed, Any] = {
    Deed.AGREE: actions.agree_to_agreement,
    Deed.DISCARD: actions.discard_agreement,
    Deed.PROPOSE: actions.propose_agreement,
}
REASONED_DEEDS: dict[Deed, Any] = {
    Deed.END: actions.end_agreement,
    Deed.RETURN: actions.return_agreement,
}


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/agreements and /consults/<id>/basis."""
    _add_reading(door, services)
    _add_writing(door, services)
    _add_deeds(door, services)
    _add_scans(door, services)


def _add_reading(door: Blueprint, services: Services) -> None:
    @door.get("/agreements")
    @signed_in
    def agreements() -> str:
        actor = current_actor()
        with services.db.reading() as tx:
            found = list_agreements(tx, actor)
            waiting = chased(tx, actor)
        names = {"standing_names": STANDING_NAMES, "lack_names": LACK_NAMES}
        return render_template("consults/agreements.html", agreements=found, chased=waiting, **names)

    @door.get("/agreements/<agreement_id>")
    @signed_in
    def agreement(agreement_id: str) -> str:
        return _shown(services, agreement_id)

    @door.get("/agreements/<agreement_id>/report")
    @signed_in
    def report(agreement_id: str) -> BaseResponse | str:
        """`year`; with `as=csv` as a table for spreadsheets."""
        with services.db.reading() as tx:
            info = agreement_info(tx, current_actor(), agreement_id)
            last = now().astimezone(VIETNAM).year
            year = min(max(request.args.get("year", last, type=int), 2000), last)
            told = yearly_report(tx, current_actor(), agreement_id, year)
        if request.args.get("as") != "csv":
            return render_template("consults/agreement_report.html", agreement=info, report=told, last=last)
        name = f"agreement-{year}.csv"
        return send_file(BytesIO(csv_of(told, language())), "text/csv; charset=utf-8", True, name)


def _shown(services: Services, agreement_id: str, problem: str = "") -> str:
    with services.db.reading() as tx:
        info = agreement_info(tx, current_actor(), agreement_id)
    names = {"standing_names": STANDING_NAMES, "mode_names": MODE_NAMES, "printed": printed}
    return render_template("consults/agreement.html", agreement=info, problem=problem, **names)


def _add_writing(door: Blueprint, services: Services) -> None:
    @door.get("/agreements/new")
    @MANAGE
    def new_agreement() -> str:
        return _form(services, AgreementForm.empty(current_actor().hospital_id), None)

    @door.post("/agreements/new")
    @MANAGE
    def create_agreement() -> BaseResponse | tuple[str, int]:
        return _kept(services, None)

    @door.get("/agreements/<agreement_id>/edit")
    @MANAGE
    def edit_agreement(agreement_id: str) -> BaseResponse | str:
        with services.db.reading() as tx:
            info = agreement_info(tx, current_actor(), agreement_id)
        if Deed.EDIT not in info.allowed:
            return redirect(f"/consults/agreements/{agreement_id}", 303)
        return _form(services, AgreementForm.of_info(info), agreement_id)

    @door.post("/agreements/<agreement_id>/edit")
    @MANAGE
    def change_agreement(agreement_id: str) -> BaseResponse | tuple[str, int]:
        return _kept(services, agreement_id)


def _kept(services: Services, agreement_id: str | None) -> BaseResponse | tuple[str, int]:
    form = AgreementForm.posted(request.form)
    try:
        content = parse(AgreementInput, form.content())
        with services.db.transaction() as tx:
            if agreement_id is None:
                agreement_id = actions.draft_agreement(tx, current_actor(), content=content)
            else:
                actions.edit_agreement(tx, current_actor(), agreement_id=agreement_id, content=content)
    except HoichanError as error:
        shown = AgreementForm.posted(request.form, _sentence(error), str(error.params.get("where", "")))
        return _form(services, shown, agreement_id), status_of(error)
    flash("done", "Saved.")
    return redirect(f"/consults/agreements/{agreement_id}", 303)


def _sentence(error: HoichanError) -> str:
    names = {name: name_of(str(error.params[name])) for name in ("where", "before") if name in error.params}
    return gettext(error.message, **error.params | names)


def _form(services: Services, form: AgreementForm, agreement_id: str | None) -> str:
    with services.db.reading() as tx:
        homes = [(home.id, home.name) for home in hospitals(tx)]
    return render_template(
        "consults/agreement_form.html",
        form=form,
        agreement_id=agreement_id,
        hospitals=homes,
        mode_names=MODE_NAMES,
    )


def _add_deeds(door: Blueprint, services: Services) -> None:
    @door.post(
        f"/agreements/<agreement_id>/<any({','.join([*PLAIN_DEEDS, *REASONED_DEEDS, Deed.REVISE])}):deed>"
    )
    @MANAGE
    def do(agreement_id: str, deed: str) -> BaseResponse | tuple[str, int]:
        shown = agreement_id
        try:
            with services.db.transaction() as tx:
                if deed == Deed.REVISE:
                    shown = actions.revise_agreement(tx, current_actor(), agreement_id=agreement_id)
                elif deed in REASONED_DEEDS:
                    reason = request.form.get("reason", "")
                    REASONED_DEEDS[Deed(deed)](tx, current_actor(), agreement_id=agreement_id, reason=reason)
                else:
                    PLAIN_DEEDS[Deed(deed)](tx, current_actor(), agreement_id=agreement_id)
        except NotFound:
            raise
        except HoichanError as error:
            return _shown(services, agreement_id, _sentence(error)), status_of(error)
        flash("done", "Saved.")
        if deed == Deed.RETURN:  # from now on a draft of the other hospital
            return redirect("/consults/agreements", 303)
        return redirect(f"/consults/agreements/{shown}", 303)


def _add_scans(door: Blueprint, services: Services) -> None:
    @door.put("/agreements/<agreement_id>/scan")
    @requires(Permission.AGREEMENT_MANAGE, body_limit=UPLOAD)
    def put_contract(agreement_id: str) -> Response:
        scan = _scan()
        with services.db.transaction() as tx:
            actions.add_contract_scan(tx, current_actor(), agreement_id=agreement_id, scan=scan)
        return jsonify(ok=True)

    @door.get("/agreements/<agreement_id>/scan")
    @signed_in
    def contract(agreement_id: str) -> BaseResponse:
        with services.db.reading() as tx:
            return _sent(contract_scan(tx, current_actor(), agreement_id))

    @door.put("/<consult_id>/basis/scan")
    @requires(Permission.CONSULT_ASK, body_limit=UPLOAD)
    def put_scan(consult_id: str) -> Response:
        scan = _scan()
        with services.db.transaction() as tx:
            return jsonify(ok=True, **add_basis_scan(tx, current_actor(), consult_id=consult_id, scan=scan))

    @door.get("/<consult_id>/basis/scan")
    @requires(Permission.CONSULT_DISCUSS)
    def scan(consult_id: str) -> BaseResponse:
        with services.db.reading() as tx:
            return _sent(basis_scan(tx, current_actor(), consult_id))


def _scan() -> Scan:
    """The body is the file; its name comes beside it, percent-encoded."""
    return Scan.of(unquote(request.headers.get("X-File-Name", "")), request.get_data())


def _sent(scan: Scan) -> BaseResponse:
    """To be kept, not shown among our own pages."""
    return send_file(BytesIO(scan.content), scan.media_type, True, scan.name)
