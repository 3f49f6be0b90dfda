"""Objects that parts beyond the archive keep. Their table has `digest` and `size`; the column made here says so, and
from then on no sweep removes them and every backup has them.
"""

from collections.abc import Collection, Iterator

from sqlalchemy import String, Table, select
from sqlalchemy.orm import MappedColumn, mapped_column

from app.base.db import Base, Tx

_MARK = "keeps_object"


def digest_column() -> MappedColumn[str]:
    """The digest of an object that stays as long as the row does."""
    return mapped_column(String(64), index=True, info={_MARK: True})


def _tables() -> Iterator[Table]:
    return (
        table
        for table in Base.metadata.sorted_tables
        if "digest" in table.c and _MARK in table.c["digest"].info
    )


def kept(tx: Tx, digests: Collection[str]) -> set[str]:
    """Which of these some part keeps."""
    found: set[str] = set()
    for table in _tables():
        found.update(tx.session.scalars(select(table.c.digest).where(table.c.digest.in_(digests))))
    return found


def selects_of_kept() -> list[str]:
    """Digest and size of everything parts keep, as SQL of both engines."""
    return [f'SELECT digest, size FROM "{table.name}"' for table in _tables()]  # noqa: S608 - tables of ours
