"""The programs that a hospital lets be called when something happens."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.base.actor import Permission
from app.base.errors import Conflict, Invalid
from app.edge.actor import current_actor, requires
from app.edge.errors import status_of
from app.edge.flash import flash
from app.edge.services import Services
from app.notify import actions, queries
from app.notify.queries import WebhookInfo
from app.notify.webhooks import WebhookInput
from app.web import notify_words
from app.web.forms import sentence, text

MANAGE = requires(Permission.NOTIFY_MANAGE)


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("webhooks", __name__, url_prefix="/webhooks")
    pages = _Pages(services)
    door.get("")(pages.webhooks)
    door.get("/new")(pages.new)
    door.post("/new")(pages.create)
    door.get("/<webhook_id>")(pages.webhook)
    door.post("/<webhook_id>")(pages.update)
    door.post("/<webhook_id>/try")(pages.test)
    door.post("/<webhook_id>/secret")(pages.renew)
    door.post("/<webhook_id>/delete")(pages.delete)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services

    @MANAGE
    def webhooks(self) -> str:
        with self.services.db.reading() as tx:
            found = queries.webhooks_of(tx, current_actor())
        return render_template("webhooks.html", webhooks=found)

    @MANAGE
    def new(self) -> str:
        with self.services.db.reading() as tx:
            queries.webhooks_of(tx, current_actor())  # whoever belongs to no hospital has none
        return _form(None, WebhookInput("", "https://"))

    @MANAGE
    def create(self) -> Response | tuple[str, int]:
        wish = _wish()
        try:
            with self.services.db.transaction() as tx:
                webhook_id = actions.create_webhook(tx, current_actor(), wish=wish)
        except Invalid as error:
            return _form(None, wish, sentence(error)), status_of(error)
        flash("done", "Give its secret to the program, then try it.")
        return redirect(f"/webhooks/{webhook_id}", 303)

    def _find(self, webhook_id: str) -> WebhookInfo:
        with self.services.db.reading() as tx:
            return queries.webhook_info(tx, current_actor(), webhook_id)

    @MANAGE
    def webhook(self, webhook_id: str) -> str:
        found = self._find(webhook_id)
        return _form(found, WebhookInput(found.name, found.url, found.kinds, found.gateway, found.active))

    @MANAGE
    def update(self, webhook_id: str) -> Response | tuple[str, int]:
        wish = _wish()
        try:
            with self.services.db.transaction() as tx:
                actions.update_webhook(tx, current_actor(), webhook_id=webhook_id, wish=wish)
        except Invalid as error:
            return _form(self._find(webhook_id), wish, sentence(error)), status_of(error)
        flash("done", "Saved.")
        return redirect("/webhooks", 303)

    @MANAGE
    def test(self, webhook_id: str) -> Response:
        try:
            with self.services.db.transaction() as tx:
                actions.try_webhook(tx, current_actor(), webhook_id=webhook_id)
        except Conflict as error:
            flash("problem", error.message)
            return redirect(f"/webhooks/{webhook_id}", 303)
        flash("done", "The call is on its way. Here stands what came of it.")
        return redirect("/outbox", 303)

    @MANAGE
    def renew(self, webhook_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.renew_secret(tx, current_actor(), webhook_id=webhook_id)
        flash("done", "Give its secret to the program, then try it.")
        return redirect(f"/webhooks/{webhook_id}", 303)

    @MANAGE
    def delete(self, webhook_id: str) -> Response:
        with self.services.db.transaction() as tx:
            actions.delete_webhook(tx, current_actor(), webhook_id=webhook_id)
        flash("done", "The webhook is deleted. Nothing more is sent to it.")
        return redirect("/webhooks", 303)


def _form(webhook: WebhookInfo | None, wish: WebhookInput, problem: str = "") -> str:
    return render_template(
        "webhook.html", webhook=webhook, wish=wish, problem=problem, kinds=notify_words.kinds()
    )


def _wish() -> WebhookInput:
    return WebhookInput(
        name=text("name"),
        url=text("url"),
        kinds=notify_words.kinds_in(request.form.getlist("kind")),
        gateway="gateway" in request.form.getlist("use"),
        active="active" in request.form.getlist("use"),
    )
