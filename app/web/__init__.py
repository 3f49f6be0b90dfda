"""Door: the pages of the platform and their JSON."""

from app.web import (
    account,
    audit,
    connectivity,
    device_charset,
    devices,
    home,
    hospitals,
    invitations,
    links,
    oidc,
    patient,
    people,
    set_aside,
    sign_in,
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
    connectivity.blueprint,
    device_charset.blueprint,
    devices.blueprint,
    home.blueprint,
    hospitals.blueprint,
    invitations.blueprint,
    links.blueprint,
    oidc.blueprint,
    patient.blueprint,
    people.blueprint,
    set_aside.blueprint,
    sign_in.blueprint,
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
