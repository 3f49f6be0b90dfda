"""Which images the asking form offers to begin with: those somebody saved as key images of the studies."""

from collections.abc import Iterable

from app.archive.outgoing_headers import header_of
from app.archive.preflight import key_objects
from app.base.errors import HoichanError
from app.edge.actor import current_actor
from app.edge.services import Services
from app.evidence.shown.key_images import key_images_of


def saved_key_images(services: Services, study_ids: Iterable[str]) -> list[str]:
    """Each as `study/image/frame`, those of the newest selection of a study first."""
    actor = current_actor()
    with services.db.reading() as tx:
        found = [(study_id, key_objects(tx, actor, study_id)) for study_id in study_ids]
    places: list[str] = []
    for study_id, files in found:
        for file in files:
            try:
                told = key_images_of(header_of(services.blobs, file))
            except (HoichanError, OSError):  # its file is gone: asking goes on without it
                continue
            for image in told["images"]:
                places += [f"{study_id}/{image['uid']}/{number}" for number in image["frames"] or [1]]
    return list(dict.fromkeys(places))
