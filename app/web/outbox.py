"""What left or waits to leave: mails, messages and calls of webhooks, for administrators."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.base.actor import Actor, Permission
from app.base.errors import Conflict
from app.edge.actor import current_actor, requires
from app.edge.flash import flash
from app.edge.nav import NavItem, offer
from app.edge.services import Services
from app.identity.accounts import own_account
from app.notify import actions, queries
from app.web import notify_words

PER_PAGE = 50
_MOST_PAGES = 1000
MANAGE = requires(Permission.NOTIFY_MANAGE)


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("outbox", __name__, url_prefix="/outbox")

    def failed(actor: Actor) -> int:
        with services.db.reading() as tx:
            return queries.failed_outgoing(tx, actor)

    offer(door, NavItem(74, "/outbox", "Outbox", (Permission.NOTIFY_MANAGE,), "Manage", failed))
    notify_words.install(door)
    pages = _Pages(services)
    door.get("")(pages.outbox)
    door.post("/failed")(pages.again_all)
    door.post("/trial")(pages.trial)
    door.post("/<outgoing_id>/again")(pages.again)
    door.post("/<outgoing_id>/stop")(pages.stop)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @MANAGE
    def outbox(self) -> str:
        state = request.args.get("state", "")
        number = min(max(request.args.get("page", 0, type=int), 0), _MOST_PAGES)
        with self.services.db.reading() as tx:
            page = queries.outgoing_of(
                tx, current_actor(), state=state, limit=PER_PAGE, offset=number * PER_PAGE
            )
            failed = queries.failed_outgoing(tx, current_actor())
        return render_template(
            "outbox.html",
            page=page,
            failed=failed,
            state=state if state in queries.FILTERS else "",
            mails=bool(self.services.settings.mail.host),
            newer=_page_address(number - 1, state),
            older=_page_address(number + 1, state) if page.more else "",
        )

    @MANAGE
    def again(self, outgoing_id: str) -> Response:
        try:
            with self.services.db.transaction() as tx:
                actions.resend_outgoing(tx, current_actor(), outgoing_id=outgoing_id)
        except Conflict as error:
            flash("problem", error.message)
        else:
            flash("done", "It is tried again now.")
        return redirect("/outbox", 303)

    @MANAGE
    def again_all(self) -> Response:
        with self.services.db.transaction() as tx:
            actions.resend_failed(tx, current_actor())
        flash("done", "What had failed is tried again now.")
        return redirect("/outbox", 303)

    @MANAGE
    def trial(self) -> Response:
        try:
            with self.services.db.transaction() as tx:
                account = own_account(tx, current_actor())
                actions.try_mail(
                    tx, current_actor(), email=account.email or "", language=account.language or ""
                )
        except Conflict as error:
            flash("problem", error.message)
        else:
            flash("done", "The mail is on its way. Here stands what came of it.")
        return redirect("/outbox", 303)

    @MANAGE
    def stop(self, outgoing_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.stop_outgoing(tx, current_actor(), outgoing_id=outgoing_id)
        flash("done", "It is not sent.")
        return redirect("/outbox", 303)


def _page_address(number: int, state: str) -> str:
    return "/outbox?" + urlencode({"state": state, "page": number}) if number >= 0 else ""
