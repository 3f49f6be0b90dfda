"""The pages and the viewer's addresses on one app, with studies stored at hospitals, for tests of those doors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask

from app import stream, web
from app.archive.actions import store_instance
from app.archive.grants import grant_study
from app.archive.part10 import read_part10
from app.archive.queries import manifest
from app.archive.states import GranteeType, Source, SourceKind
from app.base.actor import Actor
from app.edge.services import Services
from tests.cast import Cast
from tests.dicomgen import ct_slice
from tests.factories import Browser, browser, make_app


@dataclass(frozen=True)
class Website:
    services: Services
    cast: Cast
    app: Flask

    def signed_in(self, actor: Actor, *, language: str = "en") -> Browser:
        return browser(self.app, self.services.db, actor, language=language)

    def store(self, actor: Actor, files: Sequence[bytes], *, association: str = "association") -> str:
        """Puts files of one study into the archive of the actor's hospital; the study's id."""
        found = None
        for data in files:
            with self.services.blobs.open_spool() as spool:
                spool.write(data)
                spool.flush()
                part10 = read_part10(spool.path)
                blob = spool.commit()
            source = Source(SourceKind.STOW, association)
            with self.services.db.transaction() as tx:
                found = store_instance(tx, actor, blob=blob, part10=part10, source=source)
        assert found is not None
        assert found.study_id is not None
        return found.study_id

    def ct(self, actor: Actor, name: str = "one", count: int = 3, **attributes: Any) -> str:
        """A CT of so many slices."""
        attributes = {"patient_id": name, **attributes}
        return self.store(
            actor, [ct_slice(n, study=name, series=name, **attributes) for n in range(1, count + 1)]
        )

    def share(self, study_id: str, hospital_id: str) -> None:
        """Hospital A lets another hospital see a study."""
        with self.services.db.transaction() as tx:
            grant_study(
                tx,
                self.cast.alice,
                study_id=study_id,
                grantee_type=GranteeType.HOSPITAL,
                grantee_id=hospital_id,
                scope="view",
                expires_at=None,
                reason="consult",
                reason_ref="consult-1",
            )

    def instance_ids(self, actor: Actor, study_id: str) -> list[str]:
        """Of the study's first series, in the order of the manifest."""
        with self.services.db.reading() as tx:
            first = manifest(tx, actor, study_id)["series"][0]
        return [instance["id"] for instance in first["instances"]]


def make_website(services: Services, cast: Cast) -> Website:
    doors = [door(services) for door in (*web.BLUEPRINTS, stream.blueprint)]
    return Website(services, cast, make_app(services, *doors))
