"""How often somebody may do a thing: one row for each limited thing and asker, in the database for all processes."""

from datetime import datetime, timedelta

from sqlalchemy import String, case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

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
    digest, ends_at = digest_of(f"{name}\n{key}"), tx.now + timedelta(seconds=seconds)
    count, ends_at = tx.session.execute(_counted(tx, digest, ends_at)).one()
    if count > limit:
        wait = max(1, round((ends_at - tx.now).total_seconds()))
        raise TooMany("too_many_tries", "Too many tries. Wait {seconds} seconds and try again.", seconds=wait)


def _counted(tx: Tx, digest: str, ends_at: datetime) -> ReturningInsert[int, datetime]:
    """One statement, so that two first hits at the same moment count as two."""
    insert = postgresql.insert if tx.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    over = Limit.ends_at <= tx.now
    return (
        insert(Limit)
        .values(key=digest, count=1, ends_at=ends_at)
        .on_conflict_do_update(
            index_elements=[Limit.key],
            set_={
                "count": case((over, 1), else_=Limit.count + 1),
                "ends_at": case((over, ends_at), else_=Limit.ends_at),
            },
        )
        .returning(Limit.count, Limit.ends_at)
    )


def forget(tx: Tx, name: str, key: str) -> None:
    """After success: the count starts anew."""
    tx.session.execute(delete(Limit).where(Limit.key == digest_of(f"{name}\n{key}")))


def drop_old(tx: Tx) -> None:
    """Periodic job: windows that ended."""
    tx.session.execute(delete(Limit).where(Limit.ends_at < tx.now))
