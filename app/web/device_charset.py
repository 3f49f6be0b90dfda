"""What a device writes wrongly: its character set, confirmed once by a person who sees names, and remarks."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.archive import actions
from app.archive.charset import AS_DECLARED
from app.archive.charset_guess import CHARSETS
from app.archive.connectivity import charset_work
from app.archive.rereading import name_samples
from app.base.actor import Permission
from app.base.errors import Invalid
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.services import Services
from app.web.forms import number, sentence, text

CORRECT = requires(Permission.STUDY_CORRECT)


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("device_charset", __name__, url_prefix="/devices/<device_id>/reading")
    pages = _Pages(services)
    door.get("")(pages.show)
    door.post("/charset")(pages.confirm)
    door.post("/guess")(pages.guess_again)
    door.post("/remarks")(pages.remark)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @CORRECT
    def show(self, device_id: str) -> str:
        return self._show(device_id)

    def _show(self, device_id: str, problem: str = "") -> str:
        with self.services.db.reading() as tx:
            work = charset_work(tx, current_actor(), device_id)
        wanted = request.args.get("charset", "")
        if wanted not in CHARSETS:
            wanted = work.profile.charset if work.profile.charset in CHARSETS else ""
        if not wanted and work.guesses:
            wanted = work.guesses[0][0]
        samples = name_samples(self.services.blobs, work.digests, wanted or AS_DECLARED)
        return render_template(
            "device_charset.html",
            work=work,
            device=work.device,
            profile=work.profile,
            charset=wanted,
            charsets=tuple(CHARSETS),
            samples=samples,
            problem=problem,
            means=", ".join(f"{said}={meant}" for said, meant in work.profile.modality_means.items()),
        )

    @CORRECT
    def confirm(self, device_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.confirm_charset(tx, current_actor(), device_id=device_id, charset=text("charset"))
        flash("done", "Confirmed. The studies of this device are being read anew.")
        return redirect(f"/devices/{device_id}/reading", 303)

    @CORRECT
    def guess_again(self, device_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.guess_charset_again(tx, current_actor(), device_id=device_id)
        flash("done", "The character set is guessed again. The studies of this device are being read anew.")
        return redirect(f"/devices/{device_id}/reading", 303)

    @CORRECT
    def remark(self, device_id: str) -> Response | tuple[str, int]:
        try:
            with self.services.db.transaction() as tx:
                actions.set_remarks(
                    tx,
                    current_actor(),
                    device_id=device_id,
                    private_classes="private_classes" in request.form,
                    clock_minutes=number("clock_minutes", 0) or 0,
                    laterality_unreliable="laterality_unreliable" in request.form,
                    modality_means=_means(text("modality_means")),
                )
        except Invalid as error:
            return self._show(device_id, sentence(error)), status_of(error)
        flash("done", "Saved.")
        return redirect(f"/devices/{device_id}/reading", 303)


def _means(entered: str) -> dict[str, str]:
    """`CR=DX, OT=US`."""
    pairs = [part.split("=") for part in entered.upper().replace(" ", "").split(",") if part]
    if any(len(pair) != 2 for pair in pairs):
        raise Invalid("bad_modality", "Write what the device says and what is meant like this: CR=DX")
    return {pair[0]: pair[1] for pair in pairs}
