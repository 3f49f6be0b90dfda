"""`python -m tests.bench.corpus_archive`: every file of the reference data through the archive's front: stored, then
found again by its UID, in the study list, and with its frames located; then `tests.bench.corpus`: decoded, compared and rendered.
Prints the counts; ends with 1 when one that was acknowledged cannot be found, or when a picture differs.
"""

import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from app.archive.actions import Source, SourceKind, store_instance
from app.archive.part10 import read_part10
from app.archive.queries import locate_frame
from app.archive.search import Search, search_instances
from app.archive.study_list import StudyQuery, list_studies
from app.base.actor import SYSTEM, Actor, ActorKind, Role
from app.base.blobs import Blobs
from app.base.db import Base, Database
from app.base.errors import HoichanError
from app.identity.actions import create_hospital
from app.migrations import models
from tests.bench import corpus
from tests.bench.corpus import CORPUS, rows

assert models.metadata is Base.metadata  # importing it made every table known


class Front:
    """A hospital's archive in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.db = Database(f"sqlite:///{folder / 'corpus.db'}")
        Base.metadata.create_all(self.db.engine)
        self.blobs = Blobs(folder)
        with self.db.transaction() as tx:
            home = create_hospital(
                tx, SYSTEM, name="Corpus", short_name="Corpus", slug="corpus", ae_title="CORPUS"
            )
        roles = frozenset({Role.REFERRER})
        self.actor = Actor(ActorKind.PERSON, "reader", "Reader", home.id, roles)
        self.source = Source(SourceKind.IMPORT, "corpus", "corpus")

    def keep(self, path: Path) -> tuple[str, str]:
        """What became of a file, and why."""
        try:
            with self.blobs.open_spool() as spool:
                spool.write(path.read_bytes())
                spool.flush()
                part10 = read_part10(spool.path, accept_private=True)
                blob = spool.commit()
            with self.db.transaction() as tx:
                stored = store_instance(tx, self.actor, blob=blob, part10=part10, source=self.source)
        except HoichanError as error:
            return "refused", error.code
        if stored.instance_id is None:
            return stored.outcome, stored.error.code if stored.error else ""
        return stored.outcome, "" if self._found(
            part10.sop_instance_uid, stored.instance_id, part10.frames.count
        ) else "LOST"

    def _found(self, uid: str, instance_id: str, frames: int) -> bool:
        with self.db.reading() as tx:
            matches = search_instances(tx, self.actor, Search({"SOPInstanceUID": uid})).items
            for number in range(1, frames + 1):
                locate_frame(tx, self.actor, instance_id=instance_id, frame_number=number)
        return len(matches) == 1

    def listed(self) -> tuple[int, int]:
        """Studies and images as the study list tells them."""
        with self.db.reading() as tx:
            page = list_studies(tx, self.actor, StudyQuery(limit=500))
        return len(page.studies), sum(study.instance_count for study in page.studies)


def main() -> int:
    if not CORPUS.is_dir():
        print(f"no reference data at {CORPUS}")
        return 1
    folder, began = Path(tempfile.mkdtemp(prefix="hoichan-corpus-")), time.monotonic()
    front, counts, reasons = Front(folder), Counter[str](), Counter[str]()
    for row in rows():
        outcome, reason = front.keep(CORPUS / row["file"])
        counts[outcome] += 1
        if reason:
            reasons[f"{outcome}: {reason}"] += 1
    studies, images = front.listed()
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    print("; ".join(f"{count} {reason}" for reason, count in sorted(reasons.items())))
    print(
        f"the list shows {studies} studies with {images} images; {sum(counts.values())} files in {time.monotonic() - began:.1f} s"
    )
    front.db.dispose()
    shutil.rmtree(folder)
    lost = images != counts["stored"] or any("LOST" in reason for reason in reasons)
    return 1 if corpus.main() or lost else 0


if __name__ == "__main__":
    sys.exit(main())
