"""A copy of a study without whose it is: the page that says what it will hold, and the ZIP."""

import re
import secrets

from flask import Blueprint, Response, render_template, request

from app.archive.queries import study_info
from app.base.actor import Permission
from app.base.errors import Invalid
from app.documents.deidentified import Copies, CopyWish, copy_pieces, copy_plan, plan_copy
from app.edge.actor import current_actor, requires
from app.edge.services import Services
from app.web.connectivity import amount

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


def blueprint(services: Services) -> Blueprint:
    copies = Copies()
    door = Blueprint("deidentified", __name__, url_prefix="/studies/<study_id>/deidentified")

    @door.get("")
    @requires(Permission.STUDY_EXPORT)
    def offer(study_id: str) -> str:
        actor = current_actor()
        with services.db.reading() as tx:
            study = study_info(tx, actor, study_id)
            plan = copy_plan(tx, actor, study_id)
        code = f"CASE-{secrets.token_hex(3).upper()}"
        return render_template("deidentified.html", study=study, plan=plan, size=amount(plan.size), code=code)

    @door.post("")
    @requires(Permission.STUDY_EXPORT)
    def copy(study_id: str) -> Response:
        """Sent while it is made: how long it becomes is known at its end. Who stops fetching it ends it."""
        wish = _wish()
        ended = copies.begin()
        try:
            with services.db.transaction() as tx:
                plan = plan_copy(tx, current_actor(), study_id=study_id, wish=wish)
        except BaseException:
            ended()
            raise
        response = Response(copy_pieces(services.blobs, plan, wish), mimetype="application/zip")
        response.call_on_close(ended)
        response.headers["Content-Disposition"] = f"attachment; filename={wish.code}.zip"
        return response

    return door


def _wish() -> CopyWish:
    code = request.form.get("code", "").strip()
    if not _CODE.fullmatch(code):
        raise Invalid("bad_case_code", "The code may hold letters, digits, - and _, at most 32.")
    return CopyWish(code, request.form.get("dates") == "moved", "unread" in request.form)
