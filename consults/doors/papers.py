"""Door: what is carried away from a consult."""

from datetime import datetime
from io import BytesIO

from flask import Blueprint, render_template, send_file
from werkzeug.wrappers import Response as BaseResponse

from app.base.actor import Permission
from app.edge.actor import current_actor, requires
from app.edge.services import Services
from consults.lifecycle import STATE_NAMES
from consults.papers.package import Package, Told, gather, packed


def add_routes(door: Blueprint, services: Services) -> None:
    """Under /consults/<id>."""

    @door.get("/<consult_id>/package")
    @requires(Permission.CONSULT_DISCUSS)
    def package(consult_id: str) -> BaseResponse:
        """Made anew each time: it holds no images, only what refers to them."""
        told = gather(services.db, current_actor(), consult_id)
        made = packed(told, services.blobs, services.renderer.rendered_frame, _page)
        name = f"hoi-chan-{told.facts['number']}.zip".replace("/", "-")
        return send_file(BytesIO(made), "application/zip", True, name)


def _page(told: Told, package: Package) -> str:
    """Without scripts; every word escaped."""
    lines = [line | {"at": datetime.fromisoformat(line["at"])} for line in told.lines]
    return render_template(
        "consults/package.html",
        told=told,
        lines=lines,
        pictures=package.pictures,
        files=sorted(package.files),
        names=STATE_NAMES,
    )
