"""The first page after signing in: the first entry of the person's menu."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from app.edge import nav
from app.edge.actor import current_actor, signed_in
from app.edge.services import Services


def blueprint(_services: Services) -> Blueprint:
    door = Blueprint("home", __name__)
    door.get("/")(home)
    return door


@signed_in
def home() -> Response | str:
    """Who has nothing to open yet is told whom to ask."""
    entries = [item for group in nav.menu_for(current_actor()) for item in group.items]
    return redirect(entries[0].path, 303) if entries else render_template("home.html")
