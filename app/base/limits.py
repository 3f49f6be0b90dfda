"""How often somebody may do a thing: one row for each limited thing and asker, in the database for all processes."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, Tx, UtcDateTime
from app.base.errors import TooMany
from app.base.signing import digest_of


class Limit(Base):
    """Hits within the present window."""

    __tablename__ = "limit_window"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def hit(tx: Tx, name: str, key: str, *, limit: int, seconds: int) -> None:
    """Counts one act of `key` (kept as a digest only). Raises TooMany after `limit` in `seconds`.

    The count survives only if the transaction commits: count in a transaction of its own before the act.
    """
    digest = digest_of(f"{name}\n{key}")
    row = tx.session.get(Limit, digest, with_for_update=True)
    if row is None:
        row = Limit(key=digest, count=0, ends_at=tx.now + timedelta(seconds=seconds))
        tx.session.add(row)
    if row.ends_at <= tx.now:
        row.count, row.ends_at = 0, tx.now + timedelta(seconds=seconds)
    if row.count >= limit:
        wait = max(1, round((row.ends_at - tx.now).total_seconds()))
        raise TooMany("too_many_tries", "Too many tries. Wait {seconds} seconds and try again.", seconds=wait)
    row.count += 1
    tx.session.flush()


def forget(tx: Tx, name: str, key: str) -> None:
    """After success: the count starts anew."""
    tx.session.execute(delete(Limit).where(Limit.key == digest_of(f"{name}\n{key}")))


def drop_old(tx: Tx) -> None:
    """Periodic job: windows that ended."""
    tx.session.execute(delete(Limit).where(Limit.ends_at < tx.now))
