"""What a page tells its script, as data in the page: viewer_js/src/api/config.ts has its type."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.base.actor import Permission
from app.edge import csrf
from app.edge.actor import current_session, optional_actor
from app.edge.language import language

INLINED = 3 << 20


def page_config(
    page: str, *, studies: Sequence[dict[str, Any]] = (), preferences: Mapping[str, Any] = {}, **more: Any
) -> dict[str, Any]:
    """`preferences`: how the viewer is set (app.viewing.queries); `more`: what this page alone has."""
    actor, session = optional_actor(), current_session()
    return {
        "page": page,
        "language": language(),
        "csrf": csrf.token(),
        "person": {
            "id": actor.id if actor else "",
            "name": actor.name if actor else "",
            "hospital": session.hospital_name if session else "",
            "roles": sorted(actor.roles) if actor else [],
            "may_mark": actor is not None and actor.allows(Permission.ANNOTATION_WRITE),
        },
        "studies": list(studies),
        "preferences": dict(preferences),
        **more,
    }


def inlined(told: dict[str, Any]) -> dict[str, Any] | None:
    """A manifest goes into the page, so that the first image needs no further question; unless it is huge."""
    return told if len(json.dumps(told)) <= INLINED else None
