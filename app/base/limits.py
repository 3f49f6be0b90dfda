"""How often somebody may do a thing: one row for each limited thing and asker, in the database for all processes."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import Base, Tx, UtcDateTime, table_of
from app.base.errors import TooMany
from app.base.prepared import Prepared
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
    ((count,),) = _COUNT.rows(tx, key=digest, now=tx.now, new_end=ends_at)
    if count > limit:
        ends_at = tx.session.scalars(select(Limit.ends_at).where(Limit.key == digest)).one()
        wait = max(1, round((ends_at - tx.now).total_seconds()))
        raise TooMany("too_many_tries", "Too many tries. Wait {seconds} seconds and try again.", seconds=wait)


def _counted(dialect: str) -> Any:
    """One statement, so that two first hits at the same moment count as two."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    kept = table_of(Limit).c
    over = kept.ends_at <= bindparam("now")
    ends_at = bindparam("new_end", type_=kept.ends_at.type)
    return (
        insert(table_of(Limit))
        .values(key=bindparam("key"), count=1, ends_at=ends_at)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": case((over, 1), else_=kept.count + 1),
                "ends_at": case((over, ends_at), else_=kept.ends_at),
            },
        )
        .returning(kept.count)
    )


_COUNT = Prepared(_counted)


def forget(tx: Tx, name: str, key: str) -> None:
    """After success: the count starts anew."""
    tx.session.execute(delete(Limit).where(Limit.key == digest_of(f"{name}\n{key}")))


def drop_old(tx: Tx) -> None:
    """Periodic job: windows that ended."""
    tx.session.execute(delete(Limit).where(Limit.ends_at < tx.now))
