"""What a route declares: who may come in. A route that declares nothing answers "not found"."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from app.base.actor import Permission, Right

View = TypeVar("View", bound=Callable[..., Any])

BODY_LIMIT = 1 << 20
STRANGERS_LIMIT = 1 << 16
_MARK = "hoichan_rule"


@dataclass(frozen=True)
class Rule:
    """The declaration of one route."""

    name: str  # "public", "signed-in" or the permission's value: what the golden route list shows
    permission: Permission | None = None
    devices: bool = False  # a bearer token, a device's or a program's, opens it too
    links: bool = False  # a patient's link opens it too
    body_limit: int | None = BODY_LIMIT  # None: the view itself counts what it reads
    guests: bool = False  # somebody invited without an account may come in too
    right: Right | None = None  # what a device or a program must be registered for


def _declare(rule: Rule) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _MARK, rule)
        return view

    return mark


def public(view: View) -> View:
    """Anybody; the actor is known when somebody is signed in."""
    return _declare(Rule("public", body_limit=STRANGERS_LIMIT))(view)


def signed_in(view: View) -> View:
    """Any person with a session, whatever their roles."""
    return _declare(Rule("signed-in"))(view)


def signed_in_or_guest(view: View) -> View:
    """Those, and somebody invited without an account."""
    return _declare(Rule("signed-in", guests=True))(view)


def requires(
    permission: Permission,
    *,
    devices: bool = False,
    links: bool = False,
    guests: bool = False,
    body_limit: int | None = BODY_LIMIT,
    right: Right | None = None,
) -> Callable[[View], View]:
    """Those whose roles (or device, or link) give the permission."""
    return _declare(Rule(permission.value, permission, devices, links, body_limit, guests, right))


def rule_of(view: Callable[..., Any] | None) -> Rule | None:
    """What the view declared, or None."""
    found = getattr(view, _MARK, None)
    return found if isinstance(found, Rule) else None
