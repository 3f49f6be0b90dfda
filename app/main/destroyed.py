"""The job `study.destroyed`: after the rows of a study are gone, its files, what was made of them (previews, metadata)
and what other rooms keep of it.
"""

from collections.abc import Collection

from app.annotations.actions import drop_marks
from app.archive.integrity import referenced
from app.archive.queries import destroyed_digests
from app.base.actor import SYSTEM
from app.base.blob_removal import remove_unwanted
from app.edge.services import Services
from app.sharing.actions import end_links_of


def finish_destroying(services: Services, deletion_id: str) -> None:
    """May run twice. A file that is in use just now is found by the next sweep for objects without a row."""
    with services.db.transaction() as tx:
        study_id, digests = destroyed_digests(tx, deletion_id)
        drop_marks(tx, SYSTEM, study_id=study_id)
        end_links_of(tx, SYSTEM, study_id=study_id)

    def wanted(some: Collection[str]) -> set[str]:
        with services.db.reading() as tx:
            return referenced(tx, some)

    remove_unwanted(services.blobs, digests, wanted)
    if services.renderer is not None:
        services.renderer.cache.forget(set(digests))
