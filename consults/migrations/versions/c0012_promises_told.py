"""When it was told that the promise of a consult is at risk"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0012"
down_revision = "c0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("consult", schema=None) as batch_op:
        batch_op.add_column(sa.Column("at_risk_told_at", db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("consult", schema=None) as batch_op:
        batch_op.drop_column("at_risk_told_at")
