"""Who saved the minutes last, and when"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "c0013"
down_revision = "c0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("consult_minutes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("saved_by", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("saved_at", db.UtcDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("consult_minutes", schema=None) as batch_op:
        batch_op.drop_column("saved_at")
        batch_op.drop_column("saved_by")
