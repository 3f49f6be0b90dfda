"""Signing in through the identity provider of a hospital: to it and back."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from app.base.errors import Forbidden, NotFound
from app.base.settings import OidcProvider
from app.edge.actor import public
from app.edge.headers import hide_address
from app.edge.services import Services
from app.identity import actions
from app.identity.sign_in import TakenFlow, visitor
from app.web.oidc_client import OidcClient, Refused
from app.web.sign_in import begin_browser_session, browser_name, safe_path, session_times

CALLBACK = "/oidc/callback"
COOKIE_SECONDS = 600


def blueprint(services: Services) -> Blueprint:
    door = Blueprint("oidc", __name__)
    pages = _Pages(services)
    door.get("/oidc/<int:number>/start")(pages.start)
    door.get(CALLBACK)(pages.callback)
    return door


class _Pages:
    def __init__(self, services: Services) -> None:
        self.services = services
        self.client = OidcClient(services.settings.web.origin + CALLBACK)

    @public
    def start(self, number: int) -> Response:
        """A link, not a form: browsers keep forms from leading to another host (form-action)."""
        hide_address()
        if number >= len(self.services.settings.oidc):
            raise NotFound
        provider = self.services.settings.oidc[number]
        with self.services.db.transaction() as tx:
            flow = actions.start_oidc_flow(
                tx,
                visitor(request.remote_addr),
                issuer=provider.issuer,
                hospital_slug=provider.hospital,
                next_path=safe_path(request.args.get("next")),
                invitation_token=request.args.get("invitation"),
            )
        response = redirect(self.client.authorization_url(provider, flow), 303)
        response.set_cookie(
            self._cookie(),
            flow.browser_secret,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=self.services.settings.web.secure,
            path="/",
        )
        return response

    def _cookie(self) -> str:
        return "__Host-hoichan-oidc" if self.services.settings.web.secure else "hoichan-oidc"

    @public
    def callback(self) -> Response:
        hide_address()
        flow = self._take_flow()
        provider = self._provider(flow)
        try:
            subject = self._subject(provider, flow)
        except Refused as error:
            self._record_refusal(provider, error.reason)
            raise
        return self._begin(provider, flow, subject)

    def _take_flow(self) -> TakenFlow:
        with self.services.db.transaction() as tx:
            flow = actions.take_oidc_flow(
                tx,
                visitor(request.remote_addr),
                state=request.args.get("state", ""),
                browser_secret=request.cookies.get(self._cookie(), ""),
            )
        if flow is None:
            raise Forbidden(
                "oidc_state",
                "This sign-in was begun elsewhere or too long ago. Go to the sign-in page and begin again.",
            )
        return flow

    def _provider(self, flow: TakenFlow) -> OidcProvider:
        for provider in self.services.settings.oidc:
            if (provider.issuer, provider.hospital) == (flow.issuer, flow.hospital_slug):
                return provider
        raise NotFound

    def _subject(self, provider: OidcProvider, flow: TakenFlow) -> str:
        code = request.args.get("code")
        if not code:
            raise Refused("the provider refused", provider)
        return self.client.subject(provider, flow, code=code, answered_by=request.args.get("iss"))

    def _record_refusal(self, provider: OidcProvider, reason: str) -> None:
        with self.services.db.transaction() as tx:
            actions.record_oidc_refusal(
                tx, visitor(request.remote_addr), hospital_slug=provider.hospital, reason=reason
            )

    def _begin(self, provider: OidcProvider, flow: TakenFlow, subject: str) -> Response:
        with self.services.db.transaction() as tx:
            started = actions.finish_oidc_sign_in(
                tx,
                visitor(request.remote_addr),
                issuer=provider.issuer,
                subject=subject,
                hospital_slug=provider.hospital,
                invitation_id=flow.invitation_id,
                times=session_times(self.services),
                browser=browser_name(),
            )
        if started is None:
            raise Forbidden(
                "oidc_not_linked",
                "Your account at {name} is not connected to anybody here. Ask the administrator of your hospital.",
                name=provider.name,
            )
        response = begin_browser_session(self.services, started, flow.next)
        response.delete_cookie(
            self._cookie(), path="/", secure=self.services.settings.web.secure, httponly=True
        )
        return response
