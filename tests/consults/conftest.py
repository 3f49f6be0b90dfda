"""Hospital A asks, B answers, C must never know. Studies are stored as a door stores them."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask import Flask

from app.archive.queries import manifest
from app.base.actor import Actor
from app.base.blobs import Blobs
from app.base.db import Database
from app.base.ids import new_id
from app.base.parts import Platform
from app.edge.services import Services
from app.render.cache import FileCache
from app.render.decode import DecodeClient
from app.render.frames import Renderer
from consults import part, web
from consults.agreements.samples import basis_by, conclude
from consults.queries import events_after, room_state
from consults.wishes import fulfil
from tests import dicomgen
from tests.app.storing import store
from tests.cast import Cast, make_cast
from tests.factories import make_app

QUESTIONS = ("Có xuất huyết nội sọ không?", "Có cần chuyển tuyến không?")


@dataclass(frozen=True)
class Clinic:
    """A database with everybody in it, one study of hospital A, and how people wish things."""

    db: Database
    blobs: Blobs
    cast: Cast
    study_id: str

    def store(self, data: bytes) -> str:
        """The id of the study the file belongs to; hospital A's machine sends it."""
        return store(self.db, self.blobs, self.cast.ct_a, data)

    def wish(self, actor: Actor, name: str, **sent: Any) -> dict[str, Any]:
        return fulfil(self.db, actor, name, sent, access_days=7)

    def content(self, **change: Any) -> dict[str, Any]:
        """What Alice asks hospital B."""
        asked = {
            "study_ids": [self.study_id],
            "questions": list(QUESTIONS),
            "history": "Ngã, đau đầu.",
            "urgency": "urgent",
            "hospital_id": self.cast.b.id,
            "basis": basis_by(self.cast.alice.name, "2026-01-05T08:00:00+07:00"),
        }
        return {**asked, **change}

    def asked(self, **change: Any) -> str:
        """A consult that Alice has sent to hospital B."""
        consult_id: str = self.wish(self.cast.alice, "consult.create", **self.content(**change))["id"]
        self.wish(self.cast.alice, "consult.request", consult_id=consult_id)
        return consult_id

    def accepted(self, **change: Any) -> str:
        """... and that Bob has accepted."""
        consult_id = self.asked(**change)
        self.wish(self.cast.bob, "consult.accept", consult_id=consult_id)
        return consult_id

    def answered(self) -> str:
        """... and answered, with an opinion."""
        consult_id = self.accepted()
        for question in self.state(self.cast.bob, consult_id)["consult"]["questions"]:
            wish = {
                "consult_id": consult_id,
                "question_id": question["id"],
                "text": f"Trả lời {question['number']}",
            }
            self.wish(self.cast.bob, "question.answer", **wish)
        self.wish(self.cast.bob, "opinion.give", consult_id=consult_id, text="Không thấy xuất huyết.")
        return consult_id

    def completed(self, **change: Any) -> str:
        consult_id = self.answered()
        self.wish(self.cast.alice, "consult.complete", consult_id=consult_id, **change)
        return consult_id

    def version(self, consult_id: str, question_id: str | None = None) -> int:
        """Of the opinion, or of one answer, as a form tells that was opened just now."""
        written = self.state(self.cast.alice, consult_id)["opinions"]["written"]
        return max((one["number"] for one in written if one["question_id"] == question_id), default=0)

    def say(self, actor: Actor, consult_id: str, text: str, client_id: str = "") -> dict[str, Any]:
        client_id = client_id or new_id()
        return self.wish(actor, "message.post", consult_id=consult_id, client_id=client_id, text=text)

    def state(self, actor: Actor, consult_id: str) -> dict[str, Any]:
        with self.db.reading() as tx:
            return room_state(tx, actor, consult_id)

    def events(self, actor: Actor, consult_id: str, after: int = 0) -> list[dict[str, Any]]:
        with self.db.reading() as tx:
            return events_after(tx, actor, consult_id, after)[0]

    def mark(self, **change: Any) -> dict[str, Any]:
        """An arrow on the first image of the study."""
        with self.db.reading() as tx:
            image = manifest(tx, self.cast.alice, self.study_id)["series"][0]["instances"][0]
        mark = {
            "id": new_id(),
            "kind": "arrow",
            "graphic_type": "POLYLINE",
            "points": [[10.0, 10.0], [20.5, 20.5]],
            "text": "ở đây",
            "study_id": self.study_id,
            "sop_instance_uid": image["sop_instance_uid"],
            "frame_number": 1,
            "revision": 0,
        }
        return {**mark, **change}


def _clinic(db: Database, blobs: Blobs) -> Clinic:
    clinic = Clinic(db, blobs, make_cast(db), "")
    conclude(db, clinic.cast.dung, clinic.cast.giang, number="01/2026/HĐ-HC")
    return Clinic(db, blobs, clinic.cast, clinic.store(dicomgen.ct_slice()))


@pytest.fixture
def services(services: Services) -> Services:
    """With this part registered, as the wiring does it; pictures of uncompressed images are drawn, no decoder runs."""
    platform = Platform()
    part.register(platform)
    data_dir = services.settings.data_dir
    decoder = DecodeClient(data_dir / "no-decoder.sock")
    renderer = Renderer(services.blobs, decoder, FileCache(data_dir / "cache", 8 << 20))
    return replace(services, platform=platform, renderer=renderer)


@pytest.fixture
def clinic(db: Database, blobs: Blobs) -> Clinic:
    """On SQLite and on PostgreSQL."""
    return _clinic(db, blobs)


@pytest.fixture
def sqlite_clinic(sqlite_db: Database, blobs: Blobs) -> Clinic:
    """Where the engine does not matter."""
    return _clinic(sqlite_db, blobs)


@pytest.fixture
def app(services: Services) -> Flask:
    """The web with the consults' pages."""
    return make_app(services, web.blueprint(services))
