"""Door: the minutes of a consult, to be written, read, closed and printed."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from app.base.actor import Permission
from app.base.db import Tx
from app.base.errors import HoichanError, NotFound
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.language import gettext
from app.edge.services import Services
from consults.doors import minutes_form
from consults.doors.minutes_standing import standing
from consults.looking import note_look
from consults.minutes import actions
from consults.minutes.lifecycle import STANDING_NAMES, Deed, Standing
from consults.minutes.queries import MinutesInfo, NoMinutes, minutes_info, readable_minutes
from consults.minutes.schemas import MinutesContent, RemarkText
from consults.papers.grades import FOLLOWS
from consults.papers.minutes_pdf import minutes_pdf
from consults.schemas import parse

DISCUSS = requires(Permission.CONSULT_DISCUSS)
DONE: dict[str, str] = {
    "take": "You have the pen.",
    Deed.CIRCULATE: "The minutes have gone to everybody to be read.",
    Deed.CLOSE: "The minutes are closed.",
    Deed.HAND: "The pen has been handed over.",
    Deed.READ: "It is noted that you have read the minutes.",
    Deed.REMARK: "Your remark has gone to the secretary.",
    Deed.SAVE: "Saved.",
}


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/<id>/minutes."""

    @door.get("/<consult_id>/minutes")
    @DISCUSS
    def minutes(consult_id: str) -> str:
        return _shown(services, consult_id)

    @door.post(f"/<consult_id>/minutes/<any(take,{','.join(sorted(Deed))}):deed>")
    @DISCUSS
    def do_with_minutes(consult_id: str, deed: str) -> BaseResponse | tuple[str, int]:
        try:
            with services.db.transaction() as tx:
                _do(tx, consult_id, deed)
        except NotFound:
            raise
        except HoichanError as error:
            return _shown(services, consult_id, _refused(error)), status_of(error)
        flash("done", DONE[deed])
        return redirect(f"/consults/{consult_id}/minutes", 303)

    @door.get("/<consult_id>/minutes.pdf")
    @DISCUSS
    def minutes_paper(consult_id: str) -> BaseResponse:
        with services.db.transaction() as tx:
            told = _read(tx, consult_id)
        name = f"bien-ban-hoi-chan-{told['facts']['number']}.pdf".replace("/", "-")
        return send_file(BytesIO(minutes_pdf(told)), "application/pdf", False, name)

    @door.get("/<consult_id>/minutes.json")
    @DISCUSS
    def minutes_data(consult_id: str) -> Response:
        with services.db.transaction() as tx:
            return jsonify(_read(tx, consult_id))


def _read(tx: Tx, consult_id: str) -> dict[str, Any]:
    told = readable_minutes(tx, current_actor(), consult_id)
    note_look(tx, current_actor(), consult_id)
    return told


def _do(tx: Tx, consult_id: str, deed: str) -> None:
    """What was wished. Circulating keeps first what stands in the form."""
    actor, asked = current_actor(), {"consult_id": consult_id}
    version = _began_from()
    if deed == "take":
        actions.take_minutes(tx, actor, **asked)
    elif deed == Deed.HAND:
        actions.hand_minutes(tx, actor, **asked, person_id=request.form.get("person_id", ""))
    elif deed == Deed.REMARK:
        said = parse(RemarkText, {"text": request.form.get("text", "")})
        actions.remark_minutes(tx, actor, **asked, text=said.text)
    elif deed in {Deed.SAVE, Deed.CIRCULATE}:
        content = parse(MinutesContent, minutes_form.posted(request.form))
        version = request.form.get("instead_of", version, type=int)
        version = actions.save_minutes(tx, actor, **asked, version=version, content=content)
        if deed == Deed.CIRCULATE:
            actions.circulate_minutes(tx, actor, **asked, version=version)
    else:
        do = actions.read_minutes if deed == Deed.READ else actions.close_minutes
        do(tx, actor, **asked, version=version)


def _began_from() -> int:
    """The version whose words the form was filled with when it was opened."""
    return request.form.get("version", 0, type=int)


@dataclass(frozen=True)
class Refused:
    """Why nothing was kept, at which field, and what stands in the form although it was refused, with the version it
    began from: shown with the newest one, it would overwrite unseen what was saved in between.
    """

    problem: str = ""
    where: str = ""
    typed: dict[str, Any] | None = None
    version: int = 0


def _refused(error: HoichanError) -> Refused:
    typed = minutes_form.posted(request.form) if "conclusion" in request.form else None
    where, before = (str(error.params.get(name, "")) for name in ("where", "before"))
    names = {"where": minutes_form.name_of(where, typed or {}), "before": minutes_form.last_name_of(before)}
    return Refused(gettext(error.message, **error.params | names), where, typed, _began_from())


def _shown(services: Services, consult_id: str, refused: Refused = Refused()) -> str:
    with services.db.transaction() as tx:
        info = minutes_info(tx, current_actor(), consult_id)
        if not isinstance(info, NoMinutes):
            note_look(tx, current_actor(), consult_id)
    return render_template(
        "consults/minutes.html",
        consult_id=consult_id,
        info=info,
        taken=not isinstance(info, NoMinutes),
        form=_form(info, refused.typed),
        writes=_writes(info, refused.typed),
        refused=refused,
        stands=_stands(info, refused),
        standing_names=STANDING_NAMES,
        follows=FOLLOWS,
    )


def _writes(info: MinutesInfo | NoMinutes, typed: dict[str, Any] | None) -> bool:
    """Whether the form is shown: always for a draft, on demand for what has gone round."""
    if isinstance(info, NoMinutes) or not info.has_pen or Deed.SAVE not in info.allowed:
        return False
    return info.state == Standing.DRAFT or typed is not None or "edit" in request.args


def _form(info: MinutesInfo | NoMinutes, typed: dict[str, Any] | None) -> dict[str, Any] | None:
    if isinstance(info, NoMinutes) or info.content is None:
        return None
    return minutes_form.shown(typed) if typed and info.has_pen else minutes_form.of_content(info.content)


def _stands(info: MinutesInfo | NoMinutes, refused: Refused) -> list[tuple[str, str]] | None:
    """What was saved since the form was opened, where it differs; None: nothing was."""
    if (
        isinstance(info, NoMinutes)
        or not info.content
        or not refused.typed
        or refused.version == info.version
    ):
        return None
    return standing(refused.typed, info.content)
