"""Door: the pages of the platform and their JSON."""

from app.web import (
    account,
    audit,
    collisions,
    connectivity,
    corrections,
    deletions,
    deliveries,
    device_charset,
    devices,
    evidence,
    health,
    home,
    hospitals,
    invitations,
    links,
    notices,
    oidc,
    patient,
    people,
    preferences,
    remote,
    rules,
    set_aside,
    sign_in,
    storage,
    studies,
    study_files,
    tokens,
    uploads,
    viewer,
)
from app.web.live import LiveNamespace

BLUEPRINTS = (
    account.blueprint,
    audit.blueprint,
    collisions.blueprint,
    connectivity.blueprint,
    corrections.blueprint,
    deletions.blueprint,
    deliveries.blueprint,
    device_charset.blueprint,
    devices.blueprint,
    evidence.blueprint,
    home.blueprint,
    health.blueprint,
    hospitals.blueprint,
    invitations.blueprint,
    links.blueprint,
    notices.blueprint,
    oidc.blueprint,
    patient.blueprint,
    people.blueprint,
    preferences.blueprint,
    remote.blueprint,
    rules.blueprint,
    set_aside.blueprint,
    sign_in.blueprint,
    storage.blueprint,
    studies.blueprint,
    study_files.blueprint,
    tokens.blueprint,
    uploads.blueprint,
    viewer.blueprint,
)
"""Each makes one group of pages of the services."""

NAMESPACES = (LiveNamespace,)
"""Each is made of the socket gate."""

__all__ = ["BLUEPRINTS", "NAMESPACES"]
