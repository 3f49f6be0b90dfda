"""What an address names, for whom: the hospital's slug, then study, series and instance, all or nothing of it visible.

A hospital that shares nothing with the one who asks is not found, like everything in it.
"""

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request

from app.archive.addressed import files_at
from app.archive.outgoing import OutgoingFile
from app.archive.queries import Search, search_studies
from app.base.actor import Actor
from app.base.db import Tx
from app.base.errors import NotFound
from app.base.settings import Settings, is_loopback
from app.edge.actor import current_actor
from app.edge.services import Services
from app.identity.queries import hospital_by_slug


@dataclass(frozen=True)
class Reached:
    """The files behind an address."""

    hospital_id: str
    study_instance_uid: str
    files: list[OutgoingFile]


def hospital_id_of(tx: Tx, actor: Actor, slug: str) -> str:
    """The hospital whose archive is asked: one's own, or one that shares something. Raises NotFound."""
    found = hospital_by_slug(tx, slug)
    if found.id == actor.hospital_id:
        return found.id
    if not search_studies(tx, actor, Search({}, hospital_id=found.id, limit=1)).items:
        raise NotFound
    return found.id


def reach(
    services: Services, slug: str, study: str, series: str | None = None, instance: str | None = None
) -> Reached:
    """Raises NotFound when nothing of it may be seen."""
    actor = current_actor()
    with services.db.reading() as tx:
        hospital_id = hospital_id_of(tx, actor, slug)
        files = files_at(
            tx,
            actor,
            hospital_id=hospital_id,
            study_instance_uid=study,
            series_instance_uid=series,
            sop_instance_uid=instance,
        )
    return Reached(hospital_id, study, files)


def root_url(slug: str) -> str:
    """Where the addresses in answers begin: at the public address where it is set, else at the one that was asked; a
    caller that leaves the port out of it (dicomweb-client does) is told the port it reached. A name that is not known
    to be ours is not repeated: then they are relative (PS3.5 table 6.2-1, UR).
    """
    settings: Settings = current_app.extensions["hoichan"].settings
    web = settings.web
    if web.public_url:
        return f"{web.origin}/dicomweb/{slug}"
    if not _is_ours(urlsplit(request.url_root).hostname or "", web.host):
        return f"/dicomweb/{slug}"
    reached = "" if web.behind_proxy else request.environ.get("SERVER_PORT", "")
    usual = "443" if request.scheme == "https" else "80"
    names_port = urlsplit(request.url_root).port is not None
    port = "" if names_port or reached in {"", usual} else f":{reached}"
    return f"{request.url_root.rstrip('/')}{port}/dicomweb/{slug}"


def _is_ours(name: str, listening: str) -> bool:
    """A request's Host header is its sender's word: whoever lies in it would be sent elsewhere, or send others there."""
    return is_loopback(name) or name.lower() in {listening.lower(), socket.gethostname().lower()}


def instance_url(root: str, file: OutgoingFile) -> str:
    """The address of an instance."""
    return (
        f"{root}/studies/{file.study_instance_uid}/series/{file.series_instance_uid}"
        f"/instances/{file.sop_instance_uid}"
    )
