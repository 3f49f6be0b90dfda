"""People who are told, an outbox, and the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.base import clock
from app.base.actor import SYSTEM, Actor
from app.base.db import Database
from app.base.settings import Settings
from app.identity.models import Person
from app.identity.notices import tell_people
from app.notify.lifecycle import Kind
from app.notify.models import Outgoing
from app.notify.notices import News
from app.notify.sending import Post, send_due
from tests.cast import Cast, make_cast

SENTENCE = "The study fetched from {name} is here."


@dataclass
class Office:
    """Everybody, with an address for mails, and what is sent to them."""

    db: Database
    cast: Cast
    settings: Settings
    monkeypatch: pytest.MonkeyPatch
    ahead: timedelta = timedelta(0)

    def tell(self, who: Actor, *, kind: Kind = Kind.CASE, name: str = "PACS", **more: Any) -> None:
        news = News(kind, SENTENCE, "/studies", {"name": name}, **more)
        with self.db.transaction() as tx:
            tell_people(tx, SYSTEM, person_ids=[who.id], news=news)

    def wait(self, **span: float) -> None:
        """Time goes by."""
        self.ahead += timedelta(**span)
        ahead, now = self.ahead, _NOW
        self.monkeypatch.setattr(clock, "now", lambda: now() + ahead)

    def send(self) -> int:
        return send_due(Post(self.db, self.settings))

    def rows(self) -> list[Outgoing]:
        with self.db.reading() as tx:
            return list(tx.session.scalars(select(Outgoing).order_by(Outgoing.id)))

    def states(self) -> list[str]:
        return [row.state for row in self.rows()]


_NOW: Callable[[], Any] = clock.now


@pytest.fixture
def office(db: Database, monkeypatch: pytest.MonkeyPatch) -> Office:
    """On SQLite and on PostgreSQL; calls to this machine are allowed, as tests need them."""
    cast = make_cast(db)
    with db.transaction() as tx:
        for who in (cast.alice, cast.bob):
            row = tx.session.get_one(Person, who.id)
            row.email, row.language = f"{row.login}@example.vn", "en"
    settings = Settings.model_validate(
        {"web": {"public_url": "https://hoichan.example"}, "webhooks": {"allow_private": True}}
    )
    return Office(db, cast, settings, monkeypatch)
