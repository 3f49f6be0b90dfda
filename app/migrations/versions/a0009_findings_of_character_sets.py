"""Each character set that a device was found to write is counted for itself"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "a0009"
down_revision = "a0008"
branch_labels = None
depends_on = None

LONGEST = 40  # of a code, as app/archive/refusals.py cuts new ones
finding = sa.table(
    "device_finding",
    sa.column("id"),
    sa.column("device_id"),
    sa.column("kind"),
    sa.column("code"),
    sa.column("detail"),
    sa.column("count"),
    sa.column("first_at", db.UtcDateTime(timezone=True)),
    sa.column("last_at", db.UtcDateTime(timezone=True)),
)


def upgrade() -> None:
    gather(by_set=True)


def downgrade() -> None:
    gather(by_set=False)


def gather(*, by_set: bool) -> None:
    """What was counted under the one code and under that of a set is one row, the newest: a code may stand once."""
    of_charset = (finding.c.code == "charset") | finding.c.code.startswith("charset:")
    found = sa.select(finding).where(finding.c.kind == "finding", of_charset)
    connection = op.get_bind()
    same = defaultdict(list)
    for row in connection.execute(found.order_by(finding.c.last_at, finding.c.id)):
        code = f"charset:{row.detail}"[:LONGEST] if by_set else "charset"
        same[row.device_id, code].append(row)
    for (_, code), rows in same.items():
        *others, newest = rows
        connection.execute(sa.delete(finding).where(finding.c.id.in_([row.id for row in others])))
        one = sa.update(finding).where(finding.c.id == newest.id)
        counted = {"count": sum(row.count for row in rows), "first_at": min(row.first_at for row in rows)}
        connection.execute(one.values(code=code, **counted))
