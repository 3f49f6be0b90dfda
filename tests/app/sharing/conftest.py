from dataclasses import dataclass

import pytest

from app.archive.actions import store_instance
from app.archive.part10 import read_part10
from app.archive.states import Source, SourceKind
from app.base.actor import Actor
from app.base.blobs import Blobs
from app.base.db import Database
from app.sharing.actions import NewLink, create_link
from app.sharing.states import Factor
from tests.cast import Cast
from tests.dicomgen import ct_slice

WORDS = "Không thấy tổn thương cấp tính. Tái khám sau hai tuần."


@dataclass(frozen=True)
class Clinic:
    """Hospital A's studies: one patient with a date of birth, one of whom the year is known, one of nothing."""

    db: Database
    blobs: Blobs
    cast: Cast
    dated: str
    january: str
    unknown: str

    def link(
        self, study_id: str | None = None, *, factor: Factor = Factor.BIRTH_DATE, actor: Actor | None = None
    ) -> NewLink:
        with self.db.transaction() as tx:
            return create_link(
                tx,
                actor or self.cast.alice,
                study_id=study_id or self.dated,
                factor=factor,
                text=WORDS,
                days=30,
                most_days=365,
            )


def store_study(db: Database, blobs: Blobs, actor: Actor, name: str, birth_date: str, count: int = 2) -> str:
    """A CT of a patient of this name; its id."""
    found = None
    for number in range(1, count + 1):
        data = ct_slice(number, study=name, series=name, PatientBirthDate=birth_date, patient_id=name)
        with blobs.open_spool() as spool:
            spool.write(data)
            spool.flush()
            part10 = read_part10(spool.path)
            blob = spool.commit()
        with db.transaction() as tx:
            found = store_instance(
                tx, actor, blob=blob, part10=part10, source=Source(SourceKind.STOW, f"association-{name}")
            )
    assert found is not None
    assert found.study_id is not None
    return found.study_id


@pytest.fixture
def clinic(db: Database, blobs: Blobs, cast: Cast) -> Clinic:
    return Clinic(
        db,
        blobs,
        cast,
        dated=store_study(db, blobs, cast.ct_a, "dated", "19620511"),
        january=store_study(db, blobs, cast.ct_a, "january", "19550101"),
        unknown=store_study(db, blobs, cast.ct_a, "unknown", ""),
    )
