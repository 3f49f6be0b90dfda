"""Who asks: session cookie, bearer token or patient's link, resolved once for each request.

A view reads `current_actor()`; what may come in is declared with `@public`, `@signed_in` or `@requires(...)`.
"""

from collections.abc import Callable

from flask import Flask, current_app, g, request

from app.base.actor import Actor, ActorKind
from app.base.db import Tx
from app.base.errors import Forbidden, HoichanError, NotFound, Unauthenticated
from app.edge import csrf
from app.edge.bearer import Bearer
from app.edge.rules import Rule, public, requires, rule_of, signed_in, signed_in_or_guest
from app.edge.services import Services
from app.identity import actions, queries
from app.identity.queries import SessionInfo

__all__ = [
    "accept_link_cookie",
    "admit_again",
    "current_actor",
    "current_session",
    "link_actor",
    "optional_actor",
    "public",
    "requires",
    "session_cookie_name",
    "signed_in",
    "signed_in_or_guest",
    "take_bearers",
]

LinkResolver = Callable[[Tx, str, str | None], Actor]
_LINKS = "hoichan_links"
_BEARER = "hoichan_bearer"
OWN_ROUTES = frozenset({"static"})  # Flask's own: files anybody may have


def session_cookie_name(*, secure: bool) -> str:
    """`__Host-` cookies are bound to exactly this host; browsers accept the prefix over TLS only."""
    return "__Host-hoichan" if secure else "hoichan"


def current_actor() -> Actor:
    """Who asks. Raises Unauthenticated on public pages nobody is signed in at."""
    actor = optional_actor()
    if actor is None:
        raise Unauthenticated
    return actor


def optional_actor() -> Actor | None:
    """Who asks, if anybody is known."""
    actor: Actor | None = g.get("actor")
    return actor


def current_session() -> SessionInfo | None:
    """The person's session, when the actor is a person."""
    session: SessionInfo | None = g.get("session")
    return session


def accept_link_cookie(flask_app: Flask, cookie: str, resolve: LinkResolver) -> None:
    """Lets routes that say `links=True` be opened with this cookie. `resolve` raises NotFound or Unauthenticated."""
    flask_app.extensions.setdefault(_LINKS, {})[cookie] = resolve


def take_bearers(flask_app: Flask, services: Services) -> None:
    """Lets routes that say `devices=True` be opened with a token."""
    flask_app.extensions[_BEARER] = Bearer(services)


def admit(services: Services) -> None:
    """Before every request: the route's rule, the actor, the forgery check. Default is to deny."""
    g.actor, g.session = None, None
    if request.endpoint is None or request.endpoint in OWN_ROUTES:
        return
    rule = rule_of(current_app.view_functions[request.endpoint])
    if rule is None:
        raise NotFound
    request.max_content_length = rule.body_limit
    g.actor = _resolve(services, rule)
    if g.actor is None and rule.name != "public":
        raise Unauthenticated  # before anything of the body is read
    if not request.headers.get("Authorization"):
        csrf.check()
    if g.actor is not None and rule.name != "public":
        _check_rule(g.actor, rule)


def admit_again(services: Services, *, active: bool) -> None:
    """For answers that last: who asks now, by the same cookies. Raises as `admit`. Only what is used keeps a session
    alive: `active`.
    """
    rule = rule_of(current_app.view_functions[str(request.endpoint)])
    if rule is None:
        raise NotFound
    g.actor = _resolve(services, rule, touch=active)
    if g.actor is None:
        raise Unauthenticated
    _check_rule(g.actor, rule)


def _check_rule(actor: Actor, rule: Rule) -> None:
    if actor.is_guest and not rule.guests:
        raise NotFound
    if rule.permission is None:
        if actor.kind is not ActorKind.PERSON:
            raise NotFound
        return
    if rule.right is not None and not actor.has_right(rule.right):
        raise Forbidden("missing_right", "The device or program is not registered for this.")
    if not actor.allows(rule.permission):
        raise Forbidden if actor.kind is ActorKind.PERSON else NotFound


def _resolve(services: Services, rule: Rule, *, touch: bool = True) -> Actor | None:
    if request.headers.get("Authorization"):
        return _bearer(rule)
    return _person(services, rule, touch=touch) or (link_actor(services) if rule.links else None)


def _bearer(rule: Rule) -> Actor | None:
    authorization = request.authorization
    if rule.name == "public" and request.method == "GET":
        return None  # the page asks for its own word, as /metrics does
    if not rule.devices or authorization is None or not authorization.token:
        raise Unauthenticated
    bearer: Bearer = current_app.extensions[_BEARER]
    return bearer.actor(authorization.token, request.remote_addr)


def _person(services: Services, rule: Rule, *, touch: bool) -> Actor | None:
    token = request.cookies.get(session_cookie_name(secure=services.settings.web.secure))
    if not token:
        return None
    try:
        with services.db.reading() as tx:
            actor, session = queries.actor_for_session(tx, token, request.remote_addr)
    except Unauthenticated:
        if rule.name == "public" or rule.links:
            return None
        raise
    g.session = session
    if session.touch_due and touch:
        _touch(services, session.id)
    return actor


def _touch(services: Services, session_id: str) -> None:
    with services.db.transaction() as tx:
        actions.touch_session(tx, session_id=session_id, idle_minutes=services.settings.session.idle_minutes)


def link_actor(services: Services) -> Actor | None:
    """The patient's link this browser holds, if any; a doctor who tries an own link has a session beside it."""
    resolvers: dict[str, LinkResolver] = current_app.extensions.get(_LINKS, {})
    for cookie, resolve in resolvers.items():
        value = request.cookies.get(cookie)
        if value:
            try:
                with services.db.reading() as tx:
                    return resolve(tx, value, request.remote_addr)
            except HoichanError:
                continue
    return None
