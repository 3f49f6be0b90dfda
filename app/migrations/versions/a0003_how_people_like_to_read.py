"""How people like to read"""

import sqlalchemy as sa
from alembic import op

from app.base import db

revision = "a0003"
down_revision = "a0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "viewer_preference",
        sa.Column("owner_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "name", name=op.f("pk_viewer_preference")),
    )
