"""The devices of a hospital: who may send, with which AE title, and the line to try it with."""

import shlex

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.archive.connectivity import device_state, device_states
from app.base.actor import Permission, Right
from app.base.errors import Conflict, Invalid
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.identity import actions, queries
from app.identity.fields import certificate_digest
from app.identity.queries import DeviceInfo, DeviceKind
from app.web import device_words
from app.web.forms import number, optional, sentence, text

MANAGE = requires(Permission.DEVICE_MANAGE)
MOST_CERTIFICATE = 100_000
KINDS = {
    DeviceKind.MODALITY: "Modality: it sends images",
    DeviceKind.WORKSTATION: "Workstation: it sends, searches and fetches",
    DeviceKind.ARCHIVE: "Archive (PACS): it does all of it",
}
RIGHTS = {
    Right.STORE: ("Send images here", "C-STORE, STOW-RS"),
    Right.COMMIT: ("Ask whether its images are safely kept", "Storage Commitment"),
    Right.QUERY: ("Search", "C-FIND, QIDO-RS"),
    Right.RETRIEVE: ("Fetch images", "C-MOVE, C-GET, WADO-RS"),
}


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("devices", __name__)
    offer(door, NavItem(70, "/devices", "Devices", (Permission.DEVICE_MANAGE,), "Manage"))
    pages = _Pages(services)
    door.get("/devices")(pages.devices)
    door.get("/devices/new")(pages.new_device)
    door.post("/devices/new")(pages.register_device)
    door.get("/devices/<device_id>")(pages.device)
    door.post("/devices/<device_id>")(pages.update_device)
    door.post("/devices/<device_id>/token")(pages.new_token)
    door.post("/devices/<device_id>/token/remove")(pages.remove_token)
    door.post("/devices/<device_id>/certificate")(pages.set_certificate)
    door.post("/devices/<device_id>/remove")(pages.remove_device)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @MANAGE
    def devices(self) -> str:
        actor = current_actor()
        with self.services.db.reading() as tx:
            found = device_states(tx, actor, request.args.get("hospital"))
            callers = queries.unknown_callers(tx, actor, request.args.get("hospital"))
        return render_template(
            "devices.html", states=found, callers=callers, kinds=KINDS, several=actor.hospital_id is None
        )

    @MANAGE
    def new_device(self) -> str:
        return self._new_form("")

    def _new_form(self, problem: str) -> str:
        actor = current_actor()
        with self.services.db.reading() as tx:
            hospitals = queries.hospitals(tx) if actor.allows(Permission.HOSPITAL_MANAGE) else ()
        chosen = request.values.get("hospital") or actor.hospital_id
        return render_template(
            "device_new.html",
            problem=problem,
            hospitals=hospitals,
            chosen=chosen,
            form=request.values,
            kinds=KINDS,
        )

    @MANAGE
    def register_device(self) -> Response | tuple[str, int]:
        actor = current_actor()
        try:
            with self.services.db.transaction() as tx:
                created = actions.register_device(
                    tx,
                    actor,
                    hospital_id=text("hospital") or actor.hospital_id or "",
                    ae_title=text("ae_title"),
                    name=text("name"),
                    address=optional("address"),
                    kind=text("kind") or DeviceKind.MODALITY,
                )
        except (Invalid, Conflict) as error:
            return self._new_form(sentence(error)), status_of(error)
        flash("done", "The device is registered. Try it with the line below.")
        return redirect(f"/devices/{created.id}", 303)

    @MANAGE
    def device(self, device_id: str) -> str:
        return self._show(device_id)

    def _show(self, device_id: str, *, problem: str = "", token: str = "") -> str:
        with self.services.db.reading() as tx:
            state = device_state(tx, current_actor(), device_id)
            device = state.device
            home = queries.hospital(tx, device.hospital_id)
        return render_template(
            "device.html",
            device=device,
            state=state,
            words=device_words,
            kinds=KINDS,
            rights=RIGHTS,
            own=device.hospital_id == current_actor().hospital_id,
            problem=problem,
            token=token,
            send_line=send_line(self.services, device),
            echo_line=send_line(self.services, device, program="echoscu", files=""),
            dicom=self.services.settings.dicom,
            web_root=f"{self.services.settings.web.origin}/dicomweb/{home.slug}",
        )

    @MANAGE
    def update_device(self, device_id: str) -> Response | tuple[str, int]:
        actor = current_actor()
        try:
            with self.services.db.transaction() as tx:
                actions.update_device(
                    tx,
                    actor,
                    device_id=device_id,
                    ae_title=text("ae_title"),
                    name=text("name"),
                    address=optional("address"),
                    active="active" in request.form,
                    kind=optional("kind"),
                )
                actions.set_device_rights(
                    tx,
                    actor,
                    device_id=device_id,
                    rights=[right for right in Right if right in request.form.getlist("rights")],
                    max_associations=number("max_associations", 10) or 10,
                    max_images_per_minute=number("max_images_per_minute", 0) or 0,
                )
                actions.set_device_reach(
                    tx,
                    actor,
                    device_id=device_id,
                    host=text("host"),
                    port=number("port", None),
                    tls="tls" in request.form,
                )
        except (Invalid, Conflict) as error:
            return self._show(device_id, problem=sentence(error)), status_of(error)
        flash("done", "Saved.")
        return redirect(f"/devices/{device_id}", 303)

    @MANAGE
    def set_certificate(self, device_id: str) -> Response | tuple[str, int]:
        """A file, or a fingerprint typed in; nothing of both takes the demand back."""
        upload = request.files.get("file")
        data = upload.read(MOST_CERTIFICATE) if upload is not None else b""
        try:
            digest = certificate_digest(data) if data else text("fingerprint")
            with self.services.db.transaction() as tx:
                actions.set_device_certificate(
                    tx, current_actor(), device_id=device_id, certificate_sha256=digest
                )
        except (Invalid, Conflict) as error:
            return self._show(device_id, problem=sentence(error)), status_of(error)
        flash("done", "Saved.")
        return redirect(f"/devices/{device_id}", 303)

    @MANAGE
    def new_token(self, device_id: str) -> str:
        with self.services.db.transaction() as tx:
            token = actions.new_device_token(tx, current_actor(), device_id=device_id)
        return self._show(device_id, token=token)

    @MANAGE
    def remove_token(self, device_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.remove_device_token(tx, current_actor(), device_id=device_id)
        flash("done", "The access token no longer works.")
        return redirect(f"/devices/{device_id}", 303)

    @MANAGE
    def remove_device(self, device_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.remove_device(tx, current_actor(), device_id=device_id)
        flash("done", "The device has been removed.")
        return redirect("/devices", 303)


def send_line(
    services: Services, device: DeviceInfo, *, program: str = "storescu", files: str = "+sd +r FOLDER"
) -> str:
    """A command of DCMTK that sends as this device."""
    dicom = services.settings.dicom
    host = dicom.host if dicom.host not in {"0.0.0.0", "::"} else request.host.rsplit(":", 1)[0]  # noqa: S104 - compared, not bound
    titles = ["-aet", device.ae_title, "-aec", device.called_ae_title, host, str(dicom.port)]
    return " ".join(part for part in (program, shlex.join(titles), files) if part)
