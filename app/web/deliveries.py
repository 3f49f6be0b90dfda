"""What is on its way to other systems, and "send to" for one study."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.archive.queries import study_info
from app.base.actor import Permission
from app.base.errors import Conflict, Forbidden, Invalid
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.nav import NavItem, offer
from app.edge.page_config import page_config
from app.edge.services import Services
from app.routing import actions, queries
from app.web import dicom_words, routing_words
from app.web.forms import sentence, text

PER_PAGE = 50
_MOST_PAGES = 1000
MANAGE = requires(Permission.DELIVERY_MANAGE)
FILTERS = ("open", "failed", "delivered", "cancelled")


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("deliveries", __name__)
    offer(door, NavItem(44, "/deliveries", "Deliveries", (Permission.DELIVERY_MANAGE,), "Archive"))
    dicom_words.install(door)
    routing_words.install(door)
    pages = _Pages(services)
    door.get("/deliveries")(pages.deliveries)
    door.post("/deliveries/again")(pages.all_again)
    door.post("/deliveries/<delivery_id>/again")(pages.again)
    door.post("/deliveries/<delivery_id>/cancel")(pages.cancel)
    door.get("/studies/<study_id>/send")(pages.choose)
    door.post("/studies/<study_id>/send")(pages.send)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @MANAGE
    def deliveries(self) -> str:
        actor, asked = current_actor(), request.args
        state = asked.get("state", "") if asked.get("state") in FILTERS else ""
        number = min(max(asked.get("page", 0, type=int), 0), _MOST_PAGES)
        with self.services.db.reading() as tx:
            page = queries.deliveries_of(
                tx,
                actor,
                state=state,
                device_id=asked.get("device", ""),
                limit=PER_PAGE,
                offset=number * PER_PAGE,
            )
            remotes = queries.remotes_of(tx, actor)
        return render_template(
            "deliveries.html",
            page=page,
            state=state,
            device=asked.get("device", ""),
            filtered=bool(state or asked.get("device")),
            remotes=remotes,
            newer=_page_address(number - 1),
            older=_page_address(number + 1) if page.more else "",
            config=page_config("deliveries"),
        )

    @MANAGE
    def again(self, delivery_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.resend_delivery(tx, current_actor(), delivery_id=delivery_id)
        flash("done", "It is tried again now.")
        return _back()

    @MANAGE
    def all_again(self) -> Response:
        with self.services.db.transaction() as tx:
            count = actions.resend_all(tx, current_actor(), device_id=text("device"))
        flash("done", "Tried again now: {count} deliveries.", count=str(count))
        return redirect("/deliveries?" + urlencode({"device": text("device")}), 303)

    @MANAGE
    def cancel(self, delivery_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.cancel_delivery(tx, current_actor(), delivery_id=delivery_id)
        flash("done", "Nothing more of it is sent.")
        return _back()

    @requires(Permission.STUDY_FETCH)
    def choose(self, study_id: str) -> str:
        return self._choose(study_id, "")

    def _choose(self, study_id: str, problem: str) -> str:
        actor = current_actor()
        with self.services.db.reading() as tx:
            study = study_info(tx, actor, study_id)
            if study.shared:
                raise Forbidden
            page = queries.deliveries_of(tx, actor, study_id=study_id)
            remotes = queries.remotes_of(tx, actor)
        return render_template(
            "send.html",
            study=study,
            page=page,
            remotes=remotes,
            problem=problem,
            config=page_config("send"),
        )

    @requires(Permission.STUDY_FETCH)
    def send(self, study_id: str) -> Response | tuple[str, int]:
        try:
            with self.services.db.transaction() as tx:
                actions.send_study(tx, current_actor(), study_id=study_id, device_id=text("device"))
        except (Conflict, Invalid) as error:
            return self._choose(study_id, sentence(error)), status_of(error)
        flash("done", "The study is on its way.")
        return redirect(f"/studies/{study_id}/send", 303)


def _back() -> Response:
    """To the study's page when it was asked there, else to the list."""
    study_id = text("study")
    return redirect(f"/studies/{study_id}/send" if study_id.isalnum() else "/deliveries", 303)


def _page_address(number: int) -> str:
    if number < 0:
        return ""
    args: dict[str, Any] = {**request.args.to_dict(), "page": number}
    return "/deliveries?" + urlencode(args)
